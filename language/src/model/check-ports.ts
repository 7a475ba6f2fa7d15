/** Several services may listen on one port: told apart by `host`, at most one without, all http, all with TLS or none. */
import * as names from "../diagnostics/names.ts";
import { checkRedirects } from "./check-redirects.ts";
import type { Context } from "./context.ts";
import { complain, removed } from "./context.ts";
import { kindOfService } from "./check-service.ts";
import type { Listener, Service } from "./service.ts";

interface Use {
  readonly service: Service;
  readonly listener: Listener;
}

/** What the services of a policy are to each other. `context`: any; complaints go to the file of the service they are about. */
export function checkTogether(context: Context, services: readonly Service[]): void {
  checkPorts(context, services);
  checkRedirects(context, services);
}

function checkPorts(context: Context, services: readonly Service[]): void {
  const sockets = new Map<string, Use[]>();
  for (const service of services) {
    const transport = kindOfService(service) === "udp" ? "udp" : "tcp";
    for (const listener of service.listeners) {
      const socket = `${transport} ${listener.address ?? "*"} ${listener.port}`;
      const uses = sockets.get(socket) ?? [];
      sockets.set(socket, uses);
      const clash = clashOf({ service, listener }, uses);
      if (clash === undefined) uses.push({ service, listener });
      else {
        const { first, message } = clash;
        const isRepeated = first.service === service && listener.tls === undefined && first.listener.tls === undefined && listener.http2 === first.listener.http2;
        complain({ ...context, file: listener.origin.file }, names.conflict, clash.range ?? listener.origin.nameRange ?? listener.origin.range, { message }, {
          related: [{ location: { file: first.listener.origin.file, range: first.listener.origin.nameRange ?? first.listener.origin.range }, message: "The first one." }],
          ...(isRepeated ? removed({ ...context, file: listener.origin.file }, listener.origin.range) : {}),
        });
      }
    }
  }
  for (const service of services) checkMetrics(context, service, sockets);
}

interface Clash {
  readonly first: Use;
  readonly message: string;
  readonly range?: { readonly start: number; readonly end: number };
}

function clashOf({ service, listener }: Use, uses: readonly Use[]): Clash | undefined {
  const { port } = listener;
  const kind = kindOfService(service);
  for (const first of uses) {
    if (first.service === service) return { first, message: `This service listens on ${port} already: keep one` };
    const other = kindOfService(first.service);
    if (kind !== other) return { first, message: `${first.service.name} listens on ${port} for ${other}, and ${kind} cannot share it: use another port` };
    if (kind !== "http") return { first, message: `${first.service.name} listens on ${port} already, and ${kind} has no \`host\` to tell them apart: use another port` };
    if ((listener.tls === undefined) !== (first.listener.tls === undefined)) {
      return { first, message: `${first.service.name} listens on ${port} ${first.listener.tls === undefined ? "without" : "with"} \`tls\`: do the same here, or use another port` };
    }
    if (service.hosts.length === 0 && first.service.hosts.length === 0) {
      return { first, message: `${first.service.name} takes every host on ${port} already: write a \`host\` in one of them` };
    }
    const shared = service.hosts.findIndex((host) => first.service.hosts.includes(host));
    if (shared >= 0) {
      const range = service.hostRanges?.[shared];
      return { first, message: `${first.service.name} takes ${service.hosts[shared] ?? ""} on ${port} already: keep it in one of them`, ...(range === undefined ? {} : { range }) };
    }
  }
  return undefined;
}

function checkMetrics(context: Context, service: Service, sockets: ReadonlyMap<string, readonly Use[]>): void {
  const { metricsPort, metricsRange } = service;
  if (metricsPort === undefined || metricsRange === undefined) return;
  const first = ["*", "127.0.0.1"].flatMap((address) => sockets.get(`tcp ${address} ${metricsPort}`) ?? [])[0];
  if (first === undefined) return;
  complain({ ...context, file: service.origin.file }, names.conflict, metricsRange, { message: `${first.service.name} listens on ${metricsPort}: give the metrics another port` });
}
