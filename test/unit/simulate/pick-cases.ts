/** Recorded picks of nginx and HAProxy, and how each kind is put to our balancers. */
import assert from "node:assert/strict";
import type { BalancedServer, Balancer, PickRequest } from "../../../language/src/simulate/balancers/balancer.ts";
import { haproxyBalancer } from "../../../language/src/simulate/balancers/haproxy.ts";
import type { HaproxyMethod } from "../../../language/src/simulate/balancers/haproxy.ts";
import type { HaproxyHash } from "../../../language/src/simulate/balancers/haproxy-hash.ts";
import { nginxBalancer } from "../../../language/src/simulate/balancers/nginx.ts";
import type { NginxMethod } from "../../../language/src/simulate/balancers/nginx.ts";
import { randomFrom } from "../../../language/src/simulate/random.ts";

interface RecordedServer {
  readonly name: string;
  readonly weight: number;
  readonly backup?: boolean;
  readonly down?: boolean;
  readonly refuses?: boolean;
  readonly max_fails?: number;
}

export interface PickCase {
  readonly id: string;
  readonly software: "nginx" | "haproxy";
  readonly algorithm: string;
  readonly hash_type?: string;
  readonly kind: "sequence" | "events" | "by_url" | "by_address" | "by_header" | "histogram";
  readonly servers: readonly RecordedServer[];
  readonly allbackups?: boolean;
  readonly picks?: readonly string[];
  readonly tried?: readonly string[];
  readonly events?: readonly (readonly [string, string | null])[];
  readonly urls?: readonly string[];
  readonly addresses?: readonly string[];
  readonly keys?: readonly string[];
  readonly requests?: number;
  readonly counts?: Readonly<Record<string, number>>;
  readonly expectedShare?: Readonly<Record<string, number>>;
  readonly shareTolerance?: number;
}

export interface PickOracle {
  readonly count: number;
  readonly ports?: Readonly<Record<string, number>>;
  readonly cases: readonly PickCase[];
}

const usualPorts: Readonly<Record<string, number>> = { a: 21001, b: 21002, c: 21003, d: 21004, e: 21005 };

/** Throws where our balancer picks otherwise. */
export function assertPicks(recorded: PickCase, ports: PickOracle["ports"]): void {
  const balancer = balancerOf(recorded, ports);
  if (recorded.kind === "histogram") agreeInShares(recorded, balancer);
  else if (recorded.kind === "events") assert.deepEqual(replay(recorded, balancer), recorded.events);
  else assert.deepEqual(servedBy(recorded, balancer), { picks: recorded.picks, tried: recorded.tried ?? recorded.picks });
}

/** One request after the other, each answered before the next; a server that refuses is followed by the next try. */
function servedBy(recorded: PickCase, balancer: Balancer): { readonly picks: readonly string[]; readonly tried: readonly string[] } {
  const requests: readonly PickRequest[] =
    recorded.urls?.map((key) => ({ key })) ?? recorded.addresses?.map((address) => ({ address })) ?? recorded.keys?.map((key) => ({ key })) ??
    (recorded.picks ?? []).map(() => ({}));
  const tries = requests.map((request) => {
    const tried: number[] = [];
    for (;;) {
      const index = balancer.pick({ ...request, tried: new Set(tried) }, 0);
      assert.ok(index !== undefined, "no server");
      tried.push(index);
      if (recorded.servers[index]?.refuses !== true) {
        balancer.finish(index, 0);
        return tried.map((each) => recorded.servers[each]?.name ?? "");
      }
      balancer.fail(index, 0);
    }
  });
  return { picks: tries.map((names) => names.at(-1) ?? ""), tried: tries.map((names) => names.join(">")) };
}

function replay(recorded: PickCase, balancer: Balancer): readonly (readonly [string, string | null])[] {
  const open = new Map<string, number>();
  return (recorded.events ?? []).map(([event]) => {
    const id = event.slice(1);
    if (event.startsWith("+")) {
      const index = balancer.pick({}, 0);
      assert.ok(index !== undefined, "no server");
      open.set(id, index);
      return [event, recorded.servers[index]?.name ?? null] as const;
    }
    balancer.finish(open.get(id) ?? -1, 0);
    return [event, null] as const;
  });
}

/** HAProxy's draws repeat from run to run and are counted exactly; nginx seeds its own differently each time. */
function agreeInShares(recorded: PickCase, balancer: Balancer): void {
  const { requests = 0, counts = {}, expectedShare = {}, shareTolerance = 0 } = recorded;
  const seen = recorded.servers.map(() => 0);
  for (let request = 0; request < requests; request++) {
    const index = balancer.pick({}, 0);
    assert.ok(index !== undefined, "no server");
    seen[index] = (seen[index] ?? 0) + 1;
    balancer.finish(index, 0);
  }
  if (recorded.software === "haproxy") assert.deepEqual(Object.fromEntries(recorded.servers.map(({ name }, index) => [name, seen[index]])), counts);
  recorded.servers.forEach(({ name }, index) => {
    const share = (seen[index] ?? 0) / requests;
    for (const expected of [expectedShare[name] ?? NaN, (counts[name] ?? NaN) / requests]) {
      assert.ok(Math.abs(share - expected) <= shareTolerance, `${name}: ${share} instead of ${expected}`);
    }
  });
}

function balancerOf(recorded: PickCase, ports: PickOracle["ports"]): Balancer {
  const servers = recorded.servers.map((server): BalancedServer => ({
    name: server.name,
    address: `127.0.0.1:${ports?.[server.name] ?? usualPorts[server.name] ?? 21099}`,
    weight: server.weight,
    ...(server.backup === undefined ? {} : { backup: server.backup }),
    ...(server.down === undefined ? {} : { down: server.down }),
    ...(server.max_fails === undefined ? {} : { maxFails: server.max_fails }),
  }));
  return recorded.software === "nginx"
    ? nginxBalancer(nginxMethod(recorded.algorithm), servers, randomFrom(1))
    : haproxyBalancer(haproxyMethod(recorded), servers, recorded.allbackups === true ? "all" : "first");
}

function nginxMethod(algorithm: string): NginxMethod {
  switch (algorithm) {
    case "round_robin":
    case "least_conn":
    case "ip_hash":
    case "random":
    case "random_two":
      return { kind: algorithm };
    case "hash":
    case "hash_consistent":
      return { kind: "hash", key: "text", consistent: algorithm === "hash_consistent" };
    default:
      throw new Error(`no method for ${algorithm}`);
  }
}

function haproxyMethod({ algorithm, hash_type }: PickCase): HaproxyMethod {
  switch (algorithm) {
    case "roundrobin":
    case "static-rr":
    case "leastconn":
    case "first":
      return { kind: algorithm };
    case "uri":
      return haproxyHash("uri", hash_type);
    case "hdr":
      return haproxyHash("text", hash_type);
    case "source":
      return haproxyHash("address", hash_type);
    default:
      return { kind: "random", draws: Number(/\((\d)\)/.exec(algorithm)?.[1] ?? 2) };
  }
}

function haproxyHash(of: HaproxyHash["of"], type = "map"): HaproxyHash {
  return {
    kind: "hash",
    of,
    lookup: type.startsWith("map") ? "map" : "ring",
    function: type.includes("djb2") ? "djb2" : type.includes("crc32") ? "crc32" : "sdbm",
    avalanche: type === "consistent" || type.includes("avalanche"),
  };
}
