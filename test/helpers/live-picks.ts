/** Servers before which the real programs and the simulator's balancers are put to the same requests. Fresh processes with one worker and one thread. */
import type { ServerResponse } from "node:http";
import type { BalancedServer, Balancer, PickRequest } from "../../language/src/simulate/balancers/balancer.ts";
import { haproxyBalancer } from "../../language/src/simulate/balancers/haproxy.ts";
import type { HaproxyMethod } from "../../language/src/simulate/balancers/haproxy.ts";
import { nginxBalancer } from "../../language/src/simulate/balancers/nginx.ts";
import type { NginxMethod } from "../../language/src/simulate/balancers/nginx.ts";
import { randomFrom } from "../../language/src/simulate/random.ts";
import type { Member } from "./backend-server.ts";
import { freePort, run } from "./live-balancer.ts";
import { ask } from "./live-client.ts";
import type { Ask } from "./live-client.ts";
import type { Stage } from "./live-stage.ts";

export interface Place {
  readonly weight: number;
  readonly backup?: boolean;
  /** Marked so in the configuration. */
  readonly down?: boolean;
  /** Nothing listens there. */
  readonly gone?: boolean;
  readonly maxFails?: number;
  readonly maxConnections?: number;
}

export interface Scene {
  readonly servers: readonly BalancedServer[];
  readonly members: readonly (Member | undefined)[];
  readonly gone: readonly boolean[];
}

export async function scene(stage: Stage, places: readonly Place[], failSeconds = 300): Promise<Scene> {
  const members: (Member | undefined)[] = [];
  const servers: BalancedServer[] = [];
  for (const [index, { weight, backup, down, gone, maxFails, maxConnections }] of places.entries()) {
    const name = "abcdefgh"[index] ?? "z";
    const member = gone === true ? undefined : await stage.member(name);
    members.push(member);
    servers.push({
      name, address: member?.address ?? `127.0.0.1:${await freePort()}`, weight, failSeconds,
      ...(backup === undefined ? {} : { backup }), ...(down === undefined ? {} : { down }), ...(maxFails === undefined ? {} : { maxFails }), ...(maxConnections === undefined ? {} : { maxConnections }),
    });
  }
  return { servers, members, gone: places.map((place) => place.gone === true) };
}

export async function playNginx(stage: Stage, { servers }: Scene, method: string): Promise<number> {
  const port = await freePort();
  const lines = servers.map((server) =>
    `server ${server.address} weight=${server.weight} max_fails=${server.maxFails ?? 1} fail_timeout=${server.failSeconds ?? 10}s${server.down === true ? " down" : ""}${server.backup === true ? " backup" : ""}${server.maxConnections === undefined ? "" : ` max_conns=${server.maxConnections}`};`);
  const running = await run("nginx", `
worker_processes 1;
error_log stderr crit;
events { worker_connections 256; }
http {
  upstream pool { ${method} ${lines.join(" ")} }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://pool; } }
}
`, [port]);
  stage.later(running.stop);
  return port;
}

export async function playHaproxy(stage: Stage, { servers }: Scene, method: string): Promise<number> {
  const port = await freePort();
  const lines = servers.map((server) =>
    `  server ${server.name} ${server.address} weight ${server.weight}${server.down === true ? " disabled" : ""}${server.backup === true ? " backup" : ""}${server.maxConnections === undefined ? "" : ` maxconn ${server.maxConnections}`}`);
  const running = await run("haproxy", `
global
  nbthread 1
  maxconn 256
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  retries ${retries}
  option redispatch 1
frontend front
  bind 127.0.0.1:${port}
  default_backend pool
backend pool
  balance ${method}
${lines.join("\n")}
`, [port]);
  stage.later(running.stop);
  return port;
}

/** One request after the other, each on a connection of its own. */
export async function served(asks: readonly Ask[]): Promise<string> {
  const names: string[] = [];
  for (const each of asks) names.push((await ask(each)).backend);
  return names.join(" ");
}

/** What the simulator says of the same requests: a server that is gone is followed by the next try, as often as the programs try here. */
export function predicted({ servers, gone }: Scene, balancer: Balancer, requests: readonly PickRequest[]): string {
  return requests.map((request) => predictedOne(servers, balancer, request, (index) => gone[index] === true, 1000)).join(" ");
}

/** The name of the server that answers in the end; empty where none does. */
export function predictedOne(servers: readonly BalancedServer[], balancer: Balancer, request: PickRequest, isGone: (index: number) => boolean, nowSeconds: number): string {
  const tried = new Set<number>();
  for (let attempt = 0; attempt < Math.max(1 + retries, servers.length); attempt++) {
    const index = balancer.pick(tried.size === 0 ? request : { ...request, tried }, nowSeconds);
    if (index === undefined) return "";
    if (!isGone(index)) {
      balancer.finish(index, nowSeconds);
      return servers[index]?.name ?? "";
    }
    balancer.fail(index, nowSeconds);
    tried.add(index);
  }
  return "";
}

/** Of HAProxy, below; nginx tries every server once. */
const retries = 2;

export const nginxOf = (method: NginxMethod, { servers }: Scene): Balancer => nginxBalancer(method, servers, randomFrom(1));
export const haproxyOf = (method: HaproxyMethod, { servers }: Scene): Balancer => haproxyBalancer(method, servers);

export function asks(count: number, port: number): readonly Ask[] {
  return Array.from({ length: count }, () => ({ port }));
}

/** Numbers open a request of that number, negative ones close it. */
const openings = [1, 2, 3, 4, 5, 6, 7, -2, 8, -1, 9, -5, -3, 10, 11, -4, -6, -7, 12, 13, -8, -9, -10, -11, 14, 15, -12, -13, -14, -15, 16];

export function replayed({ servers }: Scene, balancer: Balancer): readonly string[] {
  const open = new Map<number, number>();
  return openings.flatMap((step) => {
    if (step < 0) {
      balancer.finish(open.get(-step) ?? -1, 0);
      return [];
    }
    const index = balancer.pick({}, 0) ?? -1;
    open.set(step, index);
    return [servers[index]?.name ?? ""];
  });
}

export async function openAndClose({ members }: Scene, port: number): Promise<readonly string[]> {
  const open = new Map<number, { readonly response: ServerResponse; readonly done: Promise<unknown> }>();
  let arrived: (name: string, response: ServerResponse) => void = () => undefined;
  for (const member of members) {
    if (member !== undefined) member.answer = (_request, response) => arrived(member.name, response);
  }
  const names: string[] = [];
  for (const step of openings) {
    const before = open.get(-step);
    if (before !== undefined) {
      before.response.end();
      await before.done;
      continue;
    }
    const reached = new Promise<{ readonly name: string; readonly response: ServerResponse }>((resolve) => {
      arrived = (name, response) => resolve({ name, response });
    });
    const done = ask({ port });
    const { name, response } = await reached;
    open.set(step, { response, done });
    names.push(name);
  }
  open.get(16)?.response.end();
  await open.get(16)?.done;
  return names;
}
