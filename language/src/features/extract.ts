/** Refactorings that give something written in place a name of its own: a param, a strategy, a threshold. */
import type { Analysis } from "../model/analysis.ts";
import { thresholdStatements } from "../syntax/constructs/threshold.ts";
import { parse } from "../syntax/parse.ts";
import type { ValueKind } from "../syntax/spec.ts";
import type { Field, Literal, Statement, StringLiteral } from "../syntax/tree.ts";
import { fieldOf, nameOf } from "../syntax/tree.ts";
import type { Range, TextEdit } from "../text/range.ts";
import { applyEdits, touches } from "../text/range.ts";
import { algorithms } from "../text/vocabulary.ts";
import type { Refactoring } from "./refactorings.ts";
import { eachValue, indentAt, lineBreakOf, pathTo, standsAlone, wholeLines } from "./tree-walk.ts";

export function extractions(analysis: Analysis, range: Range): readonly Refactoring[] {
  const path = pathTo(analysis.tree.declarations, range.start);
  return [...extractParam(analysis, path, range), ...extractStrategy(analysis, path), ...extractThreshold(analysis, path)];
}

function action(title: string, edits: readonly TextEdit[]): Refactoring {
  return { title, kind: "extract", edits };
}

const parenthesized: ReadonlySet<ValueKind> = new Set<ValueKind>(["bare-ratio", "bare-factor", "texts"]);
const fixedKinds: ReadonlySet<ValueKind> = new Set<ValueKind>(["port-or-address", "date", "dates", "days", "time", "status-range", "retry-conditions"]);

/** The literal or string under the range becomes a param. */
function extractParam(analysis: Analysis, path: readonly Statement[], range: Range): readonly Refactoring[] {
  const statement = path.at(-1);
  const [outer] = path;
  if (statement === undefined || outer === undefined || ["import", "environment", "param"].includes(outer.spec.keyword) || statement.spec.keyword === "network") return [];
  const found = literalAt(statement, range);
  if (found === undefined) return [];
  const { value, field } = found;
  const { element } = field;
  if (element === undefined || fixedKinds.has(element.kind) || element.kind === "metric") return [];
  // `500m` is half a core there, and a duration anywhere else.
  if ((element.kind === "cpu" || element.kind === "cpu-range") && value.type === "literal" && value.kind === "duration") return [];
  const { text } = analysis.source;
  const written = text.slice(value.range.start, value.range.end);
  const name = freeName(analysis, ["param", "traffic"], `${nameOf(outer)?.name ?? outer.spec.keyword}_${field.label}`);
  const declaration = insertParam(analysis, `param ${name} = ${written}`);
  const plain = [declaration, { range: value.range, text: name }];
  const inParentheses = [declaration, { range: value.range, text: `(${name})` }];
  const edits = parenthesized.has(element.kind) || !isClean(analysis, plain) ? inParentheses : plain;
  return isClean(analysis, edits) ? [action(`Extract ${written} to a param`, edits)] : [];
}

function literalAt(statement: Statement, range: Range): { readonly value: Literal | StringLiteral; readonly field: Field } | undefined {
  let found: { readonly value: Literal | StringLiteral; readonly field: Field } | undefined;
  eachValue(statement.fields, (value, field) => {
    if ((value.type === "literal" || value.type === "string") && touches(value.range, range.start) && touches(value.range, range.end)) found = { value, field };
    // What a `custom` or an `external` names is no value.
    if (value.type === "named-metric" && touches(value.range, range.start)) found = undefined;
  });
  return found?.field.element?.kind === "metric" ? undefined : found;
}

/** Reads the changed text: no new problem of syntax. */
function isClean(analysis: Analysis, edits: readonly TextEdit[]): boolean {
  const { file, text } = analysis.source;
  return parse(file, applyEdits(text, edits)).problems.length <= parse(file, text).problems.length;
}

/** Behind the last param, else behind the last import, else at the top. */
function insertParam(analysis: Analysis, line: string): TextEdit {
  const { text } = analysis.source;
  const newline = lineBreakOf(text);
  const last = analysis.tree.declarations.findLast((each) => each.spec.keyword === "param") ?? analysis.tree.declarations.findLast((each) => each.spec.keyword === "import");
  if (last !== undefined) return { range: { start: last.range.end, end: last.range.end }, text: `${newline}${line}` };
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  return { range: { start, end: start }, text: `${line}${newline}${newline}` };
}

/** `balance least_connections` becomes a strategy with that algorithm. */
function extractStrategy(analysis: Analysis, path: readonly Statement[]): readonly Refactoring[] {
  const [backend, statement] = path;
  if (backend?.spec.keyword !== "backend" || statement?.spec.keyword !== "balance") return [];
  const value = fieldOf(statement.fields, "balance")?.value;
  if (value?.type !== "name" || !algorithms.some((algorithm) => algorithm === value.name)) return [];
  const newline = lineBreakOf(analysis.source.text);
  const name = freeName(analysis, ["strategy"], `${nameOf(backend)?.name ?? "web"}_balance`);
  return [action(`Extract ${value.name} to a strategy`, [
    { range: value.range, text: name },
    behind(backend, `strategy ${name} {${newline}  algorithm ${value.name}${newline}}`, newline),
  ])];
}

const ownLines: ReadonlySet<string> = new Set(thresholdStatements.map((each) => each.keyword));

/** The lines of a threshold inside a `scale` become a threshold that the pool listens to. */
function extractThreshold(analysis: Analysis, path: readonly Statement[]): readonly Refactoring[] {
  const [backend] = path;
  const scale = path.find((each) => each.spec.keyword === "scale");
  const lines = (scale?.block?.statements ?? []).filter((each) => ownLines.has(each.spec.keyword));
  const [first, ...rest] = lines;
  const { text } = analysis.source;
  if (backend === undefined || scale === undefined || first === undefined || lines.some((each) => each.broken)) return [];
  const newline = lineBreakOf(text);
  const name = freeName(analysis, ["threshold"], `${nameOf(backend)?.name ?? "web"}_load`);
  const body = lines.map((each) => `  ${reindented(text, each, "  ", newline)}`).join(newline);
  return [action("Extract these lines to a threshold", [
    { range: first.range, text: `on ${name}` },
    ...rest.map((each) => ({ range: standsAlone(text, each.range) ? wholeLines(text, each.range) : each.range, text: "" })),
    behind(backend, `threshold ${name} {${newline}${body}${newline}}`, newline),
  ])];
}

/** A statement's text as it stands under another indentation. */
export function reindented(text: string, statement: Statement, indent: string, newline: string): string {
  const before = indentAt(text, statement.range.start);
  return text.slice(statement.range.start, statement.range.end).split(/\r\n|\r|\n/u)
    .map((line, i) => (i === 0 ? line : `${indent}${line.startsWith(before) ? line.slice(before.length) : line.trimStart()}`)).join(newline);
}

function behind(declaration: Statement, text: string, newline: string): TextEdit {
  return { range: { start: declaration.range.end, end: declaration.range.end }, text: `${newline}${newline}${text}` };
}

/** The name, or the first with a number behind it that nothing of the kinds has. */
function freeName(analysis: Analysis, kinds: readonly ("param" | "traffic" | "strategy" | "threshold")[], base: string): string {
  const taken = new Set(kinds.flatMap((kind) => [...analysis.scopes[kind].byName.keys()].map((name) => name.toLowerCase())));
  const short = base.slice(0, 56);
  let name = short;
  for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${short}_${i}`;
  return name;
}
