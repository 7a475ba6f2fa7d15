/** Closed sets of words that the grammar and the policy share. */
export const builtinMetrics = [
  "cpu", "memory", "gpu", "load_factor", "arrivals", "rps", "in_flight", "queue", "connections",
  "response_time", "p95", "p99", "ttft_p95",
] as const;

export const measures = [
  "p50", "p90", "p95", "p99", "p999", "ttft_p50", "ttft_p95", "ttft_p99", "response_time",
  "load_factor", "replicas", "queue", "availability", "dropped", "scaling_actions", "flaps", "cost",
] as const;

export const algorithms = [
  "round_robin", "least_connections", "random", "power_of_two", "weighted_round_robin", "weighted_least_connections",
  "ip_hash", "hash", "first", "least_response_time", "least_predicted_load", "geo",
] as const;
