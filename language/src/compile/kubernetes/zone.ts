/** The clocks of a zone in whole minutes, for cron knows nothing finer. Instants are minutes since 1970 UTC. */
import { isZone, openZone as openClock } from "../../simulate/zoned-time.ts";

export const dayMinutes = 1440;

export interface Zone {
  readonly name: string;
  /** The local time at an instant, in minutes since 1970 of the zone's clock. */
  readonly localOf: (instant: number) => number;
  /** All instants at which the clock shows a local time: none where it is put forward over it, two where the hour repeats. */
  readonly instantsOf: (local: number) => readonly number[];
}

/** No zone puts its clocks back by more, nor in finer steps. */
const longestRepeat = 180;
const repeatStep = 15;

/** The zone between two days (since 1970); undefined where there is none of that name. */
export function openZone(name: string, firstDay: number, lastDay: number): Zone | undefined {
  const clock = openClock(name, firstDay * 86_400, lastDay * 86_400);
  if (clock === undefined) return undefined;
  const localOf = (instant: number): number => Math.floor(clock.wallAt(instant * 60) / 60);
  const instantsOf = (local: number): readonly number[] => {
    const first = Math.ceil(clock.instantOf(local * 60) / 60);
    const found: number[] = [];
    for (let later = 0; later <= longestRepeat; later += repeatStep) if (localOf(first + later) === local) found.push(first + later);
    return found;
  };
  return { name, localOf, instantsOf };
}

/** An IANA name, and not `Local`, which would mean the zone of whatever machine reads it. */
export function isZoneName(name: string): boolean {
  return /^[A-Za-z]/.test(name) && name.toLowerCase() !== "local" && isZone(name);
}
