import assert from "node:assert/strict";
import type { SimulationReport } from "../../../language/src/simulate/report.ts";
import { reportCsv } from "../../../language/src/simulate/render/csv.ts";
import { reportHtml } from "../../../language/src/simulate/render/html.ts";
import { reportJson } from "../../../language/src/simulate/render/json.ts";
import { reportSvg } from "../../../language/src/simulate/render/svg.ts";
import { expectationText, reasonText, shareText, worstText } from "../../../language/src/simulate/render/words.ts";
import { aiGateway, backendWith, origin, rateDemand, serverOf } from "../../helpers/policies.ts";
import { reportOf, runScenario } from "./runs.ts";

const day = reportOf(aiGateway, { scenario: "busy_day" });

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
