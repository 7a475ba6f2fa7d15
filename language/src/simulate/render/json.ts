/** A report as the JSON of the command line. */
import type { SimulationReport } from "../report.ts";

/** The keys of the language's reference first, in its order; then what else a reader may want. At most six significant digits, ends with LF. */
export function reportJson(report: SimulationReport): string {
  const { backend, target, seed, stepSeconds, points, events, summary, ...rest } = report;
  const shown = {
    backend, target, seed, stepSeconds,
    points: points.map(({ t, arrivalRate, replicas, ready, loadFactor, responseTime, p50, p95, p99, queue, dropped, cost, saturated }) => ({
      t, arrivalRate, replicas, ready, loadFactor, responseTime, p50, p95, p99, queue, dropped, cost, ...(saturated === undefined ? {} : { saturated }),
    })),
    events: events.map(({ t, from, to, reason, decision }) => ({ t, from, to, reason, decision })),
    summary, ...rest,
  };
  return `${JSON.stringify(shown, (_, value: unknown) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value), 2)}\n`;
}
