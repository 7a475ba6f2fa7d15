/** Schedules as cron triggers of KEDA: floors inside the windows. */
import type { Backend, Scale } from "../../model/policy.ts";
import type { LocalDate, Schedule, ScheduleWindow } from "../../model/scaling.ts";
import { triggerDatesDropped, triggerWindowLost } from "../../diagnostics/targets-kubernetes.ts";
import { dateOfDay, dayNumber } from "../../simulate/calendar.ts";
import { callBackend, differ } from "./context.ts";
import type { Context } from "./context.ts";
import { readCron, writeField } from "./cron.ts";
import type { Cron } from "./cron.ts";
import type { JsonObject } from "./object.ts";
import { dayMinutes } from "./zone.ts";

/** More start times than this in one cron window are left to CronJobs. */
const mostStarts = 24;

interface CronTrigger extends JsonObject {
  readonly type: string;
}

/** The largest floor of overlapping triggers counts by itself, for the autoscaler takes the largest answer. */
export function cronTriggersOf(context: Context, backend: Backend, scale: Scale): readonly CronTrigger[] {
  return scale.schedules.flatMap((schedule) => {
    sayWhatIsDropped(context, backend, scale, schedule);
    const floor = Math.min(scale.max, schedule.replicas?.min ?? 0);
    if (floor <= scale.min) return [];
    return schedule.windows.flatMap((window) => {
      const windows = startsAndEnds(window);
      if (windows === undefined) {
        differ(context, triggerWindowLost, "dropped", `${callBackend(backend)}: schedule ${schedule.name}`, window.origin, { schedule: `schedule ${schedule.name}`, window: window.kind === "cron" ? `cron "${window.expression}"` : "this window", simulated: context.differenceOf(backend) });
        return [];
      }
      return windows.map(({ start, end }) => ({
        type: "cron",
        metadata: { timezone: schedule.timezone, start, end, desiredReplicas: String(floor) },
      }));
    });
  });
}

function sayWhatIsDropped(context: Context, backend: Backend, scale: Scale, schedule: Schedule): void {
  /** What is left out, and the days on which that shows; without days any does. */
  const dropped: readonly (readonly [what: string, on?: readonly LocalDate[]])[] = [
    ...(schedule.replicas?.max !== undefined && schedule.replicas.max < scale.max ? [["maximum"] as const] : []),
    ...(schedule.except.length > 0 ? [["except", schedule.except] as const] : []),
    ...(schedule.from === undefined ? [] : [["from", [dayBeside(schedule.from, -1)]] as const]),
    ...(schedule.until === undefined ? [] : [["until", [dayBeside(schedule.until, 1)]] as const]),
  ];
  for (const [what, on] of dropped) {
    const simulated = on === undefined ? context.differenceOf(backend) : context.differenceOf(backend, { on });
    differ(context, triggerDatesDropped, "dropped", `${callBackend(backend)}: schedule ${schedule.name}`, schedule.origin, { what, schedule: `schedule ${schedule.name}`, simulated });
  }
}

function dayBeside(date: LocalDate, days: number): LocalDate {
  return dateOfDay(dayNumber(date) + days);
}

/** The schedules as their triggers hold them: floors, weekly, without dates. */
export function triggerSchedulesOf(scale: Scale): readonly Schedule[] {
  return scale.schedules.flatMap(({ name, timezone, windows, replicas, origin }): readonly Schedule[] => {
    const kept = windows.filter((window) => startsAndEnds(window) !== undefined);
    return replicas === undefined || kept.length === 0 ? [] : [{ name, timezone, windows: kept, replicas: { min: replicas.min }, except: [], origin }];
  });
}

interface StartAndEnd {
  readonly start: string;
  readonly end: string;
}

/** Undefined where a window has no end that cron can write. */
function startsAndEnds(window: ScheduleWindow): readonly StartAndEnd[] | undefined {
  if (window.kind === "every") {
    const start = Math.ceil(window.startSecond / 60);
    const end = Math.ceil(window.endSecond / 60) + (window.endSecond <= window.startSecond ? dayMinutes : 0);
    return split({ start, minutes: end - start, weekdays: window.days.map((day) => day % 7) });
  }
  const cron = readCron(window.expression);
  if (typeof cron === "string" || cron.hours.size * cron.minutes.size > mostStarts) return undefined;
  const minutes = Math.ceil(window.seconds / 60);
  // A step over all days restricts them for KEDA, which then takes either field, and does not for the policy.
  if (/^\S+ \S+ (\*\/\S+ \S+ [^*]|[^*]\S* \S+ \*\/)/.test(window.expression.trim())) return undefined;
  if (!cron.everyDay || cron.months.size < 12) return dated(cron, minutes);
  const windows = [...cron.hours].flatMap((hour) => [...cron.minutes].map((minute) => ({ start: hour * 60 + minute, minutes, weekdays: [...cron.weekdays] })));
  const written = windows.map(split);
  return written.every((one) => one !== undefined) ? written.flat() : undefined;
}

interface Weekly {
  readonly start: number;
  readonly minutes: number;
  readonly weekdays: readonly number[];
}

/** KEDA refuses a start that is also the end, as of a whole day every day: such a window becomes two halves. */
function split(weekly: Weekly): readonly StartAndEnd[] | undefined {
  if (weekly.minutes > 7 * dayMinutes) return undefined;
  const overlapsItself = weekly.minutes > dayMinutes && weekly.weekdays.length > 1;
  if (overlapsItself) return weekly.weekdays.flatMap((weekday) => split({ ...weekly, weekdays: [weekday] }) ?? []);
  const one = { start: expression(weekly, 0), end: expression(weekly, weekly.minutes) };
  if (one.start !== one.end) return [one];
  const half = Math.floor(weekly.minutes / 2);
  const middle = expression(weekly, half);
  return [{ start: one.start, end: middle }, { start: middle, end: one.end }];
}

function expression(weekly: Weekly, after: number): string {
  const minute = weekly.start + after;
  const days = Math.floor(minute / dayMinutes);
  const rest = minute - days * dayMinutes;
  const weekdays = writeField(weekly.weekdays.map((weekday) => (weekday + days) % 7), 0, 6);
  return `${rest % 60} ${Math.floor(rest / 60)} * * ${weekdays}`;
}

/** Days of the month and months stay as they are, which holds as long as the window ends on the day it begins. */
function dated(cron: Cron, minutes: number): readonly StartAndEnd[] | undefined {
  const day = `${cron.everyDay ? "*" : writeField([...cron.days], 1, 31)} ${writeField([...cron.months], 1, 12)} ${cron.everyWeekday ? "*" : writeField([...cron.weekdays], 0, 6)}`;
  const starts = [...cron.hours].flatMap((hour) => [...cron.minutes].map((minute) => hour * 60 + minute));
  if (starts.some((start) => start + minutes >= dayMinutes)) return undefined;
  return starts.map((start) => ({
    start: `${start % 60} ${Math.floor(start / 60)} ${day}`,
    end: `${(start + minutes) % 60} ${Math.floor((start + minutes) / 60)} ${day}`,
  }));
}
