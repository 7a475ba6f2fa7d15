// Screenshots, and the themes that they are taken in.
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { chooseRow, runCommand } from "./quick-input.ts";

export type ColorTheme = "dark" | "light" | "highContrast" | "highContrastLight";

/** id: in the settings; label: in the list of themes; kindClass: on the workbench while it is shown. */
const THEMES: Readonly<Record<ColorTheme, { readonly id: string; readonly label: string; readonly kindClass: string }>> = {
  dark: { id: "Dark Modern", label: "Dark Modern", kindClass: "vs-dark" },
  light: { id: "Light Modern", label: "Light Modern", kindClass: "vs" },
  highContrast: { id: "Default High Contrast", label: "Dark High Contrast", kindClass: "hc-black" },
  highContrastLight: { id: "Default High Contrast Light", label: "Light High Contrast", kindClass: "hc-light" },
};

/** The name under which the setting workbench.colorTheme knows a theme. */
export function colorThemeName(theme: ColorTheme): string {
  return THEMES[theme].id;
}

/** Chooses a colour theme and waits until the workbench shows it. */
export async function switchTheme(page: Page, theme: ColorTheme): Promise<void> {
  const { label, kindClass } = THEMES[theme];
  await runCommand(page, "Preferences: Color Theme");
  await chooseRow(page, label, label);
  await page.locator(`.monaco-workbench.${kindClass}`).waitFor();
}

/** Keeps what the page shows as `<root>/test-results/<name>.png`; returns the path. */
export async function screenshot(page: Page, root: string, name: string): Promise<string> {
  const path = join(root, "test-results", `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  // The pointer would leave a tooltip of whatever it rests on.
  await page.mouse.move(1, 1);
  await page.screenshot({ path });
  return path;
}
