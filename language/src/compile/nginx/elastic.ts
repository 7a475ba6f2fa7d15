/** Pools whose members come and go: looked up by name while nginx runs. compile.md, "Elastic backend". */
import { elasticByOneAddress, elasticNeedsAddress, elasticNeedsResolver, elasticResolvedAtStart } from "../../diagnostics/targets-balancers.ts";
import type { Address, Backend } from "../../model/policy.ts";
import { addressText } from "../../model/policy.ts";
import { interpolated, literal, variable } from "./arguments.ts";
import { serviceAddress } from "../emit/elastic-address.ts";
import type { NginxContext } from "./context.ts";
import { backendTitle, has, sharedPart, variableName } from "./context.ts";
import { methodOf } from "./method.ts";
import { block, comment, row, simple, table } from "./tree.ts";
import type { Upstream } from "./servers.ts";
import { noteMissingParts, passiveArguments, zoneSize } from "./servers.ts";

export function elasticUpstream(context: NginxContext, backend: Backend, layer: "http" | "stream"): Upstream {
  const { resolver } = context.target;
  const { program, parity } = context;
  const reachesMembers = resolver !== undefined && has(context, "1.27.3");
  const address = serviceAddress(context.policy, backend, reachesMembers ? "members" : "service");
  const construct = `backend ${backend.name}: elastic pool`;
  if (address === undefined) {
    parity.refuse(elasticNeedsAddress, backend.origin, { program, name: backend.name });
    return { backend, nodes: [], address: [backend.name], before: [] };
  }
  noteMissingParts(context, backend, reachesMembers ? (backend.scale?.max ?? 2) : 1);
  const text = addressText(address);
  if (address.kind !== "host") {
    parity.differs(elasticByOneAddress, backend.origin, { program, address: text }, construct, "nearest");
    return { backend, nodes: group(context, backend, address, layer, "fixed"), address: [backend.name], before: [] };
  }
  if (reachesMembers) return { backend, nodes: group(context, backend, address, layer, "resolved"), address: [backend.name], before: [] };
  if (resolver === undefined) {
    if (context.target.emit !== "upstreams" && context.policy.services.length > 0) {
      parity.refuse(elasticNeedsResolver, backend.origin, { program, name: backend.name, target: "nginx" });
    } else {
      parity.differs(elasticResolvedAtStart, backend.origin, { program, address: text }, construct, "nearest");
    }
    return { backend, nodes: group(context, backend, address, layer, "fixed"), address: [backend.name], before: [] };
  }
  parity.differs(elasticByOneAddress, backend.origin, { program, address: text }, construct, "nearest");
  sharedPart(context, "resolver", () => ({ name: "", nodes: [resolverDirective(context, resolver)] }));
  const target = variableName(context, backend.name, "address");
  return { backend, nodes: [], address: [variable(target)], before: [simple("set", [interpolated(variable(target)), interpolated(text)], backend.origin)] };
}

function group(context: NginxContext, backend: Backend, address: Address, layer: "http" | "stream", kind: "fixed" | "resolved") {
  const method = methodOf(context, backend, layer);
  const { resolver } = context.target;
  const most = backend.replica?.maxConnections;
  const members = kind === "resolved" ? (backend.scale?.max ?? 2) : 1;
  return [
    comment(backendTitle(context, backend), backend.origin),
    block("upstream", [literal(backend.name)], [
      simple("zone", [literal(backend.name), literal(zoneSize(members))], backend.origin),
      ...(kind === "resolved" && resolver !== undefined ? [resolverDirective(context, resolver)] : []),
      ...method.nodes,
      table([row("server", [
        literal(addressText(address)),
        most === undefined ? undefined : literal(`max_conns=${most}`),
        ...passiveArguments(context, backend, members),
        kind === "resolved" ? literal("resolve") : undefined,
      ], backend.origin)]),
      ...(layer === "http" ? [simple("keepalive", [literal(String(backend.keepalive))], backend.origin)] : []),
    ], backend.origin),
  ];
}

function resolverDirective(context: NginxContext, resolver: string) {
  return simple("resolver", [literal(resolver), literal("valid=10s")], context.target.origin);
}
