/**
 * The schedules of one pool as moments at which its bounds are set. CronJobs overwrite each other, so overlaps are resolved here:
 * each job sets the bounds that all schedules together give at its own instant, and may run twice or late without harm.
 * Where nothing else moves the pool, the jobs set its size: at a change a pool outside its bounds goes to the nearest one, and one
 * inside them stays, so a window that ends sets nothing.
 * Cron has weekdays, days and months but no years. So a local time keeps one job for the year wherever all its days agree, else one
 * per month that agrees with itself, and only the months in which a date makes the difference are spelled out day by day.
 */
import type { Scale } from "../../model/policy.ts";
import type { LocalDate, Schedule } from "../../model/scaling.ts";
import { writeField } from "./cron.ts";
import { dateOfDay, dayNumber, weekdayOfDay } from "../../simulate/calendar.ts";
import { boundsUnder, scheduleSpans } from "../../simulate/schedules.ts";
import type { Span } from "../../simulate/traffic.ts";
import { dayMinutes, openZone } from "./zone.ts";
import type { Zone } from "./zone.ts";

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

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
const utc: Zone = { name: "Etc/UTC", localOf: (instant) => instant, instantsOf: (local) => [local] };

interface Timed {
  readonly schedule: Schedule;
  readonly zone: Zone;
  /** In minutes; apart and in order. */
  readonly spans: readonly Span[];
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

/** @param sets `bounds` of an autoscaler, or the `size` of a pool without one (both bounds are then that size) */
export function shiftsOf(scale: Pick<Scale, "min" | "max" | "schedules">, sets: "bounds" | "size" = "bounds"): Shifts {
  const months = coveredMonths(scale.schedules);
  const timed = scale.schedules.flatMap((schedule) => timedOf(schedule, months) ?? []);
  const boundsAt = (instant: number): Bounds => boundsUnder(scale, timed.filter((one) => isIn(one.spans, instant)).map((one) => one.schedule));
  const changes = [...new Set(timed.flatMap((one) => one.spans.flatMap((span) => [span.from, span.to])))].sort((a, b) => a - b);
  const narrows = (instant: number): boolean => {
    const [before, after] = [boundsAt(instant - 1), boundsAt(instant)];
    return after.min > before.min || after.max < before.max;
  };
  const moments = sets === "bounds" ? changes : changes.filter(narrows);
  const stateAt = sets === "bounds" ? boundsAt : sizeOver(moments, boundsAt, scale.min);
  const drafts = slotsOf(timed, months, new Set(moments)).flatMap((slot) => draftsOf(slot, months, stateAt));
  return {
    shifts: sets === "size" || useful(scale, drafts) ? written(drafts) : [],
    months,
    repeats: drafts.some((draft) => draft.months.length < 12) || scale.schedules.some(hasDates),
    shortestMinutes: Math.min(dayMinutes, ...changes.slice(1).map((change, i) => change - (changes[i] ?? 0))),
  };
}

/** The bounds that hold at all times, where the schedules never change them: windows that meet all around the clock, or none that ever starts. */
export function constantBounds(scale: Pick<Scale, "min" | "max" | "schedules">): Bounds | undefined {
  const months = coveredMonths(scale.schedules);
  const timed = scale.schedules.flatMap((schedule) => timedOf(schedule, months) ?? []);
  const [from, to] = [firstDay(months) * dayMinutes, lastDay(months) * dayMinutes];
  const changes = timed.flatMap((one) => one.spans.flatMap((span) => [span.from, span.to])).filter((instant) => instant > from && instant < to);
  const boundsAt = (instant: number): Bounds => boundsUnder(scale, timed.filter((one) => isIn(one.spans, instant)).map((one) => one.schedule));
  const always = boundsAt(from);
  return timed.length === scale.schedules.length && changes.every((instant) => same(boundsAt(instant), always)) ? { min: always.min, max: always.max } : undefined;
}

/**
 * The size of a pool that only its bounds move. What came before the first moment is what comes after the last: one year of bounds leaves the
 * same size whatever size it began with, save where nothing ever moves it.
 */
function sizeOver(moments: readonly number[], boundsAt: (instant: number) => Bounds, initial: number): (instant: number) => Bounds {
  const ranges = moments.map((instant) => ({ instant, ...boundsAt(instant) }));
  const moved = (size: number, { min, max }: Bounds): number => Math.max(min, Math.min(max, size));
  const settled = ranges.reduce(moved, initial);
  let size = settled;
  const sizes = ranges.map((range) => (size = moved(size, range)));
  return (instant) => {
    let low = 0;
    let high = moments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((moments[middle] ?? 0) <= instant) low = middle + 1;
      else high = middle;
    }
    const held = sizes[low - 1] ?? settled;
    return { min: held, max: held };
  };
}

/** Parts of a minute are rounded up. Undefined where the zone or an expression cannot be read, which the policy's own checks report. */
function timedOf(schedule: Schedule, months: Shifts["months"]): Timed | undefined {
  // Two days more on both sides: bounds at the ends of the twelve months depend on windows, and on other zones, beyond them.
  const first = firstDay(months) - 2;
  const last = lastDay(months) + 2;
  const zone = openZone(schedule.timezone, first, last);
  const spans = scheduleSpans(schedule, first * 86_400, last * 86_400);
  if (zone === undefined || spans === undefined) return undefined;
  return { schedule, zone, spans: spans.map(({ from, to }) => ({ from: Math.ceil(from / 60), to: Math.ceil(to / 60) })).filter(({ from, to }) => from < to) };
}

function firstDay(months: Shifts["months"]): number {
  return dayNumber({ ...months, day: 1 });
}

/** The day after the twelve months. */
function lastDay(months: Shifts["months"]): number {
  return dayNumber({ year: months.year + 1, month: months.month, day: 1 });
}

/** True where an instant lies in one of the spans, which are in order and apart. */
function isIn(spans: readonly Span[], instant: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.to ?? 0) <= instant) low = middle + 1;
    else high = middle;
  }
  const next = spans[low];
  return next !== undefined && next.from <= instant;
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

/** The edges at one of the moments, by local time. */
function slotsOf(timed: readonly Timed[], months: Shifts["months"], moments: ReadonlySet<number>): readonly Slot[] {
  const slots = new Map<string, Slot>();
  for (const { schedule, zone, spans } of timed) {
    const first = firstDay(months);
    const last = lastDay(months);
    for (const span of spans) {
      for (const side of ["begin", "end"] as const) {
        if (!moments.has(side === "begin" ? span.from : span.to)) continue;
        const local = zone.localOf(side === "begin" ? span.from : span.to);
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

/** By weekday or by day of the month, whichever takes fewer jobs. */
function draftsOf(slot: Slot, months: Shifts["months"], boundsAt: (instant: number) => Bounds): readonly Draft[] {
  const days: number[] = [];
  for (let day = firstDay(months); day < lastDay(months); day++) days.push(day);
  const byWeekday = [0, 1, 2, 3, 4, 5, 6].flatMap((weekday) => draftsOfDays(slot, days.filter((day) => weekdayOf(day) === weekday), { weekdays: [weekday], days: [] }, boundsAt));
  const isPlain = byWeekday.every((draft) => draft.days.length === 0 && draft.months.length === 12);
  const byMonthDay = isPlain ? [] : monthDays.flatMap((monthDay) => draftsOfDays(slot, days.filter((day) => dateOfDay(day).day === monthDay), { weekdays: [], days: [monthDay] }, boundsAt));
  const drafts = isPlain || written(byWeekday).length <= written(byMonthDay).length ? byWeekday : byMonthDay;
  return [...drafts, ...draftsAfter(slot, lastDay(months), drafts, boundsAt)];
}

/** Days that cron can name together (`when`): one job for the whole year, else one per month that agrees with itself, else one per date. */
function draftsOfDays(slot: Slot, days: readonly number[], when: Pick<Draft, "weekdays" | "days">, boundsAt: (instant: number) => Bounds): readonly Draft[] {
  const dueOf = (some: readonly number[]): readonly number[] => some.filter((day) => slot.edges.has(day));
  const edgesOf = (some: readonly number[]): readonly Edge[] => some.flatMap((day) => slot.edges.get(day) ?? []);
  if (dueOf(days).length === 0) return [];
  const yearly = commonBounds(slot, days, boundsAt);
  if (yearly !== undefined) return [{ ...slotTime(slot), ...when, bounds: yearly, months: everyMonth, edges: edgesOf(days) }];
  return everyMonth.flatMap((month) => {
    const ofMonth = days.filter((day) => dateOfDay(day).month === month);
    const due = dueOf(ofMonth);
    if (due.length === 0) return [];
    const monthly = commonBounds(slot, ofMonth, boundsAt);
    if (monthly !== undefined) return [{ ...slotTime(slot), ...when, bounds: monthly, months: [month], edges: edgesOf(due) }];
    return due.flatMap((day) => draftsOfDay(slot, day, boundsAt));
  });
}

/**
 * What ends with the twelve months themselves (an `until`) ends on the day after them, unless a weekly job does it anyway. Cron takes
 * that day for the first of the twelve months too; where the two need different bounds, the twelve months win.
 */
function draftsAfter(slot: Slot, day: number, drafts: readonly Draft[], boundsAt: (instant: number) => Bounds): readonly Draft[] {
  if (!slot.edges.has(day)) return [];
  const { month } = dateOfDay(day);
  const weekday = weekdayOf(day);
  const bounds = commonBounds(slot, [day], boundsAt);
  const isCovered = drafts.some((draft) => (draft.weekdays.includes(weekday) || draft.days.includes(dateOfDay(day).day)) && draft.months.includes(month) && bounds !== undefined && same(draft.bounds, bounds));
  const yearBefore = dayNumber({ ...dateOfDay(day), year: dateOfDay(day).year - 1 });
  const before = commonBounds(slot, [yearBefore], boundsAt);
  const isDisputed = bounds === undefined || before === undefined || !same(bounds, before);
  return isCovered || isDisputed ? [] : draftsOfDay(slot, day, boundsAt);
}

const everyMonth: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const monthDays: readonly number[] = Array.from({ length: 31 }, (_, i) => i + 1);

function slotTime(slot: Slot): Pick<Draft, "zone" | "minute"> {
  return { zone: slot.zone, minute: slot.minute };
}

/** The bounds that hold at this local time on all of the days, however often it comes on each; undefined where they differ. */
function commonBounds(slot: Slot, days: readonly number[], boundsAt: (instant: number) => Bounds): Bounds | undefined {
  let common: Bounds | undefined;
  for (const day of days) {
    for (const instant of slot.zone.instantsOf(day * dayMinutes + slot.minute)) {
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
  if (bounds !== undefined) return [{ ...slotTime(slot), bounds, months: [dateOfDay(day).month], weekdays: [], days: [dateOfDay(day).day], edges }];
  return slot.zone.instantsOf(day * dayMinutes + slot.minute).map((instant) => {
    const utcDay = Math.floor(instant / dayMinutes);
    return { zone: utc, minute: instant - utcDay * dayMinutes, bounds: boundsAt(instant), months: [dateOfDay(utcDay).month], weekdays: [], days: [dateOfDay(utcDay).day], edges };
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

/** 0 Sunday … 6, as cron counts. */
function weekdayOf(day: number): number {
  return weekdayOfDay(day) % 7;
}

function same(a: Bounds, b: Bounds): boolean {
  return a.min === b.min && a.max === b.max;
}
