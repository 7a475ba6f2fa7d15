/** Where a token stands, and whether it may be a name. */
import type { Range } from "../text/range.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

export function rangeOf(token: PolicyToken): Range {
  return { start: token.startOffset, end: token.endOffset + 1 };
}

export function isNameToken(token: PolicyToken): boolean {
  const type = token.tokenType;
  return type === t.Name || type === t.ItemName || type === t.DayRangeToken || (t.keywordText.has(type) && token.image !== "=");
}
