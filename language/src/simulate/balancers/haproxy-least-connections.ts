/**
 * HAProxy's `leastconn`: servers in the order of (in flight + 1)·4096/weight, idle ones first whatever their weight; equals in the order in which they came there.
 * A server takes its new place at every change.
 */
import { hasRoom } from "./haproxy-pool.ts";
import type { Chooser, PoolServer } from "./haproxy-pool.ts";

/** @param all the servers of the pool, by their index */
export function leastConnections(all: readonly PoolServer[]): Chooser {
  /** By the server's index: its key, -1 where it is not in play, and when it came there. */
  const keys = new Int32Array(all.length).fill(notInPlay);
  const stamps = new Float64Array(all.length);
  let servers: readonly PoolServer[] = [];
  let stamp = 0;
  const place = (server: PoolServer, key: number): void => {
    keys[server.index] = key;
    stamps[server.index] = stamp;
    stamp += 1;
  };
  return {
    choose: (_key, _address, avoid) => {
      let best: PoolServer | undefined;
      let least = Infinity;
      let since = Infinity;
      for (const server of servers) {
        const key = keys[server.index] ?? 0;
        if (key > least || server === avoid || !hasRoom(server)) continue;
        const stamped = stamps[server.index] ?? 0;
        if (key === least && stamped > since) continue;
        best = server;
        least = key;
        since = stamped;
      }
      return best ?? (avoid !== undefined && servers.includes(avoid) && hasRoom(avoid) ? avoid : undefined);
    },
    changed: (server) => {
      const before = keys[server.index] ?? notInPlay;
      if (before === notInPlay) return;
      const key = keyOf(server);
      if (key !== before) place(server, key);
    },
    replaced: (inPlay) => {
      servers = inPlay;
      const known = new Set(inPlay);
      for (const server of all) {
        if (!known.has(server)) keys[server.index] = notInPlay;
        else if (keys[server.index] === notInPlay) place(server, keyOf(server));
      }
    },
  };
}

const notInPlay = -1;

function keyOf({ inFlight, weight }: PoolServer): number {
  return inFlight > 0 ? Math.trunc(((inFlight + 1) * 4096) / (weight * 16)) : 0;
}
