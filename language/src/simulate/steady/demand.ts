/** The demand for which the figures beside a backend are shown. */
import type { Backend } from "../../model/policy.ts";
import type { Trace } from "../trace.ts";
import { peakRate } from "../traffic.ts";

export interface PeakDemand {
  readonly ratePerSecond: number;
  /** When a traffic has its peak, on the wall clock of its zone; a rate has none. `description` is such as `2026-01-05 20:00`. */
  readonly at?: { readonly secondOfDay: number; readonly description: string };
}

/**
 * A rate as it stands; of a traffic its peak in the first week, bursts in, noise out. Undefined where the backend has no demand.
 * @param trace the rows of the traffic's file, where its shape is a trace
 */
export function peakDemand(backend: Backend, trace?: Trace): PeakDemand | undefined {
  const { demand } = backend;
  if (demand === undefined) return undefined;
  if (demand.kind === "rate") return { ratePerSecond: demand.ratePerSecond };
  const peak = peakRate(demand.traffic, trace);
  return { ratePerSecond: peak.ratePerSecond, at: { secondOfDay: secondOfDay(peak.local), description: peak.local } };
}

/** Of a wall clock text that ends in HH:MM or HH:MM:SS. */
function secondOfDay(local: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = (local.split(" ").at(-1) ?? "").split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}
