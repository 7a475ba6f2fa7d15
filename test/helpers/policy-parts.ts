/** Resolved policies put together by hand, with the defaults of the language written out. For tests of the compilers. */
import type { Address, Backend, Origin, Policy, Server, Strategy } from "../../language/src/model/policy.ts";
import type { Destination, Listener, Route, Service } from "../../language/src/model/service.ts";
import type { Target } from "../../language/src/model/target.ts";

export const file = "policy.lbpolicy";

export function originAt(start: number, end = start + 1): Origin {
  return { file, range: { start, end } };
}

let next = 0;

/** Every part gets a place of its own, so that diagnostics are told apart. */
export function somewhere(): Origin {
  next += 10;
  return originAt(next);
}

/** `10.0.0.1:80`, `[::1]:80`, `name:80` or `unix:/path`. */
export function address(text: string): Address {
  if (text.startsWith("unix:")) return { kind: "unix", path: text.slice(5) };
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, colon);
  const port = Number(text.slice(colon + 1));
  if (host.startsWith("[")) return { kind: "ipv6", host: host.slice(1, -1), port };
  return { kind: /^[\d.]+$/.test(host) ? "ipv4" : "host", host, port };
}

export function server(name: string, at: string, more: Partial<Server> = {}): Server {
  return { name, address: address(at), weight: 1, backup: false, drain: false, down: false, variation: 1, origin: somewhere(), ...more };
}

export const oneRetry: Strategy["retry"] = { count: 1, on: ["error"], unsafe: false };

export function strategy(more: Partial<Strategy> = {}): Strategy {
  return { algorithm: { kind: "round_robin" }, retry: oneRetry, ...more };
}

export function backend(name: string, servers: readonly Server[], more: Partial<Backend> = {}): Backend {
  return {
    name,
    servers,
    strategy: strategy(),
    passiveHealth: { fall: 3, seconds: 10 },
    protocol: "http",
    timeouts: { connectSeconds: 5, readSeconds: 60, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 },
    keepalive: Math.max(16, 2 * servers.length),
    stream: false,
    origin: somewhere(),
    ...more,
  };
}

export function destination(to: Backend, share?: number): Destination {
  return { backend: to, origin: somewhere(), ...(share === undefined ? {} : { share }) };
}

/** `127.0.0.1:8080`, or a port on every address. */
export function listener(at: string | number, more: Partial<Listener> = {}): Listener {
  if (typeof at === "number") return { port: at, http2: false, origin: somewhere(), ...more };
  const colon = at.lastIndexOf(":");
  return { address: at.slice(0, colon), port: Number(at.slice(colon + 1)), http2: false, origin: somewhere(), ...more };
}

export function route(path: string, to: readonly Destination[], more: Partial<Route> = {}): Route {
  return { path, match: "prefix", to, origin: somewhere(), ...more };
}

export function service(name: string, listeners: readonly Listener[], more: Partial<Service> = {}): Service {
  return { name, listeners, hosts: [], to: [], routes: [], limits: [], compress: false, headers: [], trustProxies: [], origin: somewhere(), ...more };
}

export function policy(backends: readonly Backend[], services: readonly Service[], targets: readonly Target[] = []): Policy {
  return { backends, services, targets, strategies: [], metrics: [], thresholds: [], schedules: [], traffics: [], scenarios: [] };
}
