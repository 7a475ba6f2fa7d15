/**
 * Reads a HorizontalPodAutoscaler or a ScaledObject back to the simulator's scaling: the reverse of what the compiler writes, and what a person wrote by
 * hand as far as the language can say it.
 */
import type { Behavior, Origin, Scale } from "../../model/policy.ts";
import type { DirectionPart, Metric, MetricReference, MetricTarget, RateLimit } from "../../model/scaling.ts";
import { servedMetric } from "../../model/served-metrics.ts";
import type { KubernetesTarget } from "../../model/target.ts";
import type { CronTrigger } from "../../simulate/keda-cron.ts";
import { isList, isObject, valueAt } from "../../text/json.ts";
import type { Json } from "../../text/json.ts";
import { quantityValue } from "../../text/kubernetes-quantity.ts";
import { readTriggers } from "./read-triggers.ts";

export interface ReadAutoscaler {
  readonly name: string;
  readonly namespace: string | undefined;
  /** Metric-based alone; without schedules. */
  readonly scale: Scale;
  /** Those of a ScaledObject; none of an HPA. */
  readonly cronTriggers: readonly CronTrigger[];
  /** What was read otherwise than it stands, or not at all, one sentence each. */
  readonly notes: readonly string[];
}

export interface Known {
  /** Under which names built-in metrics are served. */
  readonly target: KubernetesTarget;
  /** Declared metrics, found by their name, and a trigger's by its query. */
  readonly metrics: readonly Metric[];
  /** Where the result is said to come from. */
  readonly origin: Origin;
}

/** The controller's own values where a manifest is silent (autoscaling/v2 defaults). */
export const usualBehavior: Behavior = {
  toleranceUp: 0.1,
  toleranceDown: 0.1,
  up: { limits: [{ kind: "pods", count: 4, periodSeconds: 15 }, { kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 0 },
  down: { limits: [{ kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 300 },
};

/** @returns undefined where the manifest is neither of the two */
export function readAutoscaler(manifest: Json, known: Known): ReadAutoscaler | undefined {
  const kind = valueAt(manifest, "kind");
  if (kind !== "HorizontalPodAutoscaler" && kind !== "ScaledObject") return undefined;
  const spec = valueAt(manifest, "spec");
  const notes: string[] = [];
  const read = kind === "ScaledObject" ? readTriggers(spec, known, notes) : { targets: readMetrics(spec, known, notes), cronTriggers: [] };
  const behavior = kind === "ScaledObject" ? valueAt(spec, "advanced", "horizontalPodAutoscalerConfig", "behavior") : valueAt(spec, "behavior");
  if (behavior === undefined) notes.push("Without `behavior` the controller takes another path; it is read as the defaults of `behavior`.");
  const [min, max] = kind === "ScaledObject" ? ["minReplicaCount", "maxReplicaCount"] : ["minReplicas", "maxReplicas"];
  const namespace = valueAt(manifest, "metadata", "namespace");
  const fallback = valueAt(spec, "fallback");
  return {
    name: String(valueAt(manifest, "metadata", "name") ?? ""),
    namespace: typeof namespace === "string" ? namespace : undefined,
    scale: {
      min: numberAt(spec, min) ?? (kind === "ScaledObject" ? 0 : 1),
      max: numberAt(spec, max) ?? 100,
      thresholds: read.targets.length === 0 ? [] : [{ kind: "metric", targets: read.targets, origin: known.origin }],
      schedules: [],
      behavior: readBehavior(behavior),
      idleSeconds: numberAt(spec, "cooldownPeriod") ?? 300,
      ...("active" in read && read.active !== undefined ? { active: read.active } : {}),
      ...(isObject(fallback) ? { fallback: { replicas: numberAt(fallback, "replicas") ?? 1, afterFailures: numberAt(fallback, "failureThreshold") ?? 1 } } : {}),
      origin: known.origin,
    },
    cronTriggers: read.cronTriggers,
    notes,
  };
}

function readMetrics(spec: Json | undefined, known: Known, notes: string[]): readonly MetricTarget[] {
  const metrics = valueAt(spec, "metrics");
  return (isList(metrics) ? metrics : []).flatMap((entry) => readMetric(entry, known, notes) ?? []);
}

const sources: Readonly<Record<string, string>> = { Pods: "pods", Object: "object", External: "external" };

function readMetric(entry: Json, known: Known, notes: string[]): MetricTarget | undefined {
  const type = String(valueAt(entry, "type"));
  if (type === "Resource") {
    const name = valueAt(entry, "resource", "name");
    const percent = numberAt(valueAt(entry, "resource", "target"), "averageUtilization");
    if ((name === "cpu" || name === "memory") && percent !== undefined) return targetOf({ kind: "builtin", name }, percent / 100, known.origin);
    notes.push(`The resource ${String(name)} is left out: only cpu and memory by utilization have an equal.`);
    return undefined;
  }
  const field = sources[type];
  const source = field === undefined ? undefined : valueAt(entry, field);
  const name = String(valueAt(source, "metric", "name"));
  const average = amountAt(source, "averageValue");
  const value = amountAt(source, "value");
  const amount = average ?? value;
  if (field === undefined || amount === undefined) {
    notes.push(`A metric of type ${type} is left out: it has no equal.`);
    return undefined;
  }
  return targetOf(referenceOf(name, type, average === undefined ? "Value" : "AverageValue", known), amount, known.origin);
}

/** A built-in metric by the name under which it is served, a declared one by its own, else one without a declaration. */
function referenceOf(name: string, type: string, target: "Value" | "AverageValue", known: Known): MetricReference {
  const served = servedMetric(known.target, name);
  if (served !== undefined) return { kind: "builtin", name: served };
  const per = type === "Pods" ? "member" : "pool";
  const declared = known.metrics.find((metric) => metric.name === name);
  if (declared !== undefined) return { kind: "declared", metric: { ...declared, per, undivided: per === "pool" && target === "Value" } };
  if (type === "Pods") return { kind: "custom", name };
  return target === "Value" ? { kind: "external", name } : { kind: "declared", metric: { name, per, undivided: false, origin: known.origin } };
}

/** Ratios, rates and times are plain numbers in their canonical unit here. */
export function targetOf(metric: MetricReference, value: number, origin: Origin): MetricTarget {
  return { metric, value, dimension: "number", origin };
}

function readBehavior(behavior: Json | undefined): Behavior {
  const up = readDirection(valueAt(behavior, "scaleUp"));
  const down = readDirection(valueAt(behavior, "scaleDown"));
  return {
    toleranceUp: up.tolerance ?? usualBehavior.toleranceUp,
    toleranceDown: down.tolerance ?? usualBehavior.toleranceDown,
    up: { ...usualBehavior.up, ...up.direction },
    down: { ...usualBehavior.down, ...down.direction },
  };
}

function readDirection(rules: Json | undefined): { readonly tolerance: number | undefined; readonly direction: Omit<DirectionPart, "tolerance" | "origin"> } {
  const policies = valueAt(rules, "policies");
  const window = numberAt(rules, "stabilizationWindowSeconds");
  const select = ({ Max: "max", Min: "min", Disabled: "disabled" } as const)[String(valueAt(rules, "selectPolicy")) as "Max"];
  return {
    tolerance: amountOf(valueAt(rules, "tolerance")),
    direction: {
      ...(isList(policies) ? { limits: policies.map(readLimit) } : {}),
      ...(window === undefined ? {} : { stabilizeSeconds: window }),
      ...(select === undefined ? {} : { select }),
    },
  };
}

function readLimit(policy: Json): RateLimit {
  const value = numberAt(policy, "value") ?? 0;
  const periodSeconds = numberAt(policy, "periodSeconds") ?? 15;
  return valueAt(policy, "type") === "Pods" ? { kind: "pods", count: value, periodSeconds } : { kind: "percent", fraction: value / 100, periodSeconds };
}

export function numberAt(value: Json | undefined, field: string): number | undefined {
  const found = valueAt(value, field);
  return typeof found === "number" ? found : undefined;
}

function amountAt(source: Json | undefined, field: string): number | undefined {
  return amountOf(valueAt(source, "target", field));
}

function amountOf(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : typeof value === "string" ? quantityValue(value) : undefined;
}
