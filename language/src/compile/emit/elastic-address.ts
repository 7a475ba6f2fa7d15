/** Where a balancer finds an elastic pool: the address that the policy gives, else its Kubernetes Service. */
import type { Address, Backend, Policy } from "../../model/policy.ts";
import { kubernetesName } from "./algorithms.ts";

/** `members`: the headless Service, one record per member. Undefined without a port, and with somebody else's workload. */
export function serviceAddress(policy: Policy, backend: Backend, reach: "members" | "service"): Address | undefined {
  if (backend.address !== undefined) return backend.address;
  const workload = backend.workload;
  if (workload?.port === undefined || workload.existing !== undefined) return undefined;
  const target = policy.targets.find((candidate) => candidate.kind === "kubernetes");
  const namespace = workload.namespace ?? (target?.kind === "kubernetes" ? target.namespace : undefined) ?? "default";
  const name = kubernetesName(backend.name) + (reach === "members" ? "-pods" : "");
  return { kind: "host", host: `${name}.${namespace}.svc.cluster.local`, port: workload.port };
}
