// The real nginx before slow members, under an open load, beside what the formulas and the simulation of requests say:
// node bench/simulate/measured-queue.mjs (after npm run build). About 50 s. Everything runs on loopback.
//
// Four members of two slots each answer after an exponentially distributed time of mean 20 ms, first come, first served. nginx shares the requests in turn or by
// fewest connections. Requests leave as a Poisson process whether answers come or not; the time of each is taken from when it was due.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { steadyState } from "../../out/language/src/index.js";
import { runRequests } from "../../out/language/src/simulate/requests/run-requests.js";
import { nginxBalancer } from "../../out/language/src/simulate/balancers/nginx.js";
import { randomFrom } from "../../out/language/src/simulate/random.js";

const meanMs = 20;
const slots = 2;
const members = 4;
const secondsPerRun = Number(process.argv[2] ?? 5.5);
const loads = [0.3, 0.5, 0.7, 0.85];
const origin = { file: "", range: { start: 0, end: 0 } };
const curve = { points: [{ concurrency: 1, seconds: meanMs / 1000 }], origin };

/** What each request met: its member, and the seconds that member really took for it. @type {Map<string, { member: number, seconds: number }>} */
const served = new Map();

/** A member: waits for a free slot, then for a drawn time. @param {number} index */
async function startMember(index) {
  const seed = 100 + index;
  const random = randomFrom(seed);
  let busy = 0;
  /** @type {(() => void)[]} */
  const waiting = [];
  const serve = (/** @type {string} */ id, /** @type {import("node:http").ServerResponse} */ response) => {
    busy += 1;
    const begin = performance.now();
    const due = begin - meanMs * Math.log(1 - random.uniform());
    const end = () => {
      // A timer counts whole milliseconds: the rest is waited for in turns of the event loop.
      if (performance.now() < due) return void setImmediate(end);
      response.end("ok");
      served.set(id, { member: index, seconds: (performance.now() - begin) / 1000 });
      busy -= 1;
      waiting.shift()?.();
    };
    setTimeout(end, Math.max(0, due - performance.now() - 2));
  };
  const server = createServer((asked, response) => {
    const id = String(asked.headers["x-id"]);
    if (busy < slots) serve(id, response);
    else waiting.push(() => serve(id, response));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: /** @type {import("node:net").AddressInfo} */ (server.address()).port, stop: () => server.closeAllConnections() || server.close() };
}

/** @param {string} method @param {readonly number[]} ports */
async function startNginx(method, ports) {
  const folder = mkdtempSync(join(tmpdir(), "lbpolicy-measured-"));
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const port = /** @type {import("node:net").AddressInfo} */ (probe.address()).port;
  probe.close();
  mkdirSync(join(folder, "temp"));
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path temp/${name};`).join(" ");
  writeFileSync(join(folder, "nginx.conf"), `worker_processes 1; error_log stderr crit; events { worker_connections 4096; }
http { access_log off; ${places}
  upstream pool { ${method} ${ports.map((each) => `server 127.0.0.1:${each};`).join(" ")} keepalive 64; }
  server { listen 127.0.0.1:${port}; keepalive_requests 1000000; location / { proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection ""; } } }
`);
  const child = spawn("nginx", ["-e", "stderr", "-p", folder, "-c", "nginx.conf", "-g", "daemon off; pid nginx.pid;"], { stdio: "inherit", env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
  for (let round = 0; round < 200; round++) {
    const answered = await new Promise((resolve) => request({ port, host: "127.0.0.1" }, (response) => resolve(response.resume())).on("error", () => resolve(undefined)).end());
    if (answered !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { port, stop: async () => { child.kill("SIGQUIT"); await once(child, "exit"); rmSync(folder, { recursive: true, force: true }); } };
}

/** Response times in seconds, from when each request was due. @param {number} port @param {number} ratePerSecond @param {number} seed */
async function load(port, ratePerSecond, seed, seconds = secondsPerRun) {
  const random = randomFrom(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  served.clear();
  /** @type {{ id: string, due: number, seconds: number }[]} */
  const sent = [];
  /** @type {Promise<void>[]} */
  const open = [];
  const begin = performance.now();
  const end = begin + seconds * 1000;
  for (let due = begin; due < end; due += (-1000 * Math.log(1 - random.uniform())) / ratePerSecond) {
    while (performance.now() < due) await (due - performance.now() > 3 ? new Promise((resolve) => setTimeout(resolve, due - performance.now() - 2)) : new Promise((resolve) => setImmediate(resolve)));
    const each = { id: String(sent.length), due: (due - begin) / 1000, seconds: NaN };
    sent.push(each);
    open.push(new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, agent, headers: { "x-id": each.id } }, (response) => response.resume().on("end", () => {
        each.seconds = (performance.now() - due) / 1000;
        resolve();
      })).on("error", reject).end();
    }));
  }
  await Promise.all(open);
  agent.destroy();
  return sent;
}

/**
 * The same requests once more without nginx: the simulator's picks, first come first served, and the seconds that the members really took. What the measurement has
 * more is the way through nginx, and waiting for a processor.
 * @param {ReturnType<typeof nginxBalancer>} balancer the same for all that one nginx was asked @param {readonly { id: string, due: number }[]} sent
 */
function replayed(balancer, sent) {
  const free = Array.from({ length: members }, () => Array.from({ length: slots }, () => 0));
  /** @type {{ at: number, member: number }[]} */
  const ends = [];
  let same = 0;
  const seconds = sent.map(({ id, due }) => {
    while (ends.length > 0 && (ends[0]?.at ?? 0) <= due) balancer.finish(ends.shift()?.member ?? 0, due);
    const member = balancer.pick({}, due) ?? 0;
    const took = served.get(id);
    if (took?.member === member) same += 1;
    const own = free[member] ?? [];
    own.sort((a, b) => a - b);
    const end = Math.max(due, own[0] ?? 0) + (took?.seconds ?? 0);
    own[0] = end;
    const place = ends.findIndex((other) => other.at > end);
    ends.splice(place < 0 ? ends.length : place, 0, { at: end, member });
    return end - due;
  });
  for (const { member, at } of ends) balancer.finish(member, at);
  return { seconds, same: same / sent.length };
}

/** Mean and p95. @param {readonly number[]} values */
function figures(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { mean: values.reduce((sum, each) => sum + each, 0) / values.length, p95: sorted[Math.floor(0.95 * sorted.length)] };
}

/** One run of so many requests, `skip` of them not counted. @param {"round_robin" | "least_conn"} kind @param {number} ratePerSecond @param {number} requests @param {number} skip @param {number} seed */
function simulated(kind, ratePerSecond, requests, skip, seed) {
  const list = Array.from({ length: members }, (_, index) => ({ name: `m${index}`, slots, response: curve, variation: 1 }));
  const servers = list.map(({ name }, index) => ({ name, address: `127.0.0.1:${9000 + index}`, weight: 1 }));
  const outcome = runRequests({
    members: list, balancer: (random) => nginxBalancer({ kind }, servers, random), picksBlindly: kind === "round_robin", clients: 0, waitingRoom: 0, queueSeconds: 5,
    readSeconds: 60, until: "answer", retries: 1, retryOn: { refused: true, timeout: false }, detection: {}, slowStartSeconds: 0, faults: [],
  }, { rates: Float64Array.of(ratePerSecond), stepSeconds: 1, variation: 1, requests: requests + skip, warmUp: skip }, { seed });
  if (outcome.kind !== "figures" || outcome.figures.response === undefined) throw new Error("no figures");
  return outcome.figures.response;
}

/** Twice the standard deviation of a figure over runs as short as the measurement. @param {readonly number[]} values */
function spread(values) {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return 2 * Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
}

/** @param {string} algorithm @param {number} ratePerSecond */
function formula(algorithm, ratePerSecond) {
  const server = (/** @type {string} */ name) => ({
    name, address: { kind: "ipv4", host: "127.0.0.1", port: 1 }, weight: 1, backup: false, drain: false, down: false, response: curve, concurrency: slots, capacityPerSecond: slots / (meanMs / 1000), variation: 1, origin,
  });
  const backend = /** @type {any} */ ({ name: "pool", servers: Array.from({ length: members }, (_, index) => server(`m${index}`)), strategy: { algorithm: { kind: algorithm }, retry: { count: 1, on: [], unsafe: false } }, timeouts: {}, stream: false, origin });
  const { response } = steadyState(backend, ratePerSecond).pool;
  return response.kind === "steady" ? response.responseSeconds : NaN;
}

const ms = (/** @type {number | undefined} */ seconds) => ((seconds ?? NaN) * 1000).toFixed(1).padStart(8);
const started = await Promise.all(Array.from({ length: members }, (_, index) => startMember(index)));
console.log(`nginx, ${members} members × ${slots} slots × ${meanMs} ms exponential, ${secondsPerRun} s each; milliseconds`);
console.log("method       load requests | mean measured replayed simulated       formula | p95 measured replayed simulated | same member");
for (const [method, kind, algorithm] of /** @type {const} */ ([["", "round_robin", "round_robin"], ["least_conn;", "least_conn", "least_connections"]])) {
  const nginx = await startNginx(method, started.map((member) => member.port));
  // Connections and compiled code first.
  const balancer = nginxBalancer({ kind }, Array.from({ length: members }, (_, index) => ({ name: `m${index}`, address: `127.0.0.1:${9000 + index}`, weight: 1 })), randomFrom(1));
  balancer.finish(balancer.pick({}, 0) ?? 0, 0);
  replayed(balancer, await load(nginx.port, 200, 1, 1.5));
  for (const [index, rho] of loads.entries()) {
    const rate = (rho * members * slots) / (meanMs / 1000);
    const sent = await load(nginx.port, rate, 7 + index);
    const again = replayed(balancer, sent);
    const counts = sent.map((each) => each.due > 0.5);
    const measured = figures(sent.filter((_, place) => counts[place]).map((each) => each.seconds));
    const replay = figures(again.seconds.filter((_, place) => counts[place]));
    const counted = counts.filter(Boolean).length;
    const expected = simulated(kind, rate, 2_000_000, 200_000, 1);
    const short = Array.from({ length: 100 }, (_, run) => simulated(kind, rate, counted, Math.round(rate / 2), 1000 + run));
    const means = `${ms(measured.mean)} ${ms(replay.mean)} ${ms(expected.mean)} ± ${(spread(short.map((each) => each.mean)) * 1000).toFixed(1).padEnd(5)} ${ms(formula(algorithm, rate))}`;
    const p95 = `${ms(measured.p95)} ${ms(replay.p95)} ${ms(expected.p95)} ± ${(spread(short.map((each) => each.p95)) * 1000).toFixed(1).padEnd(5)}`;
    console.log(`${kind.padEnd(12)} ${rho.toFixed(2)} ${String(counted).padStart(8)} | ${means} | ${p95} | ${(100 * again.same).toFixed(1)} %`);
  }
  await nginx.stop();
}
for (const member of started) member.stop();
