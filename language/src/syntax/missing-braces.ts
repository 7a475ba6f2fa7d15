/** How many braces each declaration lacks. */
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

/**
 * By the index of the token with which a declaration begins: above zero so many closing braces are missing before the next one begins,
 * below zero so many opening ones. What stands before the first declaration counts from 0. Undefined where no brace is missing anywhere.
 */
export function missingBraces(tokens: readonly PolicyToken[], begins: (tokens: readonly PolicyToken[], index: number) => boolean): ReadonlyMap<number, number> | undefined {
  let missing: Map<number, number> | undefined;
  let start = 0;
  let balance = 0;
  const note = (): void => {
    // Only where something is missing, and behind it, for what is balanced there must be known as such.
    if (balance !== 0 || missing !== undefined) (missing ??= new Map<number, number>()).set(start, balance);
  };
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as PolicyToken;
    if (token.lineStart && begins(tokens, index)) {
      note();
      start = index;
      balance = 0;
    }
    if (token.tokenType === t.LBrace) balance++;
    else if (token.tokenType === t.RBrace) balance--;
  }
  note();
  return missing;
}
