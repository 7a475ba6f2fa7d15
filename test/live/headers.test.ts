import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:http";
import type { HeaderRule, Service } from "../../language/src/model/service.ts";
import type { Member } from "../helpers/backend-server.ts";
import { ask } from "../helpers/live-client.ts";
import { on, onBoth } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";
import { backend, destination, listener, policy, route, server, service, somewhere } from "../helpers/policy-parts.ts";

const rule = (side: "request" | "response", action: HeaderRule["action"], name: string, value?: string): HeaderRule => ({ on: side, action, name, origin: somewhere(), ...(value === undefined ? {} : { value }) });

async function before(stage: Stage, member: Member, more: Partial<Service>): Promise<number> {
  const { port } = await stage.play((free) => {
    const web = backend("web", [server("a", member.address)]);
    return policy([web], [service("front", [listener(`127.0.0.1:${free}`)], { ...((more.routes?.length ?? 0) > 0 ? {} : { to: [destination(web)] }), ...more })]);
  });
  return port;
}

onBoth("headers", (_program, stage) => {
  it("sets, adds and removes headers of a request", async () => {
    const member = await stage.member("a");
    const port = await before(stage, member, { headers: [
      rule("request", "set", "X-Set", "one"), rule("request", "add", "X-Add", "two"), rule("request", "remove", "X-Gone"), rule("request", "set", "Host", "inner.example.com"), rule("request", "remove", "X-Forwarded-For"), rule("request", "set", "X-Forwarded-Proto", "https"),
    ] });
    await ask({ port, headers: { "x-set": "theirs", "x-add": "theirs", "x-gone": "x", "x-forwarded-for": "10.9.9.9", "X-Kept": "kept" } });
    const seen = member.requests[0]?.headers;
    assert.deepEqual(
      [seen?.["x-set"], seen?.["x-add"], seen?.["x-gone"], seen?.host, seen?.["x-forwarded-for"], seen?.["x-forwarded-proto"], seen?.["x-kept"]],
      ["one", "theirs, two", undefined, "inner.example.com", undefined, "https", "kept"],
    );
  });

  it("appends to what earlier proxies said", async () => {
    const member = await stage.member("a");
    const port = await before(stage, member, {});
    await ask({ port, headers: { "x-forwarded-for": "10.9.9.9" } });
    assert.equal(member.requests[0]?.headers["x-forwarded-for"], "10.9.9.9, 127.0.0.1");
  });

  it("sets, adds and removes headers of an answer, also of its own", async () => {
    const member = await stage.member("a");
    member.headers = { "x-set": "theirs", "x-add": "theirs", "x-gone": "x", "x-kept": "kept" };
    const limits = [{ kind: "rate", ratePerSecond: 0.1, burst: 0, nodelay: true, by: { kind: "client_ip" }, status: 429, origin: somewhere() }] as const;
    const port = await before(stage, member, { limits, headers: [rule("response", "set", "X-Set", "one"), rule("response", "add", "X-Add", "two"), rule("response", "remove", "X-Gone")] });
    const { headers } = await ask({ port });
    assert.deepEqual([headers["x-set"], headers["x-add"], headers["x-gone"], headers["x-kept"]], ["one", "theirs, two", undefined, "kept"]);
    const refused = await ask({ port });
    assert.deepEqual([refused.status, refused.headers["x-set"]], [429, "one"]);
  });

  it("compresses what a client can read", async () => {
    const member = await stage.member("a");
    member.body = "hello ".repeat(500);
    const port = await before(stage, member, { compress: true });
    const asking = get({ port, host: "127.0.0.1", headers: { "accept-encoding": "gzip" } });
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    assert.equal(response.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(Buffer.concat(chunks)).toString(), member.body);
    assert.equal((await ask({ port })).headers["content-encoding"], undefined);
  });

  it("keeps answers of a cached route, and none that are somebody's own", async () => {
    const member = await stage.member("a");
    member.headers = { "cache-control": "max-age=60" };
    const web = () => backend("web", [server("a", member.address)]);
    const { port } = await stage.play((free) => {
      const to = web();
      return policy([to], [service("front", [listener(`127.0.0.1:${free}`)], { routes: [route("/static/", [destination(to)], { cacheSeconds: 600 }), route("/", [destination(to)])] })]);
    });
    const asks = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
      const earlier = member.requests.length;
      for (let i = 0; i < 5; i++) await ask({ port, path, headers: { host: "x", ...headers } });
      return member.requests.length - earlier;
    };
    assert.deepEqual([await asks("/static/a"), await asks("/other"), await asks("/static/b", { authorization: "Bearer x" })], [1, 5, 5]);
  });
});

for (const [program, pattern] of [["nginx", /^Active connections: \d+/], ["haproxy", /^haproxy_/m]] as const) {
  on(program, "metrics", (_program, stage) => {
    it("shows them on loopback", async () => {
      const member = await stage.member("a");
      const { second } = await stage.play((free, metricsPort) => {
        const web = backend("web", [server("a", member.address)]);
        return policy([web], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(web)], metricsPort })]);
      });
      const answer = await ask({ port: second, path: "/metrics" });
      assert.equal(answer.status, 200);
      assert.match(answer.body, pattern);
      assert.equal((await ask({ port: second, path: "/" })).status, 404);
    });
  });
}
