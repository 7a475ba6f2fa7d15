import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement } from "../syntax/tree.ts";
import { builtinMetrics } from "../text/vocabulary.ts";
import { ipv4Problem, isIpv6, readAddress } from "./address.ts";
import type { Context } from "./context.ts";
import { compact, complain } from "./context.ts";
import { choiceOf, has, numberOf, rangeOfField, textOf } from "./fields.ts";
import { pairsOf } from "./resolve-workload.ts";
import { childOf, childrenOf } from "./statements.ts";
import type { HaproxyTarget, KubernetesTarget, NginxTarget, Target } from "./target.ts";
import * as shapes from "./text-shapes.ts";
import { shapedText } from "./text-shapes.ts";
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
      const schedules = choiceOf(fieldsOf("schedules"), "schedules", ["cronjob", "keda"] as const) ?? "cronjob";
      return compact<KubernetesTarget>({
        kind, origin, version: versionOf(context, statement) ?? defaultKubernetes.version,
        namespace: shapedText(context, fieldsOf("namespace"), "namespace", "A namespace", shapes.dnsLabel),
        emit: choiceOf(fieldsOf("emit"), "emit", ["all", "autoscaling"] as const) ?? "all",
        schedules,
        autoscaler: choiceOf(fieldsOf("autoscaler"), "autoscaler", ["hpa", "keda"] as const) ?? (schedules === "keda" ? "keda" : "hpa"),
        pollSeconds: numberOf(context, fieldsOf("poll"), "poll"),
        expose: exposeOf(context, childOf(statement, "expose")),
        balancer: choiceOf(fieldsOf("balancer"), "balancer", ["none", "nginx", "haproxy"] as const) ?? "none",
        monitoring: choiceOf(fieldsOf("monitoring"), "monitoring", ["on", "off"] as const) === "on",
        metricNames: metricNamesOf(context, statement),
        labels: pairsOf(context, statement, "label"),
        annotations: pairsOf(context, statement, "annotation"),
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

function metricNamesOf(context: Context, statement: Statement): KubernetesTarget["metricNames"] {
  const seen = new Set<string>();
  return childrenOf(statement, "metric").flatMap((line) => {
    const metric = choiceOf(line.fields, "metric", builtinMetrics);
    const name = shapedText(context, line.fields, "name", "The name of a metric", shapes.notEmpty);
    if (metric === undefined || name === undefined) return [];
    if (seen.has(metric)) return complain(context, names.conflict, rangeOfField(line.fields, "metric") ?? line.keyword, { message: `${metric} has a name already: keep one` }) ?? [];
    seen.add(metric);
    return [{ metric, name }];
  });
}

function exposeOf(context: Context, line: Statement | undefined): KubernetesTarget["expose"] {
  if (line === undefined || has(line.fields, "none")) return { kind: "none" };
  const isGateway = has(line.fields, "gateway");
  const name = isGateway ? shapedText(context, line.fields, "name", "The name of a Gateway", shapes.gatewayName) : shapedText(context, line.fields, "name", "An ingress class", shapes.dnsSubdomain);
  if (name === undefined) return { kind: "none" };
  return isGateway ? { kind: "gateway", name } : { kind: "ingress", className: name };
}
