// Runs recorded cases of the autoscaler, the queueing formulas or the balancers: npm run oracles -- [--no-simulation] FILE…
// One line for each case that fails, then the counts. Without a file: those in test/oracles. test/oracles/README.md explains the formats.
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { root } from "./setup.mjs";

const words = process.argv.slice(2);
const simulates = !words.includes("--no-simulation");
const named = words.filter((word) => !word.startsWith("--"));
const files = named.length > 0 ? named : ["hpa-cases.json", "queueing-cases.json", "pick-sequences.json"].map((name) => join(root, "test/oracles", name));

const built = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", "test"], { cwd: root, encoding: "utf8" });
const load = (/** @type {string} */ name) => import(new URL(`out/test/unit/simulate/${name}.js`, pathToFileURL(`${root}/`)).href);
if (built.status !== 0) console.error(`The tests do not compile; what was compiled last is used.\n${built.stdout}`);
const autoscaler = await load("autoscaler-cases");
const { queueingFault } = await load("queueing-cases");
const { simulationFault } = await load("simulated-cases");
const { assertPicks } = await load("pick-cases");

/** @param {unknown} value */
const text = (value) => JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each));

/** What is wrong with our answer; undefined where it agrees. @param {any} each @param {any} file */
function fault(each, file) {
  if (each.software !== undefined) {
    assertPicks(each, file.ports);
    return undefined;
  }
  const answer = autoscaler.answers[each.kind];
  if (answer !== undefined) {
    const actual = answer(each.input, each.expected);
    return isDeepStrictEqual(actual, each.expected) ? undefined : `${text(actual)} instead of ${text(each.expected)}`;
  }
  return queueingFault(each) ?? (simulates ? simulationFault(each) : undefined);
}

let passed = 0;
let failed = 0;
for (const name of files) {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), name);
  /** @type {any} */
  let file;
  try {
    file = { ports: JSON.parse(readFileSync(path, "utf8")).ports, cases: autoscaler.readCases(pathToFileURL(path)) };
  } catch (error) {
    console.log(`${name}: ${error instanceof Error ? error.message : error}`);
    failed += 1;
    continue;
  }
  for (const each of file.cases) {
    let words;
    try {
      words = fault(each, file);
    } catch (error) {
      words = error instanceof Error ? (error.message.split("\n").find((line) => line.trim() !== "") ?? "failed") : String(error);
      if (error !== null && typeof error === "object" && "actual" in error && "expected" in error) words = `${text(error.actual)} instead of ${text(error.expected)}`.slice(0, 400);
    }
    if (words === undefined) {
      passed += 1;
    } else {
      failed += 1;
      console.log(`${each.id}: ${words}`);
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
