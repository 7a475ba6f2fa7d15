import assert from "node:assert/strict";
import { makeFolder, runInFolder } from "../../helpers/run-cli.ts";
import type { CliResult } from "../../helpers/run-cli.ts";

/** 100 rps of capacity, 10 rps more than that at the end of the ramp; in the environment `calm` half of it. */
const policy = `param top = 110rps
environment calm { top = 55rps }
backend web {
  server a 10.0.0.1:80 capacity 100rps response 100ms
}
traffic rise { ramp 10rps to top over 1h }
scenario evening {
  backend web
  traffic rise
  duration 1h
  expect p95 < 60s
  expect load_factor < 90%
}
scenario free { backend web traffic rise duration 10m }
`;

let folder: ReturnType<typeof makeFolder>;

function test(...args: readonly string[]): Promise<CliResult> {
  return runInFolder(folder.path, ["test", ...args]);
}

describe("lbpolicy test", () => {
  beforeEach(() => {
    folder = makeFolder({ "shop.lbpolicy": policy, "none.lbpolicy": "backend web { server 10.0.0.1:80 }\n", "broken.lbpolicy": "backend web { balance nope server 10.0.0.1:80 }\n" });
  });
  afterEach(() => folder.remove());

  it("runs every scenario with the declared values and in each environment; 1 where one fails", async () => {
    const result = await test("shop.lbpolicy");
    assert.equal(result.status, 1, result.stderr);
    assert.deepEqual([...result.stdout.matchAll(/^(passed|FAILED) +shop\.lbpolicy +(.*)$/gmu)].map((match) => [match[1], match[2]]), [
      ["FAILED", "evening"], ["passed", "free"], ["passed", "evening (environment calm)"], ["passed", "free (environment calm)"],
    ]);
    assert.match(result.stderr, /^4 scenarios, 3 passed, 1 failed$/mu);
  });

  it("tells the figure, the worst time and the reason of what does not hold", async () => {
    const { stdout } = await test("shop.lbpolicy", "--scenario", "evening");
    // The ramp ends at 110 of 100 at 01:00; the last step begins 15 s before.
    assert.match(stdout, /^ +does not hold +load_factor < 90 %: 110 %, worst at Mon 00:59:45\n +110 requests\/s on 100 \(load factor 110 %\), 1 member ready, \d+ waiting$/mu);
    assert.match(stdout, /^ +holds +p95 < 60 s: 9\.\d+ s$/mu);
  });

  it("0 where all hold, and one scenario alone", async () => {
    assert.equal((await test("shop.lbpolicy", "--env", "calm")).status, 0);
    assert.equal((await test("shop.lbpolicy", "--scenario", "free")).status, 0);
  });

  it("gives JSON with figures and words", async () => {
    const result = await test("shop.lbpolicy", "--format", "json");
    const report = JSON.parse(result.stdout) as { files: { path: string; scenarios: { name: string; environment?: string; passed: boolean; expectations: { measure: string; actual: number; holds: boolean; text: string; reason?: string }[] }[] }[]; summary: object };
    assert.deepEqual(report.summary, { passed: 3, failed: 1, errors: 0 });
    const [evening] = report.files[0]?.scenarios ?? [];
    const load = evening?.expectations[1];
    assert.deepEqual([load?.measure, load?.holds, typeof load?.reason], ["load_factor", false, "string"]);
    assert.ok((load?.actual ?? 0) > 1.09);
  });

  it("gives JUnit: a case for each expectation, the reason in the failure", async () => {
    const { stdout, status } = await test("shop.lbpolicy", "--format", "junit");
    assert.equal(status, 1);
    assert.match(stdout, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites>\n/u);
    assert.match(stdout, /<testsuite name="shop\.lbpolicy" tests="6" failures="1" /u);
    assert.match(stdout, /<testcase classname="shop\.lbpolicy" name="evening: load_factor &lt; 90 %">\n +<failure message="load_factor &lt; 90 %: 110 %, worst at [^"]+">110 requests/u);
  });

  it("refuses what cannot be run", async () => {
    assert.equal((await test("none.lbpolicy")).status, 2);
    assert.match((await test("none.lbpolicy")).stderr, /there is no scenario to run/u);
    assert.match((await test("shop.lbpolicy", "--scenario", "nope")).stderr, /there is no scenario "nope"/u);
    const broken = await test("broken.lbpolicy", "shop.lbpolicy");
    assert.equal(broken.status, 1);
    assert.match(broken.stderr, /^broken\.lbpolicy:1:\d+: error/mu);
    assert.match(broken.stdout, /^passed/mu);
  });

  it("reads a trace beside the policy, and says where one cannot be read", async () => {
    folder.remove();
    const traced = "backend web { server a 10.0.0.1:80 capacity 100rps response 100ms }\ntraffic t { trace \"load.csv\" time s rate r }\nscenario s { backend web traffic t duration 10m expect load_factor <= 50% }\n";
    folder = makeFolder({ "t.lbpolicy": traced, "load.csv": "s,r\n0,10\n300,50\n600,50\n" });
    assert.equal((await test("t.lbpolicy")).status, 0, (await test("t.lbpolicy")).stderr);
    folder.remove();
    folder = makeFolder({ "t.lbpolicy": traced });
    const missing = await test("t.lbpolicy");
    assert.equal(missing.status, 1);
    assert.match(missing.stdout, /refused +The trace `load\.csv` cannot be used/u);
  });
});

describe("lbpolicy simulate in other formats", () => {
  beforeEach(() => {
    folder = makeFolder({ "shop.lbpolicy": policy });
  });
  afterEach(() => folder.remove());
  for (const [format, start] of [["csv", /^t,arrivalRate,/u], ["svg", /^<svg /u], ["html", /^<!doctype html>/u]] as const) {
    it(format, async () => {
      const result = await runInFolder(folder.path, ["simulate", "shop.lbpolicy", "--scenario", "evening", "--format", format]);
      assert.equal(result.status, 0, result.stderr);
      assert.match(result.stdout, start);
    });
  }
  it("text shows the members and the expectations with their units", async () => {
    const { stdout } = await runInFolder(folder.path, ["simulate", "shop.lbpolicy", "--scenario", "evening"]);
    assert.match(stdout, /^member +count +requests\/s +load$/mu);
    assert.match(stdout, /^does not hold +load_factor < 90 %: 110 %, worst at/mu);
  });
});
