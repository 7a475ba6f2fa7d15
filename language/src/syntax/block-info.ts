/** What a block's statements look like from outside: their words, and the blocks inside them. */
import type { BlockSpec, Element, StatementSpec } from "./spec.ts";
import { keyword } from "./tokens.ts";
import { wordTable } from "./type-tables.ts";

export interface BlockInfo {
  /** Statements by their first word. */
  readonly statements: ReadonlyMap<string, StatementSpec>;
  /** The same by the index of the word's token type. */
  readonly byType: readonly (StatementSpec | undefined)[];
  /** Words inside a statement, by its first word. */
  readonly innerWords: ReadonlyMap<StatementSpec, ReadonlySet<string>>;
  /** Nested blocks by the word that the opening brace follows, directly or not. */
  readonly nested: ReadonlyMap<string, BlockSpec>;
  /** The statement that begins with a string, with a name. */
  readonly stringLead: StatementSpec | undefined;
  readonly nameLead: StatementSpec | undefined;
}

const infos = new Map<BlockSpec, BlockInfo>();

export function blockInfo(spec: BlockSpec): BlockInfo {
  let info = infos.get(spec);
  if (info === undefined) {
    const statements = new Map<string, StatementSpec>();
    const innerWords = new Map<StatementSpec, ReadonlySet<string>>();
    const nested = new Map<string, BlockSpec>();
    for (const statement of spec.statements) {
      if (statement.lead === undefined) statements.set(statement.keyword, statement);
      const inner = new Set<string>();
      collect(statement.elements, statement.keyword, inner, nested);
      innerWords.set(statement, inner);
    }
    const lead = (kind: "string" | "name"): StatementSpec | undefined => spec.statements.find((statement) => statement.lead === kind);
    const byType = wordTable([...statements].map(([text, statement]) => [keyword(text), statement] as const));
    info = { statements, byType, innerWords, nested, stringLead: lead("string"), nameLead: lead("name") };
    infos.set(spec, info);
  }
  return info;
}

function collect(elements: readonly Element[], opener: string, inner: Set<string>, nested: Map<string, BlockSpec>): void {
  let last = opener;
  for (const element of elements) {
    if (element.type === "word") {
      inner.add(element.word);
      last = element.word;
    } else if (element.type === "enum") for (const word of element.words) inner.add(word);
    else if (element.type === "optional") collect(element.elements, last, inner, nested);
    else if (element.type === "choice") for (const alternative of element.alternatives) collect(alternative, last, inner, nested);
    else if (element.type === "list") collect(element.item, last, inner, nested);
    else if (element.type === "options") {
      for (const option of element.options) {
        inner.add(option.keyword);
        collect(option.elements, option.keyword, inner, nested);
      }
    } else if (element.type === "block") nested.set(last, element.block);
  }
}
