import assert from "node:assert/strict";
import fc from "fast-check";
import { analyze, compile } from "../../language/src/index.ts";
import type { Analysis } from "../../language/src/index.ts";
import type { Program } from "../helpers/live-balancer.ts";
import { judgeLater, makeCertificate } from "../helpers/live-balancer.ts";
import { programs } from "../helpers/live-stage.ts";
import { arbitraryPolicy } from "../helpers/policy-arbitrary.ts";
import { policyText } from "../helpers/policy-text.ts";

const seed = 20_261_120;
const wanted = 500;
const atOnce = 3;

describe(`generated policies that pass lbpolicy check without an error (seed ${seed})`, () => {
  const site = makeCertificate(["shop.example.com"]);
  const texts = fc.sample(arbitraryPolicy({ ...site, authority: site.certificate }), { numRuns: 2 * wanted, seed }).map(policyText);
  let analyses: readonly Analysis[] = [];

  before(() => {
    const found: Analysis[] = [];
    for (const text of texts) {
      if (found.length === wanted) break;
      const analysis = analyze({ file: "policy.lbpolicy", text });
      if (analysis.diagnostics.every((diagnostic) => diagnostic.severity !== "error")) found.push(analysis);
    }
    analyses = found;
  });
  after(() => site.remove());

  it(`are ${wanted}`, () => {
    assert.equal(analyses.length, wanted, `of ${texts.length}`);
  });

  for (const program of programs) {
    it(`all pass the check of ${program}`, async () => {
      await inTurns(analyses, async (analysis) => {
        const { text, diagnostics } = compile(analysis, program);
        assert.notEqual(text, "", diagnostics.map((diagnostic) => diagnostic.message).join("\n"));
        const verdict = await judgeLater(program, complete(program, analysis, text));
        assert.ok(verdict.ok, `${verdict.words}\n${analysis.source.text}\n${text}`);
      });
    }).timeout(180_000);

    it(`give the same bytes again for ${program}, and each line knows where it comes from`, () => {
      for (const analysis of analyses.slice(0, 150)) {
        const [one, two] = [compile(analysis, program), compile(analyze(analysis.source), program)];
        assert.equal(one.text, two.text);
        const lines = one.text.split("\n").slice(0, -1);
        assert.equal(one.lineOrigins.length, lines.length);
        for (const [i, line] of lines.entries()) assert.equal(one.lineOrigins[i] === undefined, line === "", line);
        assert.ok(one.text.endsWith("\n") && !one.text.endsWith("\n\n"));
      }
    });
  }
});

/** Every task, a few at a time. */
async function inTurns<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await task(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** A policy without a service compiles to parts of a configuration. */
function complete(program: Program, analysis: Analysis, text: string): string {
  if (analysis.policy.services.length > 0) return text;
  if (program === "nginx") return `events {}\nhttp {\n${text}}\n`;
  return `${text}\nlisten hand\n    mode http\n    bind 127.0.0.1:1\n    timeout client 1s\n    timeout connect 1s\n    timeout server 1s\n`;
}
