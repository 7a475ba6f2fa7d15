/** How far one sync may go. Source: pkg/controller/podautoscaler/horizontal.go. Ages and times in seconds. */
import type { ScalingRules } from "./behavior.ts";

export interface ScaleEvent {
  /** Members, positive in both logs. */
  readonly change: number;
  readonly at: number;
  /** No longer inside the longest period: its slot may be used again. */
  readonly outdated: boolean;
}

/** Changes that the autoscaler made, by direction. */
export interface ScaleEvents {
  readonly up: readonly ScaleEvent[];
  readonly down: readonly ScaleEvent[];
}

export const noEvents: ScaleEvents = { up: [], down: [] };

export type LimitReason = "DesiredWithinRange" | "ScaleUpLimit" | "ScaleDownLimit" | "TooManyReplicas" | "TooFewReplicas";

export interface Limited {
  readonly replicas: number;
  readonly reason: LimitReason;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The largest size that the up policies allow now. */
export function scaleUpLimit(current: number, events: ScaleEvents, rules: ScalingRules, now: number): number {
  if (rules.selectPolicy === "Disabled") return current;
  const limits = rules.policies.map((policy) => {
    const start = periodStart(current, events, policy.periodSeconds, now);
    return policy.type === "Pods" ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  return rules.selectPolicy === "Min" ? Math.min(...limits) : Math.max(...limits);
}

/** The smallest size that the down policies allow now. */
export function scaleDownLimit(current: number, events: ScaleEvents, rules: ScalingRules, now: number): number {
  if (rules.selectPolicy === "Disabled") return current;
  const limits = rules.policies.map((policy) => {
    const start = periodStart(current, events, policy.periodSeconds, now);
    return policy.type === "Pods" ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  return rules.selectPolicy === "Min" ? Math.max(...limits) : Math.min(...limits);
}

/** With a `behavior`: no further than the policies and the bounds allow. */
export function limitedByBehavior(current: number, desired: number, range: Range, up: ScalingRules, down: ScalingRules, events: ScaleEvents, now: number): Limited {
  if (desired > current) {
    const limit = Math.max(current, scaleUpLimit(current, events, up, now));
    const most = Math.min(range.max, limit);
    if (desired > most) return { replicas: most, reason: range.max > limit ? "ScaleUpLimit" : "TooManyReplicas" };
  } else if (desired < current) {
    const limit = Math.min(current, scaleDownLimit(current, events, down, now));
    const least = Math.max(range.min, limit);
    if (desired < least) return { replicas: least, reason: range.min < limit ? "ScaleDownLimit" : "TooFewReplicas" };
  }
  return { replicas: desired, reason: "DesiredWithinRange" };
}

/** Without a `behavior`: at most twice the size, or `scaleUpLimitMinimum`. Down there is no limit. */
export function limitedWithoutBehavior(current: number, desired: number, range: Range, scaleUpLimitFactor = 2, scaleUpLimitMinimum = 4): Limited {
  const limit = Math.max(Math.trunc(scaleUpLimitFactor * current), scaleUpLimitMinimum);
  const most = Math.min(range.max, limit);
  if (desired < range.min) return { replicas: range.min, reason: "TooFewReplicas" };
  if (desired > most) return { replicas: most, reason: range.max > limit ? "ScaleUpLimit" : "TooManyReplicas" };
  return { replicas: desired, reason: "DesiredWithinRange" };
}

/** Members changed by events younger than the period. */
export function changeWithin(events: readonly ScaleEvent[], periodSeconds: number, now: number): number {
  let change = 0;
  for (const event of events) if (now - event.at < periodSeconds) change += event.change;
  return change;
}

/** The log with one more change; the last slot that lies outside the longest period is used again. */
export function withEvent(events: readonly ScaleEvent[], change: number, rules: ScalingRules, now: number): readonly ScaleEvent[] {
  const longest = rules.policies.reduce((most, policy) => Math.max(most, policy.periodSeconds), 0);
  const marked = events.map((event) => (now - event.at > longest && !event.outdated ? { ...event, outdated: true } : event));
  return replaced(marked, marked.findLastIndex((event) => event.outdated), { change, at: now, outdated: false });
}

/** The list with `item` at `index`, or behind the last where the index is negative. */
export function replaced<T>(list: readonly T[], index: number, item: T): readonly T[] {
  const copy = list.slice();
  copy[index < 0 ? copy.length : index] = item;
  return copy;
}

/** The size before the events of the period, of both directions. */
function periodStart(current: number, events: ScaleEvents, periodSeconds: number, now: number): number {
  return current - changeWithin(events.up, periodSeconds, now) + changeWithin(events.down, periodSeconds, now);
}
