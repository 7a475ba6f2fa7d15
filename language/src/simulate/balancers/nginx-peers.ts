/** The peers of an nginx upstream and its smooth weighted round robin. As in nginx 1.22. */
import type { BalancedServer, PickRequest } from "./balancer.ts";

export interface Peer {
  readonly index: number;
  readonly address: string;
  readonly weight: number;
  readonly maxConnections: number;
  readonly maxFails: number;
  readonly failSeconds: number;
  down: boolean;
  connections: number;
  /** Falls with failures and recovers by one with every look at the peer. */
  effectiveWeight: number;
  /** The smooth turn: largest goes next. */
  currentWeight: number;
  fails: number;
  /** Whole seconds. */
  accessedAt: number;
  checkedAt: number;
}

export interface PeerList {
  readonly peers: readonly Peer[];
  /** Of all its peers, down or not. */
  readonly totalWeight: number;
  /** The only server of an upstream without backups: its failures are not counted. */
  readonly single: boolean;
}

export interface PeerLists {
  readonly primary: PeerList;
  /** Used only where the first list gives nothing. */
  readonly backup: PeerList;
  readonly byIndex: readonly Peer[];
}

export function peerLists(servers: readonly BalancedServer[]): PeerLists {
  const byIndex = servers.map((server, index): Peer => ({
    index,
    address: server.address,
    weight: server.weight,
    maxConnections: server.maxConnections ?? 0,
    maxFails: server.maxFails ?? 1,
    failSeconds: server.failSeconds ?? 10,
    down: server.down ?? false,
    connections: 0,
    effectiveWeight: server.weight,
    currentWeight: 0,
    fails: 0,
    accessedAt: 0,
    checkedAt: 0,
  }));
  const primary = byIndex.filter((peer) => servers[peer.index]?.backup !== true);
  const backup = byIndex.filter((peer) => servers[peer.index]?.backup === true);
  return { primary: list(primary, primary.length === 1 && backup.length === 0), backup: list(backup, false), byIndex };
}

function list(peers: readonly Peer[], single: boolean): PeerList {
  return { peers, totalWeight: peers.reduce((sum, peer) => sum + peer.weight, 0), single };
}

/** True where the peer may get the request. `now` in whole seconds. */
export function isUsable(peer: Peer, request: PickRequest, now: number): boolean {
  if (peer.down || request.tried?.has(peer.index) === true) return false;
  if (peer.maxFails > 0 && peer.fails >= peer.maxFails && now - peer.checkedAt <= peer.failSeconds) return false;
  return peer.maxConnections === 0 || peer.connections < peer.maxConnections;
}

/**
 * Smooth weighted round robin over `peers`: every usable one gains its weight, the largest (the first of equals) is taken and gives back the sum. Undefined
 * where none is usable.
 */
export function takeTurn(peers: readonly Peer[], request: PickRequest, now: number): Peer | undefined {
  let best: Peer | undefined;
  let total = 0;
  for (const peer of peers) {
    if (!isUsable(peer, request, now)) continue;
    peer.currentWeight += peer.effectiveWeight;
    total += peer.effectiveWeight;
    if (peer.effectiveWeight < peer.weight) peer.effectiveWeight += 1;
    if (best === undefined || peer.currentWeight > best.currentWeight) best = peer;
  }
  if (best !== undefined) best.currentWeight -= total;
  return best;
}

/** Counts a request in flight, and opens a new period of failures where the last is over. */
export function take(peer: Peer, now: number): number {
  if (now - peer.checkedAt > peer.failSeconds) peer.checkedAt = now;
  peer.connections += 1;
  return peer.index;
}

export function giveBack(peer: Peer, single: boolean): void {
  peer.connections -= 1;
  if (!single && peer.accessedAt < peer.checkedAt) peer.fails = 0;
}

export function giveBackFailed(peer: Peer, single: boolean, now: number): void {
  peer.connections -= 1;
  if (single) return;
  peer.fails += 1;
  peer.accessedAt = now;
  peer.checkedAt = now;
  if (peer.maxFails > 0) peer.effectiveWeight = Math.max(0, peer.effectiveWeight - Math.trunc(peer.weight / peer.maxFails));
}
