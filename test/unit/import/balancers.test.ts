/** What was emitted for nginx and HAProxy, read back and run by the same simulator, picks as the policy says. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { analyze, compile } from "../../../language/src/index.ts";
import { haproxyPools } from "../../../language/src/import/balancers/haproxy.ts";
import { nginxPools } from "../../../language/src/import/balancers/nginx.ts";
import type { BalancedServer, Balancer } from "../../../language/src/simulate/balancers/balancer.ts";
import { haproxyBalancer } from "../../../language/src/simulate/balancers/haproxy.ts";
import { nginxBalancer } from "../../../language/src/simulate/balancers/nginx.ts";
import { balancedServers, policyBalancer } from "../../../language/src/simulate/balancers/policy-balancer.ts";
import { randomFrom } from "../../../language/src/simulate/random.ts";

const seed = Number(process.env["LBPOLICY_SEED"] ?? 20261120);
const runs = 300;

const algorithms = ["round_robin", "least_connections", "random", "power_of_two", "ip_hash", 'hash header "X-User"', 'hash header "X-User" consistent', "hash uri consistent", "first"];

const server = fc.record({
  weight: fc.integer({ min: 1, max: 20 }),
  maxConnections: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  down: fc.boolean(),
});

/** A policy's text, and the steps of a run: which of the open requests ends before the next begins. */
const example = fc.record({
  algorithm: fc.constantFrom(...algorithms),
  servers: fc.array(server, { minLength: 2, maxLength: 6 }),
  backup: fc.boolean(),
  steps: fc.array(fc.record({ key: fc.integer({ min: 0, max: 30 }), ends: fc.integer({ min: 0, max: 3 }) }), { minLength: 20, maxLength: 60 }),
});

function policyText({ algorithm, servers, backup }: { readonly algorithm: string; readonly servers: readonly { readonly weight: number; readonly maxConnections: number | undefined; readonly down: boolean }[]; readonly backup: boolean }): string {
  const lines = servers.map(({ weight, maxConnections, down }, i) => {
    const limit = maxConnections === undefined && algorithm !== "first" ? "" : ` max_connections ${maxConnections ?? 4}`;
    // The first stays up: a pool of nothing but down members is refused.
    return `  server m${i} 10.0.0.${i + 1}:80 weight ${weight}${limit}${down && i > 0 ? " down" : ""}`;
  });
  const reserve = backup && ["round_robin", "least_connections"].includes(algorithm) ? "  server spare 10.0.1.1:80 backup\n" : "";
  return `backend web {\n  balance how\n${lines.join("\n")}\n${reserve}}\nstrategy how { algorithm ${algorithm} }\nservice front { listen 80  to web }\n`;
}

/** The addresses picked over the steps; some of the open requests end between two picks. */
function picks(balancer: Balancer, servers: readonly BalancedServer[], steps: readonly { readonly key: number; readonly ends: number }[]): readonly string[] {
  const open: number[] = [];
  return steps.map(({ key, ends }, i) => {
    for (let n = 0; n < ends && open.length > 0; n++) balancer.finish(open.shift() ?? 0, i);
    const index = balancer.pick({ key: `k${key}`, address: `192.0.2.${key}` }, i);
    if (index !== undefined) open.push(index);
    return index === undefined ? "none" : (servers[index]?.address ?? "?");
  });
}

for (const target of ["nginx", "haproxy"] as const) {
  it(`${runs} policies pick on ${target} as their compiled files do (seed ${seed})`, () => {
    fc.assert(fc.property(example, (given) => {
      const analysis = analyze({ file: "p.lbpolicy", text: policyText(given) });
      assert.deepEqual(analysis.diagnostics.filter((diagnostic) => diagnostic.severity === "error"), []);
      const backend = analysis.policy.backends[0];
      assert.ok(backend !== undefined);
      // Without a fixed place nginx has no `first`: what it does instead is told, and is not the policy.
      if (target === "nginx" && backend.strategy.algorithm.kind === "first") return;
      const { text } = compile(analysis, target);
      const meant = balancedServers(backend);
      const expected = picks(policyBalancer(backend.strategy, meant, target, randomFrom(7)), meant, given.steps);
      assert.deepEqual(picksOf(text, target, given.steps), expected);
    }), { seed, numRuns: runs });
  });
}

function picksOf(text: string, target: "nginx" | "haproxy", steps: Parameters<typeof picks>[2]): readonly string[] {
  if (target === "nginx") {
    const pool = nginxPools(text).find(({ name }) => name === "web");
    assert.ok(pool?.method !== undefined);
    return picks(nginxBalancer(pool.method, pool.servers, randomFrom(7)), pool.servers, steps);
  }
  const pool = haproxyPools(text).find(({ name }) => name === "web");
  assert.ok(pool?.method !== undefined);
  return picks(haproxyBalancer(pool.method, pool.servers, "all"), pool.servers, steps);
}
