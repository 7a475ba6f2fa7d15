// Puts the pages of docs/diagnostics into a bundle, in the place of the module that reads them from the disk.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../docs/diagnostics", import.meta.url));

/** @type {import("esbuild").Plugin} */
export const diagnosticPages = {
  name: "diagnostic pages",
  setup(build) {
    build.onLoad({ filter: /[/\\](?:cli|server)[/\\]src[/\\]diagnostic-pages\.ts$/ }, () => {
      const names = readdirSync(folder).filter((name) => /^LBP\d{4}\.md$/.test(name)).sort();
      const pages = Object.fromEntries(names.map((name) => [name.replace(".md", ""), readFileSync(join(folder, name), "utf8")]));
      return { loader: "js", contents: `const pages = new Map(Object.entries(${JSON.stringify(pages)}));\nexport const pageOf = (code) => pages.get(code);\n` };
    });
  },
};
