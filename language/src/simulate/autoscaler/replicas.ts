/**
 * How many replicas one metric asks for, in the controller's order of operations (float64 and truncated integers).
 * Source: pkg/controller/podautoscaler/replica_calculator.go. Usage, requests and targets in milli-units.
 */
import { isWithinTolerance, type Tolerances, type ToleranceTest } from "./tolerance.ts";

export interface ReplicaRules {
  readonly tolerances: Tolerances;
  readonly test?: ToleranceTest;
}

/** Sums over a group of pods. */
export interface PodTotals {
  readonly count: number;
  readonly usage: number;
  readonly request: number;
}

/** What a sync sees of a workload's pods. */
export interface PodSums {
  /** Pods with a sample that counts. */
  readonly ready: PodTotals;
  readonly unready: PodTotals;
  readonly missing: PodTotals;
  /** Samples of pods that are not the workload's: they have no request, but the controller counts them when it fills in. */
  readonly foreignSamples?: number;
}

export interface Proposal {
  readonly replicas: number;
  /** Usage over target before anything was filled in; above 1 asks for more. */
  readonly ratio: number;
}

export interface UtilizationProposal extends Proposal {
  /** Whole percent of the request, truncated. */
  readonly utilization: number;
  /** Milli-units per pod. */
  readonly rawAverage: number;
}

/** A resource measured against its request. `targetUtilization` in percent. */
export function utilizationReplicas(current: number, sums: PodSums, targetUtilization: number, rules: ReplicaRules): UtilizationProposal {
  const utilization = (usage: number, request: number) => Math.trunc((usage * 100) / request);
  const seen = utilization(sums.ready.usage, sums.ready.request);
  const ratio = seen / targetUtilization;
  const fillIn: FillIn = {
    // A pod that asks for all of its request, or for the target where that is more.
    missingUsageBelow: Math.trunc((sums.missing.request * Math.max(100, targetUtilization)) / 100),
    ratioOf: (usage, filled) => utilization(usage, sums.ready.request + filled.request) / targetUtilization,
  };
  return {
    replicas: filledReplicas(current, sums, ratio, fillIn, rules),
    ratio,
    utilization: seen,
    rawAverage: Math.trunc(sums.ready.usage / sums.ready.count),
  };
}

export interface AverageProposal extends Proposal {
  readonly averageMilli: number;
}

/** A metric of the pods (type Pods) against an average. */
export function podsAverageReplicas(current: number, sums: PodSums, targetMilli: number, rules: ReplicaRules): AverageProposal {
  const averageMilli = Math.trunc(sums.ready.usage / sums.ready.count);
  const ratio = averageMilli / targetMilli;
  const fillIn: FillIn = {
    missingUsageBelow: sums.missing.count * targetMilli,
    ratioOf: (usage, filled) => Math.trunc(usage / (sums.ready.count + filled.count)) / targetMilli,
  };
  return { replicas: filledReplicas(current, sums, ratio, fillIn, rules), ratio, averageMilli };
}

interface FillIn {
  /** Usage given to all missing pods together when the ratio asks for fewer replicas. */
  readonly missingUsageBelow: number;
  readonly ratioOf: (usage: number, filled: { readonly count: number; readonly request: number }) => number;
}

function filledReplicas(current: number, sums: PodSums, ratio: number, fillIn: FillIn, rules: ReplicaRules): number {
  const { ready, unready, missing } = sums;
  const holdsUnready = unready.count > 0 && ratio > 1;
  if (!holdsUnready && missing.count === 0) {
    return isWithinTolerance(rules.tolerances, ratio, rules.test) ? current : Math.ceil(ratio * ready.count);
  }
  const fillsMissing = missing.count > 0 && ratio !== 1;
  const filled = {
    count: (fillsMissing ? missing.count : 0) + (holdsUnready ? unready.count : 0),
    request: (fillsMissing ? missing.request : 0) + (holdsUnready ? unready.request : 0),
  };
  const usage = ready.usage + (fillsMissing && ratio < 1 ? fillIn.missingUsageBelow : 0);
  const refilled = fillIn.ratioOf(usage, filled);
  if (isWithinTolerance(rules.tolerances, refilled, rules.test) || (ratio < 1 && refilled > 1) || (ratio > 1 && refilled < 1)) return current;
  const replicas = Math.ceil(refilled * (ready.count + filled.count + (sums.foreignSamples ?? 0)));
  if ((refilled < 1 && replicas > current) || (refilled > 1 && replicas < current)) return current;
  return replicas;
}

const maxInt32 = 2 ** 31 - 1;
const maxInt64 = 2n ** 63n - 1n;

/** The sum, held at the largest signed 64-bit integer. */
export function saturatedSum(values: readonly bigint[]): bigint {
  const sum = values.reduce((total, value) => total + value, 0n);
  return sum > maxInt64 ? maxInt64 : sum;
}

export interface ValueProposal extends Proposal {
  readonly usageMilli: bigint;
}

/** An object's or external metric against a `Value`. */
export function valueReplicas(current: number, readyPods: number, valuesMilli: readonly bigint[], targetMilli: bigint, rules: ReplicaRules): ValueProposal {
  const usageMilli = saturatedSum(valuesMilli);
  return { ...replicasForValue(current, readyPods, Number(usageMilli), Number(targetMilli), rules), usageMilli };
}

/** The same of the sum as the controller divides it: proportional to the ready pods; from 0 replicas the ratio itself, without tolerance. */
export function replicasForValue(current: number, readyPods: number, usageMilli: number, targetMilli: number, rules: ReplicaRules): Proposal {
  const ratio = usageMilli / targetMilli;
  const stays = current !== 0 && isWithinTolerance(rules.tolerances, ratio, rules.test);
  const replicas = stays ? current : Math.ceil(current === 0 ? ratio : ratio * readyPods);
  return { replicas: Math.min(maxInt32, replicas), ratio };
}

export interface PerPodProposal extends Proposal {
  /** Rounded up. */
  readonly perPodMilli: bigint;
}

/** An object's or external metric against an `AverageValue`. `statusReplicas`: the pods that the workload has, not those it wants. */
export function averageValueReplicas(statusReplicas: number, valuesMilli: readonly bigint[], targetMilli: bigint, rules: ReplicaRules): PerPodProposal {
  const usage = Number(saturatedSum(valuesMilli));
  const perPod = Math.ceil(usage / statusReplicas);
  const perPodMilli = perPod >= Number(maxInt64) || Number.isNaN(perPod) ? maxInt64 : BigInt(perPod);
  return { ...replicasForAverage(statusReplicas, usage, Number(targetMilli), rules), perPodMilli };
}

/** The same of the sum as the controller divides it. */
export function replicasForAverage(statusReplicas: number, usageMilli: number, targetMilli: number, rules: ReplicaRules): Proposal {
  const ratio = usageMilli / (targetMilli * statusReplicas);
  const replicas = isWithinTolerance(rules.tolerances, ratio, rules.test) ? statusReplicas : Math.min(maxInt32, Math.ceil(usageMilli / targetMilli));
  return { replicas, ratio };
}
