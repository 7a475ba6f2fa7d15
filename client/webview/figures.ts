/** The six figures of the strip, with what the last saved text gave. */
import type { SimulationReport } from "../../server/src/protocol.ts";
import { formatCount, formatDuration, formatMeasure, formatMoney, formatNumber, formatOperator, formatSeconds, formatShare } from "./format.ts";
import type { PanelModel } from "./model.ts";

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly tone: "plain" | "good" | "bad";
  /** What stands below the value when nothing changed. */
  readonly note: string;
  readonly change?: Change;
}

/** Against the last saved text. */
export interface Change {
  readonly was: string;
  /** `48 %`, `7`, `$88`; empty where one of the two has no figure. */
  readonly by: string;
  readonly direction: "up" | "down";
  readonly verdict: "better" | "worse" | "different";
}

export function figures(model: PanelModel): readonly Figure[] {
  const { report, baseline, clock } = model;
  const { summary } = report;
  const before = baseline?.summary;
  const aim = report.targetLoadFactor === null ? "" : ` · target ${formatNumber(report.targetLoadFactor)}`;
  const bound = report.points.reduce((most, point) => Math.max(most, point.maxReplicas), 0);
  const saturation = summary.saturatedSeconds > 0 ? "saturated" : "–";
  return [
    {
      label: "peak load factor", value: formatNumber(summary.peakLoadFactor), tone: summary.peakLoadFactor >= 1 ? "bad" : "plain",
      note: `${clock.moment(summary.peakLoadFactorAt)}${aim}`,
      ...changed(summary.peakLoadFactor, before?.peakLoadFactor, "less", formatNumber, relative),
    },
    {
      label: "p95 worst", value: formatSeconds(summary.worstP95, saturation), tone: (summary.worstP95 === null && summary.saturatedSeconds > 0) || verdictOf(report, ["p95"], false) === "bad" ? "bad" : "plain",
      note: `at ${clock.moment(summary.worstP95At)}`,
      ...changed(summary.worstP95, before?.worstP95, "less", (value) => formatSeconds(value, "no value"), relative),
    },
    {
      label: "replicas", value: summary.minReplicas === summary.maxReplicas ? formatNumber(summary.maxReplicas) : `${formatNumber(summary.minReplicas)}–${formatNumber(summary.maxReplicas)}`,
      tone: "plain", note: bound > 0 ? `at most ${formatNumber(bound)}` : "",
      ...changedReplicas(report, baseline),
    },
    {
      label: "scaling actions", value: formatNumber(summary.scalingActions), tone: verdictOf(report, ["flaps", "scaling_actions"], false),
      note: formatCount(summary.flaps, "flap"),
      ...changed(summary.scalingActions, before?.scalingActions, "less", formatNumber, absolute(formatNumber)),
    },
    {
      label: "availability", value: formatShare(summary.availability), tone: verdictOf(report, ["availability"], summary.dropped > 0 && summary.availability < 0.99),
      note: expected(report, ["availability"]) ?? `${formatNumber(Math.round(summary.dropped))} lost`,
      ...changed(summary.availability, before?.availability, "more", formatShare, absolute((value) => `${Number((value * 100).toPrecision(2))} points`)),
    },
    {
      label: "cost", value: summary.cost === null ? "–" : formatMoney(summary.cost), tone: "plain",
      note: summary.cost === null ? "no price given" : `in ${formatDuration(report.durationSeconds)}`,
      ...changed(summary.cost, before?.cost, "less", formatMoney, absolute((value) => formatMoney(summary.cost !== null && summary.cost >= 100 ? Math.round(value) : value).replace(/\.00$/, ""))),
    },
  ];
}

/** An expectation of the run in words: `p95 < 3 s`, and what came of it. */
export function expectationTexts(report: SimulationReport): readonly { readonly text: string; readonly holds: boolean }[] {
  return report.expectations.map(({ measure, operator, value, actual, holds, ofTime }) => ({
    text: `${measure} ${formatOperator(operator)} ${formatMeasure(measure, value)}${ofTime === undefined ? "" : ` for ${formatShare(ofTime)} of time`}: ${actual === null ? "no steady value" : formatMeasure(measure, actual)}`,
    holds,
  }));
}

function expected(report: SimulationReport, measures: readonly string[]): string | undefined {
  const found = report.expectations.find(({ measure }) => measures.includes(measure));
  return found && `expect ${formatOperator(found.operator)} ${formatMeasure(found.measure, found.value)}`;
}

function verdictOf(report: SimulationReport, measures: readonly string[], otherwiseBad: boolean): Figure["tone"] {
  const concerned = report.expectations.filter(({ measure }) => measures.includes(measure));
  if (concerned.length === 0) return otherwiseBad ? "bad" : "plain";
  return concerned.every(({ holds }) => holds) ? "good" : "bad";
}

type Difference = (now: number, was: number) => string;

function relative(now: number, was: number): string {
  return was === 0 ? "" : `${formatNumber(Math.round(Math.abs(now / was - 1) * 100))} %`;
}

function absolute(format: (value: number) => string): Difference {
  return (now, was) => format(Math.abs(now - was));
}

/** Nothing where both read the same. A figure that is missing counts as the worst. */
function changed(now: number | null, was: number | null | undefined, wanted: "less" | "more", text: (value: number) => string, difference: Difference): { readonly change?: Change } {
  if (was === undefined || now === was) return {};
  if (now === null || was === null) {
    return { change: { was: was === null ? "no value" : text(was), by: "", direction: now === null ? "up" : "down", verdict: now === null ? "worse" : "better" } };
  }
  if (text(now) === text(was)) return {};
  const direction = now > was ? "up" : "down";
  return { change: { was: text(was), by: difference(now, was), direction, verdict: (direction === "up") === (wanted === "more") ? "better" : "worse" } };
}

function changedReplicas(report: SimulationReport, baseline: SimulationReport | null): { readonly change?: Change } {
  if (baseline === null) return {};
  const { minReplicas: low, maxReplicas: high } = report.summary;
  const { minReplicas: lowBefore, maxReplicas: highBefore } = baseline.summary;
  if (low === lowBefore && high === highBefore) return {};
  const by = high === highBefore ? low - lowBefore : high - highBefore;
  return { change: { was: lowBefore === highBefore ? `${highBefore}` : `${lowBefore}–${highBefore}`, by: formatNumber(Math.abs(by)), direction: by > 0 ? "up" : "down", verdict: "different" } };
}
