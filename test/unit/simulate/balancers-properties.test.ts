/** What holds of the balancers for any weights, keys and failures: no figure is recorded here. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { BalancedServer, Balancer } from "../../../language/src/simulate/balancers/balancer.ts";
import { haproxyBalancer } from "../../../language/src/simulate/balancers/haproxy.ts";
import type { HaproxyMethod } from "../../../language/src/simulate/balancers/haproxy.ts";
import { nginxBalancer } from "../../../language/src/simulate/balancers/nginx.ts";
import type { NginxMethod } from "../../../language/src/simulate/balancers/nginx.ts";
import { randomFrom } from "../../../language/src/simulate/random.ts";
import { clientShares, ringShares } from "../../../language/src/simulate/steady/exact-shares.ts";
import { backendOf } from "./policy-parts.ts";

const weightLists = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });
const runs = { numRuns: 60 };

function servers(weights: readonly number[], parts: (index: number) => Partial<BalancedServer> = () => ({})): readonly BalancedServer[] {
  return weights.map((weight, index) => ({ name: `s${index}`, address: `10.0.0.${index + 1}:80`, weight, ...parts(index) }));
}

function picks(balancer: Balancer, count: number, key?: (made: number) => string): readonly number[] {
  return Array.from({ length: count }, (_, made) => {
    const index = balancer.pick(key === undefined ? {} : { key: key(made), address: key(made) }, 0) ?? assert.fail("no server");
    balancer.finish(index, 0);
    return index;
  });
}

function counts(made: readonly number[], length: number): readonly number[] {
  return Array.from({ length }, (_, index) => made.filter((each) => each === index).length);
}

const nginx = (method: NginxMethod, list: readonly BalancedServer[]): Balancer => nginxBalancer(method, list, randomFrom(3));
const turns: readonly (readonly [string, (list: readonly BalancedServer[]) => Balancer])[] = [
  ["nginx", (list) => nginx({ kind: "round_robin" }, list)],
  ["nginx least_conn, idle", (list) => nginx({ kind: "least_conn" }, list)],
  ["HAProxy static-rr", (list) => haproxyBalancer({ kind: "static-rr" }, list)],
];

describe("turns", () => {
  for (const [name, make] of turns) {
    it(`of ${name} give each server its weight in every round, wherever the round begins`, () => {
      fc.assert(fc.property(weightLists, fc.nat({ max: 40 }), (weights, skipped) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const balancer = make(servers(weights));
        picks(balancer, skipped);
        assert.deepEqual(counts(picks(balancer, total), weights.length), weights);
      }), runs);
    });
  }

  it("of HAProxy's roundrobin keep within one request of the weights", () => {
    fc.assert(fc.property(weightLists, (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const seen = counts(picks(haproxyBalancer({ kind: "roundrobin" }, servers(weights)), 5 * total), weights.length);
      seen.forEach((count, index) => assert.ok(Math.abs(count - 5 * (weights[index] ?? 0)) <= 1, `${weights.join()}: ${seen.join()}`));
    }), runs);
  });

  it("of nginx are smooth: at no time is a server more than one request from its share", () => {
    fc.assert(fc.property(weightLists, (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const seen = weights.map(() => 0);
      picks(nginx({ kind: "round_robin" }, servers(weights)), 2 * total).forEach((pick, made) => {
        seen[pick] = (seen[pick] ?? 0) + 1;
        weights.forEach((weight, index) => assert.ok(Math.abs((seen[index] ?? 0) - ((made + 1) * weight) / total) < weights.length / 2 + 0.5));
      });
    }), runs);
  });
});

describe("the least busy", () => {
  const loads = fc.record({ weights: weightLists, steps: fc.array(fc.nat({ max: 1000 }), { maxLength: 60 }) });

  it("of nginx has the fewest connections for its weight, whatever was opened and closed before", () => {
    fc.assert(fc.property(loads, ({ weights, steps }) => {
      const balancer = nginx({ kind: "least_conn" }, servers(weights));
      const open: number[] = [];
      const per = weights.map(() => 0);
      for (const step of steps) {
        if (step % 3 === 0 && open.length > 0) {
          const [index = 0] = open.splice(step % open.length, 1);
          balancer.finish(index, 0);
          per[index] = (per[index] ?? 0) - 1;
          continue;
        }
        const index = balancer.pick({}, 0) ?? assert.fail();
        weights.forEach((weight, other) => assert.ok((per[index] ?? 0) * weight <= (per[other] ?? 0) * (weights[index] ?? 1)));
        per[index] = (per[index] ?? 0) + 1;
        open.push(index);
      }
    }), runs);
  });

  it("of HAProxy is idle where one is, whatever its weight", () => {
    fc.assert(fc.property(weightLists, (weights) => {
      const balancer = haproxyBalancer({ kind: "leastconn" }, servers(weights));
      const made = Array.from({ length: weights.length }, () => balancer.pick({}, 0));
      assert.equal(new Set(made).size, weights.length);
    }), runs);
  });
});

describe("hashes", () => {
  const methods: readonly (readonly [string, boolean, (list: readonly BalancedServer[]) => Balancer])[] = [
    ["nginx, plain", false, (list) => nginx({ kind: "hash", key: "text", consistent: false }, list)],
    ["nginx, consistent", true, (list) => nginx({ kind: "hash", key: "text", consistent: true }, list)],
    ["HAProxy, table", false, (list) => haproxyBalancer(hash("map"), list)],
    ["HAProxy, ring", true, (list) => haproxyBalancer(hash("ring"), list)],
  ];
  const keyOf = (made: number) => `key-${made * 7919}`;

  for (const [name, isRing, make] of methods) {
    it(`give a key the same server again: ${name}`, () => {
      fc.assert(fc.property(weightLists, (weights) => {
        const balancer = make(servers(weights));
        const first = picks(balancer, 50, keyOf);
        assert.deepEqual(picks(balancer, 50, keyOf), first);
      }), runs);
    });

    if (isRing) {
      it(`move only the keys of a server that goes, and of one that comes only to it: ${name}`, () => {
        fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 6 }), fc.nat(), (weights, which) => {
          const gone = which % weights.length;
          const all = picks(make(servers(weights)), 200, keyOf);
          const without = picks(make(servers(weights, (index) => (index === gone ? { down: true } : {}))), 200, keyOf);
          all.forEach((server, made) => assert.ok(server === gone ? without[made] !== gone : without[made] === server));
        }), runs);
      });
    }
  }
});

describe("draws", () => {
  it("of two on nginx go to the less busy of two different servers: never to one that is busier than all others", () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(), (length, which) => {
      const balancer = nginx({ kind: "random_two" }, servers(Array.from({ length }, () => 1)));
      balancer.assign(which % length);
      for (let made = 0; made < 40; made++) {
        const index = balancer.pick({}, 0) ?? assert.fail();
        assert.notEqual(index, which % length);
        balancer.finish(index, 0);
      }
    }), runs);
  });

  it("of one on HAProxy come near the arcs of the ring, and the arcs near the weights", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 5 }), (weights) => {
      const list = servers(weights);
      const arcs = ringShares(list) ?? assert.fail();
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      assert.ok(Math.abs(arcs.reduce((sum, arc) => sum + arc, 0) - 1) < 1e-6);
      const factor = Math.max(1, Math.floor(100 / Math.max(...weights)));
      const seen = counts(picks(haproxyBalancer({ kind: "random", draws: 1 }, list.map((each) => ({ ...each, weight: each.weight * factor }))), 4000), weights.length);
      arcs.forEach((arc, index) => {
        // Four standard deviations of 4,000 draws are below 0.032; 160 points and more are off by less than a quarter of the share.
        assert.ok(Math.abs((seen[index] ?? 0) / 4000 - arc) < 0.032);
        assert.ok(Math.abs(arc - (weights[index] ?? 0) / total) < 0.4 * ((weights[index] ?? 0) / total), `${weights.join()}: ${arcs.join()}`);
      });
    }), { numRuns: 20 });
  });
});

describe("shares by client", () => {
  it("add up to 1 while a server is up, give nothing to one that is down, and the rest of the ring what it had", () => {
    const strategies = (["ip_hash", "hash"] as const).map((kind) => backendOf([], kind === "hash" ? { kind, key: { kind: "uri" }, consistent: true } : { kind }).strategy);
    fc.assert(fc.property(weightLists, fc.constantFrom("nginx", "haproxy", "kubernetes"), fc.constantFrom(...strategies), fc.integer({ min: 1, max: 300 }), (weights, target, strategy, clients) => {
      const all = clientShares(strategy, servers(weights), target, clients) ?? assert.fail();
      assert.ok(Math.abs(all.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
      assert.ok(all.every((share) => Number.isInteger(Math.round(share * clients * 1e6) / 1e6)));
      if (weights.length === 1) return;
      const without = clientShares(strategy, servers(weights, (index) => (index === 0 ? { down: true } : {})), target, clients) ?? assert.fail();
      assert.equal(without[0], 0);
      without.slice(1).forEach((share, index) => assert.ok(share >= (all[index + 1] ?? 0) - 1e-9));
    }), runs);
  });
});

function hash(lookup: "map" | "ring"): HaproxyMethod {
  return { kind: "hash", of: "text", lookup, function: "sdbm", avalanche: true };
}
