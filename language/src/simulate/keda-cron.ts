/**
 * KEDA's cron trigger, as its scaler decides (pkg/scalers/cron_scaler.go): no state, only the next firing of either expression.
 * Instants are seconds since 1970-01-01T00:00Z.
 */
import { secondsPerDay } from "./calendar.ts";
import { readCron, type Cron } from "./cron.ts";
import { openZone, type Zone } from "./zoned-time.ts";

export interface CronTrigger {
  readonly timezone: string;
  readonly start: string;
  readonly end: string;
  readonly desiredReplicas: number;
}

/** Why KEDA refuses a trigger. */
export interface TriggerProblem {
  readonly problem: string;
}

/** An expression that does not fire in five years never does. */
const lastDay = 5 * 366;

/**
 * What the trigger asks for: `desiredReplicas` from each start until the next end, 0 otherwise. It is inside where the next end is not later than the next
 * start, both after now; where both fire at the same instant it counts as inside.
 */
export function cronTriggerReplicas(trigger: CronTrigger, instant: number): number | TriggerProblem {
  const { start, end, desiredReplicas, timezone } = trigger;
  if (start === end) return { problem: "its start is its end" };
  if (desiredReplicas === 0) return { problem: "it asks for 0 replicas" };
  const starts = readCron(start);
  const ends = readCron(end);
  if (starts === undefined || ends === undefined) return { problem: `\`${starts === undefined ? start : end}\` is no cron expression of five fields` };
  const zone = openZone(timezone, instant - secondsPerDay, instant + lastDay * secondsPerDay);
  if (zone === undefined) return { problem: `there is no time zone \`${timezone}\`` };
  return nextFiring(ends, zone, instant) <= nextFiring(starts, zone, instant) ? desiredReplicas : 0;
}

/** The first firing strictly after an instant; a time that the clock skips does not fire. Infinity where it never does. */
function nextFiring(cron: Cron, zone: Zone, after: number): number {
  const today = Math.floor(zone.wallAt(after) / secondsPerDay);
  for (let day = today; day <= today + lastDay; day++) {
    if (!cron.firesOn(day)) continue;
    for (const second of cron.secondsOfDay) {
      const wall = day * secondsPerDay + second;
      const at = zone.instantOf(wall);
      if (at > after && zone.wallAt(at) === wall) return at;
    }
  }
  return Infinity;
}
