/** The balancing method of an upstream, and the hash keys it reads. */
import { affinityByHash, algorithmApproximated, weightsIgnoredByTwoChoices } from "../../diagnostics/targets-balancers.ts";
import type { Algorithm, Backend, HashKey, Server } from "../../model/policy.ts";
import { algorithmText } from "../emit/algorithms.ts";
import { durationText } from "../emit/quantities.ts";
import { literal, interpolated, mapPattern, patternOf, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { has, place, sharedPart, variableName } from "./context.ts";
import { readableHeader } from "./headers.ts";
import type { Node } from "./tree.ts";
import { block, comment, entry, simple, table } from "./tree.ts";

export interface Method {
  readonly nodes: readonly Node[];
  /** False for the methods beside which nginx refuses `backup`. */
  readonly allowsBackup: boolean;
  /** A ring of 160 points per weight: weights must stay small. */
  readonly ring: boolean;
  /** In the words of nginx; empty for round robin. */
  readonly name: string;
  /** The variable whose value is sent as Set-Cookie. */
  readonly setCookie?: string;
}

const roundRobin: Method = { nodes: [], allowsBackup: true, ring: false, name: "" };

export function methodOf(context: NginxContext, backend: Backend, layer: "http" | "stream"): Method {
  const { affinity, algorithm } = backend.strategy;
  if (affinity === undefined) return algorithmMethod(context, backend, algorithm);
  const construct = `backend ${backend.name}: affinity`;
  if (affinity.kind === "ip" || layer === "stream") {
    context.parity.differs(affinityByHash, affinity.origin, { program: context.program, key: "the client's address", algorithm: algorithmText(algorithm) }, construct, "nearest");
    return hashMethod("binary_remote_addr", true, affinity.origin);
  }
  if (has(context, "1.29.6")) {
    const below = algorithmMethod(context, backend, algorithm);
    const sticky = simple("sticky", [literal("cookie"), literal(affinity.name), literal(`expires=${durationText(affinity.ttlSeconds)}`), literal("path=/"), literal("httponly"), literal("samesite=lax")], affinity.origin);
    return { ...below, nodes: [...below.nodes, sticky] };
  }
  context.parity.differs(affinityByHash, affinity.origin, { program: context.program, key: "a cookie", algorithm: algorithmText(algorithm) }, construct, "nearest");
  const cookie = cookieVariable(context, affinity.name);
  const key = variableName(context, backend.name, "key");
  const set = variableName(context, backend.name, "cookie");
  const seconds = Math.max(1, Math.round(affinity.ttlSeconds));
  sharedPart(context, `affinity ${backend.name}`, () => ({
    name: key,
    nodes: [
      comment(`affinity of backend ${backend.name} (${place(context, affinity.origin)}): the cookie, else what is about to become it`),
      block("map", [interpolated(variable(cookie)), interpolated(variable(key))], [
        table([entry(literal("default"), interpolated(variable(cookie))), entry(literal(""), interpolated(variable("request_id")))]),
      ], affinity.origin),
      block("map", [interpolated(variable(cookie)), interpolated(variable(set))], [
        table([
          entry(literal("default"), literal("")),
          entry(literal(""), interpolated(`${affinity.name}=`, variable("request_id"), `; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax`)),
        ]),
      ], affinity.origin),
    ],
  }));
  return { ...hashMethod(key, true, affinity.origin), setCookie: set };
}

function algorithmMethod(context: NginxContext, backend: Backend, algorithm: Algorithm): Method {
  const origin = backend.strategy.origin ?? backend.origin;
  const plain = (name: string, allowsBackup: boolean, ...parts: readonly string[]): Method => ({
    nodes: [simple(name, parts.map(literal), origin)], allowsBackup, ring: false, name: [name, ...parts].join(" "),
  });
  const nearest = (method: Method, since?: string): Method => {
    const parameters = { program: context.program, algorithm: algorithmText(algorithm), nearest: method.name === "" ? "round_robin" : method.name };
    context.parity.differs(algorithmApproximated, origin, since === undefined ? parameters : { ...parameters, since }, `backend ${backend.name}: algorithm`, "nearest");
    return method;
  };
  switch (algorithm.kind) {
    case "round_robin":
    case "geo":
      return roundRobin;
    case "least_connections":
      return plain("least_conn", true);
    case "random":
      return plain("random", false);
    case "power_of_two":
      if (new Set(backend.servers.map((server: Server) => server.weight)).size > 1) {
        context.parity.differs(weightsIgnoredByTwoChoices, origin, { program: context.program }, `backend ${backend.name}: algorithm`, "nearest");
      }
      return plain("random", false, "two", "least_conn");
    case "ip_hash":
      return hashMethod("binary_remote_addr", true, origin);
    case "hash":
      return hashMethod(hashVariable(context, backend, algorithm.key), algorithm.consistent, origin);
    case "first":
      return backend.servers.length === 2 && backend.servers.every((server) => !server.backup && !server.down && !server.drain)
        ? nearest({ ...roundRobin, name: "the second member as backup" })
        : nearest(roundRobin);
    case "least_response_time":
      return has(context, "1.31.0") ? plain("least_time", true, "header") : nearest(plain("least_conn", true), "1.31");
    case "least_predicted_load":
      return nearest(plain("least_conn", true));
  }
}

function hashMethod(key: string, consistent: boolean, origin: Backend["origin"]): Method {
  const parts = [interpolated(variable(key)), ...(consistent ? [literal("consistent")] : [])];
  return { nodes: [simple("hash", parts, origin)], allowsBackup: false, ring: consistent, name: "hash" };
}

/** The variable that holds a hash key; empty where the request lacks it, which nginx balances round robin. */
function hashVariable(context: NginxContext, backend: Backend, key: HashKey): string {
  const origin = backend.strategy.origin ?? backend.origin;
  switch (key.kind) {
    case "uri":
      return "request_uri";
    case "path":
      return "uri";
    case "header":
      return readableHeader(context, key.name, origin);
    case "cookie":
      return cookieVariable(context, key.name);
    case "query":
      return /^\w+$/.test(key.name) ? `arg_${key.name.toLowerCase()}` : extracted(context, "args", key.name, `(?:^|&)${patternOf(key.name)}=([^&]*)`);
  }
}

/** nginx's own variable where the name can stand in one, else a map that looks into the header. */
function cookieVariable(context: NginxContext, name: string): string {
  return /^\w+$/.test(name) ? `cookie_${name.toLowerCase()}` : extracted(context, "http_cookie", name, `(?:^|;\\s*)${patternOf(name)}=([^;]*)`);
}

function extracted(context: NginxContext, source: string, name: string, pattern: string): string {
  return sharedPart(context, `extract ${source} ${name}`, () => {
    const result = variableName(context, source === "args" ? "query" : "cookie", name);
    const rows = [entry(literal("default"), literal("")), entry(mapPattern(pattern), interpolated(variable("1")))];
    return { name: result, nodes: [block("map", [interpolated(variable(source)), interpolated(variable(result))], [table(rows)])] };
  });
}
