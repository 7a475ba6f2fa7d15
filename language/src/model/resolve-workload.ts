import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Context } from "./context.ts";
import { compact, complain, removed } from "./context.ts";
import { choiceOf, countOrShareOf, numberOf, rangeOf, rangeOfField, textOf, textsOf } from "./fields.ts";
import type { EnvironmentVariable, ExistingWorkload, QuantityRange, Workload } from "./policy.ts";
import { quantityText } from "./quantity.ts";
import { childOf, childrenOf } from "./statements.ts";
import * as shapes from "./text-shapes.ts";
import type { Shape } from "./text-shapes.ts";
import { repaired, shapedText } from "./text-shapes.ts";

export function resolveWorkload(context: Context, statement: Statement): Workload {
  const number = (keyword: string): number | undefined => numberOf(context, childOf(statement, keyword)?.fields ?? [], keyword);
  const text = (keyword: string, what: string, shape: Shape): string | undefined => shapedText(context, childOf(statement, keyword)?.fields ?? [], keyword, what, shape);
  const disruption = countOrShareOf(context, childOf(statement, "disruption")?.fields ?? [], "disruption");
  const existing = existingOf(context, statement);
  if (existing !== undefined) {
    for (const keyword of ["image", "command", "env"]) {
      for (const line of childrenOf(statement, keyword)) {
        complain(context, names.conflict, line.keyword, { message: `\`${keyword}\` belongs to whoever makes the existing object: remove it here` }, removed(context, line.range));
      }
    }
  }
  return compact<Workload>({
    image: text("image", "An image", shapes.image),
    port: number("port"),
    command: textsOf(context, childOf(statement, "command")?.fields ?? [], "command").map((part) => part.text),
    env: variablesOf(context, statement),
    cpu: resourceOf(context, statement, "cpu"),
    memory: resourceOf(context, statement, "memory"),
    gpu: number("gpu"),
    namespace: text("namespace", "A namespace", shapes.dnsLabel),
    startupSeconds: number("startup") ?? 0,
    shutdownSeconds: number("shutdown") ?? 30,
    disruption: disruption ?? { count: 1 },
    disruptionGiven: disruption !== undefined,
    labels: pairsOf(context, statement, "label"),
    annotations: pairsOf(context, statement, "annotation"),
    serviceAccount: text("service_account", "A service account", shapes.dnsSubdomain),
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
    const dimension = keyword === "cpu" ? "number" : "size";
    const text = (value: number): string => quantityText({ dimension, value });
    complain(context, values.fullAboveLimit, rangeOfField(fields, "full") ?? range.range, { full: text(full), limit: text(range.high), from: quantityText({ dimension: "ratio", value: range.high / full }) });
  }
  return compact<QuantityRange>({ request: range.low, limit: range.high, full });
}

/** Labels or annotations of a workload or a target: keys as Kubernetes takes them, each once. */
export function pairsOf(context: Context, statement: Statement, keyword: "label" | "annotation"): readonly (readonly [string, string])[] {
  const pairs = new Map<string, string>();
  for (const line of childrenOf(statement, keyword)) {
    const key = shapedText(context, line.fields, "key", `The key of ${keyword === "label" ? "a label" : "an annotation"}`, shapes.qualifiedName);
    const value = keyword === "label" ? shapedText(context, line.fields, "value", "The value of a label", shapes.labelValue) : textOf(context, line.fields, "value");
    if (key === undefined || value === undefined) continue;
    if (pairs.has(key)) complain(context, names.conflict, rangeOfField(line.fields, "key") ?? line.keyword, { message: `The ${keyword} ${key} is there already: keep one` });
    else pairs.set(key, value);
  }
  return [...pairs];
}

function variablesOf(context: Context, statement: Statement): readonly EnvironmentVariable[] {
  const seen = new Set<string>();
  return childrenOf(statement, "env").flatMap((line) => {
    const use = fieldOf(line.fields, "name")?.value;
    if (use?.type === "name" && seen.has(use.name)) complain(context, names.conflict, use.range, { message: `The variable ${use.name} is there already: keep one` });
    if (use?.type === "name") seen.add(use.name);
    return variableOf(context, line) ?? [];
  });
}

function variableOf(context: Context, line: Statement): EnvironmentVariable | undefined {
  const use = fieldOf(line.fields, "name")?.value;
  if (use?.type !== "name") return undefined;
  const from = choiceOf(line.fields, "from", ["secret", "config"] as const);
  if (from === undefined) {
    const value = textOf(context, line.fields, "value");
    return value === undefined ? undefined : { name: use.name, value };
  }
  const object = shapedText(context, line.fields, "object", `The name of a ${from}`, shapes.dnsSubdomain);
  const key = shapedText(context, line.fields, "key", `The key of a ${from}`, shapes.objectKey);
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
  const refuse = (reason: string): undefined => complain(context, values.badText, range, { what: "An existing object", text, reason }, repaired(context, fieldOf(fields, "existing")?.value, text, (other) => (/^(?:deployment|statefulset|rollout)\/[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(other) ? undefined : reason)));
  if (!/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name) || name.length > 253) return refuse("its name is lower-case letters, digits, - and .");
  if (parts.length === 2) {
    const known = knownKinds.get((parts[0] ?? "").toLowerCase());
    return known === undefined ? refuse('write "deployment/NAME", "statefulset/NAME", or "GROUP/VERSION/KIND/NAME"') : { ...known, name };
  }
  if (parts.length !== 4 || parts.some((part) => part === "")) return refuse('write "KIND/NAME" or "GROUP/VERSION/KIND/NAME"');
  if (shapes.dnsSubdomain(parts[0] ?? "") !== undefined || !/^v[0-9][a-z0-9]*$/.test(parts[1] ?? "")) return refuse('its group and version are such as "argoproj.io/v1alpha1"');
  if (!/^[A-Z][A-Za-z0-9]*$/.test(parts[2] ?? "")) return refuse("its kind is a word such as Rollout");
  return { apiVersion: `${parts[0]}/${parts[1]}`, kind: parts[2] ?? "", name };
}
