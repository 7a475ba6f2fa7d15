/**
 * The schedules of one pool as moments at which its bounds are set. CronJobs overwrite each other, so overlaps are resolved here:
 * each job sets the bounds that all schedules together give at its own instant, and may run twice or late without harm.
 * Cron has weekdays, days and months but no years. So a local time keeps one weekly job wherever all its weekdays agree, else one
 * per month that agrees with itself, and only the months in which a date makes the difference are spelled out day by day.
 */
import type { Scale } from "../../model/policy.ts";
import type { LocalDate, Schedule } from "../../model/scaling.ts";
import { writeField } from "./cron.ts";
import { boundsUnder, intervalsOf, isIn } from "./windows.ts";
import type { Bounds, Interval } from "./windows.ts";
import { dateOf, dayMinutes, dayNumber, instantOf, instantsOf, localOf, openZone } from "./zone.ts";
import type { Zone } from "./zone.ts";

/** Which edges of which schedules a shift stands for. */
export interface Edge {
  readonly schedule: Schedule;
  readonly side: "begin" | "end";
}

/** One CronJob: at `cron` in `timezone` the bounds become `bounds`. */
export interface Shift {
  readonly cron: string;
  readonly timezone: string;
  readonly bounds: Bounds;
  readonly edges: readonly Edge[];
}

export interface Shifts {
  readonly shifts: readonly Shift[];
  /** The twelve months that were looked at, from the first of a month; `repeats` says what is exact only within them. */
  readonly months: { readonly year: number; readonly month: number };
  readonly repeats: boolean;
  /** The shortest time between two changes, in minutes. */
  readonly shortestMinutes: number;
}

/** A year without dates: any would do, for zones change their clocks by weekday. */
const anyYear = 2026;
const utc: Zone = { name: "Etc/UTC", offsetAt: () => 0 };

interface Timed {
  readonly schedule: Schedule;
  readonly zone: Zone;
  readonly intervals: readonly Interval[];
}

/** One local minute of the day in one zone: the days on which the bounds have to be set then, and for what. */
interface Slot {
  readonly zone: Zone;
  readonly minute: number;
  readonly edges: Map<number, Edge[]>;
}

/** A slot's jobs before they are written as cron: `days` of the months named, or `weekdays` where there are no days. */
interface Draft {
  readonly zone: Zone;
  readonly minute: number;
  readonly bounds: Bounds;
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
  readonly days: readonly number[];
  readonly edges: readonly Edge[];
}

interface HourlyDraft extends Draft {
  readonly hours: readonly number[];
}

export function shiftsOf(scale: Pick<Scale, "min" | "max" | "schedules">): Shifts {
  const months = coveredMonths(scale.schedules);
  const timed: Timed[] = [];
  for (const schedule of scale.schedules) {
    const zone = openZone(schedule.timezone);
    if (zone === undefined) continue;
    // Two days more on both sides: bounds at the ends of the span depend on windows, and on other zones, beyond it.
    const span = {
      start: instantOf(zone, (dayNumber(months.year, months.month, 1) - 2) * dayMinutes),
      end: instantOf(zone, (dayNumber(months.year + 1, months.month, 1) + 2) * dayMinutes),
    };
    timed.push({ schedule, zone, intervals: intervalsOf(schedule, zone, span) });
  }
  const boundsAt = (instant: number): Bounds => boundsUnder(scale, timed.filter((one) => isIn(one.intervals, instant)).map((one) => one.schedule));
  const drafts = slotsOf(timed, months).flatMap((slot) => draftsOf(slot, months, boundsAt));
  const changes = [...new Set(timed.flatMap((one) => one.intervals.flatMap((interval) => [interval.start, interval.end])))].sort((a, b) => a - b);
  return {
    shifts: useful(scale, drafts) ? written(drafts) : [],
    months,
    repeats: drafts.some((draft) => draft.days.length > 0 || draft.months.length < 12) || scale.schedules.some(hasDates),
    shortestMinutes: Math.min(dayMinutes, ...changes.slice(1).map((change, i) => change - (changes[i] ?? 0))),
  };
}

function hasDates(schedule: Schedule): boolean {
  return schedule.except.length > 0 || schedule.from !== undefined || schedule.until !== undefined;
}

/** Twelve whole months that hold the dates: from the first `from`; else up to the last `until`; else from the first exception. */
function coveredMonths(schedules: readonly Schedule[]): { readonly year: number; readonly month: number } {
  const earliest = (dates: readonly LocalDate[]): LocalDate | undefined => [...dates].sort((a, b) => a.year - b.year || a.month - b.month || a.day - b.day)[0];
  const from = earliest(schedules.flatMap((schedule) => (schedule.from === undefined ? [] : [schedule.from])));
  if (from !== undefined) return { year: from.year, month: from.month };
  const until = schedules.flatMap((schedule) => (schedule.until === undefined ? [] : [schedule.until])).sort((a, b) => b.year - a.year || b.month - a.month)[0];
  if (until !== undefined) return until.month === 12 ? { year: until.year, month: 1 } : { year: until.year - 1, month: until.month + 1 };
  const except = earliest(schedules.flatMap((schedule) => schedule.except));
  return except === undefined ? { year: anyYear, month: 1 } : { year: except.year, month: except.month };
}

function slotsOf(timed: readonly Timed[], months: Shifts["months"]): readonly Slot[] {
  const slots = new Map<string, Slot>();
  for (const { schedule, zone, intervals } of timed) {
    const first = dayNumber(months.year, months.month, 1);
    const last = dayNumber(months.year + 1, months.month, 1);
    for (const interval of intervals) {
      for (const side of ["begin", "end"] as const) {
        const local = localOf(zone, side === "begin" ? interval.start : interval.end);
        const day = Math.floor(local / dayMinutes);
        if (day < first || day > last) continue;
        const minute = local - day * dayMinutes;
        const key = `${zone.name} ${minute}`;
        const slot = slots.get(key) ?? { zone, minute, edges: new Map<number, Edge[]>() };
        slots.set(key, slot);
        slot.edges.set(day, [...(slot.edges.get(day) ?? []), { schedule, side }]);
      }
    }
  }
  return [...slots.values()];
}

function draftsOf(slot: Slot, months: Shifts["months"], boundsAt: (instant: number) => Bounds): readonly Draft[] {
  const first = dayNumber(months.year, months.month, 1);
  const last = dayNumber(months.year + 1, months.month, 1);
  const drafts: Draft[] = [];
  for (let weekday = 0; weekday < 7; weekday++) {
    const days: number[] = [];
    for (let day = first; day < last; day++) if (dateOf(day).weekday === weekday) days.push(day);
    const due = days.filter((day) => slot.edges.has(day));
    if (due.length === 0) continue;
    const edges = due.flatMap((day) => slot.edges.get(day) ?? []);
    const weekly = commonBounds(slot, days, boundsAt);
    if (weekly !== undefined) {
      drafts.push({ ...slotTime(slot), bounds: weekly, months: everyMonth, weekdays: [weekday], days: [], edges });
      continue;
    }
    for (const month of everyMonth) {
      const ofMonth = days.filter((day) => dateOf(day).month === month);
      const dueInMonth = ofMonth.filter((day) => slot.edges.has(day));
      if (dueInMonth.length === 0) continue;
      const monthly = commonBounds(slot, ofMonth, boundsAt);
      if (monthly !== undefined) drafts.push({ ...slotTime(slot), bounds: monthly, months: [month], weekdays: [weekday], days: [], edges: dueInMonth.flatMap((day) => slot.edges.get(day) ?? []) });
      else drafts.push(...dueInMonth.flatMap((day) => draftsOfDay(slot, day, boundsAt)));
    }
  }
  return [...drafts, ...draftsAfter(slot, last, drafts, boundsAt)];
}

/** What ends with the twelve months themselves (an `until`) ends on the day after them, unless a weekly job does it anyway. */
function draftsAfter(slot: Slot, day: number, drafts: readonly Draft[], boundsAt: (instant: number) => Bounds): readonly Draft[] {
  if (!slot.edges.has(day)) return [];
  const { month, weekday } = dateOf(day);
  const bounds = commonBounds(slot, [day], boundsAt);
  const isCovered = drafts.some((draft) => draft.weekdays.includes(weekday) && draft.months.includes(month) && bounds !== undefined && same(draft.bounds, bounds));
  return isCovered ? [] : draftsOfDay(slot, day, boundsAt);
}

const everyMonth: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

function slotTime(slot: Slot): Pick<Draft, "zone" | "minute"> {
  return { zone: slot.zone, minute: slot.minute };
}

/** The bounds that hold at this local time on all of the days, however often it comes on each; undefined where they differ. */
function commonBounds(slot: Slot, days: readonly number[], boundsAt: (instant: number) => Bounds): Bounds | undefined {
  let common: Bounds | undefined;
  for (const day of days) {
    for (const instant of instantsOf(slot.zone, day * dayMinutes + slot.minute)) {
      const bounds = boundsAt(instant);
      if (common !== undefined && !same(common, bounds)) return undefined;
      common = bounds;
    }
  }
  return common;
}

/** A single date. Where a repeated hour would need two different bounds, the instants are told apart in UTC. */
function draftsOfDay(slot: Slot, day: number, boundsAt: (instant: number) => Bounds): readonly Draft[] {
  const edges = slot.edges.get(day) ?? [];
  const bounds = commonBounds(slot, [day], boundsAt);
  if (bounds !== undefined) return [{ ...slotTime(slot), bounds, months: [dateOf(day).month], weekdays: [], days: [dateOf(day).day], edges }];
  return instantsOf(slot.zone, day * dayMinutes + slot.minute).map((instant) => {
    const utcDay = Math.floor(instant / dayMinutes);
    return { zone: utc, minute: instant - utcDay * dayMinutes, bounds: boundsAt(instant), months: [dateOf(utcDay).month], weekdays: [], days: [dateOf(utcDay).day], edges };
  });
}

/** Drafts that differ in one field only become one, field by field: weekdays, then days, months, and hours. */
function written(drafts: readonly Draft[]): readonly Shift[] {
  const inOrder = [...drafts].sort((a, b) => a.minute - b.minute);
  const byWeekday = merge(inOrder, (draft) => [draft.zone.name, draft.minute, draft.bounds, draft.months, draft.days], (a, b) => ({ ...a, weekdays: union(a.weekdays, b.weekdays) }));
  const byDay = merge(byWeekday, (draft) => [draft.zone.name, draft.minute, draft.bounds, draft.months, draft.weekdays], (a, b) => ({ ...a, days: union(a.days, b.days) }));
  const byMonth = merge(byDay, (draft) => [draft.zone.name, draft.minute, draft.bounds, draft.weekdays, draft.days], (a, b) => ({ ...a, months: union(a.months, b.months) }));
  const withHours: readonly HourlyDraft[] = byMonth.map((draft) => ({ ...draft, hours: [Math.floor(draft.minute / 60)] }));
  const byHour = merge(withHours, (draft) => [draft.zone.name, draft.minute % 60, draft.bounds, draft.months, draft.weekdays, draft.days], (a, b) => ({ ...a, hours: union(a.hours, b.hours) }));
  return byHour.map((draft) => ({
    cron: [
      String(draft.minute % 60),
      writeField(draft.hours, 0, 23),
      draft.days.length === 0 ? "*" : writeField(draft.days, 1, 31),
      writeField(draft.months, 1, 12),
      draft.days.length > 0 ? "*" : writeField(draft.weekdays, 0, 6),
    ].join(" "),
    timezone: draft.zone.name,
    bounds: draft.bounds,
    edges: draft.edges,
  }));
}

function merge<T extends Draft>(drafts: readonly T[], keyOf: (draft: T) => unknown, join: (a: T, b: T) => T): readonly T[] {
  const merged = new Map<string, T>();
  for (const draft of drafts) {
    const key = JSON.stringify(keyOf(draft));
    const known = merged.get(key);
    merged.set(key, known === undefined ? draft : { ...join(known, draft), edges: [...known.edges, ...draft.edges] });
  }
  return [...merged.values()];
}

function union(a: readonly number[], b: readonly number[]): readonly number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

function useful(scale: Pick<Scale, "min" | "max">, drafts: readonly Draft[]): boolean {
  return drafts.some((draft) => !same(draft.bounds, scale));
}

function same(a: Bounds, b: Bounds): boolean {
  return a.min === b.min && a.max === b.max;
}
