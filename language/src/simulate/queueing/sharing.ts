/** A member of a pool whose balancer looks at how busy the members are: requests do not come to it by chance, so it waits less than a member alone. */
import type { Curve } from "../../model/policy.ts";
import { chainAt } from "./birth-death.ts";
import { curveSeconds, isFlat } from "./curve.ts";
import { erlangC } from "./erlang.ts";
import { twoChoicesWait } from "./two-choices.ts";
import { steadyResponse } from "./member.ts";
import type { MemberService, SteadyResponse } from "./member.ts";
import { waitFactor } from "./pool-figures.ts";

/**
 * How requests come to a member: whatever is in flight there; when it is the least busy of all; when it is the less busy of two drawn; or from one queue in front of
 * all members, in which they wait for the next free slot.
 */
export type Sharing = "chance" | "least_busy" | "two_choices" | "one_queue";

/**
 * Steady state of one member that is one of `members` like it.
 *
 * `least_busy`: nearly one queue in front of all slots, for a request waits only where no member has a free one. What is lost on it, because a request stays with the
 * member it was sent to, is 0.56 n^−0.16·C·(1 − 1/n)·s/k^1.5, and those that wait do so for at least the next end at one member. Both were fitted to request-level simulation
 * of 2 to 40 members with 1 to 24 slots and loads of 0.5 to 0.95: the mean response is within 1.5 % of it. One member is M/M/k, exactly.
 * With a curve the one queue is the chain of all members at the same number in service.
 *
 * `two_choices`: the limit of many members, corrected for few of them; with two it is `least_busy`. `one_queue`: M/M/nk.
 *
 * @param ratePerSecond of one member, below its capacity
 * @param members n ≥ 1, need not be whole: for a pool of unlike members, its capacity in units of this one's
 */
export function sharedResponse(service: MemberService, ratePerSecond: number, sharing: Sharing, members: number): SteadyResponse {
  if (sharing === "chance" || members <= 1 || ratePerSecond < 1e-12 * service.capacityPerSecond) return steadyResponse(service, ratePerSecond);
  if (sharing === "one_queue") return together(service, ratePerSecond, members, 0);
  if (sharing === "least_busy" || members <= 2) return together(service, ratePerSecond, members, leastBusyLoss(members));
  const alone = steadyResponse(service, ratePerSecond);
  // Choosing shortens the wait; where a member alone has none there is nothing to work out.
  if (isFlat(service.response) && alone.waitProbability < 1e-9) return alone;
  const known = together(service, ratePerSecond, members, leastBusyLoss(members));
  const few = together(service, ratePerSecond, 2, leastBusyLoss(2));
  const many = twoChoicesWait(service, ratePerSecond);
  // From 2 to many members: the power of n − 1 that request-level simulation of 3, 5, 10 and 40 members shows at all loads.
  const part = (members - 1) ** -0.88;
  return responseOf(service, ratePerSecond, {
    serviceSeconds: part * few.serviceSeconds + (1 - part) * many.serviceSeconds,
    // Two choices are never better than knowing all.
    waitSeconds: Math.max(known.waitSeconds, part * few.waitSeconds + (1 - part) * many.waitSeconds * waitFactor(service.variation)) / waitFactor(service.variation),
    waitProbability: part * few.waitProbability + (1 - part) * many.waitProbability,
    ...(few.ttftSeconds === undefined ? {} : { firstTokenSeconds: few.ttftSeconds - few.waitSeconds }),
  });
}

/** Of n members of one slot, in parts of C·(1 − 1/n)·s: 0.5 for two near saturation, as the exact chain has it. */
function leastBusyLoss(members: number): number {
  return 0.56 * members ** -0.16;
}

/** With exponential service; the factor of the variation comes after. */
interface ExponentialFigures {
  readonly serviceSeconds: number;
  readonly waitSeconds: number;
  readonly waitProbability: number;
  readonly firstTokenSeconds?: number;
}

/** @param loss what a request loses by staying with its member; 0 where it need not */
function together(service: MemberService, ratePerSecond: number, members: number, loss: number): SteadyResponse {
  const { slots, response, ttft, capacityPerSecond } = service;
  const full = curveSeconds(response, slots);
  const poolRate = ratePerSecond * members;
  let allBusy: number;
  let serviceSeconds: number;
  let firstTokenSeconds = ttft === undefined ? undefined : curveSeconds(ttft, 1);
  if (isFlat(response) && (ttft === undefined || isFlat(ttft))) {
    serviceSeconds = full;
    allBusy = hardlyEverFull(slots * members, poolRate * full) ? 0 : erlangC(slots * members, poolRate * full);
  } else {
    const chain = chainAt(slots * members, stretched(response, members), ttft === undefined ? undefined : stretched(ttft, members), poolRate);
    serviceSeconds = chain.inService / poolRate;
    allBusy = chain.waitProbability;
    if (ttft !== undefined) firstTokenSeconds = chain.firstTokenSeconds;
  }
  // As long as the rate is below the capacity there is something to spare, however they round.
  const spare = 1 / (members * Math.max(capacityPerSecond - ratePerSecond, capacityPerSecond * Number.EPSILON));
  const nextEnd = full / Math.max(1, slots);
  const waitSeconds = allBusy * (spare + (loss * (1 - 1 / members) * nextEnd) / Math.sqrt(Math.max(1, slots)));
  const ofThoseThatWait = loss === 0 ? spare : Math.hypot(spare, nextEnd * Math.sqrt(1 - 1 / members ** 2));
  return responseOf(service, ratePerSecond, {
    serviceSeconds, waitSeconds, waitProbability: Math.min(1, waitSeconds / ofThoseThatWait), ...(firstTokenSeconds === undefined ? {} : { firstTokenSeconds }),
  });
}

/** Chernoff's bound of the chance that so many slots are busy at once, below 1e-17: the sum of Erlang's formula can be left out. */
function hardlyEverFull(slots: number, erlangs: number): boolean {
  return slots * Math.log(slots / erlangs) - slots + erlangs > 40;
}

function responseOf(service: MemberService, ratePerSecond: number, figures: ExponentialFigures): SteadyResponse {
  const { serviceSeconds, waitProbability, firstTokenSeconds } = figures;
  const waitSeconds = figures.waitSeconds * waitFactor(service.variation);
  return {
    kind: "steady",
    responseSeconds: waitSeconds + serviceSeconds,
    waitSeconds,
    serviceSeconds,
    waitProbability,
    inService: ratePerSecond * serviceSeconds,
    waiting: ratePerSecond * waitSeconds,
    law: { serviceSeconds, variation: service.variation, waitProbability, waitDecayPerSecond: waitProbability === 0 ? Infinity : waitProbability / waitSeconds },
    ...(firstTokenSeconds === undefined ? {} : { ttftSeconds: waitSeconds + firstTokenSeconds }),
  };
}

const remembered = new WeakMap<Curve, { readonly members: number; readonly curve: Curve }>();

/** The curve of so many members with the same number in service each, read at their sum. */
function stretched(curve: Curve, members: number): Curve {
  const known = remembered.get(curve);
  if (known !== undefined && known.members === members) return known.curve;
  const made = { ...curve, points: curve.points.map((point) => ({ ...point, concurrency: point.concurrency * members })) };
  remembered.set(curve, { members, curve: made });
  return made;
}
