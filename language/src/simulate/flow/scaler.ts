/** The size that a pool wants at each evaluation: bounds, scale to zero, the autoscaler for metric targets, rules. Times in seconds since the start. */
import type { MetricTarget, MetricThreshold, RuleThreshold } from "../../model/scaling.ts";
import type { Scale } from "../../model/policy.ts";
import { rulesOf } from "../autoscaler/behavior.ts";
import type { ReplicaRules } from "../autoscaler/replicas.ts";
import { freshMemory, syncAutoscaler, type AutoscalerMemory, type Shaping, type SyncResult } from "../autoscaler/sync.ts";
import type { ToleranceTest } from "../autoscaler/tolerance.ts";
import type { Bounds } from "../schedules.ts";
import { activeValue, isModelled, metricName, type PoolSnapshot } from "./metrics.ts";
import { addSample, createSamples, forecastGrowth, type Samples } from "./prediction.ts";
import { forecastBase, targetProposal, triggerProposal, type TargetProposal } from "./proposals.ts";
import { boundsDecision, metricDecision, ruleDecision, triggerWakes, wakeDecision, type Reasoned } from "./reasons.ts";
import { compares, createRuleMemory, ruleProposal, type RuleMemory, type RuleProposal } from "./rules.ts";

export interface Scaler {
  /** The size wanted now, and why where it differs from the present one. */
  readonly evaluate: (pool: PoolSnapshot, bounds: Bounds) => ScalerAnswer;
  /** Where the thresholds come to rest at this load: grows from the least size until nobody asks for more. */
  readonly settle: (poolAt: (replicas: number) => PoolSnapshot, bounds: Bounds) => number;
  /** Load factor that a metric target aims at. */
  readonly targetLoadFactor: number | undefined;
  readonly notes: readonly string[];
}

export interface ScalerAnswer {
  readonly replicas: number;
  readonly why?: Reasoned | undefined;
}

export function createScaler(scale: Scale, label: string, test: ToleranceTest): Scaler {
  const notes: string[] = [];
  const modelled = scale.thresholds.filter((threshold) => {
    const lacking = (threshold.kind === "metric" ? threshold.targets : threshold.rules).find((part) => !isModelled(part.metric));
    if (lacking !== undefined) {
      notes.push(`${threshold.name ?? label} takes no part: nothing stands for ${metricName(lacking.metric)} in the simulation; its metric's \`as\` would.`);
    }
    return lacking === undefined;
  });
  if (scale.fallback !== undefined) notes.push("Metrics never fail in the simulation, so `fallback` does not act.");
  const metricThresholds = modelled.filter((threshold): threshold is MetricThreshold => threshold.kind === "metric");
  const ruleThresholds = modelled.filter((threshold): threshold is RuleThreshold => threshold.kind === "rules");
  const { behavior } = scale;
  const shaping: Shaping = { kind: "behavior", up: rulesOf(behavior.up), down: rulesOf(behavior.down) };
  const replicaRules: ReplicaRules = { tolerances: { up: behavior.toleranceUp, down: behavior.toleranceDown }, test };
  const remembered = ruleThresholds.map((threshold): { readonly threshold: RuleThreshold; readonly memory: RuleMemory } => ({ threshold, memory: createRuleMemory(threshold) }));
  const samples = new Map<MetricTarget, Samples>();
  let memory: AutoscalerMemory = freshMemory;
  let lastActive = 0;

  const growthOf = (threshold: MetricThreshold, target: MetricTarget, pool: PoolSnapshot): number => {
    if (threshold.predict === undefined) return 1;
    const base = forecastBase(target, pool);
    if (base === undefined) return 1;
    const known = samples.get(target) ?? createSamples();
    samples.set(target, known);
    addSample(known, pool.t, base, threshold.predict.windowSeconds);
    return forecastGrowth(known, pool.t, threshold.predict.aheadSeconds);
  };

  const aims = metricThresholds.flatMap((threshold) => threshold.targets.map((target) => ({ threshold, target })));
  const proposals = (pool: PoolSnapshot, growth: typeof growthOf): (TargetProposal | undefined)[] =>
    aims.map(({ threshold, target }) => targetProposal(threshold, target, pool, replicaRules, growth(threshold, target, pool)));

  /** At a minimum of 0 the pool lives as long as it is active: 1 and more are the thresholds' business, 0 and 1 are not. */
  const wakeOrRest = (pool: PoolSnapshot, bounds: Bounds): ScalerAnswer | undefined => {
    if (bounds.min > 0) {
      lastActive = pool.t;
      return undefined;
    }
    const value = scale.active === undefined ? pool.ratePerSecond : activeValue(scale.active.metric, pool);
    const asked = value !== undefined && (scale.active === undefined ? value > 0 : compares(value, scale.active.operator, scale.active.value));
    const active = asked || (bounds.trigger !== undefined && bounds.trigger.replicas > 0);
    if (active) lastActive = pool.t;
    if (pool.replicas === 0) return active ? { replicas: Math.min(1, bounds.max), why: asked ? wakeDecision(scale.active, value) : triggerWakes(bounds) } : { replicas: 0 };
    if (!active && pool.t - lastActive >= scale.idleSeconds) return { replicas: 0, why: wakeDecision(scale.active, undefined, scale.idleSeconds) };
    return undefined;
  };

  const evaluate = (pool: PoolSnapshot, bounds: Bounds): ScalerAnswer => {
    const current = pool.replicas;
    const answers = proposals(pool, growthOf);
    if (bounds.trigger !== undefined && current > 0) answers.push(triggerProposal(bounds.trigger, current, replicaRules));
    let byRule: RuleProposal | undefined;
    for (const { threshold, memory: own } of remembered) {
      const proposal = ruleProposal(threshold, own, pool);
      if (proposal !== undefined && (byRule === undefined || proposal.replicas > byRule.replicas)) byRule = proposal;
    }
    const zero = wakeOrRest(pool, bounds);
    if (zero !== undefined) return zero;
    const range = { min: Math.max(1, bounds.min), max: Math.max(1, bounds.max) };
    if (current < range.min || current > range.max) {
      const replicas = current < range.min ? range.min : range.max;
      if (answers.length > 0) memory = syncAutoscaler(memory, current, range, [], shaping, pool.t).memory;
      return { replicas, why: boundsDecision(current, replicas, bounds, scale) };
    }
    const sync = answers.length === 0 ? undefined : syncAutoscaler(memory, current, range, answers.map((answer) => answer?.replicas), shaping, pool.t);
    const byMetric = sync?.kind === "metrics" ? sync : undefined;
    const rule = byRule === undefined ? undefined : Math.min(range.max, Math.max(range.min, byRule.replicas));
    const ruleWins = rule !== undefined && (byMetric === undefined || rule > byMetric.replicas);
    if (sync !== undefined) memory = ruleWins ? { ...sync.memory, events: memory.events } : sync.memory;
    if (ruleWins && byRule !== undefined) {
      if (rule !== current) {
        const own = remembered.find(({ threshold }) => threshold === byRule.threshold)?.memory;
        if (own !== undefined) own.lastChange = pool.t;
        return { replicas: rule, why: ruleDecision(byRule, rule, pool, bounds, label) };
      }
      return { replicas: current };
    }
    if (byMetric === undefined || byMetric.replicas === current) return { replicas: current };
    return { replicas: byMetric.replicas, why: metricReason(answers, byMetric, pool, bounds) };
  };

  const metricReason = (answers: readonly (TargetProposal | undefined)[], sync: SyncResult, pool: PoolSnapshot, bounds: Bounds): Reasoned | undefined => {
    const leading = answers.reduce((best, answer) => (answer !== undefined && (best === undefined || answer.replicas > best.replicas) ? answer : best), undefined);
    return leading === undefined ? undefined : metricDecision(leading, sync, { pool, bounds, scale, shaping, label });
  };

  const settle = (poolAt: (replicas: number) => PoolSnapshot, bounds: Bounds): number => {
    let size = bounds.min;
    const wakes = bounds.min === 0 && wakeOrRest(poolAt(0), bounds)?.replicas === 1;
    if (wakes) size = 1;
    if (size === 0) return 0;
    for (let round = 0; round < 200; round++) {
      const pool = poolAt(size);
      const asked = proposals(pool, () => 1).map((proposal) => proposal?.replicas ?? 0);
      if (bounds.trigger !== undefined) asked.push(triggerProposal(bounds.trigger, size, replicaRules).replicas);
      for (const threshold of ruleThresholds) {
        // Durations and rests play no part in where the rules come to rest.
        const holding = threshold.rules.map((rule): number => ruleProposal({ ...threshold, rules: [{ ...rule, forSeconds: 0 }] }, createRuleMemory({ ...threshold, rules: [rule] }), pool)?.replicas ?? 0);
        asked.push(...holding);
      }
      // Times have no value while the load exceeds the capacity; the pool would grow until they have one.
      if (pool.ratePerSecond >= pool.capacityPerSecond && modelled.length > 0) asked.push(Math.floor(pool.ratePerSecond / pool.model.capacityPerSecond) + 1);
      const most = Math.min(bounds.max, Math.max(0, ...asked));
      if (most <= size) break;
      size = most;
    }
    return size;
  };

  const loadTarget = metricThresholds.flatMap((threshold) => threshold.targets).find((target) => target.metric.kind === "builtin" && target.metric.name === "load_factor");
  return { evaluate, settle, targetLoadFactor: loadTarget?.value, notes };
}
