import assert from "node:assert/strict";
import { exportName, reportCsv, reportJson } from "../../../client/src/export-report.ts";
import { decideWrite, doneText, refusalText, temporaryName } from "../../../client/src/output-file.ts";
import { panelHtml } from "../../../client/src/panel-html.ts";
import { createRestartBudget } from "../../../client/src/restart-budget.ts";
import { fakeReport } from "../../helpers/fake-report.ts";

const mark = "lbpolicy-generated: v1";

describe("writing a compiled output", () => {
  it("writes a new file, and over one of our own", () => {
    assert.equal(decideWrite("a.conf", undefined, mark).kind, "write");
    assert.equal(decideWrite("a.conf", { kind: "file", head: `# ${mark}\n`, unsaved: false }, mark).kind, "write");
  });

  for (const [what, file] of [
    ["a file without the mark", { kind: "file", head: "user nginx;", unsaved: false }],
    ["a file that cannot be read", { kind: "file", head: "", unsaved: false }],
    ["one of our own with unsaved changes", { kind: "file", head: mark, unsaved: true }],
    ["a symbolic link", { kind: "link", head: mark, unsaved: false }],
  ] as const) {
    it(`asks before it replaces ${what}`, () => {
      const decision = decideWrite("a.conf", file, mark);
      assert.equal(decision.kind, "ask");
      assert.match(decision.kind === "ask" ? decision.question : "", /^a\.conf .*Replace/);
    });
  }

  it("never replaces a folder", () => {
    assert.equal(decideWrite("a.conf", { kind: "folder", head: "", unsaved: false }, mark).kind, "refuse");
  });

  it("names the temporary file so that it is hidden and beside the output", () => {
    assert.equal(temporaryName("a.nginx.conf", "00ff"), ".a.nginx.conf.00ff.tmp");
  });

  it("says how many errors there are and the first of them", () => {
    assert.equal(refusalText("p.lbpolicy", ["Unknown name."]), "p.lbpolicy has an error, so nothing was written: Unknown name.");
    assert.match(refusalText("p.lbpolicy", ["One.", "Two."]), /has 2 errors, .*: One\.$/);
  });

  it("says what was written and where the differences stand", () => {
    assert.equal(doneText("a.conf", 0, "written"), "Wrote a.conf");
    assert.equal(doneText("a.conf", 0, "unchanged"), "a.conf is up to date");
    assert.match(doneText("a.conf", 2, "written"), /2 differences/);
  });
});

describe("the export of a report", () => {
  const report = fakeReport({ durationSeconds: 60, stepSeconds: 15, load: 20 });

  it("has a header and one row per step, with empty cells where there is no steady value", () => {
    const rows = reportCsv(report).split("\n");
    assert.equal(rows.length, report.points.length + 2);
    assert.match(rows[0] ?? "", /^t,arrivalRate,capacity,replicas,ready,loadFactor,responseTime,p50,p95,p99,/);
    assert.equal(rows.at(-1), "");
    const cells = (rows[1] ?? "").split(",");
    assert.equal(cells.length, (rows[0] ?? "").split(",").length);
    assert.equal(cells[7], "");
    assert.equal(cells.at(-1), "true");
  });

  it("keeps six significant digits in JSON", () => {
    const parsed = JSON.parse(reportJson({ ...report, toleranceUp: 1 / 3 })) as { toleranceUp: number };
    assert.equal(parsed.toleranceUp, 0.333333);
  });

  it("is named by the policy and the backend", () => {
    assert.equal(exportName("policy.lbpolicy", "shop", "csv"), "policy.shop.csv");
  });
});

describe("the document of the panel", () => {
  const html = panelHtml({ scriptUri: "https://x/panel.js", styleUri: 'https://x/"><script>', cspSource: "https://x", nonce: "abc" });

  it("lets nothing in but its own script and style sheet", () => {
    assert.match(html, /default-src 'none'; style-src https:\/\/x; script-src 'nonce-abc'/);
    assert.doesNotMatch(html, /unsafe|https:\/\/(?!x)|<style/);
  });

  it("quotes what it is given", () => {
    assert.equal(html.match(/<script/g)?.length, 1);
  });
});

describe("restarts of the language server", () => {
  it("gives a restart for four deaths within three minutes, not for the fifth", () => {
    const budget = createRestartBudget(5, 180_000);
    assert.deepEqual([0, 10, 20, 30, 40].map((second) => budget.spend(second * 1000)), [true, true, true, true, false]);
  });

  it("forgets old deaths, and all when the user restarts", () => {
    const budget = createRestartBudget(2, 1000);
    assert.equal(budget.spend(0), true);
    assert.equal(budget.spend(1000), true);
    assert.equal(budget.spend(1001), false);
    budget.renew();
    assert.equal(budget.spend(1002), true);
  });
});
