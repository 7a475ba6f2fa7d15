/** What a pool's thresholds come to together: the metrics that an autoscaler watches and how fast it may move. */
import type { Backend, Behavior, Scale } from "../../model/policy.ts";
import type { Direction, MetricTarget, RateLimit, Threshold } from "../../model/scaling.ts";
import { predictionDropped } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ } from "./context.ts";
import type { Context } from "./context.ts";
import { distinct, watch } from "./metrics.ts";
import type { Watched } from "./metrics.ts";
import { callThreshold, lowerRules } from "./rules.ts";
import type { LoweredRules } from "./rules.ts";

export interface Scaling {
  /** What is watched, as targets of the language: shares of a resource in whole percent. */
  readonly targets: readonly MetricTarget[];
  readonly watched: readonly Watched[];
  readonly behavior: Behavior;
}

/** Undefined where nothing is left to watch. */
export function scalingOf(context: Context, backend: Backend, scale: Scale): Scaling | undefined {
  const lowered: LoweredRules[] = [];
  const watched: Watched[] = [];
  const kept: MetricTarget[] = [];
  for (const threshold of scale.thresholds) {
    if (threshold.kind === "rules") lowered.push(lowerRules(context, backend, threshold));
    else sayWhatIsNotPredicted(context, backend, threshold);
    const targets = threshold.kind === "rules" ? (lowered.at(-1)?.targets ?? []) : threshold.targets;
    for (const target of targets) {
      const one = watch(context, backend, target);
      if (one === undefined) continue;
      watched.push(one);
      kept.push(one.target === "Utilization" ? { ...target, value: one.amount / 100 } : target);
    }
  }
  if (watched.length === 0) return undefined;
  const isShapedByMetric = scale.thresholds.some((threshold) => threshold.kind === "metric");
  return { targets: kept, watched: distinct(watched), behavior: isShapedByMetric ? withSteps(scale.behavior, lowered) : ofRules(scale.behavior, lowered) };
}

/** Beside a metric-based threshold the rules may only widen what it allows, and only where the widest limit counts. */
function withSteps(behavior: Behavior, lowered: readonly LoweredRules[]): Behavior {
  if (behavior.up.select !== "max") return behavior;
  const limits = [...behavior.up.limits];
  for (const limit of lowered.flatMap((rules) => rules.up?.limits ?? [])) if (!limits.some((known) => covers(known, limit))) limits.push(limit);
  return { ...behavior, up: { ...behavior.up, limits } };
}

function ofRules(behavior: Behavior, lowered: readonly LoweredRules[]): Behavior {
  const ups = lowered.flatMap((rules) => (rules.up === undefined ? [] : [rules.up]));
  const downs = lowered.flatMap((rules) => (rules.down === undefined ? [] : [rules.down]));
  const shrinking = downs.filter((direction) => direction.select !== "disabled");
  return { ...behavior, up: widest(ups, behavior.up), down: widest(shrinking.length > 0 ? shrinking : downs, behavior.down) };
}

/** All limits of the directions, the shortest window. */
function widest(directions: readonly Direction[], otherwise: Direction): Direction {
  const [first, ...rest] = directions;
  if (first === undefined) return otherwise;
  const limits = [...first.limits];
  for (const limit of rest.flatMap((direction) => direction.limits)) if (!limits.some((known) => covers(known, limit))) limits.push(limit);
  return { limits, select: first.select, stabilizeSeconds: Math.min(...directions.map((direction) => direction.stabilizeSeconds)) };
}

/** True where `limit` never allows more than `known`. */
function covers(known: RateLimit, limit: RateLimit): boolean {
  if (known.periodSeconds > limit.periodSeconds) return false;
  if (known.kind === "pods") return limit.kind === "pods" && known.count >= limit.count;
  return limit.kind === "percent" && known.fraction >= limit.fraction;
}

function sayWhatIsNotPredicted(context: Context, backend: Backend, threshold: Threshold): void {
  if (threshold.kind !== "metric" || threshold.predict === undefined) return;
  differ(context, predictionDropped, "nearest", `${callBackend(backend)}: ${callThreshold(threshold)}`, threshold.origin, { threshold: callThreshold(threshold), aheadSeconds: threshold.predict.aheadSeconds, simulated: context.differenceOf(backend) });
}
