import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { choicesResponseSeconds, randomSplitResponseSeconds, roundRobinResponseSeconds } from "../../../language/src/simulate/queueing/load-sharing.ts";
import { finiteQueue } from "../../../language/src/simulate/queueing/central-queue.ts";
import { erlangB } from "../../../language/src/simulate/queueing/erlang.ts";
import { memberResponse } from "../../../language/src/simulate/queueing/member.ts";
import { responsePercentileSeconds } from "../../../language/src/simulate/queueing/response-law.ts";
import { shortestQueueResponseSeconds } from "../../../language/src/simulate/queueing/shortest-queue.ts";
import { curve } from "./policy-parts.ts";
import { difference, queue, queueingFault } from "./queueing-cases.ts";
import type { QueueingCase } from "./queueing-cases.ts";

const oracle = JSON.parse(readFileSync(new URL("../../../../test/oracles/queueing-cases.json", import.meta.url), "utf8")) as { readonly count: number; readonly cases: readonly QueueingCase[] };

describe("queueing formulas agree with the recorded answers", () => {
  it("of which there are 56", () => {
    assert.equal(oracle.cases.length, oracle.count);
    assert.equal(oracle.count, 56);
  });
  for (const recorded of oracle.cases) it(recorded.id, () => assert.equal(queueingFault(recorded), undefined));
});

describe("the response of a member agrees with the recorded M/M/k", () => {
  for (const { id, input, expected } of oracle.cases.filter(({ kind }) => kind === "mmc" || kind === "mm1")) {
    it(id, () => {
      const { servers = 1, arrivalRate = NaN, serviceRate = NaN } = input;
      const response = memberResponse({ response: curve([1, 1 / serviceRate]), concurrency: servers, variation: 1 }, arrivalRate);
      assert.ok(response.kind === "steady");
      agree("W", response.responseSeconds, expected["W"], 1e-9);
      agree("Wq", response.waitSeconds, expected["Wq"], 1e-9);
      agree("L", response.inService + response.waiting, expected["L"], 1e-9);
      agree("responseP99", responsePercentileSeconds(response.law, 0.99), expected["responseP99"], 1e-9);
    });
  }
});

describe("ways of sharing requests (mean response, service time 1; simulation.md §4)", () => {
  it("load 0.9, 10 servers: random 10.0, round robin 5.66, power of two 2.61, central queue 1.67", () => {
    agree("random", randomSplitResponseSeconds(0.9, 1), 10, 1e-9);
    agree("round robin", roundRobinResponseSeconds(10, 0.9, 1), 5.66, 1e-3);
    agree("power of two", choicesResponseSeconds(0.9, 2, 1), 2.61, 2e-3);
    agree("central queue", queue(10, 9, 1).responseSeconds, 1.67, 1e-3);
  });
  it("load 0.9, 2 servers: random 10.0, round robin 7.59, shortest queue 5.47, central queue 5.26", () => {
    agree("random", randomSplitResponseSeconds(0.9, 1), 10, 1e-9);
    agree("round robin", roundRobinResponseSeconds(2, 0.9, 1), 7.59, 1e-3);
    agree("shortest queue", shortestQueueResponseSeconds(2, 0.9, 1, 40), 5.47, 1e-3);
    agree("central queue", queue(2, 1.8, 1).responseSeconds, 5.26, 1e-3);
  });
  it("power of two at load 0.5 … 0.99", () => {
    const loads = [0.5, 0.7, 0.8, 0.9, 0.95, 0.99];
    assert.deepEqual(loads.map((load) => choicesResponseSeconds(load, 2, 1).toFixed(4)), ["1.2657", "1.6145", "1.9474", "2.6141", "3.3830", "5.4320"]);
  });
});

describe("a finite room", () => {
  it("is Erlang B without waiting places and M/M/k with very many", () => {
    agree("blocking", finiteQueue(8, 8, 70, 10).blocking, erlangB(8, 7), 1e-12);
    agree("wait", finiteQueue(8, 5000, 70, 10).waitSeconds, queue(8, 70, 10).waitSeconds, 1e-9);
  });
  it("loses what exceeds its capacity however great the overload", () => {
    const figures = finiteQueue(4, 100_000, 1000, 10);
    agree("throughput", figures.throughputPerSecond, 40, 1e-9);
    agree("waiting", figures.waiting, 100_000 - 4 - 40 / 960, 1e-6);
  });
});

function agree(name: string, actual: number | undefined, expected: number | readonly number[] | undefined, relativeTolerance: number): void {
  assert.equal(difference(name, actual, expected, relativeTolerance), undefined);
}
