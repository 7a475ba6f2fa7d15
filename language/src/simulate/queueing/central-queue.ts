/** M/M/k: one queue in front of k exponential servers, with unlimited or finite room. Rates per second, times in seconds. */
import { erlangC, inverseBlocking } from "./erlang.ts";
import { waitFactor } from "./pool-figures.ts";
import type { ResponseLaw } from "./response-law.ts";

export interface CentralQueue {
  /** a/k. */
  readonly utilization: number;
  readonly waitProbability: number;
  readonly waitSeconds: number;
  readonly responseSeconds: number;
  /** Mean number waiting. */
  readonly waiting: number;
  /** Mean number waiting and being served. */
  readonly inSystem: number;
  /** For percentiles. */
  readonly law: ResponseLaw;
}

/**
 * M/M/k in steady state: Wq = C/(kμ − λ), W = Wq + 1/μ.
 * @param slots k > 0, need not be whole
 * @returns undefined where λ ≥ kμ
 */
export function centralQueue(slots: number, arrivalsPerSecond: number, servicePerSecond: number): CentralQueue | undefined {
  const spare = slots * servicePerSecond - arrivalsPerSecond;
  if (spare <= 0) return undefined;
  const serviceSeconds = 1 / servicePerSecond;
  const waitProbability = erlangC(slots, arrivalsPerSecond * serviceSeconds);
  const waitSeconds = waitProbability / spare;
  return {
    utilization: arrivalsPerSecond / (slots * servicePerSecond),
    waitProbability,
    waitSeconds,
    responseSeconds: waitSeconds + serviceSeconds,
    waiting: arrivalsPerSecond * waitSeconds,
    inSystem: arrivalsPerSecond * (waitSeconds + serviceSeconds),
    law: { serviceSeconds, variation: 1, waitProbability, waitDecayPerSecond: spare },
  };
}

/**
 * Mean wait of GI/G/k: that of M/M/k times (Ca² + Cs²)/2, the squared coefficients of variation of the times between arrivals and of the service. An
 * approximation; exact for M/M/k and for M/G/1.
 * Source: A. O. Allen, Probability, Statistics and Queueing Theory (1990), Allen–Cunneen.
 */
export function allenCunneenWaitSeconds(queue: CentralQueue, arrivalVariation: number, serviceVariation: number): number {
  return queue.waitSeconds * (waitFactor(serviceVariation) + (arrivalVariation * arrivalVariation - 1) / 2);
}

/** The fewest whole servers for which `isEnough` holds; never fewer than have a steady state. It must hold from some number on. */
export function fewestServers(arrivalsPerSecond: number, servicePerSecond: number, isEnough: (queue: CentralQueue) => boolean): number {
  for (let servers = Math.floor(arrivalsPerSecond / servicePerSecond) + 1; ; servers++) {
    const queue = centralQueue(servers, arrivalsPerSecond, servicePerSecond);
    if (queue !== undefined && isEnough(queue)) return servers;
  }
}

export interface FiniteQueue {
  /** Share of arrivals that find the room full and are lost. */
  readonly blocking: number;
  readonly throughputPerSecond: number;
  readonly utilization: number;
  /** Share of those taken in that wait. */
  readonly waitProbability: number;
  /** Means over those taken in. */
  readonly waitSeconds: number;
  readonly responseSeconds: number;
  readonly waiting: number;
  readonly inSystem: number;
}

/**
 * M/M/k/K: at most `room` (K ≥ k) requests are waiting or being served, more are lost. Any load has a steady state.
 * @param slots k > 0, need not be whole; `room` − k requests may wait
 */
export function finiteQueue(slots: number, room: number, arrivalsPerSecond: number, servicePerSecond: number): FiniteQueue {
  const erlangs = arrivalsPerSecond / servicePerSecond;
  if (erlangs === 0) return { blocking: 0, throughputPerSecond: 0, utilization: 0, waitProbability: 0, waitSeconds: 0, responseSeconds: 1 / servicePerSecond, waiting: 0, inSystem: 0 };
  // Weights relative to the state "all busy, none waiting"; the states below it weigh 1/B − 1 together. Where ρ > 1 they are taken
  // relative to the full room instead, so that nothing overflows.
  const load = erlangs / slots;
  const places = room - slots;
  const whole = Math.floor(places);
  const ratio = load > 1 ? 1 / load : load;
  let total = 0;
  let waitingWeight = 0;
  let weight = 1;
  for (let step = 0; step <= whole && weight > 0; step++) {
    const waiting = load > 1 ? whole - step : step;
    total += weight;
    waitingWeight += weight * waiting;
    if (step < whole) weight *= ratio;
  }
  const allBusy = load > 1 ? weight : 1;
  const full = load > 1 ? 1 : weight;
  const allBusyButNotFull = total - full;
  total += allBusy * (inverseBlocking(slots, erlangs) - 1);
  const blocking = full / total;
  const throughputPerSecond = arrivalsPerSecond * (1 - blocking);
  const waiting = waitingWeight / total;
  const waitSeconds = waiting / throughputPerSecond;
  return {
    blocking,
    throughputPerSecond,
    utilization: throughputPerSecond / (slots * servicePerSecond),
    waitProbability: total === full ? 0 : Math.max(0, allBusyButNotFull / (total - full)),
    waitSeconds,
    responseSeconds: waitSeconds + 1 / servicePerSecond,
    waiting,
    inSystem: waiting + throughputPerSecond / servicePerSecond,
  };
}
