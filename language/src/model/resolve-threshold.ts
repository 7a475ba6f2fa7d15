import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement, Value } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import { builtinMetrics } from "../text/vocabulary.ts";
import type { Context } from "./context.ts";
import { compact, complain, complainOfMissing } from "./context.ts";
import type { Dimension } from "./dimension.ts";
import { evaluate } from "./evaluate.ts";
import type { Fields } from "./fields.ts";
import { adviceOf, checkShare, choiceOf, countOrShareOf, has, isExpression, numberOf, rangeOfField, unitFixes } from "./fields.ts";
import { dimensionWords, isPlain } from "./quantity.ts";
import type { BuiltinMetric, Comparison, Direction, DirectionPart, Metric, MetricCondition, MetricReference, MetricTarget, RateLimit, Rule, RuleAction, Threshold } from "./scaling.ts";
import type { Scopes } from "./scopes.ts";
import { lookup } from "./scopes.ts";
import { childOf, childrenOf } from "./statements.ts";

/** What the readers need beside the context. */
export interface MetricScope {
  readonly scopes: Scopes;
  readonly metricOf: (name: string) => Metric | undefined;
}

/** The dimension in which a built-in metric is compared. */
export const metricDimensions: Readonly<Record<BuiltinMetric, Dimension>> = {
  cpu: "ratio", memory: "ratio", gpu: "ratio", load_factor: "ratio", arrivals: "rate", rps: "rate", in_flight: "number", queue: "number", connections: "number",
  response_time: "duration", p95: "duration", p99: "duration", ttft_p95: "duration",
};

const ruleCooldownSeconds = 300;

/** A threshold declaration, or a `scale` that holds a threshold's own lines (`name` undefined then). */
export function resolveThreshold(context: Context, scope: MetricScope, statement: Statement, name: string | undefined): Threshold {
  const targets = childrenOf(statement, "target");
  const rules = childrenOf(statement, "when");
  const predict = childOf(statement, "predict");
  const cooldown = childOf(statement, "cooldown");
  const tolerance = childOf(statement, "tolerance");
  const base = {
    name,
    tolerance: tolerance === undefined ? undefined : numberOf(context, tolerance.fields, "tolerance"),
    up: directionPart(context, childOf(statement, "up")),
    down: directionPart(context, childOf(statement, "down")),
    origin: { file: context.file, range: statement.range, nameRange: rangeOfField(statement.fields, "name") ?? statement.keyword },
  };
  const first = targets[0] ?? predict;
  if (first !== undefined && rules[0] !== undefined) {
    complain(context, names.conflict, rules[0].keyword, { message: "A threshold is of one kind: move either the `target` lines or the `when` lines into a threshold of their own" });
  }
  if (first === undefined && rules.length === 0 && name !== undefined) {
    complainOfMissing(context, statement, base.origin.nameRange, { subject: `The threshold ${name}`, what: "a `target` or a `when`" });
  }
  if (rules.length > 0 && first === undefined) {
    return compact<Threshold>({
      kind: "rules", ...base,
      rules: rules.flatMap((rule) => ruleOf(context, scope, rule) ?? []),
      cooldownUpSeconds: (cooldown === undefined ? undefined : numberOf(context, cooldown.fields, "cooldown") ?? numberOf(context, cooldown.fields, "up")) ?? ruleCooldownSeconds,
      cooldownDownSeconds: (cooldown === undefined ? undefined : numberOf(context, cooldown.fields, "cooldown") ?? numberOf(context, cooldown.fields, "down")) ?? ruleCooldownSeconds,
    });
  }
  if (cooldown !== undefined) {
    onlyForRules(context, statement, cooldown);
  }
  if (predict !== undefined && !predict.broken) {
    for (const label of ["window", "ahead"]) if (!has(predict.fields, label)) complain(context, names.missing, predict.keyword, { subject: "`predict linear`", what: `\`${label}\` and a duration` });
    if (targets.length === 0) complain(context, names.missing, predict.keyword, { subject: "`predict`", what: "a `target` to predict" });
  }
  return compact<Threshold>({
    kind: "metric", ...base,
    targets: targets.flatMap((target) => targetOf(context, scope, target, "above-zero") ?? []),
    predict: predict === undefined ? undefined : { windowSeconds: numberOf(context, predict.fields, "window") ?? 300, aheadSeconds: numberOf(context, predict.fields, "ahead") ?? 60 },
  });
}

/** `cooldown` beside a `target`: what it is meant to do is `stabilize`. */
function onlyForRules(context: Context, statement: Statement, cooldown: Statement): void {
  const given = fieldOf(cooldown.fields, "cooldown")?.value ?? fieldOf(cooldown.fields, "down")?.value;
  const text = given?.type === "literal" ? given.text : "5m";
  const instead = `down { stabilize ${text} }`;
  complain(context, names.conflict, cooldown.keyword, { message: `\`cooldown\` is for rules only: write \`${instead}\` to keep a metric-based threshold from shrinking early` },
    childOf(statement, "down") === undefined ? { fixes: [{ title: `Write ${instead}`, file: context.file, edits: [{ range: cooldown.range, text: instead }] }] } : {});
}

/** What a metric is steered to is above zero: members are asked for in proportion to it. */
function targetOf(context: Context, scope: MetricScope, statement: Statement, least: "zero" | "above-zero"): MetricTarget | undefined {
  const metric = metricReference(context, scope, fieldOf(statement.fields, "metric")?.value);
  const value = metricValue(context, metric, statement.fields);
  if (value !== undefined && least === "above-zero" && value.value <= 0) {
    return complain(context, values.outOfRange, rangeOfField(statement.fields, "value") ?? statement.range, { what: "A `target`", value: "0", min: "more than 0", max: undefined });
  }
  return metric === undefined || value === undefined ? undefined : { metric, ...value, origin: { file: context.file, range: statement.range } };
}

/** `METRIC OP VALUE` of a rule, of `active`. */
export function conditionOf(context: Context, scope: MetricScope, statement: Statement): MetricCondition | undefined {
  const target = targetOf(context, scope, statement, "zero");
  const operator = choiceOf(statement.fields, "operator", ["<", "<=", ">", ">="] as const satisfies readonly Comparison[]);
  return target === undefined || operator === undefined ? undefined : { ...target, operator };
}

function ruleOf(context: Context, scope: MetricScope, statement: Statement): Rule | undefined {
  const condition = conditionOf(context, scope, statement);
  const action = actionOf(context, statement.fields);
  if (condition === undefined || action === undefined) return undefined;
  return { ...condition, forSeconds: numberOf(context, statement.fields, "for") ?? 0, action };
}

function actionOf(context: Context, fields: Fields): RuleAction | undefined {
  for (const kind of ["add", "remove"] as const) {
    const amount = countOrShareOf(context, fields, kind);
    if (amount !== undefined) return { kind, ...amount };
  }
  if (has(fields, "double")) return { kind: "double" };
  if (has(fields, "halve")) return { kind: "halve" };
  const replicas = numberOf(context, fields, "set");
  return replicas === undefined ? undefined : { kind: "set", replicas };
}

export function metricReference(context: Context, scope: MetricScope, value: Value | undefined): MetricReference | undefined {
  if (value?.type === "named-metric") return value.name.value === undefined ? undefined : { kind: value.kind, name: value.name.value };
  if (value?.type !== "name") return undefined;
  const builtin = builtinMetrics.find((candidate) => candidate === value.name);
  if (builtin !== undefined) return { kind: "builtin", name: builtin };
  const declared = lookup(context, scope.scopes.metric, value, builtinMetrics);
  const metric = declared === undefined ? undefined : scope.metricOf(declared.name);
  return metric === undefined ? undefined : { kind: "declared", metric };
}

/** The value that a metric is held against, in the metric's own dimension. */
function metricValue(context: Context, metric: MetricReference | undefined, fields: Fields): { readonly value: number; readonly dimension: Dimension } | undefined {
  const field = fieldOf(fields, "value");
  if (!isExpression(field?.value)) return undefined;
  const quantity = evaluate(context, field.value);
  if (quantity === undefined || metric === undefined) return undefined;
  const due = metric.kind === "builtin" ? metricDimensions[metric.name] : metric.kind === "declared" ? metric.metric.dimension : undefined;
  if (due === undefined) return quantity;
  const called = metric.kind === "declared" ? metric.metric.name : metric.kind === "builtin" ? metric.name : "";
  const fits = quantity.dimension === due || ((due === "ratio" || due === "number") && isPlain(quantity.dimension) && !(due === "number" && quantity.dimension === "ratio"));
  if (!fits) {
    const fixes = unitFixes(context, field.value, quantity.dimension, due);
    return complain(context, names.wrongDimension, field.value.range, {
      due: `${dimensionWords[due]} (for ${called})`, given: capital(dimensionWords[quantity.dimension]), advice: adviceOf(fixes),
    }, { fixes });
  }
  if (due === "ratio") checkShare(context, field.value, quantity);
  if (quantity.value < 0) return complain(context, names.conflict, field.value.range, { message: "A metric is never below zero: write a value that it can reach" });
  return { value: quantity.value, dimension: due };
}

export function directionPart(context: Context, statement: Statement | undefined): DirectionPart | undefined {
  if (statement === undefined) return undefined;
  const limits = childrenOf(statement, "by").flatMap((line): readonly RateLimit[] => {
    const amount = countOrShareOf(context, line.fields, "by");
    const periodSeconds = numberOf(context, line.fields, "every");
    if (amount === undefined || periodSeconds === undefined) return [];
    return ["count" in amount ? { kind: "pods", count: amount.count, periodSeconds } : { kind: "percent", fraction: amount.fraction, periodSeconds }];
  });
  const line = (keyword: string): Fields => childOf(statement, keyword)?.fields ?? [];
  return compact<DirectionPart>({
    limits: limits.length > 0 ? limits : undefined,
    select: choiceOf(line("select"), "select", ["max", "min", "disabled"] as const),
    stabilizeSeconds: numberOf(context, line("stabilize"), "stabilize"),
    tolerance: numberOf(context, line("tolerance"), "tolerance"),
    origin: { file: context.file, range: statement.range },
  });
}

/** What a policy leaves out: the controller's own defaults, written out. */
export const defaultUp: Direction = {
  limits: [{ kind: "pods", count: 4, periodSeconds: 15 }, { kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 0,
};
export const defaultDown: Direction = { limits: [{ kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 300 };
export const defaultTolerance = 0.1;

/** A direction completed with the defaults. */
export function completed(part: DirectionPart | undefined, standard: Direction): Direction {
  return { limits: part?.limits ?? standard.limits, select: part?.select ?? standard.select, stabilizeSeconds: part?.stabilizeSeconds ?? standard.stabilizeSeconds };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
