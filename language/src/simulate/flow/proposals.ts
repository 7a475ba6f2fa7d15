/** What each target of a pool's metric thresholds asks for, by the controller's own functions. */
import type { MetricTarget, MetricThreshold } from "../../model/scaling.ts";
import { podsAverageReplicas, replicasForAverage, replicasForValue, utilizationReplicas, type PodSums, type Proposal, type ReplicaRules } from "../autoscaler/replicas.ts";
import { isWithinTolerance } from "../autoscaler/tolerance.ts";
import { isPoolMetric, metricName, metricValue, poolFigure, resourceUsage, type PoolSnapshot } from "./metrics.ts";

export interface TargetProposal {
  /** Of the threshold, or of the schedule that is a trigger; undefined for one written inside `scale`. */
  readonly name: string | undefined;
  readonly by: "threshold" | "schedule";
  readonly metric: string;
  readonly value: number;
  readonly target: number;
  readonly ratio: number;
  readonly replicas: number;
}

/** Scales the measured value, for a forecast; 1 for the present. */
export type Growth = number;

/**
 * The proposal of one target; undefined where the metric has no value.
 *
 * cpu and memory are resources against their request. What is counted in front of the pool (load_factor, arrivals) is an average over the members that take
 * traffic; what is counted at the members (rps, in_flight, connections, queue, gpu, per-member metrics) is an average over the pods, in which starting ones are
 * missing. Times and undivided figures are values of the pool.
 */
export function targetProposal(threshold: MetricThreshold, target: MetricTarget, pool: PoolSnapshot, rules: ReplicaRules, growth: Growth = 1): TargetProposal | undefined {
  const measured = metricValue(target.metric, pool);
  if (measured === undefined) return undefined;
  const value = measured * growth;
  const proposal = proposalFor(target, value, growth, pool, rules);
  return proposal === undefined ? undefined : { name: threshold.name, by: "threshold", metric: metricName(target.metric), value, target: target.value, ratio: proposal.ratio, replicas: proposal.replicas };
}

function proposalFor(target: MetricTarget, value: number, growth: Growth, pool: PoolSnapshot, rules: ReplicaRules): Proposal | undefined {
  const { metric: reference } = target;
  if (reference.kind === "builtin") {
    const { name } = reference;
    if (name === "cpu" || name === "memory") return resourceProposal(name, target, growth, pool, rules);
    if (name === "load_factor" || name === "arrivals") {
      const perMember = name === "load_factor" ? pool.capacityPerSecond / pool.ready : 1;
      const proposal = replicasForAverage(pool.ready, milli(value * pool.ready * perMember), milli(target.value * perMember), rules);
      // Inside the tolerance the answer is the number of members it was measured over; what stays is the pool's size, starting ones included.
      const stays = isWithinTolerance(rules.tolerances, proposal.ratio, rules.test);
      return { ratio: value / target.value, replicas: stays ? pool.replicas : proposal.replicas };
    }
    return isPoolMetric(name) ? valueProposal(target, value, pool, rules) : podsProposal(target, value, pool, rules);
  }
  if (reference.kind !== "declared") return undefined;
  if (reference.metric.per === "member") return podsProposal(target, value, pool, rules);
  if (reference.metric.undivided) return valueProposal(target, value, pool, rules);
  const figure = poolFigure(reference.metric, pool);
  if (figure === undefined) return undefined;
  return { ratio: value / target.value, replicas: replicasForAverage(pool.replicas, milli(figure * growth), milli(target.value), rules).replicas };
}

function resourceProposal(name: "cpu" | "memory", target: MetricTarget, growth: Growth, pool: PoolSnapshot, rules: ReplicaRules): Proposal | undefined {
  const used = resourceUsage(name, pool);
  if (used === undefined) return undefined;
  const sums = resourceSums(name, used.usageMilli * growth, used.requestMilli, pool);
  return sums.ready.count === 0 ? undefined : utilizationReplicas(pool.replicas, sums, percent(target.value), rules);
}

function valueProposal(target: MetricTarget, value: number, pool: PoolSnapshot, rules: ReplicaRules): Proposal {
  return { ratio: value / target.value, replicas: replicasForValue(pool.replicas, pool.ready, milli(value), milli(target.value), rules).replicas };
}

function podsProposal(target: MetricTarget, value: number, pool: PoolSnapshot, rules: ReplicaRules): Proposal {
  const sums: PodSums = {
    ready: { count: pool.ready, usage: Math.round(value * pool.ready * 1000), request: 0 },
    unready: none,
    missing: { count: pool.unready, usage: 0, request: 0 },
  };
  return { ratio: value / target.value, replicas: podsAverageReplicas(pool.replicas, sums, Math.max(1, Math.round(target.value * 1000)), rules).replicas };
}

/** What a cron trigger of KEDA asks for: an external metric with a target of 1, so a size close to the present one is inside the tolerance. */
export function triggerProposal(trigger: { readonly replicas: number; readonly by?: string }, current: number, rules: ReplicaRules): TargetProposal {
  const proposal = replicasForAverage(current, milli(trigger.replicas), milli(1), rules);
  return { name: trigger.by, by: "schedule", metric: "cron", value: trigger.replicas / current, target: 1, ratio: proposal.ratio, replicas: proposal.replicas };
}

/** The value that a forecast follows: what the pool gets in all, so that its own growth does not look like falling load. */
export function forecastBase(target: MetricTarget, pool: PoolSnapshot): number | undefined {
  const value = metricValue(target.metric, pool);
  if (value === undefined) return undefined;
  const { metric } = target;
  const perMember = metric.kind === "builtin" ? !isPoolMetric(metric.name) : metric.kind === "declared" && metric.metric.per === "member";
  return perMember ? value * pool.ready : value;
}

const none = { count: 0, usage: 0, request: 0 };

function resourceSums(name: "cpu" | "memory", usageMilli: number, requestMilli: number, pool: PoolSnapshot): PodSums {
  const group = (count: number) => ({ count, usage: Math.round(count * usageMilli), request: count * requestMilli });
  if (name === "memory") return { ready: group(pool.ready), unready: none, missing: { ...group(pool.unready), usage: 0 } };
  return { ready: group(pool.ready - pool.fresh), unready: group(pool.unready + pool.fresh), missing: none };
}

function percent(fraction: number): number {
  return Number((fraction * 100).toPrecision(12));
}

/** Below the largest signed 64-bit integer, at which the controller's sums end. */
function milli(value: number): number {
  return Math.round(Math.min(value, 9e15) * 1000);
}
