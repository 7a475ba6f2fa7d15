/** The server order of nginx (open source, 1.22), pick by pick. */
import type { Random } from "../random.ts";
import type { BalancedServer, Balancer, PickRequest } from "./balancer.ts";
import { addressBytes } from "./client-address.ts";
import { crc32, remembered, utf8 } from "./hashes.ts";
import { giveBack, giveBackFailed, isUsable, peerLists, take, takeTurn } from "./nginx-peers.ts";
import type { Peer, PeerList } from "./nginx-peers.ts";
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
  const lists = peerLists(servers);
  const choose = chooser(method, random, lists.primary);
  const second = method.kind === "least_conn" ? fewestConnections : takeTurnOf;
  const single = lists.primary.single;
  return {
    pick: (request, nowSeconds) => {
      const now = Math.floor(nowSeconds);
      const peer = single ? onlyPeer(lists.primary, request) : (choose(lists.primary, request, now) ?? second(lists.backup, request, now));
      return peer === undefined ? undefined : take(peer, now);
    },
    assign: (index) => {
      const peer = lists.byIndex[index];
      if (peer !== undefined) peer.connections += 1;
    },
    finish: (index) => {
      const peer = lists.byIndex[index];
      if (peer !== undefined) giveBack(peer, single);
    },
    fail: (index, nowSeconds) => {
      const peer = lists.byIndex[index];
      if (peer !== undefined) giveBackFailed(peer, single, Math.floor(nowSeconds));
    },
    setDown: (index, down) => {
      const peer = lists.byIndex[index];
      if (peer !== undefined) peer.down = down;
    },
  };
}

type Choose = (list: PeerList, request: PickRequest, now: number) => Peer | undefined;

/** After so many unusable picks in a row the hashes and draws fall back to round robin. */
const mostMisses = 20;

function chooser(method: NginxMethod, random: Random, primary: PeerList): Choose {
  switch (method.kind) {
    case "round_robin":
      return takeTurnOf;
    case "least_conn":
      return fewestConnections;
    case "ip_hash":
      return byAddress;
    case "random":
      return (list, request, now) => drawOne(list, request, now, random);
    case "random_two":
      return (list, request, now) => drawTwo(list, request, now, random);
    case "hash":
      return method.consistent ? byPoints(method.key, primary) : byKey(method.key);
  }
}

const takeTurnOf: Choose = (list, request, now) => takeTurn(list.peers, request, now);

function onlyPeer(list: PeerList, request: PickRequest): Peer | undefined {
  const peer = list.peers[0];
  if (peer === undefined || peer.down || request.tried?.has(peer.index) === true) return undefined;
  return peer.maxConnections > 0 && peer.connections >= peer.maxConnections ? undefined : peer;
}

/** Fewest connections per weight; among several the smooth turn, over those only. */
const fewestConnections: Choose = (list, request, now) => {
  let best: Peer | undefined;
  let isShared = false;
  for (const peer of list.peers) {
    if (!isUsable(peer, request, now)) continue;
    if (best === undefined || peer.connections * best.weight < best.connections * peer.weight) {
      best = peer;
      isShared = false;
    } else if (peer.connections * best.weight === best.connections * peer.weight) {
      isShared = true;
    }
  }
  if (best === undefined || !isShared) return best;
  const { connections, weight } = best;
  return takeTurn(list.peers.filter((peer) => peer.connections * weight === connections * peer.weight), request, now);
};

/** ip_hash: the first three octets of IPv4, all of IPv6. */
const byAddress: Choose = (list, request, now) => {
  const bytes = addressBytes(request.address ?? "");
  const hashed = bytes.length === 16 ? bytes : bytes.length === 4 ? bytes.slice(0, 3) : [0, 0, 0];
  let hash = 89;
  for (let miss = 0; miss <= mostMisses; miss++) {
    for (const byte of hashed) hash = (hash * 113 + byte) % 6271;
    const peer = atWeight(list, hash % list.totalWeight);
    if (peer !== undefined && isUsable(peer, request, now)) return peer;
  }
  return takeTurn(list.peers, request, now);
};

/** The bytes a hash is made of; undefined where the request has none, which means round robin. */
function keyBytes(from: "text" | "address", request: PickRequest): readonly number[] {
  return from === "text" ? utf8(request.key ?? "") : addressBytes(request.address ?? "");
}

function byKey(from: "text" | "address"): Choose {
  return (list, request, now) => {
    const key = keyBytes(from, request);
    if (key.length === 0) return takeTurn(list.peers, request, now);
    let hash = 0;
    for (let miss = 0; miss <= mostMisses; miss++) {
      hash = (hash + ((crc32(key, miss === 0 ? 0 : crc32(utf8(String(miss)))) >>> 16) & 0x7fff)) >>> 0;
      const peer = atWeight(list, hash % list.totalWeight);
      if (peer !== undefined && isUsable(peer, request, now)) return peer;
    }
    return takeTurn(list.peers, request, now);
  };
}

function byPoints(from: "text" | "address", primary: PeerList): Choose {
  const points = consistentPoints(primary.peers);
  const startOf = remembered((text) => firstPointFrom(points, crc32(from === "text" ? utf8(text) : addressBytes(text))));
  return (list, request, now) => {
    const text = (from === "text" ? request.key : request.address) ?? "";
    if (text === "" || points.hashes.length === 0) return takeTurn(list.peers, request, now);
    const start = startOf(text);
    for (let miss = 0; miss <= mostMisses; miss++) {
      const owners = points.owners[(start + miss) % points.hashes.length] ?? [];
      const peer = takeTurn(owners, request, now);
      if (peer !== undefined) return peer;
    }
    return takeTurn(list.peers, request, now);
  };
}

function drawOne(list: PeerList, request: PickRequest, now: number, random: Random): Peer | undefined {
  for (let miss = 0; miss <= mostMisses; miss++) {
    const peer = atWeight(list, random.bits() % list.totalWeight);
    if (peer !== undefined && isUsable(peer, request, now)) return peer;
  }
  return takeTurn(list.peers, request, now);
}

/** Two different peers are drawn; the second stays unless it has more connections per weight. */
function drawTwo(list: PeerList, request: PickRequest, now: number, random: Random): Peer | undefined {
  let first: Peer | undefined;
  for (let miss = 0; miss <= mostMisses; ) {
    const peer = atWeight(list, random.bits() % list.totalWeight);
    if (peer === undefined || peer === first || !isUsable(peer, request, now)) {
      miss += 1;
    } else if (first === undefined) {
      first = peer;
    } else {
      return peer.connections * first.weight > first.connections * peer.weight ? first : peer;
    }
  }
  return takeTurn(list.peers, request, now);
}

/** The peer in whose part of the total weight `position` (0 … total − 1) lies. */
function atWeight(list: PeerList, position: number): Peer | undefined {
  let left = position;
  for (const peer of list.peers) {
    if (left < peer.weight) return peer;
    left -= peer.weight;
  }
  return undefined;
}
