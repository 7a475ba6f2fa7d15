/** The real programs pick as the simulator says, server by server: fresh processes with one worker and one thread. simulation.md §2, §3. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { BalancedServer, Balancer } from "../../language/src/simulate/balancers/balancer.ts";
import { haproxyBalancer } from "../../language/src/simulate/balancers/haproxy.ts";
import type { HaproxyMethod } from "../../language/src/simulate/balancers/haproxy.ts";
import { nginxBalancer } from "../../language/src/simulate/balancers/nginx.ts";
import type { NginxMethod } from "../../language/src/simulate/balancers/nginx.ts";
import { randomFrom } from "../../language/src/simulate/random.ts";
import type { Member } from "../helpers/backend-server.ts";
import { freePort, run } from "../helpers/live-balancer.ts";
import { ask } from "../helpers/live-client.ts";
import type { Ask } from "../helpers/live-client.ts";
import { on } from "../helpers/live-stage.ts";
import type { Stage } from "../helpers/live-stage.ts";

interface Place {
  readonly weight: number;
  readonly backup?: boolean;
  /** Nothing listens there. */
  readonly gone?: boolean;
  readonly maxFails?: number;
  readonly maxConnections?: number;
}

interface Scene {
  readonly servers: readonly BalancedServer[];
  readonly members: readonly (Member | undefined)[];
  readonly gone: readonly boolean[];
}

async function scene(stage: Stage, places: readonly Place[]): Promise<Scene> {
  const members: (Member | undefined)[] = [];
  const servers: BalancedServer[] = [];
  for (const [index, { weight, backup, gone, maxFails, maxConnections }] of places.entries()) {
    const name = "abcdefgh"[index] ?? "z";
    const member = gone === true ? undefined : await stage.member(name);
    members.push(member);
    servers.push({
      name, address: member?.address ?? `127.0.0.1:${await freePort()}`, weight, failSeconds: 300,
      ...(backup === undefined ? {} : { backup }), ...(maxFails === undefined ? {} : { maxFails }), ...(maxConnections === undefined ? {} : { maxConnections }),
    });
  }
  return { servers, members, gone: places.map((place) => place.gone === true) };
}

async function playNginx(stage: Stage, { servers }: Scene, method: string): Promise<number> {
  const port = await freePort();
  const lines = servers.map((server) =>
    `server ${server.address} weight=${server.weight} max_fails=${server.maxFails ?? 1} fail_timeout=300s${server.backup === true ? " backup" : ""}${server.maxConnections === undefined ? "" : ` max_conns=${server.maxConnections}`};`);
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

async function playHaproxy(stage: Stage, { servers }: Scene, method: string): Promise<number> {
  const port = await freePort();
  const lines = servers.map((server) =>
    `  server ${server.name} ${server.address} weight ${server.weight}${server.backup === true ? " backup" : ""}${server.maxConnections === undefined ? "" : ` maxconn ${server.maxConnections}`}`);
  const running = await run("haproxy", `
global
  nbthread 1
  maxconn 256
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  retries 2
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
async function served(asks: readonly Ask[]): Promise<string> {
  const names: string[] = [];
  for (const each of asks) names.push((await ask(each)).backend);
  return names.join(" ");
}

/** What the simulator says of the same requests: a server that is gone is followed by the next try. */
function predicted({ servers, gone }: Scene, balancer: Balancer, requests: readonly { readonly key?: string; readonly address?: string }[]): string {
  return requests.map((request) => {
    const tried = new Set<number>();
    for (;;) {
      const index = balancer.pick(tried.size === 0 ? request : { ...request, tried }, 1000);
      if (index === undefined) return "";
      if (gone[index] !== true) {
        balancer.finish(index, 1000);
        return servers[index]?.name ?? "";
      }
      balancer.fail(index, 1000);
      tried.add(index);
    }
  }).join(" ");
}

const nginxOf = (method: NginxMethod, { servers }: Scene): Balancer => nginxBalancer(method, servers, randomFrom(1));
const haproxyOf = (method: HaproxyMethod, { servers }: Scene): Balancer => haproxyBalancer(method, servers);

on("nginx", "picks", (_program, stage) => {
  for (const [title, places] of [
    ["weights 6, 1, 4, 2", [{ weight: 6 }, { weight: 1 }, { weight: 4 }, { weight: 2 }]],
    ["weights 3, 11, 5", [{ weight: 3 }, { weight: 11 }, { weight: 5 }]],
    ["one that is gone, out after one failure", [{ weight: 2 }, { weight: 5, gone: true }, { weight: 3 }]],
    ["one that is gone, out after three", [{ weight: 4 }, { weight: 7, gone: true, maxFails: 3 }, { weight: 2 }]],
    ["two gone, and a backup", [{ weight: 2, gone: true }, { weight: 3 }, { weight: 4, gone: true, maxFails: 2 }, { weight: 1, backup: true }]],
    ["all gone but the backups", [{ weight: 2, gone: true }, { weight: 1, gone: true }, { weight: 3, backup: true }, { weight: 1, backup: true }]],
  ] as const satisfies readonly (readonly [string, readonly Place[]])[]) {
    it(`in turn: ${title}`, async () => {
      const set = await scene(stage, places);
      const port = await playNginx(stage, set, "");
      assert.equal(await served(asks(39, port)), predicted(set, nginxOf({ kind: "round_robin" }, set), asks(39, port).map(() => ({}))));
    });
  }

  it("by fewest connections: requests that stay open", async () => {
    const set = await scene(stage, [{ weight: 3 }, { weight: 1 }, { weight: 2 }]);
    const port = await playNginx(stage, set, "least_conn;");
    assert.deepEqual(await openAndClose(set, port), replayed(set, nginxOf({ kind: "least_conn" }, set)));
  });

  it("by hashes of the path, plain and consistent", async () => {
    for (const consistent of [false, true]) {
      const set = await scene(stage, [{ weight: 2 }, { weight: 1 }, { weight: 3 }]);
      const port = await playNginx(stage, set, `hash $request_uri${consistent ? " consistent" : ""};`);
      const paths = Array.from({ length: 60 }, (_, index) => `/item/${index * 37}?page=${index}`);
      assert.equal(await served(paths.map((path) => ({ port, path }))), predicted(set, nginxOf({ kind: "hash", key: "text", consistent }, set), paths.map((key) => ({ key }))));
    }
  });
});

on("haproxy", "picks", (_program, stage) => {
  for (const [title, method, places] of [
    ["weights 6, 1, 4, 2", "roundrobin", [{ weight: 6 }, { weight: 1 }, { weight: 4 }, { weight: 2 }]],
    ["weights 3, 11, 5", "roundrobin", [{ weight: 3 }, { weight: 11 }, { weight: 5 }]],
    ["weights 3, 11, 5 from a table", "static-rr", [{ weight: 3 }, { weight: 11 }, { weight: 5 }]],
    ["one that is gone", "roundrobin", [{ weight: 2 }, { weight: 5, gone: true }, { weight: 3 }]],
    ["one that is gone, from a table", "static-rr", [{ weight: 2 }, { weight: 4, gone: true }, { weight: 3 }]],
  ] as const satisfies readonly (readonly [string, HaproxyMethod["kind"], readonly Place[]])[]) {
    it(`in turn: ${title}`, async () => {
      const set = await scene(stage, places);
      const port = await playHaproxy(stage, set, method);
      assert.equal(await served(asks(39, port)), predicted(set, haproxyOf({ kind: method }, set), asks(39, port).map(() => ({}))));
    });
  }

  it("by fewest connections: requests that stay open", async () => {
    const set = await scene(stage, [{ weight: 3 }, { weight: 1 }, { weight: 2 }]);
    const port = await playHaproxy(stage, set, "leastconn");
    assert.deepEqual(await openAndClose(set, port), replayed(set, haproxyOf({ kind: "leastconn" }, set)));
  });

  it("by draws, which repeat from process to process", async () => {
    const set = await scene(stage, [{ weight: 2 }, { weight: 1 }, { weight: 3 }]);
    const port = await playHaproxy(stage, set, "random(2)");
    assert.equal(await served(asks(60, port)), predicted(set, haproxyOf({ kind: "random", draws: 2 }, set), asks(60, port).map(() => ({}))));
  });

  it("by hashes of the path, from the table and on the ring", async () => {
    for (const [type, lookup] of [["map-based", "map"], ["consistent", "ring"]] as const) {
      const set = await scene(stage, [{ weight: 2 }, { weight: 1 }, { weight: 3 }]);
      const port = await playHaproxy(stage, set, `uri whole\n  hash-type ${type}`);
      const paths = Array.from({ length: 60 }, (_, index) => `/item/${index * 37}?page=${index}`);
      const method: HaproxyMethod = { kind: "hash", of: "text", lookup, function: "sdbm", avalanche: lookup === "ring" };
      assert.equal(await served(paths.map((path) => ({ port, path }))), predicted(set, haproxyOf(method, set), paths.map((key) => ({ key }))));
    }
  });
});

function asks(count: number, port: number): readonly Ask[] {
  return Array.from({ length: count }, () => ({ port }));
}

/** Numbers open a request of that number, negative ones close it. */
const openings = [1, 2, 3, 4, 5, 6, 7, -2, 8, -1, 9, -5, -3, 10, 11, -4, -6, -7, 12, 13, -8, -9, -10, -11, 14, 15, -12, -13, -14, -15, 16];

function replayed({ servers }: Scene, balancer: Balancer): readonly string[] {
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

async function openAndClose({ members }: Scene, port: number): Promise<readonly string[]> {
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
