/** Days, times, dates, zones and cron expressions of the text, checked. */
import { Cron } from "croner";
import { Temporal } from "temporal-polyfill";
import type { LocalDateTime, Weekday } from "./scaling.ts";

const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

export type Reading<T> = { readonly value: T } | { readonly reason: string };

/** `mon-fri`, `fri-mon` (over the week's end), `sat`, `daily`. */
export function readDays(text: string): readonly Weekday[] {
  if (text === "daily") return [1, 2, 3, 4, 5, 6, 7];
  const [from = "", to] = text.split("-");
  const first = dayNames.indexOf(from);
  const last = to === undefined ? first : dayNames.indexOf(to);
  if (first < 0 || last < 0) return [];
  const days: Weekday[] = [];
  for (let day = first; ; day = (day + 1) % 7) {
    days.push((day + 1) as Weekday);
    if (day === last) return days;
  }
}

/** `08:00`, `23:59:30`; `24:00` only as an end. Seconds of the day. */
export function readTime(text: string, role: "start" | "end"): Reading<number> {
  const [hour = 0, minute = 0, second = 0] = text.split(":").map(Number);
  if (hour === 24 && minute === 0 && second === 0) {
    return role === "end" ? { value: 86_400 } : { reason: "is only an end: write 00:00 as a start" };
  }
  if (hour > 23) return { reason: "is no time: hours go from 00 to 23" };
  if (minute > 59 || second > 59) return { reason: "is no time: minutes and seconds go from 00 to 59" };
  return { value: hour * 3600 + minute * 60 + second };
}

/** `2026-11-27` or `2026-11-27 20:00`. `hasTime` tells which. */
export function readDate(text: string): Reading<LocalDateTime & { readonly hasTime: boolean }> {
  const [date = "", clock] = text.split(" ");
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  if (year < 1970 || year > 9999) return { reason: "is no date of a schedule: years go from 1970 to 9999" };
  if (month < 1 || month > 12) return { reason: "is no date: months go from 01 to 12" };
  const days = Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
  if (day < 1 || day > days) return { reason: `is no date: ${year}-${String(month).padStart(2, "0")} has ${days} days` };
  if (clock === undefined) return { value: { year, month, day, secondOfDay: 0, hasTime: false } };
  const time = readTime(clock, "start");
  return "reason" in time ? time : { value: { year, month, day, secondOfDay: time.value, hasTime: true } };
}

const knownZones = new Map<string, boolean>([["UTC", true]]);

/** True for an IANA name that the platform's tables know. Offsets such as `+02:00` are none. */
export function isTimezone(name: string): boolean {
  let known = knownZones.get(name);
  if (known === undefined) {
    known = /^[A-Za-z]/.test(name) && isUsable(name);
    knownZones.set(name, known);
  }
  return known;
}

function isUsable(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** Zones to offer for a misspelt one. */
export function timezoneNames(): readonly string[] {
  return [...Intl.supportedValuesOf("timeZone"), "UTC"];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const cronFields = [
  { what: "minute", min: 0, max: 59, names: [] },
  { what: "hour", min: 0, max: 23, names: [] },
  { what: "day of the month", min: 1, max: 31, names: [] },
  { what: "month", min: 1, max: 12, names: months },
  { what: "day of the week", min: 0, max: 6, names: ["sun", ...dayNames.slice(0, 6)] },
] as const;

/**
 * Why an expression of five fields is none; `never` where it is one but its day does not come. Its fields are those that Kubernetes takes:
 * lists of `*`, numbers, names and ranges with steps.
 */
export function cronProblem(expression: string): { readonly reason: string } | { readonly never: true } | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) return { reason: `it has ${fields.length === 1 && fields[0] === "" ? 0 : fields.length}` };
  for (const [index, field] of cronFields.entries()) {
    for (const item of (fields[index] ?? "").split(",")) {
      const reason = cronItemProblem(item, field);
      if (reason !== undefined) return { reason };
    }
  }
  try {
    const cron = new Cron(expression.trim(), { mode: "5-part", timezone: "UTC", paused: true });
    // A leap day may be eight years away (2096 to 2104).
    return cron.nextRun(new Date(Date.UTC(2026, 0, 1))) === null ? { never: true } : undefined;
  } catch {
    return { reason: "it cannot be read" };
  }
}

const cronMacros: ReadonlyMap<string, string> = new Map([
  ["@hourly", "0 * * * *"], ["@daily", "0 0 * * *"], ["@midnight", "0 0 * * *"], ["@weekly", "0 0 * * 0"], ["@monthly", "0 0 1 * *"], ["@yearly", "0 0 1 1 *"], ["@annually", "0 0 1 1 *"],
]);

/** What an expression of another cron most likely means here: a word such as `@daily`, Sunday as 7, seconds before the five fields. */
export function nearestCron(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  const candidates = [
    cronMacros.get(expression.trim().toLowerCase()),
    fields.map((field, i) => (i === 4 ? field.replaceAll(/(?<![\d/])7(?!\d)/g, "0") : field)).join(" "),
    ...(fields.length === 6 && /^[\d*]+$/.test(fields[0] ?? "") ? [fields.slice(1).join(" ").replaceAll("?", "*")] : []),
  ];
  return candidates.find((candidate) => candidate !== undefined && candidate !== expression && cronProblem(candidate) === undefined);
}

function cronItemProblem(item: string, { what, min, max, names }: (typeof cronFields)[number]): string | undefined {
  const match = /^(?:\*|(\d+|[A-Za-z]+)(?:-(\d+|[A-Za-z]+))?)(?:\/(\d+))?$/.exec(item);
  if (match === null) return `its ${what} cannot be ${item === "" ? "empty" : item}`;
  const [, from, to, step] = match;
  const number = (text: string): number => {
    const named = (names as readonly string[]).indexOf(text.toLowerCase());
    return named >= 0 ? named + min : /^\d+$/.test(text) ? Number(text) : NaN;
  };
  for (const part of [from, to]) {
    if (part === undefined) continue;
    if (what === "day of the week" && part === "7") return "Kubernetes takes days 0 to 6, write 0 for Sunday";
    const value = number(part);
    if (Number.isNaN(value)) return `its ${what} cannot be ${part}`;
    if (value < min || value > max) return `its ${what} goes from ${min} to ${max}`;
  }
  if (from !== undefined && to !== undefined && number(from) > number(to)) return `its ${what} goes backwards, ${from} to ${to}`;
  if (step !== undefined && (Number(step) < 1 || Number(step) > max)) return `a step of its ${what} goes from 1 to ${max}`;
  return undefined;
}
