/** The resolved policy of samples/ai-gateway, written by hand: what the compilers are given for it. */
import type { Backend, Behavior, Origin, Policy, Strategy } from "../../language/src/model/policy.ts";
import type { MetricThreshold, RuleThreshold, Schedule } from "../../language/src/model/scaling.ts";
import { defaultKubernetes } from "../../language/src/model/target.ts";

/** A place of its own for each declaration, so that line origins can be told apart. */
export function originAt(start: number): Origin {
  return { file: "policy.lbpolicy", range: { start, end: start + 10 }, nameRange: { start, end: start + 4 } };
}

export const busy: MetricThreshold = {
  kind: "metric",
  name: "busy",
  targets: [{ metric: { kind: "builtin", name: "load_factor" }, value: 0.7, dimension: "ratio", origin: originAt(110) }],
  tolerance: 0.1,
  up: { limits: [{ kind: "pods", count: 4, periodSeconds: 15 }, { kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", origin: originAt(120) },
  down: { limits: [{ kind: "percent", fraction: 0.1, periodSeconds: 60 }], stabilizeSeconds: 300, origin: originAt(130) },
  origin: originAt(100),
};

export const surge: RuleThreshold = {
  kind: "rules",
  name: "surge",
  rules: [{
    metric: { kind: "builtin", name: "load_factor" }, operator: ">", value: 0.95, dimension: "ratio", forSeconds: 30, action: { kind: "double" }, origin: originAt(210),
  }],
  cooldownUpSeconds: 180,
  cooldownDownSeconds: 180,
  origin: originAt(200),
};

export const officeHours: Schedule = {
  name: "office_hours",
  windows: [{ kind: "every", days: [1, 2, 3, 4, 5], startSecond: 8 * 3600, endSecond: 20 * 3600, origin: originAt(310) }],
  timezone: "Asia/Shanghai",
  replicas: { min: 20 },
  except: [],
  origin: originAt(300),
};

export const gatewayBehavior: Behavior = {
  toleranceUp: 0.1,
  toleranceDown: 0.1,
  up: { limits: [{ kind: "pods", count: 4, periodSeconds: 15 }, { kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 0 },
  down: { limits: [{ kind: "percent", fraction: 0.1, periodSeconds: 60 }], select: "max", stabilizeSeconds: 300 },
};

export const fillEvenly: Strategy = {
  name: "fill_evenly",
  algorithm: { kind: "least_connections" },
  retry: { count: 1, on: ["error"], unsafe: false },
  origin: originAt(400),
};

export const inference: Backend = {
  name: "inference",
  documentation: "Chat answers from an elastic pool of GPU members that batch: one is fast alone and slower when it is full.",
  servers: [],
  replica: {
    capacityPerSecond: 15,
    concurrency: 24,
    variation: 1,
    response: { points: [{ concurrency: 1, seconds: 0.65 }, { concurrency: 24, seconds: 1.6 }], origin: originAt(510) },
    ttft: { points: [{ concurrency: 1, seconds: 0.09 }, { concurrency: 24, seconds: 0.4 }], origin: originAt(510) },
    pricePerHour: 2.1,
    origin: originAt(510),
  },
  workload: {
    image: "registry.example.com/llm:1.4",
    port: 8000,
    command: [],
    env: [],
    cpu: { request: 4, limit: 4 },
    memory: { request: 16 * 1024 ** 3, limit: 24 * 1024 ** 3 },
    gpu: 1,
    startupSeconds: 45,
    shutdownSeconds: 60,
    disruption: { count: 1 },
    disruptionGiven: false,
    labels: [],
    annotations: [],
    origin: originAt(520),
  },
  scale: { min: 2, max: 120, thresholds: [busy, surge], schedules: [officeHours], behavior: gatewayBehavior, idleSeconds: 300, origin: originAt(530) },
  strategy: fillEvenly,
  health: { kind: "http", path: "/healthz", method: "GET", expectFrom: 200, expectTo: 399, intervalSeconds: 5, timeoutSeconds: 1, rise: 2, fall: 3, verify: true, origin: originAt(540) },
  passiveHealth: { fall: 3, seconds: 10 },
  protocol: "http",
  timeouts: { connectSeconds: 5, readSeconds: 600, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60, origin: originAt(550) },
  keepalive: 16,
  stream: true,
  origin: originAt(500),
};

export const gatewayPolicy: Policy = {
  backends: [inference],
  strategies: [fillEvenly],
  metrics: [],
  thresholds: [busy, surge],
  schedules: [officeHours],
  services: [],
  traffics: [],
  scenarios: [],
  targets: [{ ...defaultKubernetes, namespace: "ai", version: "1.33", origin: originAt(600) }],
};

/** The gateway with another pool, or with another target. */
export function gatewayWith(changes: { readonly backend?: Partial<Backend>; readonly target?: Partial<typeof defaultKubernetes> }): Policy {
  return {
    ...gatewayPolicy,
    backends: [{ ...inference, ...changes.backend }],
    targets: [{ ...defaultKubernetes, namespace: "ai", version: "1.33", ...changes.target }],
  };
}
