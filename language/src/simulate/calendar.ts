/** The proleptic Gregorian calendar as day numbers: 0 is 1970-01-01. */
import type { LocalDate, LocalDateTime, Weekday } from "../model/scaling.ts";

export const secondsPerDay = 86_400;

/** Days since 1970-01-01. */
export function dayNumber(date: LocalDate): number {
  // Counted from 1 March, so that the leap day is the last of its year.
  const year = date.month > 2 ? date.year : date.year - 1;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5) + date.day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function dateOfDay(day: number): LocalDate {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** 1 Monday … 7 Sunday. */
export function weekdayOfDay(day: number): Weekday {
  return ((((day + 3) % 7) + 7) % 7 + 1) as Weekday;
}

/** The wall clock as seconds since 1970-01-01 00:00 of the same clock. */
export function wallSeconds(at: LocalDateTime): number {
  return dayNumber(at) * secondsPerDay + at.secondOfDay;
}

/** `2026-01-05 20:00`, with seconds where there are any. */
export function wallText(seconds: number): string {
  const day = Math.floor(seconds / secondsPerDay);
  const date = dateOfDay(day);
  const rest = Math.floor(seconds - day * secondsPerDay);
  const two = (n: number) => String(n).padStart(2, "0");
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}`;
  const text = `${String(date.year).padStart(4, "0")}-${two(date.month)}-${two(date.day)} ${clock}`;
  return rest % 60 === 0 ? text : `${text}:${two(rest % 60)}`;
}
