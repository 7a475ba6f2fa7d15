/** Balancing by the client's network: one group of servers per rule, chosen by a `geo` variable. */
import type { Algorithm, Backend } from "../../model/policy.ts";
import { interpolated, literal, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { place, variableName } from "./context.ts";
import { block, comment, entry, table } from "./tree.ts";
import type { Node } from "./tree.ts";
import type { Upstream } from "./servers.ts";
import { serverGroup } from "./servers.ts";

/** The first rule of a network counts, as in HAProxy; nginx would take the last and warn. */
function uniqueNetworks(algorithm: Geo): Geo["networks"] {
  return algorithm.networks.filter((rule, i) => algorithm.networks.findIndex((other) => other.network === rule.network) === i);
}

type Geo = Extract<Algorithm, { readonly kind: "geo" }>;

/** Every group also holds the backend's backups. */
export function geoUpstream(context: NginxContext, backend: Backend, algorithm: Geo, layer: "http" | "stream"): Upstream {
  const chosen = variableName(context, backend.name, "network");
  const groups = new Map<string, string>();
  const nodes: Node[] = [];
  const groupOf = (names: readonly string[]): string => {
    const key = [...names].sort().join(" ");
    const known = groups.get(key);
    if (known !== undefined) return known;
    const name = context.zoneNames(`${backend.name}.${names.join(".")}`.slice(0, 200));
    groups.set(key, name);
    const servers = backend.servers.filter((server) => server.backup || names.includes(server.name));
    nodes.push(...serverGroup(context, backend, servers, name, { nodes: [], allowsBackup: true, ring: false, name: "" }, layer).nodes);
    return name;
  };
  const rows = [
    entry(literal("default"), literal(groupOf(algorithm.fallback))),
    ...uniqueNetworks(algorithm).map((rule) => entry(literal(rule.network), literal(groupOf(rule.servers)), rule.origin)),
  ];
  const origin = backend.strategy.origin ?? backend.origin;
  nodes.push(
    comment(`networks of backend ${backend.name} (${place(context, origin)})`, origin),
    block("geo", [interpolated(variable(chosen))], [table(rows)], origin),
  );
  return { backend, nodes, address: [variable(chosen)], before: [] };
}
