/** When the faults of a scenario are on. */
import type { Fault } from "../../model/traffic.ts";
import { secondsPerDay, wallSeconds } from "../calendar.ts";
import type { RunClock, Span } from "../traffic.ts";

export interface TimedFault {
  readonly fault: Fault;
  readonly span: Span;
}

/** Each fault with its span in seconds since the start: a time of day is the first after the start. */
export function timedFaults(faults: readonly Fault[], clock: RunClock): readonly TimedFault[] {
  return faults.map((fault) => {
    const from = startOf(fault, clock);
    return { fault, span: { from, to: from + fault.seconds } };
  });
}

/** True in the steps from the first that begins in the span. */
export function isOn(span: Span, t: number): boolean {
  return span.from <= t && t < span.to;
}

/** How many of `members` a fault of an elastic pool takes. */
export function membersHit(fault: Fault, members: number): number {
  if (fault.subject.kind === "replicas") return Math.min(members, fault.subject.count);
  return fault.subject.kind === "share" ? Math.min(members, Math.ceil(Number((fault.subject.fraction * members).toPrecision(12)))) : 0;
}

function startOf(fault: Fault, { zone, startInstant }: RunClock): number {
  const { at } = fault;
  if (at.kind === "offset") return at.seconds;
  if (at.kind === "date") return zone.instantOf(wallSeconds(at.date)) - startInstant;
  const today = Math.floor(zone.wallAt(startInstant) / secondsPerDay);
  for (let day = today; ; day++) {
    const from = zone.instantOf(day * secondsPerDay + at.secondOfDay) - startInstant;
    if (from >= 0) return from;
  }
}
