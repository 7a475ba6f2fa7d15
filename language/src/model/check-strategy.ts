/** Whether a backend can be balanced as its strategy says. */
import * as names from "../diagnostics/names.ts";
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

/** `at`: the strategy's name in the backend. */
export function checkStrategy(context: Context, backend: BalancedBackend, at: Range): void {
  const { name, servers, protocol, strategy } = backend;
  const { algorithm, affinity } = strategy;
  const strategyAt = strategy.origin === undefined ? {} : { related: [{ location: { file: strategy.origin.file, range: strategy.origin.nameRange ?? strategy.origin.range }, message: "The strategy." }] };
  if (protocol === "tcp" || protocol === "udp") {
    if (algorithm.kind === "hash") {
      complain(context, names.conflict, at, { message: `A hash of the ${algorithm.key.kind} needs requests, and ${name} speaks ${protocol}: use \`ip_hash\`` }, strategyAt);
    }
    if (affinity?.kind === "cookie") complain(context, names.conflict, at, { message: `A cookie needs requests, and ${name} speaks ${protocol}: use \`affinity ip\`` }, strategyAt);
  }
  if (algorithm.kind !== "geo") return;
  if (backend.isElastic) {
    complain(context, names.conflict, at, { message: `\`geo\` sends to fixed servers by name, and the members of ${name} have none: use another strategy` }, strategyAt);
    return;
  }
  const known = new Set(servers.map((server) => server.name));
  const missing = new Set([...algorithm.networks.flatMap((rule) => rule.servers), ...algorithm.fallback].filter((server) => !known.has(server)));
  for (const server of missing) complain(context, names.unknownName, at, { what: `server of ${name}`, name: server, nearest: undefined }, strategyAt);
}
