/** Refactorings that write what a name stands for in its place; a declaration that nobody names any more goes. */
import type { Analysis } from "../model/analysis.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Range, TextEdit } from "../text/range.ts";
import type { Refactoring } from "./refactorings.ts";
import { reindented } from "./extract.ts";
import { occurrencesOf, symbolsAt } from "./occurrences.ts";
import type { Occurrence, PolicySymbol } from "./symbol-index.ts";
import { indentAt, lineBreakOf, nextLineAt, wholeLines } from "./tree-walk.ts";

/** Offered where the declaration and every use stand in this file. */
export function inlinings(analysis: Analysis, range: Range): readonly Refactoring[] {
  const found = symbolsAt(analysis, range.start, []);
  const symbol = found?.symbols[0];
  if (found === undefined || symbol === undefined || symbol.file !== analysis.source.file) return [];
  const uses = occurrencesOf([symbol], [analysis]).filter((use) => use.role === "reference");
  if (uses.length === 0 || uses.some((use) => use.file !== symbol.file)) return [];
  const chosen = found.occurrence.role === "declaration" ? uses : uses.filter((use) => use.range.start === found.occurrence.range.start);
  const edits = replacements(analysis, symbol, chosen);
  if (edits === undefined) return [];
  const isLast = chosen.length === uses.length;
  return [{
    title: chosen.length === 1 ? `Inline ${symbol.kind} ${symbol.name}` : `Inline ${symbol.kind} ${symbol.name} in all ${chosen.length} places`,
    kind: "inline",
    edits: isLast ? [...edits, removal(analysis, symbol.statement)] : edits,
  }];
}

function replacements(analysis: Analysis, symbol: PolicySymbol, uses: readonly Occurrence[]): readonly TextEdit[] | undefined {
  switch (symbol.kind) {
    case "param": return inlineParam(analysis, symbol, uses);
    case "strategy": return inlineStrategy(symbol, uses);
    case "threshold": return inlineThreshold(analysis, symbol, uses);
    default: return undefined;
  }
}

/** Not where an environment sets it: it has several values then. */
function inlineParam({ source: { text } }: Analysis, { statement }: PolicySymbol, uses: readonly Occurrence[]): readonly TextEdit[] | undefined {
  const value = fieldOf(statement.fields, "value")?.value;
  if (value === undefined || uses.some((use) => use.inside.spec.keyword === "environment")) return undefined;
  const written = text.slice(value.range.start, value.range.end);
  return uses.map(({ range }) => {
    const isWrapped = text[range.start - 1] === "(" && text[range.end] === ")";
    return { range, text: value.type === "binary" && !isWrapped ? `(${written})` : written };
  });
}

/** Only where a word says it all: an algorithm without arguments. */
function inlineStrategy({ statement }: PolicySymbol, uses: readonly Occurrence[]): readonly TextEdit[] | undefined {
  const [only, ...more] = statement.block?.statements ?? [];
  const [field, ...others] = only?.fields ?? [];
  if (only?.spec.keyword !== "algorithm" || more.length > 0 || others.length > 0 || field?.value?.type !== "atom") return undefined;
  const algorithm = field.value.text;
  return uses.every((use) => use.statement.spec.keyword === "balance") ? uses.map(({ range }) => ({ range, text: algorithm })) : undefined;
}

/** Into pools that listen to nothing else. */
function inlineThreshold({ source: { text } }: Analysis, { statement }: PolicySymbol, uses: readonly Occurrence[]): readonly TextEdit[] | undefined {
  const lines = statement.block?.statements ?? [];
  const newline = lineBreakOf(text);
  const edits = uses.map((use): TextEdit | undefined => {
    const names = fieldOf(use.statement.fields, "on")?.value;
    if (use.statement.spec.keyword !== "on" || names?.type !== "list" || names.items.length !== 1) return undefined;
    const indent = indentAt(text, use.statement.range.start);
    return { range: use.statement.range, text: lines.map((line) => reindented(text, line, indent, newline)).join(`${newline}${indent}`) };
  });
  return lines.length === 0 || edits.includes(undefined) ? undefined : edits.flatMap((edit) => edit ?? []);
}

/** The declaration with what stands directly above and speaks of it, documentation and silencing, and one empty line. */
function removal({ source: { text }, tree }: Analysis, statement: Statement): TextEdit {
  const lines = wholeLines(text, statement.range);
  let { start } = lines;
  for (const comment of tree.comments.toReversed()) {
    if (comment.range.end > start) continue;
    const isItsOwn = comment.kind === "doc" || text.slice(comment.range.start, comment.range.end).includes("lbpolicy-ignore");
    if (!isItsOwn || text.slice(comment.range.end, start).trim() !== "" || text.slice(comment.range.end, start).split(/\r\n|\r|\n/u).length > 2) break;
    ({ start } = wholeLines(text, comment.range));
  }
  const after = nextLineAt(text, lines.end);
  const end = lines.end < text.length && text.slice(lines.end, after).trim() === "" ? after : lines.end;
  return { range: { start, end }, text: "" };
}
