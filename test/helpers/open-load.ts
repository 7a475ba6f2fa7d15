/**
 * The real nginx before slow members under an open load, for the measured experiment. Members of some slots answer after exponentially distributed times, first come, first
 * served. Requests leave as a Poisson process whether answers come or not; the time of each is taken from when it was due.
 */
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Balancer } from "../../language/src/simulate/balancers/balancer.ts";
import { nginxBalancer } from "../../language/src/simulate/balancers/nginx.ts";
import { randomFrom } from "../../language/src/simulate/random.ts";
import { runRequests } from "../../language/src/simulate/requests/run-requests.ts";
import type { TimeFigures } from "../../language/src/simulate/requests/response-times.ts";
import { freePort, run } from "./live-balancer.ts";

export interface SlowPool {
  readonly members: number;
  readonly slots: number;
  readonly meanSeconds: number;
}

export type Method = "round_robin" | "least_conn";

export interface Sent {
  readonly id: string;
  /** Seconds since the load began. */
  readonly due: number;
  /** From when it was due to the end of its answer. */
  readonly seconds: number;
  /** How late it left. */
  readonly lag: number;
  /** Where it was served, how long it should have taken there and how long it did. */
  readonly member: number;
  readonly drawn: number;
  readonly took: number;
}

interface Served {
  readonly member: number;
  readonly drawn: number;
  readonly took: number;
}

export interface OpenLoad {
  /** All requests of so many seconds, in the order in which they were due. */
  readonly send: (ratePerSecond: number, seconds: number, seed: number) => Promise<readonly Sent[]>;
  readonly stop: () => Promise<void>;
}

export async function startOpenLoad(pool: SlowPool, method: Method): Promise<OpenLoad> {
  const served = new Map<string, Served>();
  const members = await Promise.all(Array.from({ length: pool.members }, (_, index) => startMember(pool, index, served)));
  const port = await freePort();
  const nginx = await run("nginx", `
worker_processes 1; error_log stderr crit;
events { worker_connections 4096; }
http {
  upstream pool { ${method === "least_conn" ? "least_conn; " : ""}${members.map((member) => `server 127.0.0.1:${member.port} max_fails=0;`).join(" ")} keepalive 64; }
  server { listen 127.0.0.1:${port}; keepalive_requests 1000000; location / { proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection ""; } }
}
`, [port]);
  return {
    send: (ratePerSecond, seconds, seed) => send(port, ratePerSecond, seconds, seed, served),
    stop: async () => {
      await nginx.stop();
      for (const member of members) member.stop();
    },
  };
}

/** Waits for a free slot, then for a drawn time. */
async function startMember({ slots, meanSeconds }: SlowPool, index: number, served: Map<string, Served>): Promise<{ readonly port: number; readonly stop: () => void }> {
  const random = randomFrom(100 + index);
  let busy = 0;
  const waiting: (() => void)[] = [];
  const serve = (id: string, response: ServerResponse): void => {
    busy += 1;
    const begin = performance.now();
    const drawn = -meanSeconds * Math.log(1 - random.uniform());
    const due = begin + drawn * 1000;
    const end = (): void => {
      // A timer counts whole milliseconds: the rest is waited for in turns of the event loop.
      if (performance.now() < due) {
        setImmediate(end);
        return;
      }
      response.end("ok");
      served.set(id, { member: index, drawn, took: (performance.now() - begin) / 1000 });
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
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function send(port: number, ratePerSecond: number, seconds: number, seed: number, served: Map<string, Served>): Promise<readonly Sent[]> {
  const random = randomFrom(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  served.clear();
  const open: Promise<Sent>[] = [];
  const begin = performance.now();
  const end = begin + seconds * 1000;
  for (let due = begin; due < end; due += (-1000 * Math.log(1 - random.uniform())) / ratePerSecond) {
    while (performance.now() < due) {
      const left = due - performance.now();
      await (left > 3 ? new Promise((resolve) => setTimeout(resolve, left - 2)) : new Promise((resolve) => setImmediate(resolve)));
    }
    open.push(sendOne(port, agent, String(open.length), due, begin, served));
  }
  const sent = await Promise.all(open);
  agent.destroy();
  return sent;
}

async function sendOne(port: number, agent: Agent, id: string, due: number, begin: number, served: ReadonlyMap<string, Served>): Promise<Sent> {
  const lag = performance.now() - due;
  const asking = request({ host: "127.0.0.1", port, agent, headers: { "x-id": id } });
  asking.end();
  const [response] = (await once(asking, "response")) as [NodeJS.ReadableStream];
  response.resume();
  await once(response, "end");
  const answered = performance.now();
  return { id, due: (due - begin) / 1000, seconds: (answered - due) / 1000, lag: lag / 1000, ...(served.get(id) ?? { member: -1, drawn: NaN, took: NaN }) };
}

/** As one nginx picks that is asked for a whole run; its first pick belongs to the request that found it running. */
export function poolBalancer({ members }: SlowPool, method: Method): Balancer {
  return nginxBalancer({ kind: method }, Array.from({ length: members }, (_, index) => ({ name: `m${index}`, address: `127.0.0.1:${9000 + index}`, weight: 1, maxFails: 0 })), randomFrom(1));
}

/**
 * The same requests once more without nginx: the simulator's picks, first come first served, and the seconds that the members really took. What the measurement has more is
 * the way through nginx, and waiting for a processor.
 */
export function replayed(pool: SlowPool, balancer: Balancer, sent: readonly Sent[]): { readonly seconds: readonly number[]; readonly same: number } {
  const free = Array.from({ length: pool.members }, () => Array.from({ length: pool.slots }, () => 0));
  const ends: { readonly at: number; readonly member: number }[] = [];
  let same = 0;
  const seconds = sent.map((each) => {
    while (ends.length > 0 && (ends[0]?.at ?? 0) <= each.due) balancer.finish(ends.shift()?.member ?? 0, each.due);
    const member = balancer.pick({}, each.due) ?? 0;
    if (each.member === member) same += 1;
    const own = free[member] ?? [];
    own.sort((a, b) => a - b);
    const end = Math.max(each.due, own[0] ?? 0) + each.took;
    own[0] = end;
    const place = ends.findIndex((other) => other.at > end);
    ends.splice(place < 0 ? ends.length : place, 0, { at: end, member });
    return end - each.due;
  });
  for (const { member, at } of ends) balancer.finish(member, at);
  return { seconds, same: same / sent.length };
}

/** What the simulation of single requests says of such a pool. */
export function simulated({ members, slots, meanSeconds }: SlowPool, method: Method, ratePerSecond: number, requests: number, warmUp: number, seed: number): TimeFigures {
  const origin = { file: "", range: { start: 0, end: 0 } };
  const list = Array.from({ length: members }, (_, index) => ({ name: `m${index}`, slots, response: { points: [{ concurrency: 1, seconds: meanSeconds }], origin }, variation: 1 }));
  const outcome = runRequests({
    members: list, balancer: () => poolBalancer({ members, slots, meanSeconds }, method), picksBlindly: method === "round_robin", clients: 0, waitingRoom: 0, queueSeconds: 5,
    readSeconds: 60, until: "answer", retries: 1, retryOn: { refused: true, timeout: false }, detection: {}, slowStartSeconds: 0, faults: [],
  }, { rates: Float64Array.of(ratePerSecond), stepSeconds: 1, variation: 1, requests: requests + warmUp, warmUp }, { seed });
  if (outcome.kind !== "figures" || outcome.figures.response === undefined) throw new Error("no figures");
  return outcome.figures.response;
}

export interface MeanAndP95 {
  readonly mean: number;
  readonly p95: number;
}

export function meanAndP95(seconds: readonly number[]): MeanAndP95 {
  const sorted = [...seconds].sort((a, b) => a - b);
  return { mean: average(seconds), p95: sorted[Math.floor(0.95 * sorted.length)] ?? NaN };
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** Of a figure over runs as short as the measurement. */
export function standardDeviation(values: readonly number[]): number {
  const mean = average(values);
  return Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
}
