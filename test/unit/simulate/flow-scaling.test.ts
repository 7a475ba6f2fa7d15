import assert from "node:assert/strict";
import type { Metric, MetricThreshold, RuleThreshold } from "../../../language/src/model/scaling.ts";
import { defaultKubernetes } from "../../../language/src/model/target.ts";
import type { Scenario } from "../../../language/src/model/traffic.ts";
import { simulatePolicy } from "../../../language/src/simulate/simulate.ts";
import { metricThreshold, officeHours, origin, policyWith, rateDemand, scaleWith, scenarioWith, trafficWith } from "../../helpers/policies.ts";
import { at, pool, reportOf, rule, runScenario } from "./runs.ts";

describe("schedules in a run", () => {
  it("move a pool without thresholds, at once, with the schedule as the reason", () => {
    const backend = pool(undefined, { demand: rateDemand(100), scale: scaleWith(2, 50, { schedules: [{ ...officeHours, timezone: "UTC", replicas: { min: 20 } }] }) });
    const report = runScenario(backend, { durationSeconds: 86_400 });
    assert.deepEqual(report.events.map(({ t, from, to, reason, decision }) => [t, from, to, reason, decision.by]), [
      [8 * 3600, 2, 20, "office_hours: at least 20", "schedule"],
    ]);
    assert.equal(at(report, 8 * 3600).replicas, 20);
  });

  it("are a floor under the thresholds, and lower the ceiling", () => {
    const scale = scaleWith(1, 50, { thresholds: [metricThreshold("load_factor", 0.5)], schedules: [{ ...officeHours, timezone: "UTC", replicas: { min: 3, max: 8 } }] });
    const report = runScenario(pool(undefined, { demand: rateDemand(1000), scale }), { durationSeconds: 86_400 });
    assert.equal(at(report, 8 * 3600 - 15).replicas, 20);
    assert.equal(at(report, 8 * 3600).replicas, 8);
    assert.equal(at(report, 20 * 3600).replicas, 16);
    assert.ok(report.events.some((event) => event.reason === "office_hours: at most 8"));
  });

  it("as KEDA's triggers are proposals: what is within 10 % of the present size is not reached", () => {
    const keda = { ...defaultKubernetes, autoscaler: "keda", schedules: "keda" } as const;
    const run = (floor: number, target: "kubernetes" | "nginx") => {
      const backend = pool(undefined, {
        demand: rateDemand(500), scale: scaleWith(1, 50, { thresholds: [metricThreshold("load_factor", 0.5)], schedules: [{ ...officeHours, timezone: "UTC", replicas: { min: floor } }] }),
      });
      const policy = policyWith({ backends: [backend], targets: [keda], scenarios: [scenarioWith(backend, { durationSeconds: 86_400 })] });
      return reportOf(policy, { scenario: "case", target });
    };
    assert.equal(at(run(11, "nginx"), 9 * 3600).replicas, 11);
    assert.equal(at(run(11, "kubernetes"), 9 * 3600).replicas, 10);
    const report = run(15, "kubernetes");
    assert.equal(at(report, 9 * 3600).replicas, 15);
    // The last proposal of 15 was made 15 s before the end and counts while it is younger than the five minutes of the down window.
    assert.equal(at(report, 20 * 3600 + 270).replicas, 15);
    assert.equal(at(report, 20 * 3600 + 285).replicas, 10);
  });
});

describe("rules in a run", () => {
  const sizes = (threshold: RuleThreshold, parts: Partial<Scenario> = {}, demand = 3000) =>
    runScenario(pool(threshold, { demand: rateDemand(demand) }, 0), { replicas: 4, durationSeconds: 150, ...parts }).points.map((point) => point.replicas);

  it("wait for their condition and rest after their change", () => {
    assert.deepEqual(sizes(rule(0.95, ">", { kind: "double" }, { cooldownUpSeconds: 60 }, 30)), [4, 4, 8, 8, 8, 8, 16, 16, 16, 16]);
  });

  it("add and remove counts and shares, rounded as the language says", () => {
    assert.deepEqual(sizes(rule(0.95, ">", { kind: "add", count: 3 })).slice(0, 3), [7, 10, 13]);
    assert.deepEqual(sizes(rule(0.95, ">", { kind: "add", fraction: 0.1 })).slice(0, 3), [5, 6, 7]);
    assert.deepEqual(sizes(rule(0.5, "<", { kind: "halve" }), { replicas: 15 }, 1).slice(0, 4), [7, 3, 1, 1]);
    assert.deepEqual(sizes(rule(0.5, "<", { kind: "remove", fraction: 0.25 }), { replicas: 15 }, 1).slice(0, 4), [11, 8, 6, 4]);
    assert.deepEqual(sizes(rule(0.95, ">", { kind: "set", replicas: 40 })).slice(0, 2), [40, 40]);
  });

  it("that grow go first, and the largest proposal of all thresholds wins", () => {
    const both: RuleThreshold = { ...rule(0.1, ">", { kind: "remove", count: 1 }), rules: [...rule(0.1, ">", { kind: "remove", count: 1 }).rules, ...rule(0.95, ">", { kind: "add", count: 1 }).rules] };
    assert.deepEqual(sizes(both).slice(0, 2), [5, 6]);
    const backend = pool(undefined, { scale: scaleWith(1, 100, { thresholds: [metricThreshold("load_factor", 0.7), rule(0.95, ">", { kind: "set", replicas: 60 })] }) }, 0);
    const report = runScenario(backend, { replicas: 10, durationSeconds: 30 });
    assert.equal(report.points[0]?.replicas, 60);
    assert.match(report.events[0]?.reason ?? "", /^rule: load_factor 3 > 0\.95 → 60/);
  });

  it("are silent while no member is ready", () => {
    const backend = pool(rule(0.5, ">", { kind: "double" }), { scale: scaleWith(0, 100, { thresholds: [rule(0.5, ">", { kind: "double" })] }) }, 60);
    const report = runScenario(backend, { replicas: 0, durationSeconds: 90 });
    assert.deepEqual(report.points.map((point) => point.replicas), [1, 1, 1, 1, 2, 4]);
  });
});

describe("a predictive threshold", () => {
  it("grows ahead of a rising load and never asks for less than the present", () => {
    const traffic = trafficWith({ shape: { kind: "ramp", fromPerSecond: 500, toPerSecond: 3000, overSeconds: 1800 } });
    const run = (threshold: MetricThreshold) => runScenario(pool(threshold), { traffic: { traffic, factor: 1 }, durationSeconds: 2400 });
    const plain = run(metricThreshold("load_factor", 0.7));
    const ahead = run(metricThreshold("load_factor", 0.7, { predict: { windowSeconds: 300, aheadSeconds: 300 } }));
    // 2,500 rps over 1,800 s: 300 s later there are 416.7 rps more, for which 6 members of 70 rps are needed.
    const gain = at(ahead, 1200).replicas - at(plain, 1200).replicas;
    assert.ok(gain >= 4 && gain <= 9, `${gain} members ahead`);
    assert.ok(ahead.summary.peakLoadFactor < plain.summary.peakLoadFactor);
    ahead.points.forEach((point, step) => assert.ok(point.t < 600 || point.replicas >= (plain.points[step]?.replicas ?? 0)));
  });
});

describe("a pool that scales to zero", () => {
  const pulse = trafficWith({ shape: { kind: "base", ratePerSecond: 0 } });
  const trace = (text: string) => ({ readTrace: () => text });
  const traced = trafficWith({ name: "pulse", shape: { kind: "trace", path: "pulse.csv", unit: "rps", origin } });

  it("wakes at the first request, loses those that find nobody, and sleeps after its idle time", () => {
    const backend = pool(undefined, { demand: { kind: "traffic", traffic: traced, origin }, scale: scaleWith(0, 5, { idleSeconds: 120, thresholds: [metricThreshold("load_factor", 0.7)] }) });
    const outcome = simulatePolicy(policyWith({ backends: [backend] }), { durationSeconds: 600 }, trace("t,rps\n0,0\n60,0\n60.001,50\n180,50\n180.001,0\n"));
    const report = outcome.kind === "report" ? outcome.report : assert.fail(JSON.stringify(outcome));
    assert.equal(at(report, 45).replicas, 0);
    assert.deepEqual(report.events.map(({ t, from, to, reason }) => [t, from, to, reason]), [
      [75, 0, 1, "active: arrivals 50 > 0 → 1"],
      [300, 1, 0, "idle: nothing active for 2 min → 0"],
    ]);
    assert.equal(report.summary.dropped, 2 * 15 * 50);
    assert.deepEqual([at(report, 90).ready, at(report, 105).ready], [0, 1]);
  });

  it("stays at 0 without requests", () => {
    const report = runScenario(pool(undefined, { scale: scaleWith(0, 5) }), { traffic: { traffic: pulse, factor: 1 }, durationSeconds: 300 });
    assert.ok(report.points.every((point) => point.replicas === 0 && point.loadFactor === 0));
    assert.equal(report.summary.availability, 1);
  });

  it("wakes as `active` says, by the undivided figure", () => {
    const active = { metric: { kind: "builtin" as const, name: "arrivals" as const }, operator: ">" as const, value: 60, dimension: "rate" as const, origin };
    const run = (rate: number) => runScenario(pool(undefined, { demand: rateDemand(rate), scale: scaleWith(0, 5, { active }) }), { replicas: 0, durationSeconds: 60 }).points.map((point) => point.replicas);
    assert.deepEqual(run(60), [0, 0, 0, 0]);
    assert.deepEqual(run(61), [1, 1, 1, 1]);
  });

  it("is kept awake by a schedule's floor", () => {
    const report = runScenario(pool(undefined, { scale: scaleWith(0, 5, { schedules: [{ ...officeHours, timezone: "UTC", replicas: { min: 2 } }] }) }), { traffic: { traffic: pulse, factor: 1 }, durationSeconds: 86_400 });
    assert.deepEqual(report.events.map(({ t, to }) => [t, to]), [[8 * 3600, 2], [20 * 3600 + 285, 0]]);
  });
});

describe("one's own metrics", () => {
  const metric = (parts: Partial<Metric>): Metric => ({ name: "own", per: "pool", undivided: false, origin, ...parts });
  const target = (of: Metric, value: number): MetricThreshold => ({ kind: "metric", name: "mine", targets: [{ metric: { kind: "declared", metric: of }, value, dimension: "number", origin }], origin });
  const settled = (of: Metric, value: number) => runScenario(pool(target(of, value), {}, 0), { durationSeconds: 15 });

  it("without `as` take no part, and the result says so", () => {
    const report = settled(metric({}), 70);
    assert.equal(report.points[0]?.replicas, 1);
    assert.match(report.notes.join(" "), /^mine takes no part: nothing stands for own/);
  });

  it("per pool are the sum over the members, divided by them", () => {
    const arrivals = { kind: "metric", name: "arrivals" } as const;
    assert.equal(settled(metric({ as: arrivals }), 70).points[0]?.replicas, 43);
    const doubled = { kind: "binary", operator: "*", left: arrivals, right: { kind: "value", value: 2 } } as const;
    assert.equal(settled(metric({ as: doubled }), 70).points[0]?.replicas, 86);
  });

  it("per member are the mean, and undivided ones the pool's figure", () => {
    assert.equal(settled(metric({ per: "member", as: { kind: "metric", name: "arrivals" } }), 70).points[0]?.replicas, 43);
    const mean = { kind: "binary", operator: "/", left: { kind: "metric", name: "arrivals" }, right: { kind: "value", value: 3000 } } as const;
    assert.equal(settled(metric({ undivided: true, as: mean }), 1).points[0]?.replicas, 30 + 1);
  });
});
