/** KEDA's ScaledObject of a pool, in the place of the HorizontalPodAutoscaler. */
import type { Backend, Scale } from "../../model/policy.ts";
import { activeOperator, kedaMetricUnreadable, wakingMissing } from "../../diagnostics/targets-kubernetes.ts";
import { autoscalerComment } from "./autoscaler-comment.ts";
import { behaviorSpec } from "./behavior.ts";
import { callBackend, metadataOf, namespaceOf, refuse, selectorOf } from "./context.ts";
import type { Context } from "./context.ts";
import { cronTriggersOf } from "./cron-triggers.ts";
import { plain } from "./metrics.ts";
import type { Watched } from "./metrics.ts";
import { kubernetesName } from "./names.ts";
import { present } from "./object.ts";
import type { Emission, JsonObject } from "./object.ts";
import { callMetric } from "./rules.ts";
import { scalingOf } from "./scaling.ts";
import { workloadReference } from "./workload-reference.ts";

/** A figure that no pool reaches: the trigger is there to wake the pool, not to size it. */
const never = "1000000000";

export function scaledObjectOf(context: Context, backend: Backend, scale: Scale): Emission | undefined {
  const scaling = scale.thresholds.length === 0 ? undefined : scalingOf(context, backend, scale);
  const metricTriggers = triggersOf(context, scale, scaling?.watched ?? []);
  const cronTriggers = context.target.schedules === "keda" ? cronTriggersOf(context, backend, scale) : [];
  const triggers = [...metricTriggers, ...cronTriggers];
  if (triggers.length === 0) return undefined;
  if (scale.min === 0 && triggers.every(({ type }) => type === "cpu" || type === "memory")) refuse(context, wakingMissing, scale.origin, { name: callBackend(backend) });
  return {
    manifest: {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: metadataOf(context.target, kubernetesName(backend.name), namespaceOf(context.target, backend), selectorOf(backend)),
      spec: present({
        scaleTargetRef: workloadReference(backend),
        pollingInterval: context.target.pollSeconds === undefined ? undefined : Math.max(1, Math.round(context.target.pollSeconds)),
        cooldownPeriod: scale.min === 0 ? Math.round(scale.idleSeconds) : undefined,
        minReplicaCount: scale.min,
        maxReplicaCount: scale.max,
        fallback: scale.fallback === undefined ? undefined : { failureThreshold: scale.fallback.afterFailures, replicas: scale.fallback.replicas },
        advanced: { horizontalPodAutoscalerConfig: { behavior: behaviorSpec(context, backend, scaling?.behavior ?? scale.behavior) } },
        triggers,
      }),
    },
    comment: autoscalerComment(backend, scale),
    origin: scale.origin,
    parts: (scaling?.watched ?? []).slice(0, metricTriggers.length).map((watched, i) => [`/spec/triggers/${i}`, watched.origin] as const),
  };
}

export interface Trigger extends JsonObject {
  readonly type: string;
}

function triggersOf(context: Context, scale: Scale, watched: readonly Watched[]): readonly Trigger[] {
  const triggers: Trigger[] = [];
  const { active } = scale;
  if (active !== undefined && active.operator !== ">") refuse(context, activeOperator, active.origin, { operator: active.operator });
  let isWoken = false;
  for (const one of watched) {
    const wakes = active !== undefined && JSON.stringify(nameOf(one.reference)) === JSON.stringify(nameOf(active.metric));
    const trigger = triggerOf(one, wakes ? plain(active.value) : undefined);
    if (trigger === undefined) refuse(context, kedaMetricUnreadable, one.origin, { metric: callMetric(one.reference) });
    else triggers.push(trigger);
    if (wakes) isWoken = true;
  }
  if (active !== undefined && !isWoken) {
    const trigger = prometheusTrigger(active.metric, "AverageValue", never, plain(active.value));
    if (trigger === undefined) refuse(context, kedaMetricUnreadable, active.origin, { metric: callMetric(active.metric) });
    else triggers.push(trigger);
  }
  return triggers;
}

function nameOf(reference: Watched["reference"]): readonly string[] {
  return [reference.kind, reference.kind === "declared" ? reference.metric.name : reference.name];
}

function triggerOf(watched: Watched, activation: string | undefined): Trigger | undefined {
  if (watched.source === "Resource") {
    return { type: watched.name, metricType: "Utilization", metadata: { value: String(watched.amount) } };
  }
  // A query about members gives their average already, so it is compared as it is.
  const metricType = watched.source === "Pods" ? "Value" : watched.target;
  return prometheusTrigger(watched.reference, metricType, plain(watched.amount), activation);
}

function prometheusTrigger(reference: Watched["reference"], metricType: string, threshold: string, activation: string | undefined): Trigger | undefined {
  if (reference.kind !== "declared" || reference.metric.prometheus === undefined || reference.metric.query === undefined) return undefined;
  const { url, auth } = reference.metric.prometheus;
  return {
    type: "prometheus",
    name: kubernetesName(reference.metric.name),
    metricType,
    metadata: present({ serverAddress: url, query: reference.metric.query, threshold, activationThreshold: activation }),
    ...(auth === undefined ? {} : { authenticationRef: { name: auth } }),
  };
}
