/** Parts of a resolved policy for simulator tests, with the defaults a policy without a word about them has. */
import type { Algorithm, Backend, Curve, Member, Origin, Replica, Server } from "../../../language/src/model/policy.ts";

const origin: Origin = { file: "test.lbpolicy", range: { start: 0, end: 0 } };

/** `curve([1, 0.2], [32, 0.9])`: 200ms at 1, 900ms at 32. */
export function curve(...points: readonly (readonly [concurrency: number, seconds: number])[]): Curve {
  return { points: points.map(([concurrency, seconds]) => ({ concurrency, seconds })), origin };
}

/** A member of one constant response time, its slots derived from its capacity as the language does. */
export function constantMember(capacityPerSecond: number, seconds: number): Member {
  return { capacityPerSecond, response: curve([1, seconds]), concurrency: capacityPerSecond * seconds, variation: 1 };
}

export function server(name: string, weight: number, member: Partial<Server>): Server {
  return {
    variation: 1, backup: false, drain: false, down: false, origin,
    address: { kind: "ipv4", host: "10.0.0.11", port: 5000 }, ...member, name, weight,
  };
}

export function backendOf(servers: readonly Server[], algorithm: Algorithm = { kind: "round_robin" }): Backend {
  return { ...emptyBackend, servers, strategy: { algorithm, retry: { count: 1, on: ["error"], unsafe: false } } };
}

export function elasticBackend(replica: Omit<Replica, "origin">): Backend {
  return { ...emptyBackend, replica: { ...replica, origin } };
}

const emptyBackend: Backend = {
  name: "pool",
  servers: [],
  strategy: { algorithm: { kind: "round_robin" }, retry: { count: 1, on: ["error"], unsafe: false } },
  protocol: "http",
  timeouts: { connectSeconds: 5, readSeconds: 60, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 },
  keepalive: 16,
  stream: false,
  origin,
};
