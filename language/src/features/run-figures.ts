/** What a simulated run adds to the figures of the formulas: when a pool first grows, how often it turns round, what a day costs. */
import { wallSecondsAt } from "../simulate/render/words.ts";
import type { SimulationReport } from "../simulate/report.ts";
import { exactSecondsText, figure } from "./figures-text.ts";

export interface RunFigures {
  readonly backend: string;
  /** Local time of the first growth of the wanted size, `07:12`; with its day where it is not the first. Undefined where it never grows. */
  readonly firstScaleUpAt: string | undefined;
  readonly flaps: number;
  /** USD; undefined where no member has a price. */
  readonly costPerDay: number | undefined;
  readonly worstP95Seconds: number | undefined;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly isElastic: boolean;
}

const daySeconds = 86_400;

export function runFigures(report: SimulationReport, isElastic: boolean): RunFigures {
  const { summary } = report;
  const growth = report.events.find((event) => event.to > event.from && event.t > 0);
  return {
    backend: report.backend,
    firstScaleUpAt: growth === undefined ? undefined : timeText(report, growth.t),
    flaps: summary.flaps,
    costPerDay: summary.cost === null || report.durationSeconds === 0 ? undefined : (summary.cost * daySeconds) / report.durationSeconds,
    worstP95Seconds: summary.worstP95 ?? undefined,
    minReplicas: summary.minReplicas,
    maxReplicas: summary.maxReplicas,
    isElastic,
  };
}

/** `grows at 07:12 · 3 flaps · $120/day`; empty where there is nothing to say. */
export function runLabel(run: RunFigures): string {
  const parts: string[] = [];
  if (run.isElastic) {
    parts.push(run.firstScaleUpAt === undefined ? "never grows" : `grows at ${run.firstScaleUpAt}`);
    parts.push(run.flaps === 1 ? "1 flap" : `${run.flaps} flaps`);
  }
  if (run.costPerDay !== undefined) parts.push(`$${figure(run.costPerDay)}/day`);
  return parts.join(" · ");
}

/** Markdown: one line for each figure. */
export function runText(run: RunFigures): string {
  const rows: string[] = [];
  if (run.isElastic) {
    rows.push(run.firstScaleUpAt === undefined ? "the pool never grows" : `first scale-up at **${run.firstScaleUpAt.replace(":", "\\:")}**`);
    rows.push(`**${run.minReplicas}** to **${run.maxReplicas}** members, **${run.flaps}** ${run.flaps === 1 ? "flap" : "flaps"} (reversals within 10 min)`);
  }
  if (run.worstP95Seconds !== undefined) rows.push(`worst p95 **${exactSecondsText(run.worstP95Seconds)}**`);
  if (run.costPerDay !== undefined) rows.push(`**\\$${figure(run.costPerDay)}** a day`);
  return rows.length === 0 ? "" : `In a simulated run at the demand:\n\n${rows.map((row) => `- ${row}`).join("\n")}`;
}

function timeText(report: SimulationReport, seconds: number): string {
  const first = wallSecondsAt(report, 0) ?? 0;
  const wall = wallSecondsAt(report, seconds) ?? seconds;
  const day = Math.floor(wall / daySeconds) - Math.floor(first / daySeconds);
  const clock = [Math.floor((wall % daySeconds) / 3600), Math.floor((wall % 3600) / 60)].map((part) => String(part).padStart(2, "0")).join(":");
  return day === 0 ? clock : `${clock} on day ${day + 1}`;
}
