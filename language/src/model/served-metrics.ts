/** How the built-in metrics are called where a metrics adapter serves them to Kubernetes. */
import type { BuiltinMetric } from "./scaling.ts";
import type { KubernetesTarget } from "./target.ts";

/** cpu and memory are the metrics server's; a load factor is served as arrivals. */
export type ServedMetric = Exclude<BuiltinMetric, "cpu" | "memory" | "load_factor">;

/** Names under which built-in metrics are expected from the metrics adapter, unless `target kubernetes { metric … }` says another. */
export const metricNames: Readonly<Record<ServedMetric, string>> = {
  arrivals: "lbpolicy_arrivals_per_second",
  rps: "lbpolicy_requests_per_second",
  in_flight: "lbpolicy_requests_in_flight",
  queue: "lbpolicy_requests_queued",
  connections: "lbpolicy_connections",
  gpu: "lbpolicy_gpu_busy_ratio",
  response_time: "lbpolicy_response_time_seconds",
  p95: "lbpolicy_response_time_p95_seconds",
  p99: "lbpolicy_response_time_p99_seconds",
  ttft_p95: "lbpolicy_first_token_time_p95_seconds",
};

/** The name that the target says, else the usual one. */
export function servedName(target: KubernetesTarget, metric: ServedMetric): string {
  return target.metricNames.find((entry) => entry.metric === metric)?.name ?? metricNames[metric];
}

/** The built-in metric that is served under a name. */
export function servedMetric(target: KubernetesTarget, name: string): ServedMetric | undefined {
  return (Object.keys(metricNames) as ServedMetric[]).find((metric) => servedName(target, metric) === name);
}
