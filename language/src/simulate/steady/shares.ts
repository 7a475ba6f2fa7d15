/** Which part of the requests each member gets, by the balancing algorithm. */
import type { Algorithm, Backend, Strategy } from "../../model/policy.ts";
import { isElastic } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import type { BalancedServer } from "../balancers/balancer.ts";
import { balancedServers } from "../balancers/policy-balancer.ts";
import { weightShares } from "../queueing/pool-figures.ts";
import type { Pace } from "../pace.ts";
import type { Sharing } from "../queueing/sharing.ts";
import { balancedShares } from "./balanced-shares.ts";
import type { IdleSharing, Level } from "./balanced-shares.ts";
import { clientShares, ringShares } from "./exact-shares.ts";
import type { MemberGroup } from "./member-groups.ts";
import { overflowShares } from "./overflow.ts";
import { poolOf } from "./pooled-member.ts";
import { stickyShares } from "./sticky-shares.ts";
import { unlikePoolOfGroups } from "./unlike-groups.ts";

export interface Shares {
  /** Of one member of each group; over all members they add up to 1. */
  readonly shares: readonly number[];
  readonly notes: readonly string[];
}

/** What the shares are asked for. */
export interface SharesAt {
  readonly ratePerSecond: number;
  readonly target: TargetName;
  /** Distinct clients, where the balancing looks at them. */
  readonly clients: number;
  /** Of the run that asks: the balance of many unlike members takes long. */
  readonly pace?: Pace | undefined;
}

/** The shares of the groups, as the target balances them. */
export function sharesOf(backend: Backend, groups: readonly MemberGroup[], at: SharesAt): Shares {
  const { algorithm, affinity } = backend.strategy;
  const weights = weightsOf(groups);
  if (isElastic(backend)) return { shares: weights, notes: keepsClients(backend.strategy) ? ["Replicas are taken for equal; the shares of single ones depend on the clients they get."] : [] };
  const servers = serversOf(backend, groups);
  if (affinity !== undefined && at.target === "haproxy" && looksAtLoad(algorithm)) return sticky(backend, groups, at, weights);
  if (keepsClients(backend.strategy)) return ofGroups(groups, servers, clientShares(backend.strategy, servers, at.target, at.clients), weights, clientsNote(backend.strategy, at));
  switch (algorithm.kind) {
    case "random":
      return at.target === "haproxy" ? ofGroups(groups, servers, ringShares(servers), weights, "Shares are the arcs of HAProxy's ring, on which `random` draws.") : { shares: weights, notes: [] };
    case "least_connections":
    case "least_predicted_load":
    case "power_of_two": {
      const pool = unlikePoolOfGroups(backend, at.target, groups);
      if (pool !== undefined && at.ratePerSecond < pool.capacityPerSecond) return { shares: pool.sharesAt(at.ratePerSecond), notes: ["Shares from the chain of the requests in flight at all members."] };
      return inBalance(groups, at, "requests in flight per weight", inFlightPerWeight, idleSharing(algorithm, groups, servers, at.target));
    }
    case "least_response_time":
      return inBalance(groups, at, "response time", responseSeconds, undefined);
    case "first":
      return { shares: overflowShares(groups, at.ratePerSecond), notes: ["Each member takes what the ones before it have no free connection for (Erlang B)."] };
    case "geo":
      return { shares: weights, notes: ["Where clients come from is not part of a policy; the shares are those of the weights."] };
    case "round_robin":
    case "ip_hash":
    case "hash":
      return { shares: weights, notes: [] };
  }
}

/** How requests meet at the members, which decides how long they wait there. */
export function sharingOf({ algorithm, affinity }: Strategy): Sharing {
  if (affinity !== undefined || !looksAtLoad(algorithm)) return "chance";
  return algorithm.kind === "power_of_two" ? "two_choices" : "least_busy";
}

/**
 * The same where every member takes only as many requests as it can serve at once: all programs pass over a full one, and what waits at the balancer goes to the next that
 * has room. Only HAProxy sends a client to its own server, and what `random` drew to nobody else, as long as it has no queue.
 */
export function limitedSharingOf({ algorithm, affinity }: Strategy, target: TargetName, maxQueue: number | undefined): Sharing {
  if (target !== "haproxy") return "one_queue";
  if (affinity !== undefined || algorithm.kind === "hash" || algorithm.kind === "ip_hash") return "chance";
  return algorithm.kind === "random" && (maxQueue ?? 0) === 0 ? "chance" : "one_queue";
}

function keepsClients({ algorithm, affinity }: Strategy): boolean {
  return affinity !== undefined || algorithm.kind === "hash" || algorithm.kind === "ip_hash";
}

function looksAtLoad({ kind }: Algorithm): boolean {
  return kind === "least_connections" || kind === "least_predicted_load" || kind === "least_response_time" || kind === "power_of_two";
}

function clientsNote({ affinity }: Strategy, { clients }: SharesAt): string {
  const what = affinity === undefined ? "by the hash of their key" : "by the member that they stay with";
  return `Shares are those of ${clients} equally busy ${clients === 1 ? "client" : "clients"}, ${what}.`;
}

function sticky(backend: Backend, groups: readonly MemberGroup[], at: SharesAt, weights: readonly number[]): Shares {
  const shares = stickyShares(backend, groups, at);
  return shares === undefined
    ? { shares: weights, notes: ["Without response times of all members it is not known where clients stay; the shares are those of the weights."] }
    : { shares, notes: [clientsNote(backend.strategy, at)] };
}

/** The servers as a balancer sees them; those that are in no group are down. */
function serversOf(backend: Backend, groups: readonly MemberGroup[]): readonly BalancedServer[] {
  const names = new Set(groups.map((group) => group.name));
  return balancedServers(backend).map((server) => (names.has(server.name) ? server : { ...server, down: true }));
}

function ofGroups(groups: readonly MemberGroup[], servers: readonly BalancedServer[], shares: readonly number[] | undefined, weights: readonly number[], note: string): Shares {
  if (shares === undefined) return { shares: weights, notes: ["The ring would have too many points to be worked out; the shares are those of the weights."] };
  const byName = new Map(servers.map((server, index) => [server.name, shares[index] ?? 0]));
  return { shares: groups.map((group) => byName.get(group.name) ?? 0), notes: [note] };
}

function weightsOf(groups: readonly MemberGroup[]): readonly number[] {
  const shares = weightShares(groups.map((group) => group.weight * group.count));
  return groups.map((group, index) => (shares[index] ?? 0) / group.count);
}

/**
 * HAProxy's `leastconn` holds idle servers for equal, and its two draws fall on a ring of which the second stays; nginx's `random two` draws two different ones and
 * keeps the second.
 */
function idleSharing(algorithm: Algorithm, groups: readonly MemberGroup[], servers: readonly BalancedServer[], target: TargetName): IdleSharing {
  const weights = weightsOf(groups);
  const isHaproxy = target === "haproxy";
  if (algorithm.kind !== "power_of_two") {
    const members = groups.reduce((sum, group) => sum + group.count, 0);
    return isHaproxy ? { shares: groups.map(() => 1 / members), fading: 2 } : { shares: weights, fading: 1 };
  }
  if (groups.length < 2) return { shares: weights, fading: 1 };
  if (isHaproxy) return { shares: ofGroups(groups, servers, ringShares(servers), weights, "").shares, fading: 1 };
  const overFirst = groups.reduce((sum, group, index) => sum + group.count * drawnFirst(weights[index] ?? 0), 0);
  return { shares: weights.map((weight) => weight * (overFirst - drawnFirst(weight))), fading: 1 };
}

/** wᵢ/(1 − wᵢ): the second of two different draws is j with the probability wⱼ·Σ over the others. */
function drawnFirst(weight: number): number {
  return weight / (1 - weight);
}

const inFlightPerWeight: Level = ({ weight }, response) => (response.inService + response.waiting) / weight;

const responseSeconds: Level = (_group, response) => response.responseSeconds;

function inBalance(groups: readonly MemberGroup[], { ratePerSecond, pace }: SharesAt, what: string, level: Level, idle: IdleSharing | undefined): Shares {
  const weights = weightsOf(groups);
  const kinds = likeGroups(groups, idle?.shares ?? weights);
  const isEven = idle === undefined || groups.every((_, index) => Math.abs((idle.shares[index] ?? 0) - (weights[index] ?? 0)) < 1e-9);
  if (kinds.groups.length <= 1 && isEven) return { shares: weights, notes: [] };
  const counted: Level = (group, response) => {
    pace?.work(unitsPerLevel);
    return level(group, response);
  };
  const sharing = idle === undefined ? undefined : { ...idle, shares: kinds.meansOf(idle.shares) };
  const shares = balancedShares(kinds.groups, poolOf(groups, "least_busy"), ratePerSecond, counted, kinds.meansOf(weights), sharing);
  if (shares === undefined) return { shares: weights, notes: [`Without response times of all members the balance of ${what} is not known; the shares are those of the weights.`] };
  return { shares: groups.map((_, index) => shares[kinds.kindOf[index] ?? 0] ?? 0), notes: [`Shares from the balance of the mean ${what}.`] };
}

/** Members that are alike, idle and busy, have one share in a balance. */
function likeGroups(groups: readonly MemberGroup[], idleShares: readonly number[]): { readonly groups: readonly MemberGroup[]; readonly kindOf: readonly number[]; readonly meansOf: (values: readonly number[]) => readonly number[] } {
  const places = new Map<string, number>();
  const merged: MemberGroup[] = [];
  const kindOf = groups.map((group, index) => {
    const { capacityPerSecond, concurrency, variation, response } = group.member;
    const key = [group.weight, idleShares[index]?.toPrecision(9), capacityPerSecond, concurrency, variation, ...(response?.points ?? []).map((point) => `${point.concurrency}:${point.seconds}`)].join(" ");
    const place = places.get(key) ?? merged.length;
    places.set(key, place);
    merged[place] = { ...group, count: (merged[place]?.count ?? 0) + group.count };
    return place;
  });
  return {
    groups: merged, kindOf,
    meansOf: (values) => {
      const sums = merged.map(() => 0);
      groups.forEach(({ count }, index) => {
        const kind = kindOf[index] ?? 0;
        sums[kind] = (sums[kind] ?? 0) + count * (values[index] ?? 0);
      });
      return sums.map((sum, kind) => sum / (merged[kind]?.count ?? 1));
    },
  };
}

/** Work for the response time of one member of a large pool. */
const unitsPerLevel = 20;
