/** For a year, minute by minute, in many zones: what the emitted CronJobs and triggers give is what the policy means. */
import assert from "node:assert/strict";
import { analyze, compile } from "../../../language/src/index.ts";
import type { Json } from "../../../language/src/compile/kubernetes/object.ts";
import { isList, valueAt } from "../../../language/src/compile/kubernetes/object.ts";
import type { Schedule, ScheduleWindow, Weekday } from "../../../language/src/model/scaling.ts";
import { gatewayWith, inference, originAt } from "../../helpers/gateway-policy.ts";
import { manifestsOf } from "../../helpers/kubernetes-output.ts";
import { firings, firstReaching, readWallClock } from "../../helpers/wall-clock.ts";
import type { WallClock } from "../../helpers/wall-clock.ts";

const zones = [
  "UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Santiago", "America/Havana",
  "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Jerusalem", "Asia/Beirut", "Africa/Cairo", "Africa/Casablanca", "Atlantic/Azores",
  "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Antarctica/Troll",
];

const every = (days: readonly Weekday[], start: string, end: string): ScheduleWindow => ({ kind: "every", days, startSecond: secondOf(start), endSecond: secondOf(end), origin: originAt(1) });
const cron = (expression: string, minutes: number): ScheduleWindow => ({ kind: "cron", expression, seconds: minutes * 60, origin: originAt(2) });
const workdays: readonly Weekday[] = [1, 2, 3, 4, 5];
const daily: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

type Part = Partial<Schedule> & Pick<Schedule, "windows">;
const schedule = (name: string, part: Part): Schedule => ({ name, timezone: "UTC", except: [], origin: originAt(3), ...part });

/** Pools of 2..120, each with schedules in a zone of the test's choice. */
const weekly: Readonly<Record<string, (timezone: string) => readonly Schedule[]>> = {
  "office hours": (timezone) => [schedule("office", { timezone, windows: [every(workdays, "08:00", "20:00")], replicas: { min: 20 } })],
  "windows past midnight": (timezone) => [schedule("night", { timezone, windows: [every([5, 6, 7, 1], "22:00", "06:00"), every([3], "00:00", "24:00")], replicas: { min: 9 } })],
  "hours that daylight saving skips and repeats": (timezone) => [
    schedule("first", { timezone, windows: [every(daily, "00:15", "00:45"), every(daily, "01:15", "01:45")], replicas: { min: 7 } }),
    schedule("second", { timezone, windows: [every([7], "02:30", "05:00"), every([6, 7], "23:10", "00:20")], replicas: { min: 11 } }),
  ],
};

const bounded: typeof weekly = {
  "overlapping floors and ceilings": (timezone) => [
    schedule("day", { timezone, windows: [every(workdays, "06:00", "18:00")], replicas: { min: 10, max: 40 } }),
    schedule("noon", { timezone, windows: [every(daily, "11:30", "13:30"), every([5], "17:00", "23:00")], replicas: { min: 30, max: 90 } }),
    schedule("free", { timezone, windows: [every([6], "10:00", "20:00")] }),
    schedule("too_many", { timezone, windows: [every([7], "12:00", "12:01")], replicas: { min: 500, max: 900 } }),
  ],
  "dates": (timezone) => [
    schedule("office", { timezone, windows: [every(workdays, "08:00", "20:00")], replicas: { min: 20 }, except: [{ year: 2026, month: 3, day: 27 }, { year: 2026, month: 5, day: 1 }, { year: 2026, month: 12, day: 25 }] }),
    schedule("sale", {
      timezone, windows: [every(daily, "18:00", "02:00")], replicas: { min: 50, max: 60 },
      from: { year: 2026, month: 1, day: 10, secondOfDay: 0 }, until: { year: 2026, month: 11, day: 30, secondOfDay: 86_400 },
    }),
  ],
  "an end at the year's end": (timezone) => [
    schedule("office", { timezone, windows: [every(daily, "20:00", "04:00")], replicas: { min: 20 }, until: { year: 2026, month: 12, day: 31, secondOfDay: 86_400 } }),
  ],
  "cron windows": (timezone) => [
    schedule("hourly", { timezone, windows: [cron("15 9-17/2 * * 1-5", 40)], replicas: { min: 5 } }),
    schedule("payday", { timezone, windows: [cron("0 6 1,15 * *", 60 * 30)], replicas: { min: 15, max: 100 } }),
    schedule("either", { timezone, windows: [cron("30 3 13 * 5", 90)], replicas: { min: 25 } }),
  ],
  "two zones at once": (timezone) => [
    schedule("here", { timezone, windows: [every(workdays, "08:00", "18:00")], replicas: { min: 10 } }),
    schedule("there", { timezone: "America/New_York", windows: [every(workdays, "09:00", "17:00")], replicas: { min: 30, max: 80 } }),
  ],
};

const firstMinute = Date.UTC(2026, 0, 1) / 60_000 - 3 * 1440;
const minutes = (365 + 6) * 1440;
const clocks = new Map<string, WallClock>();
const clockOf = (timezone: string): WallClock => {
  const known = clocks.get(timezone) ?? readWallClock(timezone, firstMinute, minutes);
  clocks.set(timezone, known);
  return known;
};

describe("schedules on Kubernetes", function () {
  this.timeout(120_000);

  for (const [name, schedules] of Object.entries({ ...weekly, ...bounded })) {
    it(`as CronJobs: ${name}, for a year in ${zones.length} zones`, () => {
      for (const timezone of zones) compare(name, timezone, schedules(timezone));
    });
  }

  for (const [name, schedules] of Object.entries(weekly)) {
    it(`as cron triggers: ${name}, for a year in ${zones.length} zones`, () => {
      for (const timezone of zones.filter((zone) => hasNoChange(zone) || name !== "hours that daylight saving skips and repeats")) compareTriggers(timezone, schedules(timezone));
    });
  }

  it("of one weekly schedule need two jobs and no date", () => {
    for (const timezone of zones) assert.equal(jobsOf(weekly["office hours"]?.(timezone) ?? []).length, 2, timezone);
  });

  it("that hold at all times make no jobs: the bounds of the autoscaler, or the size without one, are theirs", () => {
    const hours = "schedule hours { every daily 00:00-08:30 every daily 08:30-24:00 replicas 3 }";
    const pool = (scale: string): string => `backend pool { replica capacity 10rps workload { image "a:1" port 80 cpu 1 } scale 2..6 { ${scale} during hours } }\n${hours}\n`;
    const textOf = (scale: string): string => compile(analyze({ file: "p", text: pool(scale) }), "kubernetes").text;
    const moved = textOf("target load_factor 70%");
    assert.match(moved, /minReplicas: 3\n\s*maxReplicas: 6/u);
    assert.doesNotMatch(moved, /CronJob/u);
    assert.match(textOf(""), /replicas: 3\n/u);
  });

  it("that change nothing make no jobs", () => {
    assert.deepEqual(jobsOf([schedule("same", { windows: [every(daily, "08:00", "20:00")], replicas: { min: 1 } })]), []);
  });
});

/** The year of the policy's own meaning against the year of the jobs. */
function compare(name: string, timezone: string, schedules: readonly Schedule[]): void {
  const wanted = meaning(schedules);
  const first = yearStart(timezone);
  // Nobody knows which of two jobs at one minute comes last, so both have to set the same.
  const setMin = new Int32Array(minutes).fill(-1);
  const setMax = new Int32Array(minutes).fill(-1);
  for (const job of jobsOf(schedules)) {
    const fires = firings(clockOf(job.timezone), job.cron);
    for (let i = fires.indexOf(1, first); i >= 0 && i < first + 365 * 1440; i = fires.indexOf(1, i + 1)) {
      if (setMin[i] !== -1 && (setMin[i] !== job.min || setMax[i] !== job.max)) assert.fail(`${name} in ${timezone}: two jobs at ${new Date((firstMinute + i) * 60_000).toISOString()} disagree`);
      [setMin[i], setMax[i]] = [job.min, job.max];
    }
  }
  let min = wanted.min[first] ?? 0;
  let max = wanted.max[first] ?? 0;
  for (let i = first; i < first + 365 * 1440; i++) {
    if (setMin[i] !== -1) [min, max] = [setMin[i] ?? 0, setMax[i] ?? 0];
    if (min !== wanted.min[i] || max !== wanted.max[i]) {
      assert.fail(`${name} in ${timezone}: ${new Date((firstMinute + i) * 60_000).toISOString()} has ${min}..${max} instead of ${wanted.min[i]}..${wanted.max[i]}`);
    }
  }
}

/** The largest floor of the triggers that are active: the next end comes no later than the next start. */
function compareTriggers(timezone: string, schedules: readonly Schedule[]): void {
  const wanted = meaning(schedules);
  const first = yearStart(timezone);
  const [scaledObject] = manifestsOf(pool(schedules, "keda")).filter((manifest) => valueAt(manifest, "kind") === "ScaledObject");
  const triggers = valueAt(scaledObject, "spec", "triggers");
  const floors = new Int32Array(minutes).fill(2);
  for (const trigger of isList(triggers) ? triggers : []) {
    if (valueAt(trigger, "type") !== "cron") continue;
    const [clock, desired] = [clockOf(text(trigger, "timezone")), Number(text(trigger, "desiredReplicas"))];
    const [starts, ends] = [firings(clock, text(trigger, "start")), firings(clock, text(trigger, "end"))];
    let [nextStart, nextEnd] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = minutes - 1; i >= 0; i--) {
      // Both are looked for strictly after the minute.
      if (nextEnd <= nextStart && Number.isFinite(nextEnd)) floors[i] = Math.max(floors[i] ?? 0, desired);
      if (starts[i] === 1) nextStart = i;
      if (ends[i] === 1) nextEnd = i;
    }
  }
  for (let i = first; i < first + 364 * 1440; i++) {
    if (floors[i] !== wanted.min[i]) assert.fail(`${timezone}: ${new Date((firstMinute + i) * 60_000).toISOString()} has ${floors[i]} instead of ${wanted.min[i]}`);
  }
}

/** Bounds per minute, from the words of the reference: the largest floor, the largest ceiling, never below the minimum, within 2..120. */
function meaning(schedules: readonly Schedule[]): { readonly min: Int32Array; readonly max: Int32Array } {
  const min = new Int32Array(minutes).fill(2);
  const max = new Int32Array(minutes).fill(-1);
  for (const one of schedules) {
    const active = activeMinutes(one);
    for (let i = 0; i < minutes; i++) {
      if (active[i] !== 1) continue;
      min[i] = Math.max(min[i] ?? 0, Math.min(120, one.replicas?.min ?? 0));
      max[i] = Math.max(max[i] ?? 0, Math.min(120, one.replicas?.max ?? 120));
    }
  }
  for (let i = 0; i < minutes; i++) max[i] = max[i] === -1 ? 120 : Math.max(max[i] ?? 0, min[i] ?? 0);
  return { min, max };
}

function activeMinutes(one: Schedule): Uint8Array {
  const clock = clockOf(one.timezone);
  const active = new Uint8Array(minutes);
  const excepted = one.except.map((date) => Date.UTC(date.year, date.month - 1, date.day) / 86_400_000);
  const edge = (date: Schedule["from"], none: number): number => (date === undefined ? none : firstReaching(clock, Date.UTC(date.year, date.month - 1, date.day) / 60_000 + date.secondOfDay / 60));
  const [from, until] = [edge(one.from, 0), edge(one.until, minutes)];
  const firstDay = Math.floor(firstMinute / 1440) - 3;
  for (let day = firstDay; day < firstDay + 375; day++) {
    if (excepted.includes(day)) continue;
    for (const window of one.windows) {
      for (const [start, end] of windowsOn(clock, window, day)) active.fill(1, Math.max(start, from), Math.max(0, Math.min(end, until)));
    }
  }
  return active;
}

function windowsOn(clock: WallClock, window: ScheduleWindow, day: number): readonly (readonly [number, number])[] {
  const date = new Date(day * 86_400_000);
  if (window.kind === "every") {
    if (!window.days.includes((date.getUTCDay() === 0 ? 7 : date.getUTCDay()) as Weekday)) return [];
    const end = window.endSecond > window.startSecond ? window.endSecond : window.endSecond + 86_400;
    return [[firstReaching(clock, day * 1440 + window.startSecond / 60), firstReaching(clock, day * 1440 + end / 60)]];
  }
  // The three expressions of this file, written out.
  const weekday = date.getUTCDay();
  const starts: Readonly<Record<string, readonly number[]>> = {
    "15 9-17/2 * * 1-5": weekday >= 1 && weekday <= 5 ? [9, 11, 13, 15, 17].map((hour) => hour * 60 + 15) : [],
    "0 6 1,15 * *": [1, 15].includes(date.getUTCDate()) ? [360] : [],
    "30 3 13 * 5": date.getUTCDate() === 13 || weekday === 5 ? [210] : [],
  };
  return (starts[window.expression] ?? []).map((start) => {
    const first = firstReaching(clock, day * 1440 + start);
    return [first, first + window.seconds / 60] as const;
  });
}

function yearStart(timezone: string): number {
  return firstReaching(clockOf(timezone), Date.UTC(2026, 0, 1) / 60_000);
}

interface Job {
  readonly cron: string;
  readonly timezone: string;
  readonly min: number;
  readonly max: number;
}

function jobsOf(schedules: readonly Schedule[]): readonly Job[] {
  return manifestsOf(pool(schedules, "cronjob")).filter((manifest) => valueAt(manifest, "kind") === "CronJob").map((job) => {
    const args = valueAt(job, "spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "args");
    const patch = isList(args) ? String(args.at(-1)).replace("--patch=", "") : "{}";
    const spec = valueAt(JSON.parse(patch) as Json, "spec");
    return { cron: String(valueAt(job, "spec", "schedule")), timezone: String(valueAt(job, "spec", "timeZone")), min: Number(valueAt(spec, "minReplicas")), max: Number(valueAt(spec, "maxReplicas")) };
  });
}

function pool(schedules: readonly Schedule[], kind: "cronjob" | "keda"): ReturnType<typeof gatewayWith> {
  const scale = inference.scale;
  assert.ok(scale !== undefined);
  const target = { metric: { kind: "builtin", name: "cpu" }, value: 0.7, dimension: "ratio", origin: originAt(4) } as const;
  const thresholds = [{ kind: "metric", targets: [target], origin: originAt(5) } as const];
  return gatewayWith({ backend: { scale: { ...scale, thresholds, schedules } }, target: { schedules: kind, autoscaler: kind === "keda" ? "keda" : "hpa" } });
}

function hasNoChange(timezone: string): boolean {
  const { local } = clockOf(timezone);
  return local.every((minute, i) => minute - i === (local[0] ?? 0));
}

function text(trigger: Json, field: string): string {
  return String(valueAt(trigger, "metadata", field));
}

function secondOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 3600 + minute * 60;
}
