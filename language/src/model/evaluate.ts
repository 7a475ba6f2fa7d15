/** Expressions to quantities. A value that was refused once is undefined and is not complained of again. */
import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import { nearest } from "../syntax/nearest.ts";
import type { BinaryExpression, CallExpression, Expression } from "../syntax/tree.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import type { Dimension } from "./dimension.ts";
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

/** The operands of a chain `a + b + c` hang from each other on the left: it is walked, not descended. */
function binary(context: Context, whole: BinaryExpression): Quantity | undefined {
  const chain: BinaryExpression[] = [];
  let first: Expression = whole;
  while (first.type === "binary") {
    chain.push(first);
    first = first.left;
  }
  let left = evaluate(context, first);
  for (let i = chain.length - 1; i >= 0; i--) {
    const expression = chain[i] as BinaryExpression;
    const right = evaluate(context, expression.right);
    left = left === undefined || right === undefined ? undefined : applied(context, expression, left, right);
  }
  return left;
}

function applied(context: Context, expression: BinaryExpression, left: Quantity, right: Quantity): Quantity | undefined {
  const dimension = resultDimension(expression.operator, left.dimension, right.dimension);
  if (dimension === undefined) return noOperation(context, expression, left.dimension, right.dimension);
  return calculated(context, expression, dimension, left, right);
}

/** The result, unless it divides by zero or is too large. */
export function calculated(context: Context, expression: BinaryExpression, dimension: Dimension, left: Quantity, right: Quantity): Quantity | undefined {
  if (expression.operator === "/" && right.value === 0) return complain(context, values.divisionByZero, expression.right.range, {});
  return checked(context, expression, { dimension, value: compute(expression.operator, left, right) });
}

/** Complains of operands that have no result, naming both dimensions. */
export function noOperation(context: Context, { operator, range }: BinaryExpression, left: Dimension, right: Dimension): undefined {
  return complain(context, names.noOperation, range, { operator, left: dimensionWords[left], right: dimensionWords[right] });
}

function call(context: Context, expression: CallExpression): Quantity | undefined {
  const name = functionOf(context, expression);
  const given = expression.arguments.map((argument) => evaluate(context, argument));
  const known = given.filter((quantity) => quantity !== undefined);
  const first = known[0];
  if (name === undefined || known.length < given.length || first === undefined) return undefined;
  if (name === "ceil" || name === "floor" || name === "round") return { dimension: first.dimension, value: Math[name](tidy(first.value)) };
  const dimension = commonDimension(context, expression, known.map((quantity) => quantity.dimension));
  return dimension === undefined ? undefined : { dimension, value: known.map((quantity) => quantity.value).reduce((a, b) => Math[name](a, b)) };
}

/** The function that a call names, where it is one and has the arguments that it takes. */
export function functionOf(context: Context, expression: CallExpression): (typeof functions)[number] | undefined {
  const name = functions.find((candidate) => candidate === expression.function);
  if (name === undefined) {
    const near = nearest(expression.function, functions);
    return complain(context, names.unknownFunction, expression.functionRange, { name: expression.function, nearest: near });
  }
  const count = expression.arguments.length;
  const rounding = name !== "min" && name !== "max";
  if (rounding ? count === 1 : count >= 2) return name;
  return complain(context, names.wrongArguments, expression.range, { name, due: rounding ? "one argument" : "two arguments or more", given: count });
}

/** The dimension of the result of min() and max(). */
export function commonDimension(context: Context, expression: CallExpression, dimensions: readonly Dimension[]): Dimension | undefined {
  return dimensions.reduce<Dimension | undefined>((common, other) => {
    if (common === undefined || other === common) return common;
    if (isPlain(other) && isPlain(common)) return "number";
    return complain(context, names.noOperation, expression.range, { operator: `${expression.function}()`, left: dimensionWords[common], right: dimensionWords[other] });
  }, dimensions[0]);
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
