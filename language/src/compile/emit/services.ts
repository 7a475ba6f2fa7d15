/** Views of a policy that both balancers need: who reaches whom, and on which listener. */
import type { Backend, Policy } from "../../model/policy.ts";
import { canonicalAddress } from "./networks.ts";
import type { Destination, Listener, Service } from "../../model/service.ts";

export type Layer = "http" | "tcp" | "udp";

export function layerOfBackend(backend: Backend): Layer {
  return backend.protocol === "tcp" || backend.protocol === "udp" ? backend.protocol : "http";
}

/** All destinations, those of the routes in file order. */
export function destinationsOf(service: Service): readonly Destination[] {
  return [...service.to, ...service.routes.flatMap((route) => route.to)];
}

/** The backends that a service reaches, each once. */
export function backendsOf(service: Service): readonly Backend[] {
  return [...new Map(destinationsOf(service).map(({ backend }) => [backend.name, backend] as const)).values()];
}

export function layerOf(service: Service): Layer {
  const first = destinationsOf(service)[0];
  return first === undefined ? "http" : layerOfBackend(first.backend);
}

/** Names of the backends that some service reaches. */
export function reachedBackends(policy: Policy): ReadonlySet<string> {
  return new Set(policy.services.flatMap(backendsOf).map((backend) => backend.name));
}

/** The policy's backends, and any that a service alone holds; each name once. */
export function allBackends(policy: Policy): readonly Backend[] {
  const byName = new Map([...policy.services.flatMap(backendsOf), ...policy.backends].map((backend) => [backend.name, backend] as const));
  const listed = policy.backends.map((backend) => backend.name);
  return [...new Set([...listed, ...byName.keys()])].flatMap((name) => byName.get(name) ?? []);
}

/** `*:8080`, `10.0.0.1:80`, `[::]:80`: listeners with the same key share a socket. */
export function listenKey(listener: Listener): string {
  return `${canonicalAddress(listener.address)}:${listener.port}`;
}

/** The services of each listening address in file order; a service without hosts is the default there. */
export function servicesByListener(services: readonly Service[]): ReadonlyMap<string, readonly { readonly service: Service; readonly listener: Listener }[]> {
  const result = new Map<string, { service: Service; listener: Listener }[]>();
  for (const service of services) {
    for (const listener of service.listeners) {
      const key = listenKey(listener);
      const entries = result.get(key) ?? [];
      if (!entries.some((entry) => entry.service === service)) entries.push({ service, listener });
      result.set(key, entries);
    }
  }
  return result;
}
