import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Target } from "../../language/src/model/target.ts";
import { freePort } from "../helpers/live-balancer.ts";
import { ask } from "../helpers/live-client.ts";
import { onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { startNameServer } from "../helpers/name-server.ts";
import { backend, destination, listener, policy, service, somewhere } from "../helpers/policy-parts.ts";

/** Pods have one port and an address each: so do these, all of loopback. */
async function pod(stage: Stage, address: string, port: number): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(200, { "x-backend": address }).end()).listen(port, address);
  await once(server, "listening");
  stage.later(() => {
    server.closeAllConnections();
    server.close();
  });
}

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
