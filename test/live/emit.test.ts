import assert from "node:assert/strict";
import { compileHaproxy } from "../../language/src/compile/haproxy/compile-haproxy.ts";
import { compileNginx } from "../../language/src/compile/nginx/compile-nginx.ts";
import type { Policy } from "../../language/src/model/policy.ts";
import type { Target } from "../../language/src/model/target.ts";
import { startMember } from "../helpers/backend-server.ts";
import { freePort, judge, run } from "../helpers/live-balancer.ts";
import type { Program } from "../helpers/live-balancer.ts";
import { ask, askMany, tally } from "../helpers/live-client.ts";
import { backend, destination, listener, policy, server, service } from "../helpers/policy-parts.ts";

describe("parts beside a file written by hand", () => {
  const shop = (member: string, port: number, targets: readonly Target[]): Policy => {
    const web = backend("web", [server("a", member, { weight: 3 }), server("b", member)]);
    return policy([web], [service("front", [listener(`127.0.0.1:${port}`)], { to: [destination(web)] })], targets);
  };

  async function serve(program: Program, text: (member: string, port: number) => string, check: (port: number) => Promise<void>): Promise<void> {
    const member = await startMember("a");
    const port = await freePort();
    try {
      const whole = text(member.address, port);
      const verdict = judge(program, whole);
      assert.ok(verdict.ok, verdict.words);
      const running = await run(program, whole, [port]);
      await check(port).finally(running.stop);
    } finally {
      await member.stop();
    }
  }

  const reachesAll = async (port: number): Promise<void> => {
    assert.deepEqual(tally(await askMany(8, () => ({ port }))), { a: 8 });
  };

  it("nginx: upstreams for somebody's own server", () => serve("nginx", (member, port) => {
    const { text } = compileNginx(shop(member, port, [{ kind: "nginx", version: "1.22", emit: "upstreams" }]));
    return `events {}\nhttp {\n${text}\nserver { listen 127.0.0.1:${port}; location / { proxy_pass http://web; } }\n}\n`;
  }, reachesAll));

  it("nginx: a whole http part beside somebody's own", () => serve("nginx", (member, port) => {
    const { text } = compileNginx(shop(member, port, [{ kind: "nginx", version: "1.22", emit: "http" }]));
    return `events {}\nhttp {\n${text}\nserver { listen 127.0.0.1:${port}; server_name mine.example.com; return 204; }\n}\n`;
  }, async (port) => {
    await reachesAll(port);
    assert.equal((await ask({ port, headers: { host: "mine.example.com" } })).status, 204);
  }));

  it("HAProxy: backends behind somebody's own frontend", () => serve("haproxy", (member, port) => {
    const { text } = compileHaproxy(shop(member, port, [{ kind: "haproxy", version: "2.6", emit: "backends" }]));
    const hand = `defaults\n    mode http\n    timeout client 7s\n    timeout server 7s\n    timeout connect 7s\nfrontend mine\n    bind 127.0.0.1:${port}\n    default_backend web\n`;
    return `${hand}\n${text}`;
  }, reachesAll));

  it("stand on their own where the policy has no service", () => {
    const parts = policy([backend("web", [server("a", "10.0.0.1:80")])], []);
    assert.doesNotMatch(compileNginx(parts).text, /^(?:http|events|worker)/m);
    assert.doesNotMatch(compileHaproxy(parts).text, /^(?:global|defaults|frontend)/m);
  });
});
