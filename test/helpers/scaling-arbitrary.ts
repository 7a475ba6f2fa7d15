/** Elastic pools at random whose scaling Kubernetes can say in full: every kind of metric target, limits, windows, tolerances, schedules. */
import fc from "fast-check";
import type { Backend, Behavior, Policy } from "../../language/src/model/policy.ts";
import type { BuiltinMetric, Direction, Metric, MetricReference, MetricTarget, RateLimit, Rule, RuleThreshold, Schedule, ScheduleWindow, Weekday } from "../../language/src/model/scaling.ts";
import { defaultKubernetes } from "../../language/src/model/target.ts";
import type { KubernetesTarget } from "../../language/src/model/target.ts";
import type { Scenario, Traffic } from "../../language/src/model/traffic.ts";
import { backendWith, origin, policyWith, replicaOf, scaleWith, scenarioWith, trafficWith, workloadWith } from "./policies.ts";

/** A pool, where it runs, and a stretch of its demand. */
export interface ScalingCase {
  readonly policy: Policy;
  readonly scenario: Scenario;
}

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

const prometheus = { url: "http://prometheus.monitoring:9090" } as const;
const declaredMetrics: readonly Metric[] = [
  { name: "asked", prometheus, query: "sum(asked)", per: "pool", undivided: false, as: { kind: "metric", name: "arrivals" }, origin },
  { name: "busy_share", prometheus, query: "avg(busy_share)", per: "member", undivided: false, as: { kind: "metric", name: "load_factor" }, origin },
  { name: "slowness", prometheus, query: "max(slowness)", per: "pool", undivided: true, as: { kind: "metric", name: "p95" }, origin },
  {
    name: "weighed", prometheus, query: "sum(weighed)", per: "pool", undivided: false, origin,
    as: { kind: "binary", operator: "*", left: { kind: "metric", name: "in_flight" }, right: { kind: "value", value: 1.5 } },
  },
];

/** Targets of about the middle of what a member of 20 to 200 rps and 100 ms shows. */
const builtinTarget = (capacity: number): fc.Arbitrary<MetricTarget> => fc.record({
  name: fc.constantFrom<BuiltinMetric>("load_factor", "load_factor", "arrivals", "rps", "cpu", "memory", "in_flight", "queue", "connections", "response_time", "p95", "p99"), percent: whole(30, 95),
}).map(({ name, percent }) => {
  const share = percent / 100;
  const scales: Partial<Record<BuiltinMetric, number>> = { arrivals: capacity, rps: capacity, in_flight: capacity / 10, connections: capacity / 10, queue: 5, response_time: 0.5, p95: 1, p99: 2 };
  return target({ kind: "builtin", name }, share * (scales[name] ?? 1));
});

const declaredTarget = (capacity: number): fc.Arbitrary<MetricTarget> => fc.record({ metric: fc.constantFrom(...declaredMetrics), percent: whole(30, 95) }).map(({ metric, percent }) => {
  const scales: Readonly<Record<string, number>> = { asked: capacity, busy_share: 1, slowness: 1, weighed: capacity / 5 };
  return target({ kind: "declared", metric }, (percent / 100) * (scales[metric.name] ?? 1));
});

const resourceTarget = fc.record({ name: fc.constantFrom<BuiltinMetric>("cpu", "memory"), percent: whole(30, 95) }).map(({ name, percent }) => target({ kind: "builtin", name }, percent / 100));

/** Three decimals are what a quantity is written with. */
function target(metric: MetricReference, value: number): MetricTarget {
  return { metric, value: Math.max(0.001, Math.round(value * 1000) / 1000), dimension: "number", origin };
}

const limit: fc.Arbitrary<RateLimit> = fc.oneof(
  fc.record({ count: whole(1, 20), periodSeconds: whole(15, 600) }).map((parts): RateLimit => ({ kind: "pods", ...parts })),
  fc.record({ percent: whole(1, 300), periodSeconds: whole(15, 600) }).map(({ percent, periodSeconds }): RateLimit => ({ kind: "percent", fraction: percent / 100, periodSeconds })),
);

const direction: fc.Arbitrary<Direction> = fc.record({ limits: fc.array(limit, { minLength: 1, maxLength: 3 }), select: fc.constantFrom("max", "max", "min", "disabled"), stabilizeSeconds: whole(0, 900) });

const behavior: fc.Arbitrary<Behavior> = fc.record({ toleranceUp: whole(0, 30), toleranceDown: whole(0, 30), up: direction, down: direction })
  .map(({ toleranceUp, toleranceDown, ...rest }) => ({ toleranceUp: toleranceUp / 100, toleranceDown: toleranceDown / 100, ...rest }));

const daySets: readonly (readonly Weekday[])[] = [[1, 2, 3, 4, 5], [6, 7], [1, 2, 3, 4, 5, 6, 7], [1], [2, 5]];

const window: fc.Arbitrary<ScheduleWindow> = fc.record({ days: fc.constantFrom(...daySets), start: whole(0, 95), length: whole(1, 64) })
  .map(({ days, start, length }) => ({ kind: "every", days, startSecond: start * 900, endSecond: ((start + length) % 96) * 900 || 86_400, origin }));

const schedule = (most: number): fc.Arbitrary<Schedule> => fc.record({
  windows: fc.array(window, { minLength: 1, maxLength: 2 }), timezone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"), min: whole(1, most), more: fc.option(whole(0, 20), { nil: undefined }),
}).map(({ windows, timezone, min, more }) => ({ name: "hours", windows, timezone, replicas: { min, ...(more === undefined ? {} : { max: min + more }) }, except: [], origin }));

const traffic = (capacity: number, most: number): fc.Arbitrary<Traffic> => fc.record({
  low: whole(1, 60), high: whole(40, 130), shape: fc.constantFrom("ramp", "daily", "daily", "base"), factor: whole(1, 4), at: whole(0, 10), noise: whole(0, 10), seed: whole(1, 1000),
}).map(({ low, high, shape, factor, at, noise, seed }) => {
  const [least, peak] = [(capacity * most * low) / 200, (capacity * most * high) / 100];
  return trafficWith({
    shape: shape === "base" ? { kind: "base", ratePerSecond: least }
      : shape === "ramp" ? { kind: "ramp", fromPerSecond: least, toPerSecond: peak, overSeconds: 3600 }
      : { kind: "daily", points: [0, 3, 6, 9, 12, 15, 18, 21].map((hour, i) => ({ secondOfDay: hour * 3600, ratePerSecond: i % 2 === 0 ? least : peak })) },
    bursts: factor === 1 ? [] : [{ factor, at: { kind: "time", secondOfDay: at * 1200 }, seconds: 900, origin }],
    ...(noise === 0 ? {} : { noise: { fraction: noise / 100, seed } }),
  });
});

const where: fc.Arbitrary<Partial<KubernetesTarget>> = fc.constantFrom<Partial<KubernetesTarget>>(
  { autoscaler: "hpa", version: "1.33" }, { autoscaler: "hpa", version: "1.36" }, { autoscaler: "keda", version: "1.33" }, { autoscaler: "keda", schedules: "keda", version: "1.34" },
);

/** Three hours of a pool's life. */
export const scalingCase: fc.Arbitrary<ScalingCase> = fc.record({ capacity: whole(20, 200), most: whole(5, 60), where, min: whole(0, 4) }).chain(({ capacity, most, where, min }) => {
  const isKeda = where.autoscaler === "keda";
  return fc.record({
    targets: fc.array(isKeda ? fc.oneof(resourceTarget, declaredTarget(capacity), declaredTarget(capacity)) : fc.oneof(builtinTarget(capacity), builtinTarget(capacity), declaredTarget(capacity)), { minLength: 1, maxLength: 3 }),
    split: fc.boolean(), behavior, schedules: fc.array(schedule(most), { maxLength: 2 }), load: traffic(capacity, most), startup: whole(0, 120), hour: whole(0, 21), idle: whole(60, 900), limit: fc.boolean(),
  }).map((parts): ScalingCase => {
    const metrics = declaredMetrics;
    const targets = uniqueTargets(parts.targets);
    const half = parts.split && targets.length > 1 ? 1 : targets.length;
    const thresholds = [targets.slice(0, half), targets.slice(half)].filter((list) => list.length > 0).map((list, i) => ({ kind: "metric", name: `t${i}`, targets: list, origin }) as const);
    // At 0 a pool is woken by what Prometheus says; a maximum under KEDA's triggers cannot be said.
    const sleeps = isKeda && min === 0 && targets.some((one) => one.metric.kind === "declared");
    const schedules = parts.schedules.map((one, i): Schedule => {
      const { max: _, ...floor } = one.replicas ?? { min: 1 };
      return { ...one, name: `hours_${i}`, ...(where.schedules === "keda" ? { replicas: floor } : {}) };
    });
    const woken = targets.find((one) => one.metric.kind === "declared");
    const pool: Backend = backendWith({
      demand: { kind: "traffic", traffic: parts.load, origin }, replica: replicaOf(capacity),
      workload: workloadWith({ image: "registry.example.com/app:1", port: 80, startupSeconds: parts.startup, cpu: { request: 1, ...(parts.limit ? { limit: 2 } : {}) }, memory: { request: 2 ** 30, limit: 2 ** 31, full: 1.5 * 2 ** 30 } }),
      scale: scaleWith(sleeps ? 0 : Math.max(1, min), most, {
        thresholds, schedules, behavior: parts.behavior, idleSeconds: sleeps ? parts.idle : 300,
        ...(sleeps && woken !== undefined ? { active: { metric: woken.metric, operator: ">", value: 1, dimension: "number", origin } } : {}),
      }),
    });
    return {
      policy: policyWith({ backends: [pool], metrics, traffics: [parts.load], targets: [{ ...defaultKubernetes, ...where }] }),
      scenario: scenarioWith(pool, { start: { year: 2026, month: 3, day: 27, secondOfDay: parts.hour * 3600 }, durationSeconds: 3 * 3600 }),
    };
  });
});

const comparison = fc.constantFrom<Rule["operator"]>(">", ">=", "<", "<=");
const action: fc.Arbitrary<Rule["action"]> = fc.oneof(
  fc.constantFrom<Rule["action"]>({ kind: "double" }, { kind: "halve" }),
  fc.record({ kind: fc.constantFrom("add", "remove"), count: whole(1, 20) }), fc.record({ kind: fc.constantFrom("add", "remove"), percent: whole(1, 99) }).map(({ kind, percent }) => ({ kind, fraction: percent / 100 })),
  fc.record({ kind: fc.constant("set"), replicas: whole(1, 40) }),
);

const ruleThreshold: fc.Arbitrary<RuleThreshold> = fc.record({
  rules: fc.array(fc.record({ name: fc.constantFrom<BuiltinMetric>("load_factor", "cpu", "queue"), operator: comparison, percent: whole(10, 120), forSeconds: whole(0, 300), action }), { minLength: 1, maxLength: 4 }), up: whole(0, 600), down: whole(0, 600),
}).map(({ rules, up, down }) => ({
  kind: "rules", name: "rules", cooldownUpSeconds: up, cooldownDownSeconds: down, origin,
  rules: rules.map(({ name, percent, ...rest }) => ({ ...rest, metric: { kind: "builtin", name }, value: percent / 100, dimension: "ratio", origin })),
}));

/** Pools with what an HPA cannot say: rules, predictions, limits in parts of a percent, a tolerance that the version lacks. */
export const lossyCase: fc.Arbitrary<ScalingCase> = fc.record({ base: scalingCase, rules: ruleThreshold, alone: fc.boolean(), predicted: fc.boolean(), version: fc.constantFrom("1.30", "1.33"), odd: whole(1, 999) })
  .map(({ base, rules, alone, predicted, version, odd }) => {
    const [pool] = base.policy.backends;
    const scale = pool?.scale;
    if (pool === undefined || scale === undefined) return base;
    const metric = scale.thresholds.map((threshold) => (threshold.kind === "metric" && predicted ? { ...threshold, predict: { windowSeconds: 600, aheadSeconds: 300 } } : threshold));
    const down = { ...scale.behavior.down, limits: [{ kind: "percent", fraction: odd / 1000, periodSeconds: 60 } as const], stabilizeSeconds: odd / 10 };
    const { active: _, ...rest } = scale;
    const backend: Backend = { ...pool, scale: { ...rest, min: Math.max(1, scale.min), idleSeconds: 300, thresholds: alone ? [rules] : [...metric, rules], behavior: { ...scale.behavior, down } } };
    return { policy: { ...base.policy, backends: [backend], targets: [{ ...defaultKubernetes, version }] }, scenario: { ...base.scenario, backend } };
  });

/** Of two targets for one metric the smaller is compiled, which says the same; here each metric is asked once. */
function uniqueTargets(targets: readonly MetricTarget[]): readonly MetricTarget[] {
  const named = new Map(targets.map((one) => [one.metric.kind === "declared" ? one.metric.metric.name : one.metric.name, one]));
  return [...named.values()];
}
