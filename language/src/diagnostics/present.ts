/** Which diagnostics are shown, and how grave they are: severities by code, and the cap. */
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { report } from "./diagnostic.ts";
import { moreProblems } from "./more-problems.ts";

export type Severities = Readonly<Record<string, Severity | "off">>;

export const maxPerFile = 200;

/** Sorted by file and place, with the caller's severities, at most `maxPerFile` of a file and how many more there are. */
export function present(found: readonly Diagnostic[], severities: Severities = {}): readonly Diagnostic[] {
  const kept = withSeverities(found, severities);
  const files = [...new Set(kept.map((diagnostic) => diagnostic.file))];
  return files.flatMap((file) => {
    const mine = kept.filter((diagnostic) => diagnostic.file === file).sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end || inOrder(a.code, b.code) || inOrder(a.message, b.message));
    if (mine.length <= maxPerFile) return mine;
    const last = mine[maxPerFile - 1];
    return [...mine.slice(0, maxPerFile), report(moreProblems, { file, range: last?.range ?? { start: 0, end: 0 } }, { count: mine.length - maxPerFile })];
  });
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The diagnostics with the severities that are asked for, without those that are off. */
export function withSeverities(found: readonly Diagnostic[], severities: Severities): readonly Diagnostic[] {
  return found.flatMap((diagnostic): readonly Diagnostic[] => {
    const severity = Object.hasOwn(severities, diagnostic.code) ? severities[diagnostic.code] : undefined;
    if (severity === "off") return [];
    return [severity === undefined ? diagnostic : { ...diagnostic, severity }];
  });
}

/** Each once, whatever environment it arises in; the first is kept. */
export function withoutRepeats(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return found.filter(({ file, range, code, message }) => {
    const key = `${file}\n${range.start} ${range.end} ${code} ${message}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
