/** Local times of an IANA zone and the instants they stand for. Instants are minutes since 1970 UTC. */

/** Minutes of a day. */
export const dayMinutes = 1440;

export interface Zone {
  readonly name: string;
  /** Local time minus UTC at an instant, in minutes. */
  readonly offsetAt: (instant: number) => number;
}

/** A zone by its IANA name; undefined where there is none of that name. */
export function openZone(name: string): Zone | undefined {
  if (!isZoneName(name)) return undefined;
  const format = new Intl.DateTimeFormat("en-US-u-ca-gregory", {
    timeZone: name, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  });
  const offsets = new Map<number, number>();
  // Transitions happen at quarters of an hour UTC; nothing changes between them.
  const offsetAt = (instant: number): number => {
    const quarter = Math.floor(instant / 15) * 15;
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    const parts = Object.fromEntries(format.formatToParts(quarter * 60_000).map((part) => [part.type, Number(part.value)]));
    const local = Date.UTC(parts["year"] ?? 0, (parts["month"] ?? 1) - 1, parts["day"], parts["hour"], parts["minute"]) / 60_000;
    offsets.set(quarter, local - quarter);
    return local - quarter;
  };
  return { name, offsetAt };
}

/** An IANA name, and not `Local`, which would mean the zone of whatever machine reads it. */
export function isZoneName(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || name.toLowerCase() === "local") return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** All instants at which the zone's clocks show a local time: none in a gap, two where the hour repeats. `local` is minutes since 1970 local. */
export function instantsOf(zone: Zone, local: number): readonly number[] {
  const offsets = new Set([zone.offsetAt(local - dayMinutes), zone.offsetAt(local + dayMinutes)]);
  return [...offsets].map((offset) => local - offset).filter((instant) => instant + zone.offsetAt(instant) === local).sort((a, b) => a - b);
}

/** The one instant that a policy means by a local time: the first where it repeats, the end of the gap where it is skipped. */
export function instantOf(zone: Zone, local: number): number {
  const [first] = instantsOf(zone, local);
  if (first !== undefined) return first;
  const before = zone.offsetAt(local - dayMinutes);
  let low = local - Math.max(before, zone.offsetAt(local + dayMinutes));
  let high = local - before;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** The local time at an instant, in minutes since 1970 local. */
export function localOf(zone: Zone, instant: number): number {
  return instant + zone.offsetAt(instant);
}

/** Days since 1970 of a calendar date. `month` 1–12. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** The calendar date of a day number; `weekday` 0 Sunday … 6. */
export function dateOf(day: number): { readonly year: number; readonly month: number; readonly day: number; readonly weekday: number } {
  const date = new Date(day * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() };
}
