/** Declarations whose first word is wrong or missing: what stands in the block tells what was meant, and the name is still declared. */
import { blockInfo } from "./block-info.ts";
import { fileBlock } from "./constructs/index.ts";
import { beginsDeclaration } from "./line-start.ts";
import { isNameToken } from "./token-place.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

export interface Headless {
  /** What is declared, as its statements tell. */
  readonly kind: string;
  readonly name: PolicyToken;
  /** What stands in the place of the kind, or behind the name; undefined where nothing does. */
  readonly wrong: PolicyToken | undefined;
  /** How many tokens stand before the brace. */
  readonly length: number;
}

/** Kinds whose block tells them from others; a target's depends on its name. */
const kinds = [...blockInfo(fileBlock).nested].filter(([kind]) => kind !== "environment" && blockInfo(fileBlock).statements.has(kind)).map(([kind, spec]) => ({ kind, byType: blockInfo(spec).byType }));

/** So many statements tell enough. */
const mostRead = 40;

/** A name and a block, with another word before the name or none, where `index` is. */
export function headlessAt(tokens: readonly PolicyToken[], index: number): Headless | undefined {
  const first = tokens[index];
  const second = tokens[index + 1];
  if (first === undefined || second === undefined || second.lineStart) return undefined;
  if (second.tokenType === t.LBrace) {
    const kind = isNameToken(first) ? kindOf(tokens, index + 1) : undefined;
    return kind === undefined ? undefined : { kind, name: first, wrong: undefined, length: 1 };
  }
  const third = tokens[index + 2];
  if (!isNameToken(second) || third?.tokenType !== t.LBrace || third.lineStart) return undefined;
  const kind = kindOf(tokens, index + 2);
  if (kind === undefined) return undefined;
  return second.image === kind && isNameToken(first) ? { kind, name: first, wrong: second, length: 2 } : { kind, name: second, wrong: first, length: 2 };
}

/** The kind most of whose statements begin as those behind a brace do; undefined where two fit alike. */
function kindOf(tokens: readonly PolicyToken[], open: number): string | undefined {
  const scores = kinds.map(() => 0);
  let depth = 1;
  let read = 0;
  for (let index = open + 1; index < tokens.length && depth > 0 && read < mostRead; index++) {
    const token = tokens[index] as PolicyToken;
    if (token.lineStart && beginsDeclaration(tokens, index)) break;
    if (token.tokenType === t.LBrace) depth++;
    else if (token.tokenType === t.RBrace) depth--;
    else if (depth === 1 && (token.lineStart || index === open + 1)) {
      read++;
      for (const [place, { byType }] of kinds.entries()) if (byType[token.tokenTypeIdx] !== undefined) scores[place] = (scores[place] ?? 0) + 1;
    }
  }
  const best = Math.max(...scores);
  return best > 0 && scores.indexOf(best) === scores.lastIndexOf(best) ? kinds[scores.indexOf(best)]?.kind : undefined;
}
