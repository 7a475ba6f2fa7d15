/** Policies with their diagnostics drawn below the lines, compared exactly. */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { assertDrawn } from "../../helpers/marked-source.ts";
import { root } from "../../helpers/root.ts";

const folder = new URL("test/fixtures/drawn/", root);

describe("drawn diagnostics", () => {
  const files = readdirSync(folder);

  it("are there", () => {
    assert.ok(files.length >= 3);
  });

  for (const file of files) {
    it(file, () => {
      assertDrawn(readFileSync(new URL(file, folder), "utf8").replace(/\n$/, ""));
    });
  }
});
