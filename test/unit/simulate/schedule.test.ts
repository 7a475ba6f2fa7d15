import assert from "node:assert/strict";
import { Cron as Croner } from "croner";
import type { Schedule, ScheduleWindow, Weekday } from "../../../language/src/model/scaling.ts";
import { dateOfDay, dayNumber, weekdayOfDay } from "../../../language/src/simulate/calendar.ts";
import { readCron } from "../../../language/src/simulate/cron.ts";
import { cronTriggerReplicas } from "../../../language/src/simulate/keda-cron.ts";
import { boundsUnder, scheduleSpans } from "../../../language/src/simulate/schedules.ts";
import { origin } from "../../helpers/policies.ts";

const hour = 3600;
const workdays: readonly Weekday[] = [1, 2, 3, 4, 5];
const allDays: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

function every(days: readonly Weekday[], start: string, end: string): ScheduleWindow {
  const second = (text: string) => {
    const [hours = 0, minutes = 0] = text.split(":").map(Number);
    return hours * hour + minutes * 60;
  };
  return { kind: "every", days, startSecond: second(start), endSecond: second(end), origin };
}

function cron(expression: string, seconds: number): ScheduleWindow {
  return { kind: "cron", expression, seconds, origin };
}

function schedule(timezone: string, windows: readonly ScheduleWindow[], parts: Partial<Schedule> = {}): Schedule {
  return { name: "hours", timezone, windows, except: [], origin, ...parts };
}

/** The spans between two UTC moments, as UTC text to the minute. */
function spans(of: Schedule, from: string, to: string): readonly string[] {
  const text = (instant: number) => new Date(instant * 1000).toISOString().slice(0, 16);
  const found = scheduleSpans(of, Date.parse(`${from}Z`) / 1000, Date.parse(`${to}Z`) / 1000);
  assert.ok(found !== undefined);
  return found.map((span) => `${text(span.from)} ${text(span.to)}`);
}

describe("the windows of a schedule", () => {
  it("lie on the wall clock of their zone, on their weekdays", () => {
    assert.deepEqual(spans(schedule("Asia/Shanghai", [every(workdays, "08:00", "20:00")]), "2026-01-08T00:00", "2026-01-13T00:00"), [
      "2026-01-08T00:00 2026-01-08T12:00",
      "2026-01-09T00:00 2026-01-09T12:00",
      "2026-01-12T00:00 2026-01-12T12:00",
    ]);
  });

  it("belong to the day on which they start, also past midnight and over the start of the run", () => {
    assert.deepEqual(spans(schedule("UTC", [every([5], "22:00", "02:00")]), "2026-01-10T00:00", "2026-01-17T00:00"), [
      "2026-01-10T00:00 2026-01-10T02:00",
      "2026-01-16T22:00 2026-01-17T00:00",
    ]);
  });

  it("last a day where start and end are the same, and until 24:00 where that is the end", () => {
    assert.deepEqual(spans(schedule("UTC", [every([1], "06:00", "06:00")]), "2026-01-05T00:00", "2026-01-08T00:00"), ["2026-01-05T06:00 2026-01-06T06:00"]);
    assert.deepEqual(spans(schedule("UTC", [every([1], "06:00", "24:00")]), "2026-01-05T00:00", "2026-01-08T00:00"), ["2026-01-05T06:00 2026-01-06T00:00"]);
  });

  it("are a union", () => {
    const both = schedule("UTC", [every([1], "08:00", "12:00"), every([1], "11:00", "13:00"), cron("0 13 * * 1", hour)]);
    assert.deepEqual(spans(both, "2026-01-05T00:00", "2026-01-06T00:00"), ["2026-01-05T08:00 2026-01-05T14:00"]);
  });

  it("leave out excepted days, and what lies before `from` or after the whole day of `until`", () => {
    const narrowed = schedule("UTC", [every(allDays, "08:00", "10:00")], {
      except: [{ year: 2026, month: 1, day: 7 }],
      from: { year: 2026, month: 1, day: 6, secondOfDay: 9 * hour },
      until: { year: 2026, month: 1, day: 8, secondOfDay: 24 * hour },
    });
    assert.deepEqual(spans(narrowed, "2026-01-01T00:00", "2026-02-01T00:00"), ["2026-01-06T09:00 2026-01-06T10:00", "2026-01-08T08:00 2026-01-08T10:00"]);
  });

  it("start at the next existing instant where the clock is put forward over their start", () => {
    // Berlin, 2026-03-29: 02:00 CET is followed by 03:00 CEST, at 01:00 UTC.
    const berlin = (start: string, end: string) => spans(schedule("Europe/Berlin", [every([7], start, end)]), "2026-03-29T00:00", "2026-03-29T12:00");
    assert.deepEqual(berlin("02:30", "04:00"), ["2026-03-29T01:00 2026-03-29T02:00"]);
    assert.deepEqual(berlin("01:30", "02:30"), ["2026-03-29T00:30 2026-03-29T01:00"]);
    assert.deepEqual(berlin("02:15", "02:45"), []);
    assert.deepEqual(spans(schedule("Europe/Berlin", [cron("30 2 * * *", hour)]), "2026-03-29T00:00", "2026-03-29T12:00"), ["2026-03-29T01:00 2026-03-29T02:00"]);
  });

  it("run once where the clock shows an hour twice", () => {
    // Berlin, 2026-10-25: 03:00 CEST is followed by 02:00 CET, at 01:00 UTC.
    const berlin = (window: ScheduleWindow) => spans(schedule("Europe/Berlin", [window]), "2026-10-24T22:00", "2026-10-25T12:00");
    assert.deepEqual(berlin(every([7], "02:30", "03:30")), ["2026-10-25T00:30 2026-10-25T02:30"]);
    assert.deepEqual(berlin(every([7], "00:30", "02:30")), ["2026-10-24T22:30 2026-10-25T00:30"]);
    assert.deepEqual(berlin(cron("30 2 * * *", 600)), ["2026-10-25T00:30 2026-10-25T00:40"]);
  });

  it("follow zones that shift by half an hour, and one that left out a day", () => {
    // Lord Howe, 2026-04-05: 02:00 (+11) is followed by 01:30 (+10:30).
    assert.deepEqual(spans(schedule("Australia/Lord_Howe", [every([7], "01:00", "03:00")]), "2026-04-04T12:00", "2026-04-05T12:00"), ["2026-04-04T14:00 2026-04-04T16:30"]);
    // Apia had no 2011-12-30: midnight after the 29th is the 31st.
    assert.deepEqual(spans(schedule("Pacific/Apia", [every(allDays, "08:00", "09:00")]), "2011-12-29T12:00", "2012-01-01T00:00"), [
      "2011-12-29T18:00 2011-12-29T19:00",
      "2011-12-30T18:00 2011-12-30T19:00",
      "2011-12-31T18:00 2011-12-31T19:00",
    ]);
  });

  it("are not known in a zone that does not exist", () => {
    assert.equal(scheduleSpans(schedule("Mars/Olympus", [every([1], "08:00", "09:00")]), 0, 1000), undefined);
    assert.equal(scheduleSpans(schedule("UTC", [cron("61 * * * *", 60)]), 0, 1000), undefined);
  });
});

describe("cron expressions", () => {
  const expressions = [
    "*/15 * * * *", "0 9 * * 1-5", "30 6 1,15 * *", "0 0 13 * 5", "5 4 * * sun", "0 22 * * 1-5", "23 0-20/2 * * *", "0 0,12 1 */2 *", "0 4 8-14 * *",
    "59 23 31 12 *", "0 0 29 2 *", "0 12 * jan-mar mon,wed", "0 5 * * 7",
  ];
  for (const expression of expressions) {
    it(`${expression} fires as croner says`, () => {
      const own = readCron(expression);
      assert.ok(own !== undefined);
      const from = Date.parse("2027-12-20T00:00Z");
      const until = Date.parse("2028-04-10T00:00Z");
      const expected: number[] = [];
      for (let next = new Croner(expression, { timezone: "UTC", legacyMode: true }).nextRun(new Date(from - 1)); next !== null && next.getTime() < until;) {
        expected.push(next.getTime() / 1000);
        next = new Croner(expression, { timezone: "UTC", legacyMode: true }).nextRun(next);
        if (expected.length > 12_000) break;
      }
      const found: number[] = [];
      for (let day = from / 86_400_000; day < until / 86_400_000; day++) if (own.firesOn(day)) found.push(...own.secondsOfDay.map((second) => day * 86_400 + second));
      assert.deepEqual(found, expected);
    });
  }

  it("that are none are not read", () => {
    for (const text of ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "@daily", "a * * * *", "1,,2 * * * *"]) {
      assert.equal(readCron(text), undefined, text);
    }
  });
});

describe("days", () => {
  it("are numbered from 1970 and named as the calendar has them", () => {
    for (const text of ["1970-01-01", "1999-12-31", "2000-02-29", "2026-01-05", "2100-03-01", "1969-12-31"]) {
      const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
      const number = dayNumber({ year, month, day });
      assert.equal(number, Date.parse(`${text}T00:00Z`) / 86_400_000);
      assert.deepEqual(dateOfDay(number), { year, month, day });
      assert.equal(weekdayOfDay(number) % 7, new Date(`${text}T00:00Z`).getUTCDay());
    }
  });
});

describe("the bounds under schedules", () => {
  const pool = { min: 2, max: 50 };
  const named = (name: string, replicas: Schedule["replicas"]): Schedule => schedule("UTC", [], { name, ...(replicas === undefined ? {} : { replicas }) });

  it("are the pool's own without one", () => {
    assert.deepEqual(boundsUnder(pool, []), { min: 2, max: 50 });
  });

  it("have the largest floor", () => {
    assert.deepEqual(boundsUnder(pool, [named("a", { min: 5 }), named("b", { min: 9 }), named("c", { min: 1 })]), { min: 9, max: 50, minBy: "b" });
  });

  it("have the largest maximum, where one without counts with the pool's", () => {
    assert.deepEqual(boundsUnder(pool, [named("a", { min: 3, max: 10 }), named("b", { min: 2, max: 20 })]), { min: 3, max: 20, minBy: "a", maxBy: "b" });
    assert.deepEqual(boundsUnder(pool, [named("a", { min: 3, max: 10 }), named("b", undefined)]), { min: 3, max: 50, minBy: "a" });
  });

  it("never have a maximum below the minimum, and stay inside the pool's", () => {
    assert.deepEqual(boundsUnder(pool, [named("a", { min: 30 }), named("b", { min: 1, max: 10 })]), { min: 30, max: 50, minBy: "a" });
    assert.deepEqual(boundsUnder(pool, [named("a", { min: 80, max: 90 })]), { min: 50, max: 50, minBy: "a" });
    assert.deepEqual(boundsUnder(pool, [named("a", { min: 0, max: 1 })]), { min: 2, max: 2, maxBy: "a" });
  });
});

describe("KEDA's cron trigger", () => {
  it("is inside exactly while the window of the same hours is", () => {
    const trigger = { timezone: "America/New_York", start: "0 8 * * 1-5", end: "30 17 * * 1-5", desiredReplicas: 10 };
    const from = Date.parse("2026-03-02T00:00Z") / 1000;
    const to = from + 14 * 86_400;
    const windows = scheduleSpans(schedule("America/New_York", [every(workdays, "08:00", "17:30")]), from, to);
    for (let instant = from; instant < to; instant += 900) {
      const inside = windows?.some((span) => span.from <= instant && instant < span.to);
      assert.equal(cronTriggerReplicas(trigger, instant), inside === true ? 10 : 0, new Date(instant * 1000).toISOString());
    }
  });

  it("counts as inside where start and end fire at the same instant", () => {
    assert.equal(cronTriggerReplicas({ timezone: "UTC", start: "0 8 * * *", end: "0 8 * * 1-7", desiredReplicas: 3 }, Date.parse("2026-01-05T12:00Z") / 1000), 3);
  });

  it("refuses one text for both, and no replicas", () => {
    assert.deepEqual(cronTriggerReplicas({ timezone: "UTC", start: "0 8 * * *", end: "0 8 * * *", desiredReplicas: 3 }, 0), { problem: "its start is its end" });
    assert.deepEqual(cronTriggerReplicas({ timezone: "UTC", start: "0 8 * * *", end: "0 9 * * *", desiredReplicas: 0 }, 0), { problem: "it asks for 0 replicas" });
  });
});
