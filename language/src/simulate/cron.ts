/** Five-field cron: minute, hour, day of month, month, day of week. */
import { dateOfDay, weekdayOfDay } from "./calendar.ts";

export interface Cron {
  /** Seconds of the day at which it fires on the days it fires at all; rising. */
  readonly secondsOfDay: readonly number[];
  /** True where it fires on that day (days since 1970-01-01). */
  readonly firesOn: (day: number) => boolean;
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Reads a cron expression: lists, ranges, steps, names of months and weekdays, `?` for `*`, 7 for Sunday. Where both days are restricted either
 * suffices, as in every cron since Vixie's.
 * @returns undefined where it is not one
 */
export function readCron(expression: string): Cron | undefined {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", ...more] = expression.trim().split(/\s+/);
  const minutes = readField(minute, 0, 59, []);
  const hours = readField(hour, 0, 23, []);
  const daysOfMonth = readField(dayOfMonth, 1, 31, []);
  const monthsOfYear = readField(month, 1, 12, months, 1);
  const daysOfWeek = readField(dayOfWeek, 0, 7, weekdays);
  if (more.length > 0 || minutes === undefined || hours === undefined || daysOfMonth === undefined || monthsOfYear === undefined || daysOfWeek === undefined) return undefined;
  if (daysOfWeek.has(7)) daysOfWeek.add(0);
  const anyDayOfMonth = isStar(dayOfMonth);
  const anyDayOfWeek = isStar(dayOfWeek);
  const secondsOfDay = [...hours].sort((a, b) => a - b).flatMap((h) => [...minutes].sort((a, b) => a - b).map((m) => h * 3600 + m * 60));
  const firesOn = (day: number): boolean => {
    const date = dateOfDay(day);
    if (!monthsOfYear.has(date.month)) return false;
    const byMonth = daysOfMonth.has(date.day);
    const byWeek = daysOfWeek.has(weekdayOfDay(day) % 7);
    return anyDayOfMonth || anyDayOfWeek ? byMonth && byWeek : byMonth || byWeek;
  };
  return { secondsOfDay, firesOn };
}

/** Vixie's rule looks at the first character: a step over all days still counts as unrestricted. */
function isStar(field: string): boolean {
  return field.startsWith("*") || field.startsWith("?");
}

function readField(field: string, min: number, max: number, names: readonly string[], firstName = 0): Set<number> | undefined {
  const result = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(\*|\?|[0-9]+|[a-z]{3})(?:-([0-9]+|[a-z]{3}))?(?:\/([0-9]+))?$/.exec(part.toLowerCase());
    if (match === null) return undefined;
    const [, first = "", second, step] = match;
    const every = step === undefined ? 1 : Number(step);
    const all = first === "*" || first === "?";
    if (every < 1 || (all && second !== undefined)) return undefined;
    const from = all ? min : place(first, names, firstName);
    // A lone start with a step runs to the end, as in robfig's parser. Sunday is 0 in a whole week, so that it counts once.
    const end = names === weekdays ? 6 : max;
    const to = all ? end : second !== undefined ? place(second, names, firstName) : step !== undefined ? end : from;
    if (from === undefined || to === undefined || from < min || to > max || from > to) return undefined;
    for (let value = from; value <= to; value += every) result.add(value);
  }
  return result;
}

function place(text: string, names: readonly string[], firstName: number): number | undefined {
  if (/^[0-9]+$/.test(text)) return Number(text);
  const index = names.indexOf(text);
  return index < 0 ? undefined : index + firstName;
}
