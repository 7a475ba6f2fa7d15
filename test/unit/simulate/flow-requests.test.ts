import assert from "node:assert/strict";
import type { Backend } from "../../../language/src/model/policy.ts";
import type { Scenario } from "../../../language/src/model/traffic.ts";
import { memberResponse } from "../../../language/src/simulate/queueing/member.ts";
import { backendWith, origin, rateDemand, replicaOf, scaleWith, serverOf, trafficWith, workloadWith } from "../../helpers/policies.ts";
import { at, patient, pool, rule, runScenario } from "./runs.ts";

describe("faults", () => {
  const fail = (subject: Scenario["faults"][number]["subject"]): Scenario["faults"][number] => ({ kind: "fail", subject, factor: 1, at: { kind: "offset", seconds: 60 }, seconds: 60, origin });

  it("take replicas out, with their requests, and are not replaced meanwhile", () => {
    const report = runScenario(pool(undefined, { demand: rateDemand(700), scale: scaleWith(10, 10) }), { durationSeconds: 180, faults: [fail({ kind: "replicas", count: 4 })] });
    assert.deepEqual(report.points.map((point) => [point.replicas, point.ready]), [...pairs(4, 10, 10), ...pairs(4, 10, 6), ...pairs(4, 10, 10)]);
    assert.ok(at(report, 60).loadFactor > 1.16);
    // 700 rps of 0.1 s are 70 in service, of which four members of ten hold 28, and 40 % of those that wait.
    assert.ok(Math.abs(at(report, 60).dropped - 28 - 0.4 * at(report, 45).queue) < 1e-3, String(at(report, 60).dropped));
  });

  it("take a share of the replicas", () => {
    const report = runScenario(pool(undefined, { demand: rateDemand(100), scale: scaleWith(10, 10) }), { durationSeconds: 120, faults: [fail({ kind: "share", fraction: 0.25 })] });
    assert.equal(at(report, 60).ready, 7);
  });

  it("take a server out: the others carry its load, a backup only where none is left", () => {
    const backend = backendWith({ demand: rateDemand(100), timeouts: patient, servers: [serverOf("a", 100, 0.1), serverOf("b", 100, 0.1), serverOf("c", 50, 0.1, { backup: true })] });
    const one = runScenario(backend, { durationSeconds: 180, faults: [fail({ kind: "server", name: "a" })] });
    assert.deepEqual([at(one, 45).capacity, at(one, 60).capacity, at(one, 60).ready, at(one, 120).capacity], [200, 100, 1, 200]);
    const both = runScenario(backend, { durationSeconds: 180, faults: [fail({ kind: "server", name: "a" }), fail({ kind: "server", name: "b" })] });
    assert.deepEqual([at(both, 60).capacity, at(both, 60).saturated], [50, true]);
  });

  it("show in the members at the highest load factor: who failed takes nothing, backups all take over", () => {
    const servers = [serverOf("a", 100, 0.1), serverOf("b", 100, 0.1), serverOf("c", 50, 0.1, { backup: true }), serverOf("d", 50, 0.1, { backup: true })];
    const backend = backendWith({ demand: rateDemand(80), timeouts: patient, servers });
    const one = runScenario(backend, { durationSeconds: 180, faults: [fail({ kind: "server", name: "a" })] });
    assert.deepEqual(one.members?.map(({ name, loadFactor }) => [name, loadFactor]), [["b", 0.8]]);
    for (const target of ["nginx", "haproxy"] as const) {
      const both = runScenario(backend, { durationSeconds: 180, faults: [fail({ kind: "server", name: "a" }), fail({ kind: "server", name: "b" })] }, { target });
      assert.deepEqual([both.members?.map(({ name, loadFactor }) => [name, loadFactor]), at(both, 60).capacity], [[["c", 0.8], ["d", 0.8]], 100]);
    }
  });

  it("do not take what waits at the balancer for a connection: it waits for the others, as far as there is room", () => {
    // 220 rps on two servers of 100 rps: ten requests more each second wait for each of them.
    const limited = (maxQueue: number) => backendWith({
      demand: rateDemand(220), timeouts: patient, maxQueue, servers: ["a", "b"].map((name) => serverOf(name, 100, 0.1, { maxConnections: 10 })),
      strategy: { algorithm: { kind: "random" }, retry: { count: 1, on: ["error"], unsafe: false } },
    });
    const wide = runScenario(limited(100_000), { durationSeconds: 180, faults: [fail({ kind: "server", name: "a" })] });
    const before = at(wide, 45).queue;
    assert.ok(before > 1000, String(before));
    // Lost are the ten that a was serving; what waits grows by 15 s of 120 rps.
    assert.ok(Math.abs(at(wide, 60).dropped - 10) < 1e-6, String(at(wide, 60).dropped));
    assert.ok(Math.abs(at(wide, 60).queue - before - 15 * 120) < 1e-3, `${before} → ${at(wide, 60).queue}`);
    const narrow = runScenario(limited(700), { durationSeconds: 180, faults: [fail({ kind: "server", name: "a" })] });
    assert.equal(at(narrow, 60).queue, 700);
    assert.ok(Math.abs(at(narrow, 60).dropped - 10 - (before + 15 * 120 - 700)) < 1, String(at(narrow, 60).dropped));
  });

  it("slow a server down for as long as they last", () => {
    const backend = backendWith({ demand: rateDemand(100), servers: [serverOf("a", 100, 0.1), serverOf("b", 100, 0.1)] });
    const slow = { kind: "slow" as const, subject: { kind: "server" as const, name: "a" }, factor: 1.8, at: { kind: "offset" as const, seconds: 60 }, seconds: 60, origin };
    const report = runScenario(backend, { durationSeconds: 180, faults: [slow] });
    const before = at(report, 45).responseTime ?? NaN;
    const during = at(report, 60).responseTime ?? NaN;
    assert.ok(during > 1.3 * before, `${before} → ${during}`);
    assert.equal(at(report, 120).responseTime, before);
  });

  it("slow some replicas down", () => {
    const slow = { kind: "slow" as const, subject: { kind: "replicas" as const, count: 5 }, factor: 2, at: { kind: "time" as const, secondOfDay: 60 }, seconds: 60, origin };
    const report = runScenario(pool(undefined, { demand: rateDemand(300), scale: scaleWith(10, 10) }), { durationSeconds: 180, faults: [slow] });
    assert.deepEqual([at(report, 45).capacity, at(report, 60).capacity, at(report, 120).capacity], [1000, 750, 1000]);
  });

  it("lose everything while no member takes it", () => {
    const report = runScenario(pool(undefined, { demand: rateDemand(100), scale: scaleWith(2, 2) }), { durationSeconds: 180, faults: [fail({ kind: "share", fraction: 1 })] });
    assert.ok(at(report, 75).dropped === 1500);
    assert.ok(report.summary.availability < 0.67 && report.summary.availability > 0.65);
  });
});

describe("a slow start over time", () => {
  const fail = { kind: "fail" as const, subject: { kind: "server" as const, name: "a" }, factor: 1, at: { kind: "offset" as const, seconds: 60 }, seconds: 60, origin };
  const strategy = { algorithm: { kind: "round_robin" }, retry: { count: 1, on: ["error"], unsafe: false }, slowStartSeconds: 60 } as const;
  const two = backendWith({ demand: rateDemand(80), strategy, servers: [serverOf("a", 100, 0.1), serverOf("b", 100, 0.1)] });
  /** The mean of both, where a takes the part `part` of b's turns. */
  const meanAt = (part: number): number => {
    const share = part / (1 + part);
    const mean = (rate: number) => {
      const response = memberResponse(two.servers[0] ?? assert.fail(), rate);
      return response.kind === "steady" ? response.responseSeconds : NaN;
    };
    return share * mean(80 * share) + (1 - share) * mean(80 * (1 - share));
  };

  it("lets a server that comes back on HAProxy take a part of its turns that rises in a straight line", () => {
    const report = runScenario(two, { durationSeconds: 240, faults: [fail] }, { target: "haproxy" });
    // On average over steps of 15 s: 1/8, 3/8, 5/8, 7/8 of its turns.
    for (const [t, part] of [[45, 1], [75, 0], [120, 1 / 8], [135, 3 / 8], [150, 5 / 8], [165, 7 / 8], [180, 1]] as const) {
      const mean = at(report, t).responseTime ?? NaN;
      assert.ok(Math.abs(mean / meanAt(part) - 1) < 2e-3, `at ${t}: ${mean} instead of ${meanAt(part)}`);
    }
  });
  it("is none on nginx and Kubernetes, and the report says so", () => {
    for (const target of ["nginx", "kubernetes"] as const) {
      const report = runScenario(two, { durationSeconds: 180, faults: [fail] }, { target });
      assert.equal(at(report, 120).responseTime, at(report, 45).responseTime);
      assert.ok(report.notes.some((note) => note.startsWith(`\`slow_start\` is not simulated for ${target}`)), report.notes.join(" "));
    }
    assert.ok(!runScenario(two, {}, { target: "haproxy" }).notes.some((note) => note.includes("slow_start")));
  });
  it("gives new replicas less on HAProxy, and the others more, but not those of the beginning", () => {
    const workload = workloadWith({ startupSeconds: 30 });
    const grown = (parts: Partial<Backend>, target: "nginx" | "haproxy") =>
      runScenario(pool(rule(0.75, ">", { kind: "set", replicas: 10 }), { demand: rateDemand(400), workload, ...parts }), { replicas: 5, durationSeconds: 180 }, { target });
    const plain = grown({}, "haproxy");
    const slow = grown({ strategy }, "haproxy");
    assert.deepEqual(slow.points.map((point) => point.ready), plain.points.map((point) => point.ready));
    assert.deepEqual([0, 15].map((t) => at(slow, t).responseTime), [0, 15].map((t) => at(plain, t).responseTime));
    for (const t of [30, 45, 60, 75]) assert.ok((at(slow, t).responseTime ?? 0) > (at(plain, t).responseTime ?? 1), `at ${t}`);
    assert.equal(at(slow, 90).responseTime, at(plain, 90).responseTime);
    assert.deepEqual(grown({ strategy }, "nginx").points, grown({}, "nginx").points);
  });
});

describe("what a run over time leaves out", () => {
  const servers = [serverOf("a", 100, 0.1), serverOf("b", 100, 0.1)];
  const notesOf = (backend: Backend, parts: Partial<Scenario> = {}) => runScenario(backend, { durationSeconds: 60, ...parts }).notes.join("\n");

  it("is said: `fallback` has no effect, for metrics never fail there", () => {
    const scale = (parts: object) => pool(undefined, { scale: scaleWith(2, 4, parts) });
    assert.match(notesOf(scale({ fallback: { replicas: 3, failures: 5 } })), /Metrics never fail in the simulation, so `fallback` does not act/u);
    assert.doesNotMatch(notesOf(scale({})), /fallback/u);
    const with3 = runScenario(scale({ fallback: { replicas: 3, failures: 1 } }), { durationSeconds: 600 });
    assert.ok(with3.points.every((point) => point.replicas === 2));
  });
  it("is said: with `geo` the servers share by weight", () => {
    const geo = { algorithm: { kind: "geo", networks: [], fallback: ["a", "b"] }, retry: { count: 1, on: ["error"], unsafe: false } } as const;
    assert.match(notesOf(backendWith({ demand: rateDemand(10), servers, strategy: geo })), /Where clients come from is not part of a policy: with `geo` every server gets the share of its weight/u);
    assert.doesNotMatch(notesOf(backendWith({ demand: rateDemand(10), servers })), /geo/u);
  });
  it("is said: a failed member is out at once, whatever its health check", () => {
    const checked = backendWith({ demand: rateDemand(10), servers, health: { kind: "tcp", intervalSeconds: 10, timeoutSeconds: 1, rise: 3, fall: 3, origin } });
    const fail = { kind: "fail" as const, subject: { kind: "server" as const, name: "a" }, factor: 1, at: { kind: "offset" as const, seconds: 15 }, seconds: 15, origin };
    const report = runScenario(checked, { durationSeconds: 60, faults: [fail] });
    assert.deepEqual(report.points.map((point) => point.ready), [2, 1, 2, 2]);
    assert.match(report.notes.join("\n"), /takes no requests from that moment on, and is back as soon as the fault ends/u);
    assert.doesNotMatch(notesOf(checked), /health check/u);
  });
});

function pairs(count: number, replicas: number, ready: number): readonly (readonly [number, number])[] {
  return Array.from({ length: count }, () => [replicas, ready] as const);
}

describe("expectations", () => {
  const expects = (measure: Scenario["expectations"][number]["measure"], operator: "<" | "<=" | ">" | ">=", value: number, parts = {}) => ({ measure, operator, value, asShare: false, origin, ...parts });
  const bursty = trafficWith({ shape: { kind: "base", ratePerSecond: 500 }, bursts: [{ factor: 1.9, at: { kind: "time", secondOfDay: 600 }, seconds: 60, origin }] });
  const backend = pool(undefined, { scale: scaleWith(10, 10) });
  const judged = (...expectations: Scenario["expectations"]) => runScenario(backend, { traffic: { traffic: bursty, factor: 1 }, durationSeconds: 1200, expectations });

  it("at every step take the worst, with its time; with `for` the best part of the time", () => {
    const report = judged(expects("load_factor", "<", 0.9), expects("load_factor", "<", 0.9, { ofTime: 0.95 }), expects("load_factor", "<", 0.9, { ofTime: 0.96 }), expects("replicas", ">=", 10));
    assert.deepEqual(report.expectations.map(({ actual, holds, worstAt }) => [actual, holds, worstAt]), [[0.95, false, 600], [0.5, true, 600], [0.95, false, 600], [10, true, 0]]);
  });

  it("take percentiles over all requests, or per minute with `for`", () => {
    const report = judged(expects("p95", "<", 1), expects("p95", "<", 1, { ofTime: 1 }), expects("p95", "<", 1, { ofTime: 0.9 }), expects("response_time", "<", 1));
    const [all, worst, most, mean] = report.expectations.map((each) => each.actual ?? NaN);
    const calm = at(report, 0).p95 ?? NaN;
    const minute = [600, 615, 630, 645].map((t) => at(report, t).p95 ?? NaN);
    const busy = Math.max(...minute);
    assert.ok(all !== undefined && all > calm && all < busy, `${calm} < ${all} < ${busy}`);
    assert.ok(worst !== undefined && worst > Math.min(...minute) && worst < busy, `${worst} of ${minute.join(", ")}`);
    assert.ok(most !== undefined && Math.abs(most - calm) < 1e-6);
    assert.ok(mean !== undefined && mean > 0.1 && mean < 0.2);
    const worstStep = [600, 615, 630, 645][minute.indexOf(busy)];
    assert.deepEqual(report.expectations.map((each) => each.worstAt), [worstStep, 600, 600, worstStep]);
  });

  it("count what failed, as a number and as a share", () => {
    const constant = replicaOf(100, { variation: 0 });
    const report = runScenario({ ...backend, replica: constant, timeouts: { ...patient, readSeconds: 10 } }, {
      traffic: { traffic: trafficWith({ shape: { kind: "base", ratePerSecond: 2000 } }), factor: 1 }, durationSeconds: 600,
      expectations: [expects("availability", ">=", 0.5), expects("dropped", "<", 0.5, { asShare: true }), expects("dropped", "<", 10), expects("scaling_actions", "<=", 0)],
    });
    const [availability, share, number, actions] = report.expectations;
    // Twice the capacity: half is answered, beside those who wait at the end.
    assert.ok(availability?.actual != null && Math.abs(availability.actual - 0.5) < 0.02 && availability.holds);
    assert.ok(share?.actual != null && Math.abs(share.actual + availability.actual - 1) < 1e-9);
    assert.equal(number?.holds, false);
    assert.deepEqual([actions?.actual, actions?.holds], [0, true]);
  });

  it("have no figure where no response time is known", () => {
    const bare = backendWith({ demand: rateDemand(10), servers: [{ ...without(serverOf("a", 100, 0.1)), capacityPerSecond: 100 }] });
    const report = runScenario(bare, { durationSeconds: 60, expectations: [expects("p95", "<", 1)] });
    assert.deepEqual(report.expectations[0]?.actual, null);
    assert.equal(report.expectations[0]?.holds, false);
    assert.equal(report.points[0]?.loadFactor, 0.1);
    assert.equal(report.points[0]?.responseTime, null);
    assert.match(report.notes.join(" "), /Without a `response`/);
  });
});

function without<M extends { readonly response?: unknown; readonly concurrency?: unknown }>(member: M): Omit<M, "response" | "concurrency"> {
  const { response: _, concurrency: __, ...rest } = member;
  return rest;
}

describe("notes", () => {
  it("say that turns are more even than assumed, where it makes a difference", () => {
    const notesAt = (load: number, kind: "round_robin" | "least_connections" | "random", parts = {}) => runScenario(backendWith({
      demand: rateDemand(400 * load), timeouts: patient, strategy: { algorithm: { kind }, retry: { count: 1, on: ["error"], unsafe: false } }, servers: ["a", "b", "c", "d"].map((name) => serverOf(name, 100, 0.1, parts)),
    }), { durationSeconds: 600 }).notes.filter((note) => note.includes("in turn"));
    assert.equal(notesAt(0.9, "round_robin").length, 1);
    assert.deepEqual([...notesAt(0.5, "round_robin"), ...notesAt(0.9, "random"), ...notesAt(0.9, "least_connections"), ...notesAt(0.9, "round_robin", { maxConnections: 10 })], []);
  });
});

describe("waiting", () => {
  it("in front of a connection limit ends at its room and at its timeout", () => {
    const limited = (maxQueue: number, queueSeconds: number) =>
      runScenario(pool(undefined, {
        demand: rateDemand(400), replica: replicaOf(100, { maxConnections: 10 }), maxQueue, scale: scaleWith(2, 2), timeouts: { ...patient, queueSeconds },
      }), { durationSeconds: 300 }).points.at(-1)?.queue;
    assert.equal(limited(30, 60), 60);
    assert.equal(limited(30_000, 5), 1000);
    assert.equal(limited(0, 5), 0);
  });

  it("at a member ends when the client gives up", () => {
    const report = runScenario(pool(undefined, { demand: rateDemand(400), scale: scaleWith(2, 2), timeouts: { ...patient, readSeconds: 10.1 } }), { durationSeconds: 300 });
    assert.equal(report.points.at(-1)?.queue, 200 * 10);
  });

  it("shows in the step in which a backlog drains", () => {
    // 15 s at 1,033.3 rps leave 500 requests too many for 1,000 rps.
    const bursty = trafficWith({ shape: { kind: "base", ratePerSecond: 900 }, bursts: [{ factor: 31 / 27, at: { kind: "time", secondOfDay: 60 }, seconds: 15, origin }] });
    const report = runScenario(pool(undefined, { scale: scaleWith(10, 10) }), { traffic: { traffic: bursty, factor: 1 }, durationSeconds: 120 });
    const calm = at(report, 0).responseTime ?? NaN;
    const waiting = at(report, 60).queue;
    assert.ok(Math.abs(waiting - 500 - at(report, 45).queue) < 1e-2, String(waiting));
    // The excess over the steady queue drains at 100 rps in about 5 s of the 15 s, from a wait of half a second.
    const excess = waiting - at(report, 75).queue;
    const expected = (excess / 2 / 1000) * Math.min(1, excess / 100 / 15);
    assert.ok(Math.abs((at(report, 75).responseTime ?? NaN) - calm - expected) < 1e-3, `${at(report, 75).responseTime} is ${calm} + ${expected}`);
    assert.equal(at(report, 105).responseTime, calm);
  });
});
