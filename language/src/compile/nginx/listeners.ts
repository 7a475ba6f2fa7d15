/** `listen` lines, certificates, and the servers that refuse unknown hosts. */
import { cleartextHttp2Only, http2Shared, secretNeedsKubernetes } from "../../diagnostics/targets-balancers.ts";
import type { Listener, Service } from "../../model/service.ts";
import { strongCiphers } from "../emit/ciphers.ts";
import { listenKey, servicesByListener } from "../emit/services.ts";
import { literal } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { has, sharedPart } from "./context.ts";
import type { Node } from "./tree.ts";
import { block, comment, simple } from "./tree.ts";

export interface Sockets {
  /** The `listen` lines of some of a service's listeners. */
  readonly listenNodes: (service: Service, listeners: readonly Listener[]) => readonly Node[];
  /** Servers for hosts that no service has. */
  readonly refusals: () => readonly Node[];
}

/** Who shares which socket; `services` are those of the http layer. */
export function socketsOf(context: NginxContext, services: readonly Service[]): Sockets {
  const sharing = servicesByListener(services);
  const given = new Set<string>();
  return {
    listenNodes: (service, listeners) => unique(listeners).map((listener) => {
      const key = listenKey(listener);
      const others = sharing.get(key) ?? [];
      const isDefault = service.hosts.length === 0 && others.length > 1 && !given.has(key);
      if (isDefault) given.add(key);
      noteHttp2(context, service, listener, others.map((other) => other.listener));
      return listenDirective(context, listener, isDefault);
    }),
    refusals: () => [...sharing].flatMap(([, entries]): readonly Node[] => {
      const first = entries[0];
      if (first === undefined || entries.some(({ service }) => service.hosts.length === 0)) return [];
      return [
        comment("a host that no service has"),
        block("server", [], [
          listenDirective(context, first.listener, true),
          simple("server_name", [literal("_")]),
          ...http2Nodes(context, [first.listener]),
          ...certificateNodes(context, first.listener),
          ...(context.target.emit !== "all" && entries.some(({ service }) => service.routes.length > 0) ? [simple("merge_slashes", [literal("off")])] : []),
          simple("return", [literal("421")]),
        ], first.service.origin),
      ];
    }),
  };
}

function unique(listeners: readonly Listener[]): readonly Listener[] {
  const keys = new Set<string>();
  return listeners.filter((listener) => {
    const isNew = !keys.has(listenKey(listener));
    keys.add(listenKey(listener));
    return isNew;
  });
}

function listenDirective(context: NginxContext, listener: Listener, isDefault: boolean): Node {
  const words = [
    listenText(listener),
    ...(isDefault ? ["default_server"] : []),
    ...(listener.tls === undefined ? [] : ["ssl"]),
    ...(listener.http2 && !has(context, "1.25.1") ? ["http2"] : []),
  ];
  return simple("listen", words.map(literal), listener.origin);
}

/** `8080` for every address, as nginx writes it. */
export function listenText(listener: Listener): string {
  return listenKey(listener).replace(/^\*:/, "");
}

function noteHttp2(context: NginxContext, service: Service, listener: Listener, sharing: readonly Listener[]): void {
  const construct = `service ${service.name}: http2`;
  if (listener.http2 && listener.tls === undefined && !has(context, "1.25.1")) {
    context.parity.differs(cleartextHttp2Only, listener.origin, { program: context.program }, construct, "nearest");
  }
  if (listener.http2 && !has(context, "1.25.1") && sharing.some((other) => !other.http2)) {
    context.parity.differs(http2Shared, listener.origin, { program: context.program, listener: listenKey(listener) }, construct, "nearest");
  }
}

/** From 1.25.1 HTTP/2 is a server's own directive, for all of its listeners. */
export function http2Nodes(context: NginxContext, listeners: readonly Listener[]): readonly Node[] {
  const listener = listeners.find((one) => one.http2);
  return listener === undefined || !has(context, "1.25.1") ? [] : [simple("http2", [literal("on")], listener.origin)];
}

/** The certificate of one listener, and what its connections need. */
export function certificateNodes(context: NginxContext, listener: Listener): readonly Node[] {
  const { tls } = listener;
  if (tls === undefined) return [];
  if (tls.kind === "secret") {
    context.parity.refuse(secretNeedsKubernetes, listener.origin, { program: context.program });
    return [];
  }
  return [
    simple("ssl_certificate", [literal(tls.certificate)], listener.origin),
    simple("ssl_certificate_key", [literal(tls.key)], listener.origin),
  ];
}

/** What all TLS listeners of `http` or `stream` have in common. */
export function tlsDefaults(context: NginxContext, zone: string): void {
  sharedPart(context, "tls", () => ({
    name: "",
    nodes: [
      comment("TLS of all listeners"),
      simple("ssl_protocols", [literal("TLSv1.2"), literal("TLSv1.3")]),
      simple("ssl_ciphers", [literal(strongCiphers)]),
      simple("ssl_prefer_server_ciphers", [literal("off")]),
      simple("ssl_session_cache", [literal(`shared:${zone}:10m`)]),
      simple("ssl_session_timeout", [literal("1d")]),
      simple("ssl_session_tickets", [literal("off")]),
    ],
  }));
}
