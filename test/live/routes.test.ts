import assert from "node:assert/strict";
import type { Backend } from "../../language/src/model/policy.ts";
import type { Route, Service } from "../../language/src/model/service.ts";
import type { Ask } from "../helpers/live-client.ts";
import { ask, askMany, tally } from "../helpers/live-client.ts";
import { onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { backend, destination, listener, policy, route, server, service } from "../helpers/policy-parts.ts";

/** Backends of one member each, by name. */
type Backends = Readonly<Record<string, Backend>>;

async function serve(stage: Stage, names: readonly string[], make: (to: (name: string, share?: number) => ReturnType<typeof destination>, at: (more: Partial<Service>) => Service) => readonly Service[], more: Partial<Backend> = {}): Promise<number> {
  const backends: Record<string, Backend> = {};
  for (const name of names) {
    const member = await stage.member(name);
    backends[name] = backend(name, [server("m", member.address)], more);
  }
  const { port } = await stage.play((free) => policy(Object.values(backends), make((name, share) => destination(known(backends, name), share), (part) => service("front", [listener(`127.0.0.1:${free}`)], part))));
  return port;
}

function known(backends: Backends, name: string): Backend {
  const found = backends[name];
  if (found === undefined) throw new Error(`no backend ${name}`);
  return found;
}

async function reached(port: number, asks: readonly Partial<Ask>[]): Promise<readonly string[]> {
  const answers = [];
  for (const one of asks) answers.push(await ask({ port, ...one }));
  return answers.map((answer) => (answer.backend === "" ? String(answer.status) : answer.backend));
}

onBoth("routes", (_program, stage) => {
  it("takes exact paths before regular expressions before the longest prefix", async () => {
    const port = await serve(stage, ["root", "api", "v1", "exact", "images", "late"], (to, at) => [at({ routes: [
      route("/", [to("root")]), route("/api", [to("api")]), route("/api/v1/", [to("v1")]),
      route("/api/v1/status", [to("exact")], { match: "exact" }),
      route("\\.(png|jpg)$", [to("images")], { match: "regex" }), route("^/api/.*png", [to("late")], { match: "regex" }),
    ] })]);
    assert.deepEqual(await reached(port, [
      { path: "/" }, { path: "/other" }, { path: "/api" }, { path: "/apiary" }, { path: "/api/v1/x?y=.png" }, { path: "/api/v1/status" }, { path: "/api/v1/status?q" },
      { path: "/api/v1/status/" }, { path: "/api/v1/x.png" }, { path: "/api/x.pngx" }, { path: "/x.jpg" }, { path: "/API" },
    ]), ["root", "root", "api", "api", "v1", "exact", "exact", "v1", "images", "late", "images", "root"]);
  });

  it("passes a path on as it came, and matches it decoded", async () => {
    const port = await serve(stage, ["root", "api"], (to, at) => [at({ routes: [route("/", [to("root")]), route("/api/", [to("api")])] })]);
    assert.deepEqual(await reached(port, [{ path: "/%61pi/x" }, { path: "/api" }, { path: "//api/x" }, { path: "/api/a%2Fb" }]), ["api", "root", "root", "api"]);
  });

  it("says 404 to a path that no route has", async () => {
    const port = await serve(stage, ["api"], (to, at) => [at({ routes: [route("/api", [to("api")])] })]);
    assert.deepEqual(await reached(port, [{ path: "/api" }, { path: "/" }, { path: "/ap" }]), ["api", "404", "404"]);
  });

  it("tries the route with more conditions first, and falls to the next that holds", async () => {
    const port = await serve(stage, ["root", "api", "beta", "post", "both"], (to, at) => [at({ routes: [
      route("/", [to("root")]),
      route("/api", [to("api")]),
      route("/api", [to("beta")], { header: { name: "X-Canary", value: "Always, \"yes\" $1 100%" } }),
      route("/api", [to("post")], { method: "POST" }),
      route("/api", [to("both")], { method: "POST", header: { name: "X-Canary", value: "Always, \"yes\" $1 100%" } }),
    ] })]);
    const canary = { "x-canary": "Always, \"yes\" $1 100%" };
    assert.deepEqual(await reached(port, [
      { path: "/api" }, { path: "/api", headers: canary }, { path: "/api", headers: { "x-canary": "always, \"yes\" $1 100%" } }, { path: "/api", headers: { "x-canary": "Always" } },
      { path: "/api", method: "POST" }, { path: "/api", method: "POST", headers: canary }, { path: "/x", method: "POST", headers: canary },
    ]), ["api", "beta", "api", "api", "post", "both", "root"]);
  });

  it("falls through groups whose conditions do not hold", async () => {
    const only: Partial<Route> = { header: { name: "X-Team", value: "a" } };
    const port = await serve(stage, ["short", "long", "exact", "regex", "other"], (to, at) => [at({ routes: [
      route("/a", [to("short")]), route("/a/b", [to("long")], only), route("/a/b/c", [to("exact")], { ...only, match: "exact" }),
      route("^/a/.*z$", [to("regex")], { ...only, match: "regex" }), route("q", [to("other")], { match: "regex" }),
    ] })]);
    const a = { headers: { "x-team": "a" } };
    assert.deepEqual(await reached(port, [
      { path: "/a/b/c", ...a }, { path: "/a/b/c" }, { path: "/a/b/c/z", ...a }, { path: "/a/b/c/z" }, { path: "/a/q/z" }, { path: "/a/b", ...a }, { path: "/a/b" }, { path: "/b" }, { path: "/b", ...a },
    ]), ["exact", "short", "regex", "short", "other", "long", "short", "404", "404"]);
  });

  it("does not redirect a path without its slash", async () => {
    const port = await serve(stage, ["root", "docs"], (to, at) => [at({ routes: [route("/", [to("root")]), route("/docs/", [to("docs")])] })]);
    assert.deepEqual(await reached(port, [{ path: "/docs" }, { path: "/docs/" }]), ["root", "docs"]);
  });

  it("draws a split of 2000 requests within four sigma", async () => {
    const port = await serve(stage, ["stable", "canary"], (to, at) => [at({ to: [to("stable", 0.9), to("canary", 0.1)] })]);
    const shares = tally(await askMany(2000, () => ({ port }), 20));
    assert.equal((shares["stable"] ?? 0) + (shares["canary"] ?? 0), 2000);
    assert.ok(Math.abs((shares["canary"] ?? 0) - 200) < 4 * Math.sqrt(2000 * 0.1 * 0.9), JSON.stringify(shares));
  });

  it("draws a split of three, one of them with nothing", async () => {
    const port = await serve(stage, ["one", "two", "three", "none"], (to, at) => [at({ routes: [
      route("/", [to("one", 0.2), to("two", 0.3), to("none", 0), to("three", 0.5)]), route("/fixed", [to("one")]),
    ] })]);
    const shares = tally(await askMany(1000, () => ({ port }), 20));
    const expected: Readonly<Record<string, number>> = { one: 0.2, two: 0.3, three: 0.5 };
    assert.equal(shares["none"], undefined);
    for (const [name, share] of Object.entries(expected)) assert.ok(Math.abs((shares[name] ?? 0) - 1000 * share) < 4 * Math.sqrt(1000 * share * (1 - share)), JSON.stringify(shares));
  });

  it("sends each destination of a split with its own settings", async () => {
    const [fast, slow] = [await stage.member("fast"), await stage.member("slow")];
    fast.delayMs = slow.delayMs = 500;
    const timeouts = { connectSeconds: 1, readSeconds: 0.2, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 };
    const { port } = await stage.play((free) => {
      const impatient = backend("impatient", [server("m", fast.address)], { timeouts, strategy: { algorithm: { kind: "round_robin" }, retry: { count: 0, on: ["error"], unsafe: false } } });
      const patient = backend("patient", [server("m", slow.address)]);
      return policy([impatient, patient], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(impatient, 0.5), destination(patient, 0.5)] })]);
    });
    const answers = await askMany(40, () => ({ port, method: "POST", path: "/p?q=1", body: "hello" }), 40);
    assert.deepEqual(Object.keys(tally(answers)).sort(), ["504", "slow"]);
    assert.ok(slow.requests.every((request) => request.url === "/p?q=1" && request.body === "hello" && request.method === "POST"));
  });

  it("tells services on one port apart by host", async () => {
    const [a, b, rest] = [await stage.member("a"), await stage.member("b"), await stage.member("rest")];
    const { port } = await stage.play((free) => {
      const of = (member: { readonly name: string; readonly address: string }): Backend => backend(member.name, [server("m", member.address)]);
      const [toA, toB, toRest] = [of(a), of(b), of(rest)];
      const at = [listener(`127.0.0.1:${free}`)];
      return policy([toA, toB, toRest], [
        service("first", at, { hosts: ["a.example.com", "www.a.example.com"], to: [destination(toA)] }),
        service("any", at, { to: [destination(toRest)] }),
        service("second", at, { hosts: ["B.example.com"], routes: [route("/b", [destination(toB)])] }),
      ]);
    });
    assert.deepEqual(await reached(port, [
      { headers: { host: "a.example.com" } }, { headers: { host: "WWW.A.example.com:1234" } }, { headers: { host: "b.example.com" }, path: "/b" }, { headers: { host: "b.example.com" } }, { headers: { host: "c.example.com" } },
    ]), ["a", "a", "b", "404", "rest"]);
  });
});
