/** The policy as it can be tried on this machine: what only exists where it will run is replaced by something that is here. */
import { accessSync, constants } from "node:fs";
import type { Address, Backend, Listener, ListenerTls, Policy, Service } from "../../language/src/index.ts";

/** Files of a certificate that is here, with one stem. */
export interface TrialFiles {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Members by name get a loopback address (no name is looked up), listeners an address and a port that need no rights, and certificates that are not
 * readable here the trial's own. Origins stay, so that what a program says of a line is said of the policy's line.
 */
export function trialPolicy(policy: Policy, program: "nginx" | "haproxy", files: TrialFiles): Policy {
  const ports = trialPorts(policy);
  const target = policy.targets.find((candidate) => candidate.kind === program);
  const resolver = target !== undefined && target.kind !== "kubernetes" ? target.resolver : undefined;
  const backends = new Map(policy.backends.map((backend) => [backend.name, trialBackend(backend, program, files, resolver)] as const));
  const backendOf = (backend: Backend): Backend => backends.get(backend.name) ?? trialBackend(backend, program, files, resolver);
  const destinations = (list: Service["to"]): Service["to"] => list.map((destination) => ({ ...destination, backend: backendOf(destination.backend) }));
  return {
    ...policy,
    backends: [...backends.values()],
    services: policy.services.map((service) => ({
      ...service,
      listeners: service.listeners.map((listener) => trialListener(listener, ports, program, files)),
      to: destinations(service.to),
      routes: service.routes.map((route) => ({ ...route, to: destinations(route.to) })),
      ...(service.metricsPort === undefined ? {} : { metricsPort: ports.port(service.metricsPort) }),
    })),
  };
}

interface TrialPorts {
  readonly port: (port: number) => number;
  /** Undefined for every address. */
  readonly address: (address: string | undefined) => string | undefined;
}

/** Ports below 1024 need rights, and an address of another machine cannot be bound: nginx tries both even for its check. */
function trialPorts(policy: Policy): TrialPorts {
  const listeners = policy.services.flatMap((service) => service.listeners);
  const taken = new Set([...listeners.map((listener) => listener.port), ...policy.services.flatMap((service) => service.metricsPort ?? [])]);
  const ports = new Map<number, number>();
  for (const port of [...taken].filter((one) => one < 1024)) {
    let free = 20_000 + port;
    while (taken.has(free)) free++;
    taken.add(free);
    ports.set(port, free);
  }
  const own = new Set([undefined, "0.0.0.0", "127.0.0.1"]);
  const addresses = [...new Set(listeners.map((listener) => listener.address))].filter((address) => !own.has(address));
  return {
    port: (port) => ports.get(port) ?? port,
    address: (address) => (own.has(address) || address === "::" ? address : `127.0.1.${addresses.indexOf(address) + 1}`),
  };
}

function trialListener(listener: Listener, ports: TrialPorts, program: "nginx" | "haproxy", files: TrialFiles): Listener {
  const { address, tls, ...rest } = listener;
  const at = ports.address(address);
  return {
    ...rest, port: ports.port(listener.port),
    ...(at === undefined ? {} : { address: at }),
    ...(tls === undefined ? {} : { tls: isUsable(tls, program) ? tls : { kind: "files", ...files } }),
  };
}

function isUsable(tls: ListenerTls, program: "nginx" | "haproxy"): boolean {
  if (tls.kind !== "files" || !isReadable(tls.certificate) || !isReadable(tls.key)) return false;
  // of other stems HAProxy wants a file that somebody has yet to make
  return program === "nginx" || tls.certificate.replace(/\.crt$/u, "") === tls.key.replace(/\.key$/u, "");
}

const systemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

function trialBackend(backend: Backend, program: "nginx" | "haproxy", files: TrialFiles, resolver: string | undefined): Backend {
  const { tls } = backend;
  const isSecure = backend.protocol === "https" || backend.protocol === "grpcs";
  const authority = tls?.ca ?? (program === "nginx" ? systemAuthorities : undefined);
  const ca = authority === undefined || isReadable(authority) ? tls?.ca : files.certificate;
  const own = tls?.certificate === undefined ? {} : isReadable(tls.certificate) && (tls.key === undefined || isReadable(tls.key)) ? { certificate: tls.certificate, ...(tls.key === undefined ? {} : { key: tls.key }) } : files;
  return {
    ...backend,
    servers: backend.servers.map((server) => ({ ...server, address: trialAddress(server.address) })),
    ...poolAddress(backend, resolver),
    ...(isSecure ? { tls: { verify: tls?.verify ?? true, ...(tls?.name === undefined ? {} : { name: tls.name }), ...(ca === undefined ? {} : { ca }), ...own, ...(tls?.origin === undefined ? {} : { origin: tls.origin }) } } : {}),
  };
}

/** A pool that is looked up while the program runs stays as it is; at its start no name is looked up here. */
function poolAddress(backend: Backend, resolver: string | undefined): { readonly address?: Address } {
  const port = backend.workload?.port;
  const { address } = backend;
  if (resolver !== undefined || backend.servers.length > 0) return address === undefined ? {} : { address };
  if (address !== undefined) return { address: trialAddress(address) };
  return port === undefined ? {} : { address: { kind: "ipv4", host: "127.0.0.1", port } };
}

function trialAddress(address: Address): Address {
  return address.kind === "host" ? { kind: "ipv4", host: "127.0.0.1", port: address.port } : address;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
