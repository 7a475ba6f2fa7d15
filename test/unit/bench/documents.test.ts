/** The documents of the benchmarks: one policy in three languages, and mistakes that each of them knows. */
import { strict as assert } from "node:assert";
import { parse as parseYaml } from "yaml";
import { analyze, positionAt } from "../../../language/src/index.ts";
import { root } from "../../helpers/root.ts";

interface Site {
  readonly line: number;
  readonly character: number;
  readonly good: string;
  readonly bad: string;
}

const { policyDocument } = (await import(new URL("bench/parse/document.mjs", root).href)) as { readonly policyDocument: (lines: number) => string };
const { jsonLines, yamlLines } = (await import(new URL("bench/parse/peer-documents.mjs", root).href)) as Readonly<Record<"jsonLines" | "yamlLines", (policy: string) => string>>;
const { sitePicks } = (await import(new URL("bench/lsp/session.mjs", root).href)) as { readonly sitePicks: (text: string, seed: number) => () => Site };

const policy = policyDocument(1000);
const json = jsonLines(policy);
const yaml = yamlLines(policy);

/** YAML has no place beside a block's key for what JSON writes into the block. */
const withoutRanges = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutRanges);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (key === "range" ? [] : [[key.startsWith("scale ") ? "scale" : key, withoutRanges(each)]])));
};

const errorLines = (text: string): readonly number[] => {
  const analysis = analyze({ file: "long.lbpolicy", text });
  return analysis.policyDiagnostics.filter(({ severity }) => severity === "error").map(({ range }) => positionAt(analysis.lines, range.start).line);
};

describe("the documents of the benchmarks", () => {
  it("have as many lines in each language, and no mistake", () => {
    assert.deepEqual([policy, json, yaml].map((text) => text.split("\n").length), [1001, 1001, 1001]);
    assert.deepEqual(errorLines(policy), []);
  });

  it("say the same in JSON and in YAML, with every declaration of the policy", () => {
    const fromJson: unknown = JSON.parse(json.replaceAll(/(^|\s)\/\/ .*$/gm, ""));
    assert.deepEqual(withoutRanges(fromJson), withoutRanges(parseYaml(yaml)));
    const declared = [...policy.matchAll(/^(\w+ \w+) (?:\{|=)/gm)].map((match) => match[1]);
    assert.deepEqual(Object.keys(fromJson as object), declared);
  });

  it("can be spoilt on the same line in each language, and our error is there", () => {
    const [ours, others, third] = [sitePicks(policy, 7), sitePicks(json, 7), sitePicks(yaml, 7)];
    for (let i = 0; i < 12; i++) {
      const site = ours();
      assert.equal(others().line, site.line);
      assert.equal(third().line, site.line);
      const lines = policy.split("\n");
      const content = lines[site.line] ?? "";
      assert.equal(content.slice(site.character, site.character + site.good.length), site.good);
      lines[site.line] = content.slice(0, site.character) + site.bad + content.slice(site.character + site.good.length);
      const found = errorLines(lines.join("\n"));
      assert.ok(found.length > 0 && found.every((line) => line === site.line || line === site.line + 1), `line ${site.line}: ${found.join()}`);
    }
  });
});
