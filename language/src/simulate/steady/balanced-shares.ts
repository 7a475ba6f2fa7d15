/** Shares of algorithms that even out a level over the members. */
import { memberCapacity, memberResponse } from "../queueing/member.ts";
import type { SteadyResponse } from "../queueing/member.ts";
import { balancedRates } from "./balance.ts";
import type { MemberGroup } from "./member-groups.ts";
import { pooledMemberResponse } from "./pooled-member.ts";
import type { Pool } from "./pooled-member.ts";

/** The value that the algorithm makes equal on all members; never falls with the rate of a member. */
export type Level = (group: MemberGroup, response: SteadyResponse) => number;

/** How requests are shared while nothing is in flight, and how quickly that loses its say. */
export interface IdleSharing {
  readonly shares: readonly number[];
  /** 2 where only servers that are wholly idle count as equal, as in HAProxy's `leastconn`; else 1. */
  readonly fading: 1 | 2;
}

/**
 * The share of one member of each group, from the balance of the means.
 *
 * With few requests in flight there is little to compare: with N in flight over m members the part (m/(N + m))^fading goes as to idle servers. The form was
 * fitted to request-level simulation, which agrees within 0.06 (0.08 where HAProxy draws two, which may be the same). It never
 * takes more than a quarter of a member's spare capacity.
 * @param idle without it the balance holds at any rate
 * @returns undefined where a capacity or response time is not known
 */
export function balancedShares(
  groups: readonly MemberGroup[], pool: Pool, askedPerSecond: number, level: Level, weights: readonly number[], idle: IdleSharing | undefined,
): readonly number[] | undefined {
  const capacities: number[] = [];
  for (const group of groups) {
    const capacity = memberCapacity(group.member);
    if (capacity === undefined || memberResponse(group.member, 0).kind !== "steady") return undefined;
    capacities.push(capacity);
  }
  if (askedPerSecond === 0) return idle?.shares ?? weights;
  const sum = groups.reduce((total, group, index) => total + group.count * (capacities[index] ?? 0), 0);
  // Below a billionth of the capacity nothing changes any more but the digits that are left.
  const ratePerSecond = Math.max(askedPerSecond, 1e-9 * sum);
  if (ratePerSecond >= sum) {
    // All are full and the queues grow together: what exceeds the capacity goes by weight.
    return capacities.map((capacity, index) => (capacity + (ratePerSecond - sum) * (weights[index] ?? 0)) / ratePerSecond);
  }
  const levelAt = (group: MemberGroup, rate: number): number => {
    const response = pooledMemberResponse(group.member, rate, pool);
    return response.kind === "steady" ? level(group, response) : Infinity;
  };
  const rates = balancedRates(
    groups.map((group, index) => ({ count: group.count, capacityPerSecond: capacities[index] ?? 0, level: (rate: number) => levelAt(group, rate) })),
    ratePerSecond,
  );
  if (idle === undefined) return rates.map((rate) => rate / ratePerSecond);

  let inFlight = 0;
  let members = 0;
  groups.forEach((group, index) => {
    const response = pooledMemberResponse(group.member, rates[index] ?? 0, pool);
    members += group.count;
    if (response.kind === "steady") inFlight += group.count * (response.inService + response.waiting);
  });
  let part = (members / (inFlight + members)) ** idle.fading;
  rates.forEach((rate, index) => {
    const more = (idle.shares[index] ?? 0) * ratePerSecond - rate;
    if (more > 0) part = Math.min(part, (0.25 * Math.max(0, (capacities[index] ?? 0) - rate)) / more);
  });
  return rates.map((rate, index) => rate / ratePerSecond + part * ((idle.shares[index] ?? 0) - rate / ratePerSecond));
}
