/** Recorded answers of queueing theory, and how each kind is put to our formulas. */
import assert from "node:assert/strict";
import { allenCunneenWaitSeconds, centralQueue, fewestServers, finiteQueue } from "../../../language/src/simulate/queueing/central-queue.ts";
import type { CentralQueue } from "../../../language/src/simulate/queueing/central-queue.ts";
import { erlangB, erlangBInverse, erlangC, slotsForBlocking } from "../../../language/src/simulate/queueing/erlang.ts";
import { choicesResponseSeconds, choicesTail, randomSplitResponseSeconds, roundRobinBusyShare, roundRobinResponseSeconds } from "../../../language/src/simulate/queueing/load-sharing.ts";
import { responsePercentileSeconds, waitPercentileSeconds } from "../../../language/src/simulate/queueing/response-law.ts";
import { shortestQueueResponseSeconds } from "../../../language/src/simulate/queueing/shortest-queue.ts";
import { constantServiceWaitPercentileSeconds, sharedProcessorResponseSeconds, singleServerWaitSeconds } from "../../../language/src/simulate/queueing/single-server.ts";

type Figures = Readonly<Record<string, number | readonly number[]>>;

export interface QueueingCase {
  readonly id: string;
  readonly kind: string;
  readonly input: Readonly<Record<string, number>>;
  readonly expected: Figures;
  readonly relTolerance: number;
  readonly simulationTolerance?: number;
}

/** What is wrong with our answer to a case; undefined where it agrees. */
export function queueingFault({ kind, input, expected, relTolerance }: QueueingCase): string | undefined {
  const missing: string[] = [];
  const answer = answers[kind]?.((name) => {
    const value = input[name];
    if (value === undefined) missing.push(name);
    return value ?? NaN;
  }, input);
  if (answer === undefined) return `no formula for ${kind}`;
  if (missing.length > 0) return `the case has no ${missing.join(", ")}`;
  for (const [name, value] of Object.entries(expected)) {
    const fault = difference(name, answer[name], value, relTolerance);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

export function difference(name: string, actual: number | readonly number[] | undefined, expected: number | readonly number[] | undefined, relativeTolerance: number): string | undefined {
  if (typeof expected === "object") {
    return expected.map((value, index) => difference(`${name}[${index}]`, typeof actual === "object" ? actual[index] : undefined, value, relativeTolerance)).find((fault) => fault !== undefined);
  }
  if (typeof actual !== "number" || expected === undefined) return `${name} is missing`;
  // Doubles end at 1e-300; what is expected below that counts as 0.
  return Math.abs(actual - expected) <= relativeTolerance * Math.abs(expected) + 1e-300 ? undefined : `${name}: ${actual} instead of ${expected}`;
}

/** What the formulas say to a case, under the names of its expectations. */
const answers: Readonly<Record<string, (input: (name: string) => number, given: QueueingCase["input"]) => Figures>> = {
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
    meanResponse: shortestQueueResponseSeconds(input("servers"), input("loadPerServer"), input("serviceRate"), input("servers") === 2 ? 40 : input("servers") === 3 ? 14 : 8),
  }),
  mmc_min_servers: (input, { maxWaitProbability = 1, maxMeanWaitSeconds = Infinity }) => ({
    servers: fewestServers(input("arrivalRate"), input("serviceRate"), (candidate) =>
      candidate.waitProbability <= maxWaitProbability && candidate.waitSeconds <= maxMeanWaitSeconds,
    ),
  }),
};

export function queue(servers: number, arrivalsPerSecond: number, servicePerSecond: number): CentralQueue {
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
