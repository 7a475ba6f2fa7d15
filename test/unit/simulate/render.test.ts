import assert from "node:assert/strict";
import type { SimulationReport } from "../../../language/src/simulate/report.ts";
import { reportCsv } from "../../../language/src/simulate/render/csv.ts";
import { reportHtml } from "../../../language/src/simulate/render/html.ts";
import { reportJson } from "../../../language/src/simulate/render/json.ts";
import { reportSvg } from "../../../language/src/simulate/render/svg.ts";
import { clockText, expectationText, reasonText, shareText, worstText } from "../../../language/src/simulate/render/words.ts";
import { aiGateway, backendWith, origin, rateDemand, serverOf, trafficWith } from "../../helpers/policies.ts";
import { reportOf, runScenario } from "./runs.ts";

const day = reportOf(aiGateway, { scenario: "busy_day" });

/** 50 rps, twice as many for ten minutes at noon of 29 March. */
const berlin = trafficWith({
  name: "berlin", timezone: "Europe/Berlin", shape: { kind: "base", ratePerSecond: 50 },
  bursts: [{ factor: 2, at: { kind: "date", date: { year: 2026, month: 3, day: 29, secondOfDay: 12 * 3600 } }, seconds: 600, origin }],
});

/** One server, asked for twice what it can serve in its second half hour, with hostile names. */
function overloaded(): SimulationReport {
  const backend = backendWith({ demand: rateDemand(200), servers: [serverOf("a", 100, 0.1)] });
  const report = runScenario(backend, {
    expectations: [
      { measure: "p95", operator: "<", value: 2, asShare: false, origin },
      { measure: "availability", operator: ">=", value: 0.999, asShare: false, origin },
      { measure: "dropped", operator: "<", value: 0.01, asShare: true, origin },
      { measure: "load_factor", operator: "<", value: 0.9, asShare: false, ofTime: 0.95, origin },
    ],
  });
  return { ...report, backend: `<script>alert("1")</script>&'`, notes: ["</svg><img src=x onerror=alert(1)>\u202e"] };
}

describe("a report as JSON", () => {
  it("has the keys of language.md §6 in their order", () => {
    const report = JSON.parse(reportJson(day)) as { points: object[]; events: object[] };
    assert.deepEqual(Object.keys(report).slice(0, 7), ["backend", "target", "seed", "stepSeconds", "points", "events", "summary"]);
    assert.deepEqual(Object.keys(report.points[0] ?? {}), ["t", "arrivalRate", "replicas", "ready", "loadFactor", "responseTime", "p50", "p95", "p99", "queue", "dropped", "cost"]);
    assert.deepEqual(Object.keys(report.events[0] ?? {}).slice(0, 4), ["t", "from", "to", "reason"]);
  });
  it("has null and saturated where no steady value exists", () => {
    const report = JSON.parse(reportJson(overloaded())) as { points: { responseTime: null; saturated: boolean }[] };
    assert.ok(report.points.every((point) => point.responseTime === null && point.saturated));
  });
});

describe("a report as CSV", () => {
  it("has a row for each step with the same number of cells, and empty cells for what is not there", () => {
    const [head, ...rows] = reportCsv(overloaded()).trimEnd().split("\n");
    assert.match(head ?? "", /^t,arrivalRate,/u);
    assert.equal(rows.length, 240);
    assert.ok(rows.every((row) => row.split(",").length === head?.split(",").length));
    assert.match(rows[1] ?? "", /^15,200,100,1,1,2,,,,,/u);
    assert.doesNotMatch(reportCsv(overloaded()), /null|NaN|undefined/u);
  });
});

describe("a report as a picture and a page", () => {
  for (const [name, text] of [["picture", reportSvg(overloaded())], ["page", reportHtml(overloaded())], ["picture of a day", reportSvg(day)], ["page of a day", reportHtml(day)]] as const) {
    it(`needs nothing from elsewhere and escapes names: ${name}`, () => {
      assert.doesNotMatch(text, /<script|<img|onerror=alert\(1\)>|\u202e|NaN|Infinity|undefined/u);
      assert.deepEqual([...text.matchAll(/<[^>]*\b(?:href|src)\s*=|url\(|@import/gu)].map(String), []);
      assert.deepEqual([...text.matchAll(/https?:[^"\s]+/gu)].map(String).filter((address) => address !== "http://www.w3.org/2000/svg"), []);
      // Every tag that opens closes, or is closed in itself.
      const open: string[] = [];
      for (const [, slash, tag, self] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/giu)) {
        if (["meta", "br"].includes(tag ?? "") || self === "/") continue;
        if (slash === "/") assert.equal(open.pop(), tag);
        else open.push(tag ?? "");
      }
      assert.deepEqual(open, []);
    });
  }
  it("stays small for a day at seconds", () => {
    const seconds = reportOf(aiGateway, { scenario: "busy_day", stepSeconds: 1 });
    assert.ok(seconds.points.length >= 86_400 && reportSvg(seconds).length < 300_000, `${reportSvg(seconds).length}`);
  });
  it("marks where it is saturated, and draws no response time there", () => {
    assert.match(reportSvg(overloaded()), /class="full"/u);
    assert.doesNotMatch(reportSvg(overloaded()), />p95</u);
    assert.match(reportSvg(day), />p95</u);
  });
  it("says what its marks mean: saturation, the target, whole members", () => {
    assert.match(reportSvg(overloaded()), />saturated: the queue grows</u);
    const calm = reportOf(aiGateway, { scenario: "busy_day", loadFactor: 0.1 });
    assert.doesNotMatch(reportSvg(calm), /saturated/u);
    assert.match(reportSvg(calm), />target 70 %</u);
    assert.doesNotMatch(reportSvg(overloaded()), />target/u);
    const scale = (picture: string) => [...(picture.split(">members<")[1]?.split(">load factor<")[0] ?? "").matchAll(/text-anchor="end">([\d.,]+)</gu)].map(([, tick]) => Number(tick?.replace(",", "")));
    for (const report of [day, calm, overloaded()]) assert.ok(scale(reportSvg(report)).every(Number.isInteger), scale(reportSvg(report)).join());
  });
  it("tells only what there is to tell: no target without one, no changes of a fixed size, figures in groups of three", () => {
    const page = reportHtml(overloaded());
    assert.doesNotMatch(page, /Above the target|0 changes/u);
    assert.match(page, /<th scope="row">Members<\/th><td>1<\/td>/u);
    assert.match(page, /\d{1,3},\d{3} requests failed/u);
    assert.match(reportHtml(day), /Above the target/u);
    assert.match(page, /from 2026-01-05 00:00 UTC/u);
  });
  it("does not know a p95 where no response time is known", () => {
    const { response: _response, concurrency: _concurrency, ...bare } = serverOf("a", 100, 0.1);
    const report = runScenario(backendWith({ demand: rateDemand(50), servers: [bare] }));
    assert.equal(report.summary.worstP95, null);
    assert.match(reportHtml(report), /<th scope="row">Worst p95<\/th><td>not known<\/td>/u);
    assert.match(reportHtml(overloaded()), /<th scope="row">Worst p95<\/th><td>none: saturated at Mon 00:00<\/td>/u);
  });
  it("lists events, members and expectations", () => {
    assert.match(reportHtml(day), /<h2>Changes of size<\/h2>/u);
    assert.match(reportHtml(day), /<h2>Members at the highest load factor<\/h2>/u);
    assert.match(reportHtml(overloaded()), /does not hold/u);
  });
});

describe("expectations in words", () => {
  it("have the units of their measures", () => {
    const texts = overloaded().expectations.map(expectationText);
    assert.match(texts[0] ?? "", /^p95 < 2 s: [\d.]+ s$/u);
    assert.match(texts[1] ?? "", /^availability >= 99\.9 %: [\d.]+ %$/u);
    assert.match(texts[2] ?? "", /^dropped < 1 %: [\d.]+ %$/u);
    assert.equal(texts[3], "load_factor < 90 % for 95 % of time: 200 %");
  });
  it("say when it was worst and what went on", () => {
    const report = overloaded();
    const [, availability] = report.expectations;
    assert.ok(availability !== undefined);
    assert.match(worstText(report, availability) ?? "", /^worst at Mon \d\d:\d\d/u);
    assert.match(reasonText(report, availability) ?? "", /^200 requests\/s on 100 \(load factor 200 %\), 1 member ready, .* waiting, .* failed in 15 s$/u);
  });
  it("never round a share up to all", () => {
    assert.deepEqual([0.99996, 0.9999999, 1, 0.5, 0.0123, 0.99995].map(shareText), ["99.996 %", "99.99999 %", "100 %", "50 %", "1.23 %", "99.995 %"]);
  });
});

describe("the clock of a report", () => {
  // https://www.iana.org/time-zones: in 2026 Berlin puts the clock forward on 29 March at 02:00 and back on 25 October at 03:00.
  const spring = { start: "2026-03-28T00:00:00", timezone: "Europe/Berlin", durationSeconds: 3 * 86_400 };
  const autumn = { start: "2026-10-24T12:00:00", timezone: "Europe/Berlin", durationSeconds: 3 * 86_400 };
  const hour = 3600;

  it("skips an hour where the zone puts its clock forward", () => {
    assert.equal(clockText(spring, 25.5 * hour), "Sun 01:30");
    assert.equal(clockText(spring, 26 * hour), "Sun 03:00");
    assert.equal(clockText(spring, 47 * hour), "Mon 00:00");
  });
  it("shows an hour twice where it puts it back", () => {
    assert.deepEqual([14, 14.5, 15, 15.5, 16].map((at) => clockText(autumn, at * hour)), ["Sun 02:00", "Sun 02:30", "Sun 02:00", "Sun 02:30", "Sun 03:00"]);
  });
  it("starts at the first of two like times", () => {
    const twice = { ...autumn, start: "2026-10-25T02:30:00" };
    assert.deepEqual([0, 0.5, 1, 1.5].map((at) => clockText(twice, at * hour)), ["Sun 02:30", "Sun 02:00", "Sun 02:30", "Sun 03:00"]);
  });
  it("has days of 24 hours in UTC", () => {
    assert.equal(clockText({ ...spring, timezone: "UTC" }, 48 * hour), "Mon 00:00");
  });
  it("is the clock of a traffic's zone in a run's worst time, its page and its picture", () => {
    const backend = backendWith({ demand: { kind: "traffic", traffic: berlin, origin }, servers: [serverOf("a", 100, 0.1)] });
    const report = runScenario(backend, {
      start: { year: 2026, month: 3, day: 28, secondOfDay: 0 }, durationSeconds: 2 * 86_400,
      expectations: [{ measure: "load_factor", operator: "<", value: 0.9, asShare: false, origin }],
    }, { stepSeconds: 60 });
    // The burst of 29 March, 12:00: 35 hours after the start of the day before.
    assert.equal(report.expectations[0]?.worstAt, 35 * hour);
    assert.equal(worstText(report, report.expectations[0] ?? assert.fail()), "worst at Sun 12:00");
    assert.match(reportHtml(report), /Sun 12:00/u);
    assert.match(reportSvg(report), />Mon 01:00</u);
  });
});
