/** Groups of servers: `upstream` blocks, with what nginx cannot do for their members. */
import {
  activeCheckAsPassive, backupByFallback, drainAsDown, durationRounded, methodDroppedForBackup, queueDropped, slowStartDropped, weightZeroAsDown, weightsRounded,
} from "../../diagnostics/targets-balancers.ts";
import type { Backend, Server } from "../../model/policy.ts";
import { addressText } from "../../model/policy.ts";
import { limitsConnections } from "../emit/algorithms.ts";
import { durationText, fitWeights, wholeSeconds } from "../emit/quantities.ts";
import type { NginxArgument, Variable } from "./arguments.ts";
import { literal } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { backendTitle, has } from "./context.ts";
import type { Method } from "./method.ts";
import type { Node } from "./tree.ts";
import { block, comment, row, simple, table } from "./tree.ts";

export interface Upstream {
  readonly backend: Backend;
  /** The blocks, each under its comment. */
  readonly nodes: readonly Node[];
  /** What stands behind `http://`. */
  readonly address: readonly (string | Variable)[];
  /** What a location says before it passes a request on. */
  readonly before: readonly Node[];
  /** The group that is asked when the first has none to answer, where nginx does not allow `backup` in it. */
  readonly fallback?: string;
  /** The variable whose value is sent as Set-Cookie. */
  readonly setCookie?: string;
}

/** One group of servers, or two where the method allows no backup. */
export function serverGroup(context: NginxContext, backend: Backend, servers: readonly Server[], name: string, method: Method, layer: "http" | "stream"): Omit<Upstream, "before"> {
  const reserve = servers.filter((server) => server.backup);
  const title = backendTitle(context, backend);
  if (reserve.length === 0 || reserve.length === servers.length || method.allowsBackup) {
    return withCookie({ backend, nodes: [comment(title, backend.origin), upstreamBlock(context, backend, servers, name, method, layer)], address: [name] }, method);
  }
  const origin = reserve[0]?.origin ?? backend.origin;
  const construct = `backend ${backend.name}: backup`;
  if (layer === "stream") {
    context.parity.differs(methodDroppedForBackup, origin, { program: context.program, method: method.name }, construct, "nearest");
    const plain: Method = { nodes: [], allowsBackup: true, ring: false, name: "" };
    return { backend, nodes: [comment(title, backend.origin), upstreamBlock(context, backend, servers, name, plain, layer)], address: [name] };
  }
  context.parity.differs(backupByFallback, origin, { program: context.program, method: method.name }, construct, "nearest");
  const fallback = context.zoneNames(`${name}.backup`);
  return withCookie({
    backend,
    nodes: [
      comment(title, backend.origin),
      upstreamBlock(context, backend, servers.filter((server) => !server.backup), name, method, layer),
      comment(`backups of ${title}`, origin),
      upstreamBlock(context, backend, reserve, fallback, { nodes: [], allowsBackup: false, ring: false, name: "" }, layer),
    ],
    address: [name],
    fallback,
  }, method);
}

function withCookie(group: Omit<Upstream, "before">, method: Method): Omit<Upstream, "before"> {
  return method.setCookie === undefined ? group : { ...group, setCookie: method.setCookie };
}

/** Zone, method, servers, keepalive: in any other order nginx ignores or refuses one of them. */
function upstreamBlock(context: NginxContext, backend: Backend, servers: readonly Server[], name: string, method: Method, layer: "http" | "stream"): Node {
  return block("upstream", [literal(name)], [
    simple("zone", [literal(name), literal(zoneSize(servers.length))], backend.origin),
    ...method.nodes,
    table(serverRows(context, backend, servers, method)),
    ...(layer === "http" ? [simple("keepalive", [literal(String(backend.keepalive))], backend.timeouts.origin ?? backend.origin)] : []),
  ], backend.origin);
}

function serverRows(context: NginxContext, backend: Backend, servers: readonly Server[], method: Method): ReturnType<typeof row>[] {
  const { weights, worst } = fitWeights(servers.map((server) => server.weight), method.ring ? 256 : Number.MAX_SAFE_INTEGER);
  if (worst > 0.01) context.parity.differs(weightsRounded, backend.origin, { program: context.program, percent: (worst * 100).toFixed(1) }, `backend ${backend.name}: weight`, "nearest");
  const health = passiveArguments(context, backend, servers.length);
  const onlyBackups = servers.every((server) => server.backup);
  return servers.map((server, i) => {
    const weight = weights[i] ?? 1;
    const out = downArgument(context, backend, server);
    const second = backend.strategy.algorithm.kind === "first" && servers.length === 2 && i === 1 && method.name.startsWith("the second");
    return row("server", [
      literal(addressText(server.address)),
      weight > 1 ? literal(`weight=${weight}`) : undefined,
      server.maxConnections === undefined ? undefined : literal(`max_conns=${server.maxConnections}`),
      ...health,
      (server.backup && method.allowsBackup && !onlyBackups) || second ? literal("backup") : undefined,
      out,
    ], server.origin);
  });
}

/** `max_fails` and `fail_timeout`; nginx ignores them where there is no other member to ask. */
export function passiveArguments(context: NginxContext, backend: Backend, members: number): readonly (NginxArgument | undefined)[] {
  if (members < 2) return [undefined, undefined];
  const check = passiveCheck(backend, members);
  if (check === undefined) return [literal("max_fails=0"), undefined];
  const written = backend.passiveHealth?.origin === undefined ? undefined : backend.passiveHealth.seconds;
  if (written !== undefined && Math.abs(check.seconds - written) > 1e-6) {
    const parameters = { program: context.program, from: durationText(written), to: `${check.seconds}s`, setting: "fail_timeout" };
    context.parity.differs(durationRounded, backend.passiveHealth?.origin ?? backend.origin, parameters, `backend ${backend.name}: health passive`, "nearest");
  }
  return [literal(`max_fails=${check.fall}`), literal(`fail_timeout=${durationText(check.seconds)}`)];
}

/** When and for how many whole seconds a member is left out: as the policy says, else as near as can be to its active check. */
function passiveCheck(backend: Backend, members: number): { readonly fall: number; readonly seconds: number } | undefined {
  const { passiveHealth: passive, health: active } = backend;
  if (passive === undefined || members < 2) return undefined;
  if (passive.origin !== undefined || active === undefined) return { fall: passive.fall, seconds: wholeSeconds(passive.seconds) };
  return { fall: active.fall, seconds: wholeSeconds(active.fall * active.intervalSeconds) };
}

function downArgument(context: NginxContext, backend: Backend, server: Server): NginxArgument | undefined {
  if (server.down) return literal("down");
  if (server.drain) {
    if (has(context, "1.29.6")) return literal("drain");
    context.parity.differs(drainAsDown, server.origin, { program: context.program }, `backend ${backend.name}: server ${server.name} drain`, "nearest");
    return literal("down");
  }
  if (server.weight === 0) {
    context.parity.differs(weightZeroAsDown, server.origin, { program: context.program }, `backend ${backend.name}: server ${server.name} weight 0`, "nearest");
    return literal("down");
  }
  return undefined;
}

/** What no upstream of open-source nginx can do, whatever its members. */
export function noteMissingParts(context: NginxContext, backend: Backend, members: number): void {
  const { program } = context;
  if (backend.strategy.slowStartSeconds !== undefined) {
    context.parity.differs(slowStartDropped, backend.strategy.origin ?? backend.origin, { program }, `backend ${backend.name}: slow_start`, "dropped");
  }
  if (backend.health !== undefined) {
    context.parity.differs(activeCheckAsPassive, backend.health.origin, { program, passive: passiveCheck(backend, members) }, `backend ${backend.name}: health ${backend.health.kind}`, "nearest");
  }
  if (backend.maxQueue !== undefined && limitsConnections(backend)) {
    context.parity.differs(queueDropped, backend.origin, { program }, `backend ${backend.name}: max_queue`, "dropped");
  }
}

/** 64k holds 63 servers with IPv4 addresses; above 40 two kilobytes each, to the next power of two. compile.md finding 6. */
export function zoneSize(servers: number): string {
  const kilobytes = servers <= 40 ? 64 : 2 ** Math.ceil(Math.log2(2 * servers));
  return kilobytes >= 1024 ? `${kilobytes / 1024}m` : `${kilobytes}k`;
}

