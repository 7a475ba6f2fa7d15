/**
 * The syntax tree. It is generic: a statement is its spec and the fields that were written, so that every reader can work from the spec.
 * Nodes are readonly for readers; only the parser fills them. A broken statement keeps what was understood of it.
 */
import type { Range } from "../text/range.ts";
import type { BlockSpec, StatementSpec, ValueElement } from "./spec.ts";

export type LiteralKind = "number" | "ratio" | "duration" | "rate" | "size" | "money" | "price" | "factor";

/** `value` is in the canonical unit; undefined where the literal itself was refused. */
export interface Literal {
  readonly type: "literal";
  readonly kind: LiteralKind;
  readonly text: string;
  readonly value: number | undefined;
  readonly range: Range;
}

export interface NameUse {
  readonly type: "name";
  readonly name: string;
  readonly range: Range;
}

export interface BinaryExpression {
  readonly type: "binary";
  readonly operator: "+" | "-" | "*" | "/";
  readonly left: Expression;
  readonly right: Expression;
  readonly range: Range;
}

export interface CallExpression {
  readonly type: "call";
  readonly function: string;
  readonly functionRange: Range;
  readonly arguments: readonly Expression[];
  readonly range: Range;
}

export interface ParenthesizedExpression {
  readonly type: "parenthesized";
  readonly inner: Expression;
  readonly range: Range;
}

export type Expression = Literal | NameUse | BinaryExpression | CallExpression | ParenthesizedExpression;

/** `value` is decoded; undefined where the string itself was refused. */
export interface StringLiteral {
  readonly type: "string";
  readonly value: string | undefined;
  readonly range: Range;
}

/** `low..high`; only `low` where a single value stands. */
export interface RangeExpression {
  readonly type: "range";
  readonly low: Expression;
  readonly high?: Expression;
  readonly range: Range;
}

export interface CurveExpression {
  readonly type: "curve";
  readonly points: readonly { readonly seconds: Expression; readonly at?: Expression }[];
  readonly range: Range;
}

/** One token taken as it is: an address, a time, a date, a day, an operator, a status range. */
export interface Atom {
  readonly type: "atom";
  readonly kind: "address" | "time" | "time-range" | "date" | "days" | "operator" | "status-range" | "word" | "5xx";
  readonly text: string;
  readonly range: Range;
}

/** `external "NAME"` or `custom "NAME"`. */
export interface NamedMetric {
  readonly type: "named-metric";
  readonly kind: "external" | "custom";
  readonly name: StringLiteral;
  readonly range: Range;
}

/** `+D`: after the start. */
export interface OffsetMoment {
  readonly type: "offset";
  readonly after: Expression;
  readonly range: Range;
}

export interface ListValue {
  readonly type: "list";
  readonly items: readonly Value[];
  readonly range: Range;
}

/** One item of a list of composites. */
export interface Group {
  readonly type: "group";
  readonly fields: readonly Field[];
  readonly range: Range;
}

export type Value = Expression | StringLiteral | RangeExpression | CurveExpression | Atom | NamedMetric | OffsetMoment | ListValue | Group;

/** One labelled part of a statement. A flag has a `word` and no value. */
export interface Field {
  readonly label: string;
  /** The keyword before the value, where there is one. */
  readonly word: Range | undefined;
  readonly value: Value | undefined;
  readonly element: ValueElement | undefined;
}

/** An option of a statement where it was written. */
export interface OptionUse {
  readonly keyword: string;
  readonly range: Range;
}

export interface Block {
  readonly spec: BlockSpec;
  /** From the opening brace to the closing one, or to where the text ends. */
  readonly range: Range;
  readonly closed: boolean;
  /** True where something stands between its statements that is none. */
  readonly damaged: boolean;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly type: "statement";
  readonly spec: StatementSpec;
  readonly keyword: Range;
  readonly fields: readonly Field[];
  readonly options: readonly OptionUse[];
  readonly block: Block | undefined;
  /** Consecutive `///` lines directly above, without the slashes. */
  readonly documentation: string | undefined;
  /** True where a syntax error ended it early. */
  readonly broken: boolean;
  readonly range: Range;
}

export interface Comment {
  readonly kind: "line" | "hash" | "block" | "doc";
  readonly range: Range;
}

export interface FileNode {
  readonly declarations: readonly Statement[];
  readonly comments: readonly Comment[];
  readonly range: Range;
}

/** The first field with that label. */
export function fieldOf(fields: readonly Field[], label: string): Field | undefined {
  for (const field of fields) if (field.label === label) return field;
  return undefined;
}

/** The declared name of a declaration or server, where one was written. */
export function nameOf(statement: Statement): NameUse | undefined {
  const value = fieldOf(statement.fields, "name")?.value;
  return value?.type === "name" ? value : undefined;
}
