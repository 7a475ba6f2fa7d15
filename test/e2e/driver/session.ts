// One hermetic VS Code: fresh settings, our packaged extension, a copy of the given files, a headless browser that shows it.
import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium } from "#scripts/chromium.mjs";
import { makeTemporaryFolder } from "#scripts/temporary-folder.mjs";
import { ensureEmbeddedVsCode, installVsix, startEmbeddedVsCode, workbenchUrl } from "#scripts/vscode-embedded.mjs";
import { colorThemeName } from "./pictures.ts";
import type { ColorTheme } from "./pictures.ts";

export interface EditorSession {
  readonly page: Page;
  /** The opened folder: a copy, removed at the end. */
  readonly folder: string;
  /** What the workbench and the webviews wrote to the browser's console so far, with the page's uncaught errors. */
  readonly consoleLines: readonly string[];
  readonly close: () => Promise<void>;
}

export interface EditorSessionOptions {
  /** The repository, where .vscode-test is. */
  readonly root: string;
  readonly vsixPath: string;
  /** A folder whose copy is opened. */
  readonly filesFrom: string;
  readonly theme?: ColorTheme;
  /** User settings over the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly widthPx?: number;
  readonly heightPx?: number;
}

/** How long a gesture may take before it fails; a busy machine needs several seconds for the first of each kind. */
const GESTURE_TIMEOUT_MS = 20_000;

/** Opens VS Code on a copy of the files (2 to 3 s once VS Code is installed). Everything started ends with `close`. */
export async function openEditorSession(options: EditorSessionOptions): Promise<EditorSession> {
  const { root, vsixPath, filesFrom, theme = "dark", settings = {}, widthPx = 1440, heightPx = 900 } = options;
  const cleanups: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const vscode = await ensureEmbeddedVsCode({ root });
    const home = makeTemporaryFolder("e2e");
    cleanups.push(async () => home.remove());
    const folder = join(home.path, "files");
    const extensionsDir = join(home.path, "extensions");
    await Promise.all([cp(filesFrom, folder, { recursive: true }), installVsix({ vscode, vsixPath, extensionsDir })]);
    const server = await startEmbeddedVsCode({
      vscode,
      extensionsDir,
      colorTheme: colorThemeName(theme),
      // A blinking cursor would make two screenshots of the same state differ.
      settings: { "editor.cursorBlinking": "solid", "editor.accessibilitySupport": "off", ...settings },
    });
    cleanups.push(server.stop);
    const browser = await launchChromium();
    cleanups.push(() => browser.close());
    const page = await browser.newPage({
      viewport: { width: widthPx, height: heightPx },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    page.setDefaultTimeout(GESTURE_TIMEOUT_MS);
    const consoleLines: string[] = [];
    page.on("console", (message) => consoleLines.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => consoleLines.push(`uncaught: ${error.message}`));
    await page.goto(workbenchUrl(server.url, { folder }));
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
    return { page, folder, consoleLines, close };
  } catch (error) {
    await close();
    throw error;
  }
}
