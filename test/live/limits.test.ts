import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Backend } from "../../language/src/model/policy.ts";
import type { Limit, Service } from "../../language/src/model/service.ts";
import type { Member } from "../helpers/backend-server.ts";
import type { Answer } from "../helpers/live-client.ts";
import { ask, askHeld, askMany } from "../helpers/live-client.ts";
import { on, onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { admitted, askUntil, owed } from "../helpers/rate-limit.ts";
import { backend, destination, listener, policy, server, service, somewhere } from "../helpers/policy-parts.ts";

const rate = (ratePerSecond: number, burst: number, more: Partial<Extract<Limit, { readonly kind: "rate" }>> = {}): Limit => ({ kind: "rate", ratePerSecond, burst, nodelay: true, by: { kind: "client_ip" }, status: 429, origin: somewhere(), ...more });

async function before(stage: Stage, members: readonly Member[], more: Partial<Service>, web: Partial<Backend> = {}, each: { readonly maxConnections?: number } = {}): Promise<number> {
  const { port } = await stage.play((free) => {
    const group = backend("web", members.map((member) => server(member.name, member.address, each)), web);
    return policy([group], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(group)], ...more })]);
  });
  return port;
}

const count = (answers: readonly Answer[], status: number): number => answers.filter((answer) => answer.status === status).length;

onBoth("limits", (_program, stage) => {
  it("admits burst + 1 at once and says 429 to the rest", async () => {
    const port = await before(stage, [await stage.member("a")], { limits: [rate(1, 20)] });
    const answers = await askMany(60, () => ({ port }), 60);
    assert.ok(count(answers, 200) >= 21 && count(answers, 200) <= 22, String(count(answers, 200)));
    assert.equal(count(answers, 200) + count(answers, 429), 60);
  });

  it("keeps admitting the rate to a client that asks too often", async () => {
    const port = await before(stage, [await stage.member("a")], { limits: [rate(10, 5)] });
    const limit = { ratePerSecond: 10, burst: 5 };
    const asked = await askUntil(performance.now() + 4000, () => ask({ port }), () => delay(20));
    const { least, most } = owed(limit, asked);
    // 40 in 4 s and the first burst, within burst + 2; fewer only where the client did not ask when one was due
    const count = admitted(asked);
    assert.ok(count <= 45 + 7 && count >= least - 7 && count <= most + 7, `${count}, owed ${least} to ${most}`);
    assert.ok(most > 25, `the client hardly asked: ${most} owed`);
  });

  it("counts by a header, an absent one by address", async () => {
    const port = await before(stage, [await stage.member("a")], { limits: [rate(0.1, 1, { by: { kind: "header", name: "Authorization" } })] });
    const long = `Bearer ${"x".repeat(200)}`;
    const statuses = async (headers: Readonly<Record<string, string>>, from = "127.0.0.1"): Promise<readonly number[]> => (await askMany(3, () => ({ port, headers, from }), 1)).map((answer) => answer.status);
    assert.deepEqual(await statuses({ authorization: `${long}1` }), [200, 200, 429]);
    assert.deepEqual(await statuses({ authorization: `${long}2` }), [200, 200, 429]);
    assert.deepEqual(await statuses({}), [200, 200, 429]);
    assert.deepEqual(await statuses({}, "127.0.0.2"), [200, 200, 429]);
  });

  it("counts everyone together, with a status of its own", async () => {
    const port = await before(stage, [await stage.member("a")], { limits: [rate(0.1, 3, { by: { kind: "everyone" }, status: 503 })] });
    const answers = await askMany(10, (i) => ({ port, from: `127.0.0.${2 + i}` }), 1);
    assert.deepEqual([count(answers, 200), count(answers, 503)], [4, 6]);
  });

  it("counts by address alone", async () => {
    const port = await before(stage, [await stage.member("a")], { limits: [rate(0.1, 0)] });
    const answers = await askMany(10, (i) => ({ port, from: `127.0.0.${2 + (i % 5)}` }), 1);
    assert.deepEqual([count(answers, 200), count(answers, 429)], [5, 5]);
  });

  it("applies several limits at once", async () => {
    const port = await before(stage, [await stage.member("a")], { limits: [rate(0.1, 9, { by: { kind: "everyone" } }), rate(0.1, 2), rate(0.1, 4)] });
    const answers = await askMany(30, (i) => ({ port, from: `127.0.0.${2 + (i % 5)}` }), 1);
    assert.deepEqual([count(answers, 200), count(answers, 429)], [10, 20]);
  });

  it("limits connections", async () => {
    const member = await stage.member("a");
    member.holds = true;
    const port = await before(stage, [member], { limits: [{ kind: "connections", count: 4, by: { kind: "client_ip" }, status: 429, origin: somewhere() }] });
    const answers = await askHeld(Array.from({ length: 10 }, () => ({ port })), 6, member.release);
    assert.deepEqual([count(answers, 200), count(answers, 429)], [4, 6]);
    assert.deepEqual((await askMany(4, () => ({ port }), 4)).map((answer) => answer.status), [200, 200, 200, 200]);
  });

  it("limits bodies", async () => {
    const port = await before(stage, [await stage.member("a")], { bodyLimitBytes: 1000 });
    assert.equal((await ask({ port, method: "POST", body: "x".repeat(1000) })).status, 200);
    assert.equal((await ask({ port, method: "POST", body: "x".repeat(1001) })).status, 413);
  });

  it("lets bodies of any size through without a limit", async () => {
    const member = await stage.member("a");
    const port = await before(stage, [member], {});
    assert.equal((await ask({ port, method: "POST", body: "x".repeat(3_000_000) })).status, 200);
    assert.equal(member.requests[0]?.body.length, 3_000_000);
  });

  it("says 503 at once where all members are at max_connections", async () => {
    const [a, b] = [await stage.member("a"), await stage.member("b")];
    a.holds = b.holds = true;
    const port = await before(stage, [a, b], {}, {}, { maxConnections: 1 });
    const answers = await askHeld(Array.from({ length: 10 }, () => ({ port })), 8, () => {
      a.release();
      b.release();
    });
    assert.deepEqual([count(answers, 200), count(answers, 503)], [2, 8]);
    assert.deepEqual([a.maxInFlight, b.maxInFlight], [1, 1]);
  });

  it("takes the client's address from trusted proxies only", async () => {
    const member = await stage.member("a");
    const port = await before(stage, [member], { trustProxies: ["127.0.0.0/30"], limits: [rate(0.1, 0)] });
    const status = async (from: string, forwarded: string): Promise<number> => (await ask({ port, from, headers: { "x-forwarded-for": forwarded } })).status;
    assert.deepEqual([await status("127.0.0.1", "10.1.1.1"), await status("127.0.0.2", "10.1.1.1"), await status("127.0.0.1", "10.1.1.2")], [200, 429, 200]);
    assert.deepEqual([await status("127.0.0.9", "10.1.1.7"), await status("127.0.0.9", "10.1.1.8")], [200, 429]);
  });
});

on("haproxy", "a queue", (_program, stage) => {
  it("holds max_queue requests per member and says 503 to more", async () => {
    const [a, b] = [await stage.member("a"), await stage.member("b")];
    a.holds = b.holds = true;
    const port = await before(stage, [a, b], {}, { maxQueue: 1, timeouts: { connectSeconds: 5, readSeconds: 60, sendSeconds: 60, queueSeconds: 60, idleSeconds: 60 } }, { maxConnections: 1 });
    const asked: Promise<Answer>[] = [];
    let answered = 0;
    for (let i = 0; i < 8; i++) {
      const answer = ask({ port });
      void answer.then(() => answered++, () => undefined);
      asked.push(answer);
      // one after the other, and the two that go to members have arrived: HAProxy's threads look at a queue at the same time otherwise
      while (i < 2 && a.requests.length + b.requests.length <= i) await delay(5);
      await delay(100);
    }
    while (answered < 4) await delay(5);
    a.release();
    b.release();
    const answers = await Promise.all(asked);
    assert.deepEqual([count(answers, 200), count(answers, 503)], [4, 4]);
    assert.deepEqual([a.maxInFlight, b.maxInFlight], [1, 1]);
  });
});
