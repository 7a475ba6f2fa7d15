/** The points of nginx's `hash … consistent`. */
import { crc32, utf8 } from "./hashes.ts";
import type { PeerList, Peers } from "./nginx-peers.ts";
import { ringPoints } from "./ring-points.ts";

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
  const pointsOf = (index: number): number => (peers.weight[index] ?? 0) * 160;
  const count = members.reduce((sum, index) => sum + pointsOf(index), 0);
  const { hashes, places } = ringPoints(count, (put) => {
    const before = [0, 0, 0, 0];
    members.forEach((index, place) => {
      const address = addressOf(index);
      const base = crc32([...hostBytes(address), 0, ...portBytes(address)]);
      let previous = 0;
      for (let point = 0; point < pointsOf(index); point++) {
        before[0] = previous & 255;
        before[1] = (previous >>> 8) & 255;
        before[2] = (previous >>> 16) & 255;
        before[3] = previous >>> 24;
        previous = crc32(before, base);
        put(previous, place);
      }
    });
  });
  let kept = 0;
  const owners: Int32Array[] = [];
  hashes.forEach((hash, point) => {
    if (kept > 0 && hash === hashes[kept - 1]) return;
    hashes[kept] = hash;
    kept += 1;
    owners.push(ownersOf.get(addressOf(members[places[point] ?? 0] ?? 0)) ?? new Int32Array());
  });
  return { hashes: hashes.slice(0, kept), owners };
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
