/** The four plots: which lines, which bands, which words. */
import type { SimulationPoint } from "../../server/src/protocol.ts";
import { formatDuration, formatMeasure, formatNumber, formatOperator, formatRate, formatSeconds, formatSecondsTick, formatTick } from "./format.ts";
import type { PanelModel } from "./model.ts";
import { alignTo, saturatedSpans } from "./model.ts";
import type { ThemeColor } from "./theme.ts";

export interface LineSpec {
  readonly name: string;
  readonly color: ThemeColor;
  /** CSS pixels drawn and left out, by turns; empty for a solid line. */
  readonly dash: readonly number[];
  readonly widthPx: number;
  readonly shape: "line" | "area";
  readonly stepped: boolean;
  readonly values: (model: PanelModel) => readonly (number | null)[];
  /** In legends and tables; null is a moment without a steady value. */
  readonly format: (value: number | null) => string;
}

/** A horizontal line over the whole width, with its words. */
export interface LevelMark {
  readonly value: number;
  readonly label: string;
  readonly color: ThemeColor;
}

export interface BandMark {
  readonly from: number;
  readonly to: number;
  readonly low?: number;
  readonly high?: number;
  readonly label: string;
  readonly color: ThemeColor;
  readonly opacity: number;
}

export interface DecisionMark {
  readonly t: number;
  readonly value: number;
  readonly direction: "up" | "down";
}

/** A legend entry of something that is not a line with a value. */
export interface LegendNote {
  readonly label: string;
  readonly color: ThemeColor;
  readonly dash: readonly number[];
  readonly shape: "line" | "band" | "rise-and-fall";
}

export interface PlotSpec {
  readonly id: string;
  readonly title: string;
  /** Small print behind the title. */
  readonly unit: (model: PanelModel) => string;
  readonly lines: readonly LineSpec[];
  readonly bands: (model: PanelModel) => readonly BandMark[];
  readonly levels: (model: PanelModel) => readonly LevelMark[];
  readonly decisions: (model: PanelModel) => readonly DecisionMark[];
  readonly notes: (model: PanelModel) => readonly LegendNote[];
  readonly axis: (value: number) => string;
  /** Distances between two labels, rising; the first that leaves enough room is taken. */
  readonly steps?: readonly number[];
  /** The top of the axis is never below this. */
  readonly leastTop: number;
  /** Where the axis ends though curves go beyond, so that a moment near saturation does not flatten the rest. */
  readonly cut?: (model: PanelModel) => number | undefined;
}

export const levelDash = [5, 4] as const;

type LineMore = Partial<Pick<LineSpec, "dash" | "widthPx" | "shape" | "stepped">>;

function line(name: string, color: ThemeColor, value: (point: SimulationPoint) => number | null, format: LineSpec["format"], more: LineMore = {}): LineSpec {
  return { name, color, dash: [], widthPx: 1.5, shape: "line", stepped: false, values: (model) => model.report.points.map(value), format, ...more };
}

const orNone = (format: (value: number) => string) => (value: number | null): string => (value === null ? "–" : format(value));
const whole = orNone((value) => formatNumber(Math.round(value)));
const none = (): readonly never[] => [];

const traffic: PlotSpec = {
  id: "traffic",
  title: "Traffic and capacity",
  unit: () => "requests/s",
  lines: [
    line("arrivals", "blue", (point) => point.arrivalRate, orNone(formatRate), { shape: "area" }),
    line("capacity", "green", (point) => point.capacity, orNone(formatRate), { stepped: true, dash: [7, 3] }),
  ],
  bands: none,
  levels: none,
  decisions: none,
  notes: none,
  axis: formatTick,
  leastTop: 1,
};

const replicas: PlotSpec = {
  id: "replicas",
  title: "Replicas",
  unit: () => "",
  lines: [
    { ...line("last saved", "muted", () => null, whole, { stepped: true, dash: [2, 3] }), values: lastSavedReplicas },
    line("desired", "purple", (point) => point.replicas, whole, { stepped: true, dash: [6, 3] }),
    line("ready", "green", (point) => point.ready, whole, { stepped: true, widthPx: 2 }),
  ],
  bands: ({ report }) => report.schedules.map(({ name, from, to, min, max }) => ({ from, to, label: `${name} ${max === null ? `≥ ${min}` : `${min}..${max}`}`, color: "blue", opacity: 0.13 })),
  levels: ({ report }) => expectationLevels(report.expectations, ["replicas"]),
  decisions: ({ report }) => report.events.filter(({ from, to }) => from !== to).map(({ t, from, to }) => ({ t, value: to, direction: to > from ? "up" : "down" })),
  notes: ({ report }) => [
    ...(report.events.length > 0 ? [{ label: "decision up, down", color: "orange", dash: [], shape: "rise-and-fall" } as const] : []),
    ...(report.schedules.length > 0 ? [{ label: `schedule ${[...new Set(report.schedules.map(({ name }) => name))].slice(0, 2).join(", ")}`, color: "blue", dash: [], shape: "band" } as const] : []),
  ],
  axis: formatTick,
  leastTop: 2,
};

const loadFactor: PlotSpec = {
  id: "load-factor",
  title: "Load factor",
  unit: () => "offered ÷ capacity",
  lines: [line("load factor", "orange", (point) => point.loadFactor, orNone(formatNumber))],
  bands: ({ report }) => (report.targetLoadFactor === null ? [] : [{
    from: 0, to: report.durationSeconds, label: "",
    low: report.targetLoadFactor * (1 - report.toleranceDown), high: report.targetLoadFactor * (1 + report.toleranceUp), color: "green", opacity: 0.25,
  }]),
  levels: ({ report }) => [{ value: 1, label: "saturated", color: "red" }, ...expectationLevels(report.expectations, ["load_factor"])],
  decisions: none,
  notes: ({ report }) => [
    ...(report.targetLoadFactor === null ? [] : [{ label: `target ${formatNumber(report.targetLoadFactor)} ± tolerance`, color: "green", dash: [], shape: "band" } as const]),
    { label: "saturated at 1", color: "red", dash: levelDash, shape: "line" },
  ],
  axis: formatTick,
  leastTop: 1.2,
};

/** 1, 2, 5 up to ten seconds, then what divides minutes and hours. */
const secondSteps = [0.001, 0.01, 0.1, 1].flatMap((unit) => [unit, 2 * unit, 5 * unit]).concat([10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000, 36_000, 86_400]);

const percentiles = ["p50", "p95", "p99", "response_time"] as const;

const responseTime: PlotSpec = {
  id: "response-time",
  title: "Response time",
  unit: (model) => {
    const top = responseCut(model);
    return top === undefined ? "" : `cut at ${formatSeconds(top)}, highest ${formatSeconds(highest(model.report.points))}`;
  },
  cut: responseCut,
  lines: [
    line("p50", "blue", (point) => point.p50, formatSeconds, {}),
    line("p95", "orange", (point) => point.p95, formatSeconds, { dash: [8, 3] }),
    line("p99", "red", (point) => point.p99, formatSeconds, { dash: [2, 2] }),
  ],
  bands: ({ report }) => saturatedSpans(report).map((span) => ({ ...span, label: span.to - span.from >= report.durationSeconds / 12 ? "saturated" : "", color: "red", opacity: 0.2 })),
  levels: ({ report }) => expectationLevels(report.expectations, percentiles),
  decisions: none,
  notes: ({ report }) => [
    ...report.expectations.filter(({ measure }) => percentiles.some((each) => each === measure)).map(({ measure, operator, value }) => ({
      label: `expect ${measure} ${formatOperator(operator)} ${formatMeasure(measure, value)}`, color: "red", dash: levelDash, shape: "line",
    } as const)),
    ...(report.summary.saturatedSeconds > 0 ? [{ label: `saturated ${formatDuration(report.summary.saturatedSeconds)}`, color: "red", dash: [], shape: "band" } as const] : []),
  ],
  axis: formatSecondsTick,
  steps: secondSteps,
  leastTop: 0.01,
};

/** Six times what 95 % of the moments stay below, or the highest expectation, where the highest moment is above that. */
function responseCut({ report }: PanelModel): number | undefined {
  const values = report.points.map((point) => point.p99).filter((value) => value !== null).sort((a, b) => a - b);
  const levels = expectationLevels(report.expectations, percentiles).map((level) => level.value);
  const top = 6 * Math.max(values[Math.floor(values.length * 0.95)] ?? 0, ...levels);
  return top > 0 && highest(report.points) > top ? top : undefined;
}

function highest(points: readonly SimulationPoint[]): number {
  return points.reduce((most, point) => Math.max(most, point.p99 ?? 0), 0);
}

export const plotSpecs: readonly PlotSpec[] = [traffic, replicas, loadFactor, responseTime];

function lastSavedReplicas(model: PanelModel): readonly (number | null)[] {
  const { baseline, times } = model;
  return baseline === null ? times.map(() => null) : alignTo(times, baseline.points, (point) => point.replicas);
}

function expectationLevels(expectations: PanelModel["report"]["expectations"], measures: readonly string[]): readonly LevelMark[] {
  return expectations
    .filter(({ measure }) => measures.includes(measure))
    .map(({ measure, operator, value }) => ({ value, label: `${measure} ${formatOperator(operator)} ${formatMeasure(measure, value)}`, color: "red" }));
}
