/**
 * What may stand behind some tokens: the constructs walked along the tokens of the open declaration. Completion asks it; it needs no finished
 * statement, which the parser does.
 */
import { fileBlock } from "../syntax/constructs/index.ts";
import { lex } from "../syntax/lexer.ts";
import type { BlockSpec, Element, Option, StatementSpec, ValueElement } from "../syntax/spec.ts";
import { blockInfo } from "../syntax/structure.ts";
import type { PolicyToken } from "../syntax/tokens.ts";
import { valueEnds } from "./value-tokens.ts";

export interface Expected {
  readonly block: BlockSpec;
  /** Statements that may begin here: those of the block that can still be written. */
  readonly statements: readonly StatementSpec[];
  /** Words that continue the open statement, with what is known of them. */
  readonly words: readonly ExpectedWord[];
  readonly values: readonly ExpectedValue[];
}

export interface ExpectedWord {
  readonly word: string;
  readonly option?: Option;
}

export interface ExpectedValue {
  readonly element: ValueElement;
  readonly statement: StatementSpec;
}

/** What may stand at the end of `text`, which begins with a declaration or is empty. */
export function expectedAfter(text: string, place: Place): Expected {
  const { tokens } = lex("", text);
  return walkBlock(fileBlock, tokens, 0, place).expected;
}

/** Whether something else stands before it on its line. */
export type Place = "first on its line" | "behind something";

interface BlockEnd {
  readonly expected: Expected;
  /** Index of the token behind the block's `}`, or the number of tokens where it is open. */
  readonly next: number;
  readonly isOpen: boolean;
}

/** Walks a block's statements from `index`; the expectation is that of its end, or of the nested block that is open there. */
function walkBlock(spec: BlockSpec, tokens: readonly PolicyToken[], index: number, place: Place): BlockEnd {
  const written = new Set<StatementSpec>();
  let i = index;
  while (i < tokens.length) {
    if (isOpening(tokens[i], "}")) return { expected: nothing(spec), next: i + 1, isOpen: false };
    const statement = statementAt(spec, tokens[i]);
    if (statement === undefined) {
      // What belongs to no statement is passed over; a brace with all that is inside it.
      i = isOpening(tokens[i], "{") ? passBlock(tokens, i + 1) : i + 1;
      continue;
    }
    const step = walkStatement(spec, statement, tokens, i, place, written);
    if (step.expected !== undefined) return { expected: step.expected, next: tokens.length, isOpen: true };
    written.add(statement);
    i = step.next;
  }
  return { expected: { ...nothing(spec), statements: writable(spec, written) }, next: i, isOpen: true };
}

interface StatementEnd {
  readonly next: number;
  /** Set where the tokens end inside the statement, or directly behind it. */
  readonly expected?: Expected;
}

function walkStatement(spec: BlockSpec, statement: StatementSpec, tokens: readonly PolicyToken[], start: number, place: Place, written: ReadonlySet<StatementSpec>): StatementEnd {
  const words = new Map<string, ExpectedWord>();
  const values: ExpectedValue[] = [];
  const ends = new Set<number>();
  let nested: BlockEnd | undefined;
  const walker: Walker = {
    tokens,
    spec,
    expectWord: (word, option) => {
      if (!words.has(word)) words.set(word, option === undefined ? { word } : { word, option });
    },
    expectValue: (element) => {
      if (!values.some((value) => value.element === element)) values.push({ element, statement });
    },
    enter: (block, at) => (nested = walkBlock(block, tokens, at, place)),
  };
  const from = statement.lead === undefined ? start + 1 : start;
  walkElements(walker, statement.elements, 0, from, (end) => ends.add(end));

  if (nested?.isOpen === true) return { next: tokens.length, expected: nested.expected };
  const isComplete = ends.has(tokens.length);
  if (isComplete || words.size > 0 || values.length > 0) {
    const after = new Set([...written, statement]);
    const continues = words.size > 0 || values.length > 0;
    // On the same line the open statement is the likelier to go on.
    const mayBegin = place === "first on its line" || (isComplete && !continues);
    return { next: tokens.length, expected: { block: spec, statements: mayBegin ? writable(spec, after) : [], words: [...words.values()], values } };
  }
  return { next: nextStatement(spec, tokens, start, ends) };
}

/** Where the following statement begins: as far on as the statement reaches, else at the next line that begins with one. */
function nextStatement(spec: BlockSpec, tokens: readonly PolicyToken[], start: number, ends: ReadonlySet<number>): number {
  const reached = [...ends].filter((end) => isOpening(tokens[end], "}") || statementAt(spec, tokens[end]) !== undefined);
  if (reached.length > 0) return Math.max(...reached);
  let i = start + 1;
  while (i < tokens.length) {
    if (isOpening(tokens[i], "{")) i = passBlock(tokens, i + 1);
    else if (isOpening(tokens[i], "}") || (tokens[i]?.lineStart === true && statementAt(spec, tokens[i]) !== undefined)) return i;
    else i++;
  }
  return i;
}

interface Walker {
  readonly tokens: readonly PolicyToken[];
  readonly spec: BlockSpec;
  readonly expectWord: (word: string, option?: Option) => void;
  readonly expectValue: (element: ValueElement) => void;
  readonly enter: (block: BlockSpec, index: number) => BlockEnd;
}

type Continue = (index: number) => void;

function walkElements(walker: Walker, elements: readonly Element[], position: number, index: number, done: Continue): void {
  const element = elements[position];
  if (element === undefined) {
    done(index);
    return;
  }
  walkElement(walker, element, index, (next) => walkElements(walker, elements, position + 1, next, done));
}

function walkElement(walker: Walker, element: Element, index: number, next: Continue): void {
  switch (element.type) {
    case "word":
      matchWord(walker, element.word, index, next);
      break;
    case "enum":
      for (const word of element.words) matchWord(walker, word, index, next);
      break;
    case "value": {
      const { ends, isWanted, words } = valueEnds(element, walker.tokens, index, walker.spec);
      if (isWanted) walker.expectValue(element);
      for (const word of words) walker.expectWord(word);
      for (const end of ends) next(end);
      break;
    }
    case "optional":
      walkElements(walker, element.elements, 0, index, next);
      next(index);
      break;
    case "choice":
      for (const alternative of element.alternatives) walkElements(walker, alternative, 0, index, next);
      break;
    case "list":
      walkElements(walker, element.item, 0, index, (end) => {
        next(end);
        if (walker.tokens[end]?.image === ",") walkElement(walker, element, end + 1, next);
      });
      break;
    case "options":
      walkOptions(walker, element.options, index, next);
      break;
    case "block":
      if (index === walker.tokens.length) walker.expectWord("{");
      else if (isOpening(walker.tokens[index], "{")) {
        const end = walker.enter(element.block, index + 1);
        if (!end.isOpen) next(end.next);
      }
      break;
  }
}

function walkOptions(walker: Walker, left: readonly Option[], index: number, next: Continue): void {
  next(index);
  for (const option of left) {
    matchWord(walker, option.keyword, index, (after) => {
      const others = left.filter((other) => other !== option);
      walkElements(walker, option.elements, 0, after, (end) => walkOptions(walker, others, end, next));
    }, option);
  }
}

function matchWord(walker: Walker, word: string, index: number, next: Continue, option?: Option): void {
  if (index === walker.tokens.length) walker.expectWord(word, option);
  else if (walker.tokens[index]?.image === word) next(index + 1);
}

function statementAt(spec: BlockSpec, token: PolicyToken | undefined): StatementSpec | undefined {
  if (token === undefined) return undefined;
  const byWord = blockInfo(spec).statements.get(token.image);
  if (byWord !== undefined) return byWord;
  const isString = token.image.startsWith('"');
  const isName = /^[A-Za-z]/u.test(token.image);
  return spec.statements.find((statement) => (statement.lead === "string" && isString) || (statement.lead === "name" && isName));
}

/** Each statement that is written once at most and stands there already is left out. */
function writable(spec: BlockSpec, written: ReadonlySet<StatementSpec>): readonly StatementSpec[] {
  return spec.statements.filter((statement) => statement.lead === undefined && (statement.repeatable || !written.has(statement)));
}

function nothing(block: BlockSpec): Expected {
  return { block, statements: [], words: [], values: [] };
}

function isOpening(token: PolicyToken | undefined, brace: "{" | "}"): boolean {
  return token?.image === brace;
}

function passBlock(tokens: readonly PolicyToken[], index: number): number {
  let depth = 1;
  let i = index;
  for (; i < tokens.length && depth > 0; i++) {
    if (isOpening(tokens[i], "{")) depth++;
    else if (isOpening(tokens[i], "}")) depth--;
  }
  return i;
}
