/** One member under load: k slots that share a response curve, Poisson arrivals, first come, first served. */
import type { Curve, Member } from "../../model/policy.ts";
import { erlangC } from "./erlang.ts";
import { writeChain, type ChainFigures } from "./birth-death.ts";
import { curveSeconds, isFlat } from "./curve.ts";
import { waitFactor } from "./pool-figures.ts";
import type { ResponseLaw } from "./response-law.ts";

export type MemberResponse = SteadyResponse | SaturatedResponse | UnknownResponse;

/** Means over requests in steady state. Percentiles: `responsePercentileSeconds(response.law, p)`. */
export interface SteadyResponse {
  readonly kind: "steady";
  /** waitSeconds + serviceSeconds. */
  readonly responseSeconds: number;
  readonly waitSeconds: number;
  /** Mean time in service at this load. */
  readonly serviceSeconds: number;
  /** Time to first token, wait included; where the member has a ttft curve. */
  readonly ttftSeconds?: number;
  readonly waitProbability: number;
  /** Mean number being served, and waiting. */
  readonly inService: number;
  readonly waiting: number;
  readonly law: ResponseLaw;
}

/** The load is at or above the capacity: no mean exists, the queue grows by so many requests per second. */
export interface SaturatedResponse {
  readonly kind: "saturated";
  readonly queueGrowthPerSecond: number;
}

/** The member says too little: no response time, or no capacity. */
export interface UnknownResponse {
  readonly kind: "unknown";
}

/**
 * How a member answers `ratePerSecond` (≥ 0).
 * Constant service time: the wait is Erlang C's for k slots; a curve: a birth–death chain with departures n/s(n) up to k and k/s(k) above. Only the wait is
 * multiplied by (1 + v²)/2.
 */
export function memberResponse(member: Member, ratePerSecond: number): MemberResponse {
  const service = memberService(member);
  const capacity = service?.capacityPerSecond ?? member.capacityPerSecond;
  if (capacity !== undefined && ratePerSecond >= capacity) return { kind: "saturated", queueGrowthPerSecond: ratePerSecond - capacity };
  if (service === undefined) return { kind: "unknown" };
  return steadyResponse(service, ratePerSecond);
}

/** What the queueing formulas need of a member. */
export interface MemberService {
  /** k > 0, need not be whole. */
  readonly slots: number;
  readonly response: Curve;
  readonly ttft?: Curve;
  readonly variation: number;
  /** k / s(k). */
  readonly capacityPerSecond: number;
}

/** Slots and capacity of a member, each from the other where only one is given; undefined where there is no response time or neither is known. */
export function memberService(member: Member): MemberService | undefined {
  const { response, ttft, variation, concurrency, capacityPerSecond } = member;
  if (response === undefined) return undefined;
  const slots = concurrency ?? (capacityPerSecond !== undefined && isFlat(response) ? capacityPerSecond * curveSeconds(response, 1) : undefined);
  if (slots === undefined || !(slots > 0)) return undefined;
  const capacity = slots / curveSeconds(response, slots);
  return { slots, response, variation, capacityPerSecond: capacity, ...(ttft === undefined ? {} : { ttft }) };
}

/** The capacity of a member in requests per second: as given, else k / s(k). */
export function memberCapacity(member: Member): number | undefined {
  return member.capacityPerSecond ?? memberService(member)?.capacityPerSecond;
}

/** A steady state in numbers that are written in place, for whoever asks at every step of a run. */
export interface SteadyFigures extends ChainFigures {
  waitSeconds: number;
  serviceSeconds: number;
  waitDecayPerSecond: number;
  waiting: number;
  /** Wait included; NaN without a ttft curve. */
  ttftSeconds: number;
}

export function createSteadyFigures(): SteadyFigures {
  // Not whole, so that the fields are made for numbers that are not.
  return { waitSeconds: 0.5, serviceSeconds: 0.5, waitProbability: 0.5, waitDecayPerSecond: 0.5, inService: 0.5, waiting: 0.5, firstTokenSeconds: NaN, ttftSeconds: NaN };
}

/** Steady state of a member whose capacity exceeds `ratePerSecond`. */
export function writeSteady(figures: SteadyFigures, service: MemberService, ratePerSecond: number): void {
  const { slots, response, ttft, capacityPerSecond } = service;
  const load = ratePerSecond / capacityPerSecond;
  if (isFlat(response) && (ttft === undefined || isFlat(ttft))) {
    figures.serviceSeconds = curveSeconds(response, 1);
    figures.waitProbability = erlangC(slots, ratePerSecond * figures.serviceSeconds);
    figures.firstTokenSeconds = ttft === undefined ? NaN : curveSeconds(ttft, 1);
  } else if (load < 1e-12) {
    figures.serviceSeconds = curveSeconds(response, 1);
    figures.waitProbability = 0;
    figures.firstTokenSeconds = ttft === undefined ? NaN : curveSeconds(ttft, 1);
  } else {
    writeChain(figures, slots, response, ttft, ratePerSecond);
    figures.serviceSeconds = figures.inService / ratePerSecond;
  }
  const factor = waitFactor(service.variation);
  const spare = capacityPerSecond * (1 - load);
  figures.waitSeconds = (factor * figures.waitProbability) / spare;
  figures.waitDecayPerSecond = spare / factor;
  figures.inService = ratePerSecond * figures.serviceSeconds;
  figures.waiting = ratePerSecond * figures.waitSeconds;
  figures.ttftSeconds = figures.waitSeconds + figures.firstTokenSeconds;
}

/** Steady state of a member whose capacity exceeds `ratePerSecond`. */
export function steadyResponse(service: MemberService, ratePerSecond: number): SteadyResponse {
  const figures = createSteadyFigures();
  writeSteady(figures, service, ratePerSecond);
  return steadyOf(figures, service);
}

export function steadyOf(figures: SteadyFigures, service: MemberService): SteadyResponse {
  const { waitSeconds, serviceSeconds, waitProbability, waitDecayPerSecond, inService, waiting, ttftSeconds } = figures;
  return {
    kind: "steady",
    responseSeconds: waitSeconds + serviceSeconds,
    waitSeconds,
    serviceSeconds,
    waitProbability,
    inService,
    waiting,
    law: { serviceSeconds, variation: service.variation, waitProbability, waitDecayPerSecond },
    ...(service.ttft === undefined ? {} : { ttftSeconds }),
  };
}
