/**
 * One step of the flow through like members: arrivals as a rate, a backlog as a number of requests, response times from the queueing formulas.
 *
 * Below capacity the queue is that of the steady state, reached no faster than chance lets a queue grow; at and above capacity, and until it has drained,
 * it is what arrived and could not be served yet.
 */
import { finiteQueue, type FiniteQueue } from "../queueing/central-queue.ts";
import { isFlat } from "../queueing/curve.ts";
import { createSteadyFigures, type MemberService, type SteadyFigures } from "../queueing/member.ts";
import { waitFactor } from "../queueing/pool-figures.ts";
import { responseTail, type ResponseLaw } from "../queueing/response-law.ts";
import type { MemberModel } from "./member-model.ts";
import { writePooled } from "./pooled-response.ts";
import type { ResponsePart } from "./response-mix.ts";

export interface WaitLimits {
  /** A longer wait in front of a connection limit ends in an error. */
  readonly queueSeconds: number;
  /** A later answer counts as failed. */
  readonly readSeconds: number;
  /** With `stream on` the first token must come within `readSeconds`, else the whole answer. */
  readonly until: "answer" | "first_token";
}

/** What a step came to. Holds until the station's next one, which writes over it. */
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
  readonly isSteady: boolean;
  /** Mean number in service, over all members. */
  readonly inService: number;
  /** False where no response time is known: `responseSeconds` and `response` mean nothing then. */
  readonly hasTimes: boolean;
  readonly responseSeconds: number;
  readonly response: ResponsePart;
  readonly hasFirstToken: boolean;
  readonly firstToken: ResponsePart;
}

export interface Station {
  readonly step: StationStep;
  /** True where the next step with these figures is the last one again. */
  readonly isSame: (model: MemberModel, count: number, queue: number, ratePerSecond: number, poolMembers: number) => boolean;
  /**
   * A step from the same state under the same load is not worked out again, as with a constant rate.
   * @param count members that take traffic
   * @param queue requests waiting at the start of the step
   * @param ratePerSecond arrivals for all of them
   * @param poolMembers the members between which the balancer chooses, in units of this one's capacity
   */
  readonly advance: (model: MemberModel, count: number, queue: number, ratePerSecond: number, poolMembers: number) => StationStep;
}

type Writable<T> = { -readonly [name in keyof T]: T[name] extends ResponsePart ? WritablePart : T[name] };
interface WritablePart {
  weight: number;
  offsetSeconds: number;
  readonly law: { -readonly [name in keyof ResponseLaw]: ResponseLaw[name] };
}

interface Input {
  model: MemberModel | undefined;
  count: number;
  queue: number;
  ratePerSecond: number;
  poolMembers: number;
}

export function createStation(stepSeconds: number, limits: WaitLimits): Station {
  const step: Writable<StationStep> = {
    arrived: 0.5, served: 0.5, late: 0.5, dropped: 0.5, queueAfter: 0.5, backlogAfter: 0.5, saturated: false, isSteady: false, inService: 0.5,
    hasTimes: false, responseSeconds: 0.5, response: emptyPart(), hasFirstToken: false, firstToken: emptyPart(),
  };
  const steady = createSteadyFigures();
  const input: Input = { model: undefined, count: 0, queue: 0.5, ratePerSecond: 0.5, poolMembers: 0.5 };
  const isSame = (model: MemberModel, count: number, queue: number, ratePerSecond: number, poolMembers: number): boolean =>
    input.model === model && input.count === count && input.queue === queue && input.ratePerSecond === ratePerSecond && input.poolMembers === poolMembers;
  return {
    step,
    isSame,
    advance: (model, count, queue, ratePerSecond, poolMembers) => {
      if (isSame(model, count, queue, ratePerSecond, poolMembers)) return step;
      input.model = model;
      input.count = count;
      input.queue = queue;
      input.ratePerSecond = ratePerSecond;
      input.poolMembers = poolMembers;
      flow(step, steady, input, model, stepSeconds, limits);
      return step;
    },
  };
}

/** All of what arrives is turned away. */
export function refusedStep(arrived: number): StationStep {
  return {
    arrived, served: 0, late: 0, dropped: arrived, queueAfter: 0, backlogAfter: 0, saturated: arrived > 0, isSteady: false, inService: 0,
    hasTimes: false, responseSeconds: 0, response: emptyPart(), hasFirstToken: false, firstToken: emptyPart(),
  };
}

// Not whole, so that the fields are made for numbers that are not.
function emptyPart(): WritablePart {
  return { weight: 0.5, offsetSeconds: 0.5, law: { serviceSeconds: 0.5, variation: 0.5, waitProbability: 0.5, waitDecayPerSecond: 0.5 } };
}

function flow(step: Writable<StationStep>, steady: SteadyFigures, { count, queue, ratePerSecond, poolMembers }: Input, model: MemberModel, stepSeconds: number, limits: WaitLimits): void {
  const arrived = ratePerSecond * stepSeconds;
  step.arrived = arrived;
  step.served = 0;
  step.late = 0;
  step.isSteady = false;
  step.inService = 0;
  step.hasTimes = false;
  step.hasFirstToken = false;
  if (count === 0) {
    step.dropped = arrived + queue;
    step.queueAfter = 0;
    step.backlogAfter = 0;
    step.saturated = arrived > 0;
    return;
  }
  const capacity = count * model.capacityPerSecond;
  const perMember = ratePerSecond / count;
  const { service } = model;
  const saturated = perMember >= model.capacityPerSecond;
  const isBelow = service !== undefined && !saturated;
  let lost = 0;
  let steadyQueue = 0;
  const limited = service === undefined ? undefined : limitedQueue(model, service, perMember, poolMembers);
  if (isBelow) {
    writePooled(steady, model, service, perMember, poolMembers);
    if (limited !== undefined) writeWithin(steady, service, limited, perMember);
    lost = ratePerSecond * (limited?.blocking ?? blockedShare(model, steady.waitProbability, perMember, poolMembers)) * stepSeconds;
    steadyQueue = count * Math.min(steady.waiting, model.waitingRoom);
  }
  const built = builtUp(queue, steadyQueue, arrived, service?.variation ?? 1);
  const backlog = Math.max(0, queue + arrived - lost - capacity * stepSeconds);
  const longest = capacity * longestWait(model, limits);
  const room = Math.min(count * model.waitingRoom, Math.max(longest, built));
  const queueAfter = Math.max(built, Math.min(backlog, room));
  const overflow = Math.max(0, backlog - Math.max(room, built));
  // At a full queue the chance of arrivals loses some more than what exceeds the capacity.
  const dropped = saturated && overflow > 0 ? Math.max(overflow, (limited?.blocking ?? 0) * arrived) : lost + overflow;
  const served = Math.max(0, arrived + queue - dropped - queueAfter);
  step.served = served;
  step.dropped = dropped;
  step.queueAfter = queueAfter;
  step.backlogAfter = backlog > built ? queueAfter : 0;
  step.saturated = saturated;
  if (service === undefined) return;

  const steadily = isBelow && backlog <= built;
  const { response, firstToken } = step;
  const { law } = response;
  law.variation = service.variation;
  if (steadily) {
    law.serviceSeconds = steady.serviceSeconds;
    writePartlyBuilt(law, steady, queueAfter, steadyQueue);
  } else {
    law.serviceSeconds = model.fullServiceSeconds;
    law.waitProbability = 0;
    law.waitDecayPerSecond = Infinity;
  }
  const draining = steadily ? drainedOffset(queue - queueAfter, capacity, ratePerSecond, stepSeconds) : 0;
  const offsetSeconds = !steadily ? (queue + queueAfter) / 2 / capacity : draining < 0.01 * law.serviceSeconds ? 0 : draining;
  const waitSeconds = offsetSeconds + (law.waitProbability === 0 ? 0 : law.waitProbability / law.waitDecayPerSecond);
  if (service.ttft !== undefined) {
    step.hasFirstToken = true;
    const token = firstToken.law;
    token.serviceSeconds = steadily ? steady.ttftSeconds - steady.waitSeconds : (model.fullFirstTokenSeconds ?? 0);
    token.variation = 0;
    token.waitProbability = law.waitProbability;
    token.waitDecayPerSecond = law.waitDecayPerSecond;
  }
  const judged = limits.until === "first_token" && step.hasFirstToken ? firstToken.law : law;
  const lateShare = lateShareOf(judged, limits.readSeconds - offsetSeconds);
  step.late = served * lateShare;
  step.isSteady = steadily && offsetSeconds === 0 && queueAfter >= steadyQueue;
  step.inService = steadily ? count * steady.inService : count * service.slots;
  step.hasTimes = true;
  step.responseSeconds = waitSeconds + law.serviceSeconds;
  response.weight = served - step.late;
  response.offsetSeconds = offsetSeconds;
  firstToken.weight = served - step.late;
  firstToken.offsetSeconds = offsetSeconds;
}

/** The share of the answers that come later than `seconds`; shares below 1e-9 are none. */
function lateShareOf(law: ResponseLaw, seconds: number): number {
  if (isSurelyWithin(law, seconds)) return 0;
  const share = responseTail(law, seconds);
  return share < 1e-9 ? 0 : share;
}

/**
 * Most time limits are far away, and the tail of a gamma law takes long to compute. Chernoff: a response later than t needs a service or a wait later than
 * t/2, and P(service > x) ≤ e^(a (1 + ln(x/s) − x/s)) with shape a = 1/v²; ln y ≤ y/e leaves the 0.63.
 */
function isSurelyWithin({ serviceSeconds, variation, waitProbability, waitDecayPerSecond }: ResponseLaw, seconds: number): boolean {
  if (variation === 0 || serviceSeconds === 0) return false;
  const half = seconds / 2;
  if (1 - 0.63 * (half / serviceSeconds) > logNegligible * variation * variation) return false;
  return waitProbability === 0 || -waitDecayPerSecond * half < logNegligible;
}

/** ln 1e-10. */
const logNegligible = -23.025850929940457;

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

/** The wait of the steady state, or of as much of its queue as has built up. */
function writePartlyBuilt(law: WritablePart["law"], steady: SteadyFigures, queue: number, steadyQueue: number): void {
  law.waitProbability = steady.waitProbability;
  law.waitDecayPerSecond = steady.waitDecayPerSecond;
  if (queue <= 0) {
    if (steadyQueue > 0) law.waitProbability = 0;
  } else if (queue < steadyQueue && steady.waitProbability !== 0) law.waitDecayPerSecond *= steadyQueue / queue;
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
function writeWithin(steady: SteadyFigures, { variation }: MemberService, limited: FiniteQueue, perMember: number): void {
  const { waitProbability } = limited;
  const waitSeconds = limited.waitSeconds * waitFactor(variation);
  steady.ttftSeconds = steady.ttftSeconds - steady.waitSeconds + waitSeconds;
  steady.waitProbability = waitProbability;
  steady.waitSeconds = waitSeconds;
  steady.inService = perMember * (1 - limited.blocking) * steady.serviceSeconds;
  steady.waiting = perMember * (1 - limited.blocking) * waitSeconds;
  steady.waitDecayPerSecond = waitSeconds === 0 ? Infinity : waitProbability / waitSeconds;
}

/** Arrivals turned away because the room for waiting is full, where service slows down with the load: as far as the unlimited queue exceeds it. */
function blockedShare({ waitingRoom, sharing, capacityPerSecond }: MemberModel, delayed: number, perMember: number, poolMembers: number): number {
  if (waitingRoom === Infinity || perMember === 0) return 0;
  const load = perMember / capacityPerSecond;
  const members = sharing === "chance" ? 1 : Math.max(1, poolMembers);
  const beyond = delayed * load ** (members * waitingRoom);
  return (beyond * (1 - load)) / (1 - beyond * load);
}
