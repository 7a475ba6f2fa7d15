/** What every part of the Kubernetes compiler is given, and how it says what the target cannot do. */
import type { Definition } from "../../diagnostics/diagnostic.ts";
import type { Backend, Origin, Policy } from "../../model/policy.ts";
import type { LocalDate, Schedule } from "../../model/scaling.ts";
import type { KubernetesTarget } from "../../model/target.ts";
import type { Parity } from "../emit/parity.ts";
import type { ParityNote } from "../result.ts";
import { kubernetesName } from "./names.ts";
import type { JsonObject } from "./object.ts";

export interface Context {
  readonly policy: Policy;
  readonly target: KubernetesTarget;
  readonly parity: Parity;
  /** By how much a pool differs in the cluster, as the rest of a sentence; empty where nothing can be simulated. */
  readonly differenceOf: (backend: Backend, question?: DifferenceQuestion) => string;
}

/** Of all that differs (nothing given), or of the schedules alone, on the first day that shows it. */
export interface DifferenceQuestion {
  readonly on?: readonly LocalDate[];
  /** The schedules as they are compiled; those of KEDA's triggers where none are given. */
  readonly schedules?: readonly Schedule[];
}

/** A difference between the policy and the cluster: a diagnostic at the construct and a line of the parity report. */
export function differ<P>(context: Context, definition: Definition<P>, fidelity: ParityNote["fidelity"], construct: string, origin: Origin, parameters: P): void {
  context.parity.differs(definition, origin, parameters, construct, fidelity);
}

/** What cannot be compiled at all. */
export function refuse<P>(context: Context, definition: Definition<P>, origin: Origin, parameters: P): void {
  context.parity.refuse(definition, origin, parameters);
}

/** The namespace is always written, so that a manifest never lands where kubectl happens to point. */
export function namespaceOf(target: KubernetesTarget, backend?: Backend): string {
  return backend?.workload?.namespace ?? target.namespace ?? "default";
}

/** The labels by which Services, budgets and Deployments find a backend's pods. */
export function selectorOf(backend: Backend): JsonObject & Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": kubernetesName(backend.name) };
}

/** Metadata of an object of a backend (or of the policy): the target's labels and annotations, ours on top. */
export function metadataOf(target: KubernetesTarget, name: string, namespace: string, labels: Readonly<Record<string, string>>): JsonObject & { readonly name: string } {
  const annotations = Object.fromEntries(target.annotations);
  return {
    name,
    namespace,
    labels: { ...Object.fromEntries(target.labels), ...labels, "app.kubernetes.io/managed-by": "lbpolicy" },
    ...(target.annotations.length > 0 ? { annotations } : {}),
  };
}

/** `backend shop`: how comments and the parity report call a declaration. */
export function callBackend(backend: Backend): string {
  return `backend ${backend.name}`;
}
