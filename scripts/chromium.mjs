// Debian's chromium, driven by playwright-core: no browser download.
import { chromium } from "playwright-core";
import { ensureDebianTools } from "./debian-tools.mjs";

const FLAGS = [
  "--no-sandbox", // CI runs as root, where chromium refuses its sandbox; only our own pages on loopback are opened
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];

/**
 * Starts a headless chromium, installing it when it is missing.
 * @param {{log?: (line: string) => void}} [options] log: told of an installation, default standard error
 * @returns {Promise<import('playwright-core').Browser>}
 * @throws {Error} naming the command that installs chromium
 */
export async function launchChromium(options = {}) {
  const tools = ensureDebianTools(["chromium", "fonts-dejavu-core", "fonts-liberation"], options);
  return chromium.launch({ executablePath: tools.chromium, headless: true, args: FLAGS });
}
