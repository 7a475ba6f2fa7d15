/** What may be written at a place: keywords in their context, names in scope, values with their units. */
import type { Analysis } from "../model/analysis.ts";
import type { StatementSpec } from "../syntax/spec.ts";
import { wordsOf } from "../syntax/words.ts";
import type { Range, TextEdit } from "../text/range.ts";
import { expectedAfter } from "./expected.ts";
import type { ExpectedValue, ExpectedWord } from "./expected.ts";
import { importableNames } from "./imports.ts";
import type { Exports } from "./imports.ts";
import { namesFor } from "./names-in-scope.ts";
import type { Declarations } from "./place.ts";
import { declarationStart, isFirstOnLine, isInCommentOrString, wordAround } from "./place.ts";
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
  /** Made beside the insertion: the `import` of a name from another file. */
  readonly additionalEdits?: readonly TextEdit[];
}

/** What completion looks at: an analysis, or a followed document, of which most is only made when it is asked for. */
export interface CompletionScene extends Pick<Analysis, "source" | "lines" | "scopes" | "policy">, Declarations {
  readonly sources: Pick<ReadonlyMap<string, unknown>, "has">;
}

/** Nothing inside comments and strings. `elsewhere` are files that could be imported. */
export function complete(analysis: CompletionScene, offset: number, elsewhere: readonly Exports[] = []): readonly CompletionItem[] {
  const { text } = analysis.source;
  const at = Math.max(0, Math.min(offset, text.length));
  const range = wordAround(text, at);
  const start = declarationStart(analysis, range.start);
  if (isInCommentOrString(text, start, at)) return [];
  const before = text.slice(start, range.start);
  const expected = expectedAfter(before, isFirstOnLine(text, range.start) ? "first on its line" : "behind something");
  const items = [
    ...expected.values.flatMap((value) => valueItems(analysis, value, range)),
    ...expected.values.flatMap((value) => importItems(analysis, value, range, elsewhere)),
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

function valueItems(analysis: CompletionScene, { element, statement }: ExpectedValue, range: Range): readonly CompletionItem[] {
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

/** Names of other files, with the `import` that brings them in. */
function importItems(analysis: CompletionScene, { element }: ExpectedValue, range: Range, elsewhere: readonly Exports[]): readonly CompletionItem[] {
  return importableNames(analysis, element, elsewhere).map(({ name, kind, path, documentation, edit }): CompletionItem => ({
    label: name,
    kind: "name",
    detail: `${kind} of ${path}`,
    insertText: name,
    isSnippet: false,
    range,
    sortText: `4${name}`,
    additionalEdits: [edit],
    ...(documentation === undefined ? {} : { documentation }),
  }));
}
