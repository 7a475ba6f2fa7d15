import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { analyze, compile, linesOfPolicyRange, policyRangeOfLine } from "../../../language/src/index.ts";
import type { Analysis, TargetName } from "../../../language/src/index.ts";
import { arbitraryPolicy } from "../../helpers/policy-arbitrary.ts";
import { policyText } from "../../helpers/policy-text.ts";
import { root } from "../../helpers/root.ts";

const balancers = ["nginx", "haproxy"] as const satisfies readonly TargetName[];
const of = (text: string): Analysis => analyze({ file: "policy.lbpolicy", text });

/** Every line that says something comes from a range of the text, and is among the lines of that range. */
function holds(analysis: Analysis, target: TargetName): void {
  const result = compile(analysis, target);
  const lines = result.text.split("\n").slice(0, -1);
  for (const [i, line] of lines.entries()) {
    const origin = policyRangeOfLine(result, i);
    if (line === "") {
      assert.equal(origin, undefined);
      continue;
    }
    assert.ok(origin !== undefined && origin.range.end > origin.range.start && origin.range.end <= analysis.source.text.length, `${target} ${i}: ${line}`);
    assert.ok(linesOfPolicyRange(result, origin.file, origin.range).includes(i), line);
  }
  assert.equal(policyRangeOfLine(result, lines.length), undefined);
}

describe("the source map", () => {
  for (const name of readdirSync(new URL("samples/", root))) {
    it(`knows every line of what ${name} compiles to`, () => {
      const analysis = of(readFileSync(new URL(`samples/${name}/policy.lbpolicy`, root), "utf8"));
      for (const target of balancers) holds(analysis, target);
    });
  }

  it("knows every line of 100 generated policies (seed 12)", () => {
    for (const policy of fc.sample(arbitraryPolicy({ certificate: "/c.crt", key: "/c.key", authority: "/ca.crt" }), { numRuns: 100, seed: 12 })) {
      for (const target of balancers) holds(of(policyText(policy)), target);
    }
  });

  const text = 'backend web {\n  server a 10.0.0.1:80 weight 2\n  server b 10.0.0.2:80\n  timeout read 7s\n}\nservice front {\n  listen 8080\n  limit 5/s burst 3 nodelay by client_ip\n  header response set "X-A" "b"\n  route "/api" to web\n  route "/" to web\n}\n';
  const expected: readonly (readonly [string, Readonly<Record<"nginx" | "haproxy", readonly RegExp[]>>])[] = [
    ["weight 2", { nginx: [/server 10\.0\.0\.1:80 weight=2/], haproxy: [/server a 10\.0\.0\.1:80 weight 2/] }],
    ["listen 8080", { nginx: [/listen 8080;/], haproxy: [/bind :8080/] }],
    ["burst 3", { nginx: [/# limit of service front/, /limit_req_zone/, /limit_req zone/, /limit_req_status/], haproxy: [/# limits of service front/, /backend limits\.front/, /stick-table/, /track-sc0/, /deny_status 429/, /sc-inc-gpc0/] }],
    ['"X-A"', { nginx: [/proxy_hide_header X-A/, /add_header X-A b always/], haproxy: [/http-after-response set-header X-A b/] }],
  ];
  for (const target of balancers) {
    for (const [at, patterns] of expected) {
      it(`finds the lines of ${at} for ${target}, from a place inside of it`, () => {
        const result = compile(of(text), target);
        const start = text.indexOf(at);
        const lines = result.text.split("\n");
        const found = linesOfPolicyRange(result, "policy.lbpolicy", { start: start + 1, end: start + 1 }).map((line) => lines[line] ?? "");
        for (const pattern of patterns[target]) assert.ok(found.some((line) => pattern.test(line)), `${pattern.source} is not among\n${found.join("\n")}`);
        assert.ok(found.every((line) => patterns[target].some((pattern) => pattern.test(line))), found.join("\n"));
      });
    }

    it(`finds nothing in another file for ${target}`, () => {
      assert.deepEqual(linesOfPolicyRange(compile(of(text), target), "other.lbpolicy", { start: 0, end: 10 }), []);
    });
  }
});
