/** Members with fixed addresses: a Service without selector and the EndpointSlices that stand for them. */
import type { Address, Backend, Server } from "../../model/policy.ts";
import { externalNamePort, hostNamesUnsupported, memberLeftOut, weightsIgnored } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ, metadataOf, namespaceOf, selectorOf } from "./context.ts";
import type { Context } from "./context.ts";
import { kubernetesName } from "./names.ts";
import { present } from "./object.ts";
import type { Emission } from "./object.ts";
import { applicationProtocol, portName, transport } from "./port.ts";
import { isUsableIpv4, isUsableIpv6 } from "./reachable.ts";
import { affinitySpec, sayWhatServicesIgnore } from "./service.ts";

/** The most endpoints that one slice may hold. */
const longestSlice = 1000;

type NetworkAddress = Exclude<Address, { readonly kind: "unix" }>;

interface Reached {
  readonly server: Server;
  readonly address: NetworkAddress;
}

/** A Service with slices, an ExternalName for a single host name, or nothing where Kubernetes cannot say it. */
export function fixedObjectsOf(context: Context, backend: Backend): readonly Emission[] {
  const reached = backend.servers.flatMap((server) => reachedAs(context, backend, server));
  const [first] = reached;
  if (first === undefined) return [];
  sayWhatServicesIgnore(context, backend);
  if (new Set(reached.map(({ server }) => server.weight)).size > 1 && context.target.balancer === "none") {
    differ(context, weightsIgnored, "dropped", `${callBackend(backend)}: weight`, backend.origin, { name: callBackend(backend) });
  }
  const hosts = reached.filter(({ address }) => address.kind === "host");
  if (hosts.length === 0) return [serviceOf(context, backend, first.address.port), ...slicesOf(context, backend, reached)];
  if (reached.length === 1) return [externalName(context, backend, first)];
  differ(context, hostNamesUnsupported, "dropped", `${callBackend(backend)}: server`, hosts[0]?.server.origin ?? backend.origin, { name: callBackend(backend) });
  return [];
}

function reachedAs(context: Context, backend: Backend, server: Server): readonly Reached[] {
  const { address } = server;
  const why = reasonToLeaveOut(server);
  if (why === undefined && address.kind !== "unix") return [{ server, address }];
  differ(context, memberLeftOut, "dropped", `${callBackend(backend)}: server ${server.name}`, server.origin, { server: server.name, why: why ?? "a unix socket is on one machine only" });
  return [];
}

function reasonToLeaveOut(server: Server): string | undefined {
  const { address } = server;
  if (server.backup) return "every endpoint takes traffic, so a backup would always be in use";
  if (server.drain) return "every endpoint takes new clients, which a draining member must not";
  if (server.down) return "it is down";
  if (address.kind === "ipv4" && !isUsableIpv4(address.host)) return "Kubernetes takes no address that only one machine knows";
  if (address.kind === "ipv6" && !isUsableIpv6(address.host)) return "Kubernetes takes no address that only one machine knows";
  if (address.kind === "host" && address.host.toLowerCase() === "localhost") return "localhost is another machine for everybody";
  return undefined;
}

function serviceOf(context: Context, backend: Backend, port: number): Emission {
  return {
    manifest: {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadataOf(context.target, kubernetesName(backend.name), namespaceOf(context.target, backend), selectorOf(backend)),
      spec: {
        type: "ClusterIP",
        ports: [present({ name: portName(backend.protocol), port, targetPort: port, protocol: transport(backend.protocol), appProtocol: applicationProtocol(backend.protocol) })],
        ...affinitySpec(context, backend),
      },
    },
    comment: [`${callBackend(backend)}: where clients in the cluster reach its fixed members`],
    origin: backend.origin,
    parts: [],
  };
}

/** One per address family and port; each calls its port as the Service does, which is how the two are joined. */
function slicesOf(context: Context, backend: Backend, reached: readonly Reached[]): readonly Emission[] {
  const groups = new Map<string, Reached[]>();
  for (const one of reached) {
    const base = `${one.address.kind} ${one.address.port}`;
    let key = base;
    for (let i = 2; (groups.get(key)?.length ?? 0) >= longestSlice; i++) key = `${base} ${i}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].map(([key, members]) => {
    const name = kubernetesName(`${backend.name}-${key.replaceAll(" ", "-")}`);
    const metadata = metadataOf(context.target, name, namespaceOf(context.target, backend), {
      ...selectorOf(backend), "kubernetes.io/service-name": kubernetesName(backend.name), "endpointslice.kubernetes.io/managed-by": "lbpolicy",
    });
    return {
      manifest: {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata,
        addressType: key.startsWith("ipv6") ? "IPv6" : "IPv4",
        endpoints: members.map(({ address }) => ({ addresses: [address.host], conditions: { ready: true } })),
        ports: [present({ name: portName(backend.protocol), port: members[0]?.address.port, protocol: transport(backend.protocol), appProtocol: applicationProtocol(backend.protocol) })],
      },
      comment: [`${callBackend(backend)}: servers ${members.map(({ server }) => server.name).join(", ")}`],
      origin: backend.origin,
      parts: members.map(({ server }, i) => [`/endpoints/${i}`, server.origin] as const),
    };
  });
}

function externalName(context: Context, backend: Backend, { server, address }: Reached): Emission {
  differ(context, externalNamePort, "information", `${callBackend(backend)}: server ${server.name}`, server.origin, { host: address.host, port: address.port });
  return {
    manifest: {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadataOf(context.target, kubernetesName(backend.name), namespaceOf(context.target, backend), selectorOf(backend)),
      spec: {
        type: "ExternalName",
        externalName: address.host.toLowerCase(),
        ports: [{ name: portName(backend.protocol), port: address.port, targetPort: address.port, protocol: transport(backend.protocol) }],
      },
    },
    comment: [`${callBackend(backend)}: an alias of ${address.host}`],
    origin: server.origin,
    parts: [],
  };
}
