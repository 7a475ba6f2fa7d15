/**
 * The resolved policy: every name looked up, every default written out, every quantity in its canonical unit
 * (seconds, per second, bytes, cores, USD, USD per hour, fractions). Immutable. Checks, features, the simulator and the compilers
 * read this and never the syntax tree.
 */
import type { Location, Range } from "../text/range.ts";
import type { MetricCondition, Schedule, Threshold, Metric, Direction } from "./scaling.ts";
import type { Service } from "./service.ts";
import type { Scenario, Traffic } from "./traffic.ts";
import type { Target } from "./target.ts";

/** Where a thing was written: the whole of it, and its name where it has one. */
export interface Origin extends Location {
  readonly nameRange?: Range;
}

export interface Policy {
  readonly backends: readonly Backend[];
  readonly strategies: readonly Strategy[];
  readonly metrics: readonly Metric[];
  readonly thresholds: readonly Threshold[];
  readonly schedules: readonly Schedule[];
  readonly services: readonly Service[];
  readonly traffics: readonly Traffic[];
  readonly scenarios: readonly Scenario[];
  readonly targets: readonly Target[];
}

/** Mean time a request takes while `concurrency` requests are served at once. */
export interface CurvePoint {
  readonly concurrency: number;
  readonly seconds: number;
}

/** Straight lines between the points, flat outside. A constant is one point at concurrency 1. Points rise in concurrency. */
export interface Curve {
  readonly points: readonly CurvePoint[];
  readonly origin: Origin;
}

/** What one member can do. Of capacity, response and concurrency the third is derived where two are given. */
export interface Member {
  readonly capacityPerSecond?: number;
  readonly response?: Curve;
  /** Time to first token. */
  readonly ttft?: Curve;
  /** Requests served at once by the model; need not be whole where it was derived. */
  readonly concurrency?: number;
  /** Coefficient of variation of the service time: 1 exponential, 0 constant. */
  readonly variation: number;
  readonly maxConnections?: number;
  readonly pricePerHour?: number;
}

export type Address =
  | { readonly kind: "ipv4" | "ipv6" | "host"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** A fixed member. It takes traffic in normal operation unless it is `backup`, `drain` or `down`. */
export interface Server extends Member {
  readonly name: string;
  readonly address: Address;
  /** Where the address was written. */
  readonly addressRange?: Range;
  readonly weight: number;
  readonly backup: boolean;
  readonly drain: boolean;
  readonly down: boolean;
  readonly documentation?: string;
  readonly origin: Origin;
}

/** What one elastic member can do. */
export interface Replica extends Member {
  readonly origin: Origin;
}

export interface QuantityRange {
  readonly request: number;
  readonly limit?: number;
  /** Usage of a member at load factor 1 (`full`). */
  readonly full?: number;
}

export type EnvironmentVariable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly from: "secret" | "config"; readonly object: string; readonly key: string };

export interface Workload {
  readonly image?: string;
  readonly port?: number;
  readonly command: readonly string[];
  readonly env: readonly EnvironmentVariable[];
  /** Cores. */
  readonly cpu?: QuantityRange;
  /** Bytes. */
  readonly memory?: QuantityRange;
  readonly gpu?: number;
  readonly namespace?: string;
  readonly startupSeconds: number;
  readonly shutdownSeconds: number;
  readonly disruption: DisruptionLimit;
  /** False where `disruption` was not written: with `existing` no PodDisruptionBudget is made then. */
  readonly disruptionGiven: boolean;
  readonly labels: readonly (readonly [string, string])[];
  readonly annotations: readonly (readonly [string, string])[];
  readonly serviceAccount?: string;
  readonly existing?: ExistingWorkload;
  readonly origin: Origin;
}

export type DisruptionLimit = { readonly count: number } | { readonly fraction: number };

/** Somebody else's object. `apiVersion` is `apps/v1` for deployment and statefulset. */
export interface ExistingWorkload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Those of `on`, or the one written inline (its `name` is undefined). */
  readonly thresholds: readonly Threshold[];
  readonly schedules: readonly Schedule[];
  /** Completed with the defaults; gathered from the pool's thresholds, of which at most one holds each part. */
  readonly behavior: Behavior;
  readonly active?: MetricCondition;
  readonly idleSeconds: number;
  readonly fallback?: { readonly replicas: number; readonly afterFailures: number };
  readonly origin: Origin;
}

/** How metric proposals of a pool are shaped: the controller's "with behavior" path. */
export interface Behavior {
  /** Fractions, 0.1 by default. */
  readonly toleranceUp: number;
  readonly toleranceDown: number;
  readonly up: Direction;
  readonly down: Direction;
}

export type Algorithm =
  | { readonly kind: "round_robin" | "least_connections" | "random" | "power_of_two" | "ip_hash" | "first" | "least_response_time" }
  | { readonly kind: "hash"; readonly key: HashKey; readonly consistent: boolean }
  | { readonly kind: "least_predicted_load"; readonly windowSeconds: number; readonly aheadSeconds: number }
  | { readonly kind: "geo"; readonly networks: readonly GeoRule[]; readonly fallback: readonly string[] };

export type HashKey =
  | { readonly kind: "uri" | "path" }
  | { readonly kind: "header" | "cookie" | "query"; readonly name: string };

export interface GeoRule {
  readonly network: string;
  readonly servers: readonly string[];
  readonly origin: Origin;
}

export type RetryCondition = "error" | "timeout" | "5xx" | number;

export interface Retry {
  /** Tries after the first. */
  readonly count: number;
  readonly on: readonly RetryCondition[];
  /** Send again also what is not idempotent. */
  readonly unsafe: boolean;
  readonly origin?: Origin;
}

export type Affinity =
  | { readonly kind: "cookie"; readonly name: string; readonly ttlSeconds: number; readonly origin: Origin }
  | { readonly kind: "ip"; readonly origin: Origin };

export interface Strategy {
  /** Undefined where a backend names an algorithm itself, or takes the default. */
  readonly name?: string;
  readonly algorithm: Algorithm;
  readonly affinity?: Affinity;
  readonly retry: Retry;
  readonly slowStartSeconds?: number;
  readonly origin?: Origin;
}

export type Demand =
  | { readonly kind: "rate"; readonly ratePerSecond: number; readonly origin: Origin }
  | { readonly kind: "traffic"; readonly traffic: Traffic; readonly origin: Origin };

export type ActiveHealth = {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly rise: number;
  readonly fall: number;
  readonly port?: number;
  readonly origin: Origin;
} & (
  | { readonly kind: "http" | "https"; readonly path: string; readonly method: string; readonly expectFrom: number; readonly expectTo: number; readonly host?: string; readonly verify: boolean }
  | { readonly kind: "tcp" | "grpc" }
);

/** Out for `seconds` after `fall` errors of real requests. */
export interface PassiveHealth {
  readonly fall: number;
  readonly seconds: number;
  readonly origin?: Origin;
}

export type Protocol = "http" | "https" | "h2c" | "grpc" | "grpcs" | "tcp" | "udp";

export interface MemberTls {
  readonly verify: boolean;
  readonly ca?: string;
  readonly name?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly origin?: Origin;
}

export interface Timeouts {
  readonly connectSeconds: number;
  readonly readSeconds: number;
  readonly sendSeconds: number;
  readonly queueSeconds: number;
  readonly idleSeconds: number;
  readonly origin?: Origin;
}

export interface Backend {
  readonly name: string;
  readonly documentation?: string;
  /** Fixed members in the order written; empty for an elastic pool. */
  readonly servers: readonly Server[];
  /** Elastic pools: what one member can do and what Kubernetes runs for it. */
  readonly replica?: Replica;
  readonly workload?: Workload;
  readonly address?: Address;
  readonly scale?: Scale;
  readonly strategy: Strategy;
  readonly demand?: Demand;
  readonly health?: ActiveHealth;
  /** Undefined where it was switched off. */
  readonly passiveHealth?: PassiveHealth;
  readonly protocol: Protocol;
  readonly tls?: MemberTls;
  readonly timeouts: Timeouts;
  /** Idle connections kept to the members; the default (2 per member, at least 16) is written out. */
  readonly keepalive: number;
  readonly maxQueue?: number;
  readonly stream: boolean;
  readonly origin: Origin;
}

/** True for a pool whose members come and go: it has a replica or a workload and no servers. */
export function isElastic(backend: Backend): boolean {
  return backend.replica !== undefined || backend.workload !== undefined;
}

/** The fixed members that take traffic in normal operation. */
export function activeServers(backend: Backend): readonly Server[] {
  return backend.servers.filter((server) => !server.backup && !server.drain && !server.down);
}

/** `10.0.0.1:80`, `[2001:db8::1]:80`, `api.internal:443`, `unix:/run/app.sock`. */
export function addressText(address: Address): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return address.kind === "ipv6" ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
