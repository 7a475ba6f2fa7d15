import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { BalancedServer, Balancer, PickRequest } from "../../../language/src/simulate/balancers/balancer.ts";
import { haproxyBalancer } from "../../../language/src/simulate/balancers/haproxy.ts";
import { consistentHash } from "../../../language/src/simulate/balancers/haproxy-hash.ts";
import { nginxBalancer } from "../../../language/src/simulate/balancers/nginx.ts";
import type { NginxMethod } from "../../../language/src/simulate/balancers/nginx.ts";
import { balancedServers, policyBalancer } from "../../../language/src/simulate/balancers/policy-balancer.ts";
import type { Algorithm } from "../../../language/src/model/policy.ts";
import { choicesResponseSeconds, roundRobinResponseSeconds } from "../../../language/src/simulate/queueing/load-sharing.ts";
import { shortestQueueResponseSeconds } from "../../../language/src/simulate/queueing/shortest-queue.ts";
import { randomFrom } from "../../../language/src/simulate/random.ts";
import { steadyState } from "../../../language/src/simulate/steady/steady-state.ts";
import { backendOf, constantMember, server } from "./policy-parts.ts";
import { simulateRequests } from "./request-queue.ts";

const oracle = JSON.parse(readFileSync(new URL("../../../../test/oracles/pick-sequences.json", import.meta.url), "utf8")) as { readonly cases: readonly { readonly urls?: readonly string[] }[] };
const urls = oracle.cases.find((recorded) => recorded.urls !== undefined)?.urls ?? [];

describe("nginx", () => {
  it("turns smoothly: 4,2,1 = abacaba, 3,2 = ababa, 10,1 = aaaaab aaaaa", () => {
    assert.equal(idlePicks(nginx("round_robin", [4, 2, 1]), 7), "abacaba");
    assert.equal(idlePicks(nginx("round_robin", [3, 2]), 5), "ababa");
    assert.equal(idlePicks(nginx("round_robin", [10, 1]), 11), "aaaaabaaaaa");
  });
  it("opens six requests to three equal servers as abccba under least_conn", () => {
    assert.equal(heldPicks(nginx("least_conn", [1, 1, 1]), 6), "abccba");
  });
  it("retries a server that refuses in whole seconds, after more than fail_timeout", () => {
    // One request every 0.1 s; fail_timeout 2 s was seen to retry at 2.8, 5.9, 8.8 s: never before 2 s are over by the second hand.
    const balancer = nginxBalancer({ kind: "round_robin" }, [{ ...named(0, 1), failSeconds: 2 }, named(1, 1)], randomFrom(1));
    const retried: number[] = [];
    for (let tenths = 0; tenths < 100; tenths++) {
      const now = 1000.8 + tenths / 10;
      const index = balancer.pick({}, now);
      assert.ok(index !== undefined);
      if (index === 0) {
        retried.push(Math.floor(now) - 1000);
        balancer.fail(0, now);
        const next = balancer.pick({ tried: new Set([0]) }, now);
        assert.equal(next, 1);
        balancer.finish(1, now);
      } else {
        balancer.finish(index, now);
      }
    }
    assert.deepEqual(retried, [0, 3, 6, 9]);
  });
  it("never counts failures of the only server, and answers with an error where none is left", () => {
    const only = nginxBalancer({ kind: "round_robin" }, [named(0, 1)], randomFrom(1));
    for (let request = 0; request < 5; request++) {
      assert.equal(only.pick({}, 0), 0);
      only.fail(0, 0);
    }
    const two = nginx("round_robin", [1, 1]);
    assert.equal(two.pick({ tried: new Set([0, 1]) }, 0), undefined);
  });
  it("balances over all backups once every server has failed", () => {
    const balancer = nginxBalancer({ kind: "round_robin" }, [named(0, 1), { ...named(1, 2), backup: true }, { ...named(2, 1), backup: true }], randomFrom(1));
    assert.equal(balancer.pick({}, 0), 0);
    balancer.fail(0, 0);
    assert.equal(idlePicks(balancer, 6), "bcbbcb");
    // Ten seconds later, by the whole second, the first is tried again.
    assert.equal(balancer.pick({}, 11), 0);
  });
  it("passes over servers that have all their connections", () => {
    const balancer = nginxBalancer({ kind: "round_robin" }, [{ ...named(0, 5), maxConnections: 1 }, { ...named(1, 1), maxConnections: 2 }], randomFrom(1));
    assert.deepEqual([0, 1, 2, 3].map(() => balancer.pick({}, 0)), [0, 1, 1, undefined]);
    balancer.finish(0, 0);
    assert.equal(balancer.pick({}, 0), 0);
  });
  it("takes little notice of weights in random two while idle: 3,1,1 give 30/35/35 %", () => {
    const counts = countPicks(nginx("random_two", [3, 1, 1]), 20_000);
    [0.3, 0.35, 0.35].forEach((share, index) => assert.ok(Math.abs((counts[index] ?? 0) / 20_000 - share) < 0.015, counts.join()));
  });
  it("moves 57 of 200 keys to a fourth server by consistent hash, all to the new one, and 149 by plain hash", () => {
    const moved = (consistent: boolean) => {
      const method: NginxMethod = { kind: "hash", key: "text", consistent };
      const [before, after] = [byUrl(nginxBalancer(method, servers([1, 1, 1]), randomFrom(1))), byUrl(nginxBalancer(method, servers([1, 1, 1, 1]), randomFrom(1)))];
      return after.filter((index, at) => index !== before[at]);
    };
    assert.equal(moved(false).length, 149);
    assert.deepEqual(moved(true), Array.from({ length: 57 }, () => 3));
  });
  it("goes round robin for a request without the key", () => {
    const balancer = nginxBalancer({ kind: "hash", key: "text", consistent: true }, servers([2, 1]), randomFrom(1));
    assert.equal(idlePicks(balancer, 6), "abaaba");
  });
});

describe("HAProxy", () => {
  it("turns by slots: 5,1,1 = aaabaac, 3,2 = aabab, 1,2,3,4 starts dcdbcda", () => {
    assert.equal(idlePicks(haproxy("roundrobin", [5, 1, 1]), 7), "aaabaac");
    assert.equal(idlePicks(haproxy("roundrobin", [3, 2]), 5), "aabab");
    assert.equal(idlePicks(haproxy("roundrobin", [1, 2, 3, 4]), 7), "dcdbcda");
  });
  it("walks its table under static-rr: 4,2,1 = aababac", () => {
    assert.equal(idlePicks(haproxy("static-rr", [4, 2, 1]), 7), "aababac");
  });
  it("holds idle servers for equal under leastconn: 5,1,1 = abc", () => {
    assert.equal(idlePicks(haproxy("leastconn", [5, 1, 1]), 6), "abcabc");
  });
  it("fills the first server before the next", () => {
    const balancer = haproxyBalancer({ kind: "first" }, servers([1, 1]).map((each) => ({ ...each, maxConnections: 2 })));
    assert.deepEqual([0, 1, 2, 3, 4].map(() => balancer.pick({}, 0)), [0, 0, 1, 1, undefined]);
    balancer.finish(0, 0);
    assert.equal(balancer.pick({}, 0), 0);
  });
  it("has only 16 points per server at weight 1: three equal servers get 104/37/59 of 200 URLs", () => {
    const picks = byUrl(haproxyBalancer(consistentHash("uri"), servers([1, 1, 1])));
    assert.deepEqual([0, 1, 2].map((index) => picks.filter((pick) => pick === index).length), [104, 37, 59]);
  });
  it("uses the first backup only, unless told to use all", () => {
    const pool = [{ ...named(0, 1), down: true }, { ...named(1, 1), backup: true }, { ...named(2, 1), backup: true }];
    assert.equal(idlePicks(haproxyBalancer({ kind: "leastconn" }, pool), 4), "bbbb");
    assert.equal(idlePicks(haproxyBalancer({ kind: "leastconn" }, pool, "all"), 4), "bcbc");
  });
  it("does not go back to the server that has just failed the request", () => {
    for (const kind of ["roundrobin", "static-rr", "leastconn"] as const) {
      const balancer = haproxy(kind, [9, 1]);
      for (let request = 0; request < 20; request++) {
        const first = balancer.pick({}, 0);
        assert.ok(first !== undefined);
        balancer.fail(first, 0);
        const second = balancer.pick({ tried: new Set([first]) }, 0);
        assert.equal(second, 1 - first, kind);
        balancer.finish(1 - first, 0);
      }
    }
  });
  it("gives a server that comes back its next slot as HAProxy 2.6.12 was seen to when told `disable server` and `enable server`", () => {
    for (const [kind, weights, recording] of [
      ["roundrobin", [3, 4], "bbabababba -b aaaaaaaa +b a"],
      ["roundrobin", [2, 3, 1], "-c bbab -b aaaaaaaa +b a"],
      ["static-rr", [3, 4], "abababb -b aa +b a"],
      ["static-rr", [2, 3, 1], "aba -c bbab -b aa +b a"],
    ] as const) {
      const balancer = haproxy(kind, weights);
      const replayed = recording.split(" ").map((part) => {
        if (!/^[-+]/.test(part)) return idlePicks(balancer, part.length);
        balancer.setDown(letters.indexOf(part.slice(1)), part.startsWith("-"));
        return part;
      });
      assert.equal(replayed.join(" "), recording, kind);
    }
  });
  it("goes on with the rest while a server is away, and gives it its share again afterwards", () => {
    for (const kind of ["roundrobin", "static-rr", "leastconn"] as const) {
      const balancer = haproxy(kind, [1, 1, 1]);
      idlePicks(balancer, 5);
      balancer.setDown(1, true);
      assert.deepEqual(countPicks(balancer, 100), [50, 0, 50], kind);
      balancer.setDown(1, false);
      const counts = countPicks(balancer, 300);
      for (const count of counts) assert.ok(Math.abs(count - 100) <= 1, `${kind}: ${counts.join()}`);
    }
  });
});

describe("every algorithm of a policy, on every target", () => {
  const algorithms: readonly Algorithm[] = [
    { kind: "round_robin" }, { kind: "least_connections" }, { kind: "random" }, { kind: "power_of_two" }, { kind: "ip_hash" }, { kind: "first" },
    { kind: "least_response_time" }, { kind: "hash", key: { kind: "uri" }, consistent: false }, { kind: "hash", key: { kind: "uri" }, consistent: true },
    { kind: "least_predicted_load", windowSeconds: 60, aheadSeconds: 60 }, { kind: "geo", networks: [], fallback: ["a"] },
  ];
  for (const target of ["nginx", "haproxy", "kubernetes"] as const) {
    for (const algorithm of algorithms) {
      const name = algorithm.kind === "hash" ? `hash ${algorithm.consistent ? "consistent" : "plain"}` : algorithm.kind;
      it(`${name} on ${target} serves while one server is up, and repeats itself`, () => {
        const run = () => {
          const balancer = policyBalancer(backendOf([], algorithm).strategy, servers([3, 2, 1]), target, randomFrom(7));
          const picks: (number | undefined)[] = [];
          for (let request = 0; request < 300; request++) {
            if (request === 100) balancer.setDown(0, true);
            if (request === 200) balancer.setDown(2, true);
            const index = balancer.pick({ key: urls[request % urls.length] ?? "", address: `10.0.${request % 7}.${request % 200}` }, request / 10);
            assert.ok(index !== undefined && (request < 100 || index !== 0) && (request < 200 || index === 1));
            balancer.finish(index, request / 10);
            picks.push(index);
          }
          return picks;
        };
        assert.deepEqual(run(), run());
      });
    }
  }
  it("brings clients back to their server where the strategy says so", () => {
    const origin = { file: "test.lbpolicy", range: { start: 0, end: 0 } };
    for (const target of ["nginx", "haproxy"] as const) {
      const strategy = { ...backendOf([]).strategy, affinity: { kind: "cookie", name: "S", ttlSeconds: 3600, origin } as const };
      const balancer = policyBalancer(strategy, servers([1, 1, 1]), target, randomFrom(7));
      const pick = (key: string) => {
        const index = balancer.pick({ key }, 0);
        assert.ok(index !== undefined);
        balancer.finish(index, 0);
        return index;
      };
      const clients = Array.from({ length: 60 }, (_, index) => `client-${index}`);
      const first = clients.map(pick);
      assert.deepEqual(clients.map(pick), first);
      assert.equal(new Set(first).size, 3);
      balancer.setDown(1, true);
      clients.map(pick).forEach((index, at) => assert.ok(first[at] === 1 ? index !== 1 : index === first[at]));
    }
  });
  it("sees a drained server as one that gets nothing new", () => {
    const [drained, up] = balancedServers(backendOf([server("a", 1, { drain: true }), server("b", 1, {})]));
    assert.equal(drained?.down, true);
    assert.equal(up?.down, false);
    assert.equal(up?.maxFails, 0);
  });
});

describe("the balancers with requests in flight agree with the queueing formulas", () => {
  const equal = (count: number) => Array.from({ length: count }, () => ({ slots: 1, seconds: 1 }));
  it("round robin is Eₙ/M/1", () => {
    close(simulateRequests(nginx("round_robin", [1, 1, 1, 1]), equal(4), 2.8, 400_000).responseSeconds, roundRobinResponseSeconds(4, 0.7, 1), 0.03);
  });
  it("least connections is join the shortest queue", () => {
    close(simulateRequests(nginx("least_conn", [1, 1]), equal(2), 1.4, 400_000).responseSeconds, shortestQueueResponseSeconds(2, 0.7, 1, 40), 0.03);
    close(simulateRequests(haproxy("leastconn", [1, 1]), equal(2), 1.4, 400_000).responseSeconds, shortestQueueResponseSeconds(2, 0.7, 1, 40), 0.03);
  });
  it("random two over many servers comes near the limit of two choices", () => {
    const weights = Array.from({ length: 50 }, () => 1);
    close(simulateRequests(nginx("random_two", weights), equal(50), 35, 400_000).responseSeconds, choicesResponseSeconds(0.7, 2, 1), 0.05);
  });
  it("shares of unlike servers come near the balance, on either target", () => {
    for (const pool of [
      [[1, 1, 1], [1, 1, 3]],
      [[2, 4, 1], [1, 4, 1.5], [1, 4, 2]],
      [[2, 20, 1], [1, 10, 2], [1, 10, 1]],
    ] as const) {
      const members = pool.map(([weight, slots, seconds], index) => server(letters[index] ?? "", weight, constantMember(slots / seconds, seconds)));
      const stations = pool.map(([, slots, seconds]) => ({ slots, seconds }));
      const capacity = stations.reduce((sum, { slots, seconds }) => sum + slots / seconds, 0);
      for (const load of [0.05, 0.2, 0.5, 0.8, 0.95]) {
        for (const [kind, target] of [["least_connections", "nginx"], ["least_connections", "haproxy"], ["power_of_two", "nginx"], ["power_of_two", "haproxy"]] as const) {
          const backend = backendOf(members, { kind });
          const seen = simulateRequests(policyBalancer(backend.strategy, servers(pool.map(([weight]) => weight)), target, randomFrom(3)), stations, load * capacity, 40_000).shares;
          const computed = steadyState(backend, load * capacity, { target }).members.map((member) => member.share);
          // Two draws of HAProxy's may fall on the same server.
          const tolerance = kind === "power_of_two" && target === "haproxy" ? 0.08 : 0.06;
          computed.forEach((share, index) => assert.ok(Math.abs(share - (seen[index] ?? 0)) < tolerance, `${kind} ${target} at ${load}: ${computed.join()} instead of ${seen.join()}`));
        }
      }
    }
  });
});

const letters = "abcdefgh";

function named(index: number, weight: number): BalancedServer {
  return { name: letters[index] ?? `s${index}`, address: `127.0.0.1:${21001 + index}`, weight };
}

function servers(weights: readonly number[]): readonly BalancedServer[] {
  return weights.map((weight, index) => named(index, weight));
}

function nginx(kind: "round_robin" | "least_conn" | "random" | "random_two" | "ip_hash", weights: readonly number[]): Balancer {
  return nginxBalancer({ kind }, servers(weights), randomFrom(1));
}

function haproxy(kind: "roundrobin" | "static-rr" | "leastconn", weights: readonly number[]): Balancer {
  return haproxyBalancer({ kind }, servers(weights));
}

/** Each request answered before the next. */
function idlePicks(balancer: Balancer, count: number, request: PickRequest = {}): string {
  let picks = "";
  for (let made = 0; made < count; made++) {
    const index = balancer.pick(request, 0);
    assert.ok(index !== undefined);
    balancer.finish(index, 0);
    picks += letters[index] ?? "?";
  }
  return picks;
}

/** All kept open. */
function heldPicks(balancer: Balancer, count: number): string {
  return Array.from({ length: count }, () => letters[balancer.pick({}, 0) ?? -1] ?? "?").join("");
}

function countPicks(balancer: Balancer, count: number): readonly number[] {
  const picks = idlePicks(balancer, count);
  return [0, 1, 2].map((index) => picks.split(letters[index] ?? "?").length - 1);
}

function byUrl(balancer: Balancer): readonly (number | undefined)[] {
  return urls.map((key) => {
    const index = balancer.pick({ key }, 0);
    if (index !== undefined) balancer.finish(index, 0);
    return index;
  });
}

function close(actual: number, expected: number, relativeTolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= relativeTolerance * expected, `${actual} instead of ${expected}`);
}
