/** Whether a backend can be balanced as its strategy says. */
import type { Extras } from "../diagnostics/diagnostic.ts";
import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import { nearest } from "../syntax/nearest.ts";
import type { Range } from "../text/range.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import type { Protocol, Server, Strategy } from "./policy.ts";

export interface BalancedBackend {
  readonly name: string;
  readonly servers: readonly Server[];
  readonly isElastic: boolean;
  readonly protocol: Protocol;
  readonly strategy: Strategy;
}

/** The strategy that the backend can follow: what needs requests is replaced where there are none. `at`: the strategy's name in the backend. */
export function fittingStrategy(context: Context, backend: BalancedBackend, at: Range): Strategy {
  const { name, protocol, strategy } = backend;
  checkNetworks(context, backend, at);
  if (protocol !== "tcp" && protocol !== "udp") return strategy;
  const { algorithm, affinity } = strategy;
  const related = relatedTo(strategy);
  let fitting = strategy;
  if (algorithm.kind === "hash") {
    complain(context, values.strategyNeedsRequests, at, { what: `A hash of the ${algorithm.key.kind}`, backend: name, protocol, instead: "ip_hash" }, related);
    fitting = { ...fitting, algorithm: { kind: "ip_hash" } };
  }
  if (affinity?.kind === "cookie") {
    complain(context, values.strategyNeedsRequests, at, { what: "A cookie", backend: name, protocol, instead: "affinity ip" }, related);
    fitting = { ...fitting, affinity: { kind: "ip", origin: affinity.origin } };
  }
  return fitting;
}

function relatedTo({ origin }: Strategy): Extras {
  return origin === undefined ? {} : { related: [{ location: { file: origin.file, range: origin.nameRange ?? origin.range }, message: "The strategy." }] };
}

function checkNetworks(context: Context, backend: BalancedBackend, at: Range): void {
  const { name, servers, strategy } = backend;
  const { algorithm } = strategy;
  const strategyAt = relatedTo(strategy);
  if (algorithm.kind !== "geo") return;
  if (backend.isElastic) {
    complain(context, names.conflict, at, { message: `\`geo\` sends to fixed servers by name, and the members of ${name} have none: use another strategy` }, strategyAt);
    return;
  }
  const known = new Set(servers.map((server) => server.name));
  const missing = new Set([...algorithm.networks.flatMap((rule) => rule.servers), ...algorithm.fallback].filter((server) => !known.has(server)));
  for (const server of missing) complain(context, names.unknownName, at, { what: `server of ${name}`, name: server, nearest: nearest(server, known) }, { ...strategyAt, fixes: [] });
}
