/** One sync of a horizontal autoscaler: from what each metric asks for to the size it writes. */
import type { ScalingRules } from "./behavior.ts";
import { limitedByBehavior, limitedWithoutBehavior, noEvents, withEvent, type LimitReason, type Range, type ScaleEvents } from "./rate-limits.ts";
import { stabilizedByBehavior, stabilizedWithoutBehavior, type Recommendation } from "./stabilization.ts";

/** What the controller remembers of one autoscaler. A fresh one has no log. */
export interface AutoscalerMemory {
  readonly recommendations?: readonly Recommendation[];
  readonly events: ScaleEvents;
}

export const freshMemory: AutoscalerMemory = { events: noEvents };

/** "No behavior" and "with behavior" are two machines. */
export type Shaping =
  | { readonly kind: "behavior"; readonly up: ScalingRules; readonly down: ScalingRules }
  | { readonly kind: "none"; readonly downscaleStabilizationSeconds: number; readonly scaleUpLimitFactor: number };

export const plainShaping: Shaping = { kind: "none", downscaleStabilizationSeconds: 300, scaleUpLimitFactor: 2 };

export interface SyncResult {
  readonly replicas: number;
  readonly memory: AutoscalerMemory;
  /** What happened: nothing at all, a bound enforced without a look at metrics, or metrics followed. */
  readonly kind: "disabled" | "bounds" | "failed" | "metrics";
  /** Set where metrics were followed: the largest proposal, and what the windows left of it. */
  readonly recommended?: number;
  readonly stabilized?: number;
  readonly reason?: LimitReason;
}

/**
 * @param proposals what each metric asks for; undefined where it failed
 * @param now seconds on any clock that the memory shares
 */
export function syncAutoscaler(memory: AutoscalerMemory, current: number, range: Range, proposals: readonly (number | undefined)[], shaping: Shaping, now: number): SyncResult {
  const known: AutoscalerMemory = memory.recommendations === undefined ? { ...memory, recommendations: [{ replicas: current, at: now }] } : memory;
  if (current === 0 && range.min !== 0) return { kind: "disabled", replicas: current, memory: known };
  if (current > range.max || current < range.min) {
    const replicas = current > range.max ? range.max : range.min;
    return { kind: "bounds", replicas, memory: remembered(known, current, replicas, shaping, now) };
  }
  const recommended = largest(proposals, current);
  if (recommended === undefined) return { kind: "failed", replicas: current, memory: known };
  const settled = normalizedReplicas(known, current, recommended, range, shaping, now);
  return {
    kind: "metrics",
    replicas: settled.replicas,
    memory: remembered(settled.memory, current, settled.replicas, shaping, now),
    recommended,
    stabilized: settled.stabilized,
    reason: settled.reason,
  };
}

/** The windows, then the limits; the recommendation goes to the log. */
export function normalizedReplicas(
  memory: AutoscalerMemory,
  current: number,
  desired: number,
  range: Range,
  shaping: Shaping,
  now: number,
): { readonly replicas: number; readonly stabilized: number; readonly reason: LimitReason; readonly memory: AutoscalerMemory } {
  const log = memory.recommendations ?? [];
  if (shaping.kind === "none") {
    const stabilized = stabilizedWithoutBehavior(log, desired, shaping.downscaleStabilizationSeconds, now);
    const limited = limitedWithoutBehavior(current, stabilized.replicas, range, shaping.scaleUpLimitFactor);
    return { replicas: limited.replicas, reason: limited.reason, stabilized: stabilized.replicas, memory: { events: memory.events, recommendations: stabilized.log } };
  }
  const { up, down } = shaping;
  const stabilized = stabilizedByBehavior(log, current, desired, up.stabilizationWindowSeconds, down.stabilizationWindowSeconds, now);
  const limited = limitedByBehavior(current, stabilized.replicas, range, up, down, memory.events, now);
  return { replicas: limited.replicas, reason: limited.reason, stabilized: stabilized.replicas, memory: { events: memory.events, recommendations: stabilized.log } };
}

/** The memory after a change of the size: events are kept only where a `behavior` will ask for them. */
export function remembered(memory: AutoscalerMemory, from: number, to: number, shaping: Shaping, now: number): AutoscalerMemory {
  if (shaping.kind === "none" || from === to) return memory;
  const { events } = memory;
  return to > from
    ? { ...memory, events: { ...events, up: withEvent(events.up, to - from, shaping.up, now) } }
    : { ...memory, events: { ...events, down: withEvent(events.down, from - to, shaping.down, now) } };
}

/** The largest proposal; undefined where all failed, or some failed and the rest would shrink the pool. */
function largest(proposals: readonly (number | undefined)[], current: number): number | undefined {
  let most: number | undefined;
  let hasFailed = false;
  for (const proposal of proposals) {
    if (proposal === undefined) hasFailed = true;
    else if (most === undefined || proposal > most) most = proposal;
  }
  return hasFailed && most !== undefined && most < current ? undefined : most;
}
