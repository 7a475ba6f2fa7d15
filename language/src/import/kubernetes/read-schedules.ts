/**
 * Reads CronJobs that patch bounds, and cron triggers, back to schedules. A job says what holds from its instant on, and a trigger is inside until its next
 * end, so both are followed over a span of time, and every stretch of it becomes a schedule with a beginning and an end.
 */
import type { Origin } from "../../model/policy.ts";
import type { LocalDateTime, Schedule } from "../../model/scaling.ts";
import { dateOfDay, secondsPerDay } from "../../simulate/calendar.ts";
import { readCron } from "../../simulate/cron.ts";
import type { CronTrigger } from "../../simulate/keda-cron.ts";
import { openZone } from "../../simulate/zoned-time.ts";
import { isList, isObject, valueAt } from "../../text/json.ts";
import type { Json } from "../../text/json.ts";
import { numberAt } from "./read-autoscaler.ts";

/** Seconds since 1970-01-01T00:00Z. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** How far back the last firing of a job may lie, and how far ahead the next of a trigger. */
const reachSeconds = 366 * secondsPerDay;
/** A repeated hour shows a time again this much later at most, in steps of a quarter. */
const longestRepeat = 3 * 3600;
const repeatStep = 900;

interface Change {
  readonly at: number;
  readonly min: number;
  readonly max: number;
}

/** The bounds (or the size) that the jobs of one object have set at every instant of the stretch. */
export function readScheduleJobs(manifests: readonly Json[], object: string, stretch: Stretch, origin: Origin): readonly Schedule[] {
  const changes = manifests.flatMap((manifest): readonly Change[] => {
    if (valueAt(manifest, "kind") !== "CronJob") return [];
    const set = patchOf(manifest, object);
    if (set === undefined) return [];
    return firings(String(valueAt(manifest, "spec", "schedule")), String(valueAt(manifest, "spec", "timeZone") ?? "Etc/UTC"), stretch.from - reachSeconds, stretch.to).map((at) => ({ at, ...set }));
  }).sort((a, b) => a.at - b.at);
  return changes.flatMap((change, i): readonly Schedule[] => {
    const from = Math.max(change.at, stretch.from);
    const to = Math.min(changes[i + 1]?.at ?? Infinity, stretch.to);
    return from < to ? [always({ from, to }, change, origin)] : [];
  });
}

/** The stretches inside a trigger: its next end comes no later than its next start. */
export function readCronTrigger(trigger: CronTrigger, stretch: Stretch, origin: Origin): readonly Schedule[] {
  const [starts, ends] = [trigger.start, trigger.end].map((expression) => firings(expression, trigger.timezone, stretch.from, stretch.to + reachSeconds));
  if (starts === undefined || ends === undefined) return [];
  const instants = [stretch.from, ...[...starts, ...ends].filter((at) => at > stretch.from && at < stretch.to)].sort((a, b) => a - b);
  const after = (list: readonly number[], at: number): number => list.find((each) => each > at) ?? Infinity;
  return instants.flatMap((at, i): readonly Schedule[] => {
    const to = instants[i + 1] ?? stretch.to;
    const isInside = after(ends, at) <= after(starts, at) && after(ends, at) < Infinity;
    return isInside && at < to ? [always({ from: at, to }, { min: trigger.desiredReplicas }, origin)] : [];
  });
}

function patchOf(job: Json, object: string): { readonly min: number; readonly max: number } | undefined {
  const args = valueAt(job, "spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "args");
  if (!isList(args) || !args.some((argument) => typeof argument === "string" && argument.endsWith(`/${object}`))) return undefined;
  const patch = args.find((argument) => typeof argument === "string" && argument.startsWith("--patch="));
  const spec = typeof patch === "string" ? valueAt(JSON.parse(patch.slice("--patch=".length)) as Json, "spec") : undefined;
  if (!isObject(spec)) return undefined;
  const size = numberAt(spec, "replicas");
  const min = size ?? numberAt(spec, "minReplicas") ?? numberAt(spec, "minReplicaCount");
  const max = size ?? numberAt(spec, "maxReplicas") ?? numberAt(spec, "maxReplicaCount");
  return min === undefined || max === undefined ? undefined : { min, max };
}

/** Rising instants at which an expression fires in a zone; a skipped time does not, a repeated one does twice. None where either cannot be read. */
function firings(expression: string, timezone: string, from: number, to: number): readonly number[] {
  const cron = readCron(expression);
  const zone = openZone(timezone, from, to);
  if (cron === undefined || zone === undefined) return [];
  const found = new Set<number>();
  const firstDay = Math.floor(zone.wallAt(from) / secondsPerDay) - 1;
  const lastDay = Math.floor(zone.wallAt(to) / secondsPerDay) + 1;
  for (let day = firstDay; day <= lastDay; day++) {
    if (!cron.firesOn(day)) continue;
    const isUneven = zone.instantOf((day + 1) * secondsPerDay) - zone.instantOf(day * secondsPerDay) !== secondsPerDay;
    for (const second of cron.secondsOfDay) {
      const wall = day * secondsPerDay + second;
      const first = zone.instantOf(wall);
      for (let later = 0; later <= (isUneven ? longestRepeat : 0); later += repeatStep) {
        const at = first + later;
        if (at >= from && at < to && zone.wallAt(at) === wall) found.add(at);
      }
    }
  }
  return [...found].sort((a, b) => a - b);
}

function always({ from, to }: Stretch, replicas: NonNullable<Schedule["replicas"]>, origin: Origin): Schedule {
  const { min, max } = replicas;
  return {
    name: `from ${from}`, timezone: "UTC", replicas: { min, ...(max === undefined ? {} : { max }) }, except: [], from: utc(from), until: utc(to), origin,
    windows: [{ kind: "every", days: [1, 2, 3, 4, 5, 6, 7], startSecond: 0, endSecond: secondsPerDay, origin }],
  };
}

function utc(instant: number): LocalDateTime {
  const day = Math.floor(instant / secondsPerDay);
  return { ...dateOfDay(day), secondOfDay: instant - day * secondsPerDay };
}
