// Puts the pages of docs/diagnostics into one file beside a bundle, read when a page is first asked for, in the place of the module that reads them from the checkout.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../docs/diagnostics", import.meta.url));
const fileName = "diagnostic-pages.json";

/** @type {import("esbuild").Plugin} */
export const diagnosticPages = {
  name: "diagnostic pages",
  setup(build) {
    build.onLoad({ filter: /[/\\]server[/\\]src[/\\]diagnostic-pages\.ts$/ }, () => ({
      loader: "js",
      contents: `import { readFileSync } from "node:fs";
import { join } from "node:path";
let pages;
export function pageOf(code) {
  pages ??= new Map(Object.entries(JSON.parse(readFileSync(join(__dirname, ${JSON.stringify(fileName)}), "utf8"))));
  return pages.get(code);
}
`,
    }));
    build.onEnd(() => {
      const names = readdirSync(folder).filter((name) => /^LBP\d{4}\.md$/.test(name)).sort();
      const pages = Object.fromEntries(names.map((name) => [name.replace(".md", ""), readFileSync(join(folder, name), "utf8")]));
      writeFileSync(resolve(build.initialOptions.absWorkingDir ?? "", dirname(build.initialOptions.outfile ?? ""), fileName), JSON.stringify(pages));
    });
  },
};
