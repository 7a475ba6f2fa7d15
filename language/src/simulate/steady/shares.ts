/** Which part of the requests each member gets, by the balancing algorithm. */
import type { Algorithm, Backend } from "../../model/policy.ts";
import { memberCapacity, memberResponse } from "../queueing/member.ts";
import { weightShares } from "../queueing/pool-figures.ts";
import { balancedRates } from "./balance.ts";
import { overflowShares } from "./overflow.ts";
import type { MemberGroup } from "./member-groups.ts";

export interface Shares {
  /** Of one member of each group; over all members they add up to 1. */
  readonly shares: readonly number[];
  readonly notes: readonly string[];
}

/** The shares of the groups at `ratePerSecond`. */
export function sharesOf(backend: Backend, groups: readonly MemberGroup[], ratePerSecond: number): Shares {
  const { algorithm, affinity } = backend.strategy;
  const notes: string[] = [];
  if (affinity !== undefined) notes.push("Clients stay with their member; the shares are those of their first requests.");
  const alike = groups.length === 1 || (algorithm.kind !== "first" && groups.every((group) => isLike(group, groups[0])));
  if (alike && algorithm.kind !== "geo" && algorithm.kind !== "first") return { shares: byWeight(groups), notes: [...notes, ...keyNotes(algorithm)] };
  switch (algorithm.kind) {
    case "round_robin":
    case "random":
      return { shares: byWeight(groups), notes };
    case "least_connections":
    case "least_predicted_load":
      return inBalance(groups, ratePerSecond, "requests in flight per weight", inFlightPerWeight, notes);
    case "least_response_time":
      return inBalance(groups, ratePerSecond, "response time", responseSeconds, notes);
    case "power_of_two":
      return { shares: byWeight(groups), notes: [...notes, "Two choices are counted like shares by weight; under load the fuller of two gets less."] };
    case "first":
      return { shares: overflowShares(groups, ratePerSecond), notes: [...notes, "Each member takes what the ones before it have no free connection for (Erlang B)."] };
    case "ip_hash":
    case "hash":
      return { shares: byWeight(groups), notes: [...notes, ...keyNotes(algorithm)] };
    case "geo":
      return { shares: byWeight(groups), notes: [...notes, "Where clients come from is not part of a policy; the shares are those of the weights."] };
  }
}

function byWeight(groups: readonly MemberGroup[]): readonly number[] {
  const shares = weightShares(groups.map((group) => group.weight * group.count));
  return groups.map((group, index) => (shares[index] ?? 0) / group.count);
}

function keyNotes(algorithm: Algorithm): readonly string[] {
  return algorithm.kind === "hash" || algorithm.kind === "ip_hash" ? ["Shares of a hash are those of the weights for many equally busy keys."] : [];
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

/** The value that the algorithm makes equal on all members; rises with the rate of a member and is infinite where it saturates. */
type Level = (group: MemberGroup, ratePerSecond: number) => number;

const inFlightPerWeight: Level = (group, rate) => {
  const response = memberResponse(group.member, rate);
  return response.kind === "steady" ? (response.inService + response.waiting) / group.weight : Infinity;
};

const responseSeconds: Level = (group, rate) => {
  const response = memberResponse(group.member, rate);
  return response.kind === "steady" ? response.responseSeconds : Infinity;
};

function inBalance(groups: readonly MemberGroup[], ratePerSecond: number, what: string, level: Level, notes: readonly string[]): Shares {
  const capacities = groups.map((group) => memberCapacity(group.member));
  if (!groups.every((group, index) => capacities[index] !== undefined && memberResponse(group.member, 0).kind === "steady")) {
    return { shares: byWeight(groups), notes: [...notes, `Without response times of all members the balance of ${what} is not known; the shares are those of the weights.`] };
  }
  const known = capacities.map((capacity) => capacity ?? 0);
  const sum = known.reduce((total, capacity, index) => total + capacity * (groups[index]?.count ?? 1), 0);
  if (ratePerSecond >= sum) {
    // All are full and the queues grow together: what exceeds the capacity goes by weight.
    const weights = byWeight(groups);
    const rates = known.map((capacity, index) => capacity + (ratePerSecond - sum) * (weights[index] ?? 0));
    return { shares: rates.map((rate) => rate / ratePerSecond), notes };
  }
  if (ratePerSecond === 0) return { shares: byWeight(groups), notes };
  const rates = balancedRates(
    groups.map((group, index) => ({ count: group.count, capacityPerSecond: known[index] ?? 0, level: (rate: number) => level(group, rate) })),
    ratePerSecond,
  );
  return { shares: rates.map((rate) => rate / ratePerSecond), notes: [...notes, `Shares from the balance of the mean ${what}.`] };
}
