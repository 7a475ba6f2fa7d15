/**
 * HAProxy's `leastconn`: servers in the order of (in flight + 1)·4096/weight, idle ones first whatever their weight; equals in the order in which they came there.
 * A server takes its new place at every change.
 */
import { hasRoom } from "./haproxy-pool.ts";
import type { Chooser, PoolServer } from "./haproxy-pool.ts";

export function leastConnections(): Chooser {
  let places = new Map<PoolServer, { key: number; stamp: number }>();
  let stamp = 0;
  const keyOf = (server: PoolServer) => (server.inFlight > 0 ? Math.trunc(((server.inFlight + 1) * 4096) / (server.weight * 16)) : 0);
  return {
    choose: (_key, _address, avoid) => {
      let best: PoolServer | undefined;
      let bestPlace = { key: Infinity, stamp: Infinity };
      for (const [server, place] of places) {
        if (server === avoid || !hasRoom(server)) continue;
        if (place.key < bestPlace.key || (place.key === bestPlace.key && place.stamp < bestPlace.stamp)) {
          best = server;
          bestPlace = place;
        }
      }
      return best ?? (avoid !== undefined && places.has(avoid) && hasRoom(avoid) ? avoid : undefined);
    },
    changed: (server) => {
      const place = places.get(server);
      const key = keyOf(server);
      if (place === undefined || place.key === key) return;
      place.key = key;
      place.stamp = stamp++;
    },
    replaced: (inPlay) => {
      const before = places;
      places = new Map(inPlay.map((server) => [server, before.get(server) ?? { key: keyOf(server), stamp: stamp++ }]));
    },
  };
}
