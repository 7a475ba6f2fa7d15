// Where the server spends its time while somebody types: node bench/lsp/profile.mjs [--lines 10000] [--edits 40] [--what keystrokes|completion|hints]
// An unminified build of the server runs under --cpu-prof; the profile stays in bench/dist for a browser's developer tools.
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { nodeBundles } from "../../scripts/bundles.mjs";
import { randomPicks } from "../shared/figures.mjs";
import { policyOf, servers } from "./servers.mjs";
import { openSession } from "./session.mjs";

const { values } = parseArgs({ options: { lines: { type: "string", default: "10000" }, edits: { type: "string", default: "40" }, what: { type: "string", default: "keystrokes" } } });
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const profiles = path("../dist/profiles");
rmSync(profiles, { recursive: true, force: true });
for (const options of await nodeBundles(path("../dist/plain"))) await build({ ...options, minify: false });
const ours = servers.find(({ id }) => id === "lbpolicy");
if (ours === undefined) throw new Error("no server of ours");
const session = await openSession(ours, policyOf(Number(values.lines)), { command: [process.execPath, "--cpu-prof", `--cpu-prof-dir=${profiles}`, path("../dist/plain/server.cjs"), "--stdio"] });
const place = randomPicks(session.places, 2);
const weighed = randomPicks(session.weights, 3);
for (let i = 0; i < Number(values.edits); i++) {
  if (values.what === "completion") {
    console.log(`completion ${(await session.completion(place())).toFixed(1)} ms`);
  } else if (values.what === "hints") {
    const at = weighed();
    const weight = Number(session.lines[at.line]?.[at.character]);
    console.log(`line ${at.line + 1}: hints ${(await session.hints(at, weight + 1)).toFixed(1)} ms, and back ${(await session.hints(at, weight)).toFixed(1)} ms`);
  } else {
    const site = session.site();
    console.log(`line ${site.line + 1}: mistake ${(await session.keystroke(site, "mistake")).toFixed(1)} ms, mended ${(await session.keystroke(site, "mend")).toFixed(1)} ms`);
  }
}
await session.client.close();

/** Which functions the time went to. @param {string} file */
function tell(file) {
  /** @type {{ nodes: { id: number, callFrame: { functionName: string, url: string, lineNumber: number }, children?: number[] }[], samples: number[], timeDeltas: number[] }} */
  const profile = JSON.parse(readFileSync(file, "utf8"));
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, `${callFrame.functionName || "(anonymous)"} ${callFrame.url.slice(callFrame.url.lastIndexOf("/") + 1)}:${callFrame.lineNumber + 1}`]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const own = /** @type {Map<string, number>} */ (new Map());
  const all = /** @type {Map<string, number>} */ (new Map());
  let total = 0;
  for (const [i, sample] of profile.samples.entries()) {
    const ms = (profile.timeDeltas[i] ?? 0) / 1000;
    const name = names.get(sample) ?? "";
    if (name.startsWith("(idle)")) continue;
    total += ms;
    own.set(name, (own.get(name) ?? 0) + ms);
    const seen = new Set();
    for (let id = /** @type {number | undefined} */ (sample); id !== undefined; id = parents.get(id)) {
      const each = names.get(id) ?? "";
      if (!seen.has(each)) all.set(each, (all.get(each) ?? 0) + ms);
      seen.add(each);
    }
  }
  for (const [title, found] of /** @type {const} */ ([["itself", own], ["with what it calls", all]])) {
    console.log(`\n${title}, of ${total.toFixed(0)} ms:`);
    for (const [name, ms] of [...found].sort((a, b) => b[1] - a[1]).slice(0, 40)) console.log(`${ms.toFixed(0).padStart(8)} ms  ${((100 * ms) / total).toFixed(1).padStart(5)} %  ${name}`);
  }
}

for (const name of readdirSync(profiles)) {
  // CPU.DATE.TIME.PROCESS.THREAD.COUNT.cpuprofile
  console.log(`\n== ${name.split(".")[4] === "0" ? "the server" : "its background thread"} (bench/dist/profiles/${name})`);
  tell(`${profiles}/${name}`);
}
