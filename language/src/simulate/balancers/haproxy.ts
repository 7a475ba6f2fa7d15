/** The server order of HAProxy 2.6, pick by pick. */
import type { BalancedServer, Balancer } from "./balancer.ts";
import { hashChooser } from "./haproxy-hash.ts";
import type { HaproxyHash } from "./haproxy-hash.ts";
import { leastConnections } from "./haproxy-least-connections.ts";
import { serverMap } from "./haproxy-map.ts";
import { hasRoom, poolServers, serversInPlay } from "./haproxy-pool.ts";
import type { Chooser, PoolServer } from "./haproxy-pool.ts";
import { drawnOnRing } from "./haproxy-ring.ts";
import { weightedRoundRobin } from "./haproxy-round-robin.ts";

export type HaproxyMethod =
  | { readonly kind: "roundrobin" | "static-rr" | "leastconn" | "first" }
  | { readonly kind: "random"; readonly draws: number }
  | HaproxyHash;

/**
 * A balancer with the state of a process with one thread.
 * @param backups `all` is `option allbackups`; otherwise only the first backup is used
 */
export function haproxyBalancer(method: HaproxyMethod, servers: readonly BalancedServer[], backups: "first" | "all" = "first"): Balancer {
  const all = poolServers(servers);
  const chooser = chooserFor(method, all);
  let inPlay = serversInPlay(all, backups);
  // Without `allbackups` a backup is taken directly, whatever the algorithm.
  const onlyBackup = () => (backups === "first" && inPlay[0]?.isBackup === true ? inPlay[0] : undefined);
  chooser.replaced(inPlay);

  const count = (index: number, more: 1 | -1): void => {
    const server = all[index];
    if (server === undefined) return;
    server.inFlight += more;
    chooser.changed(server);
  };
  const release = (index: number): void => count(index, -1);
  return {
    pick: (request) => {
      const avoid = request.tried === undefined ? undefined : all[[...request.tried].at(-1) ?? -1];
      const server = onlyBackup() ?? chooser.choose(request.key, request.address, avoid);
      if (server !== undefined) count(server.index, 1);
      return server?.index;
    },
    assign: (index) => count(index, 1),
    finish: release,
    fail: release,
    setDown: (index, down) => {
      const server = all[index];
      if (server === undefined || server.isDown === down) return;
      server.isDown = down;
      inPlay = serversInPlay(all, backups);
      chooser.replaced(inPlay);
    },
  };
}

function chooserFor(method: HaproxyMethod, all: readonly PoolServer[]): Chooser {
  switch (method.kind) {
    case "roundrobin":
      return weightedRoundRobin(all);
    case "leastconn":
      return leastConnections(all);
    case "static-rr": {
      const map = serverMap(all);
      return { choose: (_key, _address, avoid) => map.next(avoid), changed: () => undefined, replaced: map.rebuild };
    }
    case "first":
      return inOrder();
    case "random":
      return drawnOnRing(method.draws, all);
    case "hash":
      return hashChooser(method, all);
  }
}

/** The first in order of its id that has room. */
function inOrder(): Chooser {
  let servers: readonly PoolServer[] = [];
  return {
    choose: (_key, _address, avoid) => servers.find((server) => server !== avoid && hasRoom(server)) ?? (avoid !== undefined && servers.includes(avoid) && hasRoom(avoid) ? avoid : undefined),
    changed: () => undefined,
    replaced: (inPlay) => {
      servers = inPlay;
    },
  };
}
