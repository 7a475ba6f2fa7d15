/** The pages of docs/diagnostics, read from the checkout. A bundle reads them from one file beside it (scripts/diagnostic-pages.mjs). */
import { readFileSync } from "node:fs";

/** The page of a code, in Markdown; undefined where there is none. */
export function pageOf(code: string): string | undefined {
  if (!/^LBP\d{4}$/.test(code)) return undefined;
  try {
    return readFileSync(new URL(`../../../docs/diagnostics/${code}.md`, import.meta.url), "utf8");
  } catch {
    return undefined;
  }
}
