// Whether a ratio got worse: npm run regression [-- --rounds 6 --keep --from parse.json,lsp.json]. Compares with bench/ratios.json and ends with 1 where one is beyond its tolerance.
// Ratios and not seconds: a slower machine slows the peer as well. `--keep` stores what was found as what is to be held (after an improvement, or a loss that is meant).
// `--from` looks at what `npm run parse -- --json` and `npm run lsp -- --json` stored instead of measuring.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { benchLsp } from "../lsp/run.mjs";
import { benchParse } from "../parse/run.mjs";
import { ratioText, table } from "../shared/page.mjs";
import { judged, kept } from "./judge.mjs";

const stored = new URL("../ratios.json", import.meta.url);

/** @param {number} rounds @returns {Promise<Readonly<Record<string, number>>>} */
async function measuredRatios(rounds) {
  const parse = await benchParse({ sizes: [1000, 10_000], rounds: 2 * rounds + 1 });
  const lsp = await benchLsp({ sizes: [10_000], rounds, starts: 2 * rounds, only: ["lbpolicy", "idle", "vscode-json"] });
  return { ...parse.ratios, ...lsp.ratios };
}

/** @param {readonly string[]} files @returns {Readonly<Record<string, number>>} */
function storedRatios(files) {
  return Object.assign({}, ...files.map((file) => JSON.parse(readFileSync(file, "utf8")).ratios));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "6" }, keep: { type: "boolean", default: false }, from: { type: "string" } } });
  const found = values.from === undefined ? await measuredRatios(Number(values.rounds)) : storedRatios(values.from.split(","));
  /** @type {import("./judge.mjs").Held} */
  const held = JSON.parse(readFileSync(stored, "utf8"));
  const verdicts = judged(held, found);
  console.log(table(["ratio, smaller is better", "held", "found", "allowed up to", ""], verdicts.map(({ name, wanted, allowed, value, verdict }) => [name, ratioText(wanted), value === undefined ? "–" : ratioText(value), ratioText(allowed), verdict])));
  if (values.keep) {
    writeFileSync(stored, `${JSON.stringify(kept(held, found), null, 2)}\n`);
    console.log("bench/ratios.json holds what was found.");
    process.exit(0);
  }
  const worse = verdicts.filter(({ verdict }) => verdict === "worse" || verdict === "missing");
  console.log(worse.length === 0 ? "No ratio got worse." : `${worse.length} of ${verdicts.length} got worse.`);
  process.exit(worse.length === 0 ? 0 : 1);
}
