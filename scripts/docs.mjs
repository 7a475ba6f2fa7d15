// Writes what the documentation takes from the sources: the index of the diagnostics, the tables of docs/language.md, the schema of lbpolicy.json.
// `node scripts/docs.mjs` writes; a test compares. Needs a compiled tree (tsc -b).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "./docs-content.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

for (const [path, text] of await generatedFiles((name) => readFileSync(join(root, name), "utf8"))) {
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
