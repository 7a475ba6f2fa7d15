/** Why the pool changed: the autoscaler's decisions in words. */
import type { SimulationEvent } from "../../server/src/protocol.ts";
import { formatMetric, formatNumber } from "./format.ts";
import type { PanelModel } from "./model.ts";

/** `busy: cpu 100 % / 70 % = 1.43 → 25`; for schedules and bounds the sentence of the simulator. */
export function askedFor(event: SimulationEvent): string {
  const { by, threshold, metric, value, target, ratio, recommended } = event.decision;
  if (by !== "threshold" || metric === undefined || value === undefined) return event.reason;
  const name = threshold === undefined ? "" : `${threshold}: `;
  if (target === undefined) return `${name}${metric} ${formatMetric(metric, value)} → ${formatNumber(recommended)}`;
  const comparison = ratio === undefined ? ` (limit ${formatMetric(metric, target)})` : ` / ${formatMetric(metric, target)} = ${formatNumber(ratio)}`;
  return `${name}${metric} ${formatMetric(metric, value)}${comparison} → ${formatNumber(recommended)}`;
}

/** `up: +4 per 15 s · 4 still starting`; nothing where nothing held it back. */
export function heldBack(event: SimulationEvent): string {
  return event.decision.heldBackBy.join(" · ");
}

/** The index of the event nearest to `t`; -1 without events. */
export function nearestEvent(events: readonly SimulationEvent[], t: number): number {
  let best = -1;
  let distance = Infinity;
  events.forEach((event, i) => {
    const away = Math.abs(event.t - t);
    if (away < distance) [best, distance] = [i, away];
  });
  return best;
}

/** The `size` events around the one at `index`, with as many before as after where there are so many. */
export function eventWindow(count: number, index: number, size: number): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(index - Math.floor(size / 2), count - size));
  return { from, to: Math.min(count, from + size) };
}

export interface MemberRow {
  readonly name: string;
  /** 0 to 1 and more: the length of the bar. */
  readonly loadFactor: number | null;
  readonly text: string;
}

/** What the members do at the point with this index: each fixed one, or the ready and the starting ones of an elastic pool. */
export function memberRows(model: PanelModel, index: number): readonly MemberRow[] {
  const point = model.report.points[index];
  if (point === undefined) return [];
  if (model.shares.length > 0) {
    return model.shares.map(({ name, fraction, capacityPerSecond }) => {
      const rate = fraction * point.arrivalRate;
      const load = capacityPerSecond === null || capacityPerSecond === 0 ? null : rate / capacityPerSecond;
      return { name, loadFactor: load, text: load === null ? `${formatNumber(rate)}/s` : `${formatNumber(rate)}/s · ${formatNumber(load)}` };
    });
  }
  const rows: MemberRow[] = [];
  if (point.ready > 0) {
    rows.push({ name: span(1, point.ready), loadFactor: point.loadFactor, text: `${formatNumber(point.ready)} × ${formatNumber(point.arrivalRate / point.ready)}/s · ${formatNumber(point.loadFactor)}` });
  }
  if (point.replicas > point.ready) rows.push({ name: span(point.ready + 1, point.replicas), loadFactor: null, text: "starting" });
  if (rows.length === 0) rows.push({ name: "no member", loadFactor: null, text: "at zero" });
  return rows;
}

function span(first: number, last: number): string {
  return first === last ? `member ${first}` : `members ${first}–${last}`;
}
