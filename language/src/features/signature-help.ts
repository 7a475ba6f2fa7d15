/** The form of the statement that is being written, with the part that is due. */
import type { Analysis } from "../model/analysis.ts";
import type { Element, Option, StatementSpec } from "../syntax/spec.ts";
import { wordsOf } from "../syntax/words.ts";
import { expectedAfter } from "./expected.ts";
import { declarationStart, isFirstOnLine, isInCommentOrString, wordAround } from "./place.ts";
import { pathTo } from "./tree-walk.ts";

export interface Signature {
  /** `server [NAME] ADDRESS [weight COUNT] …` */
  readonly label: string;
  /** Markdown. */
  readonly documentation: string;
  readonly parts: readonly SignaturePart[];
  /** Index of the part that is being written; undefined between parts. */
  readonly active: number | undefined;
}

export interface SignaturePart {
  /** Offsets in the label. */
  readonly start: number;
  readonly end: number;
  /** Markdown. */
  readonly documentation: string;
}

/** Inside a statement that takes values or options; undefined elsewhere, and in comments. */
export function signatureHelp(analysis: Analysis, offset: number): Signature | undefined {
  const { text } = analysis.source;
  const at = Math.max(0, Math.min(offset, text.length));
  const word = wordAround(text, at);
  const start = declarationStart(analysis, word.start);
  if (isInCommentOrString(text, start, at)) return undefined;
  const expected = expectedAfter(text.slice(start, word.start), isFirstOnLine(text, word.start) ? "first on its line" : "behind something");
  const due = expected.values[0];
  const statement = due?.statement ?? openStatement(analysis, at);
  if (statement === undefined) return undefined;
  const pieces = piecesOf(statement.elements);
  if (pieces.length === 0) return undefined;
  const active = due === undefined ? pieces.findIndex((piece) => piece.option?.keyword === text.slice(word.start, word.end)) : pieces.findIndex((piece) => holds(piece.elements, due.element));
  return layOut(statement, pieces, active < 0 ? undefined : active);
}

/** The statement before the place on the same line. */
function openStatement(analysis: Analysis, offset: number): StatementSpec | undefined {
  const { text } = analysis.source;
  let last = offset;
  while (last > 0 && /[ \t]/u.test(text[last - 1] ?? "")) last--;
  const statement = pathTo(analysis.tree.declarations, last).at(-1);
  if (statement === undefined || statement.keyword.end >= offset || last === 0 || statement.spec.lead !== undefined) return undefined;
  return statement.block !== undefined && offset > statement.block.range.start ? undefined : statement.spec;
}

interface Piece {
  readonly text: string;
  readonly documentation: string;
  readonly elements: readonly Element[];
  readonly option?: Option;
}

function piecesOf(elements: readonly Element[]): readonly Piece[] {
  return elements.flatMap((element): readonly Piece[] => {
    if (element.type === "options") return element.options.map((option) => ({ text: `[${[option.keyword, ...option.elements.map(notation)].join(" ")}]`, documentation: withDefault(option.doc, option.default), elements: option.elements, option }));
    if (element.type === "block") return [];
    if (element.type === "choice" && element.alternatives.some((alternative) => alternative.some((each) => each.type === "options"))) {
      return element.alternatives.flatMap((alternative, i) => piecesOf(alternative).map((piece, k) => (i > 0 && k === 0 ? { ...piece, text: `| ${piece.text}` } : piece)));
    }
    return [{ text: notation(element), documentation: element.type === "value" ? wordsOf(element) : "", elements: [element] }];
  });
}

function notation(element: Element): string {
  switch (element.type) {
    case "word": return element.word;
    case "value": return element.kind.toUpperCase().replaceAll("-", "_");
    case "enum": return element.words.join("|");
    case "optional": return `[${element.elements.map(notation).join(" ")}]`;
    case "choice": return element.alternatives.map((alternative) => alternative.map(notation).join(" ")).join(" | ");
    case "list": return `${element.item.map(notation).join(" ")}, …`;
    case "options": return element.options.map((option) => `[${option.keyword}]`).join(" ");
    case "block": return "{ … }";
  }
}

function holds(elements: readonly Element[], wanted: Element): boolean {
  return elements.some((element) => {
    switch (element.type) {
      case "optional": return holds(element.elements, wanted);
      case "choice": return element.alternatives.some((alternative) => holds(alternative, wanted));
      case "list": return holds(element.item, wanted);
      case "options": return element.options.some((option) => holds(option.elements, wanted));
      default: return element === wanted;
    }
  });
}

function layOut(statement: StatementSpec, pieces: readonly Piece[], active: number | undefined): Signature {
  let label = statement.lead === undefined ? statement.keyword : "";
  const parts = pieces.map(({ text, documentation }) => {
    if (label !== "") label += " ";
    const start = label.length;
    label += text;
    return { start, end: label.length, documentation };
  });
  return { label, documentation: withDefault(statement.doc, statement.default), parts, active };
}

function withDefault(doc: string, standard: string | undefined): string {
  return standard === undefined ? doc : `${doc} Default: \`${standard}\`.`;
}
