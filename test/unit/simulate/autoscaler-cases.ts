/** Recorded cases of the horizontal autoscaler, and how each kind is put to our functions. */
import { readFileSync } from "node:fs";
import { scaleDownRules, scaleUpRules, type PartialRules } from "../../../language/src/simulate/autoscaler/behavior.ts";
import { podsMetricReplicas, resourceReplicas, utilizationRatio, type MetricFailure } from "../../../language/src/simulate/autoscaler/pod-metrics.ts";
import { groupPods, type Pod } from "../../../language/src/simulate/autoscaler/pods.ts";
import { changeWithin, limitedByBehavior, limitedWithoutBehavior, scaleDownLimit, scaleUpLimit, withEvent, type ScaleEvent } from "../../../language/src/simulate/autoscaler/rate-limits.ts";
import { averageValueReplicas, valueReplicas, type ReplicaRules } from "../../../language/src/simulate/autoscaler/replicas.ts";
import { stabilizedByBehavior, stabilizedWithoutBehavior } from "../../../language/src/simulate/autoscaler/stabilization.ts";
import { freshMemory, syncAutoscaler, type AutoscalerMemory, type Shaping } from "../../../language/src/simulate/autoscaler/sync.ts";
import { isWithinTolerance, type Tolerances } from "../../../language/src/simulate/autoscaler/tolerance.ts";

export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly source: { readonly test: string; readonly case?: string };
  readonly input: never;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Whole numbers beyond 2⁵³ are read as big integers, all others as numbers. */
export function readCases(path: URL): readonly Case[] {
  const marked = readFileSync(path, "utf8").replace(/"(?:[^"\\]|\\.)*"|(?<![\d.])-?\d{16,}(?![\d.eE])/g, (token) => (token.startsWith('"') ? token : `"${token}n"`));
  const revive = (_: string, value: unknown): unknown => (typeof value === "string" && /^-?\d{16,}n$/.test(value) ? BigInt(value.slice(0, -1)) : value);
  return (JSON.parse(marked, revive) as { readonly cases: readonly Case[] } | null)?.cases ?? [];
}

interface LoggedEvent {
  readonly change: number;
  readonly ageSeconds: number;
}

interface LoggedRecommendation {
  readonly replicas: number;
  readonly ageSeconds: number;
}

interface MetricSpec {
  readonly type: "Resource" | "ContainerResource" | "Pods" | "Object" | "External" | "Invalid";
  readonly name?: string;
  readonly targetUtilization?: number;
  readonly targetAverageMilli?: number | bigint;
  readonly targetMilli?: number | bigint;
  readonly valuesMilli?: readonly (number | bigint)[];
  readonly error?: boolean;
}

type CasePod = Pod & { readonly customValue?: number | null; readonly containerUsage?: number | null; readonly containerRequest?: number | null };

const now = 1_000_000;
const foreverAgo = (age: number | undefined) => now - (age ?? 0);
const events = (log: readonly LoggedEvent[]): readonly ScaleEvent[] => log.map(({ change, ageSeconds }) => ({ change, at: foreverAgo(ageSeconds), outdated: false }));
const recommendations = (log: readonly LoggedRecommendation[]) => log.map(({ replicas, ageSeconds }) => ({ replicas, at: foreverAgo(ageSeconds) }));
const big = (value: number | bigint) => BigInt(value);
const plain = (value: bigint): number | bigint => (value > BigInt(Number.MAX_SAFE_INTEGER) ? value : Number(value));

/** What our functions answer, in the shape of the case's `expected`. */
export const answers: { readonly [kind: string]: (input: never, expected: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> } = {
  resource_utilization: (input: { currentReplicas: number; targetUtilization: number; resource: string; tolerance: Tolerances; cpuInitializationPeriodSeconds: number; initialReadinessDelaySeconds: number; pods: readonly Pod[]; extraMetrics?: readonly unknown[] }, expected) => {
    const result = resourceReplicas(input.currentReplicas, input.pods, input, input.targetUtilization, { tolerances: input.tolerance }, input.extraMetrics?.length ?? 0);
    if ("error" in result) return { error: result.error.includes(String(expected["error"])) ? expected["error"] : result.error };
    return { replicas: result.replicas, utilization: result.utilization, rawAverage: result.rawAverage };
  },
  pods_average_value: (input: { currentReplicas: number; targetAverageMilli: number; tolerance: Tolerances; pods: readonly Pod[] }) => {
    const result = podsMetricReplicas(input.currentReplicas, input.pods, input.targetAverageMilli, { tolerances: input.tolerance });
    return "error" in result ? { error: result.error } : { replicas: result.replicas, averageMilli: result.averageMilli };
  },
  object_value: valueAnswer,
  external_value: valueAnswer,
  object_average_value: averageAnswer,
  external_average_value: averageAnswer,
  group_pods: (input: { resource: string; cpuInitializationPeriodSeconds: number; initialReadinessDelaySeconds: number; pods: readonly Pod[] }) => ({ ...groupPods(input.pods, input) }),
  utilization_ratio: (input: { metrics: Record<string, number>; requests: Record<string, number>; targetUtilization: number }) => ({
    ...utilizationRatio(new Map(Object.entries(input.metrics)), new Map(Object.entries(input.requests)), input.targetUtilization),
  }),
  legacy_limit: (input: { currentReplicas: number; desiredReplicas: number; minReplicas: number; maxReplicas: number; scaleUpLimitFactor: number; scaleUpLimitMinimum: number }) => ({
    ...limitedWithoutBehavior(input.currentReplicas, input.desiredReplicas, { min: input.minReplicas, max: input.maxReplicas }, input.scaleUpLimitFactor, input.scaleUpLimitMinimum),
  }),
  legacy_stabilization: (input: { recommendations: readonly LoggedRecommendation[]; desiredReplicas: number; downscaleStabilizationSeconds: number }) => {
    const result = stabilizedWithoutBehavior(recommendations(input.recommendations), input.desiredReplicas, input.downscaleStabilizationSeconds, now);
    return { replicas: result.replicas, logLength: result.log.length };
  },
  policy_limit: (input: { direction: "up" | "down"; currentReplicas: number; scaleUpEvents: readonly LoggedEvent[]; scaleDownEvents: readonly LoggedEvent[]; rules: PartialRules }) => {
    const log = { up: events(input.scaleUpEvents), down: events(input.scaleDownEvents) };
    return { limit: input.direction === "up" ? scaleUpLimit(input.currentReplicas, log, scaleUpRules(input.rules), now) : scaleDownLimit(input.currentReplicas, log, scaleDownRules(input.rules), now) };
  },
  behavior_rate: (input: { currentReplicas: number; desiredReplicas: number; minReplicas: number; maxReplicas: number; scaleUp: PartialRules | null; scaleDown: PartialRules | null; scaleUpEvents: readonly LoggedEvent[]; scaleDownEvents: readonly LoggedEvent[] }) => ({
    ...limitedByBehavior(
      input.currentReplicas, input.desiredReplicas, { min: input.minReplicas, max: input.maxReplicas }, scaleUpRules(input.scaleUp), scaleDownRules(input.scaleDown),
      { up: events(input.scaleUpEvents), down: events(input.scaleDownEvents) }, now,
    ),
  }),
  behavior_stabilization: (input: { recommendations: readonly LoggedRecommendation[]; currentReplicas: number; desiredReplicas: number; scaleUpWindowSeconds: number; scaleDownWindowSeconds: number }, expected) => {
    const result = stabilizedByBehavior(recommendations(input.recommendations), input.currentReplicas, input.desiredReplicas, input.scaleUpWindowSeconds, input.scaleDownWindowSeconds, now);
    return { replicas: result.replicas, ...("recommendationsAfter" in expected ? { recommendationsAfter: result.log.map((entry) => entry.replicas) } : {}) };
  },
  behavior_defaults: (input: { direction: "up" | "down"; rules: PartialRules }, expected) => {
    const rules = input.direction === "up" ? scaleUpRules(input.rules) : scaleDownRules(input.rules);
    // In the manifest's own defaults the down window stays open; the controller puts its flag there.
    return expected["stabilizationWindowSeconds"] === null ? { ...rules, stabilizationWindowSeconds: rules.stabilizationWindowSeconds === 300 ? null : rules.stabilizationWindowSeconds } : { ...rules };
  },
  scale_event_log: (input: { direction: "up" | "down"; replicaChange: number; previous: readonly LoggedEvent[]; rules: PartialRules | null }) => {
    const log = events(input.previous);
    const rules = input.direction === "up" ? scaleUpRules(input.rules) : scaleDownRules(input.rules);
    const after = input.rules === null ? log : withEvent(log, input.replicaChange, rules, now);
    return { changeInLast60s: changeWithin(log, 60, now), events: after.map(({ change, outdated }) => ({ change, outdated })) };
  },
  tolerance_edge: (input: { utilization: number; targetUtilization: number; currentReplicas: number; readyPods: number; tolerance: Tolerances }) => {
    const ratio = input.utilization / input.targetUtilization;
    const within = isWithinTolerance(input.tolerance, ratio);
    return {
      withinTolerance: within,
      replicas: within ? input.currentReplicas : Math.ceil(ratio * input.readyPods),
      withinToleranceOlderFormula: isWithinTolerance(input.tolerance, ratio, "distance"),
    };
  },
  trajectory: (input: { startReplicas: number; minReplicas: number; maxReplicas: number; syncPeriodSeconds: number; downscaleStabilizationSeconds: number; desiredPerSync: readonly number[]; behavior: CaseBehavior | null }) => {
    const shaping = shapingOf(input.behavior, input.downscaleStabilizationSeconds, 2);
    let memory: AutoscalerMemory = freshMemory;
    let replicas = input.startReplicas;
    const replicasPerSync = input.desiredPerSync.map((desired, sync) => {
      const result = syncAutoscaler(memory, replicas, { min: input.minReplicas, max: input.maxReplicas }, [desired], shaping, sync * input.syncPeriodSeconds);
      ({ memory, replicas } = result);
      return replicas;
    });
    return { replicasPerSync };
  },
  reconcile: (input: ReconcileInput, expected) => {
    const shaping = shapingOf(input.behavior, input.downscaleStabilizationSeconds, input.scaleUpLimitFactor);
    const memory: AutoscalerMemory = input.recommendations === null ? freshMemory : { ...freshMemory, recommendations: recommendations(input.recommendations) };
    const result = syncAutoscaler(memory, input.specReplicas, { min: input.minReplicas, max: input.maxReplicas }, input.metrics.map((metric) => proposalOf(metric, input)), shaping, now);
    return { desiredReplicas: result.replicas, ...("scalingLimitedReason" in expected ? { scalingLimitedReason: result.reason } : {}) };
  },
};

interface CaseBehavior {
  readonly scaleUp?: PartialRules & { readonly tolerance?: number };
  readonly scaleDown?: PartialRules & { readonly tolerance?: number };
}

interface ReconcileInput {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly metrics: readonly MetricSpec[];
  readonly pods: readonly CasePod[];
  readonly behavior: CaseBehavior | null;
  readonly recommendations: readonly LoggedRecommendation[] | null;
  readonly downscaleStabilizationSeconds: number;
  readonly scaleUpLimitFactor: number;
  readonly globalTolerance: number;
  readonly cpuInitializationPeriodSeconds: number;
  readonly initialReadinessDelaySeconds: number;
  readonly configurableToleranceEnabled?: boolean;
}

function shapingOf(behavior: CaseBehavior | null, downscaleStabilizationSeconds: number, scaleUpLimitFactor: number): Shaping {
  return behavior === null
    ? { kind: "none", downscaleStabilizationSeconds, scaleUpLimitFactor }
    : { kind: "behavior", up: scaleUpRules(behavior.scaleUp), down: scaleDownRules(behavior.scaleDown, downscaleStabilizationSeconds) };
}

/** What one metric of a manifest asks for; undefined where it fails. */
function proposalOf(metric: MetricSpec, input: ReconcileInput): number | undefined {
  const own = input.configurableToleranceEnabled !== false;
  const rules: ReplicaRules = {
    tolerances: {
      up: (own ? input.behavior?.scaleUp?.tolerance : undefined) ?? input.globalTolerance,
      down: (own ? input.behavior?.scaleDown?.tolerance : undefined) ?? input.globalTolerance,
    },
  };
  if (metric.error === true || metric.type === "Invalid") return undefined;
  const replicas = (result: { readonly replicas: number } | MetricFailure) => ("error" in result ? undefined : result.replicas);
  if (metric.type === "Resource" || metric.type === "ContainerResource") {
    const pods = input.pods.map((pod): Pod => (metric.type === "Resource" ? pod : { ...pod, usage: pod.containerUsage ?? null, request: pod.containerRequest ?? null }));
    return replicas(resourceReplicas(input.specReplicas, pods, { ...input, resource: metric.name ?? "cpu" }, metric.targetUtilization ?? 0, rules));
  }
  if (metric.type === "Pods") {
    return replicas(podsMetricReplicas(input.specReplicas, input.pods.map((pod) => ({ ...pod, usage: pod.customValue ?? null })), Number(metric.targetAverageMilli), rules));
  }
  const values = (metric.valuesMilli ?? []).map(big);
  if (metric.targetAverageMilli !== undefined) return averageValueReplicas(input.statusReplicas, values, big(metric.targetAverageMilli), rules).replicas;
  const readyPods = input.pods.filter((pod) => pod.phase === "Running" && pod.ready === true).length;
  return valueReplicas(input.specReplicas, readyPods, values, big(metric.targetMilli ?? 0), rules).replicas;
}

function valueAnswer(input: { currentReplicas: number; readyPods: number; targetMilli: number | bigint; valuesMilli: readonly (number | bigint)[]; tolerance: Tolerances }): Readonly<Record<string, unknown>> {
  const result = valueReplicas(input.currentReplicas, input.readyPods, input.valuesMilli.map(big), big(input.targetMilli), { tolerances: input.tolerance });
  return { replicas: result.replicas, usageMilli: plain(result.usageMilli) };
}

function averageAnswer(input: { statusReplicas: number; targetAverageMilli: number | bigint; valuesMilli: readonly (number | bigint)[]; tolerance: Tolerances }): Readonly<Record<string, unknown>> {
  const result = averageValueReplicas(input.statusReplicas, input.valuesMilli.map(big), big(input.targetAverageMilli), { tolerances: input.tolerance });
  return { replicas: result.replicas, perPodMilli: plain(result.perPodMilli) };
}
