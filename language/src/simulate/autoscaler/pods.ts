/** Sorting pods by what the autoscaler may conclude from their samples. Ages are seconds before now; usage and requests in milli-units. */

export interface Pod {
  readonly name: string;
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  readonly deleted: boolean;
  /** Status of the Ready condition; null without one. */
  readonly ready: boolean | null;
  /** Age of the Ready condition's last change. */
  readonly readyChangedAgo: number | null;
  readonly startedAgo: number | null;
  /** Null without a sample. */
  readonly usage: number | null;
  readonly metricAge: number;
  readonly metricWindow: number;
  /** Null where a container has none. */
  readonly request?: number | null;
}

export interface PodGrouping {
  readonly resource: string;
  readonly cpuInitializationPeriodSeconds: number;
  readonly initialReadinessDelaySeconds: number;
}

export const defaultGrouping = { cpuInitializationPeriodSeconds: 300, initialReadinessDelaySeconds: 30 } as const;

export type PodGroup = "ready" | "unready" | "missing" | "ignored";

/**
 * Deleted and terminated pods are ignored, pending ones unready, those without a sample missing; for CPU alone a pod that is just starting, or has
 * never been ready, is unready.
 * Source: groupPods in pkg/controller/podautoscaler/replica_calculator.go.
 */
export function podGroup(pod: Pod, grouping: PodGrouping): PodGroup {
  if (pod.deleted || pod.phase === "Failed" || pod.phase === "Succeeded") return "ignored";
  if (pod.phase === "Pending") return "unready";
  if (pod.usage === null) return "missing";
  if (grouping.resource === "cpu" && isUnreadyForCpu(pod, grouping)) return "unready";
  return "ready";
}

function isUnreadyForCpu(pod: Pod, { cpuInitializationPeriodSeconds, initialReadinessDelaySeconds }: PodGrouping): boolean {
  if (pod.ready === null || pod.readyChangedAgo === null || pod.startedAgo === null) return true;
  if (pod.startedAgo < cpuInitializationPeriodSeconds) {
    // A sample whose window reaches back before the pod was ready still holds its start.
    return !pod.ready || pod.metricAge > pod.readyChangedAgo - pod.metricWindow;
  }
  return !pod.ready && pod.readyChangedAgo > pod.startedAgo - initialReadinessDelaySeconds;
}

export interface GroupedPods {
  readonly readyPodCount: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
  readonly ignored: readonly string[];
}

export function groupPods(pods: readonly Pod[], grouping: PodGrouping): GroupedPods {
  const names = (group: PodGroup) => pods.filter((pod) => podGroup(pod, grouping) === group).map((pod) => pod.name);
  return { readyPodCount: names("ready").length, unready: names("unready"), missing: names("missing"), ignored: names("ignored") };
}
