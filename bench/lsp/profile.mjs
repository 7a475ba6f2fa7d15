// Where the server spends its time while somebody types: node bench/lsp/profile.mjs [--lines 10000] [--edits 40]
// An unminified build of the server runs under --cpu-prof; the profile stays in bench/dist for a browser's developer tools.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { diagnosticPages } from "../../scripts/diagnostic-pages.mjs";
import { policyOf, servers } from "./servers.mjs";
import { openSession } from "./session.mjs";

const { values } = parseArgs({ options: { lines: { type: "string", default: "10000" }, edits: { type: "string", default: "40" } } });
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const bundle = path("../dist/server-plain.cjs");
await build({
  bundle: true, platform: "node", target: "node20", format: "cjs", logLevel: "warning", absWorkingDir: path("../.."), entryPoints: ["server/src/main.ts"], outfile: bundle, plugins: [diagnosticPages],
});
const ours = servers.find(({ id }) => id === "lbpolicy");
if (ours === undefined) throw new Error("no server of ours");
const session = await openSession(ours, policyOf(Number(values.lines)), { command: [process.execPath, "--cpu-prof", `--cpu-prof-dir=${path("../dist")}`, "--cpu-prof-name=server.cpuprofile", bundle, "--stdio"] });
for (let i = 0; i < Number(values.edits); i++) {
  const site = session.site();
  console.log(`line ${site.line + 1}: mistake ${(await session.keystroke(site, "mistake")).toFixed(1)} ms, mended ${(await session.keystroke(site, "mend")).toFixed(1)} ms`);
}
await session.client.close();

/** @type {{ nodes: { id: number, callFrame: { functionName: string, lineNumber: number }, children?: number[] }[], samples: number[], timeDeltas: number[] }} */
const profile = JSON.parse(readFileSync(path("../dist/server.cpuprofile"), "utf8"));
const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
const own = /** @type {Map<string, number>} */ (new Map());
const all = /** @type {Map<string, number>} */ (new Map());
const nameOf = (/** @type {number} */ id) => {
  const frame = nodes.get(id)?.callFrame;
  return frame === undefined ? "" : `${frame.functionName || "(anonymous)"}:${frame.lineNumber + 1}`;
};
let total = 0;
for (const [i, sample] of profile.samples.entries()) {
  const ms = (profile.timeDeltas[i] ?? 0) / 1000;
  if (nameOf(sample).startsWith("(idle)")) continue;
  total += ms;
  own.set(nameOf(sample), (own.get(nameOf(sample)) ?? 0) + ms);
  const seen = new Set();
  for (let id = /** @type {number | undefined} */ (sample); id !== undefined; id = parents.get(id)) {
    if (!seen.has(nameOf(id))) all.set(nameOf(id), (all.get(nameOf(id)) ?? 0) + ms);
    seen.add(nameOf(id));
  }
}
for (const [title, found] of /** @type {const} */ ([["itself", own], ["with what it calls", all]])) {
  console.log(`\n${title}, of ${total.toFixed(0)} ms:`);
  for (const [name, ms] of [...found].sort((a, b) => b[1] - a[1]).slice(0, 40)) console.log(`${ms.toFixed(0).padStart(8)} ms  ${((100 * ms) / total).toFixed(1).padStart(5)} %  ${name}`);
}
