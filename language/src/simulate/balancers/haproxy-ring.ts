/** HAProxy's consistent ring: 16 points per weight unit and server. */
import { avalanche } from "./hashes.ts";
import { hasRoom } from "./haproxy-pool.ts";
import type { Chooser, PoolServer } from "./haproxy-pool.ts";
import { ringPoints } from "./ring-points.ts";

export interface Ring {
  /** The server of the nearer of the two points around `hash`; ties to the one before. `avoid` is passed over. */
  readonly nearest: (hash: number, avoid: PoolServer | undefined) => PoolServer | undefined;
  /** The server of the next point, walking round, that has room. */
  readonly next: (avoid: PoolServer | undefined) => PoolServer | undefined;
  readonly rebuild: (inPlay: readonly PoolServer[]) => void;
  /** Of each server, by its index, the part of all hashes that are nearest to one of its points. */
  readonly arcs: () => ReadonlyMap<number, number>;
}

/**
 * Points of servers that are not in play stay where they are and are passed over, for a thousand servers have a million points and come and go often.
 * @param all the servers of the pool, by their index
 */
export function serverRing(all: readonly PoolServer[]): Ring {
  const { hashes: keys, places: owners } = ringPoints(all.reduce((sum, owner) => sum + owner.weight * 16, 0), (put) => {
    for (const { id, index, weight } of all) {
      for (let point = 0; point < weight * 16; point++) put(avalanche(id * 4096 + point), index);
    }
  });
  const { length } = keys;
  /** 1: in play. */
  const isIn = new Uint8Array(all.length);
  let inPlay = 0;
  let last = -1;
  const ownerOf = (place: number): PoolServer | undefined => all[owners[place] ?? -1];
  /** The first place in play from this one on, a step of 1 or −1 at a time. */
  const walk = (from: number, step: 1 | -1): number => {
    let place = from;
    while (isIn[owners[place] ?? 0] === 0) place = (place + step + length) % length;
    return place;
  };
  return {
    nearest: (hash, avoid) => {
      if (inPlay === 0) return undefined;
      const at = firstFrom(keys, hash);
      const after = walk(at === length ? 0 : at, 1);
      const before = walk(at === 0 ? length - 1 : at - 1, -1);
      const chosen = (hash - (keys[before] ?? 0)) >>> 0 <= ((keys[after] ?? 0) - hash) >>> 0 ? before : after;
      for (let step = 0; step < length; step++) {
        const owner = ownerOf((chosen + step) % length);
        if (owner !== avoid && isIn[owner?.index ?? -1] === 1) return owner;
      }
      return ownerOf(chosen);
    },
    next: (avoid) => {
      let avoided: PoolServer | undefined;
      for (let step = 1; step <= length; step++) {
        const place = (last + step) % length;
        const owner = ownerOf(place);
        if (owner === undefined || isIn[owner.index] === 0 || !hasRoom(owner)) continue;
        if (owner !== avoid) {
          last = place;
          return owner;
        }
        avoided = owner;
      }
      return avoided;
    },
    rebuild: (servers) => {
      isIn.fill(0);
      for (const { index } of servers) isIn[index] = 1;
      inPlay = servers.length;
      last = -1;
    },
    arcs: () => {
      const arcs = new Map<number, number>();
      const add = (owner: number | undefined, hashes: number) => {
        if (owner !== undefined) arcs.set(owner, (arcs.get(owner) ?? 0) + hashes / 2 ** 32);
      };
      const places = Array.from(keys, (_, place) => place).filter((place) => isIn[owners[place] ?? -1] === 1);
      places.forEach((place, index) => {
        const before = places[index === 0 ? places.length - 1 : index - 1] ?? 0;
        const gap = places.length === 1 ? 2 ** 32 : ((keys[place] ?? 0) - (keys[before] ?? 0)) >>> 0;
        add(owners[before], Math.floor(gap / 2));
        add(owners[place], Math.ceil(gap / 2));
      });
      return arcs;
    },
  };
}

/** `random(N)`: N draws on the ring; the later one stays unless it serves more per weight. A full server means waiting for the backend. */
export function drawnOnRing(draws: number, all: readonly PoolServer[]): Chooser {
  const ring = serverRing(all);
  // HAProxy's xorshift starts from a constant in each process, so its draws repeat from run to run.
  let state = 2463534242;
  const draw = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return {
    choose: (_key, _address, avoid) => {
      let best: PoolServer | undefined;
      for (let round = 0; round < draws; round++) {
        const drawn = ring.nearest(draw(), avoid);
        if (drawn === undefined) break;
        if (best === undefined || drawn.inFlight * best.weight <= best.inFlight * drawn.weight) best = drawn;
      }
      return best !== undefined && hasRoom(best) ? best : undefined;
    },
    changed: () => undefined,
    replaced: ring.rebuild,
  };
}

function firstFrom(keys: Uint32Array, hash: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
