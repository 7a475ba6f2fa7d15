/**
 * The formulas of queueing theory that the figures are made of, for use on their own. Rates per second, times in seconds, shares and loads as fractions. What lies outside
 * a formula's range is told as such, and where no steady state exists the answer is the growth of the queue: never a number that looks valid.
 */
import type { Curve } from "../../model/policy.ts";
import { allenCunneenWaitSeconds, centralQueue, finiteQueue } from "./central-queue.ts";
import type { FiniteQueue } from "./central-queue.ts";
import { erlangB as blockingOf, erlangC as waitProbabilityOf } from "./erlang.ts";
import { choicesResponseSeconds, roundRobinResponseSeconds } from "./load-sharing.ts";
import { steadyResponse } from "./member.ts";
import type { SteadyResponse } from "./member.ts";
import { capacityOf, curveFault } from "./curve.ts";
import { deviation as deviationOf, loadFactor as loadFactorOf, membersFor, unloadedAverageSeconds, weightShares } from "./pool-figures.ts";
import { responsePercentileSeconds, waitPercentileSeconds } from "./response-law.ts";
import { shortestQueueResponseSeconds } from "./shortest-queue.ts";
import { sharedProcessorResponseSeconds, singleServerWaitSeconds } from "./single-server.ts";

/** Arrivals are at or above the capacity: the queue grows by so many requests per second. */
export interface Saturated {
  readonly kind: "saturated";
  readonly queueGrowthPerSecond: number;
}

/** A parameter the formula is not made for, and what it is made for. */
export interface OutsideRange {
  readonly kind: "outside_range";
  readonly parameter: string;
  readonly range: string;
}

export interface Value<T = number> {
  readonly kind: "value";
  readonly value: T;
}

export type Figure<T = number> = Value<T> | OutsideRange;
/** Of formulas that need a load below 1. */
export type SteadyFigure<T = number> = Figure<T> | Saturated;

/** wᵢ / Σ w. Weights from 0 on, at least one above 0. Source: definition. */
export function shares(weights: readonly number[]): Figure<readonly number[]> {
  return within([["weights", weights.every(isFrom0) && weights.some((weight) => weight > 0), "finite numbers from 0 on, not all 0"]]) ?? value(weightShares(weights));
}

/** ρ = λ / c; above 1 where more comes than can be served. λ ≥ 0, c > 0. Source: definition. */
export function loadFactor(arrivalsPerSecond: number, capacityPerSecond: number): Figure {
  return within([rateFrom0(arrivalsPerSecond), positive("capacityPerSecond", capacityPerSecond)]) ?? value(loadFactorOf(arrivalsPerSecond, capacityPerSecond));
}

/** |ρ − target|. ρ ≥ 0, target > 0. Source: definition. */
export function deviation(load: number, target: number): Figure {
  return within([["load", isFrom0(load), "a finite number from 0 on"], positive("target", target)]) ?? value(deviationOf(load, target));
}

/** n* = ⌈λ / (c · target)⌉ members of capacity c. λ ≥ 0, c > 0, 0 < target. Source: the autoscaler's ⌈current · ratio⌉ in steady state. */
export function membersNeeded(arrivalsPerSecond: number, memberCapacityPerSecond: number, targetLoadFactor: number): Figure {
  return within([rateFrom0(arrivalsPerSecond), positive("memberCapacityPerSecond", memberCapacityPerSecond), positive("targetLoadFactor", targetLoadFactor)])
    ?? value(membersFor(arrivalsPerSecond, memberCapacityPerSecond, targetLoadFactor));
}

/** t̄ = Σ pᵢ·sᵢ, the mean response while nothing waits. As many shares, which add up to 1, as times ≥ 0. Source: definition of a mean. */
export function unloadedAverage(sharesOfMembers: readonly number[], seconds: readonly number[]): Figure {
  const sum = sharesOfMembers.reduce((total, share) => total + share, 0);
  return within([
    ["shares", sharesOfMembers.every(isFrom0) && Math.abs(sum - 1) < 1e-9, "numbers from 0 on that add up to 1"],
    ["seconds", seconds.length === sharesOfMembers.length && seconds.every(isFrom0), "a time from 0 on for each share"],
  ]) ?? value(unloadedAverageSeconds(sharesOfMembers, seconds));
}

/**
 * Erlang B: the share of arrivals that M/M/k/k loses. k > 0, need not be whole; a = λ·s ≥ 0 erlangs; any load. Both at most 10⁹.
 * Source: A. K. Erlang (1917); continued to real k by D. L. Jagerman, Bell System Technical Journal 53 (1974) 525–551.
 */
export function erlangB(slots: number, offeredErlangs: number): Figure {
  return within([slotsOf(slots), ["offeredErlangs", isFrom0(offeredErlangs) && offeredErlangs <= largest, "from 0 to 10⁹"]]) ?? value(blockingOf(slots, offeredErlangs));
}

/** Erlang C: the share of arrivals that wait in M/M/k. k > 0, need not be whole; λ·s < k. Source: as Erlang B; C = B / (1 − (a/k)(1 − B)). */
export function erlangC(slots: number, arrivalsPerSecond: number, serviceSeconds: number): SteadyFigure {
  return withinQueue(slots, arrivalsPerSecond, serviceSeconds) ?? value(waitProbabilityOf(slots, arrivalsPerSecond * serviceSeconds));
}

/** Mean wait of M/M/k: Wq = C / (kμ − λ). k > 0, λ·s < k. Source: A. K. Erlang (1917). */
export function meanWait(slots: number, arrivalsPerSecond: number, serviceSeconds: number): SteadyFigure {
  return withinQueue(slots, arrivalsPerSecond, serviceSeconds) ?? steadily(slots, arrivalsPerSecond, serviceSeconds, (queue) => queue.waitSeconds);
}

/** Mean response of M/M/k: s + Wq. k > 0, λ·s < k. */
export function meanResponse(slots: number, arrivalsPerSecond: number, serviceSeconds: number): SteadyFigure {
  return withinQueue(slots, arrivalsPerSecond, serviceSeconds) ?? steadily(slots, arrivalsPerSecond, serviceSeconds, (queue) => queue.responseSeconds);
}

/** The smallest t with P(wait ≤ t) ≥ p in M/M/k: max(0, ln(C / (1 − p)) / (kμ − λ)). 0 < p < 1, λ·s < k. Source: the wait of those that wait is exponential. */
export function waitPercentile(slots: number, arrivalsPerSecond: number, serviceSeconds: number, p: number): SteadyFigure {
  return withinQueue(slots, arrivalsPerSecond, serviceSeconds, fraction(p)) ?? steadily(slots, arrivalsPerSecond, serviceSeconds, (queue) => waitPercentileSeconds(queue.law, p));
}

/**
 * The smallest t with P(response ≤ t) ≥ p in M/M/k, from the tail (1 − C)e^(−μt) + C(μe^(−δt) − δe^(−μt))/(μ − δ), δ = kμ − λ. 0 < p < 1, λ·s < k.
 * Source: the sum of the wait and an independent exponential service.
 */
export function responsePercentile(slots: number, arrivalsPerSecond: number, serviceSeconds: number, p: number): SteadyFigure {
  return withinQueue(slots, arrivalsPerSecond, serviceSeconds, fraction(p)) ?? steadily(slots, arrivalsPerSecond, serviceSeconds, (queue) => responsePercentileSeconds(queue.law, p));
}

/** Mean wait of M/G/1, exact: ρs(1 + v²)/(2(1 − ρ)). v ≥ 0 the coefficient of variation of the service, ρ = λ·s < 1. Source: Pollaczek–Khinchine (1930, 1932). */
export function singleServerWait(arrivalsPerSecond: number, serviceSeconds: number, variation: number): SteadyFigure {
  return withinQueue(1, arrivalsPerSecond, serviceSeconds, spread("variation", variation)) ?? value(singleServerWaitSeconds(arrivalsPerSecond, serviceSeconds, variation));
}

/** Mean response of a request that needs `sizeSeconds` alone where all share one processor: x/(1 − ρ), whatever the law. ρ = λ·s < 1, x ≥ 0. Source: L. Kleinrock, Queueing Systems II (1976). */
export function processorSharingResponse(arrivalsPerSecond: number, serviceSeconds: number, sizeSeconds: number): SteadyFigure {
  return withinQueue(1, arrivalsPerSecond, serviceSeconds, ["sizeSeconds", isFrom0(sizeSeconds), "a time from 0 on"]) ?? value(sharedProcessorResponseSeconds(arrivalsPerSecond, serviceSeconds, sizeSeconds));
}

/**
 * Mean wait of GI/G/k, approximated: that of M/M/k times (Ca² + Cs²)/2, of the coefficients of variation of the times between arrivals and of the service. Exact for M/M/k and M/G/1.
 * k > 0, λ·s < k, both coefficients ≥ 0. Source: A. O. Allen, Probability, Statistics and Queueing Theory (1990).
 */
export function allenCunneenWait(slots: number, arrivalsPerSecond: number, serviceSeconds: number, arrivalVariation: number, serviceVariation: number): SteadyFigure {
  return withinQueue(slots, arrivalsPerSecond, serviceSeconds, spread("arrivalVariation", arrivalVariation), spread("serviceVariation", serviceVariation))
    ?? steadily(slots, arrivalsPerSecond, serviceSeconds, (queue) => allenCunneenWaitSeconds(queue, arrivalVariation, serviceVariation));
}

/** M/M/k/K: at most K = `room` requests wait or are served, more are lost; any load. k > 0, k ≤ K ≤ k + 10⁷. Source: the truncated birth–death chain. */
export function limitedQueue(slots: number, room: number, arrivalsPerSecond: number, serviceSeconds: number): Figure<FiniteQueue> {
  return within([slotsOf(slots), ["room", room >= slots && room <= slots + 1e7, "at least `slots`, at most 10⁷ more"], rateFrom0(arrivalsPerSecond), positive("serviceSeconds", serviceSeconds)])
    ?? value(finiteQueue(slots, room, arrivalsPerSecond, 1 / serviceSeconds));
}

/** Mean response in turn over n servers of one slot, exact: Eₙ/M/1 with σ = (nρ/(nρ + 1 − σ))ⁿ, s/(1 − σ). n whole ≥ 1, exponential service, λ·s < n. Source: L. Kleinrock, Queueing Systems I (1975), GI/M/1. */
export function roundRobinResponse(servers: number, arrivalsPerSecond: number, serviceSeconds: number): SteadyFigure {
  return withinQueue(servers, arrivalsPerSecond, serviceSeconds, whole("servers", servers, 1, 1e6))
    ?? value(roundRobinResponseSeconds(servers, (arrivalsPerSecond * serviceSeconds) / servers, 1 / serviceSeconds));
}

/**
 * Mean response at the less busy of d servers drawn at random, in the limit of many servers: Σᵢ ρ^((dⁱ − d)/(d − 1))·s; d = 1 is the random split s/(1 − ρ). With few servers it is
 * longer by about 1/n. d whole ≥ 1, exponential service, λ·s < 1 of one server.
 * Source: M. Mitzenmacher, IEEE TPDS 12 (2001) 1094–1104; N. D. Vvedenskaya, R. L. Dobrushin, F. I. Karpelevich (1996).
 */
export function choicesResponse(choices: number, arrivalsPerServerAndSecond: number, serviceSeconds: number): SteadyFigure {
  return withinQueue(1, arrivalsPerServerAndSecond, serviceSeconds, whole("choices", choices, 1, 1000))
    ?? value(choicesResponseSeconds(arrivalsPerServerAndSecond * serviceSeconds, choices, 1 / serviceSeconds));
}

/**
 * Mean response where each request joins the shortest of two or three queues, from the truncated chain of their lengths. Exponential service, λ·s < n.
 * Source: G. Latouche, V. Ramaswami, Introduction to Matrix Analytic Methods (1999), ch. 8.
 */
export function shortestQueueResponse(servers: 2 | 3, arrivalsPerSecond: number, serviceSeconds: number): SteadyFigure {
  return withinQueue(servers, arrivalsPerSecond, serviceSeconds, whole("servers", servers, 2, 3))
    ?? value(shortestQueueResponseSeconds(servers, (arrivalsPerSecond * serviceSeconds) / servers, 1 / serviceSeconds, servers === 2 ? 40 : 14));
}

/**
 * A member that batches: births λ, deaths n/s(n) up to k at once and k/s(k) above; only the wait takes (1 + v²)/2. A curve of one point is M/M/k. k > 0, λ < k/s(k), v ≥ 0; the points
 * of a curve rise in concurrency from 1 on, with times above 0. With `ttft`, also the time to the first token: the wait and that curve at the number in service.
 * Source: the balance equations of a birth–death chain; Allen–Cunneen for v.
 */
export function batchingResponse(response: Curve, slots: number, arrivalsPerSecond: number, variation = 1, ttft?: Curve): SteadyFigure<SteadyResponse> {
  const fault = within([
    slotsOf(slots), rateFrom0(arrivalsPerSecond), spread("variation", variation),
    ["response", curveFault(response) === undefined, curveFault(response) ?? ""],
    ["ttft", ttft === undefined || curveFault(ttft) === undefined, ttft === undefined ? "" : (curveFault(ttft) ?? "")],
  ]);
  if (fault !== undefined) return fault;
  const capacityPerSecond = capacityOf(response, slots);
  if (arrivalsPerSecond >= capacityPerSecond) return { kind: "saturated", queueGrowthPerSecond: arrivalsPerSecond - capacityPerSecond };
  return value(steadyResponse({ slots, response, variation, capacityPerSecond, ...(ttft === undefined ? {} : { ttft }) }, arrivalsPerSecond));
}

type Check = readonly [parameter: string, holds: boolean, range: string];

const largest = 1e9;

function isFrom0(number: number): boolean {
  return Number.isFinite(number) && number >= 0;
}

function rateFrom0(rate: number): Check {
  return ["arrivalsPerSecond", isFrom0(rate) && rate <= largest, "from 0 to 10⁹ per second"];
}

function positive(parameter: string, number: number): Check {
  return [parameter, Number.isFinite(number) && number > 0, "a finite number above 0"];
}

function slotsOf(slots: number): Check {
  return ["slots", slots > 0 && slots <= largest, "above 0, at most 10⁹"];
}

function fraction(p: number): Check {
  return ["p", p > 0 && p < 1, "between 0 and 1, both excluded"];
}

function spread(parameter: string, variation: number): Check {
  return [parameter, isFrom0(variation), "a finite number from 0 on"];
}

function whole(parameter: string, number: number, least: number, most: number): Check {
  return [parameter, Number.isInteger(number) && number >= least && number <= most, `a whole number from ${least} to ${most}`];
}

function within(checks: readonly Check[]): OutsideRange | undefined {
  const broken = checks.find(([, holds]) => !holds);
  return broken === undefined ? undefined : { kind: "outside_range", parameter: broken[0], range: broken[2] };
}

function withinQueue(slots: number, arrivalsPerSecond: number, serviceSeconds: number, ...checks: readonly Check[]): OutsideRange | Saturated | undefined {
  const fault = within([slotsOf(slots), rateFrom0(arrivalsPerSecond), positive("serviceSeconds", serviceSeconds), ...checks]);
  if (fault !== undefined) return fault;
  const growth = arrivalsPerSecond - slots / serviceSeconds;
  return arrivalsPerSecond * serviceSeconds >= slots ? { kind: "saturated", queueGrowthPerSecond: Math.max(0, growth) } : undefined;
}

function steadily(slots: number, arrivalsPerSecond: number, serviceSeconds: number, of: (queue: NonNullable<ReturnType<typeof centralQueue>>) => number): SteadyFigure {
  const queue = centralQueue(slots, arrivalsPerSecond, 1 / serviceSeconds);
  return queue === undefined ? { kind: "saturated", queueGrowthPerSecond: 0 } : value(of(queue));
}

function value<T>(of: T): Value<T> {
  return { kind: "value", value: of };
}
