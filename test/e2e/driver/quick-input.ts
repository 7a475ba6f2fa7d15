// The box at the top of the window: commands, files, positions.
import type { Locator, Page } from "playwright-core";
import { activeEditor } from "./editor.ts";

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** Runs a command of the palette by its full title, such as "LB Policy: Compile to nginx.conf". */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press("F1");
  await chooseRow(page, `>${title}`, title);
}

/** Opens a file of the folder by its path in it, in the active group, and waits until its editor has the focus. */
export async function openFile(page: Page, path: string): Promise<void> {
  await page.keyboard.press("Control+P");
  const input = quickInput(page).locator("input.input");
  await input.fill(path);
  const slash = path.lastIndexOf("/");
  const label = slash < 0 ? path : `${path.slice(slash + 1)} ${path.slice(0, slash)}`;
  // Rows of the former filter may still stand there for a moment: Enter takes the focused one, so that has to be ours.
  const endings = [`="${label}"`, `^="${label},"`, `^="${label} unsaved"`];
  await quickInput(page)
    .locator(endings.map((ending) => `.monaco-list-row.focused[aria-label${ending}]`).join())
    .waitFor();
  await input.press("Enter");
  await waitForFocus(page, activeEditor(page, path));
}

/** Gives the focus to the editor of the first group from the left, or of the second. */
export async function focusGroup(page: Page, group: "First" | "Second"): Promise<void> {
  await runCommand(page, `View: Focus ${group} Editor Group`);
}

/** Puts the cursor of the active editor at a position. */
export async function goTo(page: Page, { line, column }: Position): Promise<void> {
  await page.keyboard.press("Control+G");
  const input = quickInput(page).locator("input.input");
  await input.fill(`:${line}:${column}`);
  await input.press("Enter");
  // Without these waits the next keys would go to the closing box.
  await waitForFocus(page, activeEditor(page));
  await page
    .locator("#status\\.editor\\.selection")
    .filter({ hasText: `Ln ${line}, Col ${column}` })
    .waitFor();
}

/** Types into the open box and clicks the row that bears exactly this label. */
export async function chooseRow(page: Page, filterText: string, label: string): Promise<void> {
  await quickInput(page).locator("input.input").fill(filterText);
  const row = rowsOf(page).filter({ has: page.locator(".monaco-icon-label").getByText(label, { exact: true }) });
  await row.first().click();
  await row.first().waitFor({ state: "hidden" }); // not the box: some commands open it again with their own rows
}

/** The visible box. */
export function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget:not([style*="display: none"])');
}

function rowsOf(page: Page): Locator {
  return quickInput(page).locator(".monaco-list-row");
}

async function waitForFocus(page: Page, editor: Locator): Promise<void> {
  await quickInput(page).waitFor({ state: "hidden" });
  await editor.and(page.locator(".focused")).waitFor();
}
