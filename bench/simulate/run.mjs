// Simulated requests per second and weeks per second beside a C program (gcc -O2) and SimPy, in one run, taken in turns, best of five:
// node bench/simulate/run.mjs (after npm run build). C needs gcc; SimPy is looked for in python3 and /usr/bin/python3 and left out where it is not.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { analyze, simulate } from "../../out/language/src/index.js";
import { nginxBalancer } from "../../out/language/src/simulate/balancers/nginx.js";
import { runRequests } from "../../out/language/src/simulate/requests/run-requests.js";

const rounds = Number(process.argv[2] ?? 5);
const requests = 3_000_000;
const here = fileURLToPath(new URL(".", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "lbpolicy-bench-"));
const origin = { file: "", range: { start: 0, end: 0 } };

/** @param {string} name */
function compiled(name) {
  const program = join(scratch, name);
  execFileSync("gcc", ["-O2", "-o", program, join(here, `${name}.c`), "-lm"]);
  return (/** @type {string[]} */ ...words) => JSON.parse(execFileSync(program, words, { encoding: "utf8" }));
}

/** @param {"round_robin" | "least_conn"} kind @param {number} servers @param {number} slots @param {"events" | "fastest"} engine */
function ours(kind, servers, slots, engine) {
  const members = Array.from({ length: servers }, (_, index) => ({ name: `m${index}`, slots, response: { points: [{ concurrency: 1, seconds: 1 }], origin }, variation: 1 }));
  const list = members.map(({ name }, index) => ({ name, address: `10.0.0.${index}:80`, weight: 1 }));
  const begin = performance.now();
  const outcome = runRequests({
    members, balancer: (random) => nginxBalancer({ kind }, list, random), picksBlindly: kind === "round_robin", clients: 0, waitingRoom: 0, queueSeconds: 5, readSeconds: 6000,
    until: "answer", retries: 1, retryOn: { refused: true, timeout: false }, detection: {}, slowStartSeconds: 0, faults: [],
  }, { rates: Float64Array.of(0.9 * servers * slots), stepSeconds: 1, variation: 1, requests, warmUp: 0 }, { seed: 1, engine });
  const seconds = (performance.now() - begin) / 1000;
  return { requestsPerSecond: requests / seconds, meanResponse: outcome.kind === "figures" ? (outcome.figures.response?.mean ?? NaN) : NaN };
}

const python = ["python3", "/usr/bin/python3"].find((each) => spawnSync(each, ["-c", "try:\n import simpy\nexcept ImportError:\n import SimPy"]).status === 0);
const inC = compiled("requests");
const weekInC = compiled("week");
const analysis = analyze({ file: "policy.lbpolicy", text: readFileSync(new URL("../../samples/ai-gateway/policy.lbpolicy", import.meta.url), "utf8") });
const week = (/** @type {object} */ parts) => {
  const begin = performance.now();
  simulate(analysis, { backend: "inference", ...parts });
  return (performance.now() - begin) / 1000;
};
const best = (/** @type {readonly number[]} */ values) => Math.max(...values);
const million = (/** @type {number} */ value) => (value / 1e6).toFixed(2).padStart(7);

console.log(`${cpus()[0]?.model ?? ""}, Node ${process.version}, ${execFileSync("gcc", ["--version"], { encoding: "utf8" }).split("\n")[0]}; best of ${rounds}, taken in turns`);
console.log("million requests/s            C  events  /C  shortest  /C   mean response C / ours");
for (const [kind, servers, slots] of /** @type {const} */ ([["round_robin", 10, 1], ["least_conn", 10, 1], ["least_conn", 10, 8], ["round_robin", 1, 10]])) {
  /** @type {{ c: number[], events: number[], fastest: number[], means: number[] }} */
  const found = { c: [], events: [], fastest: [], means: [] };
  for (let round = 0; round < rounds; round++) {
    const c = inC(kind, String(servers), String(slots), "0.9", String(requests));
    const events = ours(kind, servers, slots, "events");
    found.c.push(c.requestsPerSecond);
    found.events.push(events.requestsPerSecond);
    found.fastest.push(ours(kind, servers, slots, "fastest").requestsPerSecond);
    found.means = [c.meanResponse, events.meanResponse];
  }
  const [c, events, fastest] = [best(found.c), best(found.events), best(found.fastest)];
  console.log(`${`${kind} ${servers}×${slots}`.padEnd(22)} ${million(c)} ${million(events)} ${(events / c).toFixed(2)}  ${million(fastest)} ${(fastest / c).toFixed(2)}  ${found.means.map((mean) => mean.toFixed(3)).join(" / ")}`);
}
if (python === undefined) {
  console.log("SimPy: not installed (Debian has it as python3-simpy)");
} else {
  const simpy = JSON.parse(execFileSync(python, [join(here, "requests.py"), "10", "0.9", "100000"], { encoding: "utf8" }));
  console.log(`${`SimPy ${simpy.version} 10×1`.padEnd(22)} ${million(simpy.requestsPerSecond)}                         ${simpy.meanResponse}`);
}
const c = Math.min(...Array.from({ length: rounds }, () => weekInC().seconds));
const second = Math.min(...Array.from({ length: rounds }, () => week({ durationSeconds: 7 * 86_400, stepSeconds: 1 })));
const quarter = Math.min(...Array.from({ length: rounds }, () => week({ durationSeconds: 7 * 86_400 })));
const days = Array.from({ length: 40 }, () => week({ durationSeconds: 86_400 })).sort((x, y) => x - y);
console.log(`a week at 1 s: C ${(c * 1000).toFixed(0)} ms, ours ${(second * 1000).toFixed(0)} ms (${(c / second).toFixed(2)} of C); at 15 s ${(quarter * 1000).toFixed(0)} ms; a day at 15 s ${((days[20] ?? 0) * 1000).toFixed(1)} ms (median of 40)`);
rmSync(scratch, { recursive: true, force: true });
