/** Arithmetic of quantities: dimensions follow the units. The table is the one of the reference, "Expressions". */
import type { Dimension } from "./dimension.ts";

/** `value` in the canonical unit of its dimension. */
export interface Quantity {
  readonly dimension: Dimension;
  readonly value: number;
}

export type Operator = "+" | "-" | "*" | "/";

const plain: ReadonlySet<Dimension> = new Set(["number", "ratio", "factor"]);

export function isPlain(dimension: Dimension): boolean {
  return plain.has(dimension);
}

/** The dimension of a result; undefined where the operation has no meaning. */
export function resultDimension(operator: Operator, left: Dimension, right: Dimension): Dimension | undefined {
  if (operator === "+" || operator === "-") {
    if (left === right) return left === "factor" ? "number" : left;
    return isPlain(left) && isPlain(right) ? "number" : undefined;
  }
  if (operator === "*") return product(left, right) ?? product(right, left);
  if (isPlain(left) && isPlain(right)) return left === "ratio" && right === "number" ? "ratio" : "number";
  if (isPlain(right)) return left;
  if (left === right) return "number";
  if (isPlain(left)) return right === "rate" ? "duration" : right === "duration" ? "rate" : undefined;
  if (left === "money") return right === "duration" ? "price" : right === "price" ? "duration" : undefined;
  return undefined;
}

function product(left: Dimension, right: Dimension): Dimension | undefined {
  if (left === "number") return right === "factor" ? "number" : right;
  if (isPlain(left)) return !isPlain(right) ? right : right === "number" && left === "ratio" ? "ratio" : "number";
  if (left === "rate" && right === "duration") return "number";
  if (left === "price" && right === "duration") return "money";
  return undefined;
}

const secondsPerHour = 3600;

/** The result in the canonical unit of its dimension. A price is per hour, a duration in seconds. Not finite where it overflows or divides by zero. */
export function compute(operator: Operator, left: Quantity, right: Quantity): number {
  switch (operator) {
    case "+": return left.value + right.value;
    case "-": return left.value - right.value;
    case "*": {
      const mixed = [left.dimension, right.dimension];
      const hours = mixed.includes("price") && mixed.includes("duration");
      return hours ? (left.value * right.value) / secondsPerHour : left.value * right.value;
    }
    case "/": {
      if (left.dimension === "money" && (right.dimension === "duration" || right.dimension === "price")) return (left.value / right.value) * secondsPerHour;
      return left.value / right.value;
    }
  }
}

/** "a duration", "a share", for messages. */
export const dimensionWords: Readonly<Record<Dimension, string>> = {
  number: "a number", ratio: "a share", duration: "a duration", rate: "a rate", size: "a size", money: "an amount of money", price: "a price per hour", factor: "a factor",
};

/** A quantity as a person writes it: `70%`, `1m30s`, `200/s`. */
export function quantityText({ dimension, value }: Quantity): string {
  switch (dimension) {
    case "number": return round(value);
    case "ratio": return `${round(value * 100)}%`;
    case "factor": return `${round(value)}x`;
    case "money": return `$${round(value)}`;
    case "price": return `$${round(value)}/h`;
    case "rate": return rateText(value);
    case "duration": return durationText(value);
    case "size": return sizeText(value);
  }
}

function round(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** In the largest unit of time in which it is 1 or more. */
function rateText(perSecond: number): string {
  const size = Math.abs(perSecond);
  if (size === 0 || size >= 1) return `${round(perSecond)}rps`;
  for (const [unit, seconds] of [["m", 60], ["h", 3600]] as const) if (size * seconds >= 1) return `${round(perSecond * seconds)}/${unit}`;
  return `${round(perSecond * 86_400)}/d`;
}

export function durationText(seconds: number): string {
  if (seconds === 0) return "0s";
  if (seconds < 1) return `${round(seconds * 1000)}ms`;
  if (!Number.isInteger(seconds) && seconds < 60) return `${round(seconds)}s`;
  const units: readonly (readonly [string, number])[] = [["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]];
  let rest = Math.round(seconds);
  let text = "";
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text;
}

function sizeText(bytes: number): string {
  for (const [unit, length] of [["Ti", 2 ** 40], ["Gi", 2 ** 30], ["Mi", 2 ** 20], ["Ki", 2 ** 10]] as const) {
    if (bytes >= length && Number.isInteger((bytes / length) * 8)) return `${round(bytes / length)}${unit}`;
  }
  for (const [unit, length] of [["TB", 1e12], ["GB", 1e9], ["MB", 1e6], ["KB", 1e3]] as const) {
    if (bytes >= length) return `${round(bytes / length)}${unit}`;
  }
  return `${round(bytes)}B`;
}
