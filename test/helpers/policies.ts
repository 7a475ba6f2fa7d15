/** Resolved policies written by hand, for tests of what reads them. */
import type { Backend, Behavior, Member, Policy, Replica, Scale, Server, Strategy, Workload } from "../../language/src/model/policy.ts";
import type { MetricThreshold, RuleThreshold, Schedule } from "../../language/src/model/scaling.ts";
import { defaultKubernetes } from "../../language/src/model/target.ts";
import type { Scenario, Traffic } from "../../language/src/model/traffic.ts";

export const origin = { file: "policy.lbpolicy", range: { start: 0, end: 0 } } as const;

export function policyWith(parts: Partial<Policy>): Policy {
  return { backends: [], strategies: [], metrics: [], thresholds: [], schedules: [], services: [], traffics: [], scenarios: [], targets: [], ...parts };
}

export const roundRobin: Strategy = { algorithm: { kind: "round_robin" }, retry: { count: 1, on: ["error"], unsafe: false } };

/** What `up` and `down` say where nothing is written. */
export const defaultBehavior: Behavior = {
  toleranceUp: 0.1,
  toleranceDown: 0.1,
  up: { limits: [{ kind: "pods", count: 4, periodSeconds: 15 }, { kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 0 },
  down: { limits: [{ kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 300 },
};

/** A response time, constant or as pairs of concurrency and seconds. */
export function curve(seconds: number | readonly (readonly [number, number])[]): NonNullable<Member["response"]> {
  const pairs = typeof seconds === "number" ? [[1, seconds] as const] : seconds;
  return { points: pairs.map(([concurrency, each]) => ({ concurrency, seconds: each })), origin };
}

/** A member of so many requests per second that answers each in 100 ms. */
export function replicaOf(capacityPerSecond: number, parts: Partial<Replica> = {}): Replica {
  const seconds = parts.response?.points[0]?.seconds ?? 0.1;
  return { capacityPerSecond, response: curve(seconds), concurrency: capacityPerSecond * seconds, variation: 1, origin, ...parts };
}

export function workloadWith(parts: Partial<Workload> = {}): Workload {
  return {
    command: [], env: [], startupSeconds: 0, shutdownSeconds: 30, disruption: { count: 1 }, disruptionGiven: false, labels: [], annotations: [], origin, ...parts,
  };
}

export function scaleWith(min: number, max: number, parts: Partial<Scale> = {}): Scale {
  return { min, max, thresholds: [], schedules: [], behavior: defaultBehavior, idleSeconds: 300, origin, ...parts };
}

export function backendWith(parts: Partial<Backend>): Backend {
  return {
    name: "pool", servers: [], strategy: roundRobin, passiveHealth: { fall: 3, seconds: 10 }, protocol: "http", keepalive: 16, stream: false, origin,
    timeouts: { connectSeconds: 5, readSeconds: 60, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 },
    ...parts,
  };
}

export function serverOf(name: string, capacityPerSecond: number, seconds: number, parts: Partial<Server> = {}): Server {
  return {
    name, address: { kind: "ipv4", host: "10.0.0.1", port: 80 }, weight: 1, backup: false, drain: false, down: false,
    capacityPerSecond, response: curve(seconds), concurrency: capacityPerSecond * seconds, variation: 1, origin, ...parts,
  };
}

export function rateDemand(ratePerSecond: number): NonNullable<Backend["demand"]> {
  return { kind: "rate", ratePerSecond, origin };
}

export function trafficWith(parts: Partial<Traffic>): Traffic {
  return { name: "load", timezone: "UTC", shape: { kind: "base", ratePerSecond: 100 }, weekly: [], bursts: [], clients: 1000, origin, ...parts };
}

export function metricThreshold(metric: MetricThreshold["targets"][number]["metric"] & { readonly kind: "builtin" } | string, value: number, parts: Partial<MetricThreshold> = {}): MetricThreshold {
  const reference = typeof metric === "string" ? ({ kind: "builtin", name: metric } as MetricThreshold["targets"][number]["metric"]) : metric;
  return { kind: "metric", name: "busy", targets: [{ metric: reference, value, dimension: "ratio", origin }], origin, ...parts };
}

export function scenarioWith(backend: Backend, parts: Partial<Scenario> = {}): Scenario {
  return {
    name: "case", backend, durationSeconds: 3600, start: { year: 2026, month: 1, day: 5, secondOfDay: 0 }, faults: [], expectations: [], origin, ...parts,
  };
}

const shanghai = "Asia/Shanghai";

export const weekday: Traffic = trafficWith({
  name: "weekday",
  timezone: shanghai,
  shape: {
    kind: "daily",
    points: [[0, 60], [8, 300], [12, 700], [20, 1100], [23, 200]].map(([hour, rate]) => ({ secondOfDay: (hour ?? 0) * 3600, ratePerSecond: rate ?? 0 })),
  },
  bursts: [{ factor: 1.3, at: { kind: "time", secondOfDay: 12 * 3600 + 1800 }, seconds: 600, origin }],
  noise: { fraction: 0.08, seed: 7 },
});

export const officeHours: Schedule = {
  name: "office_hours", timezone: shanghai, replicas: { min: 20 }, except: [], origin,
  windows: [{ kind: "every", days: [1, 2, 3, 4, 5], startSecond: 8 * 3600, endSecond: 20 * 3600, origin }],
};

export const busy: MetricThreshold = metricThreshold("load_factor", 0.7, { tolerance: 0.1 });

export const surge: RuleThreshold = {
  kind: "rules", name: "surge", cooldownUpSeconds: 180, cooldownDownSeconds: 180, origin,
  rules: [{ metric: { kind: "builtin", name: "load_factor" }, operator: ">", value: 0.95, dimension: "ratio", forSeconds: 30, action: { kind: "double" }, origin }],
};

/** An elastic pool of members that batch, over a day with a burst: like samples/ai-gateway. */
export const inference: Backend = backendWith({
  name: "inference",
  demand: { kind: "traffic", traffic: weekday, origin },
  strategy: { name: "fill_evenly", algorithm: { kind: "least_connections" }, retry: { count: 1, on: ["error"], unsafe: false } },
  replica: {
    capacityPerSecond: 15, response: curve([[1, 0.65], [24, 1.6]]), ttft: curve([[1, 0.09], [24, 0.4]]), concurrency: 24, variation: 1, pricePerHour: 2.1, origin,
  },
  workload: workloadWith({ image: "registry.example.com/llm:1.4", port: 8000, cpu: { request: 4, limit: 4 }, gpu: 1, startupSeconds: 45, shutdownSeconds: 60 }),
  scale: scaleWith(2, 120, {
    thresholds: [busy, surge],
    schedules: [officeHours],
    behavior: { ...defaultBehavior, down: { limits: [{ kind: "percent", fraction: 0.1, periodSeconds: 60 }], select: "max", stabilizeSeconds: 300 } },
  }),
  timeouts: { connectSeconds: 5, readSeconds: 600, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 },
  stream: true,
});

export const busyDay: Scenario = scenarioWith(inference, {
  name: "busy_day",
  traffic: { traffic: weekday, factor: 1 },
  durationSeconds: 86_400,
  expectations: [
    { measure: "p95", operator: "<", value: 3, asShare: false, origin },
    { measure: "availability", operator: ">=", value: 0.999, asShare: false, origin },
    { measure: "flaps", operator: "<=", value: 4, asShare: false, origin },
  ],
});

export const aiGateway: Policy = policyWith({
  backends: [inference], strategies: [inference.strategy], thresholds: [busy, surge], schedules: [officeHours], traffics: [weekday], scenarios: [busyDay],
  targets: [{ ...defaultKubernetes, namespace: "ai" }],
});

/** Three servers of 2 s, 3 s and 4 s with weights 2:1:1, as in samples/shop. */
export const shop: Backend = backendWith({
  name: "shop",
  demand: rateDemand(1000),
  servers: [serverOf("a", 600, 2, { weight: 2 }), serverOf("b", 300, 3), serverOf("c", 300, 4)],
});

export const shopPolicy: Policy = policyWith({ backends: [shop] });
