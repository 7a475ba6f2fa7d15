/** The server order of nginx (open source, 1.22), pick by pick. */
import type { Random } from "../random.ts";
import type { BalancedServer, Balancer, PickRequest } from "./balancer.ts";
import { addressBytes } from "./client-address.ts";
import { crc32, remembered, utf8 } from "./hashes.ts";
import { leastConnections } from "./nginx-least-connections.ts";
import { giveBack, giveBackFailed, isUsable, none, noteCalm, take, takeTurn, upstreamOf } from "./nginx-peers.ts";
import type { PeerList, Peers, Upstream } from "./nginx-peers.ts";
import { consistentPoints, firstPointFrom } from "./nginx-points.ts";

export type NginxMethod =
  | { readonly kind: "round_robin" | "least_conn" | "ip_hash" | "random" | "random_two" }
  /** `key: "address"` is `$binary_remote_addr`. */
  | { readonly kind: "hash"; readonly key: "text" | "address"; readonly consistent: boolean };

/**
 * A balancer with the state of one worker. `random` is drawn from by `random` and `random two` only; nginx itself seeds it differently in each process.
 * Servers marked `backup` are used by `round_robin` and `least_conn`; the other methods refuse them in the configuration.
 */
export function nginxBalancer(method: NginxMethod, servers: readonly BalancedServer[], random: Random): Balancer {
  const upstream = upstreamOf(servers);
  const { peers, primary, backup } = upstream;
  const { single } = primary;
  const isKnown = (index: number) => index >= 0 && index < servers.length;
  const choose = chooser(method, random, upstream);
  const second = method.kind === "least_conn" ? leastConnections(servers.length) : takeTurnOf;
  return {
    pick: (request, nowSeconds) => {
      const now = Math.floor(nowSeconds);
      let index = single ? onlyPeer(peers, primary, request) : choose(peers, primary, request, now);
      if (index === none && backup.members.length > 0) index = second(peers, backup, request, now);
      if (index === none) return undefined;
      take(peers, index, now);
      return index;
    },
    assign: (index) => {
      if (isKnown(index)) peers.connections[index] = (peers.connections[index] ?? 0) + 1;
    },
    finish: (index) => {
      if (isKnown(index)) giveBack(peers, index, single);
    },
    fail: (index, nowSeconds) => {
      if (isKnown(index)) giveBackFailed(peers, index, single, Math.floor(nowSeconds));
    },
    setDown: (index, down) => {
      if (!isKnown(index)) return;
      peers.down[index] = down ? 1 : 0;
      noteCalm(peers);
    },
    inFlight: { calm: peers.calm, counts: peers.connections },
  };
}

type Choose = (peers: Peers, list: PeerList, request: PickRequest, now: number) => number;

/** After so many unusable picks in a row the hashes and draws fall back to round robin. */
const mostMisses = 20;

function chooser(method: NginxMethod, random: Random, upstream: Upstream): Choose {
  switch (method.kind) {
    case "round_robin":
      return takeTurnOf;
    case "least_conn":
      return leastConnections(upstream.peers.weight.length);
    case "ip_hash":
      return byAddress;
    case "random":
      return (peers, list, request, now) => drawOne(peers, list, request, now, random);
    case "random_two":
      return (peers, list, request, now) => drawTwo(peers, list, request, now, random);
    case "hash":
      return method.consistent ? byPoints(method.key, upstream) : byKey(method.key);
  }
}

const takeTurnOf: Choose = (peers, { members }, request, now) => takeTurn(peers, members, members.length, request, now);

function onlyPeer(peers: Peers, { members }: PeerList, request: PickRequest): number {
  const index = members[0] ?? none;
  if (index === none || peers.down[index] === 1 || request.tried?.has(index) === true) return none;
  return (peers.connections[index] ?? 0) >= (peers.maxConnections[index] ?? 0) ? none : index;
}

/** ip_hash: the first three octets of IPv4, all of IPv6. */
const byAddress: Choose = (peers, list, request, now) => {
  const bytes = addressBytes(request.address ?? "");
  const hashed = bytes.length === 16 ? bytes : bytes.length === 4 ? bytes.slice(0, 3) : [0, 0, 0];
  let hash = 89;
  for (let miss = 0; miss <= mostMisses; miss++) {
    for (const byte of hashed) hash = (hash * 113 + byte) % 6271;
    const index = atWeight(peers, list, hash % list.totalWeight);
    if (index !== none && isUsable(peers, index, request, now)) return index;
  }
  return takeTurn(peers, list.members, list.members.length, request, now);
};

/** The bytes a hash is made of; undefined where the request has none, which means round robin. */
function keyBytes(from: "text" | "address", request: PickRequest): readonly number[] {
  return from === "text" ? utf8(request.key ?? "") : addressBytes(request.address ?? "");
}

function byKey(from: "text" | "address"): Choose {
  return (peers, list, request, now) => {
    const key = keyBytes(from, request);
    if (key.length === 0) return takeTurn(peers, list.members, list.members.length, request, now);
    let hash = 0;
    for (let miss = 0; miss <= mostMisses; miss++) {
      hash = (hash + ((crc32(key, miss === 0 ? 0 : crc32(utf8(String(miss)))) >>> 16) & 0x7fff)) >>> 0;
      const index = atWeight(peers, list, hash % list.totalWeight);
      if (index !== none && isUsable(peers, index, request, now)) return index;
    }
    return takeTurn(peers, list.members, list.members.length, request, now);
  };
}

function byPoints(from: "text" | "address", upstream: Upstream): Choose {
  const points = consistentPoints(upstream.peers, upstream.primary);
  const startOf = remembered((text) => firstPointFrom(points, crc32(from === "text" ? utf8(text) : addressBytes(text))));
  return (peers, list, request, now) => {
    const text = (from === "text" ? request.key : request.address) ?? "";
    if (text === "" || points.hashes.length === 0) return takeTurn(peers, list.members, list.members.length, request, now);
    const start = startOf(text);
    for (let miss = 0; miss <= mostMisses; miss++) {
      const owners = points.owners[(start + miss) % points.hashes.length] ?? list.members;
      const index = takeTurn(peers, owners, owners.length, request, now);
      if (index !== none) return index;
    }
    return takeTurn(peers, list.members, list.members.length, request, now);
  };
}

function drawOne(peers: Peers, list: PeerList, request: PickRequest, now: number, random: Random): number {
  for (let miss = 0; miss <= mostMisses; miss++) {
    const index = atWeight(peers, list, random.bits() % list.totalWeight);
    if (index !== none && isUsable(peers, index, request, now)) return index;
  }
  return takeTurn(peers, list.members, list.members.length, request, now);
}

/** Two different peers are drawn; the second stays unless it has more connections per weight. */
function drawTwo(peers: Peers, list: PeerList, request: PickRequest, now: number, random: Random): number {
  const { connections, weight } = peers;
  let first = none;
  for (let miss = 0; miss <= mostMisses; ) {
    const index = atWeight(peers, list, random.bits() % list.totalWeight);
    if (index === none || index === first || !isUsable(peers, index, request, now)) {
      miss += 1;
    } else if (first === none) {
      first = index;
    } else {
      return (connections[index] ?? 0) * (weight[first] ?? 0) > (connections[first] ?? 0) * (weight[index] ?? 0) ? first : index;
    }
  }
  return takeTurn(peers, list.members, list.members.length, request, now);
}

/** The peer in whose part of the total weight `position` (0 … total − 1) lies. */
function atWeight({ weight }: Peers, { members }: PeerList, position: number): number {
  let left = position;
  for (let place = 0; place < members.length; place++) {
    const index = members[place] ?? 0;
    const own = weight[index] ?? 0;
    if (left < own) return index;
    left -= own;
  }
  return none;
}
