/** Which part of the requests each member gets, by the balancing algorithm. */
import type { Algorithm, Backend } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import { memberResponse } from "../queueing/member.ts";
import { weightShares } from "../queueing/pool-figures.ts";
import { balancedShares } from "./balanced-shares.ts";
import type { IdleSharing, Level } from "./balanced-shares.ts";
import type { MemberGroup } from "./member-groups.ts";
import { overflowShares } from "./overflow.ts";

export interface Shares {
  /** Of one member of each group; over all members they add up to 1. */
  readonly shares: readonly number[];
  readonly notes: readonly string[];
}

/** The shares of the groups at `ratePerSecond`, as `target` balances. */
export function sharesOf(backend: Backend, groups: readonly MemberGroup[], ratePerSecond: number, target: TargetName): Shares {
  const { algorithm, affinity } = backend.strategy;
  const notes: string[] = [];
  if (affinity !== undefined) notes.push("Clients stay with their member; the shares are those of their first requests.");
  const weights = weightsOf(groups);
  switch (algorithm.kind) {
    case "round_robin":
    case "random":
      return { shares: weights, notes };
    case "least_connections":
    case "least_predicted_load":
    case "power_of_two":
      return inBalance(groups, ratePerSecond, "requests in flight per weight", inFlightPerWeight, idleSharing(algorithm, groups, target), notes);
    case "least_response_time":
      return inBalance(groups, ratePerSecond, "response time", responseSeconds, undefined, notes);
    case "first":
      return { shares: overflowShares(groups, ratePerSecond), notes: [...notes, "Each member takes what the ones before it have no free connection for (Erlang B)."] };
    case "ip_hash":
    case "hash":
      return { shares: weights, notes: [...notes, "Shares of a hash are those of the weights for many equally busy keys."] };
    case "geo":
      return { shares: weights, notes: [...notes, "Where clients come from is not part of a policy; the shares are those of the weights."] };
  }
}

function weightsOf(groups: readonly MemberGroup[]): readonly number[] {
  const shares = weightShares(groups.map((group) => group.weight * group.count));
  return groups.map((group, index) => (shares[index] ?? 0) / group.count);
}

/** HAProxy's `leastconn` holds idle servers for equal; nginx's `random two` draws two different ones and keeps the second. */
function idleSharing(algorithm: Algorithm, groups: readonly MemberGroup[], target: TargetName): IdleSharing {
  const weights = weightsOf(groups);
  const isHaproxy = target === "haproxy";
  if (algorithm.kind !== "power_of_two") {
    const members = groups.reduce((sum, group) => sum + group.count, 0);
    return isHaproxy ? { shares: groups.map(() => 1 / members), fading: 2 } : { shares: weights, fading: 1 };
  }
  if (isHaproxy || groups.length < 2) return { shares: weights, fading: 1 };
  const overFirst = groups.reduce((sum, group, index) => sum + group.count * drawnFirst(weights[index] ?? 0), 0);
  return { shares: weights.map((weight) => weight * (overFirst - drawnFirst(weight))), fading: 1 };
}

/** wᵢ/(1 − wᵢ): the second of two different draws is j with the probability wⱼ·Σ over the others. */
function drawnFirst(weight: number): number {
  return weight / (1 - weight);
}

const inFlightPerWeight: Level = (group, rate) => {
  const response = memberResponse(group.member, rate);
  return response.kind === "steady" ? (response.inService + response.waiting) / group.weight : Infinity;
};

const responseSeconds: Level = (group, rate) => {
  const response = memberResponse(group.member, rate);
  return response.kind === "steady" ? response.responseSeconds : Infinity;
};

function inBalance(
  groups: readonly MemberGroup[], ratePerSecond: number, what: string, level: Level, idle: IdleSharing | undefined, notes: readonly string[],
): Shares {
  const weights = weightsOf(groups);
  if (groups.every((group) => isLike(group, groups[0]))) return { shares: weights, notes };
  const shares = balancedShares(groups, ratePerSecond, level, weights, idle);
  return shares === undefined
    ? { shares: weights, notes: [...notes, `Without response times of all members the balance of ${what} is not known; the shares are those of the weights.`] }
    : { shares, notes: [...notes, `Shares from the balance of the mean ${what}.`] };
}

function isLike(group: MemberGroup, other: MemberGroup | undefined): boolean {
  if (other === undefined || group.weight !== other.weight) return false;
  const a = group.member;
  const b = other.member;
  return (
    a.capacityPerSecond === b.capacityPerSecond && a.concurrency === b.concurrency && a.variation === b.variation &&
    JSON.stringify(a.response?.points) === JSON.stringify(b.response?.points)
  );
}
