/** What the formatter and the columns both know: where a token is, and what stands between two. */
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

/** Index of the first token that starts at an offset or behind it. */
export function firstTokenAt(tokens: readonly PolicyToken[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as PolicyToken).startOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Between two tokens of one line. */
export function joint(left: PolicyToken, right: PolicyToken): string {
  switch (right.tokenType) {
    case t.Comma: case t.RParen: case t.DotDot: return "";
    case t.LParen: return isCall(left) ? "" : " ";
    default: break;
  }
  if (left.tokenType === t.LParen || left.tokenType === t.DotDot) return "";
  // `at +10m`: a sign, not an operator
  if (left.tokenType === t.Plus && left.image === "+" && signs.has(left)) return "";
  if (right.tokenType === t.Plus && left.image === "at") signs.add(right);
  return " ";
}

const signs = new WeakSet<PolicyToken>();

function isCall(left: PolicyToken): boolean {
  return ["min", "max", "ceil", "floor", "round"].includes(left.image);
}
