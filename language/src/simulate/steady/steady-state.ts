/** The steady state of a backend at a constant rate: what each member gets, how full it is and how fast it answers. */
import type { Backend } from "../../model/policy.ts";
import { activeServers, isElastic } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import { curveSeconds } from "../queueing/curve.ts";
import { memberCapacity } from "../queueing/member.ts";
import type { MemberResponse, SaturatedResponse, SteadyResponse, UnknownResponse } from "../queueing/member.ts";
import { loadFactor, membersFor, unloadedAverageSeconds } from "../queueing/pool-figures.ts";
import { responseTail } from "../queueing/response-law.ts";
import { findRoot } from "../queueing/root.ts";
import { memberGroups } from "./member-groups.ts";
import type { MemberGroup } from "./member-groups.ts";
import { passesOn, responseWithoutWait } from "./overflow.ts";
import { pooledMemberResponse, poolOf } from "./pooled-member.ts";
import { sharesOf, sharingOf } from "./shares.ts";
import { unlikePoolOfGroups } from "./unlike-groups.ts";

export interface SteadyStateOptions {
  /** Members of an elastic pool that take traffic; without it the least the pool may have, else 1. */
  readonly readyReplicas?: number;
  /** Whose balancing is meant where programs differ; nginx by default. */
  readonly target?: TargetName;
  /** Distinct clients where the balancing looks at them; by default those of the demand's traffic, else 1000. */
  readonly clients?: number;
}

export interface SteadyState {
  readonly ratePerSecond: number;
  /** The members that take traffic: each server in the order written; one entry for all replicas of an elastic pool. */
  readonly members: readonly MemberState[];
  readonly pool: PoolState;
  /** What the figures assume, one sentence each. */
  readonly notes: readonly string[];
}

export interface MemberState {
  /** Of the server; `replica` for the members of an elastic pool. */
  readonly name: string;
  /** How many like it: 1 for a server. */
  readonly count: number;
  /** Of one member. */
  readonly share: number;
  readonly ratePerSecond: number;
  readonly capacityPerSecond?: number;
  readonly loadFactor?: number;
  /** s(1). */
  readonly unloadedSeconds?: number;
  readonly response: MemberResponse;
}

export interface PoolState {
  readonly memberCount: number;
  readonly capacityPerSecond?: number;
  readonly loadFactor?: number;
  /** t̄ = Σ pᵢ·sᵢ(1). */
  readonly unloadedAverageSeconds?: number;
  readonly response: PoolResponse;
}

/** Means over the requests of all members. Saturated as soon as one member is: the sum of the queues' growths. */
export type PoolResponse =
  | { readonly kind: "steady"; readonly responseSeconds: number; readonly waitSeconds: number; readonly ttftSeconds?: number; readonly waiting: number; readonly inService: number }
  | SaturatedResponse
  | UnknownResponse;

/** Of a demand that is no traffic. */
export const usualClients = 1000;

/** The steady state of `backend` at `ratePerSecond` (≥ 0). What the policy does not say is left out, never guessed. */
export function steadyState(backend: Backend, ratePerSecond: number, options: SteadyStateOptions = {}): SteadyState {
  const groups = memberGroups(backend, options.readyReplicas);
  const clients = options.clients ?? (backend.demand?.kind === "traffic" ? backend.demand.traffic.clients : usualClients);
  const target = options.target ?? "nginx";
  const { shares, notes } = sharesOf(backend, groups, { ratePerSecond, target, clients });
  const inOrder = backend.strategy.algorithm.kind === "first";
  const pool = poolOf(groups, sharingOf(backend.strategy));
  const unlike = isElastic(backend) ? undefined : unlikePoolOfGroups(backend, target, groups);
  const responseOf = (group: MemberGroup, index: number, rate: number): MemberResponse => {
    if (inOrder && passesOn(groups, index)) return responseWithoutWait(group, rate) ?? { kind: "unknown" };
    return unlike !== undefined && ratePerSecond < unlike.capacityPerSecond ? unlike.responseAt(index, rate) : pooledMemberResponse(group.member, rate, pool);
  };
  const members = groups.map((group, index): MemberState => {
    const share = shares[index] ?? 0;
    const rate = share * ratePerSecond;
    const capacity = memberCapacity(group.member);
    const unloaded = group.member.response === undefined ? undefined : curveSeconds(group.member.response, 1);
    return {
      name: group.name,
      count: group.count,
      share,
      ratePerSecond: rate,
      response: responseOf(group, index, rate),
      ...(capacity === undefined ? {} : { capacityPerSecond: capacity, loadFactor: loadFactor(rate, capacity) }),
      ...(unloaded === undefined ? {} : { unloadedSeconds: unloaded }),
    };
  });
  return { ratePerSecond, members, pool: poolState(members, ratePerSecond), notes };
}

/**
 * How many members the backend needs to serve `ratePerSecond` at `targetLoadFactor`: ⌈λ / (c · target)⌉, c the capacity of one member (for servers, the
 * mean of those that take traffic). Undefined where the capacity of a member is not known.
 */
export function membersNeeded(backend: Backend, ratePerSecond: number, targetLoadFactor: number): number | undefined {
  const members = isElastic(backend) ? [backend.replica] : activeServers(backend);
  let sum = 0;
  for (const member of members) {
    const capacity = member === undefined ? undefined : memberCapacity(member);
    if (capacity === undefined) return undefined;
    sum += capacity;
  }
  return members.length === 0 ? undefined : membersFor(ratePerSecond, sum / members.length, targetLoadFactor);
}

/** The smallest t that the share `p` of all requests of the pool does not exceed; undefined where the pool is not steady or a response time is not known. */
export function poolPercentileSeconds(state: SteadyState, p: number): number | undefined {
  const parts: { readonly share: number; readonly response: SteadyResponse }[] = [];
  for (const { share, count, response } of state.members) {
    if (response.kind !== "steady") return undefined;
    if (share > 0) parts.push({ share: share * count, response });
  }
  if (parts.length === 0) return undefined;
  const outside = 1 - p;
  const tail = (t: number) => parts.reduce((sum, part) => sum + part.share * responseTail(part.response.law, t), 0);
  let high = parts.reduce((sum, part) => sum + part.share * part.response.responseSeconds, 0);
  while (tail(high) > outside) high *= 2;
  return findRoot((t) => Math.log(Math.max(tail(t), 1e-320) / outside), 0, high, 1e-12);
}

function poolState(members: readonly MemberState[], ratePerSecond: number): PoolState {
  const memberCount = members.reduce((sum, member) => sum + member.count, 0);
  const capacity = total(members, (member) => member.capacityPerSecond);
  const unloaded = total(members, (member) => member.unloadedSeconds);
  return {
    memberCount,
    response: poolResponse(members),
    ...(capacity === undefined ? {} : { capacityPerSecond: capacity, loadFactor: loadFactor(ratePerSecond, capacity) }),
    ...(unloaded === undefined
      ? {}
      : { unloadedAverageSeconds: unloadedAverageSeconds(members.map((member) => member.share * member.count), members.map((member) => member.unloadedSeconds ?? 0)) }),
  };
}

/** The sum over all members; undefined where there is none, or one of them does not say. */
function total(members: readonly MemberState[], value: (member: MemberState) => number | undefined): number | undefined {
  let sum = 0;
  for (const member of members) {
    const one = value(member);
    if (one === undefined) return undefined;
    sum += member.count * one;
  }
  return members.length === 0 ? undefined : sum;
}

function poolResponse(members: readonly MemberState[]): PoolResponse {
  const saturated = members.filter((member) => member.response.kind === "saturated");
  if (saturated.length > 0) {
    const growth = saturated.reduce((sum, { count, response }) => sum + count * (response.kind === "saturated" ? response.queueGrowthPerSecond : 0), 0);
    return { kind: "saturated", queueGrowthPerSecond: growth };
  }
  const sums = { response: 0, wait: 0, ttft: 0, waiting: 0, inService: 0 };
  let hasTtft = true;
  for (const { count, share, response } of members) {
    if (response.kind !== "steady") return { kind: "unknown" };
    sums.response += count * share * response.responseSeconds;
    sums.wait += count * share * response.waitSeconds;
    sums.waiting += count * response.waiting;
    sums.inService += count * response.inService;
    if (response.ttftSeconds === undefined) hasTtft = false;
    else sums.ttft += count * share * response.ttftSeconds;
  }
  if (members.length === 0) return { kind: "unknown" };
  return {
    kind: "steady",
    responseSeconds: sums.response,
    waitSeconds: sums.wait,
    waiting: sums.waiting,
    inService: sums.inService,
    ...(hasTtft ? { ttftSeconds: sums.ttft } : {}),
  };
}
