/** `traffic` and `scenario` in the reference. */
import { strict as assert } from "node:assert";
import type { Scenario, Traffic } from "../../../language/src/model/traffic.ts";
import { applyEdits } from "../../../language/src/index.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

const backend = "backend b { server x 10.0.0.1:80 server y 10.0.0.2:80 demand t }\nbackend e { replica capacity 1rps scale 1..9 demand t }\n";

function traffic(lines: string, rest = ""): Traffic {
  return accepted(`${backend}traffic t {\n  ${lines}\n}\n${rest}`).policy.traffics[0] ?? assert.fail();
}

const bad = (lines: string, code: string, words: RegExp): ReturnType<typeof refused> => refused(`${backend}traffic t {\n  ${lines}\n}`, code, words);

describe("traffic", () => {
  it("has exactly one shape", () => {
    assert.deepEqual(traffic("base 5rps").shape, { kind: "base", ratePerSecond: 5 });
    assert.deepEqual(traffic("base 0rps").shape, { kind: "base", ratePerSecond: 0 });
    assert.deepEqual(traffic("ramp 1rps to 2 * 5rps over 1h").shape, { kind: "ramp", fromPerSecond: 1, toPerSecond: 10, overSeconds: 3600 });
    assert.deepEqual(traffic("daily 00:00 1rps, 23:59:30 2rps").shape, { kind: "daily", points: [{ secondOfDay: 0, ratePerSecond: 1 }, { secondOfDay: 86_370, ratePerSecond: 2 }] });
    const { shape } = traffic('trace "file.csv" unit rpm time when rate "requests per minute"');
    assert.deepEqual({ ...shape, origin: undefined }, { kind: "trace", path: "file.csv", timeColumn: "when", rateColumn: "requests per minute", unit: "rpm", origin: undefined });
    refused(`${backend}traffic ⟦t⟧ { noise 5% }`, "LBP2012", /`base`, `daily`, `ramp`, `trace`/);
    bad("base 5rps\n  ⟦ramp⟧ 1rps to 2rps over 1h", "LBP2013", /one shape/);
    bad("base 5rps\n  ⟦base⟧ 6rps", "LBP1015", /`base`/);
    bad("base ⟦5⟧", "LBP2003", /`5rps`/);
    bad("ramp 1rps to 2rps over ⟦0s⟧", "LBP3001", /over/);
    bad("ramp 1rps⟦⟧", "LBP1001", /`to`/);
    bad("trace ⟦\"\"⟧", "LBP3016", /trace/);
  });

  it("daily times are possible and rise", () => {
    bad("daily ⟦25:00⟧ 5rps", "LBP3007", /00 to 23/);
    bad("daily ⟦24:00⟧ 5rps", "LBP3007", /only an end/);
    bad("daily 08:00 5rps, ⟦08:00⟧ 6rps", "LBP3007", /rising order/);
    bad("daily 08:00 5rps, ⟦07:00⟧ 6rps", "LBP3007", /rising order/);
    bad("daily 08:00 ⟦5⟧", "LBP2003", /`5rps`/);
    bad("daily 08:00⟦⟧", "LBP1001", /a rate such as 200rps/);
    bad("daily 08:00 5rps ⟦12:00⟧ 6rps", "LBP1003", /./);
  });

  it("weekly, growth, burst, noise, clients, timezone", () => {
    const all = traffic('timezone "Europe/Berlin"\n  base 5rps\n  weekly sat, sun 0.4x\n  weekly mon 1.2x\n  growth 5% per 1w\n  burst 3x at 12:00 for 10m\n  burst 10x at 2026-11-27 20:00 for 1h\n  noise 8% seed 7\n  clients 500');
    assert.deepEqual([all.timezone, all.weekly, all.growth, all.noise, all.clients], ["Europe/Berlin", [{ days: [6, 7], factor: 0.4 }, { days: [1], factor: 1.2 }], { fraction: 0.05, perSeconds: 604_800 }, { fraction: 0.08, seed: 7 }, 500]);
    assert.deepEqual(all.bursts.map(({ factor, at, seconds }) => [factor, at, seconds]), [[3, { kind: "time", secondOfDay: 43_200 }, 600], [10, { kind: "date", date: { year: 2026, month: 11, day: 27, secondOfDay: 72_000 } }, 3600]]);
    assert.equal(traffic("base 5rps\n  noise 8%").noise?.seed, 1);
    bad("base 5rps\n  burst 2x at ⟦+10m⟧ for 1m", "LBP3007", /time of day or a date/);
    bad("base 5rps\n  burst 2x at ⟦2026-02-30⟧ for 1m", "LBP3007", /28 days/);
    bad("base 5rps\n  burst 2x at 12:00⟦⟧", "LBP1001", /`for`/);
    bad("base 5rps\n  clients ⟦0⟧", "LBP3001", /1 to/);
    bad("base 5rps\n  noise 5% seed ⟦1.5⟧", "LBP3002", /whole/);
    bad("base 5rps\n  weekly ⟦2x⟧", "LBP1001", /days such as mon-fri/);
  });
});

describe("scenario", () => {
  const traffics = "traffic t { base 5rps }\ntraffic v { base 1rps }\n";

  function scenario(lines: string): Scenario {
    return accepted(`${backend}${traffics}scenario s {\n  ${lines}\n}`).policy.scenarios[0] ?? assert.fail();
  }

  const badScenario = (lines: string, code: string, words: RegExp): ReturnType<typeof refused> => refused(`${backend}${traffics}scenario s {\n  ${lines}\n}`, code, words);

  it("runs a backend; everything else has a default", () => {
    const least = scenario("backend b");
    assert.deepEqual([least.backend.name, least.traffic, least.durationSeconds, least.start, least.replicas, least.faults, least.expectations], ["b", undefined, 86_400, { year: 2026, month: 1, day: 5, secondOfDay: 0 }, undefined, [], []]);
    const all = scenario("backend e\n  traffic v 2x\n  duration 7d\n  start 2026-11-27 08:00\n  replicas 3");
    assert.deepEqual([all.traffic?.traffic.name, all.traffic?.factor, all.durationSeconds, all.start, all.replicas], ["v", 2, 604_800, { year: 2026, month: 11, day: 27, secondOfDay: 28_800 }, 3]);
    refused(`${backend}${traffics}scenario ⟦s⟧ { traffic v }`, "LBP2012", /a `backend`/);
    badScenario("backend ⟦bb⟧", "LBP2001", /did you mean `[be]`|no backend called bb/);
    badScenario("backend b\n  traffic ⟦w⟧", "LBP2001", /no traffic called w/);
    badScenario("backend b\n  duration ⟦367d⟧", "LBP3001", /366d/);
    badScenario("backend b\n  duration ⟦500ms⟧", "LBP3001", /1s/);
    badScenario("backend b\n  start ⟦2026-02-29⟧", "LBP3007", /28 days/);
    refused("backend b { server 10.0.0.1:80 }\nscenario ⟦s⟧ { backend b }", "LBP3023", /`traffic`.*`demand`/);
  });

  it("faults", () => {
    const { faults } = scenario("backend b\n  fail server x at +10m for 5m\n  slow server y 3x at 12:00 for 1h");
    assert.deepEqual(faults.map(({ kind, subject, factor, at, seconds }) => [kind, subject, factor, at, seconds]), [
      ["fail", { kind: "server", name: "x" }, 1, { kind: "offset", seconds: 600 }, 300], ["slow", { kind: "server", name: "y" }, 3, { kind: "time", secondOfDay: 43_200 }, 3600],
    ]);
    const pool = scenario("backend e\n  fail 2 replicas at 2026-01-05 12:00 for 5m\n  fail 50% of replicas at +1h for 5m\n  slow 1 replicas (2 * 1.5) at +2h for 5m");
    assert.deepEqual(pool.faults.map(({ subject, factor }) => [subject, factor]), [[{ kind: "replicas", count: 2 }, 1], [{ kind: "share", fraction: 0.5 }, 1], [{ kind: "replicas", count: 1 }, 3]]);
    const near = badScenario("backend b\n  fail server ⟦xx⟧ at +10m for 5m", "LBP2001", /server of b called xx.*did you mean `x`/);
    assert.equal(near.fixes[0]?.edits[0]?.text, "x");
    badScenario("backend e\n  fail server ⟦x⟧ at +10m for 5m", "LBP2001", /server of e/);
    badScenario("backend b\n  fail ⟦150%⟧ of replicas at +10m for 5m", "LBP3001", /100%/);
    badScenario("backend b\n  fail ⟦0⟧ replicas at +10m for 5m", "LBP3001", /count|fail/);
    badScenario("backend b\n  fail server x⟦⟧", "LBP1001", /`at`/);
    badScenario("backend b\n  slow server x ⟦0.5x⟧ at +1m for 1m", "LBP3001", /factor|slow/);
  });

  it("expectations", () => {
    const { expectations } = scenario("backend b\n  expect p95 < 3s\n  expect availability >= 99.9%\n  expect flaps <= 4\n  expect p99 < 5s for 95% of time\n  expect dropped < 10\n  expect dropped < 0.1%\n  expect cost < $100\n  expect load_factor < 0.9\n  expect replicas > 1\n  expect response_time < 1s\n  expect ttft_p99 < 1s\n  expect scaling_actions <= 10\n  expect queue < 5");
    assert.deepEqual(expectations.map(({ measure, operator, value, asShare, ofTime }) => [measure, operator, value, asShare, ofTime]), [
      ["p95", "<", 3, false, undefined], ["availability", ">=", 0.999, false, undefined], ["flaps", "<=", 4, false, undefined], ["p99", "<", 5, false, 0.95], ["dropped", "<", 10, false, undefined], ["dropped", "<", 0.001, true, undefined],
      ["cost", "<", 100, false, undefined], ["load_factor", "<", 0.9, false, undefined], ["replicas", ">", 1, false, undefined], ["response_time", "<", 1, false, undefined], ["ttft_p99", "<", 1, false, undefined], ["scaling_actions", "<=", 10, false, undefined], ["queue", "<", 5, false, undefined],
    ]);
    badScenario("backend b\n  expect p95 < ⟦3⟧", "LBP2003", /`3s`/);
    badScenario("backend b\n  expect p95 < ⟦5%⟧", "LBP2003", /duration/);
    badScenario("backend b\n  expect cost < ⟦5⟧", "LBP2003", /`\$5`/);
    badScenario("backend b\n  expect flaps < ⟦5%⟧", "LBP2003", /number/);
    badScenario("backend b\n  expect availability >= ⟦150%⟧", "LBP3001", /100%/);
    badScenario("backend b\n  expect ⟦p97⟧ < 3s", "LBP1001", /`p95`/);
    badScenario("backend b\n  expect p95 ⟦3s⟧", "LBP1001", /one of <, <=, >, >=/);
    badScenario("backend b\n  expect p95 < 3s for 95%⟦⟧", "LBP1001", /`of`/);
    badScenario("backend b\n  expect p95 < 3s for ⟦110%⟧ of time", "LBP3001", /100%/);
  });

  it("a figure of the whole run has no part of the time, which is a warning whose fix takes it away", () => {
    for (const measure of ["availability >= 99%", "dropped < 3", "scaling_actions < 3", "flaps < 3", "cost < $5"]) {
      const marked = `backend b { demand 1rps server 10.0.0.1:80 }\nscenario s { backend b expect ${measure} ⟦for 95% of time⟧ }`;
      const { severity, fixes } = refused(marked, "LBP3024", /whole run/);
      assert.equal(severity, "warning");
      accepted(applyEdits(marked.replaceAll(/[⟦⟧]/g, ""), fixes[0]?.edits ?? []));
    }
    for (const measure of ["p95 < 3s", "response_time < 3s", "load_factor < 3", "replicas < 3", "queue < 3"]) accepted(`backend b { demand 1rps server 10.0.0.1:80 }\nscenario s { backend b expect ${measure} for 95% of time }`);
  });
});
