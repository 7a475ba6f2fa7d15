/** Services as routes of the Gateway API: HTTPRoute, GRPCRoute or TCPRoute. */
import type { Destination, HeaderRule, Route, Service } from "../../model/service.ts";
import { routeUnsupported } from "../../diagnostics/targets-kubernetes.ts";
import { differ, metadataOf, namespaceOf } from "./context.ts";
import type { Context } from "./context.ts";
import { referencesOf } from "./destinations.ts";
import { kubernetesName } from "./names.ts";
import { present } from "./object.ts";
import type { Emission, Json, JsonObject } from "./object.ts";
import { callService, sayPrefixes, sayWhatRoutesIgnore } from "./route-words.ts";

/** The most rules of one route object. */
const longestRoute = 16;

/** `gateway` is `NAME` or `NAMESPACE/NAME`. */
export function gatewayRoutes(context: Context, service: Service, gateway: string): readonly Emission[] {
  const backends = [...service.to, ...service.routes.flatMap((route) => route.to)].map((destination) => destination.backend);
  const protocols = new Set(backends.map((backend) => backend.protocol));
  if (protocols.has("udp")) {
    differ(context, routeUnsupported, "dropped", callService(service), service.origin, { what: "standard route for udp", kind: "The Gateway API", instead: `${callService(service)} is left out` });
    return [];
  }
  const kind = protocols.has("tcp") ? "TCPRoute" : [...protocols].every((protocol) => protocol === "grpc" || protocol === "grpcs") ? "GRPCRoute" : "HTTPRoute";
  if (kind !== "TCPRoute") sayWhatRoutesIgnore(context, service, kind);
  const rules = kind === "TCPRoute" ? [{ rule: { backendRefs: backendReferences(context, service, service.to) }, origin: service.origin }] : httpRules(context, service, kind);
  const chunks: (typeof rules)[] = [];
  for (let i = 0; i < rules.length; i += longestRoute) chunks.push(rules.slice(i, i + longestRoute));
  return chunks.map((chunk, i) => ({
    manifest: {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind,
      metadata: metadataOf(context.target, kubernetesName(i === 0 ? service.name : `${service.name}-${i + 1}`), namespaceOf(context.target), { "app.kubernetes.io/name": kubernetesName(service.name) }),
      spec: present({
        parentRefs: [parentOf(gateway)],
        hostnames: kind === "TCPRoute" || service.hosts.length === 0 ? undefined : service.hosts.map((host) => host.toLowerCase()),
        rules: chunk.map(({ rule }) => rule),
      }),
    },
    comment: [`${callService(service)}: its routes on the gateway ${gateway}`],
    origin: service.origin,
    parts: chunk.map(({ origin }, index) => [`/spec/rules/${index}`, origin] as const),
  }));
}

function parentOf(gateway: string): JsonObject {
  const [first = "", second] = gateway.split("/");
  return second === undefined ? { name: first } : { name: second, namespace: first };
}

interface RouteRule {
  readonly rule: JsonObject;
  readonly origin: Route["origin"];
}

/** The gateway orders matches as the policy does: exact, then the longest prefix; a route with more conditions first. */
function httpRules(context: Context, service: Service, kind: "HTTPRoute" | "GRPCRoute"): readonly RouteRule[] {
  const filters = filtersOf(context, service, kind);
  const ruleOf = (match: JsonObject | undefined, route: Pick<Route, "to">): JsonObject => present({
    matches: match === undefined || Object.keys(match).length === 0 ? undefined : [match],
    filters: filters.length === 0 ? undefined : filters,
    backendRefs: backendReferences(context, service, route.to),
  });
  if (service.routes.length === 0) return [{ rule: ruleOf(undefined, service), origin: service.origin }];
  return service.routes.flatMap((route) => {
    const match = kind === "HTTPRoute" ? httpMatch(context, service, route) : grpcMatch(context, service, route);
    return match === undefined ? [] : [{ rule: ruleOf(match, route), origin: route.origin }];
  });
}

const httpMethods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]);

function httpMatch(context: Context, service: Service, route: Route): JsonObject | undefined {
  if (route.method !== undefined && !httpMethods.has(route.method)) {
    leaveOut(context, service, route, "HTTPRoute", `method ${route.method}`);
    return undefined;
  }
  if (route.match === "prefix") sayPrefixes(context, service, route, "HTTPRoute");
  if (route.match === "regex") {
    differ(context, routeUnsupported, "nearest", `${callService(service)}: route ${route.path}`, route.origin, {
      what: "common syntax for regular expressions", kind: "The Gateway API", instead: "each gateway reads this one in its own way, most of them anchored at both ends",
    });
  }
  return present({
    path: { type: { exact: "Exact", prefix: "PathPrefix", regex: "RegularExpression" }[route.match], value: route.path },
    method: route.method,
    headers: headerMatch(route),
  });
}

/** A path of gRPC is `/SERVICE/METHOD`. */
function grpcMatch(context: Context, service: Service, route: Route): JsonObject | undefined {
  const headers = headerMatch(route);
  const parts = /^\/(?:([\w.]+)(?:\/(\w+)?)?)?$/.exec(route.path);
  const isWhole = route.match === "exact" ? parts?.[2] !== undefined : parts?.[2] === undefined;
  if (route.match === "regex" || parts === null || !isWhole || route.method !== undefined) {
    leaveOut(context, service, route, "GRPCRoute", `match for ${route.match} "${route.path}"${route.method === undefined ? "" : ` method ${route.method}`}`);
    return undefined;
  }
  const method = parts[1] === undefined ? undefined : present({ type: "Exact", service: parts[1], method: parts[2] });
  return present({ method, headers });
}

function headerMatch(route: Route): Json | undefined {
  return route.header === undefined ? undefined : [{ type: "Exact", name: route.header.name, value: route.header.value }];
}

function leaveOut(context: Context, service: Service, route: Route, kind: string, what: string): void {
  differ(context, routeUnsupported, "dropped", `${callService(service)}: route ${route.path}`, route.origin, { what, kind, instead: "the route is left out" });
}

function backendReferences(context: Context, service: Service, to: readonly Destination[]): readonly JsonObject[] {
  const references = referencesOf(context, service, to);
  const own = namespaceOf(context.target);
  return references.map(({ name, namespace, port, weight }, i) => {
    if (namespace !== own) {
      differ(context, routeUnsupported, "information", `${callService(service)}: to ${name}`, to[i]?.origin ?? service.origin, { what: `right of its own to send into namespace ${namespace}`, kind: "A route", instead: "make a ReferenceGrant there" });
    }
    return present({ name, namespace: namespace === own ? undefined : namespace, port, weight: references.length > 1 ? weight : undefined });
  });
}

function filtersOf(context: Context, service: Service, kind: string): readonly JsonObject[] {
  return (["request", "response"] as const).flatMap((on) => {
    const rules = service.headers.filter((rule) => rule.on === on);
    if (rules.length === 0) return [];
    if (rules.length > longestRoute) differ(context, routeUnsupported, "nearest", `${callService(service)}: header`, service.origin, { what: `more than ${longestRoute} header changes`, kind, instead: "what is beyond them is left out" });
    const valuesOf = (action: HeaderRule["action"]): Json | undefined => {
      const found = rules.filter((rule) => rule.action === action).slice(0, longestRoute).map((rule) => (action === "remove" ? rule.name : { name: rule.name, value: rule.value ?? "" }));
      return found.length === 0 ? undefined : found;
    };
    const changes = present({ set: valuesOf("set"), add: valuesOf("add"), remove: valuesOf("remove") });
    return [on === "request" ? { type: "RequestHeaderModifier", requestHeaderModifier: changes } : { type: "ResponseHeaderModifier", responseHeaderModifier: changes }];
  });
}
