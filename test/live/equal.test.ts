/** Equal meaning on both programs: the same policy before members alike, the same requests, the same outcome. */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { analyze } from "../../language/src/index.ts";
import type { Analysis } from "../../language/src/index.ts";
import type { Member } from "../helpers/backend-server.ts";
import type { Ask } from "../helpers/live-client.ts";
import { ask } from "../helpers/live-client.ts";
import { onBothAtOnce, programs } from "../helpers/live-stage.ts";
import { admitted, askUntil, owed } from "../helpers/rate-limit.ts";

function policy(text: string): Analysis {
  const analysis = analyze({ file: "policy.lbpolicy", text: `${text}\ntarget nginx { }\ntarget haproxy { }\n` });
  assert.deepEqual(analysis.diagnostics.filter((diagnostic) => diagnostic.severity === "error").map((diagnostic) => diagnostic.message), []);
  return analysis;
}

onBothAtOnce("nginx and HAProxy", (stages) => {
  /** What happens on each program with members of these names. */
  async function onEach<T>(names: readonly string[], text: (addresses: Readonly<Record<string, string>>, port: number) => string, act: (port: number, members: Readonly<Record<string, Member>>) => Promise<T>): Promise<{ readonly nginx: T; readonly haproxy: T }> {
    const one = async (program: (typeof programs)[number]): Promise<T> => {
      const members = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await stages[program].member(name)] as const)));
      const addresses = Object.fromEntries(names.map((name) => [name, members[name]?.address ?? ""]));
      const { port } = await stages[program].playAnalysis((free) => policy(text(addresses, free)));
      return act(port, members);
    };
    const [nginx, haproxy] = await Promise.all([one("nginx"), one("haproxy")]);
    return { nginx, haproxy };
  }

  const outcome = async (asked: Ask): Promise<string> => {
    const answer = await ask(asked);
    return `${answer.status} ${answer.backend}`;
  };

  it("admit the same number under the same limit, within burst + 2 over 20 s, to a client that asks without end", async () => {
    const limits = [{ host: "a.test", rate: 5, burst: 5, by: "client_ip" }, { host: "b.test", rate: 10, burst: 20, by: 'header "X-Key"' }, { host: "c.test", rate: 3, burst: 0, by: "everyone" }] as const;
    const asked = await onEach(["m"], ({ m }, port) => `backend web { server a ${m} }
      ${limits.map(({ host, rate, burst, by }, i) => `service s${i} { listen 127.0.0.1:${port} host "${host}" limit ${rate}/s burst ${burst} nodelay by ${by} to web }`).join("\n")}`, async (port) => {
      const endMs = performance.now() + 20_000;
      // often enough that little is lost between the moment in which one more is due and the next question
      return Promise.all(limits.map(({ host }) => askUntil(endMs, () => ask({ port, headers: { host, "x-key": "k" } }), () => delay(8))));
    });
    for (const [i, { host, rate, burst }] of limits.entries()) {
      const limit = { ratePerSecond: rate, burst };
      const seen = [asked.nginx[i] ?? [], asked.haproxy[i] ?? []].map((each) => ({ count: admitted(each), owed: owed(limit, each) }));
      const what = `${host}: ${JSON.stringify(seen)} of ${20 * rate + burst + 1}`;
      const [nginx, haproxy] = seen as [(typeof seen)[number], (typeof seen)[number]];
      // The two clients do not ask in the same moments: what one of them missed is not the program's doing.
      const missed = Math.max(0, nginx.owed.least - haproxy.owed.most, haproxy.owed.least - nginx.owed.most);
      assert.ok(Math.abs(nginx.count - haproxy.count) <= burst + 2 + missed, what);
      for (const { count, owed: { least, most } } of seen) {
        assert.ok(count >= least - burst - 2 && count <= most + burst + 2, what);
        assert.ok(count <= 20 * rate + burst + 1 + burst + 2, what);
        assert.ok(most > 10 * rate, `the client hardly asked: ${what}`);
      }
    }
  }).timeout(60_000);

  it("try the same number of members, for each condition, and replay no POST", async () => {
    const conditions = ["error", "timeout", "503", "5xx", "error, timeout, 502, 503"];
    const counts = await onEach(["x", "y", "z"], ({ x, y, z }, port) => conditions.map((on, i) => [0, 1, 2, 5].map((retries) => `
      backend b${i}_${retries} { balance t${i}_${retries} server x ${x} server y ${y} server z ${z} health passive off timeout read 1s connect 1s } strategy t${i}_${retries} { retry ${retries} on ${on} }`).join("\n")).join("\n")
      + `service s { listen 127.0.0.1:${port} ${conditions.map((_, i) => [0, 1, 2, 5].map((retries) => `route "/${i}/${retries}/" to b${i}_${retries}`).join(" ")).join("\n")} }`, async (port, members) => {
      const all = Object.values(members);
      const result: string[] = [];
      for (const behaviour of ["503", "502", "500", "501", "break", "silence"]) {
        for (const member of all) {
          member.status = Number(behaviour) > 0 ? Number(behaviour) : 200;
          member.breaks = behaviour === "break";
          member.delayMs = behaviour === "silence" ? 4000 : 0;
          // nginx does not count a try on an idle connection that turns out closed
          member.headers = { connection: "close" };
        }
        for (const method of behaviour === "silence" ? ["GET"] : ["GET", "POST", "PUT"]) {
          await Promise.all(conditions.flatMap((_, i) => [0, 1, 2].map(async (retries) => {
            const path = `/${i}/${retries}/${behaviour}/${method}`;
            await ask({ port, path, method, ...(method === "GET" ? {} : { body: "x" }) }).catch(() => undefined);
            result.push(`${path}: ${all.flatMap((member) => member.requests).filter((request) => request.url === path).length}`);
          })));
        }
      }
      return result.sort();
    });
    assert.deepEqual(counts.haproxy, counts.nginx);
    assert.ok(counts.nginx.filter((line) => line.includes("POST")).every((line) => line.endsWith(": 1")));
    for (const line of ["/2/2/503/GET: 3", "/2/2/503/PUT: 3", "/2/2/502/GET: 1", "/3/1/501/GET: 1", "/0/2/break/GET: 3", "/0/2/503/GET: 1", "/1/1/silence/GET: 2", "/4/2/502/GET: 3"]) assert.ok(counts.nginx.includes(line), `${line} is not among\n${counts.nginx.join("\n")}`);
  }).timeout(60_000);

  it("send the same request to the same backend", async () => {
    const names = ["root", "api", "v1", "exact", "images", "late", "beta", "post", "org", "one"];
    const asks: Omit<Ask, "port">[] = [];
    for (const host of ["shop.test", "SHOP.test:8080", "www.shop.test", "deep.www.shop.test", "x.org.test", "one.org.test", "two.one.org.test", "none.test"]) {
      for (const path of ["/", "/api", "/api/", "/apiary", "/api/v1", "/api/v1/x", "/api/v1/status", "/api/v1/status/", "/api/v1/x.png", "/x.jpg", "/x.jpgx", "//api/v1/x", "/%61pi/v1/x", "/api%2Fv1/x", "/API", "/a?b=/api", "/caf%C3%A9", "/docs", "/docs/"]) {
        asks.push({ path, headers: { host } }, { path, headers: { host, "x-beta": "yes" } }, { path, method: "POST", headers: { host }, body: "x" });
      }
    }
    const reached = await onEach(names, (at, port) => `${names.map((name) => `backend ${name} { server m ${at[name]} }`).join("\n")}
      service main { listen 127.0.0.1:${port} host "shop.test" "*.shop.test"
        route "/" to root route "/api" to api route "/api/v1/" to v1 route "/api/v1/status" exact to exact
        route "\\\\.(png|jpg)$" regex to images route "^/api/.*png" regex to late
        route "/api" header "X-Beta" "yes" to beta route "/api" method POST to post route "/café" to late route "/docs/" to images }
      service wild { listen 127.0.0.1:${port} host "*.org.test" to org }
      service within { listen 127.0.0.1:${port} host "one.org.test" "*.one.org.test" route "/api" to one }`, async (port) => {
      const found: string[] = [];
      for (const asked of asks) found.push(`${asked.method ?? "GET"} ${asked.headers?.["host"]} ${asked.path} ${asked.headers?.["x-beta"] ?? ""} → ${await outcome({ port, ...asked })}`);
      return found;
    });
    assert.deepEqual(reached.haproxy, reached.nginx);
    for (const line of [
      "GET shop.test /api/v1/status  → 200 exact", "GET www.shop.test /api/v1/x.png  → 200 images", "GET shop.test /api yes → 200 beta", "POST shop.test /api  → 200 post", "GET none.test /  → 421 ",
      "GET x.org.test /  → 200 org", "GET one.org.test /  → 404 ", "GET one.org.test /api  → 200 one", "GET two.one.org.test /api  → 200 one", "GET shop.test /caf%C3%A9  → 200 late",
    ]) assert.ok(reached.nginx.includes(line), `${line} is not among\n${reached.nginx.join("\n")}`);
  }).timeout(60_000);

  it("hold the same defaults where a policy says nothing", async () => {
    const seen = await onEach(["a", "b"], ({ a, b }, port) => `backend web { server a ${a} server b ${b} } service s { listen 127.0.0.1:${port} to web }`, async (port, { a, b }) => {
      assert.ok(a !== undefined && b !== undefined);
      const results: unknown[] = [];
      results.push(await outcome({ port }), await outcome({ port }), await outcome({ port }), await outcome({ port }));
      await ask({ port, path: "/x?y=1", headers: { host: "shop.test:99", "x-forwarded-for": "10.9.9.9", "x-forwarded-proto": "ftp", "x-forwarded-host": "evil.test", "x-own": "1", accept: "*/*" } });
      const told = [...a.requests, ...b.requests].find((request) => request.url === "/x?y=1")?.headers ?? {};
      results.push(Object.fromEntries(["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-own", "accept"].map((name) => [name, told[name]])));
      const body = "x".repeat(2_000_000);
      results.push(await outcome({ port, method: "POST", body }), Math.max(...[...a.requests, ...b.requests].map((request) => request.body.length)));
      a.status = b.status = 503;
      const before = a.requests.length + b.requests.length;
      results.push((await ask({ port })).status, a.requests.length + b.requests.length - before);
      a.status = b.status = 200;
      a.breaks = true;
      results.push([await outcome({ port }), await outcome({ port }), await outcome({ port })]);
      a.breaks = false;
      return results;
    });
    assert.deepEqual(seen.haproxy, seen.nginx);
    assert.deepEqual(seen.nginx.slice(0, 4).sort(), ["200 a", "200 a", "200 b", "200 b"]);
    assert.deepEqual(seen.nginx.at(4), { host: "shop.test:99", "x-forwarded-for": "10.9.9.9, 127.0.0.1", "x-forwarded-proto": "http", "x-forwarded-host": "shop.test:99", "x-own": "1", accept: "*/*" });
    assert.deepEqual(seen.nginx.slice(6), [2_000_000, 503, 1, ["200 b", "200 b", "200 b"]]);
  }).timeout(60_000);

  it("say the same to what they refuse themselves", async () => {
    const site = (at: Readonly<Record<string, string>>, port: number): string => `backend web { server a ${at["a"]} max_connections 1 } backend gone { server a 127.0.0.1:1 }
      service s { listen 127.0.0.1:${port} host "s.test" body_limit 10B header response set "X-Always" "1" limit 1/d burst 3 nodelay by header "X-Key" status 403 route "/busy" to web route "/gone" to gone }`;
    const seen = await onEach(["a"], site, async (port, { a }) => {
      const of = async (asked: Omit<Ask, "port">): Promise<readonly unknown[]> => {
        const { status, headers } = await ask({ port, ...asked, headers: { host: "s.test", ...asked.headers } });
        return [status, headers["x-always"], headers["retry-after"]];
      };
      const results = [await of({ headers: { host: "other.test" } }), await of({ path: "/none", headers: { "x-key": "1" } }), await of({ path: "/busy", method: "POST", body: "x".repeat(11), headers: { "x-key": "2" } })];
      const limited = [];
      for (let i = 0; i < 6; i++) limited.push((await of({ path: "/busy", headers: { "x-key": "3" } }))[0]);
      if (a !== undefined) a.delayMs = 600;
      const first = of({ path: "/busy", headers: { "x-key": "4" } });
      while (a !== undefined && a.requests.length < 5) await delay(5);
      const second = await of({ path: "/busy", headers: { "x-key": "5" } });
      return [...results, limited, await first, second];
    });
    assert.deepEqual(seen.haproxy, seen.nginx);
    assert.deepEqual(seen.nginx, [[421, undefined, undefined], [404, "1", undefined], [413, "1", undefined], [200, 200, 200, 200, 403, 403], [200, "1", undefined], [503, "1", "1"]]);
  });
});
