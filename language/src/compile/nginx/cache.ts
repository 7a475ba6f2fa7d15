/** The cache of a service's routes: one store per service. */
import type { Service } from "../../model/service.ts";
import { durationText } from "../emit/quantities.ts";
import { interpolated, literal, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { place, sharedPart } from "./context.ts";
import type { Node } from "./tree.ts";
import { comment, simple } from "./tree.ts";

/** Answers to requests with Authorization are not kept: they are somebody's own, and HAProxy does not keep them either. */
export function cacheDirectives(context: NginxContext, service: Service, seconds: number): readonly Node[] {
  const origin = service.routes.find((route) => route.cacheSeconds === seconds)?.origin ?? service.origin;
  return [
    simple("proxy_cache", [literal(cacheZone(context, service))], origin),
    simple("proxy_cache_key", [interpolated(variable("scheme"), variable("host"), variable("request_uri"))], origin),
    simple("proxy_cache_valid", [literal(durationText(Math.max(1, Math.round(seconds))))], origin),
    simple("proxy_cache_lock", [literal("on")], origin),
    simple("proxy_cache_bypass", [interpolated(variable("http_authorization"))], origin),
    simple("proxy_no_cache", [interpolated(variable("http_authorization"))], origin),
  ];
}

function cacheZone(context: NginxContext, service: Service): string {
  return sharedPart(context, `cache ${service.name}`, () => {
    const zone = context.zoneNames(`cache_${service.name}`);
    const longest = Math.max(600, ...service.routes.map((route) => route.cacheSeconds ?? 0));
    const parts = [`/var/cache/lbpolicy_${service.name}`, "levels=1:2", `keys_zone=${zone}:10m`, "max_size=100m", `inactive=${durationText(Math.ceil(longest))}`, "use_temp_path=off"];
    return { name: zone, nodes: [comment(`cache of service ${service.name} (${place(context, service.origin)})`, service.origin), simple("proxy_cache_path", parts.map(literal), service.origin)] };
  });
}
