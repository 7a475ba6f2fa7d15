/** Wall clocks of time zones. Instants are seconds since 1970-01-01T00:00Z; wall clocks as in calendar.ts. */
import { Temporal } from "temporal-polyfill";
import { secondsPerDay } from "./calendar.ts";

/** A zone's offsets over a span of time. */
export interface Zone {
  readonly name: string;
  /** The wall clock at an instant. */
  readonly wallAt: (instant: number) => number;
  /** The first instant at which the clock shows `wall`; where it never does (it is put forward over it), the instant of the change. */
  readonly instantOf: (wall: number) => number;
}

/** True for the names that `openZone` knows. */
export function isZone(name: string): boolean {
  return zonedAt(name, 0) !== undefined;
}

/**
 * The zone between two wall-clock times, and some days around them.
 * @returns undefined where the name is not an IANA time zone
 */
export function openZone(name: string, fromWall: number, toWall: number): Zone | undefined {
  const starts: number[] = [Number.NEGATIVE_INFINITY];
  const offsets: number[] = [];
  // A zone is at most a day from UTC; the rest covers windows that began before the span.
  const until = toWall + 3 * secondsPerDay;
  let at = zonedAt(name, fromWall - 3 * secondsPerDay);
  if (at === undefined) return undefined;
  offsets.push(at.offsetNanoseconds / 1e9);
  for (;;) {
    const next: Temporal.ZonedDateTime | null = at.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds / 1000 > until) break;
    starts.push(next.epochMilliseconds / 1000);
    offsets.push(next.offsetNanoseconds / 1e9);
    at = next;
  }

  let last = 0;
  const wallAt = (instant: number): number => {
    if (instant < (starts[last] ?? 0)) last = 0;
    while (last + 1 < starts.length && instant >= (starts[last + 1] ?? 0)) last += 1;
    return instant + (offsets[last] ?? 0);
  };
  const instantOf = (wall: number): number => {
    for (let segment = 0; segment < starts.length; segment++) {
      const instant = wall - (offsets[segment] ?? 0);
      const start = starts[segment] ?? 0;
      if (instant < start) return start;
      if (segment + 1 === starts.length || instant < (starts[segment + 1] ?? 0)) return instant;
    }
    return wall;
  };
  return { name, wallAt, instantOf };
}

function zonedAt(name: string, instant: number): Temporal.ZonedDateTime | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(Math.floor(instant) * 1000).toZonedDateTimeISO(name);
  } catch (problem) {
    if (problem instanceof RangeError) return undefined;
    throw problem;
  }
}
