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
import type { ValueRules } from "./values.ts";

export type QuickValues = Partial<Readonly<Record<keyof ValueRules, () => Value | undefined>>>;

const literalKinds: ReadonlyMap<TokenType, LiteralKind> = new Map([
  [t.NumberLiteral, "number"], [t.RatioLiteral, "ratio"], [t.DurationLiteral, "duration"], [t.RateLiteral, "rate"], [t.SizeLiteral, "size"],
  [t.MoneyLiteral, "money"], [t.PriceLiteral, "price"], [t.FactorLiteral, "factor"],
]);

/** Behind a literal these go on with an expression. */
const operators: ReadonlySet<TokenType> = new Set([t.Plus, t.Minus, t.Star, t.Slash]);

export function literalOf(token: PolicyToken): Literal {
  return { type: "literal", kind: literalKinds.get(token.tokenType) ?? "number", text: token.image, value: token.value, range: rangeOf(token) };
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
    const kind = literalKinds.get(p.peek(1).tokenType);
    if (kind === undefined || operators.has(p.peek(2).tokenType)) return undefined;
    return literalOf(p.skip());
  };
  const range = (): Value | undefined => {
    const second = p.peek(2).tokenType;
    if (!literalKinds.has(p.peek(1).tokenType) || operators.has(second)) return undefined;
    if (second !== t.DotDot) {
      const low = literalOf(p.skip());
      return { type: "range", low, range: low.range };
    }
    if (!literalKinds.has(p.peek(3).tokenType) || operators.has(p.peek(4).tokenType)) return undefined;
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
    const type = p.peek(1).tokenType;
    return type === t.Name || t.isNameKeyword(type) ? nameUse(p.skip()) : undefined;
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
  };
}
