/** What counts as a ratio that got worse. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { root } from "../../helpers/root.ts";

type Held = Readonly<Record<string, { readonly ratio: number; readonly tolerance: number }>>;
const { judged, kept } = (await import(new URL("bench/regression/judge.mjs", root).href)) as {
  readonly judged: (held: Held, found: Readonly<Record<string, number>>) => readonly { readonly name: string; readonly verdict: string; readonly allowed: number }[];
  readonly kept: (held: Held, found: Readonly<Record<string, number>>) => Held;
};
const { withSection } = (await import(new URL("bench/shared/page.mjs", root).href)) as { readonly withSection: (page: string, section: string, content: string) => string };

const held: Held = { "ours / peer": { ratio: 2, tolerance: 0.5 } };
const verdictOf = (value: number): string | undefined => judged(held, { "ours / peer": value })[0]?.verdict;

describe("the check of ratios", () => {
  it("allows a ratio its tolerance and no more", () => {
    assert.deepEqual([1, 1.5, 2, 2.9, 3.1].map(verdictOf), ["better", "held", "held", "held", "worse"]);
  });

  it("tells a ratio that could not be measured", () => {
    assert.deepEqual([judged(held, {})[0]?.verdict, verdictOf(NaN)], ["missing", "missing"]);
  });

  it("keeps what was found with the tolerance that was agreed, and what was not found as it was", () => {
    assert.deepEqual(kept({ ...held, other: { ratio: 1, tolerance: 0.1 } }, { "ours / peer": 1.23456 }), { "ours / peer": { ratio: 1.23, tolerance: 0.5 }, other: { ratio: 1, tolerance: 0.1 } });
  });

  it("holds positive ratios with positive tolerances", () => {
    const stored = JSON.parse(readFileSync(new URL("bench/ratios.json", root), "utf8")) as Held;
    assert.ok(Object.keys(stored).length >= 10);
    for (const [name, { ratio, tolerance }] of Object.entries(stored)) assert.ok(ratio > 0 && tolerance > 0 && tolerance <= 1, name);
  });
});

describe("the page of speed", () => {
  it("has a place for each table that a benchmark writes, and nothing else of it is touched", () => {
    const page = readFileSync(new URL("docs/performance.md", root), "utf8");
    for (const section of ["parse", "lsp"]) {
      const written = withSection(page, section, "figures");
      assert.ok(written.includes(`\nfigures\n<!-- end of ${section} -->`));
      assert.equal(written.slice(0, 200), page.slice(0, 200));
    }
    assert.throws(() => withSection(page, "no such", "figures"), /no section/);
  });
});
