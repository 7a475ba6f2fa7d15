import assert from "node:assert/strict";
import { erlangB, erlangC } from "../../../language/src/simulate/queueing/erlang.ts";
import { memberResponse } from "../../../language/src/simulate/queueing/member.ts";
import type { SteadyResponse } from "../../../language/src/simulate/queueing/member.ts";
import type { Member } from "../../../language/src/model/policy.ts";
import * as figures from "../../../language/src/simulate/queueing/pool-figures.ts";
import { responsePercentileSeconds, responseTail, waitTail } from "../../../language/src/simulate/queueing/response-law.ts";
import { constantMember, curve } from "./policy-parts.ts";

describe("figures of a pool (language.md §4)", () => {
  it("servers of 2 s, 3 s, 4 s that take 3, 3, 4 of 10 requests average 3.1 s", () => {
    near(figures.unloadedAverageSeconds([0.3, 0.3, 0.4], [2, 3, 4]), 3.1, 1e-12);
  });
  it("shares of 60/30/10 % give 2.5 s, weights 2:1:1 are 50/25/25 % and give 2.75 s", () => {
    near(figures.unloadedAverageSeconds([0.6, 0.3, 0.1], [2, 3, 4]), 2.5, 1e-12);
    assert.deepEqual(figures.weightShares([2, 1, 1]), [0.5, 0.25, 0.25]);
    near(figures.unloadedAverageSeconds(figures.weightShares([2, 1, 1]), [2, 3, 4]), 2.75, 1e-12);
  });
  it("load 80 of 100 with target 0.7 deviates by 0.1 and asks for 8/7 of the pool, not for less", () => {
    const load = figures.loadFactor(80, 100);
    near(figures.deviation(load, 0.7), 0.1, 1e-12);
    near(figures.growthFactor(load, 0.7), 8 / 7, 1e-12);
  });
  it("1000 of 1200 rps is a load factor of 0.833, and a target of 0.8 needs 1250 rps", () => {
    near(figures.loadFactor(1000, 1200), 0.8333, 1e-4);
    near(figures.capacityNeeded(1000, 0.8), 1250, 1e-9);
  });
  it("rounds the members needed up, but not for a rounding error", () => {
    assert.equal(figures.membersFor(1100, 15, 0.7), 105);
    for (let members = 1; members <= 1000; members++) assert.equal(figures.membersFor(members * (15 * 0.7), 15, 0.7), members);
    assert.equal(figures.membersFor(10.6, 15, 0.7), 2);
    assert.equal(figures.membersFor(0, 15, 0.7), 0);
  });
});

describe("Erlang's formulas for any number of slots", () => {
  it("are 1/3 for C(2, 1) and 4/9 for C(3, 2)", () => {
    near(erlangC(2, 1), 1 / 3, 1e-14);
    near(erlangC(3, 2), 4 / 9, 1e-14);
  });
  it("do not jump where the slots pass a whole number, and fall with every slot", () => {
    for (const [slots, load] of [[1, 0.7], [2, 0.5], [3, 0.95], [17, 0.8], [250, 0.9], [4000, 0.99]] as const) {
      const erlangs = slots * load;
      const at = erlangC(slots, erlangs);
      near(erlangC(slots - 1e-9, erlangs), at, 1e-6);
      near(erlangC(slots + 1e-9, erlangs), at, 1e-6);
      let last = erlangC(slots, erlangs);
      for (let part = 1; part <= 20; part++) {
        const next = erlangC(slots + part / 10, erlangs);
        assert.ok(next < last, `C(${slots + part / 10}, ${erlangs}) = ${next} after ${last}`);
        last = next;
      }
    }
  });
  it("agree with the integral 1/B = a ∫ e^(−at) (1+t)^k dt at broken k", () => {
    for (const [slots, erlangs] of [[0.3, 0.2], [0.5, 3], [1.5, 0.9], [2.25, 2], [7.75, 6]] as const) {
      near(1 / erlangB(slots, erlangs), integral((u) => (1 + u / erlangs) ** slots * Math.exp(-u), 80), 1e-9);
    }
  });
  it("stay right and quick at a million slots", () => {
    // Halfin–Whitt: with k = a + β√a, C → 1 / (1 + β Φ(β)/φ(β)); the error is of order 1/√a.
    for (const beta of [0.1, 1, 2]) {
      const erlangs = 1e6;
      const limit = 1 / (1 + (beta * normalBelow(beta)) / (Math.exp((-beta * beta) / 2) / Math.sqrt(2 * Math.PI)));
      near(erlangC(erlangs + beta * Math.sqrt(erlangs), erlangs), limit, 4e-3);
    }
  });
  it("lose and wait for nothing at load 0, and make every arrival wait from load 1 on", () => {
    assert.equal(erlangC(3, 0), 0);
    assert.equal(erlangB(3, 0), 0);
    assert.equal(erlangC(3, 3), 1);
  });
});

describe("a member with a response curve", () => {
  const member: Member = { response: curve([1, 0.2], [32, 0.9]), concurrency: 32, variation: 1 };

  it("has 35.6 rps and answers in 258, 459, 627 ms at 10, 25, 30 rps", () => {
    assert.equal(memberResponse(member, 35.55).kind, "steady");
    assert.deepEqual(memberResponse(member, 40), { kind: "saturated", queueGrowthPerSecond: 40 - 32 / 0.9 });
    assert.deepEqual([10, 25, 30].map((rate) => Math.round(steady(member, rate).responseSeconds * 1000)), [258, 459, 627]);
  });
  it("reproduces the README example of llm-inferno/queue-analysis within the rounding of its curve", () => {
    const model: Member = { response: curve([1, 6.417], [48, 12.55]), concurrency: 48, variation: 1 };
    const response = steady(model, 3);
    near(response.responseSeconds, 10.568446, 5e-5);
    near(response.waitSeconds, 0.0282754, 1e-3);
    near(response.inService, 31.620514, 5e-5);
    // Its maximum is 0.1 % below the rate at which the queue has no end.
    near((48 / 12.55) * 0.999, 3.8208232, 5e-5);
    assert.equal(memberResponse(model, 3.8208232).kind, "steady");
    assert.equal(memberResponse(model, 3.83).kind, "saturated");
  });
  it("is Erlang C where the curve is flat, for whole and for broken slots", () => {
    for (const slots of [0.6, 1, 2.5, 7, 17.3, 400]) {
      const flat = steady({ response: curve([1, 2]), concurrency: slots, variation: 1 }, (slots / 2) * 0.8);
      const nearlyFlat = steady({ response: curve([1, 2], [4000, 2 + 1e-9]), concurrency: slots, variation: 1 }, (slots / 2) * 0.8);
      near(nearlyFlat.responseSeconds, flat.responseSeconds, 1e-7);
      near(nearlyFlat.waitProbability, flat.waitProbability, 1e-6);
    }
  });
  it("agrees with the chain solved state by state", () => {
    for (const [points, slots, rate] of [
      [[[1, 0.2], [32, 0.9]], 32, 34],
      [[[1, 0.65], [24, 1.6]], 24, 14],
      [[[1, 1], [10, 1.5], [100, 9]], 100, 10],
      // Throughput falls after 4 at once, so there are two likely states.
      [[[1, 1], [4, 1], [40, 20], [41, 10.5]], 41, 3.6],
    ] as const) {
      const model = { response: curve(...points), concurrency: slots, variation: 1 };
      const expected = chainByStates(slots, rate, (n) => interpolate(points, n));
      near(steady(model, rate).responseSeconds, expected, 1e-9);
    }
  });
  it("does not jump where the slots pass a whole number", () => {
    for (const slots of [1, 2, 32]) {
      const at = (k: number) => steady({ ...member, concurrency: k }, 0.8 * (slots / (0.2 + ((slots - 1) * 0.7) / 31))).responseSeconds;
      near(at(slots - 1e-9), at(slots), 1e-6);
      near(at(slots + 1e-9), at(slots), 1e-6);
    }
  });
  it("multiplies only the wait by (1 + v²)/2", () => {
    const exponential = steady(member, 33);
    const constant = steady({ ...member, variation: 0 }, 33);
    const wild = steady({ ...member, variation: 3 }, 33);
    near(constant.waitSeconds, exponential.waitSeconds / 2, 1e-12);
    near(wild.waitSeconds, exponential.waitSeconds * 5, 1e-12);
    assert.equal(constant.serviceSeconds, exponential.serviceSeconds);
  });
  it("gives the time to the first token as the wait and the curve at the requests served at once", () => {
    const ttft = curve([1, 0.09], [24, 0.4]);
    const inference: Member = { response: curve([1, 0.65], [24, 1.6]), ttft, concurrency: 24, variation: 1 };
    near(steady(inference, 0).ttftSeconds ?? NaN, 0.09, 1e-12);
    const busy = steady(inference, 14.9);
    near((busy.ttftSeconds ?? NaN) - busy.waitSeconds, 0.4, 0.05);
    // A ttft curve equal to the response curve is the response time itself.
    near(steady({ ...inference, ttft: curve([1, 0.65], [24, 1.6]) }, 12).ttftSeconds ?? NaN, steady(inference, 12).responseSeconds, 1e-12);
  });
  it("answers quickly at a hundred thousand slots", () => {
    const large: Member = { response: curve([1, 1], [100_000, 2]), concurrency: 100_000, variation: 1 };
    for (const load of [0.01, 0.5, 0.9]) {
      const rate = 50_000 * load;
      // So many requests keep close to n = λ·s(n).
      const n = rate / (1 - rate * 1e-5);
      near(steady(large, rate).responseSeconds, 1 + n * 1e-5, 5e-3);
    }
  });
});

describe("a member of constant response time", () => {
  it("is the unloaded time at rate 0 and has no steady state from its capacity on", () => {
    const member = constantMember(600, 2);
    assert.equal(steady(member, 0).responseSeconds, 2);
    assert.deepEqual(memberResponse(member, 600), { kind: "saturated", queueGrowthPerSecond: 0 });
    assert.deepEqual(memberResponse(member, 650), { kind: "saturated", queueGrowthPerSecond: 50 });
  });
  it("has no response time where only its capacity is known, but saturates", () => {
    assert.deepEqual(memberResponse({ capacityPerSecond: 10, variation: 1 }, 5), { kind: "unknown" });
    assert.deepEqual(memberResponse({ capacityPerSecond: 10, variation: 1 }, 15), { kind: "saturated", queueGrowthPerSecond: 5 });
    assert.deepEqual(memberResponse({ variation: 1 }, 15), { kind: "unknown" });
  });
  it("has percentiles that move smoothly with the variation of the service", () => {
    for (const [slots, load] of [[1, 0.5], [2, 0.8], [50, 0.9]] as const) {
      for (const p of [0.5, 0.95, 0.99]) {
        const at = (variation: number) => responsePercentileSeconds(steady({ response: curve([1, 1]), concurrency: slots, variation }, slots * load).law, p);
        near(at(0.999), at(1), 5e-3);
        near(at(1.001), at(1), 5e-3);
        near(at(0.02), at(0), 0.04);
      }
    }
  });
  it("has a percentile law whose mean is the mean response", () => {
    for (const variation of [0.3, 0.7, 1, 1.5, 2]) {
      for (const [slots, load] of [[1, 0.3], [4, 0.9], [60, 0.95]] as const) {
        const response = steady({ response: curve([1, 1]), concurrency: slots, variation }, slots * load);
        near(integral((t) => responseTail(response.law, t), 80 * response.responseSeconds), response.responseSeconds, 2e-3);
      }
    }
  });
});

function steady(member: Member, ratePerSecond: number): SteadyResponse {
  const response = memberResponse(member, ratePerSecond);
  assert.equal(response.kind, "steady");
  if (response.kind !== "steady") throw new Error("not steady");
  return response;
}

function near(actual: number, expected: number, relativeTolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= relativeTolerance * Math.max(Math.abs(expected), 1e-9), `${actual} instead of ${expected}`);
}

/** Simpson's rule from 0, with finer steps near 0. */
function integral(f: (t: number) => number, to: number): number {
  const steps = 40_000;
  const value = (index: number) => {
    const u = index / steps;
    return f(to * u ** 3) * 3 * to * u * u;
  };
  let sum = value(0) + value(steps);
  for (let index = 1; index < steps; index++) sum += (index % 2 === 1 ? 4 : 2) * value(index);
  return sum / (3 * steps);
}

function normalBelow(x: number): number {
  return 0.5 + integral((t) => Math.exp((-t * t) / 2), x) / Math.sqrt(2 * Math.PI);
}

function interpolate(points: readonly (readonly [number, number])[], n: number): number {
  const after = points.findIndex(([at]) => at >= n);
  const b = points[after] ?? points.at(-1);
  const a = points[after - 1] ?? b;
  if (a === undefined || b === undefined || a[0] === b[0]) return b?.[1] ?? NaN;
  return a[1] + ((n - a[0]) / (b[0] - a[0])) * (b[1] - a[1]);
}

/** E[n]/λ of the chain cut off far above k. */
function chainByStates(slots: number, rate: number, seconds: (n: number) => number): number {
  let logWeight = 0;
  const logs = [0];
  for (let n = 1; n < slots + 20_000; n++) {
    const busy = Math.min(n, slots);
    logWeight += Math.log(rate / (busy / seconds(busy)));
    logs.push(logWeight);
  }
  const top = Math.max(...logs);
  let total = 0;
  let mean = 0;
  logs.forEach((log, n) => {
    total += Math.exp(log - top);
    mean += n * Math.exp(log - top);
  });
  return mean / total / rate;
}

describe("a law without a wait", () => {
  it("has nobody waiting at any time, its end included", () => {
    const law = { serviceSeconds: 2, variation: 0, waitProbability: 0, waitDecayPerSecond: Infinity };
    assert.deepEqual([0, 1, 2].map((t) => waitTail(law, t)), [0, 0, 0]);
    assert.deepEqual([1.999, 2, 2.001].map((t) => responseTail(law, t)), [1, 0, 0]);
  });
});
