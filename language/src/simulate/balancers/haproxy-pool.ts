/** The servers of a HAProxy backend, and which of them are in play. As in HAProxy 2.6. */
import type { BalancedServer } from "./balancer.ts";

export interface PoolServer {
  readonly index: number;
  /** 1, 2, … in the order written. */
  readonly id: number;
  readonly weight: number;
  readonly isBackup: boolean;
  /** 0: none. */
  readonly maxConnections: number;
  isDown: boolean;
  /** Requests being served or queued for this server. */
  inFlight: number;
}

export function poolServers(servers: readonly BalancedServer[]): readonly PoolServer[] {
  return servers.map((server, index) => ({
    index,
    id: index + 1,
    weight: server.weight,
    isBackup: server.backup ?? false,
    maxConnections: server.maxConnections ?? 0,
    isDown: server.down ?? false,
    inFlight: 0,
  }));
}

/** The active servers that are up; where none is, the first backup, or with `allbackups` all of them. */
export function serversInPlay(servers: readonly PoolServer[], backups: "first" | "all"): readonly PoolServer[] {
  const active = servers.filter((server) => !server.isBackup && !server.isDown);
  if (active.length > 0) return active;
  const spare = servers.filter((server) => server.isBackup && !server.isDown);
  return backups === "all" ? spare : spare.slice(0, 1);
}

export function hasRoom(server: PoolServer): boolean {
  return server.maxConnections === 0 || server.inFlight < server.maxConnections;
}

/** What an algorithm sees of the pool. `avoid` is the server on which the request failed just before; it is taken only where no other can be. */
export interface Chooser {
  /** Undefined: the request waits for the backend. */
  readonly choose: (key: string | undefined, address: string | undefined, avoid: PoolServer | undefined) => PoolServer | undefined;
  /** The number in flight of a server has changed. */
  readonly changed: (server: PoolServer) => void;
  /** Other servers are in play. */
  readonly replaced: (inPlay: readonly PoolServer[]) => void;
}
