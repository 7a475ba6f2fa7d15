/** What each word is, for colours: told from the tree and the names, not from patterns. */
import type { Analysis } from "../model/analysis.ts";
import type { Field, Statement, Value } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { algorithms, builtinMetrics } from "../text/vocabulary.ts";
import { symbolIndex } from "./symbol-index.ts";
import type { SymbolKind } from "./symbol-index.ts";
import { eachStatement, partsOf } from "./tree-walk.ts";

/** The types of the protocol that are used, in the order of its legend. */
export const tokenTypes = ["keyword", "property", "enumMember", "class", "struct", "function", "event", "interface", "variable", "parameter", "number", "string", "operator", "comment"] as const;
export type TokenType = (typeof tokenTypes)[number];

export const tokenModifiers = ["declaration", "defaultLibrary", "documentation"] as const;
export type TokenModifier = (typeof tokenModifiers)[number];

export interface SemanticToken {
  readonly range: Range;
  readonly type: TokenType;
  readonly modifiers: readonly TokenModifier[];
}

const typeOfKind: Readonly<Record<SymbolKind, TokenType>> = {
  backend: "class", server: "struct", strategy: "function", threshold: "event", schedule: "event", metric: "property", service: "interface",
  traffic: "function", scenario: "class", param: "parameter", environment: "class",
};

/** In the order of the text; none overlaps another or goes over a line's end. Only those that touch the range, where one is given. */
export function semanticTokens(analysis: Analysis, within?: Range): readonly SemanticToken[] {
  const { text, file } = analysis.source;
  const found: SemanticToken[] = [];
  const add = (range: Range, type: TokenType, ...modifiers: readonly TokenModifier[]): void => void found.push({ range, type, modifiers });
  const names = new Map((symbolIndex(analysis).occurrences.get(file) ?? []).map((occurrence) => [occurrence.range.start, occurrence]));
  const visitFields = (fields: readonly Field[], path: readonly Statement[]): void => {
    for (const field of fields) {
      if (field.word !== undefined) add(field.word, text[field.word.start] === "=" ? "operator" : "property");
      if (field.value !== undefined) visit(field.value, field, path);
    }
  };
  const visit = (value: Value, field: Field, path: readonly Statement[]): void => {
    switch (value.type) {
      case "name": {
        const occurrence = names.get(value.range.start);
        const kind = occurrence?.symbols[0]?.kind ?? (occurrence?.role === "declaration" ? occurrence.kinds[0] : undefined);
        if (kind !== undefined) add(value.range, typeOfKind[kind], ...(occurrence?.role === "declaration" ? ["declaration" as const] : []));
        else if (isBuiltin(value.name)) add(value.range, "enumMember", "defaultLibrary");
        else add(value.range, "variable");
        return;
      }
      case "literal": add(value.range, "number"); return;
      case "string": add(value.range, "string"); return;
      case "atom": add(value.range, value.kind === "operator" ? "operator" : value.kind === "word" || value.kind === "days" ? "enumMember" : value.kind === "address" ? "string" : "number"); return;
      case "call": add(value.functionRange, "function", "defaultLibrary"); break;
      case "named-metric": add({ start: value.range.start, end: value.range.start + value.kind.length }, "keyword"); break;
      case "group": visitFields(value.fields, path); return;
      default: break;
    }
    for (const part of partsOf(value)) visit(part, field, path);
  };
  const inside = (range: Range): boolean => within === undefined || (range.start <= within.end && within.start <= range.end);
  eachStatement(analysis.tree.declarations.filter((declaration) => inside(declaration.range)), (statement, path) => {
    if (!inside(statement.range)) return;
    if (statement.spec.lead === undefined) add(statement.keyword, "keyword");
    visitFields(statement.fields, path);
  });
  for (const comment of analysis.tree.comments) {
    if (inside(comment.range)) for (const range of linesOf(text, comment.range)) add(range, "comment", ...(comment.kind === "doc" ? ["documentation" as const] : []));
  }
  return apart(found.filter(({ range }) => range.end > range.start && inside(range)));
}

function isBuiltin(name: string): boolean {
  return builtinMetrics.some((metric) => metric === name) || algorithms.some((algorithm) => algorithm === name);
}

/** The parts of a range on each line. */
function linesOf(text: string, range: Range): readonly Range[] {
  return [...text.slice(range.start, range.end).matchAll(/[^\r\n]+/gu)].map((match) => ({ start: range.start + match.index, end: range.start + match.index + match[0].length }));
}

function apart(tokens: readonly SemanticToken[]): readonly SemanticToken[] {
  const sorted = [...tokens].sort((a, b) => a.range.start - b.range.start || b.range.end - a.range.end);
  let end = -1;
  return sorted.filter(({ range }) => {
    const isFree = range.start >= end;
    if (isFree) ({ end } = range);
    return isFree;
  });
}
