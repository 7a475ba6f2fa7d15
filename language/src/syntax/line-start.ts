/** What the words at the start of a line begin: the rules of the reference, "Recovery", as questions. */
import { blockInfo } from "./block-info.ts";
import { fileBlock } from "./constructs/index.ts";
import type { BlockSpec } from "./spec.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import { settledTypes } from "./type-tables.ts";

const declarations = blockInfo(fileBlock).byType;
const targetWords = new Set(["nginx", "haproxy", "kubernetes"]);
export const equals = t.keyword("=").type;

export function isName(token: PolicyToken | undefined): boolean {
  return token !== undefined && (token.tokenType === t.Name || token.tokenType === t.DayRangeToken || settledTypes[token.tokenTypeIdx] !== undefined) && token.tokenType !== equals;
}

export function isDeclarationWord(token: PolicyToken): boolean {
  return declarations[token.tokenTypeIdx] !== undefined;
}

/** True where a declaration begins by the line-start rule: `import "`, `param NAME =`, KIND NAME `{`, all on one line. */
export function beginsDeclaration(tokens: readonly PolicyToken[], index: number): boolean {
  const first = tokens[index];
  if (first === undefined || !isDeclarationWord(first)) return false;
  const second = tokens[index + 1];
  const third = tokens[index + 2];
  // `backend shop` and on the next line a stray `{`: two statements of a scenario, the second one damaged.
  if (second?.lineStart === true || third?.lineStart === true && first.image !== "import") return false;
  if (first.image === "import") return second?.tokenType === t.StringLiteralToken;
  if (first.image === "param") return isName(second) && third?.tokenType === equals;
  if (first.image === "target") return second !== undefined && targetWords.has(second.image) && third?.tokenType === t.LBrace;
  return isName(second) && third?.tokenType === t.LBrace;
}

/** After these a word at the start of a line is still a name. */
export function expectsMore(previous: PolicyToken | undefined): boolean {
  switch (previous?.tokenType) {
    case t.Comma: case t.LParen: case t.DotDot: case t.Plus: case t.Minus: case t.Star: case t.Slash: case t.ComparisonToken: case equals:
      return true;
    default:
      return false;
  }
}

export function beginsStatement(spec: BlockSpec, token: PolicyToken): boolean {
  const info = blockInfo(spec);
  return token.tokenType === t.StringLiteralToken ? info.stringLead !== undefined : info.byType[token.tokenTypeIdx] !== undefined;
}

/** True directly behind a KIND, where a name is due: `backend service {` declares a backend called service. */
export function isHeadOpen(tokens: readonly PolicyToken[], index: number): boolean {
  const previous = tokens[index - 1];
  if (previous === undefined || !isDeclarationWord(previous)) return expectsMore(previous);
  const before = tokens[index - 2];
  return before === undefined || !isDeclarationWord(before) || before.lineStart === false;
}
