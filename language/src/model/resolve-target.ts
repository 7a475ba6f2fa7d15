import * as values from "../diagnostics/values.ts";
import type { Statement } from "../syntax/tree.ts";
import { builtinMetrics } from "../text/vocabulary.ts";
import { ipv4Problem, isIpv6, readAddress } from "./address.ts";
import type { Context } from "./context.ts";
import { compact, complain } from "./context.ts";
import { choiceOf, has, numberOf, rangeOfField, textOf } from "./fields.ts";
import { childOf, childrenOf } from "./statements.ts";
import type { HaproxyTarget, KubernetesTarget, NginxTarget, Target } from "./target.ts";
import { defaultHaproxy, defaultKubernetes, defaultNginx, targetNames } from "./target.ts";

export function resolveTarget(context: Context, statement: Statement): Target | undefined {
  const kind = targetNames.find((name) => has(statement.fields, name));
  const origin = { file: context.file, range: statement.range, nameRange: rangeOfField(statement.fields, kind ?? "") ?? statement.keyword };
  const fieldsOf = (keyword: string): Statement["fields"] => childOf(statement, keyword)?.fields ?? [];
  switch (kind) {
    case "nginx": return compact<NginxTarget>({
      kind, origin, version: versionOf(context, statement) ?? defaultNginx.version, resolver: resolverOf(context, statement),
      emit: choiceOf(fieldsOf("emit"), "emit", ["all", "http", "upstreams"] as const) ?? "all",
    });
    case "haproxy": return compact<HaproxyTarget>({
      kind, origin, version: versionOf(context, statement) ?? defaultHaproxy.version, resolver: resolverOf(context, statement),
      emit: choiceOf(fieldsOf("emit"), "emit", ["all", "backends"] as const) ?? "all",
    });
    case "kubernetes": {
      const pairs = (keyword: string): readonly (readonly [string, string])[] => childrenOf(statement, keyword).flatMap((line) => {
        const [key, value] = [textOf(context, line.fields, "key"), textOf(context, line.fields, "value")];
        return key === undefined || value === undefined ? [] : [[key, value] as const];
      });
      const schedules = choiceOf(fieldsOf("schedules"), "schedules", ["cronjob", "keda"] as const) ?? "cronjob";
      return compact<KubernetesTarget>({
        kind, origin, version: versionOf(context, statement) ?? defaultKubernetes.version,
        namespace: textOf(context, fieldsOf("namespace"), "namespace"),
        emit: choiceOf(fieldsOf("emit"), "emit", ["all", "autoscaling"] as const) ?? "all",
        schedules,
        autoscaler: choiceOf(fieldsOf("autoscaler"), "autoscaler", ["hpa", "keda"] as const) ?? (schedules === "keda" ? "keda" : "hpa"),
        pollSeconds: numberOf(context, fieldsOf("poll"), "poll"),
        expose: exposeOf(context, childOf(statement, "expose")),
        balancer: choiceOf(fieldsOf("balancer"), "balancer", ["none", "nginx", "haproxy"] as const) ?? "none",
        monitoring: choiceOf(fieldsOf("monitoring"), "monitoring", ["on", "off"] as const) === "on",
        metricNames: childrenOf(statement, "metric").flatMap((line) => {
          const metric = choiceOf(line.fields, "metric", builtinMetrics);
          const name = textOf(context, line.fields, "name");
          return metric === undefined || name === undefined ? [] : [{ metric, name }];
        }),
        labels: pairs("label"),
        annotations: pairs("annotation"),
      });
    }
    default: return undefined;
  }
}

function versionOf(context: Context, statement: Statement): string | undefined {
  const fields = childOf(statement, "version")?.fields ?? [];
  const text = textOf(context, fields, "version");
  if (text === undefined || /^\d{1,4}(?:\.\d{1,4}){0,2}$/.test(text)) return text;
  return complain(context, values.badText, rangeOfField(fields, "version") ?? statement.range, { what: "A version", text, reason: 'it is numbers and dots, such as "1.22"' });
}

/** `10.96.0.10` or `10.96.0.10:53`; an IPv6 address in brackets. */
function resolverOf(context: Context, statement: Statement): string | undefined {
  const fields = childOf(statement, "resolver")?.fields ?? [];
  const text = textOf(context, fields, "resolver");
  if (text === undefined) return undefined;
  const plain = ipv4Problem(text) === undefined || (text.startsWith("[") && text.endsWith("]") && isIpv6(text.slice(1, -1)));
  const reading = plain ? undefined : readAddress(text);
  if (plain || (reading !== undefined && "address" in reading && reading.address.kind !== "host" && reading.address.kind !== "unix")) return text;
  return complain(context, values.badText, rangeOfField(fields, "resolver") ?? statement.range, { what: "A resolver", text, reason: 'it is an IP address, with a port if need be, such as "10.96.0.10" or "10.96.0.10:53"' });
}

function exposeOf(context: Context, line: Statement | undefined): KubernetesTarget["expose"] {
  const name = line === undefined ? undefined : textOf(context, line.fields, "name");
  if (line === undefined || name === undefined) return { kind: "none" };
  return has(line.fields, "gateway") ? { kind: "gateway", name } : { kind: "ingress", className: name };
}
