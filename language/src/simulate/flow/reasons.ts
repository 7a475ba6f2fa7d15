/** Why the wanted size changed: as data, and as a sentence for people. */
import type { MetricCondition } from "../../model/scaling.ts";
import type { Scale } from "../../model/policy.ts";
import type { ScalingPolicy } from "../autoscaler/behavior.ts";
import type { Shaping, SyncResult } from "../autoscaler/sync.ts";
import type { Decision } from "../report.ts";
import type { Bounds } from "../schedules.ts";
import { metricName, type PoolSnapshot } from "./metrics.ts";
import type { TargetProposal } from "./proposals.ts";
import type { RuleProposal } from "./rules.ts";
import { durationText, percentText, shortNumber } from "./wording.ts";

export interface Reasoned {
  readonly reason: string;
  readonly decision: Decision;
}

export interface MetricContext {
  readonly pool: PoolSnapshot;
  readonly bounds: Bounds;
  readonly scale: Scale;
  readonly shaping: Shaping;
  /** Names thresholds written inside `scale`. */
  readonly label: string;
}

/** `busy: load_factor 1.2 / 0.7 = 1.71 → 40`. */
export function metricDecision(leading: TargetProposal, sync: SyncResult, context: MetricContext): Reasoned {
  const { pool, bounds, scale, shaping, label } = context;
  const name = leading.name ?? label;
  const recommended = sync.recommended ?? sync.replicas;
  const heldBackBy: string[] = [];
  const stabilized = sync.stabilized ?? recommended;
  if (shaping.kind === "behavior") {
    if (stabilized > recommended) heldBackBy.push(`down: window ${durationText(shaping.down.stabilizationWindowSeconds)}`);
    if (stabilized < recommended) heldBackBy.push(`up: window ${durationText(shaping.up.stabilizationWindowSeconds)}`);
    if (sync.reason === "ScaleUpLimit") heldBackBy.push(...limitTexts("up", shaping.up.policies, shaping.up.selectPolicy));
    if (sync.reason === "ScaleDownLimit") heldBackBy.push(...limitTexts("down", shaping.down.policies, shaping.down.selectPolicy));
  }
  if (sync.reason === "TooManyReplicas") heldBackBy.push(bounds.maxBy === undefined ? `max ${scale.max}` : `${bounds.maxBy}: at most ${bounds.max}`);
  if (sync.reason === "TooFewReplicas") heldBackBy.push(bounds.minBy === undefined ? `min ${bounds.min}` : `${bounds.minBy}: at least ${bounds.min}`);
  if (sync.replicas > pool.replicas) heldBackBy.push(...stillStarting(pool));
  const { metric, value, target, ratio } = leading;
  return reasoned(`${name}: ${metric} ${shortNumber(value)} / ${shortNumber(target)} = ${shortNumber(ratio)} → ${recommended}`, {
    by: leading.by, threshold: name, metric, value, target, ratio, recommended, heldBackBy,
  });
}

/** `surge: load_factor 1.02 > 0.95 for 30 s → 40`. */
export function ruleDecision(proposal: RuleProposal, replicas: number, pool: PoolSnapshot, bounds: Bounds, label: string): Reasoned {
  const { rule, metric, value } = proposal;
  const name = proposal.threshold.name ?? label;
  const heldBackBy: string[] = [];
  if (replicas < proposal.replicas) heldBackBy.push(bounds.maxBy === undefined ? `max ${bounds.max}` : `${bounds.maxBy}: at most ${bounds.max}`);
  if (replicas > proposal.replicas) heldBackBy.push(bounds.minBy === undefined ? `min ${bounds.min}` : `${bounds.minBy}: at least ${bounds.min}`);
  if (replicas > pool.replicas) heldBackBy.push(...stillStarting(pool));
  const held = rule.forSeconds > 0 ? ` for ${durationText(rule.forSeconds)}` : "";
  return reasoned(`${name}: ${metric} ${shortNumber(value)} ${rule.operator} ${shortNumber(rule.value)}${held} → ${proposal.replicas}`, {
    by: "threshold", threshold: name, metric, value, target: rule.value, recommended: proposal.replicas, heldBackBy,
  });
}

/** `office_hours: at least 20`. */
export function boundsDecision(from: number, to: number, bounds: Bounds, scale: Scale): Reasoned {
  const schedule = to > from ? bounds.minBy : bounds.maxBy;
  const limit = to > from ? `at least ${to}` : `at most ${to}`;
  const name = schedule ?? (to > from ? `min ${scale.min}` : `max ${scale.max}`);
  return reasoned(`${name}: ${limit}`, { by: schedule === undefined ? "bounds" : "schedule", ...(schedule === undefined ? {} : { threshold: schedule }), recommended: to, heldBackBy: [] });
}

/** To 1 at the first request or as `active` says; to 0 after `idleSeconds` without. */
export function wakeDecision(active: MetricCondition | undefined, value: number | undefined, idleSeconds?: number): Reasoned {
  const metric = active === undefined ? "arrivals" : metricName(active.metric);
  if (idleSeconds !== undefined) {
    return reasoned(`idle: nothing active for ${durationText(idleSeconds)} → 0`, { by: "bounds", metric, recommended: 0, heldBackBy: [] });
  }
  const condition = active === undefined ? "> 0" : `${active.operator} ${shortNumber(active.value)}`;
  return reasoned(`active: ${metric} ${shortNumber(value ?? 0)} ${condition} → 1`, {
    by: "bounds", metric, ...(value === undefined ? {} : { value }), target: active?.value ?? 0, recommended: 1, heldBackBy: [],
  });
}

/** A pool at 0 wakes for a schedule that is a trigger. */
export function triggerWakes(bounds: Bounds): Reasoned {
  const name = bounds.trigger?.by;
  return reasoned(`${name ?? "schedule"}: active → 1`, { by: "schedule", ...(name === undefined ? {} : { threshold: name }), recommended: 1, heldBackBy: [] });
}

function reasoned(reason: string, decision: Decision): Reasoned {
  return { reason: decision.heldBackBy.length === 0 ? reason : `${reason} (${decision.heldBackBy.join("; ")})`, decision };
}

function stillStarting(pool: PoolSnapshot): readonly string[] {
  return pool.starting > 0 ? [`${pool.starting} still starting (${durationText(Math.ceil(pool.startsWithin))})`] : [];
}

function limitTexts(direction: "up" | "down", policies: readonly ScalingPolicy[], select: string): readonly string[] {
  if (select === "Disabled") return [`${direction}: disabled`];
  const sign = direction === "up" ? "+" : "−";
  const texts = policies.map((policy) => {
    const amount = policy.type === "Pods" ? String(policy.value) : percentText(policy.value / 100);
    return `${sign}${amount} per ${durationText(policy.periodSeconds)}`;
  });
  return [`${direction}: ${texts.join(select === "Max" ? " or " : " and ")}`];
}
