/** `frontend` sections: one per set of services that share their listeners. Two frontends on one port would draw lots for connections. */
import { compressionShared } from "../../diagnostics/targets-balancers.ts";
import type { Backend } from "../../model/policy.ts";
import type { Listener, Service } from "../../model/service.ts";
import { backendsOf, layerOf, servicesByListener } from "../emit/services.ts";
import type { PlannedSection } from "./backend.ts";
import { bindLine } from "./bind.ts";
import { createAcls } from "./conditions.ts";
import type { HaproxyContext } from "./context.ts";
import { always, anonymous, place, when } from "./context.ts";
import { hostRules } from "./hosts.ts";
import { limitRules } from "./limits.ts";
import { connectionUses, routingOf } from "./routes.ts";
import { bodyRules, cacheRules, headerRules, redirectRules, rememberedCondition, requestHeaderRules, trustRules } from "./rules.ts";
import type { Line } from "./sections.ts";
import { grouped, line } from "./sections.ts";
import type { Setting } from "./settings.ts";
import { modeSetting, ownSettings, timeoutSetting } from "./settings.ts";
import { word, words } from "./words.ts";

type Entries = readonly { readonly service: Service; readonly listener: Listener }[];

export function plannedFrontends(context: HaproxyContext, services: readonly Service[]): readonly PlannedSection[] {
  const groups = new Map<string, Entries[]>();
  for (const entries of servicesByListener(services.filter((service) => layerOf(service) !== "udp")).values()) {
    const key = entries.map(({ service }) => service.name).join(" ");
    groups.set(key, [...(groups.get(key) ?? []), entries]);
  }
  return [...groups.values()].map((sockets) => plannedFrontend(context, sockets));
}

function plannedFrontend(context: HaproxyContext, sockets: readonly Entries[]): PlannedSection {
  const services = sockets[0]?.map(({ service }) => service) ?? [];
  const first = services[0];
  const layer = first !== undefined && layerOf(first) === "tcp" ? "tcp" : "http";
  const name = context.sectionNames(services.length === 1 ? (first?.name ?? "lb.frontend") : `lb.${sockets[0]?.[0]?.listener.port ?? ""}`);
  const settings = frontendSettings(services, layer);
  const binds = sockets.map((entries) => bindLine(context, entries, layer));
  const body = layer === "tcp" ? tcpBody(context, services) : httpBody(context, services, sockets);
  return {
    settings,
    section: (inherited) => ({
      title: [word("frontend"), word(name)],
      comment: services.map((service) => `service ${service.name} (${place(context, service.origin)})`).join(", "),
      lines: grouped([[...binds, ...ownSettings(settings, inherited)], ...body]),
      origin: first?.origin,
    }),
  };
}

/** The longest of its backends: a client must not be cut off while a slow backend may still answer. */
function frontendSettings(services: readonly Service[], layer: "http" | "tcp"): readonly Setting[] {
  const backends = services.flatMap(backendsOf);
  const longest = (pick: (backend: Backend) => number): number => Math.max(0.001, ...backends.map(pick));
  const origin = backends[0]?.timeouts.origin ?? services[0]?.origin;
  const idleSeconds = longest((backend) => backend.timeouts.idleSeconds);
  if (layer === "tcp") return [modeSetting("tcp"), timeoutSetting("client", idleSeconds, origin)];
  return [
    modeSetting("http"),
    timeoutSetting("client", Math.max(idleSeconds, longest((backend) => backend.timeouts.readSeconds)), origin),
    timeoutSetting("http-request", 60, undefined),
    timeoutSetting("http-keep-alive", idleSeconds, origin),
  ];
}

function tcpBody(context: HaproxyContext, services: readonly Service[]): readonly (readonly Line[])[] {
  return services.map((service) => {
    const trusted = service.trustProxies.length === 0 ? [] : trustLines(service);
    const routing = connectionUses(context, service);
    return [...trusted, ...limitRules(context, service, always, "tcp"), ...routing.uses];
  });
}

/** Trusted proxies announce the client by the PROXY protocol. */
function trustLines(service: Service): readonly Line[] {
  return service.trustProxies.map((network) => line([...words("tcp-request connection expect-proxy layer4 if { src"), word(network), word("}")], service.origin));
}

function httpBody(context: HaproxyContext, services: readonly Service[], sockets: readonly Entries[]): readonly (readonly Line[])[] {
  const acls = createAcls();
  const hosts = hostRules(acls, services);
  const listeners = sockets.flat().map(({ listener }) => listener);
  const transport = listeners.every((listener) => listener.tls !== undefined) ? "tls" : listeners.some((listener) => listener.tls !== undefined) ? "both" : "plain";
  const several = services.length > 1;
  const forwarded = services.some((service) => service.headers.some((rule) => rule.on === "request" && rule.name.toLowerCase() === "x-forwarded-for")) ? "rule" : "option";
  const ordered = [...services].sort((a, b) => Number(a.hosts.length === 0) - Number(b.hosts.length === 0));
  const parts = ordered.map((service) => {
    const condition = hosts.conditions.get(service) ?? always;
    const remembered = several ? rememberedCondition(service) : always;
    const position = service === ordered.at(-1) && (service.hosts.length === 0 || !several) ? "last" : "before others";
    const routing = routingOf(context, acls, service, several ? condition : always, position);
    const cache = cacheRules(context, service, remembered);
    const own = several ? condition : always;
    // not on the answer to a host that no service has
    const marked = several || service.hosts.length > 0 ? rememberedCondition(service) : always;
    const needsName = !hosts.areRemembered && ((several && cache.response.length > 0) || (marked.length > 0 && service.headers.some((rule) => rule.on === "response")));
    return {
      cache, routing,
      rules: [
        ...(needsName ? [line([...words("http-request set-var(txn.service)"), word(`str(${service.name})`), ...when(own)], service.origin)] : []),
        ...trustRules(context, acls, service, own),
        ...redirectRules(acls, service, own),
        ...bodyRules(context, service, own),
        ...limitRules(context, service, own, "http"),
        ...requestHeaderRules(service, own, transport, forwarded),
        ...routing.rules,
        ...cache.request,
      ],
      response: [...headerRules(service, "response", marked), ...cache.response],
    };
  });
  const compression = compressionLines(context, services);
  const filters = [...parts.flatMap((part) => part.cache.filters), ...compression];
  const forwardedFor = forwarded === "option" ? [line(words("option forwardfor"))] : [];
  const aclLines = acls.lines();
  return [
    [...forwardedFor, ...filters],
    [...aclLines, ...hosts.lines],
    ...parts.map((part) => part.rules),
    parts.flatMap((part) => part.response),
    parts.flatMap((part) => part.routing.uses),
  ];
}

/** What nginx compresses, with text/html, which it compresses always. */
const compressedTypes = "application/javascript application/json application/xml image/svg+xml text/css text/html text/javascript text/plain text/xml";

/** Compression is the whole frontend's: it is left out where some service, or a backend that streams, does not want it. */
function compressionLines(context: HaproxyContext, services: readonly Service[]): readonly Line[] {
  const wanting = services.filter((service) => service.compress);
  const [first] = wanting;
  if (first === undefined) return [];
  const unwilling = services.find((service) => !service.compress) ?? services.flatMap(backendsOf).find((backend) => backend.stream);
  if (unwilling !== undefined) {
    for (const service of wanting) context.parity.differs(compressionShared, service.origin, { program: context.program, name: service.name }, `service ${service.name}: compress`, "dropped");
    return [];
  }
  return [line(words("filter compression"), first.origin), line(words("compression algo gzip"), first.origin), line(words(`compression type ${compressedTypes}`), first.origin)];
}

/** `127.0.0.1:9113/metrics` in the form of Prometheus. */
export function metricsFrontends(context: HaproxyContext, services: readonly Service[]): readonly PlannedSection[] {
  const ports = new Set<number>();
  return services.flatMap((service): readonly PlannedSection[] => {
    const { metricsPort } = service;
    if (metricsPort === undefined || ports.has(metricsPort)) return [];
    ports.add(metricsPort);
    const settings = frontendSettings([service], "http");
    return [{
      settings,
      section: (inherited) => ({
        title: [word("frontend"), word(context.sectionNames(`metrics.${metricsPort}`))],
        comment: `metrics of service ${service.name} (${place(context, service.origin)})`,
        lines: [
          line(words(`bind 127.0.0.1:${metricsPort}`), service.origin),
          ...ownSettings(settings, inherited),
          line([...words("http-request use-service prometheus-exporter"), ...when(anonymous("path /metrics"))], service.origin),
          line(words("http-request deny deny_status 404"), service.origin),
        ],
        origin: service.origin,
      }),
    }];
  });
}

