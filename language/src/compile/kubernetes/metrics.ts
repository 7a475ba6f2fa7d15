/** The targets of a pool's thresholds as what an autoscaler can watch. */
import type { Backend, Origin } from "../../model/policy.ts";
import type { BuiltinMetric, MetricReference, MetricTarget } from "../../model/scaling.ts";
import { servedName } from "../../model/served-metrics.ts";
import type { ServedMetric } from "../../model/served-metrics.ts";
import { adapterNeeded, capacityMissing, requestMissing, valueRounded } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ, refuse } from "./context.ts";
import type { Context } from "./context.ts";
import { kubernetesName } from "./names.ts";
import type { JsonObject } from "./object.ts";
import { decimalQuantity } from "../../text/kubernetes-quantity.ts";

/** One metric of an autoscaler, before it is written for an HPA or for KEDA. `amount` is a percentage for Utilization. */
export interface Watched {
  readonly source: "Resource" | "Pods" | "External";
  readonly name: string;
  readonly target: "Utilization" | "AverageValue" | "Value";
  readonly amount: number;
  /** Labels that choose the backend's series of an External metric. */
  readonly selector?: JsonObject;
  readonly reference: MetricReference;
  readonly origin: Origin;
}

/** What the autoscaler watches for a target; undefined, with a diagnostic, where it cannot be said. */
export function watch(context: Context, backend: Backend, target: MetricTarget): Watched | undefined {
  const { metric: reference, value, origin } = target;
  const base = { reference, origin };
  if (reference.kind === "builtin") return watchBuiltin(context, backend, reference.name, target);
  if (reference.kind === "declared") {
    const { name, per, undivided } = reference.metric;
    if (per === "member") return { ...base, source: "Pods", name, target: "AverageValue", amount: value };
    return { ...base, source: "External", name, target: undivided ? "Value" : "AverageValue", amount: value };
  }
  return reference.kind === "external"
    ? { ...base, source: "External", name: reference.name, target: "Value", amount: value }
    : { ...base, source: "Pods", name: reference.name, target: "AverageValue", amount: value };
}

function watchBuiltin(context: Context, backend: Backend, metric: BuiltinMetric, target: MetricTarget): Watched | undefined {
  const { value, origin, metric: reference } = target;
  const base = { reference, origin };
  const selector = { backend: kubernetesName(backend.name) };
  switch (metric) {
    case "cpu":
    case "memory": {
      if (backend.workload?.existing === undefined && backend.workload?.[metric] === undefined) {
        refuse(context, requestMissing, origin, { name: callBackend(backend), resource: metric });
        return undefined;
      }
      const percent = Math.max(1, Math.round(value * 100));
      if (Math.abs(percent - value * 100) > 1e-9) differ(context, valueRounded, "nearest", `${callBackend(backend)}: target ${metric}`, origin, { what: "A target of utilization", from: `${plain(value * 100)} %`, to: `${percent} %` });
      return { ...base, source: "Resource", name: metric, target: "Utilization", amount: percent };
    }
    case "load_factor": {
      const capacity = backend.replica?.capacityPerSecond;
      if (capacity === undefined) {
        refuse(context, capacityMissing, origin, { name: callBackend(backend) });
        return undefined;
      }
      return { ...base, source: "External", name: nameOf(context, "arrivals"), target: "AverageValue", amount: value * capacity, selector };
    }
    case "arrivals":
      return { ...base, source: "External", name: nameOf(context, metric), target: "AverageValue", amount: value, selector };
    case "rps":
    case "in_flight":
    case "queue":
    case "connections":
    case "gpu":
      return { ...base, source: "Pods", name: nameOf(context, metric), target: "AverageValue", amount: value };
    case "response_time":
    case "p95":
    case "p99":
    case "ttft_p95":
      return { ...base, source: "External", name: nameOf(context, metric), target: "Value", amount: value, selector };
  }
}

/**
 * One entry per metric, the smallest target of each (it gives the largest answer), memory before cpu before the rest: the order
 * in which the API server returns them, so that a comparison with the cluster finds nothing.
 */
export function distinct(watched: readonly Watched[]): readonly Watched[] {
  const smallest = new Map<string, Watched>();
  for (const one of watched) {
    const key = JSON.stringify([one.source, one.name, one.target, one.selector ?? null]);
    const known = smallest.get(key);
    if (known === undefined || one.amount < known.amount) smallest.set(key, one);
  }
  const rank = (one: Watched): number => (one.source !== "Resource" ? 2 : one.name === "memory" ? 0 : 1);
  return [...smallest.values()].sort((a, b) => rank(a) - rank(b));
}

/** An entry of `spec.metrics` of a HorizontalPodAutoscaler. */
export function metricSpec(watched: Watched): JsonObject {
  const target = targetSpec(watched);
  if (watched.source === "Resource") return { type: "Resource", resource: { name: watched.name, target } };
  const metric = { name: watched.name, ...(watched.selector === undefined ? {} : { selector: { matchLabels: watched.selector } }) };
  return watched.source === "Pods" ? { type: "Pods", pods: { metric, target } } : { type: "External", external: { metric, target } };
}

/** Says once per metric who has to serve it. */
export function sayWhatAdaptersServe(context: Context, backend: Backend, watched: readonly Watched[]): void {
  for (const one of watched) {
    if (one.source === "Resource") continue;
    const query = one.reference.kind === "declared" ? one.reference.metric.query : undefined;
    differ(context, adapterNeeded, "information", `${callBackend(backend)}: metric ${one.name}`, one.origin, {
      metric: one.name, api: one.source === "Pods" ? "custom" : "external", query: query === undefined ? "" : `, from ${query}`,
    });
  }
}

function targetSpec(watched: Watched): JsonObject {
  if (watched.target === "Utilization") return { type: "Utilization", averageUtilization: watched.amount };
  const quantity = decimalQuantity(watched.amount);
  return watched.target === "Value" ? { type: "Value", value: quantity } : { type: "AverageValue", averageValue: quantity };
}

function nameOf(context: Context, metric: ServedMetric): string {
  return servedName(context.target, metric);
}

/** At most three decimals, as people write figures. */
export function plain(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
