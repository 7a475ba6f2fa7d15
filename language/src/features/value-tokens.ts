/** How many tokens a value takes, by its kind: as much of the grammar of values as completion needs. */
import type { BlockSpec, ValueElement } from "../syntax/spec.ts";
import { blockInfo } from "../syntax/structure.ts";
import type { PolicyToken } from "../syntax/tokens.ts";

export interface ValueEnds {
  /** Indices of the tokens behind the value, the longest first. */
  readonly ends: readonly number[];
  /** The tokens end where the value, or an operand of it, is due. */
  readonly isWanted: boolean;
  /** Words that may continue the value where the tokens end. */
  readonly words: readonly string[];
}

/** `index` is that of the value's first token. */
export function valueEnds(element: ValueElement, tokens: readonly PolicyToken[], index: number, spec: BlockSpec): ValueEnds {
  const reader: Reader = { tokens, spec, index, isWanted: false, words: [] };
  const isWhole = readKind(element, reader);
  return { ends: isWhole ? [reader.index] : [], isWanted: reader.isWanted, words: reader.words };
}

interface Reader {
  readonly tokens: readonly PolicyToken[];
  readonly spec: BlockSpec;
  index: number;
  isWanted: boolean;
  words: readonly string[];
}

function readKind(element: ValueElement, reader: Reader): boolean {
  switch (element.kind) {
    case "count": case "number": case "ratio": case "duration": case "rate": case "size": case "cpu": case "price": case "factor":
    case "count-or-share": case "quantity": case "demand": case "metric-expression": case "text-or-quantity":
      return readExpression(reader);
    case "count-range": case "cpu-range": case "size-range":
      return readExpression(reader) && (image(reader) !== ".." || (advance(reader) && readExpression(reader)));
    case "bare-ratio": case "bare-factor":
      return image(reader) === "(" ? readExpression(reader) : readOne(reader);
    case "curve":
      return readCurve(reader);
    case "texts": case "dates": case "days": case "retry-conditions":
      return readList(reader, element.kind === "texts");
    case "metric":
      if (image(reader) !== "external" && image(reader) !== "custom") return readOne(reader);
      return advance(reader) && readOne(reader);
    case "moment":
      return image(reader) === "+" ? advance(reader) && readExpression(reader) : readOne(reader);
    case "name": case "reference":
      return (reader.index === reader.tokens.length || isName(image(reader))) && readOne(reader);
    case "text": case "address": case "port-or-address": case "comparison": case "time": case "time-range":
    case "date": case "status-range": case "method": case "column":
      return readOne(reader);
  }
}

/** `250ms at 1, 1.6s at 24` */
function readCurve(reader: Reader): boolean {
  for (;;) {
    if (!readExpression(reader)) return false;
    if (reader.index === reader.tokens.length) reader.words = ["at"];
    if (image(reader) !== "at") return true;
    advance(reader);
    if (!readExpression(reader)) return false;
    if (image(reader) !== ",") return true;
    advance(reader);
  }
}

/** Items with commas between them; strings may stand without. */
function readList(reader: Reader, withoutCommas: boolean): boolean {
  for (;;) {
    if (!(image(reader) === "(" ? readExpression(reader) : readOne(reader))) return false;
    if (image(reader) === ",") advance(reader);
    else if (!(withoutCommas && image(reader)?.startsWith('"') === true)) return true;
  }
}

/** Operands and operators, as far as they go. */
function readExpression(reader: Reader): boolean {
  for (;;) {
    if (!readOperand(reader)) return false;
    if (!operators.has(image(reader) ?? "")) return true;
    advance(reader);
  }
}

const operators: ReadonlySet<string> = new Set(["+", "-", "*", "/"]);
const functions: ReadonlySet<string> = new Set(["min", "max", "ceil", "floor", "round"]);

function readOperand(reader: Reader): boolean {
  const first = image(reader);
  if (first === "(") return readParenthesized(reader);
  if (first !== undefined && functions.has(first) && reader.tokens[reader.index + 1]?.image === "(") {
    advance(reader);
    return readParenthesized(reader);
  }
  return readOne(reader);
}

function readParenthesized(reader: Reader): boolean {
  do {
    advance(reader);
    if (!readExpression(reader)) return false;
  } while (image(reader) === ",");
  return image(reader) === ")" && advance(reader);
}

const punctuation: ReadonlySet<string> = new Set(["{", "}", "(", ")", ",", "=", "..", "+", "-", "*", "/"]);

/** One token that is a value: no punctuation, and no keyword that begins a statement on its line. */
function readOne(reader: Reader): boolean {
  const token = reader.tokens[reader.index];
  if (token === undefined) {
    reader.isWanted = true;
    return false;
  }
  if (punctuation.has(token.image)) return false;
  const previous = reader.tokens[reader.index - 1];
  const continues = previous !== undefined && (previous.image === "," || previous.image === "(" || previous.image === ".." || previous.image === "=" || operators.has(previous.image) || /^[<>]/u.test(previous.image));
  if (token.lineStart && !continues && blockInfo(reader.spec).statements.has(token.image)) return false;
  return advance(reader);
}

function isName(text: string | undefined): boolean {
  return text !== undefined && /^[A-Za-z][A-Za-z0-9_-]*$/u.test(text);
}

function advance(reader: Reader): true {
  reader.index++;
  return true;
}

function image(reader: Reader): string | undefined {
  return reader.tokens[reader.index]?.image;
}
