/** Figures of a report as people read them. */
import type { SimulationReport } from "../report.ts";
import { openZone } from "../zoned-time.ts";

export type JudgedExpectation = SimulationReport["expectations"][number];

/** Three significant digits, no exponent: `0.833`, `12.3`, `1100`. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? "0" : "∞";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6)).replace(/(\.\d*?)0+$/u, "$1").replace(/\.$/u, "");
}

/** `240 ms`, `2.75 s`, `5 min`, `2.5 h`; `–` where there is no steady value. */
export function secondsText(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds === 0) return "0 s";
  if (seconds < 1) return `${figure(seconds * 1000)} ms`;
  if (seconds < 120) return `${figure(seconds)} s`;
  return seconds < 3600 ? `${figure(seconds / 60)} min` : `${figure(seconds / 3600)} h`;
}

/** Of a run: the time, or why there is none. */
export function worstP95Text({ worstP95, saturatedSeconds }: Pick<SimulationReport["summary"], "worstP95" | "saturatedSeconds">): string {
  if (worstP95 !== null) return secondsText(worstP95);
  return saturatedSeconds > 0 ? "none: saturated" : "not known";
}

/** `99.95 %`, to the digit that tells it from 100 %; never rounded up to it. */
export function shareText(fraction: number): string {
  if (fraction >= 1 || fraction <= 0) return `${figure(fraction * 100)} %`;
  const digits = fraction > 0.9 ? Math.max(2, Math.min(6, Math.ceil(-Math.log10(1 - fraction)) - 1)) : 2;
  const cut = Math.floor(fraction * 100 * 10 ** digits + 1e-9) / 10 ** digits;
  return `${cut.toFixed(digits).replace(/\.?0+$/u, "")} %`;
}

/** `Mon 08:00`: the wall clock of the report's zone `seconds` after its start. */
export function clockText(report: ReportClock, seconds: number): string {
  const wall = wallSecondsAt(report, seconds);
  if (wall === undefined) return `+${secondsText(seconds)}`;
  const moment = new Date(wall * 1000);
  const day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][moment.getUTCDay()] ?? "";
  const time = moment.toISOString().slice(11, 19);
  return `${day} ${time.endsWith(":00") ? time.slice(0, 5) : time}`;
}

/** `2026-01-05 00:00 UTC`: when a report begins. */
export function startText({ start, timezone }: Pick<SimulationReport, "start" | "timezone">): string {
  return `${start.replace("T", " ").replace(/:00$/u, "")} ${timezone}`;
}

/** `1 change`, `2 changes`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `2,128,060`, `1234.5` as three digits and more. */
export function grouped(value: number): string {
  const [whole = "", part] = figure(value).split(".");
  return `${whole.replace(/(?<=\d)(?=(?:\d{3})+$)/gu, ",")}${part === undefined ? "" : `.${part}`}`;
}

export type ReportClock = Pick<SimulationReport, "start" | "timezone" | "durationSeconds">;

const clocks = new WeakMap<ReportClock, (seconds: number) => number>();

/** The wall clock `seconds` after the start of a report, daylight saving included: seconds since 1970-01-01 00:00 of the same clock. Undefined where the start is no time. */
export function wallSecondsAt(report: ReportClock, seconds: number): number | undefined {
  let clock = clocks.get(report);
  if (clock === undefined) {
    const wall = Date.parse(`${report.start}Z`) / 1000;
    if (Number.isNaN(wall)) return undefined;
    const zone = openZone(report.timezone, wall, wall + report.durationSeconds);
    clock = zone === undefined ? (t) => wall + t : (t) => zone.wallAt(zone.instantOf(wall) + t);
    clocks.set(report, clock);
  }
  return clock(seconds);
}

/** A value in the unit of its measure: `3.27 s`, `99.9 %`, `$12.5`, `4`. */
export function measureText({ measure, asShare }: Pick<JudgedExpectation, "measure" | "asShare">, value: number | null): string {
  if (value === null) return "no steady value";
  if (/^(?:p|ttft_p)\d|^response_time$/u.test(measure)) return secondsText(value);
  if (measure === "availability" || (measure === "dropped" && asShare === true)) return shareText(value);
  if (measure === "load_factor") return shareText(value);
  return measure === "cost" ? `$${value.toFixed(2)}` : figure(value);
}

/** `p95 < 5 s: 3.27 s`. */
export function expectationText(expectation: JudgedExpectation): string {
  const time = expectation.ofTime === undefined ? "" : ` for ${shareText(expectation.ofTime)} of time`;
  return `${expectation.measure} ${expectation.operator} ${measureText(expectation, expectation.value)}${time}: ${measureText(expectation, expectation.actual)}`;
}

/** When an expectation came closest to failing, or failed most: `worst at Mon 12:30`; undefined where the run as a whole decides. */
export function worstText(report: SimulationReport, expectation: JudgedExpectation): string | undefined {
  const at = worstAt(report, expectation);
  return at === undefined ? undefined : `worst at ${clockText(report, at)}`;
}

/** What was going on when it was worst: the load, the members, the queue, and the change of size before it with what held it back. */
export function reasonText(report: SimulationReport, expectation: JudgedExpectation): string | undefined {
  const at = worstAt(report, expectation);
  if (at === undefined) return undefined;
  const point = report.points.findLast((each) => each.t <= at);
  if (point === undefined) return undefined;
  const parts = [
    `${figure(point.arrivalRate)} requests/s on ${figure(point.capacity)} (load factor ${figure(point.loadFactor * 100)} %)`,
    point.ready === point.replicas ? `${point.ready} ${point.ready === 1 ? "member" : "members"} ready` : `${point.ready} of ${point.replicas} members ready`,
    ...(point.queue >= 1 ? [`${figure(point.queue)} waiting`] : []),
    ...(point.dropped > 0 ? [`${figure(point.dropped)} failed in ${secondsText(report.stepSeconds)}`] : []),
  ];
  const event = report.events.findLast((each) => each.t <= at);
  const change = event === undefined ? "" : `; at ${clockText(report, event.t)} ${event.from} → ${event.to}: ${event.reason}`;
  return `${parts.join(", ")}${change}`;
}

function worstAt(report: SimulationReport, { measure, worstAt: at }: JudgedExpectation): number | undefined {
  if (at !== undefined && at !== null) return at;
  const most = (of: (point: SimulationReport["points"][number]) => number) =>
    report.points.reduce<{ readonly t: number; readonly value: number } | undefined>((best, point) => (of(point) > (best?.value ?? 0) ? { t: point.t, value: of(point) } : best), undefined)?.t;
  if (measure === "availability" || measure === "dropped") return most((point) => point.dropped);
  if (measure === "cost") return most((point) => point.replicas);
  if (measure === "flaps" || measure === "scaling_actions") return report.events.find((event, index) => {
    const before = report.events[index - 1];
    return before !== undefined && event.t - before.t <= 600 && event.to > event.from !== before.to > before.from;
  })?.t;
  return undefined;
}
