/** What may be written at a place: keywords in their context, names in scope, values with their units. */
import type { Analysis } from "../model/analysis.ts";
import type { StatementSpec } from "../syntax/spec.ts";
import { wordsOf } from "../syntax/words.ts";
import type { Range } from "../text/range.ts";
import { expectedAfter } from "./expected.ts";
import type { ExpectedValue, ExpectedWord } from "./expected.ts";
import { namesFor } from "./names-in-scope.ts";
import { statementSnippet } from "./statement-snippet.ts";
import { typicalValues } from "./typical-values.ts";

export interface CompletionItem {
  readonly label: string;
  readonly kind: "keyword" | "name" | "value" | "snippet";
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  readonly insertText: string;
  /** `insertText` holds placeholders such as `${1:name}`. */
  readonly isSnippet: boolean;
  /** What is replaced: the word around the place. */
  readonly range: Range;
  readonly sortText?: string;
}

/** Nothing inside comments and strings. */
export function complete(analysis: Analysis, offset: number): readonly CompletionItem[] {
  const { text } = analysis.source;
  const at = Math.max(0, Math.min(offset, text.length));
  const range = wordAround(text, at);
  const start = declarationStart(analysis, range.start);
  if (isInCommentOrString(text, start, at)) return [];
  const before = text.slice(start, range.start);
  const expected = expectedAfter(before, /(?:^|[\r\n])[ \t]*$/u.test(text.slice(0, range.start)) ? "first on its line" : "behind something");
  const items = [
    ...expected.values.flatMap((value) => valueItems(analysis, value, range)),
    ...expected.words.map((word) => wordItem(word, range)),
    ...expected.statements.map((statement) => statementItem(statement, range)),
  ];
  const seen = new Set<string>();
  return items.filter((item) => {
    const isNew = !seen.has(item.label);
    seen.add(item.label);
    return isNew;
  });
}

/** Digits and units belong to a word: `70` of `70%` is replaced with its unit. */
function wordAround(text: string, offset: number): Range {
  let start = offset;
  while (start > 0 && /[A-Za-z0-9_-]/u.test(text[start - 1] ?? "")) start--;
  let end = offset;
  while (end < text.length && /[A-Za-z0-9_%-]/u.test(text[end] ?? "")) end++;
  return { start, end };
}

/** Where the declaration begins that is open at a place; the place itself between declarations. */
function declarationStart(analysis: Analysis, offset: number): number {
  const declaration = analysis.tree.declarations.findLast((each) => each.range.start <= offset);
  if (declaration === undefined || declaration.range.start === offset) return offset;
  const isBehind = declaration.block === undefined ? false : declaration.block.closed && declaration.block.range.end <= offset;
  return isBehind ? offset : declaration.range.start;
}

/** Looks at the text up to the place, so that an unclosed string or comment counts to its end. */
function isInCommentOrString(text: string, start: number, offset: number): boolean {
  const lineStart = Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
  const from = Math.min(start, lineStart);
  const opener = /"(?:[^"\\\r\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?:\/\/|#)[^\r\n]*$|"[^\r\n]*$|\/\*[\s\S]*$|(?:\/\/|#)[^\r\n]*/gu;
  for (const found of text.slice(from, offset).matchAll(opener)) {
    const endsHere = found.index + found[0].length === offset - from;
    const isClosed = (found[0].startsWith('"') && found[0].length > 1 && found[0].endsWith('"')) || (found[0].startsWith("/*") && found[0].endsWith("*/"));
    if (endsHere && !isClosed) return true;
  }
  return false;
}

function statementItem(statement: StatementSpec, range: Range): CompletionItem {
  const snippet = statementSnippet(statement);
  return {
    label: statement.keyword,
    kind: snippet === undefined ? "keyword" : "snippet",
    detail: statement.default === undefined ? statement.subject : `${statement.subject}, default ${statement.default}`,
    documentation: statement.doc,
    insertText: snippet ?? statement.keyword,
    isSnippet: snippet !== undefined,
    range,
    sortText: `3${statement.keyword}`,
  };
}

function wordItem({ word, option }: ExpectedWord, range: Range): CompletionItem {
  return {
    label: word,
    kind: "keyword",
    insertText: word,
    isSnippet: false,
    range,
    sortText: `2${word}`,
    ...(option === undefined ? {} : { documentation: option.doc }),
    ...(option?.default === undefined ? {} : { detail: `default ${option.default}` }),
  };
}

function valueItems(analysis: Analysis, { element, statement }: ExpectedValue, range: Range): readonly CompletionItem[] {
  const names = namesFor(analysis, element).map((name, i): CompletionItem => ({
    label: name.name,
    kind: "name",
    detail: name.what,
    insertText: name.name,
    isSnippet: false,
    range,
    sortText: `0${String(i).padStart(4, "0")}`,
    ...(name.documentation === undefined ? {} : { documentation: name.documentation }),
  }));
  const values = typicalValues(element).map((value, i): CompletionItem => ({
    label: value,
    kind: "value",
    detail: wordsOf(element),
    documentation: statement.doc,
    insertText: value,
    isSnippet: false,
    range,
    sortText: `1${String(i).padStart(4, "0")}`,
  }));
  return [...names, ...values];
}
