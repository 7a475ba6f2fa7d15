/** The upstream of a backend: fixed servers, groups by network, or a pool that is looked up. */
import type { Backend } from "../../model/policy.ts";
import type { NginxContext } from "./context.ts";
import { elasticUpstream } from "./elastic.ts";
import { geoUpstream } from "./geo.ts";
import { methodOf } from "./method.ts";
import type { Upstream } from "./servers.ts";
import { noteMissingParts, serverGroup } from "./servers.ts";

export function upstreamOf(context: NginxContext, backend: Backend, layer: "http" | "stream"): Upstream {
  if (backend.servers.length === 0) return elasticUpstream(context, backend, layer);
  noteMissingParts(context, backend, backend.servers.length);
  if (backend.strategy.algorithm.kind === "geo" && backend.strategy.affinity === undefined) return geoUpstream(context, backend, backend.strategy.algorithm, layer);
  return { ...serverGroup(context, backend, backend.servers, backend.name, methodOf(context, backend, layer), layer), before: [] };
}
