/** The clock of a zone minute by minute, from the platform's tables: an oracle that shares no code with the product. */

export interface WallClock {
  /** First minute since 1970 UTC, and how many follow. */
  readonly first: number;
  readonly minutes: number;
  /** Local minutes since 1970 at `first + i`. */
  readonly local: Int32Array;
}

export function readWallClock(timezone: string, first: number, minutes: number): WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  });
  const offsetAt = (instant: number): number => {
    const parts = Object.fromEntries(format.formatToParts(instant * 60_000).map((part) => [part.type, Number(part.value)]));
    return Date.UTC(parts["year"] ?? 0, (parts["month"] ?? 0) - 1, parts["day"], parts["hour"], parts["minute"]) / 60_000 - instant;
  };
  const local = new Int32Array(minutes);
  for (let day = 0; day < minutes; day += 1440) {
    const end = Math.min(minutes, day + 1440);
    const [before, after] = [offsetAt(first + day), offsetAt(first + end)];
    for (let i = day; i < end; i++) local[i] = first + i + (before === after ? before : offsetAt(first + i));
  }
  return { first, minutes, local };
}

/** The first minute at which the clock shows the local time or, where it is put forward over it, a later one. */
export function firstReaching(clock: WallClock, local: number): number {
  // The clock never goes back by more than three hours, so the search begins before any repetition.
  let i = Math.max(0, Math.min(clock.minutes, local - (clock.local[0] ?? 0) - 1620));
  while (i < clock.minutes && (clock.local[i] ?? 0) < local) i++;
  return i;
}

/** `0 8 * * 1-5` as the CronJob controller and KEDA match it: for each minute of the clock, 1 where it fires. */
export function firings(clock: WallClock, cron: string): Uint8Array {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = cron.split(" ");
  const fields = [readField(minute, 0, 59), readField(hour, 0, 23), readField(day, 1, 31), readField(month, 1, 12), readField(weekday, 0, 6)];
  const times = new Uint8Array(1440).map((_, time) => (fields[0]?.has(time % 60) === true && fields[1]?.has(Math.floor(time / 60)) === true ? 1 : 0));
  const fires = new Uint8Array(clock.minutes);
  let lastDay = Number.NaN;
  let isDay = false;
  for (let i = 0; i < clock.minutes; i++) {
    const local = clock.local[i] ?? 0;
    const dayNumber = Math.floor(local / 1440);
    if (dayNumber !== lastDay) {
      lastDay = dayNumber;
      const date = new Date(dayNumber * 86_400_000);
      const [byDay, byWeekday] = [fields[2]?.has(date.getUTCDate()), fields[4]?.has(date.getUTCDay())];
      isDay = fields[3]?.has(date.getUTCMonth() + 1) === true && (day === "*" || weekday === "*" ? byDay === true && byWeekday === true : byDay === true || byWeekday === true);
    }
    if (isDay && times[local - dayNumber * 1440] === 1) fires[i] = 1;
  }
  return fires;
}

function readField(text: string, from: number, to: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [first, last] = part === "*" ? [from, to] : part.split("-").map(Number);
    for (let value = first ?? 0; value <= (last ?? first ?? 0); value++) values.add(value);
  }
  return values;
}
