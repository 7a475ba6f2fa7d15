/** Windows that keep the size from following every dip. Source: pkg/controller/podautoscaler/horizontal.go. */
import { replaced } from "./rate-limits.ts";

/** What a sync asked for, before windows and limits. */
export interface Recommendation {
  readonly replicas: number;
  readonly at: number;
}

export interface Stabilized {
  readonly replicas: number;
  readonly log: readonly Recommendation[];
}

/** Without a `behavior`: the largest recommendation of the window, its edge included. */
export function stabilizedWithoutBehavior(log: readonly Recommendation[], desired: number, windowSeconds: number, now: number): Stabilized {
  let replicas = desired;
  let old = -1;
  for (const [index, entry] of log.entries()) {
    if (now - entry.at > windowSeconds) old = index;
    else replicas = Math.max(replicas, entry.replicas);
  }
  return { replicas, log: replaced(log, old, { replicas: desired, at: now }) };
}

/** With a `behavior`: the present size, moved only as far as every recommendation of the direction's window agrees; edges excluded. */
export function stabilizedByBehavior(
  log: readonly Recommendation[],
  current: number,
  desired: number,
  upWindowSeconds: number,
  downWindowSeconds: number,
  now: number,
): Stabilized {
  let least = desired;
  let most = desired;
  let old = -1;
  let index = 0;
  for (const entry of log) {
    const age = now - entry.at;
    if (age < upWindowSeconds && entry.replicas < least) least = entry.replicas;
    if (age < downWindowSeconds && entry.replicas > most) most = entry.replicas;
    if (age > upWindowSeconds && age > downWindowSeconds) old = index;
    index += 1;
  }
  return { replicas: Math.min(Math.max(current, least), most), log: replaced(log, old, { replicas: desired, at: now }) };
}
