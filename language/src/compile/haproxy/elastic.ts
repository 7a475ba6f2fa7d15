/** Pools whose members come and go: slots that are filled from DNS. compile.md, "Elastic backend". */
import { elasticNeedsAddress, elasticNeedsResolver, elasticResolvedAtStart } from "../../diagnostics/targets-balancers.ts";
import type { Backend } from "../../model/policy.ts";
import { addressText } from "../../model/policy.ts";
import { serviceAddress } from "../emit/elastic-address.ts";
import { serverAddress } from "./address.ts";
import type { HaproxyContext } from "./context.ts";
import type { Section, TableRow } from "./sections.ts";
import { line } from "./sections.ts";
import { word, words } from "./words.ts";

export const resolversName = "lb_dns";

export function elasticRows(context: HaproxyContext, backend: Backend): readonly TableRow[] {
  const { program, parity, target } = context;
  const address = serviceAddress(context.policy, backend, target.resolver === undefined ? "service" : "members");
  if (address === undefined) {
    parity.refuse(elasticNeedsAddress, backend.origin, { program, name: backend.name });
    return [];
  }
  const most = backend.replica?.maxConnections;
  const limit = most === undefined ? [] : words(`maxconn ${most}`);
  if (address.kind !== "host") {
    return [{ columns: [word("server"), word(backend.name), serverAddress(address), ...limit], origin: backend.origin }];
  }
  if (target.resolver !== undefined) {
    const slots = Math.max(1, backend.scale?.max ?? 1);
    return [{ columns: [word("server-template"), word(`${backend.name}-`), word(String(slots)), serverAddress(address), ...limit, ...words(`resolvers ${resolversName} init-addr none`)], origin: backend.origin }];
  }
  if (target.emit !== "backends" && context.policy.services.length > 0) {
    parity.refuse(elasticNeedsResolver, backend.origin, { program, name: backend.name, target: "haproxy" });
  } else {
    parity.differs(elasticResolvedAtStart, backend.origin, { program, address: addressText(address) }, `backend ${backend.name}: elastic pool`, "nearest");
  }
  return [{ columns: [word("server"), word(backend.name), serverAddress(address), ...limit, ...words("init-addr last,libc,none")], origin: backend.origin }];
}

/** The name server of the target, port 53 unless told. */
export function resolversSection(context: HaproxyContext): Section | undefined {
  const { resolver } = context.target;
  if (resolver === undefined) return undefined;
  const hasPort = /^(?:[\d.]+|\[[^\]]*\]):\d+$/.test(resolver);
  return {
    title: words(`resolvers ${resolversName}`),
    comment: undefined,
    lines: [
      line([...words("nameserver dns"), word(hasPort ? resolver : `${resolver}:53`)], context.target.origin),
      line(words("accepted_payload_size 8192"), context.target.origin),
      line(words("hold valid 10s"), context.target.origin),
    ],
    origin: context.target.origin,
  };
}
