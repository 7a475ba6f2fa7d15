import * as values from "../diagnostics/values.ts";
import { nearest } from "../syntax/nearest.ts";
import type { Statement, Value } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { cronProblem, isTimezone, nearestCron, readDate, readDays, readTime, timezoneNames } from "./calendar.ts";
import type { Context } from "./context.ts";
import { compact, complain, complainOfMissing, isHidden, written } from "./context.ts";
import type { Fields } from "./fields.ts";
import { numberOf, rangeOf, rangeOfField, textOf, textValue, wordOf } from "./fields.ts";
import type { LocalDate, LocalDateTime, Schedule, ScheduleWindow, Weekday } from "./scaling.ts";
import { childOf, childrenOf } from "./statements.ts";

export function resolveSchedule(context: Context, statement: Statement, name: string): Schedule {
  const nameRange = rangeOfField(statement.fields, "name") ?? statement.keyword;
  const windows: ScheduleWindow[] = [];
  for (const line of statement.block?.statements ?? []) {
    const window = line.spec.keyword === "every" ? weeklyWindow(context, line) : line.spec.keyword === "cron" ? cronWindow(context, line) : undefined;
    if (window !== undefined) windows.push(window);
  }
  if (windows.length === 0 && childOf(statement, "every") === undefined && childOf(statement, "cron") === undefined) {
    complainOfMissing(context, statement, nameRange, { subject: `The schedule ${name}`, what: "an `every` or a `cron`" });
  }
  const replicas = rangeOf(context, childOf(statement, "replicas")?.fields ?? [], "replicas");
  if (windows.length > 0 && childOf(statement, "replicas") === undefined && !isHidden(statement)) complain(context, values.scheduleWithoutReplicas, nameRange, { name });
  const dateOf = (keyword: string, role: "from" | "until"): LocalDateTime | undefined => {
    const fields = childOf(statement, keyword)?.fields ?? [];
    return dateValue(context, fieldOf(fields, keyword)?.value, role);
  };
  const from = dateOf("from", "from");
  const until = dateOf("until", "until");
  const untilValue = fieldOf(childOf(statement, "until")?.fields ?? [], "until")?.value;
  if (from !== undefined && until !== undefined && untilValue !== undefined && instantOrder(until) <= instantOrder(from)) {
    complain(context, values.badTime, untilValue.range, { text: untilValue.type === "atom" ? untilValue.text : "until", reason: "lies before `from`, so no window ever starts: write a later day" });
  }
  return compact<Schedule>({
    name,
    windows,
    timezone: timezoneOf(context, childOf(statement, "timezone")),
    replicas: replicas === undefined ? undefined : { min: replicas.low, ...(replicas.high === undefined ? {} : { max: replicas.high }) },
    except: childrenOf(statement, "except").flatMap((line) => exceptions(context, line.fields)),
    from,
    until,
    origin: { file: context.file, range: statement.range, nameRange },
  });
}

/** A number that rises with the local time. */
function instantOrder({ year, month, day, secondOfDay }: LocalDateTime): number {
  return ((year * 12 + month) * 31 + day) * 86_401 + secondOfDay;
}

function weeklyWindow(context: Context, line: Statement): ScheduleWindow | undefined {
  const days = daysOf(line.fields, "days");
  const text = wordOf(line.fields, "time");
  const range = rangeOfField(line.fields, "time");
  if (text === undefined || range === undefined || days.length === 0) return undefined;
  const [from = "", to = ""] = text.split("-");
  const start = readTime(from, "start");
  const end = readTime(to, "end");
  if ("reason" in start) return complain(context, values.badTime, { start: range.start, end: range.start + from.length }, { text: from, reason: start.reason },
    from.startsWith("24:00") ? written(context, { start: range.start, end: range.start + from.length }, "00:00") : {});
  if ("reason" in end) return complain(context, values.badTime, { start: range.end - to.length, end: range.end }, { text: to, reason: end.reason });
  if (start.value === end.value) {
    return complain(context, values.badTime, range, { text, reason: "starts and ends at the same time: write 00:00-24:00 for the whole day" }, written(context, range, "00:00-24:00"));
  }
  return { kind: "every", days, startSecond: start.value, endSecond: end.value, origin: { file: context.file, range: line.range } };
}

function cronWindow(context: Context, line: Statement): ScheduleWindow | undefined {
  const expression = textOf(context, line.fields, "cron");
  const seconds = numberOf(context, line.fields, "for");
  const range = rangeOfField(line.fields, "cron");
  if (expression === undefined || seconds === undefined || range === undefined) return undefined;
  const problem = cronProblem(expression);
  if (problem !== undefined && "reason" in problem) {
    const better = fieldOf(line.fields, "cron")?.value?.type === "string" ? nearestCron(expression) : undefined;
    return complain(context, values.badCron, range, { expression, reason: problem.reason }, better === undefined ? {} : written(context, range, `"${better}"`));
  }
  if (problem !== undefined) complain(context, values.neverStarts, range, { expression });
  return { kind: "cron", expression, seconds, origin: { file: context.file, range: line.range } };
}

export function daysOf(fields: Fields, label: string): readonly Weekday[] {
  const value = fieldOf(fields, label)?.value;
  if (value?.type !== "list") return [];
  return [...new Set(value.items.flatMap((item) => (item.type === "atom" ? readDays(item.text) : [])))].sort();
}

export function timezoneOf(context: Context, statement: Statement | undefined): string {
  if (statement === undefined) return "UTC";
  const timezone = textOf(context, statement.fields, "timezone");
  if (timezone === undefined) return "UTC";
  if (isTimezone(timezone)) return timezone;
  const range = rangeOfField(statement.fields, "timezone") ?? statement.range;
  const near = nearest(timezone, timezoneNames());
  complain(context, values.badTimezone, range, { timezone, nearest: near }, near === undefined ? {} : {
    fixes: [{ title: `Write "${near}"`, file: context.file, edits: [{ range, text: `"${near}"` }] }],
  });
  return "UTC";
}

/** A date literal, or a string param that holds one. An `until` without a time includes its whole day. */
export function dateValue(context: Context, value: Value | undefined, role: "from" | "until"): LocalDateTime | undefined {
  if (value === undefined) return undefined;
  const text = value.type === "atom" ? value.text : textValue(context, value);
  return text === undefined ? undefined : dateText(context, text, value.range, role);
}

function dateText(context: Context, text: string, range: Range, role: "from" | "until"): LocalDateTime | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?$/.test(text)) {
    return complain(context, values.badTime, range, { text, reason: "is no date: write it as 2026-11-27 or 2026-11-27 20:00" });
  }
  const reading = readDate(text);
  if ("reason" in reading) return complain(context, values.badTime, range, { text, reason: reading.reason });
  const { hasTime, ...date } = reading.value;
  return hasTime || role === "from" ? date : { ...date, secondOfDay: 86_400 };
}

function exceptions(context: Context, fields: Fields): readonly LocalDate[] {
  const value = fieldOf(fields, "except")?.value;
  if (value?.type !== "list") return [];
  return value.items.flatMap((item) => {
    const date = dateValue(context, item, "from");
    if (item.type === "atom" && date !== undefined && item.text.length > 10) {
      complain(context, values.badTime, item.range, { text: item.text, reason: "is a moment, and `except` takes whole days: write the day alone" }, written(context, item.range, item.text.slice(0, 10)));
    }
    return date === undefined ? [] : [{ year: date.year, month: date.month, day: date.day }];
  });
}
