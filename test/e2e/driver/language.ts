// What a language server shows in the text: squiggles, hints, hovers, completions, and its edits.
import type { Page } from "playwright-core";
import { activeEditor } from "./editor.ts";
import { goTo, runCommand } from "./quick-input.ts";
import type { Position } from "./quick-input.ts";
import { plainSpaces, waitUntil } from "./waiting.ts";

export type Severity = "error" | "warning" | "info";

export interface ProblemCounts {
  readonly errors: number;
  readonly warnings: number;
}

/** Waits until the active editor underlines something. */
export async function waitForSquiggle(page: Page, severity: Severity = "error"): Promise<void> {
  await activeEditor(page).locator(`.squiggly-${severity}`).first().waitFor({ state: "attached" });
}

/** Waits until the active editor underlines nothing of this severity. */
export async function waitForNoSquiggle(page: Page, severity: Severity = "error"): Promise<void> {
  await activeEditor(page).locator(`.squiggly-${severity}`).first().waitFor({ state: "detached" });
}

/** The counts in the status bar. */
export async function problemCounts(page: Page): Promise<ProblemCounts> {
  const label = (await page.locator("#status\\.problems").getAttribute("aria-label")) ?? "";
  const count = (name: string): number => Number(new RegExp(`${name}: (\\d+)`).exec(label)?.[1] ?? 0);
  return { errors: count("Errors"), warnings: count("Warnings") };
}

export async function waitForProblemCounts(page: Page, expected: ProblemCounts): Promise<void> {
  let last: ProblemCounts | undefined;
  await waitUntil(
    `${expected.errors} errors and ${expected.warnings} warnings in the status bar`,
    async () => {
      last = await problemCounts(page);
      return last.errors === expected.errors && last.warnings === expected.warnings ? last : undefined;
    },
    { seen: () => `It shows ${JSON.stringify(last)}.` },
  );
}

/** The rows of the Problems view, files and problems alike, once there is one; leaves the view open with the focus. */
export async function problemRows(page: Page): Promise<readonly string[]> {
  await runCommand(page, "Problems: Focus on Problems View");
  const rows = page.locator(".markers-panel .monaco-list-row");
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map((text) =>
    plainSpaces(text)
      .replace(/\s*\n\s*/g, " ")
      .trim(),
  );
}

/** The inlay hints now drawn in the active editor, in the order of the text. */
export async function inlayHints(page: Page): Promise<readonly string[]> {
  // Injected text bears a class made for it; the parts and paddings of one hint are neighbours.
  const texts = await activeEditor(page)
    .locator(".view-line")
    .evaluateAll((lines) =>
      lines
        .sort((a, b) => parseFloat((a as HTMLElement).style.top) - parseFloat((b as HTMLElement).style.top))
        .flatMap((line) => {
          const hints: string[] = [];
          let open = false;
          for (const span of line.querySelectorAll(":scope > span > span")) {
            const isHint = /\bdyn-rule-/.test(span.className);
            if (isHint && open) hints[hints.length - 1] += span.textContent ?? "";
            else if (isHint) hints.push(span.textContent ?? "");
            open = isHint;
          }
          return hints;
        }),
    );
  return texts.map((text) => plainSpaces(text).trim()).filter((text) => text !== "");
}

/** Waits until a hint of the active editor contains or matches this, and returns the whole hint. */
export async function waitForInlayHint(page: Page, expected: string | RegExp): Promise<string> {
  let last: readonly string[] = [];
  return waitUntil(
    `an inlay hint ${expected}`,
    async () => {
      last = await inlayHints(page);
      return last.find((hint) => (typeof expected === "string" ? hint.includes(expected) : expected.test(hint)));
    },
    { seen: () => `There are: ${JSON.stringify(last)}` },
  );
}

/** The text of the hover at a position of the active editor, shown by the keyboard and then dismissed. */
export async function hoverText(page: Page, position: Position): Promise<string> {
  await showHover(page, position);
  const contents = page.locator(".monaco-hover:not(.hidden) .hover-contents");
  const text = (await contents.allInnerTexts()).join("\n");
  await page.keyboard.press("Escape");
  await contents.first().waitFor({ state: "hidden" });
  return plainSpaces(text);
}

/** Shows the hover at a position of the active editor and leaves it, for a screenshot; Escape dismisses it. */
export async function showHover(page: Page, position: Position): Promise<void> {
  await goTo(page, position);
  await runCommand(page, "Show or Focus Hover");
  const contents = page.locator(".monaco-hover:not(.hidden) .hover-contents");
  await contents
    .filter({ hasNotText: /^\s*(Loading\.\.\.)?\s*$/ })
    .first()
    .waitFor();
}

/** Asks for completions at the cursor; returns the labels shown and leaves the list open. */
export async function completionLabels(page: Page): Promise<readonly string[]> {
  await page.keyboard.press("Control+Space");
  const rows = page.locator(".suggest-widget.visible .monaco-list-row");
  await rows.first().waitFor();
  const labels = await rows.locator(".label-name").allInnerTexts();
  return labels.map(plainSpaces);
}

/** Moves in the open list to the entry with exactly this label and accepts it. */
export async function acceptCompletion(page: Page, label: string): Promise<void> {
  const widget = page.locator(".suggest-widget.visible");
  const row = widget.locator(".monaco-list-row").filter({ has: page.locator(".label-name").getByText(label, { exact: true }) });
  await row.first().click();
  await widget.waitFor({ state: "detached" });
}

/** Renames the symbol at a position of the active editor everywhere. */
export async function renameSymbol(page: Page, position: Position, newName: string): Promise<void> {
  await goTo(page, position);
  await page.keyboard.press("F2");
  const input = page.locator(".rename-box input");
  await input.fill(newName);
  await input.press("Enter");
  await input.waitFor({ state: "hidden" });
}

/** Applies the quick fix with this title at a position of the active editor. */
export async function applyQuickFix(page: Page, position: Position, title: string): Promise<void> {
  await goTo(page, position);
  await page.keyboard.press("Control+.");
  const row = page.locator(".action-widget .monaco-list-row").filter({ hasText: title }).first();
  await row.waitFor();
  await row.hover();
  await page.keyboard.press("Enter"); // a click is caught by the layer under the menu
  await row.waitFor({ state: "hidden" });
}
