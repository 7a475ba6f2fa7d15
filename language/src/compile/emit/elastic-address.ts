/** Where a balancer finds an elastic pool: the address that the policy gives, else its Kubernetes Service. */
import type { Address, Backend, Policy } from "../../model/policy.ts";
import { kubernetesName } from "../kubernetes/names.ts";

/** `members`: the headless Service, one record per member. Undefined without a port, and with somebody else's workload. */
export function serviceAddress(policy: Policy, backend: Backend, reach: "members" | "service"): Address | undefined {
  if (backend.address !== undefined) return backend.address;
  const workload = backend.workload;
  if (workload?.port === undefined || workload.existing !== undefined) return undefined;
  const target = policy.targets.find((candidate) => candidate.kind === "kubernetes");
  const namespace = workload.namespace ?? (target?.kind === "kubernetes" ? target.namespace : undefined) ?? "default";
  // As the Kubernetes compiler names the Services: cut, with a hash, where they would be too long.
  const name = kubernetesName(reach === "members" ? `${backend.name}-pods` : backend.name);
  return { kind: "host", host: `${name}.${namespace}.svc.cluster.local`, port: workload.port };
}
