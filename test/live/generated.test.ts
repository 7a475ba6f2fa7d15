import assert from "node:assert/strict";
import fc from "fast-check";
import type { Policy } from "../../language/src/model/policy.ts";
import { judge, makeCertificate } from "../helpers/live-balancer.ts";
import { compilers, programs } from "../helpers/live-stage.ts";
import { arbitraryPolicy } from "../helpers/policy-arbitrary.ts";

const seed = 20_261_120;
const count = 150;

describe(`${count} generated policies (seed ${seed})`, () => {
  const site = makeCertificate(["shop.example.com"]);
  const policies = fc.sample(arbitraryPolicy({ ...site, authority: site.certificate }), { numRuns: count, seed });

  after(() => site.remove());

  for (const program of programs) {
    it(`all pass the check of ${program}`, () => {
      for (const [i, policy] of policies.entries()) {
        const result = compilers[program](policy);
        assert.notEqual(result.text, "", `policy ${i} was refused: ${result.diagnostics.map((diagnostic) => diagnostic.message).join("; ")}`);
        const verdict = judge(program, complete(program, policy, result.text));
        assert.ok(verdict.ok, `policy ${i}: ${verdict.words}\n${result.text}`);
      }
    }).timeout(120_000);

    it(`give the same bytes again, one origin per line, for ${program}`, () => {
      for (const policy of policies.slice(0, 100)) {
        const [one, two] = [compilers[program](policy), compilers[program](policy)];
        assert.equal(one.text, two.text);
        assert.equal(one.lineOrigins.length, one.text.split("\n").length - 1);
        assert.ok(one.text.endsWith("\n") && !one.text.endsWith("\n\n"));
      }
    });
  }
});

/** A policy without a service compiles to parts of a configuration. */
function complete(program: "nginx" | "haproxy", policy: Policy, text: string): string {
  if (policy.services.length > 0) return text;
  if (program === "nginx") return `events {}\nhttp {\n${text}}\n`;
  return `${text}\nlisten hand\n    mode http\n    bind 127.0.0.1:1\n    timeout client 1s\n    timeout connect 1s\n    timeout server 1s\n`;
}
