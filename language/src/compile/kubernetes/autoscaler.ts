/** The HorizontalPodAutoscaler of a pool. */
import type { Backend, Scale } from "../../model/policy.ts";
import { isAtLeast } from "../../model/target.ts";
import { kedaNeeded, kedaSchedulesWithHpa, scaleToZeroUnsupported } from "../../diagnostics/targets-kubernetes.ts";
import { autoscalerComment } from "./autoscaler-comment.ts";
import { behaviorSpec } from "./behavior.ts";
import { metadataOf, namespaceOf, refuse, selectorOf } from "./context.ts";
import type { Context } from "./context.ts";
import { metricSpec, sayWhatAdaptersServe } from "./metrics.ts";
import type { Watched } from "./metrics.ts";
import { kubernetesName } from "./names.ts";
import type { Emission } from "./object.ts";
import { scaledObjectOf } from "./scaled-object.ts";
import { scalingOf } from "./scaling.ts";
import { workloadReference } from "./workload-reference.ts";

/** What the policy says where nothing is written. */
const usualIdleSeconds = 300;

/** The HPA, or KEDA's ScaledObject in its place; undefined where no threshold moves the pool. */
export function autoscalerOf(context: Context, backend: Backend): Emission | undefined {
  const scale = backend.scale;
  if (scale === undefined || backend.workload === undefined) return undefined;
  const isKeda = context.target.autoscaler === "keda";
  if (context.target.schedules === "keda" && !isKeda) {
    refuse(context, kedaSchedulesWithHpa, context.target.origin ?? scale.origin, {});
    return undefined;
  }
  if (isKeda) return scaledObjectOf(context, backend, scale);
  if (scale.active !== undefined) refuse(context, kedaNeeded, scale.active.origin, { what: "active" });
  if (scale.fallback !== undefined) refuse(context, kedaNeeded, scale.origin, { what: "fallback" });
  if (scale.idleSeconds !== usualIdleSeconds) refuse(context, kedaNeeded, scale.origin, { what: "idle" });
  return scale.thresholds.length === 0 ? undefined : horizontalPodAutoscaler(context, backend, scale);
}

function horizontalPodAutoscaler(context: Context, backend: Backend, scale: Scale): Emission | undefined {
  const scaling = scalingOf(context, backend, scale);
  if (scaling === undefined) return undefined;
  if (scale.min === 0 && !canSleep(context, scaling.watched)) refuse(context, scaleToZeroUnsupported, scale.origin, { version: context.target.version });
  sayWhatAdaptersServe(context, backend, scaling.watched);
  return {
    manifest: {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: metadataOf(context.target, kubernetesName(backend.name), namespaceOf(context.target, backend), selectorOf(backend)),
      spec: {
        scaleTargetRef: workloadReference(backend),
        minReplicas: scale.min,
        maxReplicas: scale.max,
        metrics: scaling.watched.map(metricSpec),
        behavior: behaviorSpec(context, backend, scaling.behavior),
      },
    },
    comment: autoscalerComment(backend, scale),
    origin: scale.origin,
    parts: scaling.watched.map((watched, i) => [`/spec/metrics/${i}`, watched.origin] as const),
  };
}

/** Kubernetes scales to zero by itself from 1.37, by metrics that exist without pods. */
function canSleep(context: Context, watched: readonly Watched[]): boolean {
  return isAtLeast(context.target.version, "1.37") && watched.some((one) => one.source === "External");
}
