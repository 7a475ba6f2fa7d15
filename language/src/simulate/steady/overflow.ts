/** `first`: the members in order, each passed over while all its slots are busy. */
import { curveSeconds } from "../queueing/curve.ts";
import { erlangB } from "../queueing/erlang.ts";
import { memberService } from "../queueing/member.ts";
import type { SteadyResponse } from "../queueing/member.ts";
import type { MemberGroup } from "./member-groups.ts";

/**
 * The share of one member of each group: a member passes on what Erlang B loses, the last takes what is left. The overflow is counted as Poisson.
 * A member without `max_connections` is never full and takes all.
 */
export function overflowShares(groups: readonly MemberGroup[], ratePerSecond: number): readonly number[] {
  // At rate 0 the next request finds the first member free.
  let left = ratePerSecond === 0 ? 1 : ratePerSecond;
  const total = left;
  return groups.map(({ member, count }, index) => {
    const slots = (member.maxConnections ?? Infinity) * count;
    const seconds = member.response === undefined ? 0 : curveSeconds(member.response, slots / count);
    const passesOn = index < groups.length - 1 && slots !== Infinity && seconds > 0 && ratePerSecond > 0;
    const passed = passesOn ? left * erlangB(slots, left * seconds) : 0;
    const taken = left - passed;
    left = passed;
    return taken / count / total;
  });
}

/** True for members that pass requests on instead of letting them wait. */
export function passesOn(groups: readonly MemberGroup[], index: number): boolean {
  return index < groups.length - 1 && groups[index]?.member.maxConnections !== undefined;
}

/** A member that is passed over instead of queued at: the service time at its mean number in service, no wait. Undefined where the member says too little. */
export function responseWithoutWait(group: MemberGroup, ratePerSecond: number): SteadyResponse | undefined {
  const service = memberService(group.member);
  if (service === undefined) return undefined;
  const { response, ttft, slots, variation } = service;
  let inService = 0;
  for (let round = 0; round < 100; round++) inService = (inService + Math.min(slots, ratePerSecond * curveSeconds(response, Math.max(1, inService)))) / 2;
  const serviceSeconds = curveSeconds(response, Math.max(1, inService));
  return {
    kind: "steady",
    responseSeconds: serviceSeconds,
    waitSeconds: 0,
    serviceSeconds,
    waitProbability: 0,
    inService: ratePerSecond * serviceSeconds,
    waiting: 0,
    law: { serviceSeconds, variation, waitProbability: 0, waitDecayPerSecond: Infinity },
    ...(ttft === undefined ? {} : { ttftSeconds: curveSeconds(ttft, Math.max(1, inService)) }),
  };
}
