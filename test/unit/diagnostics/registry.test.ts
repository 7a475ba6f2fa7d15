/** The registry against the sources: every kind of diagnostic is declared once, listed, and of its family. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { registry } from "../../../language/src/index.ts";
import { root } from "../../helpers/root.ts";

const language = fileURLToPath(new URL("language/src", root));

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourcesBelow(path) : entry.name.endsWith(".ts") ? [path] : [];
  });
}

const declared = sourcesBelow(language).flatMap((path) =>
  [...readFileSync(path, "utf8").matchAll(/\bdefine(?:<[^(]*>)?\(\s*"(LBP\d+)",\s*"([^"]+)",\s*"([^"]+)"/g)].map(([, code = "", name = "", severity = ""]) => ({ code, name, severity })));

describe("the registry of diagnostics", () => {
  it("lists every definition of the sources, with its name and severity, and nothing else", () => {
    assert.ok(declared.length > 100, `only ${declared.length} definitions found`);
    assert.deepEqual(registry, declared.toSorted((a, b) => (a.code < b.code ? -1 : 1)));
  });

  it("has each code and each name once", () => {
    assert.equal(new Set(registry.map((kind) => kind.code)).size, registry.length);
    assert.equal(new Set(registry.map((kind) => kind.name)).size, registry.length);
  });

  it("has codes of five families and names of words and `-`", () => {
    for (const { code, name } of registry) {
      assert.match(code, /^LBP[1-5]\d{3}$/);
      assert.match(name, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    }
  });
});
