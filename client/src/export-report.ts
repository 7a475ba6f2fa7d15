/** A report as a file, in the names of the command line's JSON. */
import type { SimulationPoint, SimulationReport } from "../../server/src/protocol.ts";

const columns: readonly (keyof SimulationPoint)[] = [
  "t", "arrivalRate", "capacity", "replicas", "ready", "loadFactor", "responseTime", "p50", "p95", "p99", "queue", "dropped", "cost", "minReplicas", "maxReplicas", "saturated",
];

/** One row per step, a header of names, LF line ends; seconds and fractions with six significant digits, empty where there is no steady value. */
export function reportCsv(report: SimulationReport): string {
  const rows = report.points.map((point) => columns.map((column) => cell(point[column])).join(","));
  return `${columns.join(",")}\n${rows.map((row) => `${row}\n`).join("")}`;
}

/** The whole report, six significant digits. */
export function reportJson(report: SimulationReport): string {
  return `${JSON.stringify(report, (_key, value: unknown) => (typeof value === "number" ? significant(value) : value), 2)}\n`;
}

/** `policy.inference.csv` for `policy.lbpolicy`. */
export function exportName(policyName: string, backend: string, extension: "csv" | "json"): string {
  return `${policyName.replace(/\.lbpolicy$/, "")}.${backend}.${extension}`;
}

function cell(value: number | boolean | null | undefined): string {
  if (value === undefined) return "false";
  return value === null ? "" : typeof value === "number" ? String(significant(value)) : String(value);
}

function significant(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
