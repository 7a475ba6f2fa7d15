/** The request-level model of a backend. */
import { isElastic } from "../../model/policy.ts";
import type { Algorithm, Backend, Member, Server } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import type { BalancedServer } from "../balancers/balancer.ts";
import { balancedServers, haproxyMethod, nginxMethod, policyBalancer } from "../balancers/policy-balancer.ts";
import type { TimedFault } from "../flow/faults.ts";
import { membersHit } from "../flow/faults.ts";
import { memberService } from "../queueing/member.ts";
import type { RequestFault, RequestMember, RequestModel } from "./model.ts";

export interface BackendModelOptions {
  /** Whose picks. Kubernetes' own are taken for nginx's. */
  readonly target: TargetName;
  /** Members of an elastic pool; by default the least it may have, else 1. */
  readonly replicas?: number;
  /** Distinct clients, where the balancing looks at them; 1000 by default. */
  readonly clients?: number;
  readonly faults?: readonly TimedFault[];
}

/**
 * What the backend says of its members, balancing, limits and health, as a model of single requests.
 *
 * Retries follow a refused connection, and with `on timeout` an answer that does not come; requests in a member that fails are lost. `slow_start` thins out the turns of
 * a member that comes back.
 * @returns undefined where a member that takes part says too little: it needs a `response`, and a `capacity` or `concurrency`
 */
export function requestModel(backend: Backend, options: BackendModelOptions): RequestModel | undefined {
  const { target } = options;
  const { strategy, timeouts, passiveHealth, health } = backend;
  const servers = isElastic(backend) ? undefined : backend.servers;
  const members = servers?.map(serverMember) ?? replicaMembers(backend, options.replicas);
  const known = members.filter((member) => member !== undefined);
  if (known.length < members.length || known.length === 0) return undefined;
  const balanced = servers === undefined ? replicaServers(backend, members.length) : balancedServers(backend);
  const conditions = strategy.retry.on;
  const limited = known.filter((member) => member.maxConnections !== undefined).length;
  return {
    members: known,
    balancer: (random) => policyBalancer(strategy, balanced, target, random),
    picksBlindly: picksBlindly(strategy.algorithm, target) || (strategy.affinity !== undefined && target !== "haproxy"),
    clients: looksAtClients(backend) ? (options.clients ?? 1000) : 0,
    waitingRoom: (backend.maxQueue ?? 0) * limited,
    queueSeconds: timeouts.queueSeconds,
    readSeconds: timeouts.readSeconds,
    until: backend.stream ? "first_token" : "answer",
    retries: strategy.retry.count,
    retryOn: { refused: conditions.includes("error"), timeout: conditions.includes("timeout") },
    detection: {
      ...(health === undefined || target === "nginx" ? {} : { active: health }),
      ...(passiveHealth === undefined || target !== "haproxy" ? {} : { passive: passiveHealth }),
    },
    slowStartSeconds: target === "haproxy" ? (strategy.slowStartSeconds ?? 0) : 0,
    faults: (options.faults ?? []).flatMap((fault) => requestFaults(fault, backend, members.length)),
  };
}

function serverMember(server: Server): RequestMember | undefined {
  const member = memberOf(server.name, server);
  // One that takes no new requests need not say how it would serve them.
  return member ?? (server.down || server.drain ? { name: server.name, slots: 1, response: { points: [{ concurrency: 1, seconds: 1 }], origin: server.origin }, variation: 0 } : undefined);
}

function memberOf(name: string, member: Member): RequestMember | undefined {
  const service = memberService(member);
  return service === undefined ? undefined : {
    name, slots: service.slots, response: service.response, variation: service.variation,
    ...(service.ttft === undefined ? {} : { ttft: service.ttft }),
    ...(member.maxConnections === undefined ? {} : { maxConnections: member.maxConnections }),
  };
}

function replicaMembers(backend: Backend, replicas: number | undefined): readonly (RequestMember | undefined)[] {
  const count = replicas ?? Math.max(1, backend.scale?.min ?? 1);
  const { replica } = backend;
  return Array.from({ length: count }, (_, index) => (replica === undefined ? undefined : memberOf(`replica-${index + 1}`, replica)));
}

function replicaServers(backend: Backend, count: number): readonly BalancedServer[] {
  const { passiveHealth, replica } = backend;
  return Array.from({ length: count }, (_, index) => ({
    name: `replica-${index + 1}`, address: `10.0.${(index >> 8) & 255}.${index & 255}:80`, weight: 1, maxFails: passiveHealth?.fall ?? 0,
    ...(passiveHealth === undefined ? {} : { failSeconds: passiveHealth.seconds }),
    ...(replica?.maxConnections === undefined ? {} : { maxConnections: replica.maxConnections }),
  }));
}

function picksBlindly(algorithm: Algorithm, target: TargetName): boolean {
  const method = target === "haproxy" ? haproxyMethod(algorithm) : nginxMethod(algorithm);
  switch (method.kind) {
    case "least_conn":
    case "leastconn":
    case "random_two":
    case "first":
      return false;
    case "random":
      return !("draws" in method) || method.draws === 1;
    default:
      return true;
  }
}

function looksAtClients({ strategy }: Backend): boolean {
  return strategy.affinity !== undefined || strategy.algorithm.kind === "hash" || strategy.algorithm.kind === "ip_hash";
}

function requestFaults({ fault, span }: TimedFault, backend: Backend, members: number): readonly RequestFault[] {
  const { subject, kind, factor } = fault;
  const hit = subject.kind === "server" ? [backend.servers.findIndex((server) => server.name === subject.name)] : Array.from({ length: membersHit(fault, members) }, (_, index) => index);
  return hit.filter((member) => member >= 0).map((member) => ({ kind, member, factor, from: span.from, to: span.to }));
}
