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

/** What is wrong with our answer to a case; undefined where it agrees. Throws an error with a sentence where the case cannot be put to a formula. */
export function queueingFault(recorded: QueueingCase): string | undefined {
  const { kind, input, expected, relTolerance } = recorded;
  const formula = Object.hasOwn(answers, kind) ? answers[kind] : undefined;
  if (formula === undefined) return `no formula for ${kind}`;
  if (!isObject(input) || !isObject(expected)) return "the case has no `input` or no `expected`";
  if (Object.keys(expected).length === 0) return "nothing is expected";
  if (typeof relTolerance !== "number") return "the case has no `relTolerance`";
  const answer = formula((name) => {
    const value: unknown = input[name];
    if (value === undefined) throw new Error(`the case has no ${name}`);
    if (typeof value !== "number" || !(value >= 0)) throw new Error(`${name} is ${JSON.stringify(value)}, not a number from 0 on`);
    return value;
  }, recorded);
  for (const [name, value] of Object.entries(expected)) {
    const fault = difference(name, answer[name], value, relTolerance);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function difference(name: string, actual: number | readonly number[] | undefined, expected: number | readonly number[] | undefined, relativeTolerance: number): string | undefined {
  if (Array.isArray(expected)) {
    return expected.map((value, index) => difference(`${name}[${index}]`, typeof actual === "object" ? actual[index] : undefined, value, relativeTolerance)).find((fault) => fault !== undefined);
  }
  if (typeof actual !== "number") return `${name} is missing in our answer`;
  if (typeof expected !== "number") return `${name} is expected to be ${JSON.stringify(expected)}, which is no number`;
  // Doubles end at 1e-300; what is expected below that counts as 0.
  return Math.abs(actual - expected) <= relativeTolerance * Math.abs(expected) + 1e-300 ? undefined : `${name}: ${actual} instead of ${expected}`;
}

/** What the formulas say to a case, under the names of its expectations. */
const answers: Readonly<Record<string, (input: (name: string) => number, recorded: QueueingCase) => Figures>> = {
  erlang_b: (input) => ({ blocking: erlangB(input("servers"), input("offeredErlangs")) }),
  erlang_b_inverse: (input) => ({ offeredErlangs: erlangBInverse(input("servers"), input("blocking")) }),
  erlang_b_min_servers: (input) => ({ servers: slotsForBlocking(input("offeredErlangs"), input("maxBlocking")) }),
  erlang_c: (input) => ({ waitProbability: erlangC(input("servers"), input("offeredErlangs")) }),
  mm1: (input, { expected }) => queueFigures(queue(1, input("arrivalRate"), input("serviceRate")), expected),
  mmc: (input, { expected }) => queueFigures(queue(input("servers"), input("arrivalRate"), input("serviceRate")), expected),
  mm2_closed_form: (input, { expected }) => queueFigures(queue(input("servers"), input("arrivalRate"), input("serviceRate")), expected),
  mmck: (input) => {
    const figures = finiteQueue(input("servers"), input("systemCapacity"), input("arrivalRate"), input("serviceRate"));
    return {
      blocking: figures.blocking, L: figures.inSystem, Lq: figures.waiting, throughput: figures.throughputPerSecond,
      W: figures.responseSeconds, Wq: figures.waitSeconds, utilization: figures.utilization,
    };
  },
  md1: (input, { expected }) => {
    const rate = input("arrivalRate");
    const service = input("serviceTime");
    return { ...singleServer(rate, service, 0), ...percentiles("wait", expected, (p) => constantServiceWaitPercentileSeconds(rate, service, p)) };
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
  power_of_d: (input, { expected }) => ({
    meanResponse: choicesResponseSeconds(input("loadPerServer"), input("choices"), input("serviceRate")),
    tailAtLeast: Array.from({ length: Array.isArray(expected["tailAtLeast"]) ? expected["tailAtLeast"].length : 0 }, (_, index) => choicesTail(input("loadPerServer"), input("choices"), index + 1)),
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
  mmc_min_servers: (input, { input: { maxWaitProbability = 1, maxMeanWaitSeconds = Infinity } }) => ({
    servers: fewestServers(input("arrivalRate"), input("serviceRate"), (candidate) =>
      candidate.waitProbability <= maxWaitProbability && candidate.waitSeconds <= maxMeanWaitSeconds,
    ),
  }),
};

export function queue(servers: number, arrivalsPerSecond: number, servicePerSecond: number): CentralQueue {
  const result = centralQueue(servers, arrivalsPerSecond, servicePerSecond);
  assert.ok(result !== undefined, "saturated: there is no steady state");
  return result;
}

function queueFigures(figures: CentralQueue, expected: Figures): Figures {
  return {
    utilization: figures.utilization, waitProbability: figures.waitProbability, Lq: figures.waiting, L: figures.inSystem, Wq: figures.waitSeconds, W: figures.responseSeconds,
    ...percentiles("wait", expected, (p) => waitPercentileSeconds(figures.law, p)), ...percentiles("response", expected, (p) => responsePercentileSeconds(figures.law, p)),
  };
}

function singleServer(rate: number, service: number, variation: number): Figures {
  const wait = singleServerWaitSeconds(rate, service, variation);
  return { utilization: rate * service, Wq: wait, W: wait + service, Lq: rate * wait, L: rate * (wait + service) };
}

/** Of `waitP95` the figure at 0.95, of `waitP999` at 0.999: those that are expected. */
function percentiles(prefix: string, expected: Figures, at: (p: number) => number): Figures {
  return Object.fromEntries(Object.keys(expected).flatMap((name) => {
    const digits = name.startsWith(`${prefix}P`) ? /^\d+$/.exec(name.slice(prefix.length + 1))?.[0] : undefined;
    return digits === undefined ? [] : [[name, at(Number(`0.${digits}`))]];
  }));
}
