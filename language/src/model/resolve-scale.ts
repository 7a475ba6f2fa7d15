import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Context } from "./context.ts";
import { compact, complain, withoutRepeated } from "./context.ts";
import { numberOf, rangeOf, rangeOfField } from "./fields.ts";
import type { Behavior, Scale } from "./policy.ts";
import { completed, conditionOf, defaultDown, defaultTolerance, defaultUp, resolveThreshold } from "./resolve-threshold.ts";
import type { MetricScope } from "./resolve-threshold.ts";
import type { DirectionPart, Schedule, Threshold } from "./scaling.ts";
import type { Scope } from "./scopes.ts";
import { lookup } from "./scopes.ts";
import { childOf } from "./statements.ts";

export interface ScaleScope extends MetricScope {
  readonly thresholdOf: (name: string) => Threshold | undefined;
  readonly scheduleOf: (name: string) => Schedule | undefined;
}

const inlineKeywords = ["target", "when", "predict", "cooldown"];
const shapingKeywords = ["tolerance", "up", "down"];

export function resolveScale(context: Context, scope: ScaleScope, statement: Statement): Scale | undefined {
  const range = rangeOf(context, statement.fields, "range");
  if (range === undefined) return undefined;
  if (range.high === undefined) {
    return complain(context, names.missing, range.range, { subject: "A scale", what: `both bounds, such as ${range.low}..${Math.max(range.low * 2, range.low + 1)}` });
  }
  if (range.high === 0) complain(context, values.outOfRange, range.range, { what: "The upper bound", value: "0", min: "1", max: undefined });
  const onLine = childOf(statement, "on");
  const inline = (statement.block?.statements ?? []).filter((line) => inlineKeywords.includes(line.spec.keyword) || shapingKeywords.includes(line.spec.keyword));
  if (onLine !== undefined && inline[0] !== undefined) {
    complain(context, names.conflict, inline[0].keyword, { message: "A scale names thresholds with `on` or holds one's own lines, not both: move these lines into a threshold" });
  }
  const shaping = inline.find((line) => shapingKeywords.includes(line.spec.keyword));
  if (onLine === undefined && shaping !== undefined && inline.every((line) => shapingKeywords.includes(line.spec.keyword))) {
    complain(context, names.missing, shaping.keyword, { subject: `\`${shaping.spec.keyword}\` of a scale`, what: "a `target` or a `when` beside it" });
  }
  const named = listed(context, onLine, "on", scope.scopes.threshold).flatMap((name) => scope.thresholdOf(name) ?? []);
  const thresholds = onLine === undefined && inline.some((line) => inlineKeywords.includes(line.spec.keyword)) ? [resolveThreshold(context, scope, statement, undefined)] : named;
  const schedules = listed(context, childOf(statement, "during"), "during", scope.scopes.schedule).flatMap((name) => scope.scheduleOf(name) ?? []);
  const fallback = childOf(statement, "fallback")?.fields ?? [];
  const replicas = numberOf(context, fallback, "replicas");
  const afterFailures = numberOf(context, fallback, "failures");
  const active = childOf(statement, "active");
  for (const schedule of schedules) outside(context, schedule, range.low, range.high, statement);
  return compact<Scale>({
    min: range.low,
    max: range.high,
    thresholds,
    schedules,
    behavior: behaviorOf(context, thresholds),
    active: active === undefined ? undefined : conditionOf(context, scope, active),
    idleSeconds: numberOf(context, childOf(statement, "idle")?.fields ?? [], "idle") ?? 300,
    fallback: replicas === undefined || afterFailures === undefined ? undefined : { replicas, afterFailures },
    origin: { file: context.file, range: statement.range, nameRange: statement.keyword },
  });
}

/** The names of `on` and `during` that exist, each once. */
function listed(context: Context, line: Statement | undefined, label: string, scope: Scope): readonly string[] {
  const list = line === undefined ? undefined : fieldOf(line.fields, label)?.value;
  if (list?.type !== "list") return [];
  const found: string[] = [];
  for (const item of list.items) {
    const use = item.type === "group" ? fieldOf(item.fields, "name")?.value : undefined;
    if (use?.type !== "name") continue;
    if (found.includes(use.name)) complain(context, names.conflict, use.range, { message: `${use.name} is named twice: keep one` }, withoutRepeated(context, list.items, item));
    else if (lookup(context, scope, use) !== undefined) found.push(use.name);
  }
  return found;
}

/** `up`, `down`, `tolerance` belong to the pool: at most one of its thresholds may hold each. */
function behaviorOf(context: Context, thresholds: readonly Threshold[]): Behavior {
  const only = <T>(part: string, pick: (threshold: Threshold) => T | undefined): T | undefined => {
    const holders = thresholds.filter((threshold) => pick(threshold) !== undefined);
    const [first, second] = holders;
    if (first !== undefined && second !== undefined) {
      complain({ ...context, file: second.origin.file }, names.conflict, second.origin.nameRange ?? second.origin.range, {
        message: `\`${part}\` belongs to the pool, and ${first.name ?? "another threshold"} holds it already: remove it from one of them`,
      }, { related: [{ location: { file: first.origin.file, range: first.origin.nameRange ?? first.origin.range }, message: "It holds the first one." }] });
    }
    return first === undefined ? undefined : pick(first);
  };
  const tolerance = only("tolerance", (threshold) => threshold.tolerance) ?? defaultTolerance;
  const up: DirectionPart | undefined = only("up", (threshold) => threshold.up);
  const down: DirectionPart | undefined = only("down", (threshold) => threshold.down);
  return {
    toleranceUp: up?.tolerance ?? tolerance,
    toleranceDown: down?.tolerance ?? tolerance,
    up: completed(up, defaultUp),
    down: completed(down, defaultDown),
  };
}

function outside(context: Context, schedule: Schedule, min: number, max: number, statement: Statement): void {
  const replicas = schedule.replicas;
  if (replicas === undefined) return;
  const tooLow = replicas.min < min || (replicas.max !== undefined && replicas.max < min);
  const tooHigh = replicas.min > max || (replicas.max !== undefined && replicas.max > max);
  if (!tooLow && !tooHigh) return;
  const bound = replicas.max === undefined ? `${replicas.min}` : `${replicas.min}..${replicas.max}`;
  complain(context, values.cutBounds, rangeOfField(statement.fields, "range") ?? statement.keyword, { schedule: schedule.name, bound, pool: `${min}..${max}` }, {
    related: [{ location: { file: schedule.origin.file, range: schedule.origin.nameRange ?? schedule.origin.range }, message: "The schedule." }],
  });
}
