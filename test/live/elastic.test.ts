import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Target } from "../../language/src/model/target.ts";
import { freePort } from "../helpers/live-balancer.ts";
import { ask, askMany, tally } from "../helpers/live-client.ts";
import { on, onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { startNameServer } from "../helpers/name-server.ts";
import { backend, destination, listener, policy, server, service, somewhere } from "../helpers/policy-parts.ts";

/** Pods have one port and an address each: so do these, all of loopback. */
async function pod(stage: Stage, address: string, port: number): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(200, { "x-backend": address }).end()).listen(port, address);
  await once(server, "listening");
  stage.later(() => {
    server.closeAllConnections();
    server.close();
  });
}

on("nginx", "an elastic pool of tcp", (_program, stage) => {
  it("takes its share of a split beside others, before 1.27.3", async () => {
    const port = await freePort();
    await pod(stage, "127.0.0.23", port);
    const fixed = await stage.member("fixed");
    const names = await startNameServer(["127.0.0.23"]);
    stage.later(names.stop);
    const { port: at } = await stage.play((free) => {
      const address = { kind: "host", host: "pool.internal", port } as const;
      const replica = { variation: 1, origin: somewhere() };
      const pools = ["one", "two"].map((name) => backend(name, [], { protocol: "tcp", address, replica }));
      const rest = backend("rest", [server("a", fixed.address)], { protocol: "tcp" });
      return policy([...pools, rest], [service("front", [listener(`127.0.0.1:${free}`)], { to: [...pools, rest].map((to) => destination(to)) })], [{ kind: "nginx", version: "1.22", emit: "all", resolver: `127.0.0.1:${names.port}` }]);
    });
    const reached = tally(await askMany(60, () => ({ port: at })));
    assert.deepEqual(Object.keys(reached).sort(), ["127.0.0.23", "fixed"]);
    assert.ok((reached["127.0.0.23"] ?? 0) > (reached["fixed"] ?? 0), JSON.stringify(reached));
  });
});

onBoth("an elastic pool", (_program, stage) => {
  it("follows the name server while running", async () => {
    const port = await freePort();
    for (const address of ["127.0.0.21", "127.0.0.22"]) await pod(stage, address, port);
    const names = await startNameServer(["127.0.0.21"]);
    stage.later(names.stop);
    const resolver = `127.0.0.1:${names.port}`;
    const targets: readonly Target[] = [{ kind: "nginx", version: "1.22", emit: "all", resolver }, { kind: "haproxy", version: "2.6", emit: "all", resolver }];
    const { port: at } = await stage.play((free) => {
      const pool = backend("Pool_1", [], {
        workload: { image: "x", port, command: [], env: [], namespace: "web", startupSeconds: 0, shutdownSeconds: 30, disruption: { count: 1 }, disruptionGiven: false, labels: [], annotations: [], origin: somewhere() },
        scale: { min: 1, max: 4, thresholds: [], schedules: [], idleSeconds: 300, origin: somewhere(), behavior: { toleranceUp: 0.1, toleranceDown: 0.1, up: { limits: [], select: "max", stabilizeSeconds: 0 }, down: { limits: [], select: "max", stabilizeSeconds: 300 } } },
      });
      return policy([pool], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(pool)] })], targets);
    });
    const reached = async (wanted: readonly string[]): Promise<readonly string[]> => {
      let seen: readonly string[] = [];
      // the program asks again after the time that it holds an answer
      for (let i = 0; i < 800 && JSON.stringify(seen) !== JSON.stringify(wanted); i++) {
        const some = new Set<string>();
        for (let one = 0; one < 6; one++) some.add((await ask({ port: at })).backend);
        seen = [...some].sort();
        await delay(20);
      }
      return seen;
    };
    assert.deepEqual(await reached(["127.0.0.21"]), ["127.0.0.21"]);
    names.addresses = ["127.0.0.21", "127.0.0.22"];
    assert.deepEqual(await reached(["127.0.0.21", "127.0.0.22"]), ["127.0.0.21", "127.0.0.22"]);
  }).timeout(40_000);
});
