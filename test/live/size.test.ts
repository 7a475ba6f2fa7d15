import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { compileHaproxy } from "../../language/src/compile/haproxy/compile-haproxy.ts";
import { compileNginx } from "../../language/src/compile/nginx/compile-nginx.ts";
import { judge } from "../helpers/live-balancer.ts";
import { backend, destination, listener, policy, server, service } from "../helpers/policy-parts.ts";

describe("a policy of 1,000 servers", () => {
  const servers = Array.from({ length: 1000 }, (_, i) => server(`s${i}`, `10.0.${i >> 8}.${i & 255}:80`, { weight: 1 + (i % 7) }));
  const web = backend("web", servers);
  const large = policy([web], [service("front", [listener(8080)], { hosts: Array.from({ length: 200 }, (_, i) => `h${i}.example.com`), to: [destination(web)] })]);

  for (const [program, compile] of [["nginx", compileNginx], ["haproxy", compileHaproxy]] as const) {
    it(`compiles for ${program} in under a second, to what the program takes`, () => {
      const start = performance.now();
      const { text } = compile(large);
      assert.ok(performance.now() - start < 1000);
      const verdict = judge(program, text);
      assert.ok(verdict.ok, verdict.words);
    });
  }
});
