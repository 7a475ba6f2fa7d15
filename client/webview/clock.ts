/** The wall clock of a run: seconds since its start as local times of its zone, daylight saving included. */
export interface Clock {
  /** `12:37`, or `12:37:15` where the seconds are not 0; `24:00` for a midnight that ends a run of a day. */
  readonly time: (t: number) => string;
  /** `12:37` in a run of a day, `Tue 12:37` in a longer one. */
  readonly moment: (t: number) => string;
  /** Short label of a tick: `08:00`, or `Tue 6` for a midnight within a longer run. */
  readonly tick: (t: number) => string;
  /** Moments of t that fall on whole steps of the local clock, at least `leastSeconds` apart. */
  readonly ticks: (fromSeconds: number, toSeconds: number, leastSeconds: number) => readonly number[];
}

const steps = [1, 5, 15, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 31_536_000];

/** `start` is the local time of t = 0, ISO 8601 without an offset; an unknown zone counts as UTC. */
export function createClock(start: string, timezone: string, durationSeconds: number): Clock {
  const format = createFormat(timezone);
  const startLocalMs = Date.parse(`${start.includes("T") ? start : start.replace(" ", "T")}Z`) || 0;
  const startMs = instantOf(startLocalMs, format);
  const severalDays = durationSeconds > 86_400;
  const local = (t: number): Date => new Date(localMs(startMs + t * 1000, format));
  const time = (t: number): string => {
    const date = local(t);
    const text = date.toISOString().slice(11, date.getUTCSeconds() === 0 ? 16 : 19);
    return text === "00:00" && !severalDays && t > 0 ? "24:00" : text;
  };
  const day = (t: number): string => local(t).toLocaleDateString("en-US", { timeZone: "UTC", weekday: "short" });
  return {
    time,
    moment: (t) => (severalDays ? `${day(t)} ${time(t)}` : time(t)),
    tick: (t) => {
      const text = time(t);
      return severalDays && text === "00:00" ? `${day(t)} ${local(t).getUTCDate()}` : text;
    },
    ticks: (from, to, least) => {
      const step = steps.find((each) => each >= least) ?? 31_536_000;
      const secondOfDay = Math.round((startLocalMs / 1000) % 86_400);
      const first = Math.ceil((from + secondOfDay) / step) * step - secondOfDay;
      const result: number[] = [];
      for (let t = first; t <= to; t += step) result.push(t);
      return result;
    },
  };
}

function createFormat(timezone: string): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = { hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: timezone });
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  }
}

/** The wall clock at an instant, as the milliseconds of the same figures in UTC. */
function localMs(instantMs: number, format: Intl.DateTimeFormat): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instantMs)) part[type] = Number(value);
  return Date.UTC(part["year"] ?? 0, (part["month"] ?? 1) - 1, part["day"] ?? 1, part["hour"] ?? 0, part["minute"] ?? 0, part["second"] ?? 0);
}

/** The instant at which the wall clock shows `wantedLocalMs`; a skipped time gives the instant after the gap. */
function instantOf(wantedLocalMs: number, format: Intl.DateTimeFormat): number {
  let instant = wantedLocalMs;
  for (let i = 0; i < 3; i++) instant += wantedLocalMs - localMs(instant, format);
  return instant;
}
