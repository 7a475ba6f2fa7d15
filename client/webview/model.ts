/** What all parts of the panel draw from: a report, the one it is compared with, and its clock. */
import type { FixedShare, SimulationPoint, SimulationReport } from "../../server/src/protocol.ts";
import type { Clock } from "./clock.ts";
import { createClock } from "./clock.ts";

export interface PanelModel {
  readonly report: SimulationReport;
  readonly baseline: SimulationReport | null;
  readonly shares: readonly FixedShare[];
  readonly clock: Clock;
  /** Seconds since the start, of each point. */
  readonly times: readonly number[];
}

export function createModel(report: SimulationReport, baseline: SimulationReport | null, shares: readonly FixedShare[]): PanelModel {
  return { report, baseline, shares, clock: createClock(report.start, report.timezone, report.durationSeconds), times: report.points.map((point) => point.t) };
}

/** Index of the point nearest to `t`, -1 without points. `times` rises. */
export function nearestIndex(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= t) low = middle;
    else high = middle;
  }
  return high < 0 ? -1 : t - (times[low] ?? 0) <= (times[high] ?? 0) - t ? low : high;
}

/** The values of `other` at the times of `times`; null outside its span. A step holds until the next. */
export function alignTo(times: readonly number[], other: readonly SimulationPoint[], value: (point: SimulationPoint) => number): readonly (number | null)[] {
  let index = 0;
  return times.map((t) => {
    while (index + 1 < other.length && (other[index + 1]?.t ?? Infinity) <= t) index += 1;
    const point = other[index];
    const last = other.at(-1);
    return point === undefined || last === undefined || t < point.t || t > last.t ? null : value(point);
  });
}

/** Spans of t in which the points are saturated, each until the next point that is not. */
export function saturatedSpans(report: SimulationReport): readonly { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  report.points.forEach((point, i) => {
    if (point.saturated !== true) return;
    const to = report.points[i + 1]?.t ?? point.t + report.stepSeconds;
    const last = spans.at(-1);
    if (last?.to === point.t) last.to = to;
    else spans.push({ from: point.t, to });
  });
  return spans;
}
