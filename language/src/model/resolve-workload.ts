import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Context } from "./context.ts";
import { compact, complain } from "./context.ts";
import { choiceOf, countOrShareOf, numberOf, rangeOf, rangeOfField, textOf, textsOf } from "./fields.ts";
import type { EnvironmentVariable, ExistingWorkload, QuantityRange, Workload } from "./policy.ts";
import { childOf, childrenOf } from "./statements.ts";

export function resolveWorkload(context: Context, statement: Statement): Workload {
  const number = (keyword: string): number | undefined => numberOf(context, childOf(statement, keyword)?.fields ?? [], keyword);
  const text = (keyword: string): string | undefined => textOf(context, childOf(statement, keyword)?.fields ?? [], keyword);
  const pairs = (keyword: string): readonly (readonly [string, string])[] => childrenOf(statement, keyword).flatMap((line) => {
    const [key, value] = [textOf(context, line.fields, "key"), textOf(context, line.fields, "value")];
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  const disruption = countOrShareOf(context, childOf(statement, "disruption")?.fields ?? [], "disruption");
  const existing = existingOf(context, statement);
  if (existing !== undefined) {
    for (const keyword of ["image", "command", "env"]) {
      for (const line of childrenOf(statement, keyword)) {
        complain(context, names.conflict, line.keyword, { message: `\`${keyword}\` belongs to whoever makes the existing object: remove it here` });
      }
    }
  }
  return compact<Workload>({
    image: text("image"),
    port: number("port"),
    command: textsOf(context, childOf(statement, "command")?.fields ?? [], "command").map((part) => part.text),
    env: childrenOf(statement, "env").flatMap((line) => variableOf(context, line) ?? []),
    cpu: resourceOf(context, statement, "cpu"),
    memory: resourceOf(context, statement, "memory"),
    gpu: number("gpu"),
    namespace: text("namespace"),
    startupSeconds: number("startup") ?? 0,
    shutdownSeconds: number("shutdown") ?? 30,
    disruption: disruption ?? { count: 1 },
    disruptionGiven: disruption !== undefined,
    labels: pairs("label"),
    annotations: pairs("annotation"),
    serviceAccount: text("service_account"),
    existing,
    origin: { file: context.file, range: statement.range, nameRange: statement.keyword },
  });
}

function resourceOf(context: Context, statement: Statement, keyword: "cpu" | "memory"): QuantityRange | undefined {
  const fields = childOf(statement, keyword)?.fields ?? [];
  const range = rangeOf(context, fields, keyword);
  if (range === undefined) return undefined;
  const full = numberOf(context, fields, "full");
  if (full !== undefined && range.high !== undefined && full > range.high) {
    complain(context, names.conflict, rangeOfField(fields, "full") ?? range.range, { message: `\`full\` lies above the limit, which no member can pass: raise the limit or lower \`full\`` });
  }
  return compact<QuantityRange>({ request: range.low, limit: range.high, full });
}

function variableOf(context: Context, line: Statement): EnvironmentVariable | undefined {
  const use = fieldOf(line.fields, "name")?.value;
  if (use?.type !== "name") return undefined;
  const from = choiceOf(line.fields, "from", ["secret", "config"] as const);
  if (from === undefined) {
    const value = textOf(context, line.fields, "value");
    return value === undefined ? undefined : { name: use.name, value };
  }
  const [object, key] = [textOf(context, line.fields, "object"), textOf(context, line.fields, "key")];
  return object === undefined || key === undefined ? undefined : { name: use.name, from, object, key };
}

const knownKinds: ReadonlyMap<string, { readonly apiVersion: string; readonly kind: string }> = new Map([
  ["deployment", { apiVersion: "apps/v1", kind: "Deployment" }],
  ["statefulset", { apiVersion: "apps/v1", kind: "StatefulSet" }],
  ["rollout", { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" }],
]);

/** `deployment/web`, or `GROUP/VERSION/KIND/NAME`. */
function existingOf(context: Context, statement: Statement): ExistingWorkload | undefined {
  const fields = childOf(statement, "existing")?.fields ?? [];
  const text = textOf(context, fields, "existing");
  const range = rangeOfField(fields, "existing");
  if (text === undefined || range === undefined) return undefined;
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  const refuse = (reason: string): undefined => complain(context, values.badText, range, { what: "An existing object", text, reason });
  if (!/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name) || name.length > 253) return refuse("its name is lower-case letters, digits, - and .");
  if (parts.length === 2) {
    const known = knownKinds.get((parts[0] ?? "").toLowerCase());
    return known === undefined ? refuse('write "deployment/NAME", "statefulset/NAME", or "GROUP/VERSION/KIND/NAME"') : { ...known, name };
  }
  if (parts.length !== 4 || parts.some((part) => part === "")) return refuse('write "KIND/NAME" or "GROUP/VERSION/KIND/NAME"');
  return { apiVersion: `${parts[0]}/${parts[1]}`, kind: parts[2] ?? "", name };
}
