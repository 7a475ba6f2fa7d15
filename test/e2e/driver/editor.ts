// Text in, text out.
import type { Locator, Page } from "playwright-core";
import { plainSpaces, waitUntil } from "./waiting.ts";

/** The editor of the active group, optionally only when it shows a file whose path ends so. */
export function activeEditor(page: Page, path = ""): Locator {
  // An empty suffix matches nothing in CSS.
  const suffix = path === "" ? "" : `[data-uri$="${path}"]`;
  return page.locator(`.editor-group-container.active .editor-instance .monaco-editor${suffix}`);
}

/** The editor of a file in any group, such as one beside. */
export function editorOf(page: Page, path: string): Locator {
  return page.locator(`.editor-group-container .editor-instance .monaco-editor[data-uri$="${path}"]`);
}

/** The drawn lines of an editor from top to bottom with plain spaces, inlay hints included; only what fits in the window. */
export async function visibleLines(editor: Locator): Promise<readonly string[]> {
  const lines = await editor.locator(".view-line").evaluateAll((elements) =>
    elements
      .map((element) => ({ top: parseFloat((element as HTMLElement).style.top), text: element.textContent ?? "" }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text),
  );
  return lines.map(plainSpaces);
}

/** Types like a person, key by key, so that completion and bracket closing act. */
export async function typeText(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text, { delay: 30 });
}

/** Selects the first occurrence of a text in the active editor, as the find box does it. Upper and lower case are the same. */
export async function selectText(page: Page, text: string): Promise<void> {
  const editor = activeEditor(page);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+F");
  const find = editor.locator(".find-widget.visible");
  const input = find.locator(".find-part textarea.input").first();
  await input.fill(text);
  await find
    .locator(".matchesCount")
    .filter({ hasText: /^1 of \d/ })
    .waitFor();
  await page.keyboard.press("Escape");
  await find.waitFor({ state: "hidden" });
  await editor.and(page.locator(".focused")).waitFor();
  await page
    .locator("#status\\.editor\\.selection")
    .filter({ hasText: `(${text.length} selected)` })
    .waitFor();
}

/** Replaces the first occurrence of a text in the active editor, in one edit. */
export async function replaceText(page: Page, text: string, replacement: string): Promise<void> {
  await selectText(page, text);
  if (replacement === "") await page.keyboard.press("Delete");
  else await paste(page, replacement);
}

/** Pastes at the cursor: typed or inserted text would be indented and its brackets closed. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((clipText) => navigator.clipboard.writeText(clipText), text);
  await page.keyboard.press("Control+V");
}

/** Replaces the whole text of the active editor, in one edit. */
export async function replaceAll(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+A");
  await paste(page, text);
}

/** Saves the active editor, which must have unsaved changes, and waits until it has none. */
export async function save(page: Page): Promise<void> {
  const tab = page.locator(".editor-group-container.active .tab.active");
  await tab.and(page.locator(".dirty")).waitFor();
  await page.keyboard.press("Control+S");
  await tab.and(page.locator(":not(.dirty)")).waitFor();
}

/** Waits until the drawn lines of an editor satisfy `accepts`, and returns them. */
export async function waitForLines(editor: Locator, accepts: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
  let last: readonly string[] = [];
  return waitUntil(
    "the text of the editor",
    async () => {
      last = await visibleLines(editor);
      return accepts(last) ? last : undefined;
    },
    { seen: () => `It shows:\n${last.join("\n")}` },
  );
}
