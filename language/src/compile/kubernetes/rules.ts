/** Rules (`when … add …`) as the nearest thing that an autoscaler of Kubernetes has: a target and rate limits. */
import type { Backend } from "../../model/policy.ts";
import type { Direction, MetricReference, MetricTarget, RateLimit, Rule, RuleThreshold, Threshold } from "../../model/scaling.ts";
import { ruleDropped, rulesLowered } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ } from "./context.ts";
import type { Context } from "./context.ts";
import { plain } from "./metrics.ts";

/** The longest period of a rate limit and the longest window, of the autoscaler's API. */
const longestPeriodSeconds = 1800;
const longestWindowSeconds = 3600;

export interface LoweredRules {
  readonly targets: readonly MetricTarget[];
  /** Undefined where the rules say nothing of that direction. */
  readonly up?: Direction;
  readonly down?: Direction;
}

/**
 * The lowest upper threshold of each metric becomes its target; what the growing rules add, at most once per cooldown, becomes
 * the rate limit upwards with the shortest `for` as its window; the shrinking rules give the limit and the window downwards.
 * Without a shrinking rule the pool does not shrink.
 */
export function lowerRules(context: Context, backend: Backend, threshold: RuleThreshold): LoweredRules {
  const metricTargets = (backend.scale?.thresholds ?? []).flatMap((other) => (other.kind === "metric" ? other.targets : []));
  const upward = threshold.rules.filter((rule) => grows(rule) && usable(context, backend, rule, ">"));
  const downward = threshold.rules.filter((rule) => !grows(rule) && usable(context, backend, rule, "<"));
  const targets = lowestPerMetric(upward);
  if (targets.length === 0) {
    for (const rule of downward) drop(context, backend, rule, "a target to shrink from needs a rule that grows");
    return { targets };
  }
  for (const target of targets) {
    const lower = metricTargets.find((other) => sameMetric(other.metric, target.metric) && other.value <= target.value);
    const nearest = lower === undefined
      ? `at ${figure(target)}, with its steps as rate limits per cooldown`
      : `at ${figure(target)}, which the target of ${figure(lower)} covers, with its steps as further rate limits`;
    differ(context, rulesLowered, "nearest", `${callBackend(backend)}: ${callThreshold(threshold)}`, threshold.origin, { threshold: callThreshold(threshold), metric: callMetric(target.metric), nearest, simulated: context.differenceOf(backend) });
  }
  return {
    targets,
    up: direction(upward, backend, threshold.cooldownUpSeconds, "max"),
    down: downward.length === 0
      ? { limits: [{ kind: "percent", fraction: 1, periodSeconds: 15 }], select: "disabled", stabilizeSeconds: 300 }
      : direction(downward, backend, threshold.cooldownDownSeconds, "max"),
  };
}

/** How a threshold is called in messages: its name, or what it is where it was written in the pool itself. */
export function callThreshold(threshold: Threshold): string {
  return threshold.name === undefined ? "the threshold of the pool" : `threshold ${threshold.name}`;
}

export function callMetric(reference: MetricReference): string {
  return reference.kind === "declared" ? reference.metric.name : reference.kind === "builtin" ? reference.name : `${reference.kind} "${reference.name}"`;
}

function sameMetric(a: MetricReference, b: MetricReference): boolean {
  return a.kind === b.kind && callMetric(a) === callMetric(b);
}

function grows(rule: Rule): boolean {
  const { action } = rule;
  return action.kind === "add" || action.kind === "double" || (action.kind === "set" && rule.operator.startsWith(">"));
}

/** Growing above a figure and shrinking below one follow the metric; the reverse runs against it. */
function usable(context: Context, backend: Backend, rule: Rule, operator: ">" | "<"): boolean {
  if (rule.operator.startsWith(operator)) return true;
  drop(context, backend, rule, operator === ">" ? "it would have to grow while its metric falls" : "it would have to shrink while its metric rises");
  return false;
}

function drop(context: Context, backend: Backend, rule: Rule, why: string): void {
  const called = `when ${callMetric(rule.metric)} ${rule.operator} ${figure(rule)}`;
  differ(context, ruleDropped, "dropped", `${callBackend(backend)}: ${called}`, rule.origin, { rule: called, why, simulated: context.differenceOf(backend) });
}

function lowestPerMetric(rules: readonly Rule[]): readonly MetricTarget[] {
  const lowest = new Map<string, MetricTarget>();
  for (const { metric, value, dimension, origin } of rules) {
    const key = `${metric.kind} ${callMetric(metric)}`;
    const known = lowest.get(key);
    if (known === undefined || value < known.value) lowest.set(key, { metric, value, dimension, origin });
  }
  return [...lowest.values()];
}

function direction(rules: readonly Rule[], backend: Backend, cooldownSeconds: number, select: "max"): Direction {
  const periodSeconds = Math.max(15, Math.min(longestPeriodSeconds, Math.ceil(cooldownSeconds)));
  const limits: RateLimit[] = [];
  for (const rule of rules) {
    const limit = limitOf(rule, backend, periodSeconds);
    if (!limits.some((known) => JSON.stringify(known) === JSON.stringify(limit))) limits.push(limit);
  }
  return { limits, select, stabilizeSeconds: Math.min(longestWindowSeconds, Math.ceil(Math.min(...rules.map((rule) => rule.forSeconds)))) };
}

function limitOf(rule: Rule, backend: Backend, periodSeconds: number): RateLimit {
  const { action } = rule;
  const { min, max } = backend.scale ?? { min: 1, max: 1 };
  if (action.kind === "halve") return { kind: "percent", fraction: 0.5, periodSeconds };
  if (action.kind === "set") return { kind: "pods", count: Math.max(1, grows(rule) ? action.replicas - min : max - action.replicas), periodSeconds };
  if ("count" in action) return { kind: "pods", count: action.count, periodSeconds };
  return { kind: "percent", fraction: "fraction" in action ? action.fraction : 1, periodSeconds };
}

function figure(target: { readonly value: number; readonly dimension: MetricTarget["dimension"] }): string {
  const units: Partial<Record<MetricTarget["dimension"], string>> = { duration: " s", rate: "/s", size: " B" };
  return target.dimension === "ratio" ? `${plain(target.value * 100)} %` : `${plain(target.value)}${units[target.dimension] ?? ""}`;
}
