import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { root } from "../../helpers/root.ts";

describe("docs/targets.md", () => {
  it("is what the compilers write now; node scripts/targets-page.mjs writes it anew", async () => {
    const { targetsPage } = (await import(new URL("scripts/targets-page.mjs", root).href)) as { targetsPage: () => string };
    assert.equal(readFileSync(new URL("docs/targets.md", root), "utf8"), targetsPage());
  });
});
