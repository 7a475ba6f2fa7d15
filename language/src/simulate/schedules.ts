/** When schedules are active and what bounds they give a pool. */
import type { Schedule, ScheduleWindow } from "../model/scaling.ts";
import { dayNumber, secondsPerDay, wallSeconds, weekdayOfDay } from "./calendar.ts";
import { readCron } from "./cron.ts";
import type { Pace } from "./pace.ts";
import { mergedSpans, type Span } from "./traffic.ts";
import { openZone, type Zone } from "./zoned-time.ts";

/** Bounds of a pool's size, both included, and the schedules that set them (undefined: the pool's own). */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly minBy?: string;
  readonly maxBy?: string;
  /** Where schedules are triggers of KEDA: the size that the largest asks for now, 0 outside all windows. */
  readonly trigger?: { readonly replicas: number; readonly by?: string };
}

/**
 * The union of a schedule's windows between two instants (seconds since 1970-01-01T00:00Z), cut to them; rising, apart from each other.
 * A window belongs to the local day on which it starts; `every` ends by the wall clock, `cron` after its duration. A start that the clock skips is the
 * instant of the change, one that it shows twice is the first. `from` and `until` cut.
 * @returns undefined where the zone or a cron expression cannot be read
 */
export function scheduleSpans(schedule: Schedule, fromInstant: number, toInstant: number, pace?: Pace): readonly Span[] | undefined {
  const zone = openZone(schedule.timezone, fromInstant - 40 * secondsPerDay, toInstant);
  if (zone === undefined) return undefined;
  const excepted = new Set(schedule.except.map(dayNumber));
  const spans: Span[] = [];
  for (const window of schedule.windows) {
    const found = windowSpans(window, zone, excepted, fromInstant, toInstant, pace);
    if (found === undefined) return undefined;
    spans.push(...found);
  }
  const from = schedule.from === undefined ? fromInstant : Math.max(fromInstant, zone.instantOf(wallSeconds(schedule.from)));
  const until = schedule.until === undefined ? toInstant : Math.min(toInstant, zone.instantOf(wallSeconds(schedule.until)));
  return mergedSpans(spans, from, until);
}

function windowSpans(window: ScheduleWindow, zone: Zone, excepted: ReadonlySet<number>, fromInstant: number, toInstant: number, pace?: Pace): readonly Span[] | undefined {
  const longest = window.kind === "cron" ? window.seconds : secondsPerDay;
  const firstDay = Math.floor(zone.wallAt(fromInstant - longest) / secondsPerDay) - 1;
  const lastDay = Math.floor(zone.wallAt(toInstant) / secondsPerDay);
  const spans: Span[] = [];
  if (window.kind === "cron") {
    const cron = readCron(window.expression);
    if (cron === undefined) return undefined;
    // Firings closer together than the window is long make one span of the whole run of them.
    const runs: { first: number; last: number }[] = [];
    for (const second of cron.secondsOfDay) {
      const run = runs.at(-1);
      if (run !== undefined && second - run.last <= window.seconds) run.last = second;
      else runs.push({ first: second, last: second });
    }
    for (let day = firstDay; day <= lastDay; day++) {
      if (excepted.has(day) || !cron.firesOn(day)) continue;
      pace?.work(runs.length);
      const midnight = day * secondsPerDay;
      const shifts = zone.instantOf(midnight + secondsPerDay) - zone.instantOf(midnight) !== secondsPerDay;
      if (shifts) for (const second of cron.secondsOfDay) spans.push(lasting(zone.instantOf(midnight + second), window.seconds));
      else for (const run of runs) spans.push(lasting(zone.instantOf(midnight + run.first), run.last - run.first + window.seconds));
    }
    return spans;
  }
  const days = new Set<number>(window.days);
  const endDay = window.endSecond > window.startSecond ? 0 : secondsPerDay;
  for (let day = firstDay; day <= lastDay; day++) {
    if (excepted.has(day) || !days.has(weekdayOfDay(day))) continue;
    const midnight = day * secondsPerDay;
    spans.push({ from: zone.instantOf(midnight + window.startSecond), to: zone.instantOf(midnight + endDay + window.endSecond) });
  }
  return spans;
}

function lasting(from: number, seconds: number): Span {
  return { from, to: from + seconds };
}

/**
 * The bounds while `active` schedules hold: the minimum is the largest of the pool's and all floors, the maximum the largest of the schedules' (one
 * without counts with the pool's), never below the minimum; all cut to the pool's own.
 */
export function boundsUnder(pool: { readonly min: number; readonly max: number }, active: readonly Schedule[]): Bounds {
  let min = pool.min;
  let minBy: string | undefined;
  let ceiling: number | undefined;
  let maxBy: string | undefined;
  for (const schedule of active) {
    const floor = Math.min(schedule.replicas?.min ?? 0, pool.max);
    if (floor > min) {
      min = floor;
      minBy = schedule.name;
    }
    const most = Math.min(schedule.replicas?.max ?? pool.max, pool.max);
    if (ceiling === undefined || most > ceiling) {
      ceiling = most;
      maxBy = schedule.name;
    }
  }
  const max = Math.max(min, ceiling ?? pool.max);
  return { min, max, ...(minBy === undefined ? {} : { minBy }), ...(maxBy === undefined || max === pool.max ? {} : { maxBy }) };
}

/** The same schedules as KEDA's cron triggers: the bounds stay the pool's own, and the autoscaler hears of the largest floor as of a metric. */
export function triggersUnder(pool: { readonly min: number; readonly max: number }, active: readonly Schedule[]): Bounds {
  let replicas = 0;
  let by: string | undefined;
  for (const schedule of active) {
    const floor = Math.min(schedule.replicas?.min ?? 0, pool.max);
    if (floor > replicas) {
      replicas = floor;
      by = schedule.name;
    }
  }
  return { min: pool.min, max: pool.max, trigger: { replicas, ...(by === undefined ? {} : { by }) } };
}
