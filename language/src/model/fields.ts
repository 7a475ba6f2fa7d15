/** Typed reading of a statement's fields: dimension, bounds and wholeness are checked here, from what the construct says. */
import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { QuickFix } from "../diagnostics/diagnostic.ts";
import { nearest } from "../syntax/nearest.ts";
import type { ValueElement, ValueKind } from "../syntax/spec.ts";
import type { Expression, Field, Literal, Value } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import { wordsOf } from "../syntax/words.ts";
import type { Range } from "../text/range.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import type { Dimension } from "./dimension.ts";
import { evaluate, tidy } from "./evaluate.ts";
import type { Quantity } from "./quantity.ts";
import { dimensionWords, isPlain, quantityText } from "./quantity.ts";

export type Fields = readonly Field[];

const dueDimension: Partial<Record<ValueKind, Dimension>> = {
  count: "number", number: "number", ratio: "ratio", duration: "duration", rate: "rate", size: "size", cpu: "number", price: "price", factor: "factor",
  "count-range": "number", "cpu-range": "number", "size-range": "size", "bare-ratio": "ratio", "bare-factor": "factor", curve: "duration", demand: "rate",
  "port-or-address": "number", "status-range": "number",
};

export function isExpression(value: Value | undefined): value is Expression {
  switch (value?.type) {
    case "literal": case "name": case "binary": case "call": case "parenthesized": return true;
    default: return false;
  }
}

export function has(fields: Fields, label: string): boolean {
  return fieldOf(fields, label) !== undefined;
}

/** The field's number in the canonical unit of its kind; undefined where it is absent or was refused. */
export function numberOf(context: Context, fields: Fields, label: string): number | undefined {
  const field = fieldOf(fields, label);
  if (field?.element === undefined || !isExpression(field.value)) return undefined;
  return expressionOf(context, field.value, field.element, field);
}

/** An expression read as what the element asks for. */
export function expressionOf(context: Context, expression: Expression, element: ValueElement, field?: Field): number | undefined {
  return plainValue(expression, element) ?? evaluated(context, expression, element, field);
}

/** A literal of the dimension that is due and within the bounds: nearly every value of nearly every policy. */
function plainValue(expression: Expression, { kind, min, max }: ValueElement): number | undefined {
  if (expression.type !== "literal" || expression.kind !== dueDimension[kind]) return undefined;
  const { value } = expression;
  if (value === undefined || (min !== undefined && value < min) || (max !== undefined && value > max)) return undefined;
  return isCounted(kind) && !Number.isInteger(value) ? undefined : value;
}

function isCounted(kind: ValueKind): boolean {
  return kind === "count" || kind === "count-range" || kind === "port-or-address" || kind === "status-range";
}

function evaluated(context: Context, expression: Expression, element: ValueElement, field: Field | undefined): number | undefined {
  if (element.kind.startsWith("cpu")) {
    const milli = milliCores(expression);
    if (milli === undefined) {
      const part = milliWithin(expression);
      if (part !== undefined) return complainOfMilli(context, part);
    }
    if (milli !== undefined) return bounded(context, expression.range, element, { dimension: "number", value: milli }, expression.type === "literal" ? expression.text : undefined, field);
  }
  const quantity = evaluate(context, expression);
  if (quantity === undefined) return undefined;
  const due = dueDimension[element.kind];
  if (due === undefined) return quantity.value;
  const fit = fitted(context, expression, quantity, due, element);
  if (fit === undefined) return undefined;
  const whole = isCounted(element.kind);
  if (whole && !Number.isInteger(tidy(fit))) {
    return complain(context, values.notWhole, expression.range, { what: called(element, field), value: quantityText({ dimension: due, value: fit }) }, wrapFix(context, expression.range));
  }
  const inBounds = bounded(context, expression.range, element, { dimension: due, value: whole ? tidy(fit) : fit }, undefined, field, expression);
  if (inBounds !== undefined && due === "ratio") checkShare(context, expression, quantity, element);
  return inBounds;
}

function wrapFix(context: Context, range: Range): { readonly fixes: readonly QuickFix[] } {
  return { fixes: [{ title: "Round it up with ceil()", file: context.file, edits: [{ range: { start: range.start, end: range.start }, text: "ceil(" }, { range: { start: range.end, end: range.end }, text: ")" }] }] };
}

/** `500m` is half a core, as the whole of a cpu value only. */
function milliCores(expression: Expression): number | undefined {
  if (expression.type !== "literal" || expression.kind !== "duration" || !/^\d+m$/.test(expression.text)) return undefined;
  return Number(expression.text.slice(0, -1)) / 1000;
}

/** `500m` as a part of an expression of cores, where it is half a minute per ten. */
function milliWithin(expression: Expression): Literal | undefined {
  switch (expression.type) {
    case "literal": return milliCores(expression) === undefined ? undefined : expression;
    case "parenthesized": return milliWithin(expression.inner);
    case "binary": return milliWithin(expression.right) ?? milliWithin(expression.left);
    default: return undefined;
  }
}

function complainOfMilli(context: Context, part: Literal): undefined {
  const fixes = unitFixes(context, part, "duration", "number");
  return complain(context, names.wrongDimension, part.range, { due: "a number of cores", given: "A duration", advice: adviceOf(fixes) }, { fixes });
}

/** The value where it has the dimension that is due; numbers count as ratios and factors. */
function fitted(context: Context, expression: Expression, quantity: Quantity, due: Dimension, element: ValueElement): number | undefined {
  if (quantity.dimension === due) return quantity.value;
  const given = quantity.dimension;
  if (due === "ratio" && given === "number") return quantity.value;
  if (due === "factor" && (given === "number" || given === "ratio")) return quantity.value;
  if (due === "number" && isPlain(given) && (given !== "ratio" || element.kind === "number")) return quantity.value;
  const fixes = unitFixes(context, expression, given, due);
  // A param of `500m` is a duration wherever it is named.
  const cores = element.kind.startsWith("cpu") && given === "duration" ? `cores in a param are a number, such as \`${quantityText({ dimension: "number", value: quantity.value / 60_000 })}\`` : "";
  return complain(context, names.wrongDimension, expression.range, { due: wordsOf(element), given: capital(dimensionWords[given]), advice: fixes.length > 0 ? adviceOf(fixes) : cores }, { fixes });
}

const unitsToOffer: Partial<Record<Dimension, readonly string[]>> = { duration: ["s", "ms"], rate: ["rps"], size: ["Mi", "Gi"], factor: ["x"], ratio: ["%"] };

/** The likely fixes in words: "write `30s` or `30ms`". */
export function adviceOf(fixes: readonly QuickFix[]): string {
  return fixes.length === 0 ? "" : `write ${fixes.map((fix) => `\`${fix.edits[0]?.text ?? ""}\``).join(" or ")}`;
}

/** A bare number, or cores written as `500m`, is the usual slip. */
export function unitFixes(context: Context, expression: Expression, given: Dimension, due: Dimension): QuickFix[] {
  if (expression.type !== "literal") return [];
  const replace = (text: string): QuickFix => ({ title: `Write ${text}`, file: context.file, edits: [{ range: expression.range, text }] });
  const minutes = /^(\d+)m$/.exec(expression.text);
  if (given === "duration" && minutes !== null) {
    if (due === "size") return [replace(`${minutes[1]}Mi`)];
    if (due === "number" || due === "ratio") return [replace(String(Number(minutes[1]) / 1000))];
  }
  if (given === "number" && due === "price") return [replace(`$${expression.text}/h`)];
  if (given === "number" && due === "money") return [replace(`$${expression.text}`)];
  if (given === "number") return (unitsToOffer[due] ?? []).map((unit) => replace(expression.text + unit));
  if (given === "money" && due === "price") return [replace(`${expression.text}/h`)];
  return [];
}

function bounded(context: Context, range: Range, element: ValueElement, quantity: Quantity, text?: string, field?: Field, value?: Expression): number | undefined {
  const { min, max } = element;
  if ((min === undefined || quantity.value >= min) && (max === undefined || quantity.value <= max)) return quantity.value;
  const { dimension } = quantity;
  const as = (value: number | undefined): string | undefined => (value === undefined ? undefined : quantityText({ dimension, value }));
  const percent = dimension === "ratio" && value !== undefined ? percentFix(context, value, element) : undefined;
  return complain(context, values.outOfRange, range, { what: called(element, field), value: text ?? quantityText(quantity), min: as(min), max: as(max) }, percent === undefined ? {} : { fixes: [percent] });
}

/** `50` where a share is due is 5000 %; half is `50%`. */
export function percentFix(context: Context, literal: Expression, { min = 0, max = Infinity }: Pick<ValueElement, "min" | "max">): QuickFix | undefined {
  if (literal.type !== "literal" || literal.kind !== "number") return undefined;
  const share = (literal.value ?? NaN) / 100;
  if (!(share >= min && share <= max)) return undefined;
  const text = `${literal.text}%`;
  return { title: `Write ${text}`, file: context.file, edits: [{ range: literal.range, text }] };
}

/** From this on a share without a % is taken for a slip: 5 would be 500 %. */
const suspiciousShare = 5;

/** Warns of a share that was written as a bare number and is many times the whole. */
export function checkShare(context: Context, expression: Expression, { dimension, value }: Quantity, limits: Pick<ValueElement, "min" | "max"> = {}): void {
  const meant = value / 100;
  if (dimension !== "number" || value < suspiciousShare || meant < (limits.min ?? 0) || meant > (limits.max ?? Infinity)) return;
  const fix = percentFix(context, expression, limits);
  const text = expression.type === "literal" ? expression.text : quantityText({ dimension, value });
  complain(context, values.shareWithoutPercent, expression.range, { text, share: quantityText({ dimension: "ratio", value }) }, fix === undefined ? {} : { fixes: [fix] });
}

/** Labels that are no words of the language. */
const spoken: Readonly<Record<string, string>> = {
  range: "A bound", share: "A share", factor: "A factor", count: "The count", size: "A size", rate: "A rate", failures: "A number of failures", status: "A status",
};

/** How messages call a field: its keyword, or what it is where it has none. */
function called(element: ValueElement, field: Field | undefined): string {
  const label = field?.label ?? element.label;
  return spoken[label] ?? `\`${label}\``;
}

/** Both ends of a range; `high` only where `..` was written. */
export function rangeOf(context: Context, fields: Fields, label: string): { readonly low: number; readonly high?: number; readonly range: Range } | undefined {
  const field = fieldOf(fields, label);
  const value = field?.value;
  if (value?.type !== "range" || field?.element === undefined) return undefined;
  const low = expressionOf(context, value.low, field.element, field);
  const high = value.high === undefined ? undefined : expressionOf(context, value.high, field.element, field);
  if (low === undefined || (value.high !== undefined && high === undefined)) return undefined;
  if (high !== undefined && high < low) {
    const dimension = dueDimension[field.element.kind] ?? "number";
    const { low: first, high: second } = value;
    const exchange = first.type !== "literal" || second?.type !== "literal" ? {} : {
      fixes: [{ title: "Write the smaller value first", file: context.file, edits: [{ range: first.range, text: second.text }, { range: second.range, text: first.text }] }],
    };
    return complain(context, values.emptyRange, value.range, { low: quantityText({ dimension, value: low }), high: quantityText({ dimension, value: high }) }, exchange);
  }
  return { low, ...(high === undefined ? {} : { high }), range: value.range };
}

/** A number or a share: only a ratio is a share. */
export function countOrShareOf(context: Context, fields: Fields, label: string): { readonly count: number } | { readonly fraction: number } | undefined {
  const field = fieldOf(fields, label);
  if (field?.element === undefined || !isExpression(field.value)) return undefined;
  const quantity = evaluate(context, field.value);
  if (quantity === undefined) return undefined;
  if (quantity.dimension === "ratio") {
    // What must be one member at least must not be a share of nothing either.
    const least = (field.element.min ?? 0) > 0 ? 0.0001 : 0;
    const fraction = bounded(context, field.value.range, { ...field.element, min: least, max: field.element.maxShare ?? 1000 }, quantity, undefined, field);
    return fraction === undefined ? undefined : { fraction };
  }
  const count = expressionOf(context, field.value, { ...field.element, kind: "count" }, field);
  return count === undefined ? undefined : { count };
}

/** A string, or the value of a string param. */
export function textOf(context: Context, fields: Fields, label: string): string | undefined {
  const value = fieldOf(fields, label)?.value;
  return value === undefined ? undefined : textValue(context, value);
}

export function textValue(context: Context, value: Value): string | undefined {
  if (value.type === "string") return value.value;
  if (value.type !== "name") return undefined;
  const param = context.params.find(value.name);
  if (param === undefined) {
    // A word where a string is due has lost its quotes more often than its param.
    return complain(context, names.unknownName, value.range, { what: "string param", name: value.name, nearest: nearest(value.name, context.params.names()) ?? `"${value.name}"` });
  }
  if (param.kind === "quantity") {
    return complain(context, names.wrongDimension, value.range, { due: "a string", given: capital(dimensionWords[param.quantity.dimension]), advice: "name a param that holds a string" });
  }
  return param.kind === "text" ? param.text : undefined;
}

/** The strings of a list field, refused ones left out. */
export function textsOf(context: Context, fields: Fields, label: string): readonly { readonly text: string; readonly range: Range; readonly value: Value }[] {
  const value = fieldOf(fields, label)?.value;
  if (value?.type !== "list") return [];
  return value.items.flatMap((item) => {
    const text = textValue(context, item);
    return text === undefined ? [] : [{ text, range: item.range, value: item }];
  });
}

/** The word or text of an atom, enum or name, as it was written. */
export function wordOf(fields: Fields, label: string): string | undefined {
  const value = fieldOf(fields, label)?.value;
  if (value?.type === "atom") return value.text;
  return value?.type === "name" ? value.name : undefined;
}

/** The method of a check or a route: capitals. */
export function methodOf(context: Context, fields: Fields): string | undefined {
  const use = fieldOf(fields, "method")?.value;
  if (use?.type !== "name" || /^[A-Z][A-Z-]{0,19}$/.test(use.name)) return use?.type === "name" ? use.name : undefined;
  const capitals = use.name.toUpperCase();
  return complain(context, values.badText, use.range, { what: "A method", text: use.name, reason: "it is written in capitals, such as GET" }, {
    fixes: [{ title: `Write ${capitals}`, file: context.file, edits: [{ range: use.range, text: capitals }] }],
  });
}

/** One of some words. */
export function choiceOf<T extends string>(fields: Fields, label: string, among: readonly T[]): T | undefined {
  const word = wordOf(fields, label);
  return among.find((candidate) => candidate === word);
}

export function rangeOfField(fields: Fields, label: string): Range | undefined {
  const field = fieldOf(fields, label);
  return field?.value?.range ?? field?.word;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
