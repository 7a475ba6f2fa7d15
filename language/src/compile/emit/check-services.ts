/** What the parts of a policy say together that no balancer can carry out. Each is refused with its place, before anything is compiled. */
import { layersMixed, layerWithoutRoutes, networkBits, networkServersUnknown, servicesClash } from "../../diagnostics/targets-balancers.ts";
import type { Backend, Origin, Policy } from "../../model/policy.ts";
import type { Listener, Service } from "../../model/service.ts";
import { clearedNetwork } from "./networks.ts";
import type { Parity } from "./parity.ts";
import { backendsOf, layerOf, layerOfBackend, servicesByListener } from "./services.ts";

export function checkServices(policy: Policy, parity: Parity): void {
  for (const service of policy.services) checkLayer(service, parity);
  for (const [key, entries] of servicesByListener(policy.services)) checkListener(key, entries, parity);
  for (const backend of policy.backends) checkNetworks(backend, parity);
  for (const service of policy.services) for (const network of service.trustProxies) checkBits(network, service.origin, parity);
}

function checkLayer(service: Service, parity: Parity): void {
  if (new Set(backendsOf(service).map(layerOfBackend)).size > 1) parity.refuse(layersMixed, service.origin, { name: service.name });
  const layer = layerOf(service);
  if (layer === "http") return;
  const lacks = (what: string, origin: Origin): void => parity.refuse(layerWithoutRoutes, origin, { name: service.name, layer, what });
  const [route] = service.routes;
  if (route !== undefined) lacks("its routes", route.origin);
  if (service.hosts.length > 0) lacks("host", service.origin);
  if (service.redirect !== undefined) lacks("redirect", service.redirect.origin);
  if (service.compress) lacks("compress", service.origin);
  if (service.bodyLimitBytes !== undefined) lacks("body_limit", service.origin);
  for (const header of service.headers) lacks("header", header.origin);
  for (const limit of service.limits) if (limit.kind === "rate" || layer === "udp" || limit.by.kind === "header") lacks("this limit", limit.origin);
  if (layer === "udp") for (const listener of service.listeners) if (listener.tls !== undefined) lacks("tls", listener.origin);
}

/** Services on one socket are told apart by host, so they speak http, all with TLS or all without. UDP has sockets of its own. */
function checkListener(key: string, entries: readonly { readonly service: Service; readonly listener: Listener }[], parity: Parity): void {
  const seen = new Map<string, Service>();
  const first = new Map<"udp" | "stream", { readonly service: Service; readonly listener: Listener }>();
  for (const { service, listener } of entries) {
    const layer = layerOf(service);
    const socket = layer === "udp" ? "udp" : "stream";
    const before = first.get(socket);
    const clash = (other: Service, reason: string): void => parity.refuse(servicesClash, listener.origin, { name: service.name, other: other.name, listener: key, reason });
    if (before === undefined) first.set(socket, { service, listener });
    else if (layer !== "http" || layerOf(before.service) !== "http") clash(before.service, "only http services can share a port");
    else if ((before.listener.tls === undefined) !== (listener.tls === undefined)) clash(before.service, "a port has TLS for all of its services or for none");
    if (layer !== "http") continue;
    for (const host of service.hosts.length > 0 ? new Set(service.hosts.map((one) => one.toLowerCase())) : [""]) {
      const other = seen.get(host);
      if (other === undefined) seen.set(host, service);
      else clash(other, host === "" ? "only one service without host can answer for the rest" : `both answer for ${host}`);
    }
  }
}

function checkNetworks(backend: Backend, parity: Parity): void {
  const { algorithm } = backend.strategy;
  if (algorithm.kind !== "geo" || backend.servers.length === 0) return;
  const known = new Set(backend.servers.map((server) => server.name));
  const origin = backend.strategy.origin ?? backend.origin;
  for (const rule of [...algorithm.networks, { servers: algorithm.fallback, origin }]) {
    for (const name of rule.servers) if (!known.has(name)) parity.refuse(networkServersUnknown, rule.origin, { backend: backend.name, name });
  }
  for (const rule of algorithm.networks) checkBits(rule.network, rule.origin, parity);
}

function checkBits(network: string, origin: Origin, parity: Parity): void {
  const nearest = clearedNetwork(network);
  if (nearest !== network) parity.refuse(networkBits, origin, { network, nearest });
}
