/** The panel's own bundle in a real browser, under the policy that VS Code is given, with the test as its host. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { launchChromium } from "#scripts/chromium.mjs";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { panelHtml } from "../../../client/src/panel-html.ts";
import type { PanelMessage, PanelState, PanelView } from "../../../client/webview/messages.ts";
import { defaultChoice } from "../../../client/webview/messages.ts";
import { fakeReport } from "../../helpers/fake-report.ts";
import { root } from "../../helpers/root.ts";

interface PanelWindow extends Window {
  readonly posted: PanelMessage[];
  readonly kept: PanelState | undefined;
  /** Violations of the content security policy. */
  readonly violations: string[];
  readonly wasRun?: unknown;
}

const nonce = "c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==";
const host = `const keep = sessionStorage.getItem("kept");
window.kept = keep === null ? undefined : JSON.parse(keep);
window.posted = [];
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
window.acquireVsCodeApi = () => ({
  postMessage: (message) => { window.posted.push(message); },
  getState: () => window.kept,
  setState: (state) => { window.kept = state; sessionStorage.setItem("kept", JSON.stringify(state)); },
});`;

const view: PanelView = {
  uri: "file:///p.lbpolicy", title: "p.lbpolicy", status: { kind: "current" }, report: fakeReport({ stepSeconds: 60 }), baseline: null, shares: [], elapsedMs: 6,
  choices: { backends: [{ name: "inference", hasDemand: true }, { name: "shop", hasDemand: true }], scenarios: [{ name: "busy_day", backend: "inference", traffic: "weekday", durationSeconds: 86_400 }], traffics: ["weekday"] },
  choice: { ...defaultChoice, backend: "inference", run: { kind: "scenario", name: "busy_day" } },
};

describe("the panel in a browser", function () {
  this.timeout(60_000);
  let browser: Browser;
  let server: Server;
  let page: Page;
  let requests: string[];

  before(async () => {
    const bundle = await build({ entryPoints: [fileURLToPath(new URL("client/webview/panel.ts", root))], bundle: true, write: false, format: "iife", platform: "browser", target: "es2022" });
    const files = new Map([["/panel.js", bundle.outputFiles[0]?.text ?? ""], ["/panel.css", readFileSync(new URL("client/webview/panel.css", root), "utf8")], ["/host.js", host]]);
    server = createServer((request, response) => {
      const path = request.url ?? "/";
      requests.push(path);
      response.setHeader("content-type", path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "text/html");
      const html = panelHtml({ scriptUri: "/panel.js", styleUri: "/panel.css", cspSource: "'self'", nonce }).replace("<body>", `<body><script nonce="${nonce}" src="/host.js"></script>`);
      response.end(path === "/" ? html : files.get(path));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await launchChromium();
  });
  after(async () => {
    await browser.close();
    server.close();
  });
  beforeEach(async () => {
    requests = [];
    page = await (await browser.newContext({ viewport: { width: 820, height: 900 } })).newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterEach(async () => {
    assert.deepEqual(await page.evaluate(() => (window as unknown as PanelWindow).violations), []);
    await page.context().close();
  });

  /** Resolves when the panel has dealt with the message: its listener was there before ours. */
  const send = async (message: unknown): Promise<void> => page.evaluate((each) => new Promise<void>((resolve) => {
    window.addEventListener("message", () => resolve(), { once: true });
    window.postMessage(each, "*");
  }), message);
  const show = async (more: Partial<PanelView> = {}): Promise<void> => send({ type: "show", view: { ...view, ...more } });
  const posted = (): Promise<readonly PanelMessage[]> => page.evaluate(() => (window as unknown as PanelWindow).posted);
  const picture = (plot: string): Promise<string> => page.locator(`[data-plot="${plot}"] canvas`).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

  it("says that it is ready before anything is posted to it", async () => {
    assert.deepEqual(await posted(), [{ type: "ready" }]);
  });

  it("draws four plots whose pictures change with the report", async () => {
    await show();
    const plots = ["traffic", "replicas", "load-factor", "response-time"];
    const before = await Promise.all(plots.map(picture));
    assert.equal(new Set(before).size, 4);
    await show({ report: fakeReport({ stepSeconds: 60, load: 1.5 }) });
    const after = await Promise.all(plots.map(picture));
    assert.deepEqual(after.map((each, i) => each === before[i]), [false, false, false, false]);
  });

  it("moves one crosshair over all plots, the legends and the decisions, by keyboard", async () => {
    await show();
    const scrubber = page.getByRole("slider", { name: "Time of the crosshair" });
    await scrubber.focus();
    await page.keyboard.press("Home");
    assert.match(await scrubber.getAttribute("aria-valuetext") ?? "", /^00:00: arrivals /);
    const places = await page.locator(".crosshair").evaluateAll((lines) => lines.map((line) => (line as HTMLElement).style.transform));
    assert.deepEqual(places, Array(4).fill("translateX(0px)"));
    const legendBefore = await page.locator('[data-plot="traffic"] .legend').innerText();
    await page.keyboard.press("PageUp");
    assert.match(await scrubber.getAttribute("aria-valuetext") ?? "", /^01:00: /);
    await page.keyboard.press("End");
    assert.match(await scrubber.getAttribute("aria-valuetext") ?? "", /^24:00: /);
    assert.notEqual(await page.locator('[data-plot="traffic"] .legend').innerText(), legendBefore);
    const last = view.report?.events.at(-1);
    assert.match(await page.locator('.why tr[aria-current="true"]').innerText(), new RegExp(`${last?.from} → ${last?.to}`));
  });

  it("moves the crosshair with the pointer", async () => {
    await show();
    const plot = page.locator('[data-plot="replicas"] .u-over');
    const box = await plot.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + 20);
    assert.match(await page.locator(".scrubber-text").innerText(), /^12:00/);
    const places = await page.locator(".crosshair").evaluateAll((lines) => lines.map((line) => (line as HTMLElement).style.transform));
    assert.equal(new Set(places).size, 1);
  });

  it("walks through the decisions by arrow keys and takes the crosshair along", async () => {
    await show();
    await page.locator('.why tr[tabindex="0"]').focus();
    await page.keyboard.press("Home");
    const first = await page.locator(".scrubber-text").innerText();
    await page.keyboard.press("ArrowDown");
    const second = await page.locator(".scrubber-text").innerText();
    assert.notEqual(second, first);
    assert.equal((await page.locator('.why tr[aria-current="true"] td').first().innerText()), second);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-current")), "true");
  });

  it("posts each choice and the request for an export", async () => {
    await show();
    await page.getByLabel("Backend").selectOption("shop");
    await page.getByLabel("Target whose balancing is simulated").selectOption("haproxy");
    await page.getByRole("button", { name: "Export…" }).click();
    const messages = (await posted()).slice(1);
    assert.deepEqual(messages.map((message) => (message.type === "choose" ? [message.choice.backend, message.choice.target] : message.type)), [["shop", "nginx"], ["shop", "haproxy"], "export"]);
  });

  it("keeps the picture while the text has errors, and offers the way to the first", async () => {
    await show();
    const before = await picture("replicas");
    const problem = { code: "LBP2001", severity: "error", message: "Unknown name.", uri: "file:///p.lbpolicy", range: { start: { line: 4, character: 0 }, end: { line: 4, character: 1 } } };
    await send({ type: "status", status: { kind: "stale", problems: [problem] } });
    await page.getByRole("status").filter({ hasText: "Line 5: Unknown name. The curves are of the last text without errors." }).waitFor();
    assert.equal(await picture("replicas"), before);
    await page.getByRole("button", { name: "Go to Problem" }).click();
    assert.deepEqual((await posted()).at(-1), { type: "reveal", problem: 0 });
  });

  it("holds the figures of each plot as a table as well", async () => {
    await show();
    await page.locator('[data-plot="replicas"] summary').click();
    const rows = page.locator('[data-plot="replicas"] tbody tr');
    await rows.nth(24).waitFor();
    assert.equal(await rows.count(), 25);
    const point = view.report?.points.find(({ t }) => t === 12 * 3600);
    assert.deepEqual((await rows.nth(12).innerText()).split(/\s+/), ["12:00", "–", String(point?.replicas), String(point?.ready)]);
  });

  for (const [width, columns, figuresInRow] of [[400, 1, 1], [820, 1, 6], [1300, 2, 6]] as const) {
    it(`has ${columns === 1 ? "one column" : "two columns"} of plots at ${width} px and nothing sticks out`, async () => {
      await page.setViewportSize({ width, height: 900 });
      await show();
      const lefts = async (selector: string): Promise<number> => new Set(await page.locator(selector).evaluateAll((nodes) => nodes.map((node) => Math.round(node.getBoundingClientRect().left)))).size;
      assert.equal(await lefts(".plot"), columns);
      assert.equal(await lefts(".figure"), figuresInRow);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await page.waitForFunction(() => [...document.querySelectorAll(".canvas")].every((each) => Math.abs(each.clientWidth - (each.querySelector("canvas")?.clientWidth ?? 0)) <= 1));
    });
  }

  it("draws again in the colours of a new theme", async () => {
    await show();
    const before = await picture("traffic");
    await page.evaluate(() => {
      document.documentElement.style.setProperty("--vscode-charts-blue", "#ff00ff");
      document.body.className = "vscode-light";
    });
    await page.waitForFunction((old) => (document.querySelector('[data-plot="traffic"] canvas') as HTMLCanvasElement).toDataURL() !== old, before);
  });

  it("exchanges a chart colour that the background swallows, and leaves the others", async () => {
    await page.evaluate(() => {
      for (const [name, value] of [["editor-background", "#1f1f1f"], ["charts-orange", "#3a2410"], ["charts-blue", "#3399ff"]] as const) document.documentElement.style.setProperty(`--vscode-${name}`, value);
    });
    await page.waitForFunction(() => getComputedStyle(document.body).getPropertyValue("--panel-orange").trim() === "#e8a050");
    assert.match(await page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--panel-blue")), /#3399ff/);
  });

  it("keeps the moment of the crosshair over a reload", async () => {
    await show();
    await page.getByRole("slider", { name: "Time of the crosshair" }).focus();
    await page.keyboard.press("Home");
    await page.reload();
    await show();
    assert.equal(await page.locator(".scrubber-text").innerText(), "00:00");
  });

  it("shows every string as text, whatever stands in it", async () => {
    const evil = '"><img src=/evil onerror="window.wasRun=1"><script>window.wasRun=1</script><a href="javascript:window.wasRun=1">{{x}}';
    const report = fakeReport({ durationSeconds: 7200 });
    const evilReport = {
      ...report, backend: evil, scenario: evil, traffic: evil, timezone: evil, start: evil, notes: [evil],
      schedules: [{ name: evil, from: 0, to: 7200, min: 1, max: 2 }],
      expectations: [{ measure: evil, operator: evil, value: 1, actual: 1, holds: true, worstAt: 0 }],
      events: [{ t: 0, from: 1, to: 2, reason: evil, decision: { by: "threshold" as const, threshold: evil, metric: evil, value: 1, target: 1, ratio: 1, recommended: 2, heldBackBy: [evil] } }],
    };
    await show({
      report: evilReport, baseline: evilReport, uri: evil, title: evil, shares: [{ name: evil, fraction: 1, capacityPerSecond: 10 }],
      choices: { backends: [{ name: evil, hasDemand: true }], scenarios: [{ name: evil, backend: evil, traffic: evil, durationSeconds: 60 }], traffics: [evil] },
      choice: { ...defaultChoice, backend: evil, run: { kind: "scenario", name: evil } },
      status: { kind: "stale", problems: [{ code: evil, severity: "error", message: evil, uri: evil, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } }] },
    });
    await send({ type: "status", status: { kind: "choose", backends: [evil, evil] } });
    await page.getByRole("status").filter({ hasText: "choose" }).waitFor();
    assert.equal(await page.evaluate(() => (window as unknown as PanelWindow).wasRun), undefined);
    assert.equal(await page.locator("img, a, body script:not([nonce])").count(), 0);
    assert.match(await page.locator(".members").innerText(), /<img src=/);
    assert.deepEqual(requests.filter((path) => !["/", "/panel.js", "/panel.css", "/host.js", "/favicon.ico"].includes(path)), []);
  });

  it("drops what is no message", async () => {
    await show();
    for (const message of [null, 1, "x", {}, { type: "show" }, { type: "show", view: {} }, { type: "status" }, { type: "eval", code: "1" }]) await send(message);
    await show({ elapsedMs: 77 });
    assert.match(await page.locator(".info").innerText(), /^77 ms · seed 7$/);
  });
});
