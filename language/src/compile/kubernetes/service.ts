/** The Services of an elastic backend and its PodDisruptionBudget. */
import type { Backend, DisruptionLimit } from "../../model/policy.ts";
import { affinityNearest, algorithmIgnored, budgetSelectorGuessed, connectionsUnlimited, portMissing, retryIgnored } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ, metadataOf, namespaceOf, selectorOf } from "./context.ts";
import type { Context } from "./context.ts";
import { kubernetesName } from "./names.ts";
import { present } from "./object.ts";
import type { Emission, JsonObject } from "./object.ts";
import { applicationProtocol, portName, transport } from "./port.ts";

/** The longest time for which a Service keeps a client at a member. */
const longestAffinitySeconds = 86_400;
/** What Kubernetes itself takes where nothing is said. */
const defaultAffinitySeconds = 10_800;

/** The Service that clients use and the headless one in which proxies find one address per member. */
export function servicesOf(context: Context, backend: Backend): readonly Emission[] {
  const workload = backend.workload;
  if (workload === undefined || workload.existing !== undefined) return [];
  const port = workload.port;
  if (port === undefined) {
    differ(context, portMissing, "information", `${callBackend(backend)}: Service`, workload.origin, { name: callBackend(backend) });
    return [];
  }
  sayWhatServicesIgnore(context, backend);
  const selector = selectorOf(backend);
  const ports = [present({
    name: portName(backend.protocol), port, targetPort: portName(backend.protocol), protocol: transport(backend.protocol),
    appProtocol: applicationProtocol(backend.protocol),
  })];
  const namespace = namespaceOf(context.target, backend);
  return [
    {
      manifest: {
        apiVersion: "v1",
        kind: "Service",
        metadata: metadataOf(context.target, kubernetesName(backend.name), namespace, selector),
        spec: { type: "ClusterIP", selector, ports, ...affinitySpec(context, backend) },
      },
      comment: [`${callBackend(backend)}: where clients in the cluster reach it`],
      origin: backend.origin,
      parts: [],
    },
    {
      manifest: {
        apiVersion: "v1",
        kind: "Service",
        metadata: metadataOf(context.target, headlessName(backend), namespace, selector),
        spec: { type: "ClusterIP", clusterIP: "None", selector, ports },
      },
      comment: [`${callBackend(backend)}: one DNS record per ready member, for nginx and HAProxy`],
      origin: backend.origin,
      parts: [],
    },
  ];
}

/** `NAME-pods`: the headless Service of a pool. */
export function headlessName(backend: Backend): string {
  return kubernetesName(`${backend.name}-pods`);
}

/** `disruption` as a PodDisruptionBudget; for somebody else's workload only where it was written. */
export function disruptionBudgetOf(context: Context, backend: Backend): Emission | undefined {
  const workload = backend.workload;
  if (workload === undefined || (workload.existing !== undefined && !workload.disruptionGiven)) return undefined;
  return {
    manifest: {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: metadataOf(context.target, kubernetesName(backend.name), namespaceOf(context.target, backend), selectorOf(backend)),
      spec: {
        maxUnavailable: maxUnavailable(workload.disruption),
        selector: { matchLabels: budgetSelector(context, backend) },
        // A member that is broken anyway must not keep a node from being drained.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    comment: [`${callBackend(backend)}: how many members may be away at once (disruption)`],
    origin: workload.origin,
    parts: [],
  };
}

/** Somebody else's pods are found by the labels that the policy names for them, or by the common label and the object's name. */
function budgetSelector(context: Context, backend: Backend): JsonObject {
  const workload = backend.workload;
  if (workload?.existing === undefined) return selectorOf(backend);
  if (workload.labels.length > 0) return Object.fromEntries(workload.labels);
  const guess = { "app.kubernetes.io/name": workload.existing.name };
  differ(context, budgetSelectorGuessed, "nearest", `${callBackend(backend)}: disruption`, workload.origin, { name: callBackend(backend), label: `app.kubernetes.io/name: ${workload.existing.name}` });
  return guess;
}

function maxUnavailable(limit: DisruptionLimit): number | string {
  return "count" in limit ? limit.count : `${Math.round(limit.fraction * 100)}%`;
}

/** Clients stay with a member only by their address. */
export function affinitySpec(context: Context, backend: Backend): JsonObject {
  const { affinity, algorithm } = backend.strategy;
  const stays = (seconds: number): JsonObject => ({ sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: seconds } } });
  if (affinity?.kind === "cookie") {
    const seconds = Math.max(1, Math.min(longestAffinitySeconds, Math.ceil(affinity.ttlSeconds)));
    if (context.target.balancer === "none") {
      differ(context, affinityNearest, "nearest", `${callBackend(backend)}: affinity`, affinity.origin, { affinity: `affinity cookie "${affinity.name}"`, seconds });
      return stays(seconds);
    }
    return {};
  }
  return affinity?.kind === "ip" || algorithm.kind === "ip_hash" ? stays(defaultAffinitySeconds) : {};
}

/** Whatever a Service cannot do holds where a balancer of ours stands in front, and is said where none does. */
export function sayWhatServicesIgnore(context: Context, backend: Backend): void {
  if (context.target.balancer !== "none") return;
  const { algorithm, retry, origin } = backend.strategy;
  const name = callBackend(backend);
  if (!["round_robin", "random", "ip_hash"].includes(algorithm.kind)) {
    differ(context, algorithmIgnored, "dropped", `${name}: balance`, origin ?? backend.origin, { algorithm: algorithm.kind });
  }
  if (retry.origin !== undefined) differ(context, retryIgnored, "dropped", `${name}: retry`, retry.origin, { name });
  const limited = [backend.replica, ...backend.servers].find((member) => member?.maxConnections !== undefined);
  if (limited !== undefined) differ(context, connectionsUnlimited, "dropped", `${name}: max_connections`, limited.origin, { name, limit: `max_connections ${limited.maxConnections}` });
}
