/** What a route of the cluster cannot do for a service, in words. */
import type { Route, Service } from "../../model/service.ts";
import { prefixByElement, routeUnsupported } from "../../diagnostics/targets-kubernetes.ts";
import { differ } from "./context.ts";
import type { Context } from "./context.ts";

export function callService(service: Service): string {
  return `service ${service.name}`;
}

/** Prefixes match whole elements of a path there: `/v1` matches `/v1/x` and not `/v1x`. */
export function sayPrefixes(context: Context, service: Service, route: Route, kind: string): void {
  if (route.path.endsWith("/")) return;
  differ(context, prefixByElement, "information", `${callService(service)}: route ${route.path}`, route.origin, { kind, path: route.path });
}

/** Everything of a service that belongs to the gateway itself, or to nobody. */
export function sayWhatRoutesIgnore(context: Context, service: Service, kind: string): void {
  const say = (what: string, instead: string, origin = service.origin): void => differ(context, routeUnsupported, "dropped", `${callService(service)}: ${what}`, origin, { what, kind, instead });
  const elsewhere = "configure the gateway for it, or write balancer nginx";
  for (const limit of service.limits) say("limit", elsewhere, limit.origin);
  if (service.redirect !== undefined) say("redirect https", "let the gateway's own listener redirect", service.redirect.origin);
  if (service.compress) say("compress", elsewhere);
  if (service.bodyLimitBytes !== undefined) say("body_limit", elsewhere);
  if (service.trustProxies.length > 0) say("trust_proxy", elsewhere);
  for (const route of service.routes) if (route.cacheSeconds !== undefined) say("cache", elsewhere, route.origin);
}
