/**
 * Values of one token, read without a grammar rule. Most values are a single literal, name or string, and three nested rules of Chevrotain
 * for a number cost more than all the rest of its statement. Each reader takes what the rule of the same name would take, or nothing.
 */
import type { TokenType } from "chevrotain";
import type { PolicyParser } from "./parser.ts";
import { rangeOf } from "./token-place.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Atom, Literal, LiteralKind, NameUse, StringLiteral, Value } from "./tree.ts";
import { indexOf, isNameKeyword, tableOf } from "./type-tables.ts";
import type { ValueRules } from "./values.ts";

export type QuickValues = Partial<Readonly<Record<keyof ValueRules, () => Value | undefined>>>;

const literalKinds: readonly (LiteralKind | undefined)[] = tableOf<LiteralKind>([
  one(t.NumberLiteral, "number"), one(t.RatioLiteral, "ratio"), one(t.DurationLiteral, "duration"), one(t.RateLiteral, "rate"), one(t.SizeLiteral, "size"),
  one(t.MoneyLiteral, "money"), one(t.PriceLiteral, "price"), one(t.FactorLiteral, "factor"),
]);

function one<T>(type: TokenType, value: T): readonly [readonly number[], T] {
  return [[indexOf(type)], value];
}

/** Behind a literal these go on with an expression. */
const isOperator: readonly (true | undefined)[] = tableOf<true>([one(t.Plus, true), one(t.Minus, true), one(t.Star, true), one(t.Slash, true)]);

export function literalOf(token: PolicyToken): Literal {
  return { type: "literal", kind: literalKinds[token.tokenTypeIdx] ?? "number", text: token.image, value: token.value, range: rangeOf(token) };
}

export function nameUse(token: PolicyToken): NameUse {
  return { type: "name", name: token.image, range: rangeOf(token) };
}

export function atomOf(kind: Atom["kind"], token: PolicyToken): Atom {
  return { type: "atom", kind, text: token.image, range: rangeOf(token) };
}

export function stringOf(token: PolicyToken): StringLiteral {
  return { type: "string", value: token.decoded, range: rangeOf(token) };
}

export function quickValuesOf(p: PolicyParser): QuickValues {
  const literal = (): Literal | undefined => {
    const token = p.peek(1);
    return literalKinds[token.tokenTypeIdx] === undefined || isOperator[p.peek(2).tokenTypeIdx] === true ? undefined : literalOf(p.skip());
  };
  const range = (): Value | undefined => {
    const second = p.peek(2);
    if (literalKinds[p.peek(1).tokenTypeIdx] === undefined || isOperator[second.tokenTypeIdx] === true) return undefined;
    if (second.tokenType !== t.DotDot) {
      const low = literalOf(p.skip());
      return { type: "range", low, range: low.range };
    }
    if (literalKinds[p.peek(3).tokenTypeIdx] === undefined || isOperator[p.peek(4).tokenTypeIdx] === true) return undefined;
    const low = literalOf(p.skip());
    p.skip();
    const high = literalOf(p.skip());
    return { type: "range", low, high, range: { start: low.range.start, end: high.range.end } };
  };
  const curve = (): Value | undefined => {
    if (p.peek(2).image === "at") return undefined;
    const seconds = literal();
    return seconds === undefined ? undefined : { type: "curve", points: [{ seconds }], range: seconds.range };
  };
  const name = (): Value | undefined => {
    const { tokenType, tokenTypeIdx } = p.peek(1);
    return tokenType === t.Name || isNameKeyword[tokenTypeIdx] === true ? nameUse(p.skip()) : undefined;
  };
  const text = (): Value | undefined => (p.peek(1).tokenType === t.StringLiteralToken ? stringOf(p.skip()) : undefined);
  const atom = (type: TokenType, kind: Atom["kind"]) => (): Value | undefined => (p.peek(1).tokenType === type ? atomOf(kind, p.skip()) : undefined);
  return {
    expression: literal, bare: literal, range, curve, name, text,
    textOrQuantity: () => text() ?? literal(),
    address: atom(t.AddressToken, "address"),
    portOrAddress: () => literal(),
    comparison: atom(t.ComparisonToken, "operator"),
    time: atom(t.TimeToken, "time"),
    timeRange: atom(t.TimeRangeToken, "time-range"),
    days: (): Value | undefined => {
      if (p.peek(1).tokenType !== t.DayRangeToken || p.peek(2).tokenType === t.Comma) return undefined;
      const only = atomOf("days", p.skip());
      return { type: "list", items: [only], range: { start: only.range.start, end: only.range.end } };
    },
  };
}
