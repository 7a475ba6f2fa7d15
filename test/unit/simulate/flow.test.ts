import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { analyze, simulate } from "../../../language/src/index.ts";
import type { Behavior, Policy } from "../../../language/src/model/policy.ts";
import type { MetricThreshold } from "../../../language/src/model/scaling.ts";
import type { SimulationReport, SimulationRequest } from "../../../language/src/simulate/report.ts";
import { simulatePolicy } from "../../../language/src/simulate/simulate.ts";
import { steadyState } from "../../../language/src/simulate/steady/steady-state.ts";
import { aiGateway, backendWith, curve, defaultBehavior, inference, metricThreshold, origin, policyWith, rateDemand, replicaOf, scaleWith, scenarioWith, serverOf, shop, shopPolicy, trafficWith, workloadWith } from "../../helpers/policies.ts";
import { root } from "../../helpers/root.ts";
import { at, patient, pool, reportOf, runScenario } from "./runs.ts";

describe("a step from 1,000 to 3,000 rps onto ten members of 100 rps", () => {
  const drained = (report: SimulationReport) => report.points.find((point) => point.t > 0 && point.queue < 100)?.t;

  it("is over after 105 s with 43 members where the load is counted in front", () => {
    for (const threshold of [metricThreshold("load_factor", 0.7), metricThreshold("arrivals", 70)]) {
      const report = runScenario(pool(threshold), { replicas: 10, durationSeconds: 300 });
      assert.equal(drained(report), 105);
      assert.equal(at(report, 105).replicas, 43);
    }
  });

  it("is over after 165 s with 95 members where it is counted at the member", () => {
    const report = runScenario(pool(metricThreshold("rps", 70)), { replicas: 10, durationSeconds: 300 });
    assert.equal(drained(report), 165);
    assert.equal(at(report, 165).replicas, 95);
  });

  it("grows by at most limit ÷ request ÷ target where cpu is the measure", () => {
    const workload = workloadWith({ startupSeconds: 0, cpu: { request: 1, limit: 1.5 } });
    const behavior: Behavior = { ...defaultBehavior, up: { ...defaultBehavior.up, limits: [{ kind: "pods", count: 10_000, periodSeconds: 15 }] } };
    const sizes = (threshold: MetricThreshold) =>
      runScenario(pool(threshold, { workload, scale: scaleWith(1, 1000, { thresholds: [threshold], behavior }) }), { replicas: 10, durationSeconds: 45 }).points.map((point) => point.replicas);
    assert.deepEqual(sizes(metricThreshold("cpu", 0.75)), [20, 40, 60]);
    assert.deepEqual(sizes(metricThreshold("load_factor", 0.5)), [60, 60, 60]);
  });
});

describe("a queue target", () => {
  it("asks for 240 members where 1 rps too much waits through a cold start of 240 s", () => {
    const report = runScenario(pool(metricThreshold("queue", 1), { demand: rateDemand(1001) }, 240), { replicas: 10, durationSeconds: 255 });
    assert.equal(at(report, 240).replicas, 240);
    assert.equal(at(report, 225).ready, 10);
  });
});

describe("the day of the ai-gateway", () => {
  let report: SimulationReport;
  before(() => {
    const file = "samples/ai-gateway/policy.lbpolicy";
    const outcome = simulate(analyze({ file, text: readFileSync(new URL(file, root), "utf8") }), { scenario: "busy_day" });
    report = outcome.kind === "report" ? outcome.report : assert.fail(JSON.stringify(outcome));
  });

  it("has a point every 15 s from midnight in the traffic's zone", () => {
    assert.equal(report.points.length, 5760);
    assert.deepEqual([report.start, report.timezone, report.stepSeconds, report.durationSeconds], ["2026-01-05T00:00:00", "Asia/Shanghai", 15, 86_400]);
    assert.deepEqual(report.points.map((point) => point.t), report.points.map((_, step) => step * 15));
  });

  it("starts where the target puts it at the first rate: 60 rps at 70 % of 15 rps", () => {
    assert.equal(report.points[0]?.minReplicas, 2);
    assert.equal(runScenario({ ...inference, demand: rateDemand(60) }, { durationSeconds: 15, start: { year: 2026, month: 1, day: 4, secondOfDay: 0 } }).points[0]?.replicas, 6);
  });

  it("is under the schedule from 08:00 to 20:00", () => {
    assert.deepEqual(report.schedules, [{ name: "office_hours", from: 8 * 3600, to: 20 * 3600, min: 20, max: null }]);
    assert.ok(report.events.some((event) => event.t === 8 * 3600 && event.to === 20 && event.reason === "office_hours: at least 20"));
    for (const point of report.points) assert.equal(point.minReplicas, point.t >= 8 * 3600 && point.t < 20 * 3600 ? 20 : 2);
  });

  it("answers the burst of 12:30 with more members and gives them back slowly", () => {
    const noon = at(report, 12.5 * 3600 - 15);
    const inBurst = at(report, 12.5 * 3600 + 300);
    assert.ok(inBurst.replicas > noon.replicas + 5, `${noon.replicas} → ${inBurst.replicas}`);
    assert.ok(inBurst.arrivalRate > noon.arrivalRate * 1.1);
    const shrunk = report.events.find((event) => event.t > 12.5 * 3600 && event.to < event.from);
    assert.ok(shrunk !== undefined && shrunk.t >= 12.5 * 3600 + 600);
  });

  it("holds its target within the tolerance most of the time", () => {
    const above = report.points.filter((point) => point.loadFactor > 0.7 * 1.1).length;
    assert.ok(above < 0.02 * report.points.length, `${above} steps above`);
    assert.equal(report.summary.secondsAboveTarget, above * 15);
    assert.equal(report.targetLoadFactor, 0.7);
  });

  it("says why the size changed, as a sentence and as data", () => {
    const grown = report.events.find((event) => event.decision.metric === "load_factor" && event.to > event.from);
    assert.ok(grown !== undefined);
    assert.match(grown.reason, /^busy: load_factor [\d.]+ \/ 0\.7 = [\d.]+ → \d+/);
    assert.equal(grown.decision.by, "threshold");
    assert.equal(grown.decision.threshold, "busy");
    assert.equal(grown.decision.target, 0.7);
    const held = report.events.find((event) => event.decision.heldBackBy.some((text) => text.startsWith("down: −10 % per 1 min")));
    assert.ok(held !== undefined && held.to > held.decision.recommended);
    assert.ok(report.events.some((event) => event.decision.heldBackBy.some((text) => /still starting \(\d+ s\)/.test(text))));
    assert.ok(report.events.some((event) => event.decision.heldBackBy.includes("down: window 5 min")));
  });

  it("judges its expectations by the figures of the run", () => {
    const named = (measure: string) => report.expectations.find((each) => each.measure === measure) ?? assert.fail(measure);
    const p95 = named("p95");
    assert.ok(p95.actual !== null && p95.holds === p95.actual < p95.value);
    assert.equal(named("availability").actual, report.summary.availability);
    assert.equal(named("flaps").actual, report.summary.flaps);
  });

  it("costs its members by the hour, start-up and shutdown included", () => {
    const hours = report.points.reduce((sum, point) => sum + point.replicas, 0) * 15 / 3600;
    const stopped = report.events.reduce((sum, event) => sum + Math.max(0, event.from - event.to), 0) * 60 / 3600;
    const cost = report.summary.cost ?? assert.fail();
    assert.ok(Math.abs(cost - 2.1 * (hours + stopped)) < 0.01 * cost, `${cost} for ${hours} + ${stopped} h`);
  });
});

describe("a simulation", () => {
  it("gives the same report twice, and in every time zone of the machine", () => {
    const here = JSON.stringify(reportOf(aiGateway, { scenario: "busy_day" }));
    assert.equal(JSON.stringify(reportOf(aiGateway, { scenario: "busy_day" })), here);
    const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const script = `const { simulatePolicy } = await import(${module("../../../language/src/simulate/simulate.js")});
      const { aiGateway } = await import(${module("../../helpers/policies.js")});
      process.stdout.write(JSON.stringify(simulatePolicy(aiGateway, { scenario: "busy_day" }).report));`;
    for (const zone of ["America/Los_Angeles", "Pacific/Kiritimati"]) {
      const there = execFileSync(process.execPath, ["--input-type=module", "-e", script], { env: { ...process.env, TZ: zone }, encoding: "utf8", maxBuffer: 1 << 28 });
      assert.equal(there, here, zone);
    }
  });

  it("follows its seed", () => {
    const peak = (seed?: number) => reportOf(aiGateway, seed === undefined ? {} : { seed }).summary.peakArrivalRate;
    assert.equal(peak(7), peak());
    assert.notEqual(peak(8), peak());
    assert.equal(reportOf(aiGateway, { seed: 8 }).seed, 8);
  });

  it("counts answers that come exactly at the time limit: constant service, no wait", () => {
    const backend = pool(undefined, {
      replica: replicaOf(100, { response: curve(4.999999999999985), variation: 0, maxConnections: 1 }), maxQueue: 1, scale: scaleWith(1, 1), timeouts: { ...patient, readSeconds: 5, queueSeconds: 5 }, demand: rateDemand(0.21),
    });
    const { asked = NaN, answered = NaN, dropped } = runScenario(backend, { durationSeconds: 1200 }).summary;
    assert.ok(Math.abs(asked - answered - dropped) < 2, `${asked} asked, ${answered} answered, ${dropped} failed`);
  });

  it("loses no request: what came was answered, failed, or waits", () => {
    const shapes = fc.record({
      rate: fc.double({ min: 0, max: 5000, noNaN: true }), seconds: fc.double({ min: 0.01, max: 5, noNaN: true }), noise: fc.double({ min: 0, max: 1, noNaN: true }),
      min: fc.integer({ min: 1, max: 20 }), more: fc.integer({ min: 0, max: 50 }), startup: fc.integer({ min: 0, max: 120 }), read: fc.integer({ min: 1, max: 100 }),
      connections: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }), room: fc.integer({ min: 0, max: 20 }), failed: fc.integer({ min: 0, max: 10 }),
      stream: fc.boolean(), variation: fc.constantFrom(0, 0.5, 1, 2), metric: fc.constantFrom("load_factor", "rps", "queue", "in_flight", "response_time"),
    });
    fc.assert(
      fc.property(shapes, (each) => {
        const replica = replicaOf(100, { response: curve(each.seconds), variation: each.variation, ...(each.connections === undefined ? {} : { maxConnections: each.connections }) });
        const backend = pool(metricThreshold(each.metric, each.metric === "rps" ? 60 : 0.7), {
          replica, maxQueue: each.room, stream: each.stream, timeouts: { ...patient, readSeconds: each.read, queueSeconds: 5 },
          scale: scaleWith(each.min, each.min + each.more, { thresholds: [metricThreshold(each.metric, each.metric === "rps" ? 60 : 0.7)] }),
        }, each.startup);
        const traffic = trafficWith({ shape: { kind: "ramp", fromPerSecond: each.rate / 10, toPerSecond: each.rate, overSeconds: 600 }, noise: { fraction: each.noise, seed: 1 } });
        const report = runScenario(backend, {
          traffic: { traffic, factor: 1 }, durationSeconds: 1200,
          faults: [{ kind: "fail", subject: { kind: "replicas", count: each.failed }, factor: 1, at: { kind: "offset", seconds: 300 }, seconds: 200, origin }],
        });
        const { asked = NaN, answered = NaN, dropped } = report.summary;
        const waiting = report.points.at(-1)?.queue ?? NaN;
        assert.ok(Math.abs(asked - answered - dropped - waiting) <= 2e-5 * Math.max(1, asked), JSON.stringify({ asked, answered, dropped, waiting }));
        for (const point of report.points) {
          assert.ok(point.replicas >= each.min && point.replicas <= each.min + each.more, "bounds");
          assert.ok(point.ready >= 0 && point.ready <= point.replicas);
          assert.ok(point.queue >= 0 && point.dropped >= 0);
          for (const figure of [point.responseTime, point.p50, point.p95, point.p99]) assert.ok(figure === null || (Number.isFinite(figure) && figure >= 0));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("agrees with the steady state at a constant load", () => {
    const report = reportOf(shopPolicy);
    assert.equal(report.durationSeconds, 3600);
    const steady = steadyState(shop, 1000);
    for (const point of [report.points[0], report.points.at(-1)]) {
      assert.ok(point?.responseTime != null && Math.abs(point.responseTime - 2.75) < 1e-3, String(point?.responseTime));
      assert.equal(point.loadFactor, 0.833333);
    }
    assert.deepEqual(report.members?.map((member) => [member.name, member.ratePerSecond]), [["a", 500], ["b", 250], ["c", 250]]);
    assert.equal(steady.members.length, 3);
  });

  it("says of a saturated step that it has no steady time", () => {
    const report = reportOf(policyWith({ backends: [{ ...shop, demand: rateDemand(1500), timeouts: patient }] }), { durationSeconds: 60 });
    const point = at(report, 45);
    assert.deepEqual([point.saturated, point.responseTime, point.p95], [true, null, null]);
    assert.equal(Math.round(point.queue), 300 * 60);
    assert.deepEqual([report.summary.worstP95, report.summary.saturatedSeconds], [null, 60]);
  });

  it("rounds every figure to six digits", () => {
    for (const point of reportOf(aiGateway).points) {
      for (const figure of Object.values(point)) if (typeof figure === "number") assert.equal(figure, Number(figure.toPrecision(6)));
    }
  });

  it("thins out the points of long runs", () => {
    const report = reportOf(policyWith({ backends: [{ ...shop, demand: rateDemand(900) }] }), { durationSeconds: 20 * 86_400 });
    assert.ok(report.points.length <= 100_000 && report.points.length > 50_000, String(report.points.length));
    assert.equal((report.points[1]?.t ?? 0) % 15, 0);
  });
});

describe("the backend of a simulation", () => {
  const rated = (name: string) => backendWith({ name, demand: rateDemand(10), servers: [serverOf("a", 100, 0.1)] });
  const outcome = (policy: Policy, request: SimulationRequest = {}) => simulatePolicy(policy, request);
  const code = (policy: Policy, request: SimulationRequest = {}) => {
    const found = outcome(policy, request);
    return found.kind === "refused" ? found.diagnostics.map((diagnostic) => diagnostic.code) : found.kind;
  };

  it("is the only one with a demand, the scenario's, or the one that is named", () => {
    const silent = backendWith({ name: "silent", servers: [serverOf("a", 100, 0.1)] });
    assert.equal(reportOf(policyWith({ backends: [silent, rated("one")] })).backend, "one");
    const two = policyWith({ backends: [rated("one"), rated("two")], scenarios: [scenarioWith(rated("two"))] });
    assert.deepEqual(outcome(two), { kind: "choose", backends: ["one", "two"] });
    assert.equal(reportOf(two, { scenario: "case" }).backend, "two");
    assert.equal(reportOf(two, { backend: "one" }).backend, "one");
    assert.equal(reportOf(policyWith({ backends: [silent], traffics: [trafficWith({})] }), { traffic: "load" }).durationSeconds, 86_400);
  });

  it("is refused where it is unknown, says nothing of its load, or of what it can take", () => {
    const policy = policyWith({ backends: [rated("one")], traffics: [trafficWith({})] });
    assert.deepEqual(code(policy, { backend: "none" }), ["LBP3800"]);
    assert.deepEqual(code(policy, { scenario: "none" }), ["LBP3801"]);
    assert.deepEqual(code(policy, { traffic: "none" }), ["LBP3802"]);
    assert.deepEqual(code(policyWith({})), ["LBP3803"]);
    const silent = policyWith({ backends: [backendWith({ servers: [serverOf("a", 100, 0.1)] })] });
    assert.deepEqual(code(silent), ["LBP3803"]);
    assert.deepEqual(code(silent, { backend: "pool" }), ["LBP3804"]);
    const { replica: _, ...nothing } = pool(undefined);
    assert.deepEqual(code(policyWith({ backends: [nothing] })), ["LBP3805"]);
  });

  it("is refused at once where the work is too much", () => {
    const policy = policyWith({ backends: [rated("one")] });
    const started = process.hrtime.bigint();
    assert.deepEqual(code(policy, { durationSeconds: 100 * 366 * 86_400, stepSeconds: 0.001 }), ["LBP3806"]);
    assert.deepEqual(code(policy, { durationSeconds: 366 * 86_400, stepSeconds: 1 }), ["LBP3807"]);
    assert.deepEqual(code(policy, { stepSeconds: 0 }), ["LBP3808"]);
    assert.deepEqual(code(policy, { durationSeconds: Number.NaN }), ["LBP3806"]);
    assert.deepEqual(code(policyWith({ backends: [pool(undefined, { scale: scaleWith(1, 1e9) })] })), ["LBP3809"]);
    const many = Array.from({ length: 1001 }, (_, index) => serverOf(`s${index}`, 10, 0.1));
    assert.deepEqual(code(policyWith({ backends: [backendWith({ demand: rateDemand(1), servers: many })] })), ["LBP3809"]);
    assert.deepEqual(code(policy, { loadFactor: Number.POSITIVE_INFINITY }), ["LBP3813"]);
    assert.ok(Number(process.hrtime.bigint() - started) / 1e6 < 200);
  });

  it("is refused where its trace or a time zone cannot be used", () => {
    const traced = trafficWith({ shape: { kind: "trace", path: "day.csv", unit: "rps", origin } });
    const policy = policyWith({ backends: [rated("one")], traffics: [traced, trafficWith({ name: "lost", timezone: "Mars/Olympus" })] });
    assert.deepEqual(code(policy, { traffic: "load" }), ["LBP3810"]);
    assert.deepEqual(code(policy, { traffic: "lost" }), ["LBP3811"]);
    const read = simulatePolicy(policy, { traffic: "load", durationSeconds: 60 }, { readTrace: (path, from) => (path === "day.csv" && from === origin.file ? "t,rps\n0,10\n60,70\n" : undefined) });
    assert.deepEqual(read.kind === "report" ? read.report.points.map((point) => point.arrivalRate) : read, [10, 25, 40, 55]);
  });

  it("can be stopped, and tells how far it is", () => {
    let asked = 0;
    assert.deepEqual(simulatePolicy(policyWith({ backends: [rated("one")] }), { durationSeconds: 86_400 * 30 }, { isCancelled: () => ++asked > 3 }), { kind: "cancelled" });
    const fractions: number[] = [];
    simulatePolicy(policyWith({ backends: [rated("one")] }), {}, { onProgress: (fraction) => fractions.push(fraction) });
    assert.equal(fractions.at(-1), 1);
    assert.ok(fractions.length > 50 && fractions.every((fraction, index) => index === 0 || fraction >= (fractions[index - 1] ?? 0)));
  });
});
