/** A simulation for a terminal: what it is of, small plots, a table of its spans, its summary. */
import { clockText, countText, expectationText, figure, reasonText, secondsText, shareText, worstText } from "../../language/src/index.ts";
import type { SimulationPoint, SimulationReport } from "../../language/src/index.ts";
import { visibleText } from "./plain-text.ts";
import { plot } from "./plot.ts";
import { table } from "./table.ts";

/** `columns` is the width of the terminal. */
export function simulationText(report: SimulationReport, columns: number): string {
  return [head(report), plots(report, columns), spans(report), members(report), summary(report), expectations(report), notes(report)].filter((part) => part !== "").join("\n");
}

function head(report: SimulationReport): string {
  const load = report.traffic === null ? "its demand" : `traffic ${visibleText(report.traffic)}`;
  const scenario = report.scenario === null ? "" : `scenario ${visibleText(report.scenario)}, `;
  return `${visibleText(report.backend)}: ${scenario}${load}, ${secondsText(report.durationSeconds)} from ${report.start} ${report.timezone}, ` +
    `step ${secondsText(report.stepSeconds)}, picks of ${report.target}, seed ${report.seed}\n`;
}

const labelColumns = 20;
const plotHeight = 3;

function plots(report: SimulationReport, columns: number): string {
  const width = Math.max(24, Math.min(96, columns - labelColumns - 2));
  const { points } = report;
  return [
    curve("requests/s", points.map((point) => point.arrivalRate), width, figure),
    curve("replicas", points.map((point) => point.replicas), width, figure),
    curve("load factor", points.map((point) => point.loadFactor), width, figure),
    curve("response time", points.map((point) => point.responseTime), width, secondsText),
  ].join("\n");
}

function curve(name: string, values: readonly (number | null)[], width: number, unit: (value: number) => string): string {
  const top = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const lines = plot(values, width, plotHeight, top);
  return lines.map((line, row) => {
    const label = row === 0 ? unit(top) : row === plotHeight - 1 ? name : "";
    return `${label.padStart(labelColumns)} ${row === 0 ? "┐" : row === plotHeight - 1 ? "┘" : "│"}${line.trimEnd()}\n`;
  }).join("");
}

/** Rows of an hour; of 5 minutes where the run is shorter than 3 hours, of a day where it is longer than 4 days. */
function spans(report: SimulationReport): string {
  const seconds = report.durationSeconds < 3 * 3600 ? 300 : report.durationSeconds > 4 * 86_400 ? 86_400 : 3600;
  const rows: string[][] = [];
  for (let from = 0; from < report.durationSeconds; from += seconds) {
    const points = report.points.filter((point) => point.t >= from && point.t < from + seconds);
    if (points.length > 0) rows.push(spanRow(report, from, points));
  }
  return table(
    ["time", "requests/s", "replicas", "load", "response", "p95", "queue", "lost"],
    rows,
    ["left", "right", "right", "right", "right", "right", "right", "right"],
  );
}

/** The mean rate, the sizes, and the worst of the rest. */
function spanRow(report: SimulationReport, from: number, points: readonly SimulationPoint[]): string[] {
  const of = (pick: (point: SimulationPoint) => number): readonly number[] => points.map(pick);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const least = of((point) => point.replicas).reduce((a, b) => Math.min(a, b));
  const most = of((point) => point.replicas).reduce((a, b) => Math.max(a, b));
  return [
    clockText(report, from),
    figure(sum(of((point) => point.arrivalRate)) / points.length),
    least === most ? String(least) : `${least}–${most}`,
    figure(of((point) => point.loadFactor).reduce((a, b) => Math.max(a, b))),
    secondsText(worst(points.map((point) => point.responseTime))),
    secondsText(worst(points.map((point) => point.p95))),
    figure(hundredths(of((point) => point.queue).reduce((a, b) => Math.max(a, b)))),
    figure(sum(of((point) => point.dropped))),
  ];
}

/** A mean queue of a thousandth of a request is none to a reader. */
function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Null where one has no steady value. */
function worst(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (most === null || value === null ? null : Math.max(most, value)));
}

function summary(report: SimulationReport): string {
  const { summary } = report;
  const size = summary.minReplicas === summary.maxReplicas ? String(summary.minReplicas) : `${summary.minReplicas} to ${summary.maxReplicas}`;
  const isFixed = summary.minReplicas === summary.maxReplicas && summary.scalingActions === 0;
  const rows: (readonly [string, string])[] = [
    ["peak load factor", `${figure(summary.peakLoadFactor)} at ${clockText(report, summary.peakLoadFactorAt)}`],
    ["worst p95", summary.worstP95 === null ? (summary.saturatedSeconds > 0 ? "none: saturated" : "not known") : `${secondsText(summary.worstP95)} at ${clockText(report, summary.worstP95At)}`],
    ["replicas", isFixed ? size : `${size}, ${countText(summary.scalingActions, "change")}, ${countText(summary.flaps, "flap")}`],
    ["availability", `${shareText(summary.availability)}, ${countText(summary.dropped, "request")} lost`],
    ...(report.targetLoadFactor === null ? [] : [["above the target", secondsText(summary.secondsAboveTarget)] as const]),
    ["saturated", secondsText(summary.saturatedSeconds)],
  ];
  if (summary.cost !== null) rows.push(["cost", `$${summary.cost.toFixed(2)}`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

/** Each expectation with its figure; of one that does not hold the worst time and what went on then. */
export function expectationLines(report: SimulationReport): readonly string[] {
  return report.expectations.flatMap((each) => {
    if (each.holds) return [`holds          ${expectationText(each)}`];
    const worst = worstText(report, each);
    const reason = reasonText(report, each);
    return [`does not hold  ${expectationText(each)}${worst === undefined ? "" : `, ${worst}`}`, ...(reason === undefined ? [] : [`               ${visibleText(reason)}`])];
  });
}

/** What each member takes at the highest load factor of the run; of an elastic pool they are alike. */
function members(report: SimulationReport): string {
  const list = report.members ?? [];
  if (list.length === 0) return "";
  const most = 20;
  const rows = list.slice(0, most).map((member) => [visibleText(member.name), String(member.count), figure(member.ratePerSecond), shareText(member.loadFactor)]);
  const more = list.length > most ? `and ${list.length - most} more\n` : "";
  return `${table(["member", "count", "requests/s", "load"], rows, ["left", "right", "right", "right"])}${more}`;
}

function expectations(report: SimulationReport): string {
  return expectationLines(report).map((line) => `${line}\n`).join("");
}

function notes(report: SimulationReport): string {
  return report.notes.map((note) => `Note: ${visibleText(note)}\n`).join("");
}
