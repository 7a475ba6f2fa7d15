/** The balancer that a policy's strategy becomes on a target. */
import type { Algorithm, Backend, Server, Strategy } from "../../model/policy.ts";
import { addressText } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import type { Random } from "../random.ts";
import type { BalancedServer, Balancer } from "./balancer.ts";
import { haproxyBalancer } from "./haproxy.ts";
import type { HaproxyMethod } from "./haproxy.ts";
import { consistentHash } from "./haproxy-hash.ts";
import { nginxBalancer } from "./nginx.ts";
import type { NginxMethod } from "./nginx.ts";
import { keepingClients } from "./sticky.ts";

/**
 * The picks of `target` for `strategy`; Kubernetes has no order of its own to speak of and picks as nginx does. Algorithms that a target lacks are the nearest
 * form that is compiled for it. `random` is drawn from where nginx draws.
 *
 * The key of a request is what its hash or its affinity looks at: the URI, the header, the cookie; `address` is the client's.
 */
export function policyBalancer(strategy: Strategy, servers: readonly BalancedServer[], target: TargetName, random: Random): Balancer {
  const { algorithm, affinity } = strategy;
  if (target === "haproxy") {
    const method = haproxyMethod(algorithm);
    const factor = picksFromRing(method) ? ringFactor(servers.map((server) => server.weight)) : 1;
    const scaled = factor === 1 ? servers : servers.map((server) => ({ ...server, weight: server.weight * factor }));
    const balancer = haproxyBalancer(method, scaled, "all");
    return affinity === undefined ? balancer : keepingClients(balancer, affinity.kind === "ip" ? "address" : "key");
  }
  if (affinity !== undefined) return nginxBalancer({ kind: "hash", key: affinity.kind === "ip" ? "address" : "text", consistent: true }, servers, random);
  return nginxBalancer(nginxMethod(algorithm), servers, random);
}

/** How many points the ring of that balancer has; 0 without a ring. */
export function ringPointCount({ algorithm, affinity }: Strategy, servers: readonly BalancedServer[], target: TargetName): number {
  const weight = servers.reduce((sum, server) => sum + server.weight, 0);
  if (target === "haproxy") return picksFromRing(haproxyMethod(algorithm)) ? 16 * weight * ringFactor(servers.map((server) => server.weight)) : 0;
  const method = nginxMethod(algorithm);
  return affinity !== undefined || (method.kind === "hash" && method.consistent === true) ? 160 * weight : 0;
}

function picksFromRing(method: HaproxyMethod): boolean {
  return method.kind === "random" || (method.kind === "hash" && method.lookup === "ring");
}

/**
 * By how much weights are multiplied where HAProxy picks from its ring: at weight 1 a server has 16 points and the parts are uneven
 * (90/68/142 of 300 requests were seen on three equal servers), so that the largest weight is brought near 100.
 */
export function ringFactor(weights: readonly number[]): number {
  return Math.max(1, Math.floor(100 / Math.max(1, ...weights)));
}

/** The fixed servers of a backend as a balancer sees them: drained ones get no new request, failures count as passive health says. */
export function balancedServers(backend: Backend): readonly BalancedServer[] {
  const { passiveHealth } = backend;
  return backend.servers.map((server: Server): BalancedServer => ({
    name: server.name,
    address: addressText(server.address),
    weight: server.weight,
    backup: server.backup,
    down: server.down || server.drain,
    maxFails: passiveHealth?.fall ?? 0,
    ...(passiveHealth === undefined ? {} : { failSeconds: passiveHealth.seconds }),
    ...(server.maxConnections === undefined ? {} : { maxConnections: server.maxConnections }),
  }));
}

/** nginx 1.22: no `first`, no response times, no networks in an upstream. */
export function nginxMethod(algorithm: Algorithm): NginxMethod {
  switch (algorithm.kind) {
    case "least_connections":
    case "least_response_time":
    case "least_predicted_load":
      return { kind: "least_conn" };
    case "random":
      return { kind: "random" };
    case "power_of_two":
      return { kind: "random_two" };
    case "ip_hash":
      return { kind: "hash", key: "address", consistent: true };
    case "hash":
      return { kind: "hash", key: "text", consistent: algorithm.consistent };
    case "round_robin":
    case "first":
    case "geo":
      return { kind: "round_robin" };
  }
}

export function haproxyMethod(algorithm: Algorithm): HaproxyMethod {
  switch (algorithm.kind) {
    case "least_connections":
    case "least_response_time":
    case "least_predicted_load":
      return { kind: "leastconn" };
    case "random":
      return { kind: "random", draws: 1 };
    case "power_of_two":
      return { kind: "random", draws: 2 };
    case "ip_hash":
      return consistentHash("address");
    case "hash":
      // Both are compiled with avalanche: without it neighbouring keys fall on neighbouring servers.
      return { ...consistentHash("text"), lookup: algorithm.consistent ? "ring" : "map" };
    case "first":
      return { kind: "first" };
    case "round_robin":
    case "geo":
      return { kind: "roundrobin" };
  }
}
