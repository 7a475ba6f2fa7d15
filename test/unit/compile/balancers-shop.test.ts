import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { compileHaproxy } from "../../../language/src/compile/haproxy/compile-haproxy.ts";
import { compileNginx } from "../../../language/src/compile/nginx/compile-nginx.ts";
import { generatedMark } from "../../../language/src/compile/result.ts";
import { isVersionLine } from "../../../language/src/compile/emit/head.ts";
import { createLineMap } from "../../../language/src/text/line-map.ts";
import { version } from "../../../language/src/version.ts";
import { root } from "../../helpers/root.ts";
import { shopPolicy } from "../../helpers/shop-policy.ts";

const sample = readFileSync(new URL("samples/shop/policy.lbpolicy", root), "utf8");
const sources = new Map([["policy.lbpolicy", { lines: createLineMap(sample) }]]);

for (const [program, compile] of [["nginx", compileNginx], ["HAProxy", compileHaproxy]] as const) {
  describe(`the shop's file for ${program}`, () => {
    const { text, lineOrigins, files, diagnostics } = compile(shopPolicy(), { sources });
    const lines = text.split("\n").slice(0, -1);

    it("begins with the mark, and says the tool's version on a line of its own", () => {
      assert.equal(lines[0], `# ${generatedMark}`);
      assert.deepEqual(lines.filter(isVersionLine), [lines[1]]);
      assert.ok(lines[1]?.includes(version));
      assert.ok(!lines.filter((line) => !isVersionLine(line)).join("\n").includes(`lbpolicy ${version}`));
    });

    it("names each section's declaration by the file's own name", () => {
      assert.match(text, /# backend shop \(policy\.lbpolicy:\d+\)/);
      assert.match(text, /# service front \(policy\.lbpolicy:\d+\)/);
    });

    it("knows the place of every line that speaks of a server", () => {
      const starts = lines.flatMap((line, i) => (line.trim().startsWith("server ") && line.includes(":5000") ? [lineOrigins[i]?.range.start] : []));
      assert.deepEqual(starts, [130, 193, 253]);
    });

    it("is one file, ends with one line feed and has no trailing space", () => {
      assert.equal(files.length, 1);
      assert.equal(files[0]?.text, text);
      assert.match(text, /[^\n]\n$/);
      assert.ok(lines.every((line) => line === line.trimEnd()));
    });

    it("differs from the policy in nothing", () => assert.deepEqual(diagnostics, []));

    it("has weights 2:1:1, one retry, and the policy's timeouts", () => {
      const flat = text.replaceAll(/ +/g, " ");
      assert.match(flat, /10\.0\.0\.11:5000 weight[= ]2/);
      assert.match(flat, program === "nginx" ? /proxy_next_upstream_tries 2;/ : /retries 1\n/);
      assert.match(flat, program === "nginx" ? /proxy_connect_timeout 1s;/ : /timeout connect 1s\n/);
      assert.match(flat, program === "nginx" ? /proxy_read_timeout 30s;/ : /timeout server 30s\n/);
      assert.match(flat, program === "nginx" ? /keepalive 64;/ : /pool-max-conn 22\n/);
    });
  });
}
