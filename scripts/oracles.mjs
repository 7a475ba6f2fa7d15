// Runs recorded cases of the autoscaler, the queueing formulas or the balancers: npm run oracles -- [--no-simulation] FILE…
// One line for each case that fails, then the counts. Without a file: those in test/oracles. test/oracles/README.md explains the formats.
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { root } from "./setup.mjs";

/** A case that takes longer is given up: figures far beyond any sensible range can make a search endless. */
const mostSecondsPerCase = Number(process.env.ORACLE_SECONDS ?? 120);

const words = process.argv.slice(2);
const simulates = !words.includes("--no-simulation");
const named = words.filter((word) => !word.startsWith("--"));
const files = named.length > 0 ? named : ["hpa-cases.json", "queueing-cases.json", "pick-sequences.json"].map((name) => join(root, "test/oracles", name));

const built = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", "test"], { cwd: root, encoding: "utf8" });
if (built.status !== 0) console.error(`The tests do not compile; what was compiled last is used.\n${built.stdout}`);
const { readCases } = await import(new URL("out/test/unit/simulate/autoscaler-cases.js", pathToFileURL(`${root}/`)).href);

let passed = 0;
let failed = 0;

/** @param {string} line */
function fail(line) {
  failed += 1;
  console.log(line);
}

/** The cases of a file and the ports of its servers; undefined after a line that says what is wrong. @param {string} name */
function read(name) {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), name);
  try {
    const written = JSON.parse(readFileSync(path, "utf8"));
    if (!Array.isArray(written?.cases)) return void fail(`${name}: it has no list of \`cases\``);
    return { cases: readCases(pathToFileURL(path)), ports: written.ports };
  } catch (error) {
    return void fail(`${name}: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ")}`);
  }
}

/** @type {Worker | undefined} */
let worker;

/** What is wrong with our answer; undefined where it agrees. @param {unknown} each @param {unknown} ports @returns {Promise<string | undefined>} */
async function fault(each, ports) {
  worker ??= new Worker(fileURLToPath(new URL("oracle-case.mjs", import.meta.url)), { resourceLimits: { maxOldGenerationSizeMb: 2048 } });
  const running = worker;
  worker.postMessage({ each, ports, simulates });
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), mostSecondsPerCase * 1000);
  try {
    const [answer] = await once(running, "message", { signal: limit.signal });
    return answer;
  } catch (error) {
    worker = undefined;
    await running.terminate();
    return limit.signal.aborted ? `no answer within ${mostSecondsPerCase} s` : `no answer: ${error instanceof Error ? error.message : error}`;
  } finally {
    clearTimeout(timer);
  }
}

for (const name of files) {
  const file = read(name);
  for (const [index, each] of (file?.cases ?? []).entries()) {
    const isCase = typeof each === "object" && each !== null && !Array.isArray(each);
    const id = isCase && typeof each.id === "string" && each.id !== "" ? each.id : `${name}: case ${index + 1}`;
    const wrong = !isCase ? "it is not an object" : typeof each.kind !== "string" ? "it has no `kind`" : await fault(each, file?.ports);
    if (wrong === undefined) passed += 1;
    else fail(`${id}: ${wrong}`);
  }
}
await worker?.terminate();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
