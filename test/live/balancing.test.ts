import assert from "node:assert/strict";
import type { Backend, Server } from "../../language/src/model/policy.ts";
import type { Member } from "../helpers/backend-server.ts";
import { ask, askMany, tally } from "../helpers/live-client.ts";
import { on, onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { backend, destination, listener, oneRetry, policy, server, service, somewhere, strategy } from "../helpers/policy-parts.ts";

/** A service before one backend of the members, each with what the test says of it. */
async function before(stage: Stage, members: readonly (readonly [Member, Partial<Server>])[], more: Partial<Backend>): Promise<number> {
  const { port } = await stage.play((free) => {
    const web = backend("web", members.map(([member, part]) => server(member.name, member.address, part)), more);
    return policy([web], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(web)] })]);
  });
  return port;
}

onBoth("balancing", (_program, stage) => {
  it("shares by weights 5:3:2, exactly", async () => {
    const [a, b, c] = [await stage.member("a"), await stage.member("b"), await stage.member("c")];
    const port = await before(stage, [[a, { weight: 5 }], [b, { weight: 3 }], [c, { weight: 2 }]], {});
    assert.deepEqual(tally(await askMany(300, () => ({ port }), 5)), { a: 150, b: 90, c: 60 });
  });

  it("sends little to a slow member with least_connections", async () => {
    const [a, b, c] = [await stage.member("a"), await stage.member("b"), await stage.member("c")];
    a.delayMs = 400;
    b.delayMs = c.delayMs = 20;
    const port = await before(stage, [[a, {}], [b, {}], [c, {}]], { strategy: strategy({ algorithm: { kind: "least_connections" } }) });
    const shares = tally(await askMany(120, () => ({ port }), 6));
    assert.ok((shares["a"] ?? 0) < 20, JSON.stringify(shares));
  });

  it("keeps keys of a consistent hash at their member, and moves them only to one that is added", async () => {
    const names = ["a", "b", "c", "d"];
    const members = await Promise.all(names.map((name) => stage.member(name)));
    const more = { strategy: strategy({ algorithm: { kind: "hash", key: { kind: "header", name: "X-User" }, consistent: true } }) } as const;
    const askAll = async (count: number): Promise<readonly string[]> => {
      const port = await before(stage, members.slice(0, count).map((member) => [member, {}] as const), more);
      return (await askMany(200, (i) => ({ port, headers: { "x-user": `user-${i}` } }))).map((answer) => answer.backend);
    };
    const three = await askAll(3);
    assert.deepEqual(await askAll(3), three);
    const four = await askAll(4);
    const moved = four.filter((name, i) => name !== three[i]);
    assert.ok(moved.length > 10 && moved.length < 110, `${moved.length} moved`);
    assert.deepEqual([...new Set(moved)], ["d"]);
  });

  for (const key of ["uri", "path"] as const) {
    it(`hashes the ${key}`, async () => {
      const members = await Promise.all(["a", "b", "c"].map((name) => stage.member(name)));
      const port = await before(stage, members.map((member) => [member, {}] as const), { strategy: strategy({ algorithm: { kind: "hash", key: { kind: key }, consistent: true } }) });
      const places = new Set((await askMany(30, (i) => ({ port, path: `/one?${i}` }))).map((answer) => answer.backend));
      assert.equal(places.size > 1, key === "uri");
    });
  }

  for (const [kind, asks] of [
    ["cookie", (i: number) => ({ headers: { cookie: `other=1; user-id=u${i % 20}; x=2` } })],
    ["query", (i: number) => ({ path: `/?z=${i}&user-id=u${i % 20}&a=1` })],
  ] as const) {
    it(`hashes a ${kind} whose name is no variable`, async () => {
      const members = await Promise.all(["a", "b", "c"].map((name) => stage.member(name)));
      const port = await before(stage, members.map((member) => [member, {}] as const), { strategy: strategy({ algorithm: { kind: "hash", key: { kind, name: "user-id" }, consistent: true } }) });
      const answers = await askMany(100, (i) => ({ port, ...asks(i) }));
      for (let user = 0; user < 20; user++) assert.equal(new Set(answers.filter((_, i) => i % 20 === user).map((answer) => answer.backend)).size, 1);
      assert.ok(new Set(answers.map((answer) => answer.backend)).size > 1);
    });
  }

  it("keeps a client at one member with ip_hash", async () => {
    const members = await Promise.all(["a", "b", "c"].map((name) => stage.member(name)));
    const port = await before(stage, members.map((member) => [member, {}] as const), { strategy: strategy({ algorithm: { kind: "ip_hash" } }) });
    const answers = await askMany(60, (i) => ({ port, from: `127.0.0.${10 + (i % 20)}` }));
    for (let client = 0; client < 20; client++) assert.equal(new Set(answers.filter((_, i) => i % 20 === client).map((answer) => answer.backend)).size, 1);
    assert.ok(new Set(answers.map((answer) => answer.backend)).size > 1);
  });

  for (const kind of ["random", "power_of_two"] as const) {
    it(`reaches all members with ${kind}`, async () => {
      const members = await Promise.all(["a", "b", "c"].map((name) => stage.member(name)));
      const port = await before(stage, members.map((member) => [member, {}] as const), { strategy: strategy({ algorithm: { kind } }) });
      const shares = tally(await askMany(300, () => ({ port })));
      for (const name of ["a", "b", "c"]) assert.ok(Math.abs((shares[name] ?? 0) - 100) < 4 * Math.sqrt(300 * (1 / 3) * (2 / 3)), JSON.stringify(shares));
    });
  }

  it("chooses by the client's network, the longest first", async () => {
    const [a, b, c] = [await stage.member("a"), await stage.member("b"), await stage.member("c")];
    const networks = [{ network: "127.0.0.0/24", servers: ["a"], origin: somewhere() }, { network: "127.0.0.64/26", servers: ["b"], origin: somewhere() }];
    const port = await before(stage, [[a, {}], [b, {}], [c, {}]], { strategy: strategy({ algorithm: { kind: "geo", networks, fallback: ["c"] } }) });
    const from = async (address: string): Promise<string> => (await ask({ port, from: address })).backend;
    assert.deepEqual([await from("127.0.0.5"), await from("127.0.0.70"), await from("127.0.1.5")], ["a", "b", "c"]);
  });

  for (const algorithm of ["round_robin", "least_connections", "ip_hash", "random"] as const) {
    it(`asks a backup only when all others are gone, with ${algorithm}`, async () => {
      const [a, b, spare] = [await stage.member("a"), await stage.member("b"), await stage.member("spare")];
      const port = await before(stage, [[a, {}], [b, {}], [spare, { backup: true }]], { strategy: strategy({ algorithm: { kind: algorithm }, retry: { ...oneRetry, count: 2 } }), passiveHealth: { fall: 1, seconds: 60 } });
      assert.equal(tally(await askMany(40, (i) => ({ port, from: `127.0.0.${2 + i}` })))["spare"], undefined);
      await a.stop();
      await b.stop();
      await askMany(4, () => ({ port }), 1);
      assert.deepEqual(tally(await askMany(20, (i) => ({ port, from: `127.0.0.${2 + i}` }), 4)), { spare: 20 });
    });
  }

  it("gives a backup no POST that a member has seen, with ip_hash", async () => {
    const [a, spare] = [await stage.member("a"), await stage.member("spare")];
    const port = await before(stage, [[a, {}], [spare, { backup: true }]], { strategy: strategy({ algorithm: { kind: "ip_hash" } }), passiveHealth: { fall: 1000, seconds: 60 } });
    a.breaks = true;
    assert.notEqual((await ask({ port, method: "POST", body: "x" })).status, 200);
    assert.deepEqual([a.requests.length, spare.requests.length], [1, 0]);
  });

  it("lets no client see that a member is gone", async () => {
    const [a, b, c] = [await stage.member("a"), await stage.member("b"), await stage.member("c")];
    const port = await before(stage, [[a, {}], [b, {}], [c, {}]], {});
    await askMany(30, () => ({ port }));
    await b.stop();
    const answers = await askMany(100, () => ({ port }), 5);
    assert.deepEqual(answers.map((answer) => answer.status), Array.from({ length: 100 }, () => 200));
    const last = tally(answers.slice(50));
    assert.equal(last["b"], undefined);
  });

  it("sends nothing to a member that is down", async () => {
    const [a, b] = [await stage.member("a"), await stage.member("b")];
    const port = await before(stage, [[a, {}], [b, { down: true }]], {});
    assert.deepEqual(tally(await askMany(20, () => ({ port }))), { a: 20 });
  });

  it("sends no new client to a member that drains", async () => {
    const [a, b] = [await stage.member("a"), await stage.member("b")];
    const port = await before(stage, [[a, {}], [b, { drain: true }]], {});
    assert.deepEqual(tally(await askMany(20, () => ({ port }))), { a: 20 });
  });

  it("keeps a client with its cookie at its member, and moves only those of a member that is gone", async () => {
    const members = await Promise.all(["a", "b", "c"].map((name) => stage.member(name)));
    const affinity = { kind: "cookie", name: "LBSRV", ttlSeconds: 3600, origin: somewhere() } as const;
    const port = await before(stage, members.map((member) => [member, {}] as const), { strategy: strategy({ affinity, retry: { ...oneRetry, count: 2 } }), passiveHealth: { fall: 1, seconds: 60 } });
    const first = await askMany(60, () => ({ port }));
    const cookies = first.map((answer) => String(answer.headers["set-cookie"]?.[0]).split(";")[0] ?? "");
    assert.ok(cookies.every((cookie) => /^LBSRV=./.test(cookie)), cookies[0] ?? "");
    const again = await askMany(60, (i) => ({ port, headers: { cookie: cookies[i] ?? "" } }));
    // nginx issues the cookie with the answer of a member that the new cookie's hash chose; HAProxy names the member
    assert.deepEqual(again.map((answer) => answer.backend), first.map((answer) => answer.backend));
    const b = members[1];
    await b?.stop();
    await askMany(6, () => ({ port }), 1);
    const moved = await askMany(60, (i) => ({ port, headers: { cookie: cookies[i] ?? "" } }));
    assert.ok(moved.every((answer) => answer.status === 200));
    for (const [i, answer] of moved.entries()) {
      if (first[i]?.backend === "b") assert.notEqual(answer.backend, "b");
      else assert.equal(answer.backend, first[i]?.backend);
    }
  });
});

on("haproxy", "active health checks", (_program, stage) => {
  it("take a member out while its answer is not the expected one", async () => {
    const [a, b] = [await stage.member("a"), await stage.member("b")];
    b.status = 503;
    const health = { kind: "http", path: "/healthz", method: "GET", expectFrom: 200, expectTo: 399, verify: true, intervalSeconds: 0.05, timeoutSeconds: 1, rise: 2, fall: 2, origin: somewhere() } as const;
    const port = await before(stage, [[a, {}], [b, {}]], { health });
    const settled = async (wanted: number): Promise<number> => {
      let seen = -1;
      for (let i = 0; i < 200 && seen !== wanted; i++) seen = Object.keys(tally(await askMany(6, () => ({ port })))).length;
      return seen;
    };
    const onlyA = async (): Promise<boolean> => (await askMany(10, () => ({ port }))).every((answer) => answer.backend === "a");
    let isOut = false;
    for (let i = 0; i < 200 && !isOut; i++) isOut = await onlyA();
    assert.ok(isOut);
    b.status = 200;
    assert.equal(await settled(2), 2);
  });
});

on("haproxy", "balance first", (_program, stage) => {
  it("fills the first member to its limit before the second", async () => {
    const [a, b] = [await stage.member("a"), await stage.member("b")];
    a.delayMs = b.delayMs = 100;
    const port = await before(stage, [[a, { maxConnections: 4 }], [b, { maxConnections: 4 }]], { strategy: strategy({ algorithm: { kind: "first" } }) });
    assert.deepEqual(tally(await askMany(6, () => ({ port }), 6)), { a: 4, b: 2 });
  });
});
