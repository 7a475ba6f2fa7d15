// Reading a whole document, beside peers, in one run, taken in turns: npm run parse [-- --sizes 1000,10000 --rounds 15 --write --json FILE]
import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { versions } from "../lsp/servers.mjs";
import { preparePeers } from "../prepare.mjs";
import { least, median } from "../shared/figures.mjs";
import { circumstances, commandOf, msText, ratioText, table, targetTable, writeSection } from "../shared/page.mjs";
import { candidateNames } from "./candidates.mjs";

/** @typedef {{ readonly name: string, readonly bytes: number, readonly ms: readonly number[] }} Measured */

/** Starts a candidate. @param {string} name @param {number} lines */
async function start(name, lines) {
  const child = fork(fileURLToPath(new URL("candidates.mjs", import.meta.url)), [name, String(lines)], { execArgv: ["--max-old-space-size=4096", "--stack-size=4000"] });
  const ended = new Promise((/** @type {(value: never) => void} */ _, reject) => { child.once("exit", (code) => reject(new Error(`${name} ended (${code})`))); });
  ended.catch(() => undefined);
  const heard = () => Promise.race([new Promise((/** @type {(message: any) => void} */ resolve) => { child.once("message", resolve); }), ended]);
  const { bytes } = await heard();
  return {
    name, bytes,
    /** The times of so many readings, in ms. @param {number} times @returns {Promise<readonly number[]>} */
    async run(times) {
      const answer = heard();
      child.send({ times });
      const { ms, problems } = await answer;
      if (problems !== 0) throw new Error(`${name} finds ${problems} mistakes in a document that has none`);
      return ms;
    },
    end: () => child.kill(),
  };
}

/** @param {number} lines @param {number} rounds @returns {Promise<readonly Measured[]>} */
async function measured(lines, rounds) {
  const runners = [];
  for (const name of candidateNames) runners.push(await start(name, lines));
  // Until the compiler has seen it all: some 1.2 s of reading at least, or twelve times.
  const timesOf = new Map();
  for (const runner of runners) {
    let spentMs = 0;
    let leastMs = Infinity;
    for (let i = 0; i < 12 || spentMs < 1200; i++) {
      const [ms = 0] = await runner.run(1);
      leastMs = Math.min(leastMs, ms);
      spentMs += ms;
      if (spentMs > 12_000 && i >= 1) break;
    }
    // A short turn holds more readings than a long one: some 300 ms of them.
    timesOf.set(runner.name, Math.max(1, Math.min(200, Math.round(300 / leastMs))));
  }
  const found = runners.map(({ name, bytes }) => ({ name, bytes, ms: /** @type {number[]} */ ([]) }));
  for (let round = 0; round < rounds; round++) for (const [i, runner] of runners.entries()) found[i]?.ms.push(...(await runner.run(timesOf.get(runner.name))));
  for (const runner of runners) runner.end();
  return found;
}

/** Of the least times: what else runs on the machine only ever adds. @param {Measured | undefined} a @param {Measured | undefined} b */
const quotient = (a, b) => (a === undefined || b === undefined ? NaN : least(a.ms) / least(b.ms));
/** @param {Measured | undefined} a @param {Measured | undefined} b */
const medianQuotient = (a, b) => (a === undefined || b === undefined ? NaN : median(a.ms) / median(b.ms));

/**
 * @param {readonly { readonly lines: number, readonly found: readonly Measured[] }[]} sizes
 * @returns {Record<string, number>} by name; smaller is better in all
 */
export function ratiosOf(sizes) {
  const at = (/** @type {number} */ lines, /** @type {string} */ name) => sizes.find((size) => size.lines === lines)?.found.find((each) => each.name === name);
  /** @type {Record<string, number>} */
  const ratios = {};
  for (const { lines } of sizes) {
    for (const peer of candidateNames.filter((name) => !name.startsWith("our"))) ratios[`parse ${lines}: our values / ${peer}`] = quotient(at(lines, "our values"), at(lines, peer));
    ratios[`parse ${lines}: our tree / JSON.parse`] = quotient(at(lines, "our tree"), at(lines, "JSON.parse"));
  }
  return ratios;
}

/** @param {{ readonly sizes: readonly number[], readonly rounds: number }} options */
export async function benchParse({ sizes, rounds }) {
  await preparePeers();
  const all = [];
  // A long document is read less often.
  for (const lines of sizes) all.push({ lines, found: await measured(lines, lines > 50_000 ? Math.max(3, Math.ceil(rounds / 4)) : rounds) });
  return { sizes: all, ratios: ratiosOf(all) };
}

const titles = /** @type {Record<string, string>} */ ({
  "our tree": "lbpolicy: text → tree", "our values": "lbpolicy: text → values (LBP1–LBP3)", "JSON.parse": "JSON.parse, as many bytes", Langium: "Langium: full build of the same text",
  "Langium, parser alone": "Langium: its parser alone", "vscode-json": "vscode-json-languageservice: parse + validate", yaml: "yaml: parse to values",
});

/** @param {Awaited<ReturnType<typeof benchParse>>} result */
function tables({ sizes, ratios }) {
  const of = (/** @type {string} */ name) => ratios[name] ?? NaN;
  const perSize = sizes.map(({ lines, found }) => {
    const values = found.find(({ name }) => name === "our values");
    const json = found.find(({ name }) => name === "JSON.parse");
    return table([`${lines.toLocaleString("en-US")} lines`, "kB", "least ms", "median ms", "× JSON.parse, least (median)", "÷ our values, least (median)"],
      found.map((each) => [titles[each.name] ?? each.name, Math.round(each.bytes / 1000), msText(least(each.ms)), msText(median(each.ms)), `${ratioText(quotient(each, json))} (${ratioText(medianQuotient(each, json))})`, `${ratioText(quotient(each, values))} (${ratioText(medianQuotient(each, values))})`]));
  });
  const targets = targetTable([
    { measure: "10k lines to values, × JSON.parse", found: of("parse 10000: our values / JSON.parse"), limit: 8, stretch: 5.5, is: "at most" },
    { measure: "faster than Langium's build", found: 1 / of("parse 10000: our values / Langium"), limit: 12, stretch: 20, is: "at least", unit: "×" },
    { measure: "faster than vscode-json parse + validate", found: 1 / of("parse 10000: our values / vscode-json"), limit: 2, stretch: 3, is: "at least", unit: "×" },
    { measure: "faster than the yaml package", found: 1 / of("parse 10000: our values / yaml"), limit: 20, stretch: 30, is: "at least", unit: "×" },
  ]);
  return [targets, ...perSize].join("\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { sizes: { type: "string", default: "1000,10000,100000" }, rounds: { type: "string", default: "21" }, write: { type: "boolean", default: false }, json: { type: "string" } } });
  const result = await benchParse({ sizes: values.sizes.split(",").map(Number), rounds: Number(values.rounds) });
  const command = commandOf("parse");
  const { "vscode-json-languageservice": json = "", langium = "", yaml = "" } = versions();
  const page = `${circumstances({ langium, "vscode-json-languageservice": json, yaml }, command)} ${values.rounds} rounds in turns, a quarter of them at 100k lines.\n\n${tables(result)}`;
  console.log(page);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (values.write) writeSection("parse", page);
}
