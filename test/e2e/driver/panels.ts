// What stands beside the text: webviews, messages, output.
import type { FrameLocator, Locator, Page } from "playwright-core";
import { runCommand } from "./quick-input.ts";
import { plainSpaces } from "./waiting.ts";

/** The document of the visible webview: locators and evaluation work inside it. */
export function webview(page: Page): FrameLocator {
  return page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
}

/** A fingerprint of what a canvas shows: the number of drawn pixels and a hash of all of them. */
export async function canvasContent(canvas: Locator): Promise<{ readonly drawnPixels: number; readonly hash: number }> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = (element as HTMLCanvasElement).getContext("2d");
    if (context === null || width === 0 || height === 0) return { drawnPixels: 0, hash: 0 };
    const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    let drawnPixels = 0;
    let hash = 17;
    for (const pixel of pixels) {
      if (pixel !== 0) drawnPixels += 1;
      hash = (Math.imul(hash, 31) + pixel) | 0;
    }
    return { drawnPixels, hash };
  });
}

/** Waits for a notification with this text, dismisses it, and returns its whole text. */
export async function takeNotification(page: Page, expected: string | RegExp): Promise<string> {
  const toast = page.locator(".notifications-toasts .notification-list-item").filter({ hasText: expected }).first();
  await toast.waitFor();
  const text = plainSpaces(await toast.locator(".notification-list-item-message").innerText());
  await toast.hover();
  await toast.locator(".codicon-notifications-clear").click();
  await toast.waitFor({ state: "detached" });
  return text;
}

/** The lines now visible in the Output view; the view must be open on a channel. */
export async function outputLines(page: Page): Promise<readonly string[]> {
  const lines = page.locator(".output-view .view-line");
  await lines.first().waitFor();
  return (await lines.allInnerTexts()).map(plainSpaces);
}

/** Leaves only the editors: no side bar, no panel below, no notifications. */
export async function hidePanels(page: Page): Promise<void> {
  if (await page.locator(".part.sidebar").isVisible()) await runCommand(page, "View: Close Primary Side Bar");
  if (await page.locator(".part.panel").isVisible()) await runCommand(page, "View: Hide Panel");
  await runCommand(page, "Notifications: Clear All Notifications");
  await page.locator(".part.sidebar, .part.panel").locator("visible=true").first().waitFor({ state: "detached" });
}
