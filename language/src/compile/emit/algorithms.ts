/** Algorithms in words, and the servers of a backend by their part. Shared by both balancers. */
import type { Algorithm, Backend, Server } from "../../model/policy.ts";

/** As the policy names it: `least_response_time`, `hash header "X-User"`. */
export function algorithmText(algorithm: Algorithm): string {
  if (algorithm.kind !== "hash") return algorithm.kind;
  const { key } = algorithm;
  return "name" in key ? `hash ${key.kind} "${key.name}"` : `hash ${key.kind}`;
}

/** The servers that are not backups, in file order; those that are drained or down among them. */
export function primaries(backend: Backend): readonly Server[] {
  return backend.servers.filter((server) => !server.backup);
}

export function backups(backend: Backend): readonly Server[] {
  return backend.servers.filter((server) => server.backup);
}

/** True where some member limits its connections. */
export function limitsConnections(backend: Backend): boolean {
  return backend.replica?.maxConnections !== undefined || backend.servers.some((server) => server.maxConnections !== undefined);
}
