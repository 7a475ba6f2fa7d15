// What is bundled of what: the server, its background thread, the command line, and the language that they share.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { backgroundEntry } from "./background-entry.mjs";
import { diagnosticPages } from "./diagnostic-pages.mjs";
import { languageBeside } from "./language-bundle.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @type {import("esbuild").BuildOptions} */
export const nodeBundle = { bundle: true, platform: "node", target: "node20", format: "cjs", minify: true, legalComments: "none", logLevel: "warning", absWorkingDir: root, metafile: true };

/**
 * The bundles that need each other, into one folder. What is compiled in out/ has to be that of the sources.
 * @param {string} folder
 * @returns {Promise<readonly import("esbuild").BuildOptions[]>}
 */
export async function nodeBundles(folder) {
  const language = languageBeside(await import(new URL("../out/language/src/index.js", import.meta.url).href));
  return [
    { ...nodeBundle, entryPoints: ["language/src/index.ts"], outfile: join(folder, "language.cjs") },
    { ...nodeBundle, entryPoints: ["server/src/main.ts"], outfile: join(folder, "server.cjs"), plugins: [language, backgroundEntry, diagnosticPages] },
    { ...nodeBundle, entryPoints: ["server/src/background/thread.ts"], outfile: join(folder, "background.cjs"), plugins: [language] },
    { ...nodeBundle, entryPoints: ["cli/src/main.ts"], outfile: join(folder, "cli.cjs"), banner: { js: "#!/usr/bin/env node" }, plugins: [language, backgroundEntry, diagnosticPages] },
  ];
}
