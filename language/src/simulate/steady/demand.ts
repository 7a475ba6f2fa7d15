/** The demand for which the figures beside a backend are shown. */
import type { Backend } from "../../model/policy.ts";

export interface PeakDemand {
  readonly ratePerSecond: number;
  /** When a traffic has its peak; a rate has none. */
  readonly at?: { readonly secondOfDay: number; readonly description: string };
}

/** A rate as it stands; of a traffic its peak in the first week, bursts in, noise out. Undefined where the backend has no demand. */
export function peakDemand(backend: Backend): PeakDemand | undefined {
  const { demand } = backend;
  if (demand === undefined || demand.kind !== "rate") return undefined;
  return { ratePerSecond: demand.ratePerSecond };
}
