/** `schedule` in the reference: days, times, dates, zones and cron expressions, possible and impossible. */
import { strict as assert } from "node:assert";
import { cronProblem } from "../../../language/src/model/calendar.ts";
import type { Schedule } from "../../../language/src/model/scaling.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

const pool = "backend b { replica capacity 1rps scale 1..100 { during n } }\n";

function schedule(lines: string, rest = ""): Schedule {
  return accepted(`${pool}schedule n {\n  ${lines}${/\breplicas\b/.test(lines) ? "" : "\n  replicas 2"}\n}\n${rest}`).policy.schedules[0] ?? assert.fail();
}

const bad = (lines: string, code: string, words: RegExp): ReturnType<typeof refused> => refused(`${pool}schedule n {\n  ${lines}\n}`, code, words);

describe("schedule", () => {
  it("days", () => {
    const days = (text: string): unknown => schedule(`every ${text} 08:00-20:00`).windows.map((window) => (window.kind === "every" ? window.days : undefined))[0];
    assert.deepEqual(days("mon-fri"), [1, 2, 3, 4, 5]);
    assert.deepEqual(days("fri-mon"), [1, 5, 6, 7]);
    assert.deepEqual(days("sat, sun"), [6, 7]);
    assert.deepEqual(days("daily"), [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(days("wed-wed"), [3]);
    assert.deepEqual(days("mon, wed-thu, mon"), [1, 3, 4]);
    bad("every ⟦weekdays⟧ 08:00-20:00", "LBP1001", /days such as mon-fri/);
    bad("every mon,⟦⟧", "LBP1001", /days such as mon-fri/);
  });

  it("times of day, also past midnight", () => {
    const times = (text: string): unknown => schedule(`every mon ${text}`).windows.map((window) => (window.kind === "every" ? [window.startSecond, window.endSecond] : undefined))[0];
    assert.deepEqual(times("08:00-20:00"), [28_800, 72_000]);
    assert.deepEqual(times("22:00-06:00"), [79_200, 21_600]);
    assert.deepEqual(times("00:00-24:00"), [0, 86_400]);
    assert.deepEqual(times("23:59:30-24:00"), [86_370, 86_400]);
    bad("every mon ⟦25:00⟧-26:00", "LBP3007", /hours go from 00 to 23/);
    bad("every mon 08:00-⟦25:00⟧", "LBP3007", /hours go from 00 to 23/);
    bad("every mon ⟦08:60⟧-20:00", "LBP3007", /00 to 59/);
    bad("every mon ⟦24:00⟧-20:00", "LBP3007", /only an end/);
    bad("every mon ⟦08:00-08:00⟧", "LBP3007", /same time/);
    bad("every mon ⟦08:00⟧", "LBP1001", /08:00-20:00/);
    bad("every mon ⟦8:00⟧-20:00", "LBP1011", /two digits/);
  });

  it("cron", () => {
    assert.deepEqual(schedule('cron "0 8 * * 1-5" for 12h').windows.map((window) => ({ ...window, origin: undefined })), [{ kind: "cron", expression: "0 8 * * 1-5", seconds: 43_200, origin: undefined }]);
    for (const text of ["*/15 * * * *", "0 0 29 2 *", "0 0 1,15 * *", "5-10 0 * jan-mar MON", "0 0 * * 0", "59 23 31 12 6", "0 0 31 2 1"]) assert.equal(cronProblem(text), undefined, text);
    for (const text of ["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *"]) assert.deepEqual(cronProblem(text), { never: true }, text);
    for (const text of ["60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * 0 *", "* * * * 8", "* * * * 7", "*/0 * * * *", "1-0 * * * *", "a * * * *", "@daily", "* * * *", "* * * * * *", "", "0 0 L * *", "0 0 LW * *", "0 0 1W * *", "0 0 * * MON#2", "0 0 * * 5L", "0 0 ? * *", "* * * foo *", "TZ=UTC 0 0 * *", "0 0 -1 * *", "1.5 * * * *", "0,, 0 * * *", "/5 * * * *"]) {
      const problem = cronProblem(text);
      assert.ok(problem !== undefined && "reason" in problem, text);
    }
    bad('cron ⟦"60 * * * *"⟧ for 1h', "LBP3009", /minute/);
    bad('cron ⟦"0 0 * *"⟧ for 1h', "LBP3009", /it has 4/);
    assert.equal(bad('cron ⟦"0 0 31 2 *"⟧ for 1h', "LBP3010", /never comes/).severity, "warning");
    bad('cron "0 0 * * *"⟦⟧', "LBP1001", /`for`/);
    bad('cron "0 0 * * *" for ⟦0s⟧', "LBP3001", /for/);
  });

  it("dates: except, from, until", () => {
    const { except, from, until } = schedule("every daily 08:00-20:00\n  except 2026-12-25, 2026-12-26\n  except 2028-02-29, (eve)\n  from 2026-11-27 20:00\n  until 2026-12-31", 'param eve = "2026-12-24"');
    assert.deepEqual(except.map(({ month, day }) => [month, day]), [[12, 25], [12, 26], [2, 29], [12, 24]]);
    assert.deepEqual(from, { year: 2026, month: 11, day: 27, secondOfDay: 72_000 });
    // a date alone is its whole day
    assert.deepEqual(until, { year: 2026, month: 12, day: 31, secondOfDay: 86_400 });
    for (const [date, words] of [["2026-02-29", /28 days/], ["2026-13-01", /01 to 12/], ["2026-00-01", /01 to 12/], ["2026-04-31", /30 days/], ["2026-04-00", /./], ["2026-13-45", /./], ["2026-11-27 25:00", /00 to 23/]] as const) {
      bad(`every daily 08:00-20:00\n  from ⟦${date}⟧`, "LBP3007", words);
    }
    bad("every daily 08:00-20:00\n  from 2026-12-31\n  until ⟦2026-12-01⟧", "LBP3007", /before/);
    bad("every daily 08:00-20:00\n  except ⟦2026-12-25 08:00⟧", "LBP3007", /day/);
    bad("every daily 08:00-20:00\n  from ⟦5s⟧", "LBP1001", /2026-11-27/);
    accepted(`${pool}schedule n { every daily 08:00-20:00 from 2026-12-01 until 2026-12-01 }`);
  });

  it("time zones are IANA names", () => {
    for (const zone of ["UTC", "Europe/Berlin", "Asia/Shanghai", "America/Argentina/Buenos_Aires", "Asia/Kolkata"]) assert.equal(schedule(`every daily 08:00-20:00\n  timezone "${zone}"`).timezone, zone);
    assert.equal(schedule("every daily 08:00-20:00").timezone, "UTC");
    for (const zone of ["+02:00", "CEST", "Mars/Olympus", "", "Europe/", "GMT+25", "2"]) bad(`every daily 08:00-20:00\n  timezone ⟦"${zone}"⟧`, "LBP3008", /time zone/);
    const found = bad('every daily 08:00-20:00\n  timezone ⟦"Europe/Berln"⟧', "LBP3008", /Europe\/Berlin/);
    assert.equal(found.fixes[0]?.edits[0]?.text, '"Europe/Berlin"');
  });

  it("replicas is a floor or bounds; several windows are a union", () => {
    assert.deepEqual(schedule("every daily 08:00-20:00\n  replicas 20").replicas, { min: 20 });
    assert.deepEqual(schedule("every daily 08:00-20:00\n  every sat 20:00-22:00\n  cron \"0 0 1 * *\" for 1h\n  replicas 5..20").replicas, { min: 5, max: 20 });
    assert.equal(schedule("every daily 08:00-20:00\n  every sat 20:00-22:00\n  cron \"0 0 1 * *\" for 1h").windows.length, 3);
    bad("every daily 08:00-20:00\n  replicas ⟦20..5⟧", "LBP3006", /smaller/);
    refused(`${pool}schedule ⟦n⟧ { replicas 5 }`, "LBP2012", /an `every` or a `cron`/);
  });
});
