/** Which diagnostics are shown, and how grave they are: severities by code, and the cap. */
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { report } from "./diagnostic.ts";
import { moreProblems } from "./more-problems.ts";

export type Severities = Readonly<Record<string, Severity | "off">>;

export const maxPerFile = 200;

/** Sorted by file and place, with the caller's severities, at most `maxPerFile` of a file, the gravest, and how many more there are. */
export function present(found: readonly Diagnostic[], severities: Severities = {}): readonly Diagnostic[] {
  const kept = withSeverities(found, severities);
  const files = [...new Set(kept.map((diagnostic) => diagnostic.file))];
  return files.flatMap((file) => {
    const mine = kept.filter((diagnostic) => diagnostic.file === file).sort(byPlace);
    if (mine.length <= maxPerFile) return mine;
    const shown = mine.toSorted((a, b) => gravity[a.severity] - gravity[b.severity]).slice(0, maxPerFile).sort(byPlace);
    return [...shown, report(moreProblems, { file, range: shown.at(-1)?.range ?? { start: 0, end: 0 } }, { count: mine.length - maxPerFile })];
  });
}

const gravity: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2, hint: 3 };

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.range.start - b.range.start || a.range.end - b.range.end || inOrder(a.code, b.code) || inOrder(a.message, b.message);
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
