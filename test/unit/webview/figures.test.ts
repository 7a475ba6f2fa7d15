import assert from "node:assert/strict";
import { bannerOf } from "../../../client/webview/banner.ts";
import { createClock } from "../../../client/webview/clock.ts";
import { askedFor, eventWindow, memberRows, nearestEvent } from "../../../client/webview/decisions.ts";
import { expectationTexts, figures } from "../../../client/webview/figures.ts";
import { formatDuration, formatMeasure, formatMetric, formatMoney, formatNumber, formatSeconds, formatSecondsTick, formatShare, formatTick } from "../../../client/webview/format.ts";
import { alignTo, createModel, nearestIndex, saturatedSpans } from "../../../client/webview/model.ts";
import { stepFrom } from "../../../client/webview/scrubber.ts";
import { fakeReport } from "../../helpers/fake-report.ts";

describe("figures as text", () => {
  for (const [actual, expected] of [
    [formatNumber(1486), "1,486"], [formatNumber(0.833), "0.83"], [formatNumber(44), "44"], [formatNumber(55.12), "55.1"], [formatNumber(NaN), "–"],
    [formatSeconds(0.24), "240 ms"], [formatSeconds(1.36), "1.36 s"], [formatSeconds(12.44), "12.4 s"], [formatSeconds(0.0042), "4.2 ms"], [formatSeconds(200), "3 min 20 s"], [formatSeconds(null), "–"],
    [formatSeconds(0.9996), "1.00 s"],
    [formatShare(0.7), "70 %"], [formatShare(0.9994), "99.94 %"], [formatShare(0.999), "99.9 %"], [formatShare(0.999999), "> 99.99 %"], [formatShare(1), "100 %"], [formatShare(1.377), "138 %"],
    [formatDuration(15), "15 s"], [formatDuration(5400), "1 h 30 min"], [formatDuration(86_400), "24 h"], [formatDuration(259_200), "3 d"],
    [formatMoney(1041.4), "$1,041"], [formatMoney(2.1), "$2.10"],
    [formatMetric("cpu", 1), "100 %"], [formatMetric("p95", 0.8), "800 ms"], [formatMetric("rps", 42), "42/s"], [formatMetric("queue", 3), "3"],
    [formatMeasure("p95", 5), "5 s"], [formatMeasure("p95", 2.5), "2.5 s"], [formatMeasure("p95", 10), "10 s"], [formatMeasure("p95", 100), "1 min 40 s"], [formatMeasure("p95", 0.8), "800 ms"],
    [formatMeasure("availability", 0.999), "99.9 %"], [formatMeasure("flaps", 4), "4"],
    [formatSecondsTick(0), "0"], [formatSecondsTick(0.8), "800 ms"], [formatSecondsTick(2.5), "2.5 s"], [formatSecondsTick(1000), "16.7 min"], [formatSecondsTick(10_800), "3 h"],
    [formatTick(0.5), "0.5"], [formatTick(2000), "2,000"],
  ] as const) {
    it(`writes ${expected}`, () => assert.equal(actual, expected));
  }
});

describe("the clock of a run", () => {
  it("shows the local times of the day and its end", () => {
    const clock = createClock("2026-01-05T00:00:00", "Asia/Shanghai", 86_400);
    assert.deepEqual([0, 45_000, 45_015, 86_400].map(clock.time), ["00:00", "12:30", "12:30:15", "24:00"]);
    assert.deepEqual(clock.ticks(0, 86_400, 8000), [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => i * 10_800));
  });

  it("names the days of a longer run", () => {
    const clock = createClock("2026-01-05T00:00:00", "UTC", 7 * 86_400);
    assert.equal(clock.moment(86_400 + 45_000), "Tue 12:30");
    assert.equal(clock.tick(86_400), "Tue 6");
  });

  it("puts ticks on whole hours of a run that starts between them", () => {
    assert.deepEqual(createClock("2026-01-05T07:20:00", "UTC", 3 * 3600).ticks(0, 3 * 3600, 3000), [2400, 6000, 9600]);
  });

  it("jumps with daylight saving", () => {
    const clock = createClock("2026-03-29T00:00:00", "Europe/Berlin", 86_400);
    assert.deepEqual([3600, 7200].map(clock.time), ["01:00", "03:00"]);
  });

  it("takes an unknown zone for UTC", () => {
    assert.equal(createClock("2026-01-05T06:00:00", "Nowhere/At_All", 3600).time(0), "06:00");
  });
});

describe("what the panel derives from a report", () => {
  const report = fakeReport();
  const model = createModel(report, null, []);

  it("finds the point under a moment", () => {
    assert.deepEqual([-5, 7, 8, 15, 1e9].map((t) => nearestIndex([0, 15, 30], t)), [0, 0, 1, 1, 2]);
    assert.equal(nearestIndex([], 3), -1);
  });

  it("joins saturated steps to spans that end at the next other step", () => {
    const [point] = report.points;
    assert.ok(point);
    const points = [0, 15, 30, 45, 60].map((t) => ({ ...point, t, ...(t === 15 || t === 30 || t === 60 ? { saturated: true as const } : {}) }));
    assert.deepEqual(saturatedSpans({ ...report, points }), [{ from: 15, to: 45 }, { from: 60, to: 75 }]);
  });

  it("holds the steps of a saved run with another step length until the next", () => {
    const [point] = report.points;
    assert.ok(point);
    const saved = [{ ...point, t: 0, replicas: 3 }, { ...point, t: 30, replicas: 5 }];
    assert.deepEqual(alignTo([0, 15, 30, 45], saved, (each) => each.replicas), [3, 3, 5, null]);
  });

  it("has six figures, with the change against the saved text and whether it is better", () => {
    const baseline = { ...report, summary: { ...report.summary, worstP95: 0.92, cost: 900, availability: 0.9, flaps: 9 } };
    const now = { ...report, summary: { ...report.summary, worstP95: 1.36, cost: 812, availability: 0.9994 } };
    const cards = figures(createModel(now, baseline, []));
    assert.deepEqual(cards.map(({ label }) => label), ["peak load factor", "p95 worst", "replicas", "scaling actions", "availability", "cost"]);
    assert.deepEqual(cards[1]?.change, { was: "920 ms", by: "48 %", direction: "up", verdict: "worse" });
    assert.deepEqual(cards[4]?.change?.verdict, "better");
    assert.deepEqual(cards[5]?.change, { was: "$900", by: "$88", direction: "down", verdict: "better" });
    assert.equal(cards[0]?.change, undefined);
  });

  it("says saturated where a percentile has no steady value, and that this is worse than a figure", () => {
    const now = { ...report, summary: { ...report.summary, worstP95: null, saturatedSeconds: 60 } };
    const [, p95] = figures(createModel(now, report, []));
    assert.equal(p95?.value, "saturated");
    assert.equal(p95?.change?.verdict, "worse");
  });

  it("tells a failed expectation in words", () => {
    assert.deepEqual(expectationTexts(report).find(({ holds }) => !holds), { text: "flaps ≤ 4: 7", holds: false });
  });

  it("says what a decision was asked for and by what", () => {
    const event = { t: 0, from: 17, to: 21, reason: "a sentence", decision: { by: "threshold", threshold: "busy", metric: "cpu", value: 1, target: 0.7, ratio: 1 / 0.7, recommended: 25, heldBackBy: [] } } as const;
    assert.equal(askedFor(event), "busy: cpu 100 % / 70 % = 1.43 → 25");
    assert.equal(askedFor({ ...event, decision: { by: "schedule", recommended: 20, heldBackBy: [] } }), "a sentence");
  });

  it("shows the decisions around the nearest one, and no fewer at the ends", () => {
    const events = [0, 100, 200].map((t) => ({ t, from: 1, to: 2, reason: "", decision: { by: "bounds", recommended: 2, heldBackBy: [] } as const }));
    assert.deepEqual([0, 160, 1e6].map((t) => nearestEvent(events, t)), [0, 2, 2]);
    assert.deepEqual([eventWindow(61, 0, 5), eventWindow(61, 30, 5), eventWindow(61, 60, 5), eventWindow(2, 1, 5)], [{ from: 0, to: 5 }, { from: 28, to: 33 }, { from: 56, to: 61 }, { from: 0, to: 2 }]);
  });

  it("gives each fixed member its share of the arrivals and how full it is", () => {
    const [point] = report.points;
    assert.ok(point);
    const shop = createModel({ ...report, points: [{ ...point, t: 0, arrivalRate: 1000 }] }, null, [{ name: "a", fraction: 0.5, capacityPerSecond: 600 }, { name: "b", fraction: 0.25, capacityPerSecond: null }]);
    assert.deepEqual(memberRows(shop, 0).map(({ name, text }) => [name, text]), [["a", "500/s · 0.83"], ["b", "250/s"]]);
  });

  it("tells ready members from starting ones", () => {
    const [point] = report.points;
    assert.ok(point);
    const pool = createModel({ ...report, points: [{ ...point, replicas: 32, ready: 28, arrivalRate: 1120, loadFactor: 0.96 }] }, null, []);
    assert.deepEqual(memberRows(pool, 0), [{ name: "members 1–28", loadFactor: 0.96, text: "28 × 40/s · 0.96" }, { name: "members 29–32", loadFactor: null, text: "starting" }]);
  });

  it("moves the crosshair by keys, within the run", () => {
    const key = (name: string, shiftKey = false): { key: string; shiftKey: boolean; altKey: boolean } => ({ key: name, shiftKey, altKey: false });
    assert.deepEqual([key("ArrowRight"), key("ArrowRight", true), key("PageDown"), key("Home"), key("End"), key("x")].map((each) => stepFrom(model, 7200, each)), [7500, 7215, 3600, 0, 86_400, undefined]);
    assert.equal(stepFrom(model, 0, key("ArrowLeft")), 0);
  });
});

describe("the line above the picture", () => {
  const problem = { code: "LBP2001", severity: "error", message: "No threshold is named bsy", uri: "file:///a", range: { start: { line: 11, character: 2 }, end: { line: 11, character: 5 } } } as const;

  it("is silent while the picture is current", () => assert.equal(bannerOf({ status: { kind: "current" }, report: null }).words, ""));

  it("names the line of the error, what to do, and whose curves these are", () => {
    const content = bannerOf({ status: { kind: "stale", problems: [problem] }, report: fakeReport({ durationSeconds: 60 }) });
    assert.equal(content.words, "Line 12: No threshold is named bsy. The curves are of the last text without errors.");
    assert.deepEqual(content.follow, { type: "reveal", problem: 0 });
    assert.match(bannerOf({ status: { kind: "stale", problems: [problem, problem] }, report: null }).words, /^2 errors, the first in line 12: /);
  });

  it("offers to simulate again only where that helps", () => {
    assert.deepEqual(bannerOf({ status: { kind: "unavailable", message: "m", retry: "offered" }, report: null }).follow, { type: "retry" });
    assert.equal(bannerOf({ status: { kind: "unavailable", message: "m", retry: "automatic" }, report: null }).follow, undefined);
  });
});
