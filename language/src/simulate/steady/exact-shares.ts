/** What the exact balancers make of many requests without any in flight: parts of a ring, and of the keys of so many clients. */
import type { Strategy } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import type { BalancedServer } from "../balancers/balancer.ts";
import { poolServers, serversInPlay } from "../balancers/haproxy-pool.ts";
import { serverRing } from "../balancers/haproxy-ring.ts";
import { policyBalancer, ringFactor, ringPointCount } from "../balancers/policy-balancer.ts";
import { mostRingPoints } from "../balancers/ring-points.ts";
import { randomFrom } from "../random.ts";
import { clientRequests } from "../requests/arrivals.ts";

/** More clients than this change a share by less than a thousandth. */
const mostClients = 100_000;

/**
 * Of each server the part of `clients` equally busy clients that `target` sends to it: each asks once, while nothing is in flight. Exact where the client alone decides
 * (hashes, affinity of nginx) and where the turn does (affinity of HAProxy before `round_robin`). All zeros where no server is up; undefined where the ring
 * would have too many points.
 */
export function clientShares(strategy: Strategy, servers: readonly BalancedServer[], target: TargetName, clients: number): readonly number[] | undefined {
  if (ringPointCount(strategy, servers, target) > mostRingPoints) return undefined;
  const { algorithm, affinity } = strategy;
  const counted = Math.min(clients, mostClients);
  const key = ["clients", target, algorithm.kind, algorithm.kind === "hash" ? algorithm.consistent : "", affinity?.kind ?? "", counted, serversKey(servers)].join(" ");
  return remembered(key, () => {
    const balancer = policyBalancer(strategy, servers, target, randomFrom(1));
    const counts = servers.map(() => 0);
    let sum = 0;
    for (const request of clientRequests(counted)) {
      const index = balancer.pick(request, 0);
      if (index === undefined) continue;
      balancer.finish(index, 0);
      counts[index] = (counts[index] ?? 0) + 1;
      sum += 1;
    }
    return counts.map((count) => (sum === 0 ? 0 : count / sum));
  });
}

/** Of each server the part of the draws of HAProxy's `balance random` that fall to it: the arcs of its ring, which are not quite the weights. Undefined where it has too many points. */
export function ringShares(servers: readonly BalancedServer[]): readonly number[] | undefined {
  const weights = servers.map((server) => server.weight);
  const factor = ringFactor(weights);
  if (weights.reduce((sum, weight) => sum + weight * factor * 16, 0) > mostRingPoints) return undefined;
  return remembered(`ring ${serversKey(servers)}`, () => {
    const all = poolServers(servers.map((server) => ({ ...server, weight: server.weight * factor })));
    const ring = serverRing(all);
    ring.rebuild(serversInPlay(all, "all"));
    const arcs = ring.arcs();
    return servers.map((_, index) => arcs.get(index) ?? 0);
  });
}

function serversKey(servers: readonly BalancedServer[]): string {
  return servers.map(({ address, weight, backup, down }) => `${address}*${weight}${backup === true ? "b" : ""}${down === true ? "d" : ""}`).join(" ");
}

const known = new Map<string, readonly number[]>();

/** The figures beside the text are asked for at every keystroke, and most of those leave the servers as they are. */
function remembered(key: string, shares: () => readonly number[]): readonly number[] {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= 256) known.clear();
  const made = shares();
  known.set(key, made);
  return made;
}
