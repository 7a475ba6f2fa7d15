/** The real programs pick as the simulator says, server by server: fresh processes with one worker and one thread. simulation.md §2, §3. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { haproxyBalancer } from "../../language/src/simulate/balancers/haproxy.ts";
import type { HaproxyMethod } from "../../language/src/simulate/balancers/haproxy.ts";
import { asks, haproxyOf, nginxOf, openAndClose, playHaproxy, playNginx, predicted, predictedOne, replayed, scene, served } from "../helpers/live-picks.ts";
import type { Place } from "../helpers/live-picks.ts";
import { askMany, tally } from "../helpers/live-client.ts";
import { on } from "../helpers/live-stage.ts";

on("nginx", "picks", (_program, stage) => {
  for (const [title, places] of [
    ["weights 6, 1, 4, 2", [{ weight: 6 }, { weight: 1 }, { weight: 4 }, { weight: 2 }]],
    ["weights 3, 11, 5", [{ weight: 3 }, { weight: 11 }, { weight: 5 }]],
    ["one that is gone, out after one failure", [{ weight: 2 }, { weight: 5, gone: true }, { weight: 3 }]],
    ["one that is gone, out after three", [{ weight: 4 }, { weight: 7, gone: true, maxFails: 3 }, { weight: 2 }]],
    ["two gone, and a backup", [{ weight: 2, gone: true }, { weight: 3 }, { weight: 4, gone: true, maxFails: 2 }, { weight: 1, backup: true }]],
    ["one that is down, equal weights", [{ weight: 1 }, { weight: 1 }, { weight: 1, down: true }, { weight: 1 }, { weight: 1 }]],
    ["two gone, one of them never out", [{ weight: 3 }, { weight: 2, gone: true, maxFails: 0 }, { weight: 5, gone: true, maxFails: 2 }, { weight: 4 }]],
    ["all gone but the backups", [{ weight: 2, gone: true }, { weight: 1, gone: true }, { weight: 3, backup: true }, { weight: 1, backup: true }]],
  ] as const satisfies readonly (readonly [string, readonly Place[]])[]) {
    it(`in turn: ${title}`, async () => {
      const set = await scene(stage, places);
      const port = await playNginx(stage, set, "");
      assert.equal(await served(asks(39, port)), predicted(set, nginxOf({ kind: "round_robin" }, set), asks(39, port).map(() => ({}))));
    });
  }

  it("in turn: one that is gone is tried again after its time, and comes back", async () => {
    const set = await scene(stage, [{ weight: 1 }, { weight: 3, gone: true }, { weight: 2 }], 1);
    const port = await playNginx(stage, set, "");
    const balancer = nginxOf({ kind: "round_robin" }, set);
    const picks: string[] = [];
    const expected: string[] = [];
    let gone = true;
    // nginx counts whole seconds of the clock: asked in the middle of each, both have the same.
    for (let second = 0; second < 6; second++) {
      const now = await middleOfNextSecond();
      if (second === 3) {
        await stage.member("b", { port: Number(set.servers[1]?.address.split(":")[1]) });
        gone = false;
      }
      picks.push(await served(asks(7, port)));
      expected.push(asks(7, port).map(() => predictedOne(set.servers, balancer, {}, (index) => gone && index === 1, now)).join(" "));
    }
    assert.deepEqual(picks, expected);
    assert.ok(picks.slice(0, 3).every((each) => !each.includes("b")) && picks.at(-1)?.includes("b") === true, picks.join(" | "));
  });

  it("by draws: two different ones, of which the second stays while nothing is in flight", async () => {
    for (const weights of [[3, 1, 1], [5, 2, 2, 1]]) {
      const set = await scene(stage, weights.map((weight) => ({ weight })));
      const port = await playNginx(stage, set, "random two;");
      const counts = tally(await askMany(600, () => ({ port }), 1));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      weights.forEach((weight, index) => {
        // simulation.md §2: Σᵢ wᵢ/W · wⱼ/(W − wᵢ); the standard deviation of 600 draws is below 0.02.
        const share = weights.reduce((total, first, other) => (other === index ? total : total + ((first / sum) * weight) / (sum - first)), 0);
        assert.ok(Math.abs((counts["abcdefgh"[index] ?? ""] ?? 0) / 600 - share) < 0.075, `${JSON.stringify(counts)}: ${share}`);
      });
    }
  });

  it("by fewest connections: one that is gone, and the turns between those that are idle", async () => {
    const set = await scene(stage, [{ weight: 3 }, { weight: 2, gone: true, maxFails: 2 }, { weight: 2 }, { weight: 1, backup: true }]);
    const port = await playNginx(stage, set, "least_conn;");
    assert.equal(await served(asks(39, port)), predicted(set, nginxOf({ kind: "least_conn" }, set), asks(39, port).map(() => ({}))));
  });

  it("by fewest connections: requests that stay open", async () => {
    const set = await scene(stage, [{ weight: 3 }, { weight: 1 }, { weight: 2 }]);
    const port = await playNginx(stage, set, "least_conn;");
    assert.deepEqual(await openAndClose(set, port), replayed(set, nginxOf({ kind: "least_conn" }, set)));
  });

  it("by hashes of the path, plain and consistent", async () => {
    for (const consistent of [false, true]) {
      const set = await scene(stage, [{ weight: 2 }, { weight: 1 }, { weight: 3 }]);
      const port = await playNginx(stage, set, `hash $request_uri${consistent ? " consistent" : ""};`);
      const paths = Array.from({ length: 60 }, (_, index) => `/item/${index * 37}?page=${index}`);
      assert.equal(await served(paths.map((path) => ({ port, path }))), predicted(set, nginxOf({ kind: "hash", key: "text", consistent }, set), paths.map((key) => ({ key }))));
    }
  });
});

on("haproxy", "picks", (_program, stage) => {
  for (const [title, method, places] of [
    ["weights 6, 1, 4, 2", "roundrobin", [{ weight: 6 }, { weight: 1 }, { weight: 4 }, { weight: 2 }]],
    ["weights 3, 11, 5", "roundrobin", [{ weight: 3 }, { weight: 11 }, { weight: 5 }]],
    ["weights 3, 11, 5 from a table", "static-rr", [{ weight: 3 }, { weight: 11 }, { weight: 5 }]],
    ["one that is gone", "roundrobin", [{ weight: 2 }, { weight: 5, gone: true }, { weight: 3 }]],
    ["one that is gone, from a table", "static-rr", [{ weight: 2 }, { weight: 4, gone: true }, { weight: 3 }]],
    ["one that is down", "roundrobin", [{ weight: 1 }, { weight: 4, down: true }, { weight: 2 }, { weight: 2 }]],
    ["one that is down, from a table", "static-rr", [{ weight: 1 }, { weight: 4, down: true }, { weight: 2 }, { weight: 2 }]],
    ["idle, whatever the weights", "leastconn", [{ weight: 9 }, { weight: 1 }, { weight: 3 }]],
    ["by fewest connections, one gone", "leastconn", [{ weight: 2 }, { weight: 1, gone: true }, { weight: 1 }]],
    ["the first of them, one gone", "first", [{ weight: 1, gone: true }, { weight: 1 }, { weight: 1 }]],
    ["the first backup alone", "roundrobin", [{ weight: 2, down: true }, { weight: 3, backup: true }, { weight: 1, backup: true }]],
  ] as const satisfies readonly (readonly [string, HaproxyMethod["kind"], readonly Place[]])[]) {
    it(`in turn: ${title}`, async () => {
      const set = await scene(stage, places);
      const port = await playHaproxy(stage, set, method);
      assert.equal(await served(asks(39, port)), predicted(set, haproxyOf({ kind: method }, set), asks(39, port).map(() => ({}))));
    });
  }

  it("by fewest connections: requests that stay open", async () => {
    const set = await scene(stage, [{ weight: 3 }, { weight: 1 }, { weight: 2 }]);
    const port = await playHaproxy(stage, set, "leastconn");
    assert.deepEqual(await openAndClose(set, port), replayed(set, haproxyOf({ kind: "leastconn" }, set)));
  });

  it("in turn over all backups", async () => {
    const set = await scene(stage, [{ weight: 2, down: true }, { weight: 3, backup: true }, { weight: 1, backup: true }]);
    const port = await playHaproxy(stage, set, "roundrobin\n  option allbackups");
    assert.equal(await served(asks(20, port)), predicted(set, haproxyBalancer({ kind: "roundrobin" }, set.servers, "all"), asks(20, port).map(() => ({}))));
  });

  it("by draws, one gone", async () => {
    for (const draws of [1, 2]) {
      const set = await scene(stage, [{ weight: 2 }, { weight: 3, gone: true }, { weight: 4 }]);
      const port = await playHaproxy(stage, set, `random(${draws})`);
      assert.equal(await served(asks(60, port)), predicted(set, haproxyOf({ kind: "random", draws }, set), asks(60, port).map(() => ({}))));
    }
  });

  it("by one draw", async () => {
    const set = await scene(stage, [{ weight: 2 }, { weight: 1 }, { weight: 3 }]);
    const port = await playHaproxy(stage, set, "random(1)");
    assert.equal(await served(asks(60, port)), predicted(set, haproxyOf({ kind: "random", draws: 1 }, set), asks(60, port).map(() => ({}))));
  });

  it("by draws, which repeat from process to process", async () => {
    const set = await scene(stage, [{ weight: 2 }, { weight: 1 }, { weight: 3 }]);
    const port = await playHaproxy(stage, set, "random(2)");
    assert.equal(await served(asks(60, port)), predicted(set, haproxyOf({ kind: "random", draws: 2 }, set), asks(60, port).map(() => ({}))));
  });

  it("by hashes of the path, from the table and on the ring", async () => {
    for (const [type, lookup] of [["map-based", "map"], ["consistent", "ring"]] as const) {
      const set = await scene(stage, [{ weight: 2 }, { weight: 1 }, { weight: 3 }]);
      const port = await playHaproxy(stage, set, `uri whole\n  hash-type ${type}`);
      const paths = Array.from({ length: 60 }, (_, index) => `/item/${index * 37}?page=${index}`);
      const method: HaproxyMethod = { kind: "hash", of: "text", lookup, function: "sdbm", avalanche: lookup === "ring" };
      assert.equal(await served(paths.map((path) => ({ port, path }))), predicted(set, haproxyOf(method, set), paths.map((key) => ({ key }))));
    }
  });
});

/** The clock itself is what the test is about. */
async function middleOfNextSecond(): Promise<number> {
  await delay(1300 - (Date.now() % 1000));
  return Date.now() / 1000;
}
