/** Whether a service can do for its backends what it says: http-like, tcp and udp take different statements. */
import * as names from "../diagnostics/names.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import type { Backend } from "./policy.ts";
import type { Destination, Service } from "./service.ts";

export type ServiceKind = "http" | "tcp" | "udp";

export function kindOfBackend({ protocol }: Backend): ServiceKind {
  return protocol === "tcp" || protocol === "udp" ? protocol : "http";
}

/** What the first destination speaks; http where there is none. */
export function kindOfService({ to, routes }: Pick<Service, "to" | "routes">): ServiceKind {
  const first = to[0] ?? routes.find((route) => route.to.length > 0)?.to[0];
  return first === undefined ? "http" : kindOfBackend(first.backend);
}

const allowed: Readonly<Record<"tcp" | "udp", ReadonlySet<string>>> = {
  tcp: new Set(["listen", "to", "limit", "trust_proxy", "metrics"]),
  udp: new Set(["listen", "to"]),
};

export function checkService(context: Context, service: Service, statement: Statement): void {
  const kind = kindOfService(service);
  const destinations: readonly Destination[] = [...service.to, ...service.routes.flatMap((route) => route.to)];
  for (const { backend, origin } of destinations) {
    const other = kindOfBackend(backend);
    if (other !== kind) complain(context, names.conflict, origin.nameRange ?? origin.range, { message: `${backend.name} speaks ${backend.protocol}, and the first backend of the service ${kind}: write a service of its own for it` });
  }
  if (kind !== "http") withoutRequests(context, kind, statement);
}

/** Bytes have no paths, hosts or headers. */
function withoutRequests(context: Context, kind: "tcp" | "udp", statement: Statement): void {
  const refuse = (range: Statement["keyword"], what: string): void => {
    complain(context, names.conflict, range, { message: `${what} is not for ${kind}: remove it, or use http backends` });
  };
  for (const line of statement.block?.statements ?? []) {
    const { keyword } = line.spec;
    if (!allowed[kind].has(keyword)) refuse(line.keyword, `\`${keyword}\``);
    else if (keyword === "limit" && fieldOf(line.fields, "connections") === undefined) refuse(line.keyword, "A limit of requests");
    else if (keyword === "limit") {
      const header = fieldOf(line.fields, "header");
      if (header?.word !== undefined) refuse(header.word, "A `header`");
    } else if (keyword === "listen") {
      for (const option of line.options) {
        if (option.keyword === "http2" || kind === "udp") refuse(option.range, `\`${option.keyword}\``);
      }
    }
  }
}
