/** Traffic traces: CSV with a header, a column of times and a column of rates. */
import type { TrafficShape } from "../model/traffic.ts";
import type { Pace } from "./pace.ts";

type TraceShape = Extract<TrafficShape, { readonly kind: "trace" }>;

/** Rates in requests per second at rising times; the first row is at 0 s, the start of the run. */
export interface Trace {
  readonly seconds: readonly number[];
  readonly rates: readonly number[];
}

export interface TraceProblem {
  /** Counted from 1; the header is line 1. */
  readonly line: number;
  readonly problem: string;
}

/**
 * Reads a trace from the text of its file.
 *
 * Times are seconds or ISO 8601 (without an offset they count as UTC; only differences matter, the first row is the start of the run) and must rise.
 * Without `time` the column called time, timestamp, t, seconds or date is taken, else the first; without `rate` the one called rate, rps, rpm,
 * requests or value, else the second. `rpm` is divided by 60; `requests` are those until the next row (the last row: as long as the one before).
 */
export function readTrace(text: string, shape: TraceShape, pace?: Pace): Trace | TraceProblem {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const header = fields(lines[0] ?? "").map((name) => name.trim());
  const timeColumn = column(header, shape.timeColumn, ["time", "timestamp", "t", "seconds", "date"], 0);
  const rateColumn = column(header, shape.rateColumn, ["rate", "rps", "rpm", "requests", "value"], 1);
  if (timeColumn === undefined) return { line: 1, problem: `has no column "${shape.timeColumn ?? "time"}"` };
  if (rateColumn === undefined) return { line: 1, problem: `has no column "${shape.rateColumn ?? "rate"}"` };
  const seconds: number[] = [];
  const counts: number[] = [];
  for (let index = 1; index < lines.length; index++) {
    pace?.work(1);
    const line = lines[index] ?? "";
    if (line.trim() === "") continue;
    const row = fields(line);
    const at = readTime((row[timeColumn] ?? "").trim());
    const count = readNumber((row[rateColumn] ?? "").trim());
    if (at === undefined) return { line: index + 1, problem: `has no time in its column "${header[timeColumn] ?? ""}"` };
    if (count === undefined) return { line: index + 1, problem: `has no number from 0 in its column "${header[rateColumn] ?? ""}"` };
    const before = seconds.at(-1);
    if (before !== undefined && at <= before) return { line: index + 1, problem: "is not later than the row before" };
    seconds.push(at);
    counts.push(count);
  }
  const first = seconds[0];
  if (first === undefined) return { line: 1, problem: "has no rows" };
  const since = seconds.map((at) => at - first);
  return { seconds: since, rates: counts.map((count, index) => perSecond(count, index, since, shape.unit)) };
}

/** The rate at `t` seconds: straight lines between the rows, the last holds. */
export function traceRate(trace: Trace, t: number): number {
  const { seconds, rates } = trace;
  let low = 0;
  let high = seconds.length - 1;
  if (t >= (seconds[high] ?? 0)) return rates[high] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((seconds[middle] ?? 0) <= t) low = middle;
    else high = middle;
  }
  const from = seconds[low] ?? 0;
  const to = seconds[high] ?? 0;
  const start = rates[low] ?? 0;
  return to === from ? start : start + ((t - from) / (to - from)) * ((rates[high] ?? 0) - start);
}

function perSecond(count: number, index: number, since: readonly number[], unit: TraceShape["unit"]): number {
  if (unit === "rps") return count;
  if (unit === "rpm") return count / 60;
  const from = Math.max(0, Math.min(index, since.length - 2));
  const span = (since[from + 1] ?? 1) - (since[from] ?? 0);
  return count / span;
}

function column(header: readonly string[], wanted: string | undefined, usual: readonly string[], place: number): number | undefined {
  if (wanted !== undefined) {
    const exact = header.indexOf(wanted);
    return exact < 0 ? undefined : exact;
  }
  const named = header.findIndex((name) => usual.includes(name.toLowerCase()));
  return named >= 0 ? named : place < header.length ? place : undefined;
}

function readNumber(text: string): number | undefined {
  return /^\+?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function readTime(text: string): number | undefined {
  const plain = readNumber(text);
  if (plain !== undefined) return plain;
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (match === null) return undefined;
  const offset = (match[3] ?? "Z").replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
  const milliseconds = Date.parse(`${match[1] ?? ""}T${match[2] ?? "00:00"}${offset}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** The fields of one line, with quotes as in RFC 4180 (no line breaks inside). */
function fields(line: string): readonly string[] {
  const result: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y;
  while (pattern.lastIndex <= line.length) {
    const match = pattern.exec(line);
    if (match === null) return line.split(",");
    result.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'));
    if (match[3] === "") break;
  }
  return result;
}
