/**
 * One step of the flow through like members: arrivals as a rate, a backlog as a number of requests, response times from the queueing formulas.
 *
 * Below capacity the queue is that of the steady state, reached no faster than chance lets a queue grow; at and above capacity, and until it has drained,
 * it is what arrived and could not be served yet.
 */
import { finiteQueue, type FiniteQueue } from "../queueing/central-queue.ts";
import type { MemberService, SteadyResponse } from "../queueing/member.ts";
import { isFlat } from "../queueing/curve.ts";
import { waitFactor } from "../queueing/pool-figures.ts";
import { responseTail, type ResponseLaw } from "../queueing/response-law.ts";
import type { MemberModel } from "./member-model.ts";
import { pooledResponse } from "./pooled-response.ts";
import type { ResponsePart } from "./response-mix.ts";

export interface WaitLimits {
  /** A longer wait in front of a connection limit ends in an error. */
  readonly queueSeconds: number;
  /** A later answer counts as failed. */
  readonly readSeconds: number;
  /** With `stream on` the first token must come within `readSeconds`, else the whole answer. */
  readonly until: "answer" | "first_token";
}

export interface StationStep {
  readonly arrived: number;
  /** Served in this step; `late` of them after the client had given up. */
  readonly served: number;
  readonly late: number;
  /** Turned away or given up on while waiting. */
  readonly dropped: number;
  readonly queueAfter: number;
  /** The part of it that is not the queue of a steady state: what could not be served. */
  readonly backlogAfter: number;
  readonly saturated: boolean;
  /** True where the response times are those of the steady state at this rate, and nothing of the past shows in them. */
  readonly isSteady?: boolean;
  /** Mean number in service, over all members. */
  readonly inService: number;
  /** Undefined where no response time is known. */
  readonly response?: ResponsePart | undefined;
  readonly responseSeconds?: number | undefined;
  readonly firstToken?: ResponsePart | undefined;
}

export type StationStepper = (model: MemberModel, count: number, queue: number, ratePerSecond: number, stepSeconds: number, limits: WaitLimits, poolMembers?: number) => StationStep;

/** Steps of one station; a step from the same state under the same load is not worked out again, as with a constant rate. */
export function createStationStepper(): StationStepper {
  let last: { readonly model: MemberModel; readonly count: number; readonly queue: number; readonly ratePerSecond: number; readonly poolMembers: number | undefined; readonly step: StationStep } | undefined;
  return (model, count, queue, ratePerSecond, stepSeconds, limits, poolMembers) => {
    if (last !== undefined && last.model === model && last.count === count && last.queue === queue && last.ratePerSecond === ratePerSecond && last.poolMembers === poolMembers) return last.step;
    const step = stationStep(model, count, queue, ratePerSecond, stepSeconds, limits, poolMembers);
    last = { model, count, queue, ratePerSecond, poolMembers, step };
    return step;
  };
}

/**
 * @param count members that take traffic
 * @param queue requests waiting at the start of the step
 * @param ratePerSecond arrivals for all of them
 * @param poolMembers the members between which the balancer chooses, in units of this one's capacity; by default these
 */
export function stationStep(
  model: MemberModel, count: number, queue: number, ratePerSecond: number, stepSeconds: number, limits: WaitLimits, poolMembers = count,
): StationStep {
  const arrived = ratePerSecond * stepSeconds;
  if (count === 0) return { arrived, served: 0, late: 0, dropped: arrived + queue, queueAfter: 0, backlogAfter: 0, saturated: arrived > 0, inService: 0 };
  const capacity = count * model.capacityPerSecond;
  const perMember = ratePerSecond / count;
  const { service } = model;
  const saturated = perMember >= model.capacityPerSecond;
  const limited = service === undefined ? undefined : limitedQueue(model, service, perMember, poolMembers);
  const unlimited = service === undefined || saturated ? undefined : pooledResponse(model, service, perMember, poolMembers);
  const steady = unlimited === undefined || limited === undefined ? unlimited : within(unlimited, limited, perMember);
  const lost = steady === undefined ? 0 : ratePerSecond * (limited?.blocking ?? blockedShare(model, steady, perMember, poolMembers)) * stepSeconds;
  const steadyQueue = steady === undefined ? 0 : count * Math.min(steady.waiting, model.waitingRoom);
  const built = builtUp(queue, steadyQueue, arrived, service?.variation ?? 1);
  const backlog = Math.max(0, queue + arrived - lost - capacity * stepSeconds);
  const longest = capacity * longestWait(model, limits);
  const room = Math.min(count * model.waitingRoom, Math.max(longest, built));
  const queueAfter = Math.max(built, Math.min(backlog, room));
  const overflow = Math.max(0, backlog - Math.max(room, built));
  // At a full queue the chance of arrivals loses some more than what exceeds the capacity.
  const dropped = saturated && overflow > 0 ? Math.max(overflow, (limited?.blocking ?? 0) * arrived) : lost + overflow;
  const served = Math.max(0, arrived + queue - dropped - queueAfter);
  const backlogAfter = backlog > built ? queueAfter : 0;
  if (service === undefined) return { arrived, served, late: 0, dropped, queueAfter, backlogAfter, saturated, inService: 0 };

  const steadily = steady !== undefined && backlog <= built;
  const law: ResponseLaw = steadily ? partlyBuilt(steady, queueAfter, steadyQueue) : { serviceSeconds: model.fullServiceSeconds, variation: service.variation, waitProbability: 0, waitDecayPerSecond: Infinity };
  const draining = steadily ? drainedOffset(queue - queueAfter, capacity, ratePerSecond, stepSeconds) : 0;
  const offsetSeconds = !steadily ? (queue + queueAfter) / 2 / capacity : draining < 0.01 * law.serviceSeconds ? 0 : draining;
  const waitSeconds = offsetSeconds + (law.waitProbability === 0 ? 0 : law.waitProbability / law.waitDecayPerSecond);
  const tokenSeconds = steadily ? (steady.ttftSeconds === undefined ? undefined : steady.ttftSeconds - steady.waitSeconds) : model.fullFirstTokenSeconds;
  const tokenLaw: ResponseLaw | undefined = tokenSeconds === undefined ? undefined : {
    serviceSeconds: tokenSeconds, variation: 0, waitProbability: law.waitProbability, waitDecayPerSecond: law.waitDecayPerSecond,
  };
  const judged = limits.until === "first_token" && tokenLaw !== undefined ? tokenLaw : law;
  const lateShare = responseTail(judged, limits.readSeconds - offsetSeconds);
  const late = served * (lateShare < 1e-9 ? 0 : lateShare);
  return {
    arrived,
    served,
    late,
    dropped,
    queueAfter,
    backlogAfter,
    saturated,
    isSteady: steadily && offsetSeconds === 0 && queueAfter >= steadyQueue,
    inService: steadily ? count * steady.inService : count * service.slots,
    response: { weight: served - late, offsetSeconds, law },
    responseSeconds: waitSeconds + law.serviceSeconds,
    firstToken: tokenLaw === undefined ? undefined : { weight: served - late, offsetSeconds, law: tokenLaw },
  };
}

/** Mean wait over a step in which the last of a backlog drains: half of its longest, for as long as it takes. */
function drainedOffset(excess: number, capacity: number, ratePerSecond: number, stepSeconds: number): number {
  if (!(excess > 0)) return 0;
  const drainSeconds = Math.min(stepSeconds, excess / (capacity - ratePerSecond));
  return (excess / 2 / capacity) * (drainSeconds / stepSeconds);
}

/** In steady state, or as far from an empty queue as the variance of arrivals and services carries it in this time (reflected Brownian motion). */
function builtUp(queue: number, steadyQueue: number, arrived: number, variation: number): number {
  const reach = Math.sqrt(queue * queue + (2 / Math.PI) * (1 + variation * variation) * arrived);
  return Math.min(steadyQueue, reach, queue + arrived);
}

function partlyBuilt(steady: SteadyResponse, queue: number, steadyQueue: number): ResponseLaw {
  if (!(queue < steadyQueue) || steady.law.waitProbability === 0 || queue <= 0) return queue <= 0 && steadyQueue > 0 ? { ...steady.law, waitProbability: 0 } : steady.law;
  return { ...steady.law, waitDecayPerSecond: steady.law.waitDecayPerSecond * (steadyQueue / queue) };
}

/** The longest wait that still ends in an answer in time; a hair less, so that a constant service time is not late by a rounding error. */
function longestWait(model: MemberModel, limits: WaitLimits): number {
  const after = limits.until === "first_token" ? (model.fullFirstTokenSeconds ?? model.fullServiceSeconds) : model.fullServiceSeconds;
  const patience = Math.max(0, limits.readSeconds - after) * (1 - 1e-9);
  return model.waitsInProxy ? Math.min(patience, limits.queueSeconds) : patience;
}

/** The queue that its room cuts short, of all members where the balancer passes over full ones; undefined where the room is so large that it does not matter, or unknown. */
function limitedQueue({ waitingRoom, sharing }: MemberModel, { slots, response, capacityPerSecond }: MemberService, perMember: number, poolMembers: number): FiniteQueue | undefined {
  const members = sharing === "chance" ? 1 : Math.max(1, poolMembers);
  if (!(members * waitingRoom <= mostPlaces) || !isFlat(response) || perMember === 0) return undefined;
  return finiteQueue(members * slots, members * (slots + waitingRoom), members * perMember, capacityPerSecond / slots);
}

/** Beyond, a queue below its capacity never fills, and above it is as long as its room. */
const mostPlaces = 1000;

/** The steady state with the waits of the limited queue. */
function within(steady: SteadyResponse, limited: FiniteQueue, perMember: number): SteadyResponse {
  const { waitProbability } = limited;
  const waitSeconds = limited.waitSeconds * waitFactor(steady.law.variation);
  return {
    ...steady, waitProbability, waitSeconds,
    responseSeconds: steady.serviceSeconds + waitSeconds,
    inService: perMember * (1 - limited.blocking) * steady.serviceSeconds,
    waiting: perMember * (1 - limited.blocking) * waitSeconds,
    law: { ...steady.law, waitProbability, waitDecayPerSecond: waitSeconds === 0 ? Infinity : waitProbability / waitSeconds },
    ...(steady.ttftSeconds === undefined ? {} : { ttftSeconds: steady.ttftSeconds - steady.waitSeconds + waitSeconds }),
  };
}

/** Arrivals turned away because the room for waiting is full, where service slows down with the load: as far as the unlimited queue exceeds it. */
function blockedShare(model: MemberModel, steady: SteadyResponse, perMember: number, poolMembers: number): number {
  const { service, waitingRoom, sharing } = model;
  if (waitingRoom === Infinity || service === undefined || perMember === 0) return 0;
  const load = perMember / model.capacityPerSecond;
  const members = sharing === "chance" ? 1 : Math.max(1, poolMembers);
  const beyond = steady.waitProbability * load ** (members * waitingRoom);
  return (beyond * (1 - load)) / (1 - beyond * load);
}
