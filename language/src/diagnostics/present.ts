/** Which diagnostics are shown, and how grave they are: severities by code, and the cap. */
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { define, report } from "./diagnostic.ts";

export const maxPerFile = 200;

export const moreProblems = define<{ count: number }>(
  "LBP1019", "more-problems", "information", ({ count }) => `and ${count} more: mend the first ones, many of the others may go with them.`);

/** Sorted by file and place, with the caller's severities, at most `maxPerFile` of a file and how many more there are. */
export function present(found: readonly Diagnostic[], severities: Readonly<Record<string, Severity | "off">> = {}): readonly Diagnostic[] {
  const kept = found.flatMap((diagnostic): readonly Diagnostic[] => {
    const severity = Object.hasOwn(severities, diagnostic.code) ? severities[diagnostic.code] : undefined;
    if (severity === "off") return [];
    return [severity === undefined ? diagnostic : { ...diagnostic, severity }];
  });
  const files = [...new Set(kept.map((diagnostic) => diagnostic.file))];
  return files.flatMap((file) => {
    const mine = kept.filter((diagnostic) => diagnostic.file === file).sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
    if (mine.length <= maxPerFile) return mine;
    const last = mine[maxPerFile - 1];
    return [...mine.slice(0, maxPerFile), report(moreProblems, { file, range: last?.range ?? { start: 0, end: 0 } }, { count: mine.length - maxPerFile })];
  });
}
