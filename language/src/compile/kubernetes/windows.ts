/** When the schedules of a policy are in force, and the bounds that a pool then has. Instants are minutes since 1970 UTC. */
import type { Scale } from "../../model/policy.ts";
import type { LocalDateTime, Schedule, ScheduleWindow } from "../../model/scaling.ts";
import { matchesDay, readCron } from "./cron.ts";
import { dateOf, dayMinutes, dayNumber, instantOf, localOf } from "./zone.ts";
import type { Zone } from "./zone.ts";

/** In force from `start` (included) to `end` (excluded). */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The union of a schedule's windows that touch the span, in order and apart; whole minutes, parts of a minute rounded up. */
export function intervalsOf(schedule: Schedule, zone: Zone, span: Interval): readonly Interval[] {
  const from = schedule.from === undefined ? Number.NEGATIVE_INFINITY : instantOfDate(zone, schedule.from);
  const until = schedule.until === undefined ? Number.POSITIVE_INFINITY : instantOfDate(zone, schedule.until);
  const excepted = new Set(schedule.except.map((date) => dayNumber(date.year, date.month, date.day)));
  const found: Interval[] = [];
  for (const window of schedule.windows) {
    const reach = window.kind === "cron" ? Math.ceil(window.seconds / 86_400) : 1;
    const firstDay = Math.floor(localOf(zone, span.start) / dayMinutes) - reach - 1;
    const lastDay = Math.floor(localOf(zone, span.end) / dayMinutes) + 1;
    for (let day = firstDay; day <= lastDay; day++) {
      if (excepted.has(day)) continue;
      for (const { start, end } of windowsOfDay(window, zone, day)) {
        const clipped = { start: Math.max(start, from), end: Math.min(end, until) };
        if (clipped.start < clipped.end && clipped.end > span.start && clipped.start < span.end) found.push(clipped);
      }
    }
  }
  return joined(found);
}

/** True where an instant lies in one of the intervals, which are in order and apart. */
export function isIn(intervals: readonly Interval[], instant: number): boolean {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intervals[middle]?.end ?? 0) <= instant) low = middle + 1;
    else high = middle;
  }
  const next = intervals[low];
  return next !== undefined && next.start <= instant;
}

/** The largest floor and the largest ceiling of the schedules in force, cut to the pool's own bounds. */
export function boundsUnder(scale: Pick<Scale, "min" | "max">, active: readonly Schedule[]): Bounds {
  const floors = active.map((schedule) => schedule.replicas?.min ?? 0);
  const ceilings = active.map((schedule) => schedule.replicas?.max ?? scale.max);
  const min = Math.min(scale.max, Math.max(scale.min, ...floors));
  const max = ceilings.length === 0 ? scale.max : Math.min(scale.max, Math.max(...ceilings));
  return { min, max: Math.max(min, max) };
}

function windowsOfDay(window: ScheduleWindow, zone: Zone, day: number): readonly Interval[] {
  const { month, day: dayOfMonth, weekday } = dateOf(day);
  const midnight = day * dayMinutes;
  if (window.kind === "every") {
    if (!window.days.some((one) => one % 7 === weekday)) return [];
    const start = Math.ceil(window.startSecond / 60);
    const end = Math.ceil(window.endSecond / 60) + (window.endSecond <= window.startSecond ? dayMinutes : 0);
    return [{ start: instantOf(zone, midnight + start), end: instantOf(zone, midnight + end) }];
  }
  const cron = readCron(window.expression);
  if (typeof cron === "string" || !matchesDay(cron, month, dayOfMonth, weekday)) return [];
  const minutes = Math.ceil(window.seconds / 60);
  return [...cron.hours].flatMap((hour) => [...cron.minutes].map((minute) => {
    const start = instantOf(zone, midnight + hour * 60 + minute);
    return { start, end: start + minutes };
  }));
}

function instantOfDate(zone: Zone, date: LocalDateTime): number {
  return instantOf(zone, dayNumber(date.year, date.month, date.day) * dayMinutes + Math.ceil(date.secondOfDay / 60));
}

function joined(intervals: readonly Interval[]): readonly Interval[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}
