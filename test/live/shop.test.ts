import assert from "node:assert/strict";
import { compileHaproxy } from "../../language/src/compile/haproxy/compile-haproxy.ts";
import { compileNginx } from "../../language/src/compile/nginx/compile-nginx.ts";
import type { Member } from "../helpers/backend-server.ts";
import { startMember } from "../helpers/backend-server.ts";
import type { Program, Running } from "../helpers/live-balancer.ts";
import { freePort, judge, run } from "../helpers/live-balancer.ts";
import { ask, askMany, tally } from "../helpers/live-client.ts";
import { shopPolicy } from "../helpers/shop-policy.ts";

const compilers = { nginx: compileNginx, haproxy: compileHaproxy };

for (const program of ["nginx", "haproxy"] as const satisfies readonly Program[]) {
  describe(`the shop on ${program}`, () => {
    let members: readonly Member[];
    let balancer: Running;
    let port: number;

    before(async () => {
      members = await Promise.all(["a", "b", "c"].map((name) => startMember(name)));
      port = await freePort();
      const [a, b, c] = members.map((member) => member.address);
      assert.ok(a !== undefined && b !== undefined && c !== undefined);
      const { text } = compilers[program](shopPolicy({ listen: `127.0.0.1:${port}`, members: [a, b, c] }));
      balancer = await run(program, text, [port]);
    });

    after(async () => {
      await balancer?.stop();
      await Promise.all(members.map((member) => member.stop()));
    });

    it("passes the program's own check as the sample stands", () => {
      const verdict = judge(program, compilers[program](shopPolicy()).text);
      assert.ok(verdict.ok, verdict.words);
    });

    it("shares 400 requests 200/100/100", async () => {
      const answers = await askMany(400, () => ({ port, headers: { host: "shop.example.com" } }));
      assert.deepEqual(tally(answers), { a: 200, b: 100, c: 100 });
      assert.deepEqual(members.map((member) => member.requests.length), [200, 100, 100]);
    });

    it("says 421 to a host that no service has", async () => {
      assert.equal((await ask({ port, headers: { host: "other.example.com" } })).status, 421);
    });

    it("tells members who asked, for what and over what", async () => {
      const { backend } = await ask({ port, path: "/a%2Fb//c?q=1", headers: { host: "shop.example.com:8080" } });
      const seen = members.find((member) => member.name === backend)?.requests.at(-1);
      assert.equal(seen?.url, "/a%2Fb//c?q=1");
      assert.deepEqual(
        [seen.headers.host, seen.headers["x-forwarded-for"], seen.headers["x-forwarded-host"], seen.headers["x-forwarded-proto"]],
        ["shop.example.com:8080", "127.0.0.1", "shop.example.com:8080", "http"],
      );
    });
  });
}
