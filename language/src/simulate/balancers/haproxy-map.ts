/** HAProxy's static table of servers: `static-rr` walks it, map-based hashes index it. */
import { hasRoom } from "./haproxy-pool.ts";
import type { PoolServer } from "./haproxy-pool.ts";

export interface ServerMap {
  /** The next in turn that has room. */
  readonly next: (avoid: PoolServer | undefined) => PoolServer | undefined;
  /** By hash, room or not: the request waits for that server. */
  readonly at: (hash: number) => PoolServer | undefined;
  readonly rebuild: (inPlay: readonly PoolServer[]) => void;
}

/** @param all every server of the backend: the weights are divided by what all of them have in common */
export function serverMap(all: readonly PoolServer[]): ServerMap {
  const divisor = all.reduce((common, server) => greatestDivisor(common, server.weight), 0);
  let table: readonly PoolServer[] = [];
  let turn = 0;
  return {
    next: (avoid) => {
      if (turn >= table.length) turn = 0;
      let avoided: number | undefined;
      for (let step = 0; step < table.length; step++) {
        const place = (turn + step) % table.length;
        const server = table[place];
        if (server === undefined || !hasRoom(server)) continue;
        if (server !== avoid) {
          turn = place + 1;
          return server;
        }
        avoided = place;
      }
      if (avoided === undefined) return undefined;
      turn = avoided + 1;
      return table[avoided];
    },
    at: (hash) => table[hash % table.length],
    rebuild: (inPlay) => {
      table = slotsOf(inPlay, divisor);
    },
  };
}

/** Every slot: each server gains its weight; the first with the most whole turns (counted from one) gets it and gives back a round. */
function slotsOf(inPlay: readonly PoolServer[], divisor: number): readonly PoolServer[] {
  const weights = inPlay.map((server) => server.weight / divisor);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scores = weights.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = 0;
    let most = -1;
    for (let index = 0; index < inPlay.length; index++) {
      const score = (scores[index] ?? 0) + (weights[index] ?? 0);
      scores[index] = score;
      const turns = Math.trunc((score + total) / total);
      if (turns > most) {
        most = turns;
        best = index;
      }
    }
    scores[best] = (scores[best] ?? 0) - total;
    return inPlay[best];
  }).filter((server) => server !== undefined);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
