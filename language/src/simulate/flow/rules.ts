/** On-demand thresholds: rules that hold for a while change the size, then rest. */
import type { Comparison, Rule, RuleThreshold } from "../../model/scaling.ts";
import { metricName, metricValue, type PoolSnapshot } from "./metrics.ts";

export interface RuleMemory {
  /** Per rule: since when its condition has been true without a break. */
  readonly since: (number | undefined)[];
  /** The last change that this threshold's own proposal caused. */
  lastChange: number | undefined;
}

export interface RuleProposal {
  readonly threshold: RuleThreshold;
  readonly rule: Rule;
  readonly metric: string;
  readonly value: number;
  readonly replicas: number;
}

export function createRuleMemory(threshold: RuleThreshold): RuleMemory {
  return { since: threshold.rules.map(() => undefined), lastChange: undefined };
}

export function compares(value: number, operator: Comparison, limit: number): boolean {
  if (operator === "<") return value < limit;
  if (operator === "<=") return value <= limit;
  return operator === ">" ? value > limit : value >= limit;
}

/** The size that a rule's action makes of `current`: shares round up where they add, are cut where they remove. */
export function sizeAfter(action: Rule["action"], current: number): number {
  switch (action.kind) {
    case "add":
      return "count" in action ? current + action.count : Math.ceil(exact(current * (1 + action.fraction)));
    case "remove":
      return Math.max(0, "count" in action ? current - action.count : Math.trunc(exact(current * (1 - action.fraction))));
    case "double":
      return current * 2;
    case "halve":
      return Math.trunc(current / 2);
    case "set":
      return action.replicas;
  }
}

/** Remembers which conditions hold now, and proposes: the largest of the rules that grow, else of those that shrink; none while it rests. */
export function ruleProposal(threshold: RuleThreshold, memory: RuleMemory, pool: PoolSnapshot): RuleProposal | undefined {
  let grown: RuleProposal | undefined;
  let shrunk: RuleProposal | undefined;
  const rested = memory.lastChange === undefined ? Infinity : pool.t - memory.lastChange;
  let index = -1;
  for (const rule of threshold.rules) {
    index += 1;
    const value = metricValue(rule.metric, pool);
    if (value === undefined || !compares(value, rule.operator, rule.value)) {
      memory.since[index] = undefined;
      continue;
    }
    const since = memory.since[index] ?? pool.t;
    memory.since[index] = since;
    if (pool.t - since < rule.forSeconds) continue;
    const replicas = sizeAfter(rule.action, pool.replicas);
    const proposal: RuleProposal = { threshold, rule, metric: metricName(rule.metric), value, replicas };
    if (replicas > pool.replicas) {
      if (rested >= threshold.cooldownUpSeconds && (grown === undefined || replicas > grown.replicas)) grown = proposal;
    } else if (replicas < pool.replicas) {
      if (rested >= threshold.cooldownDownSeconds && (shrunk === undefined || replicas > shrunk.replicas)) shrunk = proposal;
    }
  }
  return grown ?? shrunk;
}

/** 20 × 1.1 is 22.000000000000004 in binary; the sum that was meant is 22. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
