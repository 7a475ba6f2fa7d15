/** The points of nginx's `hash … consistent`. */
import { crc32, utf8 } from "./hashes.ts";
import type { PeerList, Peers } from "./nginx-peers.ts";

export interface Points {
  /** Rising, without doubles. */
  readonly hashes: Uint32Array;
  /** Indexes of the servers with the text that owns the point. */
  readonly owners: readonly Int32Array[];
}

/** 160 points per weight unit: crc32 of HOST, NUL, PORT and the point before (little endian, 0 at first), the same as Cache::Memcached::Fast. */
export function consistentPoints(peers: Peers, { members }: PeerList): Points {
  const byAddress = new Map<string, number[]>();
  const addressOf = (index: number): string => peers.addresses[index] ?? "";
  for (const index of members) byAddress.set(addressOf(index), [...(byAddress.get(addressOf(index)) ?? []), index]);
  const ownersOf = new Map([...byAddress].map(([address, indexes]) => [address, Int32Array.from(indexes)]));
  const points: { readonly hash: number; readonly owners: Int32Array }[] = [];
  for (const index of members) {
    const address = addressOf(index);
    const owners = ownersOf.get(address) ?? new Int32Array();
    const base = crc32([...hostBytes(address), 0, ...portBytes(address)]);
    let previous = 0;
    for (let point = 0; point < (peers.weight[index] ?? 0) * 160; point++) {
      previous = crc32([previous & 255, (previous >>> 8) & 255, (previous >>> 16) & 255, previous >>> 24], base);
      points.push({ hash: previous, owners });
    }
  }
  points.sort((a, b) => a.hash - b.hash);
  const kept = points.filter((point, index) => index === 0 || point.hash !== points[index - 1]?.hash);
  return { hashes: Uint32Array.from(kept, (point) => point.hash), owners: kept.map((point) => point.owners) };
}

/** The index of the first point at or after `hash`; past the last it is the first. */
export function firstPointFrom({ hashes }: Points, hash: number): number {
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hashes[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low === hashes.length ? 0 : low;
}

function splitAt(address: string): number {
  return address.startsWith("unix:") ? -1 : address.lastIndexOf(":");
}

function hostBytes(address: string): readonly number[] {
  const at = splitAt(address);
  return utf8(address.startsWith("unix:") ? address.slice(5) : at < 0 ? address : address.slice(0, at));
}

function portBytes(address: string): readonly number[] {
  const at = splitAt(address);
  return at < 0 ? [] : utf8(address.slice(at + 1));
}
