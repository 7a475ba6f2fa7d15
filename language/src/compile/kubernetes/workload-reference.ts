/** The object whose number of members an autoscaler or a schedule sets. */
import type { Backend } from "../../model/policy.ts";
import { kubernetesName } from "./names.ts";
import type { JsonObject } from "./object.ts";

export interface WorkloadReference extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** Somebody else's object where the workload exists, else the Deployment of the backend. */
export function workloadReference(backend: Backend): WorkloadReference {
  const existing = backend.workload?.existing;
  if (existing === undefined) return { apiVersion: "apps/v1", kind: "Deployment", name: kubernetesName(backend.name) };
  return { apiVersion: existing.apiVersion, kind: kindNames[existing.kind.toLowerCase()] ?? existing.kind, name: existing.name };
}

/** kubectl takes these in lower case, the API does not. */
const kindNames: Readonly<Record<string, string>> = { deployment: "Deployment", statefulset: "StatefulSet", rollout: "Rollout" };
