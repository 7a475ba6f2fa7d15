/** Grammar rules of values: expressions, curves, strings, days, moments. Installed into the parser, which the constructs then call. */
import type { IOrAlt, ParserMethod } from "chevrotain";
import type { Range } from "../text/range.ts";
import type { Grammar } from "./grammar.ts";
import type { PolicyParser } from "./parser.ts";
import { atomOf, literalOf, nameUse, stringOf } from "./quick-values.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Atom, CurveExpression, Expression, ListValue, NamedMetric, NameUse, OffsetMoment, RangeExpression, StringLiteral, Value } from "./tree.ts";

type Rule<T> = ParserMethod<[], T>;

export interface ValueRules {
  readonly expression: Rule<Expression>;
  readonly range: Rule<RangeExpression>;
  readonly bare: Rule<Expression>;
  readonly curve: Rule<CurveExpression>;
  readonly text: Rule<StringLiteral | NameUse>;
  readonly texts: Rule<ListValue>;
  readonly textOrQuantity: Rule<Expression | StringLiteral>;
  readonly name: Rule<NameUse>;
  readonly itemName: Rule<NameUse>;
  readonly column: Rule<StringLiteral | NameUse>;
  readonly address: Rule<Atom>;
  readonly portOrAddress: Rule<Expression | Atom>;
  readonly metric: Rule<NameUse | NamedMetric>;
  readonly comparison: Rule<Atom>;
  readonly days: Rule<ListValue>;
  readonly time: Rule<Atom>;
  readonly timeRange: Rule<Atom>;
  readonly date: Rule<Atom | NameUse>;
  readonly dates: Rule<ListValue>;
  readonly moment: Rule<Atom | OffsetMoment>;
  readonly statusRange: Rule<Atom | Expression>;
  readonly retryConditions: Rule<ListValue>;
}

const dayWords = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "daily"];

/** What rules return while the grammar is recorded; nobody reads it. */
const nothing: NameUse = { type: "name", name: "", range: { start: 0, end: 0 } };

/** An expression is walked along its operators, so their number is limited like its nesting. */
export const maxOperators = 1000;

/** While recording, rules return objects without a range. */
function between(first: { readonly range?: Range }, last: { readonly range?: Range }): Range {
  return { start: first.range?.start ?? 0, end: last.range?.end ?? 0 };
}

function span(from: PolicyToken, to: PolicyToken): Range {
  return { start: from.startOffset, end: to.endOffset + 1 };
}

export function installValueRules(p: PolicyParser): ValueRules {
  const g = p as unknown as Grammar;
  const take = (index: number, type: Parameters<PolicyParser["take"]>[1]): PolicyToken => p.take(index, type);
  const end = (): PolicyToken => p.previous();

  // Chevrotain wants rules that call each other to exist first; the expression rule closes the circle.
  let expressionRule: Rule<Expression>;

  const literalAlternative: IOrAlt<Expression> = { ALT: () => literalOf(take(0, t.Literal)) };
  const parenthesized = (subruleIndex: number): IOrAlt<Expression> => ({
    ALT: () => {
      const open = take(0, t.LParen);
      const inner = g.subrule(subruleIndex, expressionRule);
      p.wanted = "`)`";
      const close = take(0, t.RParen);
      return { type: "parenthesized", inner, range: span(open, close) };
    },
  });
  const moreArguments = (list: Expression[]) => (): void => {
    take(0, t.Comma);
    list.push(g.subrule(2, expressionRule));
  };
  const primaryAlternatives: IOrAlt<Expression>[] = [
    literalAlternative,
    {
      ALT: () => {
        const name = take(0, t.Name);
        const called: Expression[] = [];
        const isCall = g.option(0, () => {
          take(1, t.LParen);
          called.push(g.subrule(1, expressionRule));
          g.many(0, moreArguments(called));
          p.wanted = "`,` or `)`";
          take(1, t.RParen);
          return true;
        });
        return isCall === true && !p.recording
          ? { type: "call", function: name.image, functionRange: span(name, name), arguments: called, range: span(name, end()) }
          : nameUse(name);
      },
    },
    parenthesized(0),
  ];
  const primary = g.RULE("primary", () => g.or(0, primaryAlternatives));

  const tooMany = (count: number, operator: PolicyToken): boolean => {
    if (count === maxOperators) p.problems.push({ kind: "long-expression", token: operator });
    return count >= maxOperators;
  };

  const timesAlternatives: IOrAlt<PolicyToken>[] = [{ ALT: () => take(0, t.Star) }, { ALT: () => take(0, t.Slash) }];
  const product = g.RULE("product", () => {
    let left: Expression = g.subrule(0, primary);
    let count = 0;
    g.many(0, () => {
      const operator = g.or(0, timesAlternatives);
      const right = g.subrule(1, primary);
      if (tooMany(count++, operator)) return;
      left = p.recording ? nothing : { type: "binary", operator: operator.image as "*" | "/", left, right, range: between(left, right) };
    });
    return left;
  });
  const plusAlternatives: IOrAlt<PolicyToken>[] = [{ ALT: () => take(0, t.Plus) }, { ALT: () => take(0, t.Minus) }];
  expressionRule = g.RULE("expression", () => {
    let left: Expression = g.subrule(0, product);
    let count = 0;
    g.many(0, () => {
      const operator = g.or(0, plusAlternatives);
      const before = p.recording ? 0 : left.range.end;
      const right = g.subrule(1, product);
      if (p.recording || tooMany(count++, operator)) return;
      if (operator.image === "-" && (operator.startOffset === before || operator.endOffset + 1 === right.range.start)) p.problems.push({ kind: "minus", token: operator });
      left = { type: "binary", operator: operator.image as "+" | "-", left, right, range: between(left, right) };
    });
    return left;
  });
  const expression = expressionRule;

  const range = g.RULE("range", (): RangeExpression => {
    const low = g.subrule(0, expression);
    const high = g.option(0, () => {
      take(0, t.DotDot);
      return g.subrule(1, expression);
    });
    return { type: "range", low, ...(high === undefined ? {} : { high }), range: between(low, high ?? low) };
  });

  const bareAlternatives: IOrAlt<Expression>[] = [literalAlternative, parenthesized(0)];
  const bare = g.RULE("bare value", () => g.or(0, bareAlternatives));

  const curve = g.RULE("curve", (): CurveExpression => {
    const points: { seconds: Expression; at?: Expression }[] = [{ seconds: g.subrule(0, expression) }];
    const at = t.keyword("at").type;
    g.option(0, () => {
      take(0, at);
      p.wanted = "how many requests are served at once, such as 8";
      (points[0] as { at?: Expression }).at = g.subrule(1, expression);
      g.many(0, () => {
        take(0, t.Comma);
        p.wanted = "a time such as 900ms";
        const point: { seconds: Expression; at?: Expression } = { seconds: g.subrule(2, expression) };
        p.wanted = "`at` and how many requests are served at once, such as `at 32`";
        take(1, at);
        point.at = g.subrule(3, expression);
        points.push(point);
      });
    });
    return { type: "curve", points, range: p.recording ? nothing.range : { start: points[0]?.seconds.range.start ?? 0, end: end().endOffset + 1 } };
  });

  /** A param where its name alone would be read as a word of the language. */
  const inParentheses: IOrAlt<NameUse> = {
    ALT: () => {
      take(0, t.LParen);
      p.wanted = "the name of a string param";
      const name = take(1, t.Name);
      take(0, t.RParen);
      return nameUse(name);
    },
  };
  const columnAlternatives: IOrAlt<StringLiteral | NameUse>[] = [
    { ALT: () => stringOf(take(0, t.StringLiteralToken)) }, { ALT: () => nameUse(take(0, t.Name)) },
  ];
  const textAlternatives = [...columnAlternatives, inParentheses];
  const text = g.RULE("text", () => g.or(0, textAlternatives));

  const listed = (read: () => Value, more: (add: () => void) => void): ListValue => {
    const items: Value[] = [];
    const add = (): void => {
      items.push(read());
    };
    more(add);
    return { type: "list", items, range: p.recording ? nothing.range : { start: items[0]?.range.start ?? 0, end: end().endOffset + 1 } };
  };
  const textsAlternatives: IOrAlt<Value>[] = [{ ALT: () => stringOf(take(0, t.StringLiteralToken)) }, inParentheses];
  const texts = g.RULE("texts", () => listed(() => g.or(0, textsAlternatives), (add) => g.atLeastOne(0, add)));

  const textOrQuantityAlternatives: IOrAlt<Expression | StringLiteral>[] = [
    { ALT: () => stringOf(take(0, t.StringLiteralToken)) }, { ALT: () => g.subrule(0, expression) },
  ];
  const portOrAddressAlternatives: IOrAlt<Expression | Atom>[] = [
    { ALT: () => atomOf("address", take(0, t.AddressToken)) }, { ALT: () => g.subrule(0, expression) },
  ];

  const named = (kind: "external" | "custom"): IOrAlt<NameUse | NamedMetric> => ({
    ALT: () => {
      const word = take(0, t.keyword(kind).type);
      p.wanted = "the metric's name in double quotes";
      const name = stringOf(take(kind === "external" ? 0 : 1, t.StringLiteralToken));
      return { type: "named-metric", kind, name, range: span(word, p.recording ? word : end()) };
    },
  });
  const namedMetrics = new Map((["external", "custom"] as const).map((kind) => [kind as string, named(kind)]));
  const plainMetric: IOrAlt<NameUse | NamedMetric> = { ALT: () => nameUse(take(0, t.Name)) };
  const metricAlternatives = [...namedMetrics.values(), plainMetric];

  const dayAlternatives: IOrAlt<Value>[] = [
    { ALT: () => atomOf("days", take(0, t.DayRangeToken)) },
    ...dayWords.map((word): IOrAlt<Value> => ({ ALT: () => atomOf("days", take(0, t.keyword(word).type)) })),
  ];
  const commaThen = (add: () => void) => (): void => {
    take(0, t.Comma);
    add();
  };
  const separated = (read: () => Value) => (): ListValue => listed(read, (add) => {
    add();
    g.many(0, commaThen(add));
  });
  // The item is a rule of its own: a list calls it twice, and Chevrotain tells the places apart by index.
  const day = g.RULE("day", () => g.or(0, dayAlternatives));
  const dateItem = g.RULE("date item", () => g.or(0, [{ ALT: () => atomOf("date", take(0, t.DateToken)) as Value }, inParentheses]));
  const retryAlternatives: IOrAlt<Value>[] = [
    { ALT: () => atomOf("word", take(0, t.keyword("error").type)) },
    { ALT: () => atomOf("word", take(0, t.keyword("timeout").type)) },
    { ALT: () => atomOf("5xx", take(0, t.StatusClassToken)) },
    { ALT: () => literalOf(take(0, t.NumberLiteral)) },
  ];
  const retryCondition = g.RULE("retry condition", () => g.or(0, retryAlternatives));

  const alternate = (rule: Rule<Value>): (() => ListValue) => {
    let index = 0;
    return separated(() => g.subrule(p.recording ? index++ : 0, rule));
  };

  const moments: IOrAlt<Atom | OffsetMoment>[] = [
    { ALT: () => atomOf("time", take(0, t.TimeToken)) },
    { ALT: () => atomOf("date", take(0, t.DateToken)) },
    {
      ALT: () => {
        const plus = take(0, t.Plus);
        const after = g.subrule(0, expression);
        return { type: "offset", after, range: p.recording ? nothing.range : { start: plus.startOffset, end: after.range.end } };
      },
    },
  ];
  const statusAlternatives: IOrAlt<Atom | Expression>[] = [
    { ALT: () => atomOf("status-range", take(0, t.StatusRangeToken)) }, { ALT: () => g.subrule(0, expression) },
  ];
  const dateAlternatives: IOrAlt<Atom | NameUse>[] = [{ ALT: () => atomOf("date", take(0, t.DateToken)) }, { ALT: () => nameUse(take(0, t.Name)) }];

  const itemNameAlternatives: IOrAlt<NameUse>[] = [{ ALT: () => nameUse(take(0, t.ItemName)) }, { ALT: () => nameUse(take(0, t.Name)) }];

  return {
    expression, range, bare, curve, text, texts,
    textOrQuantity: g.RULE("text or quantity", () => g.or(0, textOrQuantityAlternatives)),
    name: g.RULE("name", () => nameUse(take(0, t.Name))),
    itemName: g.RULE("item name", () => g.or(0, itemNameAlternatives)),
    column: g.RULE("column", () => g.or(0, columnAlternatives)),
    address: g.RULE("address", () => atomOf("address", take(0, t.AddressToken))),
    portOrAddress: g.RULE("port or address", () => g.or(0, portOrAddressAlternatives)),
    // Where a keyword and a name are both possible the keyword is meant, also with the wrong thing behind it.
    metric: g.RULE("metric", () => (p.recording ? g.or(0, metricAlternatives) : (namedMetrics.get(p.next().image) ?? plainMetric).ALT())),
    comparison: g.RULE("comparison", () => atomOf("operator", take(0, t.ComparisonToken))),
    days: g.RULE("days", alternate(day)),
    time: g.RULE("time", () => atomOf("time", take(0, t.TimeToken))),
    timeRange: g.RULE("time range", () => atomOf("time-range", take(0, t.TimeRangeToken))),
    date: g.RULE("date", () => g.or(0, dateAlternatives)),
    dates: g.RULE("dates", alternate(dateItem)),
    moment: g.RULE("moment", () => g.or(0, moments)),
    statusRange: g.RULE("status range", () => g.or(0, statusAlternatives)),
    retryConditions: g.RULE("retry conditions", alternate(retryCondition)),
  };
}
