// From a keystroke to the figures that a simulation gives, on the samples: npm run dynamic [-- --edits 60 --write]
// The demand is changed, hints are asked for at once and again at every refresh, until the pool's hint carries what a day brings.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, quantile } from "../shared/figures.mjs";
import { circumstances, msText, table, targetTable, writeSection } from "../shared/page.mjs";
import { initializeParams, startClient } from "./client.mjs";

const { values } = parseArgs({ options: { edits: { type: "string", default: "60" }, write: { type: "boolean", default: false } } });
const server = fileURLToPath(new URL("../../dist/server.cjs", import.meta.url));
const samples = /** @type {const} */ ([
  { name: "shop", edit: /demand +(\d+)rps/, next: (/** @type {number} */ i) => String(1001 + (i % 150)), has: /load 0\.\d+ · \d/ },
  { name: "ai-gateway", edit: /12:00 (\d+)rps/, next: (/** @type {number} */ i) => String(600 + (i % 150)), has: /members at .* · \S/ },
]);

/** @param {(typeof samples)[number]} sample */
async function measured({ name, edit, next, has }) {
  let text = readFileSync(new URL(`../../samples/${name}/policy.lbpolicy`, import.meta.url), "utf8");
  const uri = new URL(`../../samples/${name}/policy.lbpolicy`, import.meta.url).href;
  const client = startClient([process.execPath, server, "--stdio"], {});
  await client.request("initialize", initializeParams({ pulls: "pull" }));
  client.notify("initialized", {});
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "lbpolicy", version: 1, text } });
  const range = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
  const whole = () => new Promise((resolve, reject) => {
    const end = setTimeout(() => reject(new Error(`${name}: no such hint within 60 s`)), 60_000);
    /** @type {() => void} */
    let stop = () => undefined;
    const ask = async () => {
      const hints = await client.request("textDocument/inlayHint", { textDocument: { uri }, range });
      if (!hints.some((/** @type {{ label: string }} */ { label }) => has.test(label))) return;
      clearTimeout(end);
      stop();
      resolve(performance.now());
    };
    stop = client.onRefresh(() => void ask().catch(reject), "workspace/inlayHint/refresh");
    ask().catch(reject);
  });
  await whole();
  const found = [];
  for (let i = 0; i < Number(values.edits) + 10; i++) {
    const match = edit.exec(text);
    if (match === null) throw new Error(`${name}: the place of the edit is not there`);
    const at = match.index + match[0].indexOf(match[1] ?? "");
    const before = text.slice(0, at).split("\n");
    const start = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const by = next(i);
    text = text.slice(0, at) + by + text.slice(at + (match[1] ?? "").length);
    const begin = performance.now();
    client.notify("textDocument/didChange", { textDocument: { uri, version: i + 2 }, contentChanges: [{ range: { start, end: { ...start, character: start.character + (match[1] ?? "").length } }, text: by }] });
    found.push(await whole() - begin);
  }
  await client.close();
  return { name, times: found.slice(10) };
}

const results = [];
for (const sample of samples) results.push(await measured(sample));
const report = [
  circumstances({}, `npm run dynamic${values.edits === "60" ? "" : ` -- --edits ${values.edits}`}`),
  targetTable(results.map(({ name, times }) => ({ measure: `${name}: keystroke → figures of the simulation, p95`, found: quantile(times, 0.95), limit: 100, is: "at most", unit: " ms" }))),
  table(["sample", "p50 ms", "p95 ms", "edits"], results.map(({ name, times }) => [name, msText(median(times)), msText(quantile(times, 0.95)), times.length])),
].join("\n\n");
console.log(report);
if (values.write) writeSection("dynamic", report);
