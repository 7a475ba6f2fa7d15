/** A run can be stopped from within its work, and its limits hold. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { valueAtRank } from "../../../language/src/simulate/flow/rank.ts";
import { mixPercentileSeconds } from "../../../language/src/simulate/flow/response-mix.ts";
import { Cancelled, paceOf, partOf } from "../../../language/src/simulate/pace.ts";
import type { SimulationControl } from "../../../language/src/simulate/report.ts";
import { simulatePolicy } from "../../../language/src/simulate/simulate.ts";
import { backendWith, curve, origin, policyWith, rateDemand, replicaOf, scaleWith, scenarioWith, serverOf, trafficWith } from "../../helpers/policies.ts";
import { pool, rule } from "./runs.ts";

const day = 86_400;

describe("the pace of a run", () => {
  it("looks whether it shall go on after some thousand units of work, whatever they are spent on", () => {
    let looks = 0;
    const pace = paceOf({ isCancelled: () => ++looks > 4 });
    assert.throws(() => {
      for (let unit = 0; unit < 1e6; unit++) pace.work(1);
    }, Cancelled);
    assert.equal(looks, 5);
    assert.throws(() => paceOf({ isCancelled: () => true }).work(1), Cancelled);
  });
  it("tells of a part of the run as of the whole, rising, a hundred times at most", () => {
    const told: number[] = [];
    const pace = paceOf({ onProgress: (fraction) => told.push(fraction) });
    const [first, second] = [partOf(pace, 0, 0.1), partOf(pace, 0.1, 1)];
    for (let step = 0; step <= 10_000; step++) first.reached(step / 10_000);
    for (let step = 0; step <= 10_000; step++) second.reached(step / 10_000);
    assert.ok(told.length > 90 && told.length <= 101 && told.at(-1) === 1, told.join(" "));
    assert.ok(told.every((fraction, index) => index === 0 || fraction > (told[index - 1] ?? 0)));
  });
  it("is asked in the percentiles of many laws and in the choice among many values", () => {
    const stop = (): SimulationControl => {
      let looks = 0;
      return { isCancelled: () => ++looks > 1 };
    };
    const parts = Array.from({ length: 5000 }, (_, index) => ({ weight: 1, offsetSeconds: index / 1000, law: { serviceSeconds: 1, variation: 1, waitProbability: 0, waitDecayPerSecond: Infinity } }));
    assert.throws(() => mixPercentileSeconds(parts, 0.95, paceOf(stop())), Cancelled);
    assert.throws(() => valueAtRank(Float64Array.from({ length: 400_000 }, (_, index) => Math.sin(index)), 200_000, paceOf(stop())), Cancelled);
  });
});

describe("a percentile of a mixture", () => {
  it("is right where a constant answer without a wait ends exactly at an end of the search", () => {
    const constant = { weight: 1, offsetSeconds: 0, law: { serviceSeconds: 1, variation: 0, waitProbability: 0, waitDecayPerSecond: Infinity } };
    const exponential = { weight: 1, offsetSeconds: 0, law: { serviceSeconds: 1, variation: 1, waitProbability: 0, waitDecayPerSecond: Infinity } };
    // Half take exactly 1 s, half are exponential: P(T > t) = e^−t / 2 from 1 s on, so p95 is at ln 10.
    const p95 = mixPercentileSeconds([constant, exponential], 0.95) ?? NaN;
    assert.ok(Math.abs(p95 - Math.log(10)) < 1e-6, String(p95));
  });
});

describe("a value by its rank", () => {
  it("is the one at that place of all in order", () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })), { minLength: 1, maxLength: 60 }), fc.nat(), (values, place) => {
      const rank = place % values.length;
      const sorted = [...values].sort((a, b) => a - b);
      assert.ok(valueAtRank(Float64Array.from(values), rank) === sorted[rank]);
    }), { numRuns: 1000 });
  });
});

describe("a run that is told to stop", () => {
  const noisy = trafficWith({ noise: { fraction: 0.1, seed: 1 } });
  const expectations = [
    { measure: "p95", operator: "<", value: 2, asShare: false, origin },
    { measure: "load_factor", operator: "<", value: 0.9, asShare: false, ofTime: 0.95, origin },
  ] as const;
  const fixed = backendWith({ servers: Array.from({ length: 300 }, (_, index) => serverOf(`s${index}`, 10, 0.05 + index / 1000)), strategy: { algorithm: { kind: "least_connections" }, retry: { count: 1, on: ["error"], unsafe: false } } });
  const cases = [
    ["an elastic pool", pool(undefined, { replica: replicaOf(100, { response: curve([[1, 0.1], [20, 0.2]]), concurrency: 20 }), scale: scaleWith(2, 5) })],
    ["many unlike servers", fixed],
  ] as const;
  for (const [name, backend] of cases) {
    it(`stops at each of its looks: ${name}`, () => {
      const policy = policyWith({ backends: [backend], traffics: [noisy], scenarios: [scenarioWith(backend, { traffic: { traffic: noisy, factor: 1 }, durationSeconds: 3600, expectations })] });
      let all = 0;
      assert.equal(simulatePolicy(policy, { scenario: "case" }, { isCancelled: () => ++all < 0 }).kind, "report");
      assert.ok(all >= 2, `${all} looks`);
      for (const last of new Set([1, 2, Math.ceil(all / 2), all - 1, all])) {
        let looks = 0;
        assert.deepEqual(simulatePolicy(policy, { scenario: "case" }, { isCancelled: () => ++looks >= last }), { kind: "cancelled" });
        assert.equal(looks, last);
      }
    });
  }
  it("looks before the rates of two million steps are there", () => {
    const fractions: number[] = [];
    let reached = 0;
    const outcome = simulatePolicy(policyWith({ backends: [cases[0][1]], traffics: [noisy] }), { traffic: "load", durationSeconds: 2_000_000, stepSeconds: 1 }, {
      onProgress: (fraction) => (reached = fraction),
      isCancelled: () => fractions.push(reached) > 40,
    });
    assert.equal(outcome.kind, "cancelled");
    assert.ok((fractions.at(-1) ?? 1) < 0.1, fractions.join(" "));
  });
});

describe("a pool that never rests", () => {
  // 100 rps on members of 100 rps: a load factor of 1 and of 0.5 by turns, at every evaluation.
  const restless = pool(rule(0.9, ">", { kind: "add", count: 1 }, { rules: [
    { metric: { kind: "builtin", name: "load_factor" }, operator: ">", value: 0.9, dimension: "ratio", forSeconds: 0, action: { kind: "add", count: 1 }, origin },
    { metric: { kind: "builtin", name: "load_factor" }, operator: "<", value: 0.9, dimension: "ratio", forSeconds: 0, action: { kind: "remove", count: 1 }, origin },
  ] }), { demand: rateDemand(100) }, 0);

  it("is simulated as long as its changes can be kept, and refused with LBP3817 beyond", () => {
    const within = simulatePolicy(policyWith({ backends: [restless] }), { durationSeconds: day });
    assert.equal(within.kind === "report" ? within.report.events.length : within.kind, 5760);
    const beyond = simulatePolicy(policyWith({ backends: [restless] }), { durationSeconds: 18 * day });
    assert.deepEqual(beyond.kind === "refused" ? beyond.diagnostics.map(({ code }) => code) : beyond.kind, ["LBP3817"]);
  });
});
