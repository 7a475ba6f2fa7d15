import assert from "node:assert/strict";
import type { Retry } from "../../language/src/model/policy.ts";
import type { Member } from "../helpers/backend-server.ts";
import { ask, askMany, tally } from "../helpers/live-client.ts";
import { onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { backend, destination, listener, policy, server, service, strategy } from "../helpers/policy-parts.ts";

async function before(stage: Stage, members: readonly Member[], retry: Retry, readSeconds = 60): Promise<number> {
  const { port } = await stage.play((free) => {
    // never taken out: each request shall meet every member
    const web = backend("web", members.map((member) => server(member.name, member.address)), {
      strategy: strategy({ retry }), passiveHealth: { fall: 1000, seconds: 60 },
      timeouts: { connectSeconds: 1, readSeconds, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 },
    });
    return policy([web], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(web)] })]);
  });
  return port;
}

onBoth("retries", (_program, stage) => {
  const failing = async (count: number): Promise<readonly Member[]> => {
    const members = await Promise.all(Array.from({ length: count }, (_, i) => stage.member(`m${i}`)));
    for (const member of members) member.status = 503;
    return members;
  };
  const requests = (members: readonly Member[]): number => members.reduce((sum, member) => sum + member.requests.length, 0);

  for (const count of [0, 1, 2]) {
    it(`tries ${count + 1} members with retry ${count}`, async () => {
      const members = await failing(5);
      const port = await before(stage, members, { count, on: [503], unsafe: false });
      assert.equal((await ask({ port })).status, 503);
      assert.equal(requests(members), count + 1);
    });
  }

  it("hands an answer on that no condition names", async () => {
    const members = await failing(3);
    const port = await before(stage, members, { count: 2, on: ["error", "timeout", 502], unsafe: false });
    assert.equal((await ask({ port })).status, 503);
    assert.equal(requests(members), 1);
  });

  it("takes 5xx for 500, 502, 503 and 504", async () => {
    for (const status of [500, 502, 503, 504, 501]) {
      const members = await failing(2);
      for (const member of members) member.status = status;
      const port = await before(stage, members, { count: 1, on: ["5xx"], unsafe: false });
      await ask({ port });
      assert.equal(requests(members), status === 501 ? 1 : 2, String(status));
    }
  });

  it("never sends a POST twice that a member has seen", async () => {
    const [bad, good] = [await stage.member("bad"), await stage.member("good")];
    bad.status = 503;
    const port = await before(stage, [bad, good], { count: 3, on: ["error", "timeout", "5xx"], unsafe: false });
    const posts = tally(await askMany(10, () => ({ port, method: "POST", body: "x" }), 1));
    assert.deepEqual(posts, { bad: 5, good: 5 });
    bad.breaks = true;
    const broken = await askMany(10, () => ({ port, method: "POST", body: "x" }), 1);
    assert.equal(broken.filter((answer) => answer.status !== 200).length, 5);
    assert.equal(requests([bad, good]), 20);
  });

  it("sends it again where the policy says unsafe", async () => {
    const [bad, good] = [await stage.member("bad"), await stage.member("good")];
    bad.status = 503;
    const port = await before(stage, [bad, good], { count: 1, on: [503], unsafe: true });
    assert.deepEqual(tally(await askMany(10, () => ({ port, method: "POST", body: "x" }), 1)), { good: 10 });
  });

  it("sends a POST elsewhere that nobody has seen", async () => {
    const [gone, good] = [await stage.member("gone"), await stage.member("good")];
    const port = await before(stage, [gone, good], { count: 1, on: ["error"], unsafe: false });
    await gone.stop();
    assert.deepEqual(tally(await askMany(6, () => ({ port, method: "POST", body: "x" }), 1)), { good: 6 });
  });

  it("retries a member that is silent for longer than timeout read", async () => {
    const [slow, good] = [await stage.member("slow"), await stage.member("good")];
    slow.holds = true;
    const port = await before(stage, [slow, good], { count: 1, on: ["timeout"], unsafe: false }, 1.5);
    assert.deepEqual(tally(await askMany(2, () => ({ port }), 1)), { good: 2 });
    assert.ok(slow.requests.length > 0);
    slow.release();
  });

  it("retries a member that breaks the connection", async () => {
    const [bad, good] = [await stage.member("bad"), await stage.member("good")];
    bad.breaks = true;
    const port = await before(stage, [bad, good], { count: 1, on: ["error"], unsafe: false });
    assert.deepEqual(tally(await askMany(10, () => ({ port }), 1)), { good: 10 });
  });
});
