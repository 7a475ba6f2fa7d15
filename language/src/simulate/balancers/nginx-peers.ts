/** The peers of an nginx upstream and its smooth weighted round robin. As in nginx 1.22. */
import type { BalancedServer, PickRequest } from "./balancer.ts";

/** Of each server, by its index. Columns, for a simulation looks at all of them for every request. */
export interface Peers {
  readonly addresses: readonly string[];
  readonly weight: Int32Array;
  /** `noLimit` where it has none. */
  readonly maxConnections: Int32Array;
  /** False where none has a limit. */
  readonly isLimited: boolean;
  readonly maxFails: Int32Array;
  readonly failSeconds: Float64Array;
  readonly down: Uint8Array;
  readonly connections: Int32Array;
  /** Falls with failures and recovers by one with every look at the peer. */
  readonly effectiveWeight: Int32Array;
  /** The smooth turn: largest goes next. */
  readonly currentWeight: Int32Array;
  readonly fails: Int32Array;
  /** Whole seconds. */
  readonly accessedAt: Float64Array;
  readonly checkedAt: Float64Array;
  /** 1 in its only place: no peer is down or has failed, and each has its full weight, so that nobody needs to look; only their connections may be limited. */
  readonly calm: Uint8Array;
}

export interface PeerList {
  /** Indexes of its servers. */
  readonly members: Int32Array;
  /** Of all its peers, down or not. */
  readonly totalWeight: number;
  readonly equalWeights: boolean;
  /** The lowest limit of connections of its peers. */
  readonly leastLimit: number;
  /** The only server of an upstream without backups: its failures are not counted. */
  readonly single: boolean;
}

export interface Upstream {
  readonly peers: Peers;
  readonly primary: PeerList;
  /** Used only where the first list gives nothing. */
  readonly backup: PeerList;
}

/** No peer. */
export const none = -1;

const noLimit = 0x7fff_ffff;

export function upstreamOf(servers: readonly BalancedServer[]): Upstream {
  const count = servers.length;
  const weight = Int32Array.from(servers, (server) => server.weight);
  const peers: Peers = {
    addresses: servers.map((server) => server.address),
    weight,
    maxConnections: Int32Array.from(servers, (server) => server.maxConnections ?? noLimit),
    isLimited: servers.some((server) => server.maxConnections !== undefined),
    maxFails: Int32Array.from(servers, (server) => server.maxFails ?? 1),
    failSeconds: Float64Array.from(servers, (server) => server.failSeconds ?? 10),
    down: Uint8Array.from(servers, (server) => (server.down === true ? 1 : 0)),
    connections: new Int32Array(count),
    effectiveWeight: weight.slice(),
    currentWeight: new Int32Array(count),
    fails: new Int32Array(count),
    accessedAt: new Float64Array(count),
    checkedAt: new Float64Array(count),
    calm: new Uint8Array(1),
  };
  noteCalm(peers);
  const indexes = servers.map((_, index) => index);
  const primary = indexes.filter((index) => servers[index]?.backup !== true);
  const backup = indexes.filter((index) => servers[index]?.backup === true);
  return { peers, primary: listOf(peers, primary, primary.length === 1 && backup.length === 0), backup: listOf(peers, backup, false) };
}

function listOf(peers: Peers, members: readonly number[], single: boolean): PeerList {
  const weights = members.map((index) => peers.weight[index] ?? 0);
  return {
    members: Int32Array.from(members),
    totalWeight: weights.reduce((sum, weight) => sum + weight, 0),
    equalWeights: weights.every((weight) => weight === weights[0]),
    leastLimit: Math.min(noLimit, ...members.map((index) => peers.maxConnections[index] ?? noLimit)),
    single,
  };
}

/** True where the peer may get the request. `now` in whole seconds. */
export function isUsable(peers: Peers, index: number, request: PickRequest, now: number): boolean {
  if (peers.down[index] === 1) return false;
  const fails = peers.fails[index] ?? 0;
  if (fails > 0 && (peers.maxFails[index] ?? 0) > 0 && fails >= (peers.maxFails[index] ?? 0) && now - (peers.checkedAt[index] ?? 0) <= (peers.failSeconds[index] ?? 0)) return false;
  if ((peers.connections[index] ?? 0) >= (peers.maxConnections[index] ?? noLimit)) return false;
  return request.tried === undefined || !request.tried.has(index);
}

/** After a change that may have brought the peers to rest. */
export function noteCalm(peers: Peers): void {
  peers.calm[0] = peers.weight.every((weight, index) =>
    peers.down[index] === 0 && peers.fails[index] === 0 && peers.effectiveWeight[index] === weight) ? 1 : 0;
}

/**
 * Smooth weighted round robin over `members`: every usable one gains its weight, the largest (the first of equals) is taken and gives back the sum. `none`
 * where none is usable.
 * @param length how many of `members` count
 */
export function takeTurn(peers: Peers, members: Int32Array, length: number, request: PickRequest, now: number): number {
  const isCalm = peers.calm[0] === 1 && request.tried === undefined;
  if (isCalm && !peers.isLimited) return takeCalmTurn(peers, members, length);
  const { connections, currentWeight, effectiveWeight, maxConnections, weight } = peers;
  let best = none;
  let most = 0;
  let total = 0;
  let hasRecovered = false;
  for (let place = 0; place < length; place++) {
    const index = members[place] ?? 0;
    if (isCalm ? (connections[index] ?? 0) >= (maxConnections[index] ?? noLimit) : !isUsable(peers, index, request, now)) continue;
    const effective = effectiveWeight[index] ?? 0;
    const current = (currentWeight[index] ?? 0) + effective;
    currentWeight[index] = current;
    total += effective;
    if (effective < (weight[index] ?? 0)) {
      effectiveWeight[index] = effective + 1;
      hasRecovered = true;
    }
    if (best === none || current > most) {
      most = current;
      best = index;
    }
  }
  if (hasRecovered) noteCalm(peers);
  if (best !== none) currentWeight[best] = most - total;
  return best;
}

function takeCalmTurn({ currentWeight, weight }: Peers, members: Int32Array, length: number): number {
  let best = none;
  let most = -0x8000_0000;
  let total = 0;
  for (let place = 0; place < length; place++) {
    const index = members[place] ?? 0;
    const own = weight[index] ?? 0;
    const current = ((currentWeight[index] ?? 0) + own) | 0;
    currentWeight[index] = current;
    total = (total + own) | 0;
    if (current > most) {
      most = current;
      best = index;
    }
  }
  if (best !== none) currentWeight[best] = most - total;
  return best;
}

/** Counts a request in flight, and opens a new period of failures where the last is over. */
export function take(peers: Peers, index: number, now: number): void {
  if (now - (peers.checkedAt[index] ?? 0) > (peers.failSeconds[index] ?? 0)) peers.checkedAt[index] = now;
  peers.connections[index] = (peers.connections[index] ?? 0) + 1;
}

export function giveBack(peers: Peers, index: number, single: boolean): void {
  peers.connections[index] = (peers.connections[index] ?? 0) - 1;
  if (!single && (peers.accessedAt[index] ?? 0) < (peers.checkedAt[index] ?? 0) && peers.fails[index] !== 0) {
    peers.fails[index] = 0;
    noteCalm(peers);
  }
}

export function giveBackFailed(peers: Peers, index: number, single: boolean, now: number): void {
  peers.connections[index] = (peers.connections[index] ?? 0) - 1;
  if (single) return;
  peers.fails[index] = (peers.fails[index] ?? 0) + 1;
  peers.calm[0] = 0;
  peers.accessedAt[index] = now;
  peers.checkedAt[index] = now;
  const maxFails = peers.maxFails[index] ?? 0;
  if (maxFails > 0) peers.effectiveWeight[index] = Math.max(0, (peers.effectiveWeight[index] ?? 0) - Math.trunc((peers.weight[index] ?? 0) / maxFails));
}
