import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { allenCunneenWaitSeconds, centralQueue, fewestServers, finiteQueue } from "../../../language/src/simulate/queueing/central-queue.ts";
import type { CentralQueue } from "../../../language/src/simulate/queueing/central-queue.ts";
import { erlangB, erlangBInverse, erlangC, slotsForBlocking } from "../../../language/src/simulate/queueing/erlang.ts";
import { choicesResponseSeconds, choicesTail, randomSplitResponseSeconds, roundRobinBusyShare, roundRobinResponseSeconds } from "../../../language/src/simulate/queueing/load-sharing.ts";
import { memberResponse } from "../../../language/src/simulate/queueing/member.ts";
import { responsePercentileSeconds, waitPercentileSeconds } from "../../../language/src/simulate/queueing/response-law.ts";
import { shortestQueueResponseSeconds } from "../../../language/src/simulate/queueing/shortest-queue.ts";
import { constantServiceWaitPercentileSeconds, sharedProcessorResponseSeconds, singleServerWaitSeconds } from "../../../language/src/simulate/queueing/single-server.ts";
import { curve } from "./policy-parts.ts";

type Figures = Readonly<Record<string, number | readonly number[]>>;

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly input: Readonly<Record<string, number>>;
  readonly expected: Figures;
  readonly relTolerance: number;
}

const oracle = JSON.parse(readFileSync(new URL("../../../../test/oracles/queueing-cases.json", import.meta.url), "utf8")) as { readonly count: number; readonly cases: readonly Case[] };

/** What the formulas say to a case, under the names of its expectations. */
const answers: Readonly<Record<string, (input: (name: string) => number, given: Case["input"]) => Figures>> = {
  erlang_b: (input) => ({ blocking: erlangB(input("servers"), input("offeredErlangs")) }),
  erlang_b_inverse: (input) => ({ offeredErlangs: erlangBInverse(input("servers"), input("blocking")) }),
  erlang_b_min_servers: (input) => ({ servers: slotsForBlocking(input("offeredErlangs"), input("maxBlocking")) }),
  erlang_c: (input) => ({ waitProbability: erlangC(input("servers"), input("offeredErlangs")) }),
  mm1: (input) => queueFigures(queue(1, input("arrivalRate"), input("serviceRate"))),
  mmc: (input) => queueFigures(queue(input("servers"), input("arrivalRate"), input("serviceRate"))),
  mm2_closed_form: (input) => queueFigures(queue(input("servers"), input("arrivalRate"), input("serviceRate"))),
  mmck: (input) => {
    const figures = finiteQueue(input("servers"), input("systemCapacity"), input("arrivalRate"), input("serviceRate"));
    return {
      blocking: figures.blocking, L: figures.inSystem, Lq: figures.waiting, throughput: figures.throughputPerSecond,
      W: figures.responseSeconds, Wq: figures.waitSeconds, utilization: figures.utilization,
    };
  },
  md1: (input) => {
    const rate = input("arrivalRate");
    const service = input("serviceTime");
    return { ...singleServer(rate, service, 0), ...percentiles("wait", (p) => constantServiceWaitPercentileSeconds(rate, service, p)) };
  },
  mg1: (input) => singleServer(input("arrivalRate"), input("meanServiceTime"), Math.sqrt(input("scv"))),
  mg1_ps: (input) => {
    const response = (size: number) => sharedProcessorResponseSeconds(input("arrivalRate"), input("meanServiceTime"), size);
    const mean = response(input("meanServiceTime"));
    return { meanResponse: mean, meanResponseOfSize: response(input("jobSize")), L: input("arrivalRate") * mean };
  },
  allen_cunneen: (input) => {
    const wait = allenCunneenWaitSeconds(
      queue(input("servers"), input("arrivalRate"), input("serviceRate")), Math.sqrt(input("arrivalScv")), Math.sqrt(input("serviceScv")),
    );
    return { Wq: wait, W: wait + 1 / input("serviceRate"), Lq: wait * input("arrivalRate") };
  },
  power_of_d: (input) => ({
    meanResponse: choicesResponseSeconds(input("loadPerServer"), input("choices"), input("serviceRate")),
    tailAtLeast: [1, 2, 3, 4, 5, 6].map((atLeast) => choicesTail(input("loadPerServer"), input("choices"), atLeast)),
  }),
  policy_mean_response: (input) => {
    const [servers, load, rate] = [input("servers"), input("loadPerServer"), input("serviceRate")];
    return {
      random: randomSplitResponseSeconds(load, rate),
      roundRobin: roundRobinResponseSeconds(servers, load, rate),
      roundRobinSigma: roundRobinBusyShare(servers, load),
      centralQueue: queue(servers, servers * load * rate, rate).responseSeconds,
    };
  },
  jsq_mean_response: (input) => ({
    meanResponse: shortestQueueResponseSeconds(input("servers"), input("loadPerServer"), input("serviceRate"), input("servers") === 2 ? 40 : 14),
  }),
  mmc_min_servers: (input, { maxWaitProbability = 1, maxMeanWaitSeconds = Infinity }) => ({
    servers: fewestServers(input("arrivalRate"), input("serviceRate"), (candidate) =>
      candidate.waitProbability <= maxWaitProbability && candidate.waitSeconds <= maxMeanWaitSeconds,
    ),
  }),
};

describe("queueing formulas agree with the recorded answers", () => {
  it("of which there are 56", () => {
    assert.equal(oracle.cases.length, oracle.count);
    assert.equal(oracle.count, 56);
  });
  for (const { id, kind, input, expected, relTolerance } of oracle.cases) {
    it(id, () => {
      const answer = answers[kind]?.((name) => {
        const value = input[name];
        assert.ok(value !== undefined, `the case has no ${name}`);
        return value;
      }, input);
      assert.ok(answer !== undefined, `no formula for ${kind}`);
      for (const [name, value] of Object.entries(expected)) agree(`${name}`, answer[name], value, relTolerance);
    });
  }
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

function queue(servers: number, arrivalsPerSecond: number, servicePerSecond: number): CentralQueue {
  const result = centralQueue(servers, arrivalsPerSecond, servicePerSecond);
  assert.ok(result !== undefined);
  return result;
}

function queueFigures(figures: CentralQueue): Figures {
  return {
    utilization: figures.utilization, waitProbability: figures.waitProbability, Lq: figures.waiting, L: figures.inSystem, Wq: figures.waitSeconds, W: figures.responseSeconds,
    ...percentiles("wait", (p) => waitPercentileSeconds(figures.law, p)), ...percentiles("response", (p) => responsePercentileSeconds(figures.law, p)),
  };
}

function singleServer(rate: number, service: number, variation: number): Figures {
  const wait = singleServerWaitSeconds(rate, service, variation);
  return { utilization: rate * service, Wq: wait, W: wait + service, Lq: rate * wait, L: rate * (wait + service) };
}

function percentiles(prefix: string, at: (p: number) => number): Figures {
  return Object.fromEntries([50, 90, 95, 99].map((percent) => [`${prefix}P${percent}`, at(percent / 100)]));
}

function agree(name: string, actual: number | readonly number[] | undefined, expected: number | readonly number[] | undefined, relativeTolerance: number): void {
  if (typeof expected === "object") {
    expected.forEach((value, index) => agree(`${name}[${index}]`, typeof actual === "object" ? actual[index] : undefined, value, relativeTolerance));
    return;
  }
  assert.ok(typeof actual === "number" && expected !== undefined, `${name} is missing`);
  // Doubles end at 1e-300; what is expected below that counts as 0.
  assert.ok(Math.abs(actual - expected) <= relativeTolerance * Math.abs(expected) + 1e-300, `${name}: ${actual} instead of ${expected}`);
}
