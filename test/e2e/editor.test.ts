/** The packaged extension in a real VS Code, used through its interface as a person would. Screenshots are kept in test-results/. */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { root as rootUrl } from "../helpers/root.ts";
import * as driver from "./driver/index.ts";
import type { EditorSession } from "./driver/index.ts";

const root = fileURLToPath(rootUrl);
const vsixPath = join(root, "dist", "lbpolicy.vsix");
const shop = "shop/policy.lbpolicy";
const gateway = "ai-gateway/policy.lbpolicy";
const plotIds = ["traffic", "replicas", "load-factor", "response-time"];

/** Position (from 1) of the first occurrence of a text in a sample. */
function positionOf(sample: string, text: string): { readonly line: number; readonly column: number } {
  const before = readFileSync(join(root, "samples", sample), "utf8").split(text)[0] ?? "";
  const lines = before.split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 2 };
}

async function plotHashes(page: Page): Promise<readonly number[]> {
  const panel = driver.webview(page);
  const hashes: number[] = [];
  for (const id of plotIds) {
    const canvas = panel.locator(`[data-plot="${id}"] canvas`).first();
    const { drawnPixels, hash } = await driver.canvasContent(canvas);
    assert.ok(drawnPixels > 500, `${id} shows a curve`);
    hashes.push(hash);
  }
  return hashes;
}

async function waitForPlots(page: Page, accepts: (hashes: readonly number[]) => boolean): Promise<readonly number[]> {
  await driver.webview(page).locator("[data-plot] canvas").first().waitFor();
  return driver.waitUntil("the plots", async () => {
    const hashes = await plotHashes(page).catch(() => undefined);
    return hashes !== undefined && accepts(hashes) ? hashes : undefined;
  });
}

describe("the shop in VS Code", () => {
  let session: EditorSession;
  let page: Page;

  before(async () => {
    session = await driver.openEditorSession({ root, vsixPath, filesFrom: join(root, "samples") });
    page = session.page;
    await driver.openFile(page, shop);
  });
  after(() => session?.close());

  it("shows share, load factor and response time beside each server", async () => {
    for (const hint of [/50 % · load 0\.83 · 2\.0 s/, /25 % · load 0\.83 · 3\.0 s/, /25 % · load 0\.83 · 4\.0 s/]) await driver.waitForInlayHint(page, hint);
    await driver.hidePanels(page);
    await driver.screenshot(page, root, "shop-hints");
  });

  it("shows the formulas with their figures in the hover of the backend", async () => {
    const text = await driver.hoverText(page, positionOf(shop, "backend shop"));
    assert.match(text, /1000 \/ 1200 = 0\.833/);
    assert.match(text, /= 2\.75 s/);
    await driver.showHover(page, positionOf(shop, "backend shop"));
    await driver.screenshot(page, root, "shop-hover");
    await page.keyboard.press("Escape");
  });

  it("underlines a mistake while it stands, and no longer", async () => {
    await driver.replaceText(page, "weight 2", "wieght 2");
    await driver.waitForSquiggle(page);
    await driver.waitForProblemCounts(page, { errors: 1, warnings: 0 });
    await driver.screenshot(page, root, "shop-squiggle");
    await driver.replaceText(page, "wieght 2", "weight 2");
    await driver.waitForNoSquiggle(page);
    await driver.waitForInlayHint(page, /50 % · load 0\.83 · 2\.0 s/);
  });

  it("the hints follow the text", async () => {
    await driver.replaceText(page, "1000rps", "1100rps");
    await driver.waitForInlayHint(page, /50 % · load 0\.92 · 2\.0 s/);
    await driver.replaceText(page, "1100rps", "1000rps");
    await driver.waitForInlayHint(page, /50 % · load 0\.83 · 2\.0 s/);
  });

  it("completes the options of a server", async () => {
    const { line } = positionOf(shop, "server c");
    await driver.goTo(page, { line, column: 1 });
    await page.keyboard.press("End");
    await driver.typeText(page, " ");
    await driver.runCommand(page, "Trigger Suggest");
    const labels = await driver.completionLabels(page);
    assert.ok(labels.some((label) => label.startsWith("backup")), labels.join(", "));
    await driver.acceptCompletion(page, "backup");
    await driver.waitForLines(driver.activeEditor(page), (lines) => lines.some((text) => /response 4s backup/.test(text)));
    await driver.replaceText(page, " backup", "");
  });

  it("compiles to an nginx.conf that nginx accepts", async () => {
    await driver.save(page);
    await driver.runCommand(page, "LB Policy: Compile to nginx.conf");
    const output = join(session.folder, "shop", "policy.nginx.conf");
    const text = await driver.waitForFile(output);
    assert.match(text, /server 10\.0\.0\.11:5000 weight=2/);
    await driver.editorOf(page, "policy.nginx.conf").waitFor();
    await driver.screenshot(page, root, "shop-nginx");
    const prefix = mkdtempSync(join(tmpdir(), "lbpolicy-nginx-"));
    const check = spawnSync("nginx", ["-t", "-e", "stderr", "-p", prefix, "-c", output, "-g", "pid nginx.pid;"], { encoding: "utf8" });
    rmSync(prefix, { recursive: true, force: true });
    assert.equal(check.status, 0, check.stderr);
  });
});

describe("the simulation panel in VS Code", () => {
  let session: EditorSession;
  let page: Page;

  before(async () => {
    session = await driver.openEditorSession({ root, vsixPath, filesFrom: join(root, "samples"), widthPx: 1600, heightPx: 1160 });
    page = session.page;
    await driver.openFile(page, gateway);
    await driver.waitForInlayHint(page, /members/);
    await driver.hidePanels(page);
  });
  after(() => session?.close());

  let drawn: readonly number[];

  it("opens beside the text and draws the day", async () => {
    await driver.runCommand(page, "LB Policy: Preview Simulated Scaling to the Side");
    drawn = await waitForPlots(page, () => true);
    // With the focus in the text no tooltip of a button is left over it.
    await driver.focusGroup(page, "First");
    await driver.screenshot(page, root, "panel-dark");
  });

  it("changes with the text", async () => {
    await driver.replaceText(page, "scale 2..120", "scale 2..60");
    drawn = await waitForPlots(page, (hashes) => hashes.every((hash, index) => index === 0 || hash !== drawn[index]));
    await driver.screenshot(page, root, "panel-after-edit");
  });

  it("keeps the last curves and says so while the text has errors", async () => {
    await driver.replaceText(page, "scale 2..60", "scale 2..");
    await driver.webview(page).getByText(/of the last text without errors/).waitFor();
    await driver.replaceText(page, "scale 2..", "scale 2..120");
    await driver.webview(page).getByText(/of the last text without errors/).waitFor({ state: "hidden" });
  });

  it("follows the editor's theme", async () => {
    const before = await waitForPlots(page, (hashes) => hashes[1] !== drawn[1]);
    await driver.switchTheme(page, "light");
    await waitForPlots(page, (hashes) => hashes.every((hash, index) => hash !== before[index]));
    await driver.screenshot(page, root, "panel-light");
  });

  it("breaks no rule of its content security policy", () => {
    assert.deepEqual(session.consoleLines.filter((line) => /content security policy|refused to (?:load|apply|execute)/i.test(line)), []);
  });
});
