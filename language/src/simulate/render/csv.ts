/** A report as a table for a spreadsheet (RFC 4180, LF). */
import type { SimulationPoint, SimulationReport } from "../report.ts";

const columns = [
  "t", "arrivalRate", "capacity", "replicas", "ready", "loadFactor", "responseTime", "p50", "p95", "p99", "queue", "dropped", "cost", "minReplicas", "maxReplicas", "saturated",
] as const satisfies readonly (keyof SimulationPoint)[];

/** One row for each step: seconds, rates per second, fractions. An empty cell where no steady value exists; `saturated` is 1 or 0. */
export function reportCsv(report: SimulationReport): string {
  const rows = report.points.map((point) => columns.map((column) => (column === "saturated" ? (point.saturated === true ? 1 : 0) : (point[column] ?? ""))).join(","));
  return `${[columns.join(","), ...rows].join("\n")}\n`;
}
