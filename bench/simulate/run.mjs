// Simulated requests per second of processor time, and weeks per second, beside a C program (gcc -O2) and SimPy, in one run, taken in turns, best of five:
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

/** Seconds of the processor, of all threads: what others do on it does not count. @param {() => void} action */
function processorSeconds(action) {
  const begin = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

/**
 * @typedef {{ kind: "round_robin" | "least_conn", servers: number, slots: number, load?: number, maxConnections?: number, faults?: import("../../language/src/simulate/requests/model.ts").RequestFault[] }} Case
 * @param {Case} each @param {"events" | "fastest"} engine
 */
function ours({ kind, servers, slots, load = 0.9, maxConnections, faults = [] }, engine) {
  const limit = maxConnections === undefined ? {} : { maxConnections };
  const members = Array.from({ length: servers }, (_, index) => ({ name: `m${index}`, slots, response: { points: [{ concurrency: 1, seconds: 1 }], origin }, variation: 1, ...limit }));
  const list = members.map(({ name }, index) => ({ name, address: `10.0.0.${index}:80`, weight: 1, ...limit }));
  let meanResponse = NaN;
  const seconds = processorSeconds(() => {
    const outcome = runRequests({
      members, balancer: (random) => nginxBalancer({ kind }, list, random), picksBlindly: kind === "round_robin", clients: 0, waitingRoom: 0, queueSeconds: 5, readSeconds: 6000,
      until: "answer", retries: 1, retryOn: { refused: true, timeout: false }, detection: {}, slowStartSeconds: 0, faults,
    }, { rates: Float64Array.of(load * servers * slots), stepSeconds: 1, variation: 1, requests, warmUp: 0 }, { seed: 1, engine });
    if (outcome.kind === "figures") meanResponse = outcome.figures.response?.mean ?? NaN;
  });
  return { requestsPerSecond: requests / seconds, meanResponse };
}

/** Of ten members one after the other fails for 200 s in each 1,000 s. */
const failures = Array.from({ length: 400 }, (_, index) => ({ kind: /** @type {const} */ ("fail"), member: index % 10, factor: 1, from: 1000 * index + 500, to: 1000 * index + 700 }));

/** What is not said is as in C; where members fail they do so in ours only. @type {readonly (Case & { title: string })[]} */
const cases = [
  { title: "round_robin 10×1", kind: "round_robin", servers: 10, slots: 1 },
  { title: "least_conn 10×1", kind: "least_conn", servers: 10, slots: 1 },
  { title: "least_conn 10×8", kind: "least_conn", servers: 10, slots: 8 },
  { title: "round_robin 1×10", kind: "round_robin", servers: 1, slots: 10 },
  { title: "… 10×1 max_conns 500", kind: "round_robin", servers: 10, slots: 1, maxConnections: 500 },
  { title: "round_robin 100×1", kind: "round_robin", servers: 100, slots: 1 },
  { title: "… 10×1 0.7, failures", kind: "round_robin", servers: 10, slots: 1, load: 0.7, faults: failures },
  { title: "l_c 10×1 0.7, failures", kind: "least_conn", servers: 10, slots: 1, load: 0.7, faults: failures },
];

const python = ["python3", "/usr/bin/python3"].find((each) => spawnSync(each, ["-c", "try:\n import simpy\nexcept ImportError:\n import SimPy"]).status === 0);
const inC = compiled("requests");
const weekInC = compiled("week");
const policy = readFileSync(new URL("../../samples/ai-gateway/policy.lbpolicy", import.meta.url), "utf8");
const read = (/** @type {string} */ text) => analyze({ file: "policy.lbpolicy", text });
const analysis = read(policy);
/** Seconds of the processor. @param {ReturnType<typeof read>} of @param {object} parts */
const simulated = (of, parts) => processorSeconds(() => {
  const outcome = simulate(of, { backend: "inference", ...parts });
  // The points are made when they are read.
  if (outcome.kind !== "report" || outcome.report.points.length === 0) throw new Error(outcome.kind);
});
/** The same policy after an edit of its backend: nothing is known of it from the run before. @param {number} edit */
const edited = (edit) => read(policy.replace("response 650ms", `response ${651 + edit}ms`));
const median = (/** @type {readonly number[]} */ values) => [...values].sort((x, y) => x - y)[values.length >> 1] ?? NaN;
const best = (/** @type {readonly number[]} */ values) => Math.max(...values);
const million = (/** @type {number} */ value) => (value / 1e6).toFixed(2).padStart(7);

console.log(`${cpus()[0]?.model ?? ""}, Node ${process.version}, ${execFileSync("gcc", ["--version"], { encoding: "utf8" }).split("\n")[0]}; best of ${rounds}, taken in turns`);
console.log("million requests/s            C  events  /C  shortest  /C   mean response C / ours");
for (const each of cases) {
  /** @type {{ c: number[], events: number[], fastest: number[], means: number[] }} */
  const found = { c: [], events: [], fastest: [], means: [] };
  for (let round = 0; round < rounds; round++) {
    const c = inC(each.kind, String(each.servers), String(each.slots), String(each.load ?? 0.9), String(requests), ...(each.maxConnections === undefined ? [] : [String(each.maxConnections)]));
    const events = ours(each, "events");
    found.c.push(c.requestsPerSecond);
    found.events.push(events.requestsPerSecond);
    found.fastest.push(ours(each, "fastest").requestsPerSecond);
    found.means = [c.meanResponse, events.meanResponse];
  }
  const [c, events, fastest] = [best(found.c), best(found.events), best(found.fastest)];
  console.log(`${each.title.padEnd(22)} ${million(c)} ${million(events)} ${(events / c).toFixed(2)}  ${million(fastest)} ${(fastest / c).toFixed(2)}  ${found.means.map((mean) => mean.toFixed(3)).join(" / ")}`);
}
if (python === undefined) {
  console.log("SimPy: not installed (Debian has it as python3-simpy)");
} else {
  const simpy = JSON.parse(execFileSync(python, [join(here, "requests.py"), "10", "0.9", "100000"], { encoding: "utf8" }));
  console.log(`${`SimPy ${simpy.version} 10×1`.padEnd(22)} ${million(simpy.requestsPerSecond)}                         ${simpy.meanResponse}`);
}
/** @type {{ c: number[], second: number[], quarter: number[] }} */
const weeks = { c: [], second: [], quarter: [] };
for (let round = 0; round < rounds; round++) {
  weeks.c.push(weekInC().seconds);
  weeks.second.push(simulated(analysis, { durationSeconds: 7 * 86_400, stepSeconds: 1 }));
  weeks.quarter.push(simulated(analysis, { durationSeconds: 7 * 86_400 }));
}
const least = (/** @type {readonly number[]} */ values) => Math.min(...values);
const milliseconds = (/** @type {number} */ seconds, digits = 0) => `${(seconds * 1000).toFixed(digits)} ms`;
const again = Array.from({ length: 40 }, () => simulated(analysis, { durationSeconds: 86_400 }));
const afterEdits = Array.from({ length: 40 }, (_, edit) => edited(edit)).map((each) => simulated(each, { durationSeconds: 86_400 }));
console.log(`a week at 1 s: C ${milliseconds(least(weeks.c))}, ours ${milliseconds(least(weeks.second))} (${(least(weeks.c) / least(weeks.second)).toFixed(2)} of C); at 15 s ${milliseconds(least(weeks.quarter))}; a day at 15 s ${milliseconds(median(again), 1)}, after an edit of the backend ${milliseconds(median(afterEdits), 1)} (medians of 40)`);
rmSync(scratch, { recursive: true, force: true });
