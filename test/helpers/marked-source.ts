/**
 * Tests as data. `┆` is the cursor, `⟦ ⟧` a range. A line of carets below a line is a diagnostic that is expected there, compared exactly:
 *
 *     backend shop {
 *       server 10.0.0.11
 *           // ^^^^^^^^^ error LBP1011: `10.0.0.11` is …
 *     }
 *
 * Where the carets begin too far left for the slashes, the line has none. `|` is an empty range; `^^^…` goes on over the line's end.
 */
import { strict as assert } from "node:assert";
import { analyze } from "../../language/src/index.ts";
import type { Analysis, AnalyzeOptions, Diagnostic } from "../../language/src/index.ts";
import { createLineMap, positionAt } from "../../language/src/text/line-map.ts";
import type { Range } from "../../language/src/text/range.ts";
import { checkInvariants } from "./invariants.ts";

export interface MarkedSource {
  readonly text: string;
  readonly cursor: number | undefined;
  readonly ranges: readonly Range[];
}

/** The text without its marks, and where they stood. */
export function readMarks(marked: string): MarkedSource {
  let text = "";
  let cursor: number | undefined;
  const open: number[] = [];
  const ranges: Range[] = [];
  for (const character of marked) {
    if (character === "┆") cursor = text.length;
    else if (character === "⟦") open.push(text.length);
    else if (character === "⟧") ranges.push({ start: open.pop() ?? assert.fail("⟧ without ⟦"), end: text.length });
    else text += character;
  }
  assert.deepEqual(open, [], "⟦ without ⟧");
  return { text, cursor, ranges };
}

const drawn = /^\s*(?:\/\/ ?)?\s*(?:\^+…?|\|) (?:error|warning|information|hint) LBP\d{4}: .*$/;

/** The text without the lines that draw diagnostics. */
export function withoutDrawings(fixture: string): string {
  return fixture.split("\n").filter((line) => !drawn.test(line)).join("\n");
}

/** The text with its diagnostics drawn below the lines where they begin. */
export function draw(text: string, diagnostics: readonly Diagnostic[]): string {
  const map = createLineMap(text);
  const lines = text.split("\n");
  const below = new Map<number, string[]>();
  for (const { range, severity, code, message } of diagnostics) {
    const start = positionAt(map, range.start);
    const end = positionAt(map, range.end);
    const width = end.line > start.line ? Math.max(1, (lines[start.line]?.length ?? 0) - start.character) : end.character - start.character;
    const carets = width === 0 ? "|" : "^".repeat(width) + (end.line > start.line ? "…" : "");
    const margin = start.character >= 3 ? `${" ".repeat(start.character - 3)}// ` : " ".repeat(start.character);
    below.set(start.line, [...(below.get(start.line) ?? []), `${margin}${carets} ${severity} ${code}: ${message}`]);
  }
  return lines.flatMap((line, index) => [line, ...(below.get(index) ?? [])]).join("\n");
}

/** Syntax, names and values: what a target or a behaviour adds has tests of its own. */
function isOwn(diagnostic: Diagnostic): boolean {
  return /^LBP[123]/.test(diagnostic.code);
}

function isProblem(diagnostic: Diagnostic): boolean {
  return isOwn(diagnostic) && (diagnostic.severity === "error" || diagnostic.severity === "warning");
}

/** Analyses the fixture without its drawings, and holds what is found against them. */
export function assertDrawn(fixture: string, options: AnalyzeOptions = {}): Analysis {
  const text = withoutDrawings(fixture);
  checkInvariants(text);
  const analysis = analyze({ file: "fixture.lbpolicy", text }, options);
  assert.equal(draw(text, analysis.diagnostics.filter((diagnostic) => isOwn(diagnostic) && diagnostic.file === "fixture.lbpolicy")), fixture);
  return analysis;
}

/** Problems of a text that are more than hints, as `CODE text` pairs: what is expected where the whole message does not matter. */
export function problemsIn(text: string, options: AnalyzeOptions = {}): readonly string[] {
  checkInvariants(text);
  return analyze({ file: "test.lbpolicy", text }, options).diagnostics
    .filter(isProblem)
    .map((diagnostic) => `${diagnostic.code} ${text.slice(diagnostic.range.start, diagnostic.range.end)}`);
}

/** The analysis of a text that must hold no error and no warning of syntax, names and values. */
export function accepted(text: string, options: AnalyzeOptions = {}): Analysis {
  checkInvariants(text);
  const analysis = analyze({ file: "test.lbpolicy", text }, options);
  assert.deepEqual(analysis.diagnostics.filter(isProblem).map((diagnostic) => `${diagnostic.code} ${diagnostic.message}`), [], text);
  return analysis;
}

/** Holds that the text, which marks one range, has exactly one problem: of that code, there, with these words in its message. */
export function refused(marked: string, code: string, words: RegExp, options: AnalyzeOptions = {}): Diagnostic {
  const { text, ranges } = readMarks(marked);
  checkInvariants(text);
  const found = analyze({ file: "test.lbpolicy", text }, options).diagnostics.filter(isProblem);
  const shown = found.map((diagnostic) => `${diagnostic.code} ${JSON.stringify(text.slice(diagnostic.range.start, diagnostic.range.end))} ${diagnostic.message}`).join("\n");
  assert.equal(found.length, 1, `one problem in ${text}, not:\n${shown}`);
  const only = found[0] ?? assert.fail();
  assert.equal(only.code, code, shown);
  assert.deepEqual(only.range, ranges[0], `${shown}\nat ${only.range.start}-${only.range.end} in ${text}`);
  assert.match(only.message, words);
  return only;
}
