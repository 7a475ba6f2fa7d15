/** Diagnostics as text for people and as the JSON of `check`. */
import { createLineMap, positionAt } from "../../language/src/index.ts";
import type { Analysis, Diagnostic, LineMap, Position, Range, Severity } from "../../language/src/index.ts";
import { excerpt } from "./excerpt.ts";
import { visibleText } from "./plain-text.ts";

/** The texts in which diagnostics lie, by the name of their file. */
export type Sources = Analysis["sources"];
export type SourceOfFile = Sources extends ReadonlyMap<string, infer V> ? V : never;

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

export function count(diagnostics: readonly Diagnostic[]): Counts {
  const of = (severity: Severity): number => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return { errors: of("error"), warnings: of("warning") };
}

/** `path:line:column: error LBP2001: message`, the line with a caret, and the related places indented. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], sources: Sources, colored: "colored" | "plain"): string {
  return diagnostics.map((diagnostic) => diagnosticText(diagnostic, sources, colored)).join("");
}

function diagnosticText(diagnostic: Diagnostic, sources: Sources, colored: "colored" | "plain"): string {
  const paint = colored === "colored" ? ansi : plain;
  const severity = paint(diagnostic.severity, `${diagnostic.severity} ${diagnostic.code}`);
  const under = diagnostic.environment === undefined ? "" : ` (environment ${visibleText(diagnostic.environment)})`;
  let text = `${paint("place", place(diagnostic.file, diagnostic.range, sources))}: ${severity}: ${visibleText(diagnostic.message)}${under}\n`;
  const source = sources.get(diagnostic.file);
  if (source !== undefined) text += excerpt(source.source.text, source.lines, diagnostic.range);
  for (const related of diagnostic.related) {
    text += `    ${place(related.location.file, related.location.range, sources)}: ${visibleText(related.message)}\n`;
  }
  return text;
}

export interface JsonRange {
  readonly start: Position;
  readonly end: Position;
}

/** One element of `files` in the JSON of `check`: lines and UTF-16 characters from 0. */
export interface JsonFile {
  readonly path: string;
  readonly diagnostics: readonly object[];
}

/** The files of a check: those asked for, in their order, then imports that have diagnostics. */
export function jsonFiles(names: readonly string[], diagnostics: readonly Diagnostic[], sources: Sources): readonly JsonFile[] {
  const byFile = new Map<string, object[]>(names.map((name) => [name, []]));
  for (const diagnostic of diagnostics) {
    const list = byFile.get(diagnostic.file) ?? [];
    byFile.set(diagnostic.file, list);
    list.push(jsonDiagnostic(diagnostic, sources));
  }
  return [...byFile].map(([path, list]) => ({ path, diagnostics: list }));
}

function jsonDiagnostic(diagnostic: Diagnostic, sources: Sources): object {
  return {
    code: diagnostic.code,
    name: diagnostic.name,
    severity: diagnostic.severity,
    message: diagnostic.message,
    range: jsonRange(diagnostic.file, diagnostic.range, sources),
    related: diagnostic.related.map((related) => ({
      path: related.location.file,
      range: jsonRange(related.location.file, related.location.range, sources),
      message: related.message,
    })),
    docs: `docs/diagnostics/${diagnostic.code}.md`,
    ...(diagnostic.environment === undefined ? {} : { environment: diagnostic.environment }),
  };
}

function jsonRange(file: string, range: Range, sources: Sources): JsonRange {
  const lines = linesOf(file, sources);
  return { start: positionAt(lines, range.start), end: positionAt(lines, range.end) };
}

/** `path:line:column`, both from 1, columns in UTF-16 units. */
function place(file: string, range: Range, sources: Sources): string {
  const { line, character } = positionAt(linesOf(file, sources), range.start);
  return `${visibleText(file)}:${line + 1}:${character + 1}`;
}

function linesOf(file: string, sources: Sources): LineMap {
  return sources.get(file)?.lines ?? createLineMap("");
}

type Paint = (style: Severity | "place", text: string) => string;

const plain: Paint = (_style, text) => text;

const ansiCodes: Readonly<Record<Severity | "place", string>> = { error: "1;31", warning: "1;33", information: "1;36", hint: "1;34", place: "1" };

const ansi: Paint = (style, text) => `\u001b[${ansiCodes[style]}m${text}\u001b[0m`;
