/** The `server` blocks of one service. */
import type { Backend } from "../../model/policy.ts";
import type { Listener, Service } from "../../model/service.ts";
import { backendsOf } from "../emit/services.ts";
import { sizeText } from "../emit/quantities.ts";
import { interpolated, literal, mapPattern, patternOf, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { place, sharedPart, variableName } from "./context.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { limitDirectives } from "./limits.ts";
import type { Sockets } from "./listeners.ts";
import { certificateNodes, http2Nodes, listenText, tlsDefaults } from "./listeners.ts";
import { busyLocation, failedLocation, fallbackLocation, moduleOf, passParts } from "./pass.ts";
import type { PlannedLocation } from "./routes.ts";
import { plannedLocations } from "./routes.ts";
import type { Directive, Node } from "./tree.ts";
import { block, comment, entry, printNodes, simple, spaced, table } from "./tree.ts";
import type { Upstream } from "./servers.ts";

export function serviceNodes(context: NginxContext, service: Service, sockets: Sockets, upstreams: ReadonlyMap<string, Upstream>): readonly (readonly Node[])[] {
  const title = comment(`service ${service.name} (${place(context, service.origin)})`, service.origin);
  if (service.listeners.some((listener) => listener.tls !== undefined)) tlsDefaults(context, "lb_tls");
  const plain = service.listeners.filter((listener) => listener.tls === undefined);
  const names = simple("server_name", service.hosts.length > 0 ? [...new Set(service.hosts.map((host) => host.toLowerCase()))].map(literal) : [literal("_")], service.origin);
  const result: (readonly Node[])[] = [];
  let main = service.listeners;
  const guard: Node[] = [];
  if (service.redirect !== undefined && plain.length > 0) {
    const target = simple("return", [literal("308"), interpolated("https://", variable("host"), securePort(service), variable("request_uri"))], service.redirect.origin);
    if (service.redirect.except.length === 0) {
      main = service.listeners.filter((listener) => listener.tls !== undefined);
      result.push([title, block("server", [], [...sockets.listenNodes(service, plain), names, ...responseHeaders(context, service, "proxy").filter(addsHeader), target], service.origin)]);
    } else {
      guard.push(block("if", [interpolated("(", variable(redirectVariable(context, service)), ")")], [target], service.redirect.origin));
    }
  }
  for (const listeners of byCertificate(main)) {
    const body = serverBody(context, service, [...sockets.listenNodes(service, listeners), names, ...http2Nodes(context, listeners), ...listeners.slice(0, 1).flatMap((listener) => certificateOf(context, listeners, listener))], guard, upstreams);
    result.push([title, block("server", [], body, service.origin)]);
  }
  return result;
}

/** An answer of nginx's own has nothing to hide. */
function addsHeader(node: Node): boolean {
  return node.kind === "directive" && node.name === "add_header";
}

/** One certificate per server: listeners with the same one, and those without, share it. */
function byCertificate(listeners: readonly Listener[]): readonly (readonly Listener[])[] {
  const secure = new Map<string, Listener[]>();
  for (const listener of listeners) {
    if (listener.tls === undefined) continue;
    const key = JSON.stringify(listener.tls);
    secure.set(key, [...(secure.get(key) ?? []), listener]);
  }
  const plain = listeners.filter((listener) => listener.tls === undefined);
  const groups = [...secure.values()];
  const [first, ...others] = groups;
  if (first === undefined) return plain.length > 0 ? [plain] : [];
  return [[...plain, ...first], ...others];
}

function certificateOf(context: NginxContext, listeners: readonly Listener[], first: Listener): readonly Node[] {
  const secure = listeners.find((listener) => listener.tls !== undefined) ?? first;
  return certificateNodes(context, secure);
}

/** Empty for the usual port. */
function securePort(service: Service): string {
  const port = service.listeners.find((listener) => listener.tls !== undefined)?.port ?? 443;
  return port === 443 ? "" : `:${port}`;
}

/** 1 where a request came without TLS and its path is not excepted. */
function redirectVariable(context: NginxContext, service: Service): string {
  return sharedPart(context, `redirect ${service.name}`, () => {
    const name = variableName(context, service.name, "redirect");
    const origin = service.redirect?.origin ?? service.origin;
    const rows = [
      entry(literal("default"), literal("")),
      ...(service.redirect?.except ?? []).map((path) => entry(mapPattern(`^http:${patternOf(path)}`), literal(""))),
      entry(mapPattern("^http:"), literal("1")),
    ];
    return { name, nodes: [comment(`redirect of service ${service.name} (${place(context, origin)})`, origin), block("map", [interpolated(variable("scheme"), ":", variable("uri")), interpolated(variable(name))], [table(rows)], origin)] };
  });
}

function serverBody(context: NginxContext, service: Service, head: readonly Node[], guard: readonly Node[], upstreams: ReadonlyMap<string, Upstream>): readonly Node[] {
  const backends = backendsOf(service);
  const protocols = { http: backends.some((backend) => moduleOf(backend) === "proxy"), grpc: backends.some((backend) => moduleOf(backend) === "grpc") };
  const planned = [...plannedLocations(context, service, upstreams), ...fallbackLocations(context, service, backends, upstreams)];
  const common = commonSettings(planned);
  const redirectsInside = planned.some((location) => location.match[0]?.startsWith("@"));
  const wantsBusy = printed(planned).includes(busyLocation);
  return spaced([
    head,
    guard,
    [
      simple("client_max_body_size", [literal(sizeText(service.bodyLimitBytes ?? 0))], service.origin),
      ...(service.routes.length > 0 && context.target.emit !== "all" ? [simple("merge_slashes", [literal("off")], service.origin)] : []),
      ...(redirectsInside ? [simple("recursive_error_pages", [literal("on")], service.origin)] : []),
      ...trustNodes(service),
    ],
    limitDirectives(context, service),
    compressNodes(service),
    [...(protocols.http ? [simple("proxy_http_version", [literal("1.1")], service.origin)] : []), ...requestHeaders(context, service, protocols)],
    responseHeaders(context, service, protocols.http ? "proxy" : "grpc"),
    common,
    ...planned.map((location) => locationNodes(location, common)),
    ...(wantsBusy ? [[block("location", [literal(busyLocation)], [
      ...(service.headers.some((rule) => rule.on === "response" && rule.action !== "remove") ? responseHeaders(context, service, protocols.http ? "proxy" : "grpc") : []),
      simple("add_header", [literal("Retry-After"), literal("1"), literal("always")]),
      simple("return", [literal("503")]),
    ], service.origin)]] : []),
  ]);
}

function locationNodes(location: PlannedLocation, common: readonly Directive[]): readonly Node[] {
  const origin = location.route?.origin;
  const shared = new Set(common.map(textOf));
  const { content } = location;
  const nodes = content.kind === "nodes" ? content.nodes : [...content.parts.pass, ...content.parts.settings.filter((setting) => !shared.has(textOf(setting))), ...content.parts.own];
  const note = location.note === undefined ? [] : [comment(location.note, origin)];
  return [...note, block("location", location.match, nodes, origin)];
}

/** What all of several locations that pass requests on say alike. */
function commonSettings(planned: readonly PlannedLocation[]): readonly Directive[] {
  const passing = planned.flatMap((location) => (location.content.kind === "pass" ? [location.content.parts.settings] : []));
  const [first, ...others] = passing;
  if (first === undefined || others.length === 0) return [];
  return first.filter((setting) => others.every((settings) => settings.some((other) => textOf(other) === textOf(setting))));
}

function textOf(directive: Directive): string {
  return [directive.name, ...directive.arguments].join(" ");
}

function printed(planned: readonly PlannedLocation[]): string {
  return planned.flatMap(({ content }) => printNodes(content.kind === "pass" ? content.parts.own : content.nodes)).map((line) => line.text).join("\n");
}

/** Locations that ask the backups of a group whose method allows none, and the one for what may not be sent again. */
function fallbackLocations(context: NginxContext, service: Service, backends: readonly Backend[], upstreams: ReadonlyMap<string, Upstream>): readonly PlannedLocation[] {
  const withFallback = backends.flatMap((backend) => {
    const upstream = upstreams.get(backend.name);
    return upstream?.fallback === undefined ? [] : [{ upstream, backend, fallback: upstream.fallback }];
  });
  const locations = withFallback.map(({ upstream, backend, fallback }): PlannedLocation => ({
    match: [literal(fallbackLocation(backend))], route: undefined,
    content: { kind: "pass", parts: passParts(context, service, upstream, { backend, cacheSeconds: undefined }, [fallback]) },
  }));
  if (!withFallback.some(({ backend }) => !backend.strategy.retry.unsafe)) return locations;
  return [...locations, { match: [literal(failedLocation)], route: undefined, content: { kind: "nodes", nodes: [simple("return", [literal("502")])] } }];
}

function trustNodes(service: Service): readonly Node[] {
  if (service.trustProxies.length === 0) return [];
  return [
    ...service.trustProxies.map((network) => simple("set_real_ip_from", [literal(network)], service.origin)),
    simple("real_ip_header", [literal("X-Forwarded-For")], service.origin),
    simple("real_ip_recursive", [literal("on")], service.origin),
  ];
}

/** nginx adds text/html itself and warns when it is listed. */
export const compressedTypes = ["application/javascript", "application/json", "application/xml", "image/svg+xml", "text/css", "text/javascript", "text/plain", "text/xml"];

function compressNodes(service: Service): readonly Node[] {
  if (!service.compress) return [];
  return [
    simple("gzip", [literal("on")], service.origin),
    simple("gzip_proxied", [literal("any")], service.origin),
    simple("gzip_vary", [literal("on")], service.origin),
    simple("gzip_types", compressedTypes.map(literal), service.origin),
  ];
}

/** `127.0.0.1:9113/metrics`: counters of the whole program. */
export function metricsNodes(context: NginxContext, service: Service): readonly Node[] {
  if (service.metricsPort === undefined) return [];
  return [
    comment(`metrics of service ${service.name} (${place(context, service.origin)})`, service.origin),
    block("server", [], [
      simple("listen", [literal(listenText({ address: "127.0.0.1", port: service.metricsPort, http2: false, origin: service.origin }))], service.origin),
      block("location", [literal("="), literal("/metrics")], [simple("stub_status", [])], service.origin),
    ], service.origin),
  ];
}
