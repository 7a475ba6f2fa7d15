/** A policy as nginx.conf: open-source nginx of the target's version. */
import { backendLeftOut, metricsFormat, streamLeftOut, textTooLong, versionBeforeKnown } from "../../diagnostics/targets-balancers.ts";
import type { Backend, Origin, Policy } from "../../model/policy.ts";
import { isElastic } from "../../model/policy.ts";
import type { Service } from "../../model/service.ts";
import type { NginxTarget } from "../../model/target.ts";
import { defaultNginx, isAtLeast } from "../../model/target.ts";
import { checkServices } from "../emit/check-services.ts";
import { checkTexts } from "../emit/check-texts.ts";
import { checkValues } from "../emit/check-values.ts";
import { headOutput, wholeOrigin } from "../emit/head.ts";
import { joinLines } from "../emit/lines.ts";
import { createNames } from "../emit/names.ts";
import type { Parity } from "../emit/parity.ts";
import { createParity } from "../emit/parity.ts";
import type { CompileOptions } from "../emit/place.ts";
import { allBackends, layerOf, layerOfBackend, reachedBackends } from "../emit/services.ts";
import { utf8Length } from "../emit/text-safety.ts";
import type { CompileResult } from "../result.ts";
import type { NginxArgument } from "./arguments.ts";
import { dollar, interpolated, literal, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { socketsOf } from "./listeners.ts";
import { metricsNodes, serviceNodes } from "./server.ts";
import { streamServers } from "./stream.ts";
import type { Node } from "./tree.ts";
import { block, comment, entry, gap, printNodes, simple, spaced, table, usesDollar } from "./tree.ts";
import type { Upstream } from "./servers.ts";
import { upstreamOf } from "./upstream.ts";

/** Deterministic and total: what cannot be compiled is an error among the diagnostics, and the text is then empty. */
export function compileNginx(policy: Policy, options: CompileOptions = {}): CompileResult {
  const parity = createParity("nginx");
  const target = policy.targets.find((candidate): candidate is NginxTarget => candidate.kind === "nginx") ?? defaultNginx;
  checkTexts(policy, parity);
  checkValues(policy, parity, `nginx ${target.version}`);
  checkServices(policy, parity);
  if (target.origin !== undefined && !isAtLeast(target.version, "1.22")) parity.differs(versionBeforeKnown, target.origin, { program: `nginx ${target.version}`, least: "1.22" }, "target nginx: version", "information");
  const nodes = parity.isRefused() ? [] : configuration(policy, target, parity, options);
  const result = { target: "nginx", notes: parity.notes, diagnostics: parity.diagnostics } as const;
  const whole = wholeOrigin(policy, target);
  if (whole !== undefined) checkLengths(parity, `nginx ${target.version}`, nodes, whole);
  if (parity.isRefused()) return { ...result, text: "", lineOrigins: [], files: [] };
  const head = headOutput(policy, parity.notes).map((line) => comment(line.text, line.origin));
  return { ...result, ...joinLines(printNodes([...head, gap, ...nodes]), "nginx.conf", whole) };
}

function configuration(policy: Policy, target: NginxTarget, parity: Parity, options: CompileOptions): readonly Node[] {
  const backendNames = allBackends(policy).map((backend) => backend.name);
  const base = {
    policy, target, parity, options, program: `nginx ${target.version}`,
    zoneNames: createNames([...backendNames, "lb_tls"]), variableNames: createNames([dollar]),
  };
  const http: NginxContext = { ...base, shared: new Map() };
  const stream: NginxContext = { ...base, shared: new Map(), zoneNames: base.zoneNames };
  const emit = policy.services.length === 0 ? "upstreams" : target.emit;
  const kept = keptBackends(http, emit);
  const upstreams = (layer: "http" | "stream"): ReadonlyMap<string, Upstream> =>
    new Map(kept.filter((backend) => (layerOfBackend(backend) === "http") === (layer === "http"))
      .map((backend) => [backend.name, upstreamOf(layer === "http" ? http : stream, backend, layer)] as const));
  const httpNodes = httpPart(http, emit === "upstreams" ? [] : policy.services, upstreams("http"));
  if (emit !== "all") {
    for (const backend of kept.filter((one) => layerOfBackend(one) !== "http")) {
      parity.differs(streamLeftOut, backend.origin, { program: base.program, name: `backend ${backend.name}`, emit }, `backend ${backend.name}: ${backend.protocol}`, "dropped");
    }
    return httpNodes;
  }
  const streamNodes = streamPart(stream, upstreams("stream"));
  return spaced([
    [
      ...(streamNodes.length > 0 ? [comment("loads the stream module where it is a dynamic one"), simple("include", [literal("/etc/nginx/modules-enabled/*.conf")])] : []),
      simple("worker_processes", [literal("auto")]),
      simple("worker_rlimit_nofile", [literal("16384")]),
    ],
    [block("events", [], [simple("worker_connections", [literal("4096")])])],
    httpNodes.length > 0 ? [block("http", [], httpNodes)] : [],
    streamNodes.length > 0 ? [block("stream", [], streamNodes)] : [],
  ]);
}

/** All backends in a list of upstreams; in a whole configuration an elastic pool only where a service reaches it. */
function keptBackends(context: NginxContext, emit: NginxTarget["emit"]): readonly Backend[] {
  const reached = reachedBackends(context.policy);
  return allBackends(context.policy).filter((backend) => {
    if (reached.has(backend.name) || emit === "upstreams" || !isElastic(backend)) return true;
    context.parity.differs(backendLeftOut, backend.origin, { program: context.program, name: backend.name }, `backend ${backend.name}`, "dropped");
    return false;
  });
}

function httpPart(context: NginxContext, services: readonly Service[], upstreams: ReadonlyMap<string, Upstream>): readonly Node[] {
  const own = services.filter((service) => layerOf(service) === "http");
  const sockets = socketsOf(context, own);
  const servers = own.flatMap((service) => serviceNodes(context, service, sockets, upstreams));
  const refusals = sockets.refusals();
  const metrics = metricsServers(context, services);
  const body: (readonly Node[])[] = [...sharedNodes(context), ...[...upstreams.values()].map((upstream) => upstream.nodes), ...servers, refusals, ...metrics];
  if (body.every((nodes) => nodes.length === 0)) return [];
  // nginx reads a path before it knows the host: of several servers on a port the default one's setting counts
  const slashes = own.some((service) => service.routes.length > 0) ? [simple("merge_slashes", [literal("off")])] : [];
  const whole = services.length > 0 && context.target.emit === "all" ? [simple("server_tokens", [literal("off")]), ...slashes, ...hashSizes(body)] : hashSizes(body);
  return spaced([whole, dollarNodes(body), ...body]);
}

function metricsServers(context: NginxContext, services: readonly Service[]): readonly (readonly Node[])[] {
  const ports = new Set<number>();
  return services.map((service) => {
    if (service.metricsPort === undefined || ports.has(service.metricsPort)) return [];
    ports.add(service.metricsPort);
    context.parity.differs(metricsFormat, service.origin, { program: context.program }, `service ${service.name}: metrics`, "nearest");
    return metricsNodes(context, service);
  });
}

function streamPart(context: NginxContext, upstreams: ReadonlyMap<string, Upstream>): readonly Node[] {
  const own = context.policy.services.filter((service) => layerOf(service) !== "http");
  const servers = own.map((service) => streamServers(context, service, upstreams));
  const body = [...sharedNodes(context), ...[...upstreams.values()].map((upstream) => upstream.nodes), ...servers];
  return body.every((nodes) => nodes.length === 0) ? [] : spaced([hashSizes(body), dollarNodes(body), ...body]);
}

function sharedNodes(context: NginxContext): readonly (readonly Node[])[] {
  return [...context.shared.values()].map((part) => part.nodes);
}

function dollarNodes(groups: readonly (readonly Node[])[]): readonly Node[] {
  if (!groups.some(usesDollar)) return [];
  return [comment("a dollar sign, which nginx cannot escape"), block("geo", [interpolated(variable(dollar))], [table([entry(literal("default"), literal("$"))])])];
}

/** Longest word in bytes: nginx refuses those that do not fit its buffer of 4096. */
const longestWord = 4000;

/** Escaping makes texts longer, and that only shows at the end. */
function checkLengths(parity: Parity, program: string, nodes: readonly Node[], fallback: Origin): void {
  const check = (words: readonly (NginxArgument | undefined)[], origin: Origin | undefined): void => {
    for (const word of words) {
      const bytes = utf8Length(word ?? "");
      if (bytes > longestWord) parity.refuse(textTooLong, origin ?? fallback, { program, bytes, most: longestWord });
    }
  };
  for (const node of nodes) {
    if (node.kind === "table") for (const row of node.rows) check([row.name, ...row.columns], row.origin);
    if (node.kind !== "directive") continue;
    check(node.arguments, node.origin);
    checkLengths(parity, program, node.block ?? [], node.origin ?? fallback);
  }
}

function setsHeader(name: string): boolean {
  return /^proxy_(?:set|hide)_header$/.test(name);
}

/** nginx refuses keys and names beyond the size of its hash buckets, 64 bytes unless told. */
function hashSizes(groups: readonly (readonly Node[])[]): readonly Node[] {
  const longest = { map: 0, server_names: 0, variables: 0, proxy_headers: 0 };
  const count = { server_names: 0, proxy_headers: 0 };
  const variables = new Set<string>();
  const header = (name: string | undefined): void => {
    longest.proxy_headers = Math.max(longest.proxy_headers, name?.length ?? 0);
    count.proxy_headers++;
  };
  const look = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (node.kind === "table") {
        for (const row of node.rows) if (setsHeader(row.name)) header(row.columns[0]);
      }
      if (node.kind !== "directive") continue;
      if (setsHeader(node.name)) header(node.arguments[0]);
      for (const argument of node.arguments) for (const [name] of argument.matchAll(/\$\{?[a-z0-9_]+/g)) variables.add(name);
      if (node.name === "server_name") count.server_names += node.arguments.length;
      if (node.name === "server_name") longest.server_names = Math.max(longest.server_names, ...node.arguments.map((argument) => argument.length));
      if (node.name === "map") for (const inner of node.block ?? []) if (inner.kind === "table") longest.map = Math.max(longest.map, ...inner.rows.map((row) => row.name.length));
      look(node.block ?? []);
    }
  };
  for (const nodes of groups) look(nodes);
  longest.variables = Math.max(0, ...[...variables].map((name) => name.length));
  const bucket = (bytes: number): number => 2 ** Math.ceil(Math.log2(bytes * 4 + 64));
  const entries = (most: number): number => 2 ** Math.ceil(Math.log2(most * 8));
  return [
    ...(longest.map > 40 ? [simple("map_hash_bucket_size", [literal(String(bucket(longest.map)))])] : []),
    ...(count.server_names > 100 ? [simple("server_names_hash_max_size", [literal(String(entries(count.server_names)))])] : []),
    ...(longest.server_names > 40 ? [simple("server_names_hash_bucket_size", [literal(String(bucket(longest.server_names)))])] : []),
    ...(variables.size > 200 ? [simple("variables_hash_max_size", [literal(String(entries(variables.size)))])] : []),
    ...(longest.variables > 40 || variables.size > 200 ? [simple("variables_hash_bucket_size", [literal(String(bucket(longest.variables)))])] : []),
    ...(count.proxy_headers > 40 ? [simple("proxy_headers_hash_max_size", [literal(String(entries(count.proxy_headers)))])] : []),
    ...(longest.proxy_headers > 30 ? [simple("proxy_headers_hash_bucket_size", [literal(String(bucket(longest.proxy_headers)))])] : []),
  ];
}
