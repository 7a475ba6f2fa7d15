/** Renaming, which changes every place of a name or, with the reason, none. */
import type { Analysis } from "../model/analysis.ts";
import { parse } from "../syntax/parse.ts";
import type { Range, TextEdit } from "../text/range.ts";
import { applyEdits } from "../text/range.ts";
import { algorithms, builtinMetrics } from "../text/vocabulary.ts";
import { distinctSymbols, occurrencesOf, symbolsAt } from "./occurrences.ts";
import { symbolIndex } from "./symbol-index.ts";
import type { Occurrence, PolicySymbol } from "./symbol-index.ts";

export interface Refusal {
  /** A sentence. */
  readonly refusal: string;
}

export interface Renameable {
  readonly range: Range;
  readonly name: string;
}

/** Edits by file. */
export type FileEdits = ReadonlyMap<string, readonly TextEdit[]>;

/** What would be renamed at a place, or why nothing can be. */
export function prepareRename(analysis: Analysis, offset: number, others: readonly Analysis[] = []): Renameable | Refusal {
  const found = symbolsAt(analysis, offset, others);
  if (found === undefined) return { refusal: "There is no name here that can be renamed." };
  const name = analysis.source.text.slice(found.occurrence.range.start, found.occurrence.range.end);
  return found.symbols.length > 0 ? { range: found.occurrence.range, name } : { refusal: unknownReason(name, found.occurrence) };
}

/** The edits that give a name another one everywhere, or why that cannot be. */
export function rename(analysis: Analysis, offset: number, to: string, others: readonly Analysis[] = []): FileEdits | Refusal {
  const prepared = prepareRename(analysis, offset, others);
  if ("refusal" in prepared) return prepared;
  const analyses = [analysis, ...others];
  const symbols = connected(symbolsAt(analysis, offset, others)?.symbols ?? [], analyses);
  const refusal = to === prepared.name ? undefined : nameProblem(to) ?? collision(symbols, to, analyses);
  if (refusal !== undefined) return { refusal };
  const edits = new Map<string, TextEdit[]>();
  const add = (file: string, edit: TextEdit): void => void edits.set(file, [...(edits.get(file) ?? []), edit]);
  for (const { file, range } of occurrencesOf(symbols, analyses)) add(file, { range, text: to });
  for (const { kind, file, nameRange, statement } of symbols) {
    // A server that is named by its place gets the name written.
    if (kind === "server" && nameRange === undefined) add(file, { range: { start: statement.keyword.end, end: statement.keyword.end }, text: ` ${to}` });
  }
  return misread(edits, analyses, to) ?? edits;
}

/** The places that change together while a name of this file is typed; empty where the name is used in another file too. */
export function linkedRanges(analysis: Analysis, offset: number, others: readonly Analysis[] = []): readonly Range[] {
  const all = occurrencesOf(symbolsAt(analysis, offset, others)?.symbols ?? [], [analysis, ...others]);
  const isLocal = all.length > 1 && all.every((occurrence) => occurrence.file === analysis.source.file) && all.some((occurrence) => occurrence.role === "declaration");
  return isLocal ? all.map((occurrence) => occurrence.range) : [];
}

function unknownReason(name: string, { kinds }: Occurrence): string {
  if (kinds.includes("metric") && builtinMetrics.some((metric) => metric === name)) return `${name} is a built-in metric and keeps its name.`;
  if (kinds.includes("strategy") && algorithms.some((algorithm) => algorithm === name)) return `${name} is an algorithm and keeps its name.`;
  return `${name} is not declared.`;
}

/** Servers that a `geo` names together have one name: all are renamed. */
function connected(symbols: readonly PolicySymbol[], analyses: readonly Analysis[]): readonly PolicySymbol[] {
  let all = distinctSymbols(symbols);
  for (;;) {
    const next = distinctSymbols([...all, ...occurrencesOf(all, analyses).flatMap((occurrence) => occurrence.symbols)]);
    if (next.length === all.length) return all;
    all = next;
  }
}

function nameProblem(to: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/u.test(to)) return `"${to}" is not a name: a name is an ASCII letter, then letters, digits, _ and -.`;
  return to.length > 63 ? "A name has at most 63 characters." : undefined;
}

/** Kinds whose names may not be the same, with the kind itself. */
function rivals(kind: PolicySymbol["kind"]): readonly PolicySymbol["kind"][] {
  return kind === "param" || kind === "traffic" ? ["param", "traffic"] : [kind];
}

function collision(symbols: readonly PolicySymbol[], to: string, analyses: readonly Analysis[]): string | undefined {
  const keys = new Set(symbols.map((symbol) => symbol.key));
  for (const { kind, container, file } of symbols) {
    if (kind === "strategy" && algorithms.some((algorithm) => algorithm === to)) return `${to} is the name of an algorithm; a strategy may not have it.`;
    if (kind === "metric" && (builtinMetrics.some((metric) => metric === to) || to === "external" || to === "custom")) return `${to} is the name of a built-in metric.`;
    for (const analysis of analyses) {
      if (!analysis.sources.has(file)) continue;
      const taken = symbolIndex(analysis).symbols.find((other) => !keys.has(other.key) && rivals(kind).includes(other.kind) &&
        (kind !== "server" || (other.container === container && other.file === file)) && other.name.toLowerCase() === to.toLowerCase());
      if (taken !== undefined) return `There is a ${taken.kind} ${taken.name} already.`;
    }
  }
  return undefined;
}

/** Reads the changed texts: a name that would be read as a keyword, or change what is declared, is refused. */
function misread(edits: FileEdits, analyses: readonly Analysis[], to: string): Refusal | undefined {
  for (const [file, list] of edits) {
    const before = analyses.map((analysis) => analysis.sources.get(file)).find((source) => source !== undefined);
    if (before === undefined) continue;
    const old = parse(file, before.source.text);
    const now = parse(file, applyEdits(before.source.text, list));
    const keywords = (result: typeof old): string => JSON.stringify(result.tree.declarations.map((each) => [each.spec.keyword, each.broken, each.fields.map((field) => field.value?.type), each.block?.statements.map((inner) => [inner.spec.keyword, inner.fields.map((field) => [field.label, field.value?.type])])]));
    if (now.problems.length !== old.problems.length || (list.every((edit) => edit.range.end > edit.range.start) && keywords(old) !== keywords(now))) return { refusal: `${to} would be read as a keyword where this name stands.` };
  }
  return undefined;
}
