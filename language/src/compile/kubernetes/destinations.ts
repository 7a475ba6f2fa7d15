/** Where the routes of a service lead in the cluster. */
import type { Backend } from "../../model/policy.ts";
import type { Destination, Service } from "../../model/service.ts";
import { destinationMissing } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, namespaceOf, refuse } from "./context.ts";
import type { Context } from "./context.ts";
import { kubernetesName } from "./names.ts";

export interface Reference {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  readonly weight: number;
}

/** The Services behind a split, with the smallest whole weights that keep its shares; equal parts where none is written. */
export function referencesOf(context: Context, service: Service, destinations: readonly Destination[]): readonly Reference[] {
  const parts = destinations.map((destination) => (destination.share === undefined ? 1 : Math.round(destination.share * 10_000)));
  const divisor = Math.max(1, parts.reduce(greatestCommonDivisor, 0));
  return destinations.flatMap(({ backend, origin }, i) => {
    const port = servicePort(backend);
    if (port === undefined) {
      refuse(context, destinationMissing, origin, { backend: callBackend(backend), service: service.name });
      return [];
    }
    return [{ name: kubernetesName(backend.name), namespace: namespaceOf(context.target, backend), port, weight: (parts[i] ?? 0) / divisor }];
  });
}

/** The port of a backend's Service; undefined where it has none. */
function servicePort(backend: Backend): number | undefined {
  if (backend.workload !== undefined) return backend.workload.existing === undefined ? backend.workload.port : undefined;
  const addresses = backend.servers.filter((server) => !server.backup && !server.drain && !server.down).map((server) => server.address);
  const [first] = addresses.filter((address) => address.kind !== "unix");
  return first?.port;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
