/** What nginx or HAProxy said of a compiled file, as words at the policy's lines. */
import { createLineMap, positionAt } from "../../language/src/index.ts";
import type { Sources } from "./diagnostics-report.ts";
import { excerpt } from "./excerpt.ts";
import { visibleText } from "./plain-text.ts";
import type { Remark } from "./verify.ts";

const ansi: Readonly<Record<Remark["severity"], string>> = { error: "1;31", warning: "1;33" };

/** `path:line:column: error: nginx says: words`, and the policy's line; without a place where the program names none. */
export function remarksText(remarks: readonly Remark[], sources: Sources, colored: "colored" | "plain"): string {
  return remarks.map(({ program, severity, words, origin }) => {
    const label = colored === "colored" ? `\u001b[${ansi[severity]}m${severity}\u001b[0m` : severity;
    const said = `${label}: ${program} says: ${visibleText(words)}\n`;
    if (origin === undefined) return said;
    const source = sources.get(origin.file);
    const { line, character } = positionAt(source?.lines ?? createLineMap(""), origin.range.start);
    return `${visibleText(origin.file)}:${line + 1}:${character + 1}: ${said}${source === undefined ? "" : excerpt(source.source.text, source.lines, origin.range)}`;
  }).join("");
}
