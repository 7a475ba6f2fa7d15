/** Per-pod metrics read from a list of pods, as a sync of the controller does. */
import { podGroup, type Pod, type PodGrouping } from "./pods.ts";
import { podsAverageReplicas, utilizationReplicas, type AverageProposal, type PodSums, type PodTotals, type ReplicaRules, type UtilizationProposal } from "./replicas.ts";

/** Why a metric has no answer, in the controller's words. */
export interface MetricFailure {
  readonly error: string;
}

/** A resource against a percentage of its request. `foreignSamples`: samples of pods that are not in the list. */
export function resourceReplicas(
  current: number,
  pods: readonly Pod[],
  grouping: PodGrouping,
  targetUtilization: number,
  rules: ReplicaRules,
  foreignSamples = 0,
): UtilizationProposal | MetricFailure {
  if (foreignSamples === 0 && pods.every((pod) => pod.usage === null)) return { error: "no metrics returned from resource metrics API" };
  if (pods.length === 0) return { error: "no pods returned by selector while calculating replica count" };
  const sums = podSums(pods, grouping, foreignSamples);
  if (sums.ready.count + foreignSamples === 0) return { error: "did not receive metrics for targeted pods (pods might be unready)" };
  const lacking = pods.find((pod) => pod.request === null || pod.request === undefined);
  if (lacking !== undefined) return { error: `missing request for ${grouping.resource} in a container of Pod ${lacking.name}` };
  if (sums.ready.request === 0) return { error: "no metrics returned matched known pods" };
  return utilizationReplicas(current, sums, targetUtilization, rules);
}

/** A custom metric of the pods against its average. Readiness plays no part in it. */
export function podsMetricReplicas(current: number, pods: readonly Pod[], targetMilli: number, rules: ReplicaRules): AverageProposal | MetricFailure {
  if (pods.every((pod) => pod.usage === null)) return { error: "no metrics returned from custom metrics API" };
  const sums = podSums(pods, { resource: "", cpuInitializationPeriodSeconds: 0, initialReadinessDelaySeconds: 0 });
  if (sums.ready.count === 0) return { error: "did not receive metrics for targeted pods (pods might be unready)" };
  return podsAverageReplicas(current, sums, targetMilli, rules);
}

export interface UtilizationRatio {
  readonly ratio: number;
  readonly utilization: number;
  readonly rawAverage: number;
}

/** Usage over requests of the pods that have both. Source: metrics/utilization.go. */
export function utilizationRatio(
  usage: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  targetUtilization: number,
): UtilizationRatio | MetricFailure {
  let total = 0;
  let requested = 0;
  let count = 0;
  for (const [name, value] of usage) {
    const request = requests.get(name);
    if (request === undefined) continue;
    total += value;
    requested += request;
    count += 1;
  }
  if (requested === 0) return { error: "no metrics returned matched known pods" };
  const utilization = Math.trunc((total * 100) / requested);
  return { ratio: utilization / targetUtilization, utilization, rawAverage: Math.trunc(total / count) };
}

/** Mean usage over target. Source: metrics/utilization.go. */
export function usageRatio(usage: readonly number[], target: number): { readonly ratio: number; readonly average: number } {
  const average = Math.trunc(usage.reduce((sum, value) => sum + value, 0) / usage.length);
  return { ratio: average / target, average };
}

function podSums(pods: readonly Pod[], grouping: PodGrouping, foreignSamples = 0): PodSums {
  const sums = { ready: emptyTotals(), unready: emptyTotals(), missing: emptyTotals(), ignored: emptyTotals() };
  for (const pod of pods) {
    const totals = sums[podGroup(pod, grouping)];
    totals.count += 1;
    totals.usage += pod.usage ?? 0;
    totals.request += pod.request ?? 0;
  }
  return { ready: sums.ready, unready: sums.unready, missing: sums.missing, foreignSamples };
}

function emptyTotals(): { -readonly [key in keyof PodTotals]: number } {
  return { count: 0, usage: 0, request: 0 };
}
