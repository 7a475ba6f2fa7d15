/** Five-field cron expressions: read, matched against local dates, and written. */

/** The minutes, hours, days of the month, months and weekdays (0 Sunday … 6) at which it fires. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Where neither is a star, a day that matches either of the two fields counts (as in crontab and in Kubernetes). */
  readonly everyDay: boolean;
  readonly everyWeekday: boolean;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly words: readonly string[];
}

const monthWords = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdayWords = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const firstFields: readonly Field[] = [
  { name: "minute", from: 0, to: 59, words: [] },
  { name: "hour", from: 0, to: 23, words: [] },
  { name: "day of the month", from: 1, to: 31, words: [] },
  { name: "month", from: 1, to: 12, words: monthWords },
];

/** A policy's expression, in which 7 is Sunday too; a sentence where it is none. */
export function readCron(text: string): Cron | string {
  return read(text, [...firstFields, { name: "weekday", from: 0, to: 7, words: weekdayWords }]);
}

/** An expression as the CronJob controller and KEDA read it: 7 is no weekday there. A sentence where they would refuse it. */
export function readStrictCron(text: string): Cron | string {
  return read(text, [...firstFields, { name: "weekday", from: 0, to: 6, words: weekdayWords }]);
}

/** True for the local date: `month` 1–12, `weekday` 0 Sunday … 6. */
export function matchesDay(cron: Cron, month: number, day: number, weekday: number): boolean {
  if (!cron.months.has(month)) return false;
  const dayFits = cron.days.has(day);
  const weekdayFits = cron.weekdays.has(weekday);
  return cron.everyDay || cron.everyWeekday ? dayFits && weekdayFits : dayFits || weekdayFits;
}

/** `1,2,3,5` → `1-3,5`; all of the field → `*`. */
export function writeField(values: readonly number[], from: number, to: number): string {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (sorted.length === to - from + 1) return "*";
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while ((sorted[end + 1] ?? Number.NaN) === (sorted[end] ?? 0) + 1) end++;
    parts.push(end - i >= 2 ? `${sorted[i]}-${sorted[end]}` : sorted.slice(i, end + 1).join(","));
    i = end + 1;
  }
  return parts.join(",");
}

function read(text: string, fields: readonly Field[]): Cron | string {
  const texts = text.trim().split(/\s+/);
  if (texts.length !== 5) return `has ${texts.length} fields instead of 5`;
  const sets: ReadonlySet<number>[] = [];
  for (const [i, field] of fields.entries()) {
    const values = readField(texts[i] ?? "", field);
    if (typeof values === "string") return values;
    sets.push(values);
  }
  const [minutes, hours, days, months, weekdays] = sets;
  if (minutes === undefined || hours === undefined || days === undefined || months === undefined || weekdays === undefined) return "has missing fields";
  return {
    minutes, hours, days, months,
    weekdays: new Set([...weekdays].map((weekday) => weekday % 7)),
    everyDay: isStar(texts[2] ?? ""), everyWeekday: isStar(texts[4] ?? ""),
  };
}

/** The controller's parser takes `*` and `*` with step 1 for a star, `*` with a larger step for a list. */
function isStar(text: string): boolean {
  return text.split(",").some((part) => /^[*?](\/0*1)?$/.test(part));
}

function readField(text: string, field: Field): ReadonlySet<number> | string {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return `has "${part}" as ${field.name}`;
    const [, star, first, last, step] = match;
    const from = star === undefined ? valueOf(first ?? "", field) : field.from;
    const to = star !== undefined ? field.to : last !== undefined ? valueOf(last, field) : step === undefined ? from : field.to;
    const by = step === undefined ? 1 : Number(step);
    if (from === undefined || to === undefined || from > to || by < 1) return `has "${part}" as ${field.name}`;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

function valueOf(text: string, field: Field): number | undefined {
  const word = field.words.indexOf(text.toLowerCase());
  if (word >= 0) return word + (field.words === monthWords ? 1 : 0);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.from && value <= field.to ? value : undefined;
}
