/**
 * Token types. Keywords are contextual: each has a type of its own and a second one, of category Name as well, that stands wherever the word
 * may also be a name. structure.ts decides which of the two a token is.
 */
import { createToken, EOF, Lexer } from "chevrotain";
import type { IToken, TokenType } from "chevrotain";
import { fileBlock } from "./constructs/index.ts";
import type { BlockSpec, Element } from "./spec.ts";

function token(name: string, categories: readonly TokenType[] = []): TokenType {
  return createToken({ name, pattern: Lexer.NA, categories: [...categories] });
}

export const Name = token("Name");
/** A name in an `environment` with `=` behind it: it begins an item and is never a part of the value before it. */
export const ItemName = token("ItemName");
export const Literal = token("Literal");
export const NumberLiteral = token("NumberLiteral", [Literal]);
export const RatioLiteral = token("RatioLiteral", [Literal]);
export const DurationLiteral = token("DurationLiteral", [Literal]);
export const RateLiteral = token("RateLiteral", [Literal]);
export const SizeLiteral = token("SizeLiteral", [Literal]);
export const MoneyLiteral = token("MoneyLiteral", [Literal]);
export const PriceLiteral = token("PriceLiteral", [Literal]);
export const FactorLiteral = token("FactorLiteral", [Literal]);
export const StringLiteralToken = token("StringLiteral");
export const AddressToken = token("Address");
export const TimeToken = token("Time");
export const TimeRangeToken = token("TimeRange");
export const DateToken = token("Date");
export const DayRangeToken = token("DayRange", [Name]);
export const StatusRangeToken = token("StatusRange");
export const StatusClassToken = token("StatusClass");
export const LBrace = token("LBrace");
export const RBrace = token("RBrace");
/** A `}` too many, in the middle of a block that goes on behind it. No rule takes it. */
export const StrayBrace = token("StrayBrace");
export const LParen = token("LParen");
export const RParen = token("RParen");
export const Comma = token("Comma");
export const Plus = token("Plus");
export const Minus = token("Minus");
export const Star = token("Star");
export const Slash = token("Slash");
export const DotDot = token("DotDot");
export const ComparisonToken = token("Comparison");

/** `=` is a word of the notation (`param NAME = …`), so it is listed with the keywords. */
const alwaysKeywords = ["=", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "daily", "external", "custom", "at", "on", "error", "timeout"];

function collectWords(block: BlockSpec, words: Set<string>): void {
  const visit = (elements: readonly Element[]): void => {
    for (const element of elements) {
      if (element.type === "word") words.add(element.word);
      else if (element.type === "enum") for (const word of element.words) words.add(word);
      else if (element.type === "optional") visit(element.elements);
      else if (element.type === "choice") for (const alternative of element.alternatives) visit(alternative);
      else if (element.type === "list") visit(element.item);
      else if (element.type === "options") {
        for (const option of element.options) {
          words.add(option.keyword);
          visit(option.elements);
        }
      } else if (element.type === "block") collectWords(element.block, words);
    }
  };
  for (const statement of block.statements) {
    if (statement.lead === undefined) words.add(statement.keyword);
    visit(statement.elements);
  }
}

const words = new Set(alwaysKeywords);
collectWords(fileBlock, words);

export interface Keyword {
  /** Matches in the grammar; given to a token where the word can only be meant as a keyword. */
  readonly type: TokenType;
  /** Category of `type` and of Name; what the lexer gives. */
  readonly asName: TokenType;
}

/** Every keyword of the language by its text. */
export const keywords: ReadonlyMap<string, Keyword> = new Map(
  [...words].sort().map((text) => {
    const type = token(`'${text}'`);
    return [text, { type, asName: text === "=" ? type : token(`'${text}' or name`, [type, Name]) }];
  }),
);

const values: ReadonlySet<TokenType> = new Set([
  NumberLiteral, RatioLiteral, DurationLiteral, RateLiteral, SizeLiteral, MoneyLiteral, PriceLiteral, FactorLiteral, StringLiteralToken, AddressToken, TimeToken, TimeRangeToken,
  DateToken, StatusRangeToken,
]);

/** True for what can only be a value: literals, strings, addresses, times. */
export function beginsValue(type: TokenType): boolean {
  return values.has(type);
}

/** The keyword that a token type stands for. */
export const keywordText: ReadonlyMap<TokenType, string> = new Map(
  [...keywords].flatMap(([text, keyword]) => [[keyword.type, text], [keyword.asName, text]] as const),
);

export function keyword(text: string): Keyword {
  const found = keywords.get(text);
  if (found === undefined) throw new Error(`not a keyword of the language: ${text}`);
  return found;
}

export const vocabulary: readonly TokenType[] = [
  Name, ItemName, Literal, NumberLiteral, RatioLiteral, DurationLiteral, RateLiteral, SizeLiteral, MoneyLiteral, PriceLiteral, FactorLiteral,
  StringLiteralToken, AddressToken, TimeToken, TimeRangeToken, DateToken, DayRangeToken, StatusRangeToken, StatusClassToken,
  LBrace, RBrace, StrayBrace, LParen, RParen, Comma, Plus, Minus, Star, Slash, DotDot, ComparisonToken,
  ...new Set([...keywords.values()].flatMap((entry) => [entry.type, entry.asName])),
];

/** A Chevrotain token with what the lexer already knows of it. Offsets are as in Chevrotain: `endOffset` is the last character. */
export interface PolicyToken extends IToken {
  endOffset: number;
  /** First on its line. */
  lineStart: boolean;
  /** Canonical value of a number literal; undefined where it was refused or is none. */
  value: number | undefined;
  /** Decoded text of a string; undefined where it was refused or is none. */
  decoded: string | undefined;
}

/** Every token has the same fields in the same order, so that all readers see one shape. */
export function createPolicyToken(type: TokenType, image: string, start: number, lineStart: boolean, value: number | undefined = undefined, decoded: string | undefined = undefined): PolicyToken {
  return {
    image,
    startOffset: start,
    endOffset: start + image.length - 1,
    tokenType: type,
    tokenTypeIdx: type.tokenTypeIdx ?? 0,
    lineStart,
    value,
    decoded,
  };
}

/** The end of a declaration's tokens; it stands where the last token ends. */
export function endToken(offset: number): PolicyToken {
  const end = createPolicyToken(EOF, "", offset, true);
  end.endOffset = offset;
  return end;
}
