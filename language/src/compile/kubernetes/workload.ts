/** The Deployment that runs the members of an elastic backend. */
import type { Backend, EnvironmentVariable, QuantityRange, Workload } from "../../model/policy.ts";
import { isAtLeast } from "../../model/target.ts";
import { imageMissing, nameUnusable, reservedLabel, slowStartNearest } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ, metadataOf, namespaceOf, refuse, selectorOf } from "./context.ts";
import type { Context } from "./context.ts";
import { isServiceName, kubernetesName } from "./names.ts";
import { present } from "./object.ts";
import type { Emission, Json, JsonObject } from "./object.ts";
import { portName } from "./port.ts";
import { probesOf } from "./probes.ts";
import { decimalQuantity, sizeQuantity } from "../../text/kubernetes-quantity.ts";

/** How long a member still takes requests after its removal was announced: proxies and kube-proxy learn of it meanwhile. */
export const drainSeconds = 15;

/** The Deployment, or undefined where the backend has no workload of its own. */
export function deploymentOf(context: Context, backend: Backend, number: "here" | "elsewhere"): Emission | undefined {
  const workload = backend.workload;
  if (workload === undefined || workload.existing !== undefined) return undefined;
  if (workload.image === undefined) {
    refuse(context, imageMissing, workload.origin, { name: callBackend(backend) });
    return undefined;
  }
  const name = kubernetesName(backend.name);
  if (!isServiceName(name)) refuse(context, nameUnusable, backend.origin, { name: callBackend(backend), derived: name });
  const selector = selectorOf(backend);
  const minReadySeconds = Math.ceil(backend.strategy.slowStartSeconds ?? 0);
  if (minReadySeconds > 0) differ(context, slowStartNearest, "nearest", `${callBackend(backend)}: slow_start`, backend.strategy.origin ?? backend.origin, { seconds: minReadySeconds });
  const replicas = fixedReplicas(backend, number);
  return {
    manifest: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadataOf(context.target, name, namespaceOf(context.target, backend), selector),
      spec: present({
        replicas,
        revisionHistoryLimit: 3,
        minReadySeconds: minReadySeconds > 0 ? minReadySeconds : undefined,
        progressDeadlineSeconds: Math.max(600, minReadySeconds + 2 * Math.ceil(workload.startupSeconds) + 60),
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
        selector: { matchLabels: selector },
        template: {
          metadata: present({
            labels: { ...podLabels(context, workload), ...selector },
            annotations: workload.annotations.length > 0 ? Object.fromEntries(workload.annotations) : undefined,
          }),
          spec: podSpec(context, backend, workload, workload.image),
        },
      }),
    },
    comment: [`${callBackend(backend)}: what runs for a member`, ...(replicas === undefined ? ["No replicas: the autoscaler or the schedule owns the number."] : [])],
    origin: workload.origin,
    parts: [
      ...(backend.strategy.slowStartSeconds !== undefined && backend.strategy.origin !== undefined ? [["/spec/minReadySeconds", backend.strategy.origin] as const] : []),
      ...(backend.health === undefined ? [] : ["readinessProbe", "livenessProbe", "startupProbe"].map((probe) => [`/spec/template/spec/containers/0/${probe}`, backend.health?.origin ?? workload.origin] as const)),
      ...(backend.timeouts.origin === undefined ? [] : [["/spec/template/spec/terminationGracePeriodSeconds", backend.timeouts.origin] as const]),
    ],
  };
}

/** The number of replicas that the manifest itself holds, where nothing else sets it. */
function fixedReplicas(backend: Backend, number: "here" | "elsewhere"): number | undefined {
  return number === "elsewhere" ? undefined : (backend.scale?.min ?? 1);
}

function podLabels(context: Context, workload: Workload): JsonObject {
  const reserved = workload.labels.find(([key]) => key === "app.kubernetes.io/name");
  if (reserved !== undefined) refuse(context, reservedLabel, workload.origin, { key: reserved[0] });
  return Object.fromEntries([...context.target.labels, ...workload.labels]);
}

function podSpec(context: Context, backend: Backend, workload: Workload, image: string): JsonObject {
  return present({
    serviceAccountName: workload.serviceAccount,
    // A member that names no account has no business with the API server.
    automountServiceAccountToken: workload.serviceAccount === undefined ? false : undefined,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: graceSeconds(backend, workload),
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
      maxSkew: 1, topologyKey, whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: selectorOf(backend) },
    })),
    containers: [container(context, backend, workload, image)],
  });
}

function container(context: Context, backend: Backend, workload: Workload, image: string): JsonObject {
  const port = workload.port;
  return present({
    name: kubernetesName(backend.name),
    image,
    command: workload.command.length > 0 ? workload.command : undefined,
    ports: port === undefined ? undefined : [{ name: portName(backend.protocol), containerPort: port, protocol: backend.protocol === "udp" ? "UDP" : "TCP" }],
    env: workload.env.length > 0 ? workload.env.map(environmentVariable) : undefined,
    resources: resources(workload),
    ...probesOf(context, backend),
    lifecycle: { preStop: preStop(context) },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: present({ drop: ["ALL"], add: port !== undefined && port < 1024 ? ["NET_BIND_SERVICE"] : undefined }),
    },
  });
}

/** `sleep` needs no program in the image; Kubernetes has it switched on from 1.30. */
function preStop(context: Context): JsonObject {
  return isAtLeast(context.target.version, "1.30") ? { sleep: { seconds: drainSeconds } } : { exec: { command: ["sleep", String(drainSeconds)] } };
}

/** The pause before the signal, then whichever is longer: `shutdown`, or the longest time a request may still take. */
function graceSeconds(backend: Backend, workload: Workload): number {
  const { connectSeconds, readSeconds, sendSeconds, idleSeconds } = backend.timeouts;
  const isConnectionBased = backend.protocol === "tcp" || backend.protocol === "udp";
  const longest = Math.max(workload.shutdownSeconds, connectSeconds, readSeconds, sendSeconds, isConnectionBased ? idleSeconds : 0);
  return drainSeconds + Math.ceil(longest);
}

function environmentVariable(variable: EnvironmentVariable): Json {
  if ("value" in variable) return { name: variable.name, value: variable.value };
  const reference = { name: variable.object, key: variable.key };
  return { name: variable.name, valueFrom: variable.from === "secret" ? { secretKeyRef: reference } : { configMapKeyRef: reference } };
}

function resources(workload: Workload): JsonObject | undefined {
  const requests = amounts(workload, (range) => range.request);
  const limits = amounts(workload, (range) => range.limit);
  // Devices cannot be shared or overcommitted: the limit is what counts, and the request has to equal it.
  const gpu = workload.gpu === undefined || workload.gpu === 0 ? {} : { "nvidia.com/gpu": decimalQuantity(workload.gpu) };
  const all = present({
    requests: nonEmpty({ ...requests, ...gpu }),
    limits: nonEmpty({ ...limits, ...gpu }),
  });
  return nonEmpty(all);
}

function amounts(workload: Workload, pick: (range: QuantityRange) => number | undefined): JsonObject {
  const cpu = workload.cpu === undefined ? undefined : pick(workload.cpu);
  const memory = workload.memory === undefined ? undefined : pick(workload.memory);
  return present({ cpu: cpu === undefined ? undefined : decimalQuantity(cpu), memory: memory === undefined ? undefined : sizeQuantity(memory) });
}

function nonEmpty(fields: JsonObject): JsonObject | undefined {
  return Object.keys(fields).length > 0 ? fields : undefined;
}
