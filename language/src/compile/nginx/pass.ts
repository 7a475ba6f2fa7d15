/** What a location says to pass requests on to a backend: address, TLS, timeouts, retries, buffering, cache. */
import { cacheDropped, cleartextHttp2AsHttp1, oneTlsName, retryConditionDropped, systemCertificates, webSocketIdle } from "../../diagnostics/targets-balancers.ts";
import type { Backend } from "../../model/policy.ts";
import type { Service } from "../../model/service.ts";
import { limitsConnections } from "../emit/algorithms.ts";
import { durationText } from "../emit/quantities.ts";
import type { Variable } from "./arguments.ts";
import { interpolated, literal, mapPattern, variable } from "./arguments.ts";
import { cacheDirectives } from "./cache.ts";
import type { NginxContext } from "./context.ts";
import { sharedPart, variableName } from "./context.ts";
import { responseHeaders } from "./headers.ts";
import type { Directive, Node } from "./tree.ts";
import { block, entry, simple, table } from "./tree.ts";
import type { Upstream } from "./servers.ts";

/** Where a request goes, and for how long its answer is kept. */
export interface Use {
  readonly backend: Backend;
  readonly cacheSeconds: number | undefined;
}

export interface PassParts {
  /** `proxy_pass` and what must stand directly before it. */
  readonly pass: readonly Node[];
  /** Single-valued directives that a server may say once for all its locations. */
  readonly settings: readonly Directive[];
  /** What belongs to this location only. */
  readonly own: readonly Node[];
}

export const busyLocation = "@lb_busy";
export const failedLocation = "@lb_failed";

/** The directives of nginx's module for the backend's protocol. */
export function moduleOf(backend: Backend): "proxy" | "grpc" {
  return backend.protocol === "grpc" || backend.protocol === "grpcs" ? "grpc" : "proxy";
}

/** `address` stands in for the upstream's own: a variable that names one of several, or the group of backups. */
export function passParts(context: NginxContext, service: Service, upstream: Upstream, use: Use, address: readonly (string | Variable)[] = upstream.address): PassParts {
  const { backend } = use;
  const module = moduleOf(backend);
  if (backend.protocol === "h2c") {
    context.parity.differs(cleartextHttp2AsHttp1, backend.origin, { program: context.program }, `backend ${backend.name}: protocol h2c`, "nearest");
  }
  const scheme = backend.protocol === "h2c" ? "http" : backend.protocol;
  const cache = use.cacheSeconds === undefined ? [] : cachedOrNot(context, service, { ...use, cacheSeconds: use.cacheSeconds });
  const cookie = upstream.setCookie === undefined
    ? []
    : [...responseHeaders(context, service, module), simple("add_header", [literal("Set-Cookie"), interpolated(variable(upstream.setCookie)), literal("always")], backend.strategy.origin)];
  return {
    pass: [...upstream.before, simple(`${module}_pass`, [interpolated(`${scheme}://`, ...address)], backend.origin)],
    settings: [...tlsDirectives(context, backend, module), ...timeoutDirectives(context, backend, module), ...retryDirectives(context, backend, module), ...streamDirectives(backend, module)],
    own: [...(backend.stream && service.compress ? [simple("gzip", [literal("off")], backend.origin)] : []), ...cookie, ...cache, ...errorPages(context, upstream, address)],
  };
}

/** The language's default, which nobody asked for. */
const usualIdleSeconds = 60;

function timeoutDirectives(context: NginxContext, backend: Backend, module: string): readonly Directive[] {
  const { timeouts } = backend;
  const origin = timeouts.origin ?? backend.origin;
  if (module === "proxy" && timeouts.idleSeconds !== timeouts.readSeconds && timeouts.idleSeconds !== usualIdleSeconds && timeouts.origin !== undefined) {
    context.parity.differs(webSocketIdle, timeouts.origin, { program: context.program, read: durationText(timeouts.readSeconds) }, `backend ${backend.name}: timeout idle`, "nearest");
  }
  return [
    simple(`${module}_connect_timeout`, [literal(durationText(timeouts.connectSeconds))], origin),
    simple(`${module}_read_timeout`, [literal(durationText(timeouts.readSeconds))], origin),
    simple(`${module}_send_timeout`, [literal(durationText(timeouts.sendSeconds))], origin),
    simple("keepalive_timeout", [literal(durationText(timeouts.idleSeconds))], origin),
  ];
}

const nginxStatuses = [403, 404, 429, 500, 502, 503, 504];

/** Tries are counted with the first. What was sent is sent again only if its method is idempotent: nginx's own rule. */
function retryDirectives(context: NginxContext, backend: Backend, module: string): readonly Directive[] {
  const { retry } = backend.strategy;
  const origin = retry.origin ?? backend.strategy.origin ?? backend.origin;
  const conditions = retryConditions(context, backend);
  if (retry.count === 0 || conditions.length === 0) return [simple(`${module}_next_upstream`, [literal("off")], origin)];
  return [
    simple(`${module}_next_upstream`, [...conditions, ...(retry.unsafe ? ["non_idempotent"] : [])].map(literal), origin),
    simple(`${module}_next_upstream_tries`, [literal(String(retry.count + 1))], origin),
  ];
}

function retryConditions(context: NginxContext, backend: Backend): readonly string[] {
  const { retry } = backend.strategy;
  const origin = retry.origin ?? backend.strategy.origin ?? backend.origin;
  const words = retry.on.flatMap((condition): readonly string[] => {
    if (condition === "5xx") return ["http_500", "http_502", "http_503", "http_504"];
    if (typeof condition === "string") return [condition];
    if (nginxStatuses.includes(condition)) return [`http_${condition}`];
    context.parity.differs(retryConditionDropped, origin, { program: context.program, condition: String(condition) }, `backend ${backend.name}: retry on ${condition}`, "dropped");
    return [];
  });
  return [...new Set(words)];
}

function streamDirectives(backend: Backend, module: string): readonly Directive[] {
  if (!backend.stream || module !== "proxy") return [];
  return ["proxy_buffering", "proxy_request_buffering"].map((name) => simple(name, [literal("off")], backend.origin));
}

const systemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

function tlsDirectives(context: NginxContext, backend: Backend, module: string): readonly Directive[] {
  if (backend.protocol !== "https" && backend.protocol !== "grpcs") return [];
  const origin = backend.tls?.origin ?? backend.origin;
  const directive = (name: string, value: string): Directive => simple(`${module}_ssl_${name}`, [interpolated(value)], origin);
  const name = tlsName(context, backend);
  const verified = backend.tls?.verify ?? true;
  if (verified && backend.tls?.ca === undefined) {
    context.parity.differs(systemCertificates, origin, { program: context.program, path: systemAuthorities }, `backend ${backend.name}: tls`, "information");
  }
  return [
    ...(name === undefined ? [] : [directive("name", name)]),
    directive("server_name", "on"),
    ...(verified ? [directive("verify", "on"), directive("verify_depth", "4"), simple(`${module}_ssl_trusted_certificate`, [literal(backend.tls?.ca ?? systemAuthorities)], origin)] : []),
    ...(backend.tls?.certificate === undefined ? [] : [directive("certificate", backend.tls.certificate)]),
    ...(backend.tls?.key === undefined ? [] : [directive("certificate_key", backend.tls.key)]),
  ];
}

/** The name that members must prove: nginx takes one for the whole group. */
function tlsName(context: NginxContext, backend: Backend): string | undefined {
  if (backend.tls?.name !== undefined) return backend.tls.name;
  const addresses = backend.servers.length > 0 ? backend.servers.map((server) => server.address) : backend.address === undefined ? [] : [backend.address];
  const hosts = [...new Set(addresses.flatMap((address) => ("host" in address ? [address.host] : [])))];
  if (hosts.length > 1 && (backend.tls?.verify ?? true)) {
    context.parity.differs(oneTlsName, backend.tls?.origin ?? backend.origin, { program: context.program, name: hosts[0] ?? "" }, `backend ${backend.name}: tls`, "nearest");
  }
  return hosts[0];
}

function cachedOrNot(context: NginxContext, service: Service, use: Use & { readonly cacheSeconds: number }): readonly Node[] {
  if (!use.backend.stream && moduleOf(use.backend) === "proxy") return cacheDirectives(context, service, use.cacheSeconds);
  context.parity.differs(cacheDropped, service.origin, { program: context.program }, `service ${service.name}: cache`, "dropped");
  return [];
}

/** nginx answers 502 where no member has a free connection; and it asks a second group where that holds the backups. */
function errorPages(context: NginxContext, upstream: Upstream, address: readonly (string | Variable)[]): readonly Node[] {
  const { backend, fallback } = upstream;
  if (fallback !== undefined && address === upstream.address) {
    return [simple("error_page", [literal("502"), literal("504"), literal("="), interpolated(variable(fallbackVariable(context, upstream)))], backend.origin)];
  }
  return limitsConnections(backend) ? [simple("error_page", [literal("502"), literal("=503"), literal(busyLocation)], backend.origin)] : [];
}

/** The name of the location that asks the backups. */
export function fallbackLocation(backend: Backend): string {
  return `@lb_${backend.name}_backup`;
}

/** A request that was sent and may not be repeated is not given to the backups. */
function fallbackVariable(context: NginxContext, upstream: Upstream): string {
  const { backend } = upstream;
  return sharedPart(context, `fallback ${backend.name}`, () => {
    const name = variableName(context, backend.name, "backup");
    const rows = [
      entry(literal("default"), literal(fallbackLocation(backend))),
      ...(backend.strategy.retry.unsafe ? [] : [entry(mapPattern("^(?:POST|LOCK|PATCH) .*[1-9]"), literal(failedLocation))]),
    ];
    return { name, nodes: [block("map", [interpolated(variable("request_method"), " ", variable("upstream_bytes_sent")), interpolated(variable(name))], [table(rows)], backend.origin)] };
  });
}
