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

export function serverRing(): Ring {
  let keys: Uint32Array = new Uint32Array();
  let owners: readonly PoolServer[] = [];
  let last = -1;
  return {
    nearest: (hash, avoid) => {
      const { length } = keys;
      if (length === 0) return undefined;
      const at = firstFrom(keys, hash);
      const after = at === length ? 0 : at;
      const before = after === 0 ? length - 1 : after - 1;
      const chosen = (hash - (keys[before] ?? 0)) >>> 0 <= ((keys[after] ?? 0) - hash) >>> 0 ? before : after;
      for (let step = 0; step < length; step++) {
        const owner = owners[(chosen + step) % length];
        if (owner !== avoid) return owner;
      }
      return owners[chosen];
    },
    next: (avoid) => {
      let avoided: PoolServer | undefined;
      for (let step = 1; step <= keys.length; step++) {
        const place = (last + step) % keys.length;
        const owner = owners[place];
        if (owner === undefined || !hasRoom(owner)) continue;
        if (owner !== avoid) {
          last = place;
          return owner;
        }
        avoided = owner;
      }
      return avoided;
    },
    rebuild: (inPlay) => {
      const { hashes, places } = ringPoints(inPlay.reduce((sum, owner) => sum + owner.weight * 16, 0), (put) => {
        inPlay.forEach((owner, place) => {
          for (let point = 0; point < owner.weight * 16; point++) put(avalanche(owner.id * 4096 + point), place);
        });
      });
      keys = hashes;
      owners = Array.from(places, (place) => inPlay[place]).filter((owner) => owner !== undefined);
      last = -1;
    },
    arcs: () => {
      const arcs = new Map<number, number>();
      const add = (owner: PoolServer | undefined, hashes: number) => {
        if (owner !== undefined) arcs.set(owner.index, (arcs.get(owner.index) ?? 0) + hashes / 2 ** 32);
      };
      owners.forEach((owner, place) => {
        const before = place === 0 ? keys.length - 1 : place - 1;
        const gap = keys.length === 1 ? 2 ** 32 : ((keys[place] ?? 0) - (keys[before] ?? 0)) >>> 0;
        add(owners[before], Math.floor(gap / 2));
        add(owner, Math.ceil(gap / 2));
      });
      return arcs;
    },
  };
}

/** `random(N)`: N draws on the ring; the later one stays unless it serves more per weight. A full server means waiting for the backend. */
export function drawnOnRing(draws: number): Chooser {
  const ring = serverRing();
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
