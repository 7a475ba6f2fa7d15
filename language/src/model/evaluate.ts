/** Expressions to quantities. A value that was refused once is undefined and is not complained of again. */
import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import { nearest } from "../syntax/nearest.ts";
import type { BinaryExpression, CallExpression, Expression } from "../syntax/tree.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import type { Quantity } from "./quantity.ts";
import { compute, dimensionWords, isPlain, resultDimension } from "./quantity.ts";

const functions = ["min", "max", "ceil", "floor", "round"] as const;

/** Beyond this neither sums nor units are exact in a double. */
const largest = Number.MAX_SAFE_INTEGER;

export function evaluate(context: Context, expression: Expression): Quantity | undefined {
  switch (expression.type) {
    case "literal": return expression.value === undefined ? undefined : { dimension: expression.kind, value: expression.value };
    case "parenthesized": return evaluate(context, expression.inner);
    case "name": {
      const value = context.params.find(expression.name);
      if (value === undefined) {
        const near = nearest(expression.name, context.params.names());
        return complain(context, names.unknownName, expression.range, { what: "param", name: expression.name, nearest: near }, near === undefined ? {} : {
          fixes: [{ title: `Write ${near}`, file: context.file, edits: [{ range: expression.range, text: near }] }],
        });
      }
      if (value.kind === "text") {
        return complain(context, names.wrongDimension, expression.range, { due: "a quantity", given: "A string param", advice: "name a param that holds a quantity" });
      }
      return value.kind === "refused" ? undefined : value.quantity;
    }
    case "binary": return binary(context, expression);
    case "call": return call(context, expression);
  }
}

function binary(context: Context, expression: BinaryExpression): Quantity | undefined {
  const left = evaluate(context, expression.left);
  const right = evaluate(context, expression.right);
  if (left === undefined || right === undefined) return undefined;
  const dimension = resultDimension(expression.operator, left.dimension, right.dimension);
  if (dimension === undefined) {
    return complain(context, names.noOperation, expression.range, {
      operator: expression.operator, left: capital(dimensionWords[left.dimension]), right: dimensionWords[right.dimension],
    });
  }
  if (expression.operator === "/" && right.value === 0) return complain(context, values.divisionByZero, expression.right.range, {});
  return checked(context, expression, { dimension, value: compute(expression.operator, left, right) });
}

function call(context: Context, expression: CallExpression): Quantity | undefined {
  const name = functions.find((candidate) => candidate === expression.function);
  const given = expression.arguments.map((argument) => evaluate(context, argument));
  if (name === undefined) return complain(context, names.unknownFunction, expression.functionRange, { name: expression.function, nearest: nearest(expression.function, functions) });
  const rounding = name !== "min" && name !== "max";
  if (rounding ? given.length !== 1 : given.length < 2) {
    return complain(context, names.wrongArguments, expression.range, { name, due: rounding ? "one argument" : "two arguments or more", given: given.length });
  }
  const known = given.filter((quantity) => quantity !== undefined);
  const first = known[0];
  if (known.length < given.length || first === undefined) return undefined;
  if (rounding) {
    const exact = { ceil: Math.ceil, floor: Math.floor, round: Math.round }[name];
    return { dimension: first.dimension, value: exact(tidy(first.value)) };
  }
  let dimension = first.dimension;
  for (const other of known.slice(1)) {
    if (other.dimension === dimension) continue;
    if (!isPlain(other.dimension) || !isPlain(dimension)) {
      return complain(context, names.noOperation, expression.range, { operator: `${name}()`, left: capital(dimensionWords[dimension]), right: dimensionWords[other.dimension] });
    }
    dimension = "number";
  }
  return { dimension, value: known.map((quantity) => quantity.value).reduce((a, b) => Math[name](a, b)) };
}

/** `0.1 * 30` is 3.0000000000000004: a difference in the 15th digit is nothing to round up for. */
export function tidy(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) <= 1e-12 * Math.max(1, Math.abs(value)) ? whole : value;
}

function checked(context: Context, expression: Expression, result: Quantity): Quantity | undefined {
  if (!Number.isFinite(result.value) || Math.abs(result.value) > largest) return complain(context, values.overflow, expression.range, {});
  return result;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
