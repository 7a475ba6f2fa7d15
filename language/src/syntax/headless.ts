/** Declarations whose first word is wrong or missing: what stands in the block tells what was meant, and the name is still declared. */
import { EOF } from "chevrotain";
import { blockInfo } from "./block-info.ts";
import type { BlockSpec } from "./spec.ts";
import { fileBlock } from "./constructs/index.ts";
import { beginsDeclaration, equals, isDeclarationWord } from "./line-start.ts";
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
const kinds = new Map([...blockInfo(fileBlock).nested].filter(([kind]) => kind !== "environment" && blockInfo(fileBlock).statements.has(kind)));

/** So many statements, and tokens, tell enough. */
const mostRead = 40;
const furthest = 400;

/** A name and a block or `=`, with another word before the name or none, where `index` is. */
export function headlessAt(tokens: readonly PolicyToken[], index: number): Headless | undefined {
  const first = tokens[index];
  const second = tokens[index + 1];
  if (first === undefined || second === undefined || second.lineStart) return undefined;
  if (second.tokenType === equals) return isNameToken(first) && first.image !== "param" ? { kind: "param", name: first, wrong: undefined, length: 1 } : undefined;
  if (second.tokenType === t.LBrace) {
    const kind = isNameToken(first) ? meantBlock(kinds, (ahead) => tokens[index + 1 + ahead]) : undefined;
    return kind === undefined ? undefined : { kind, name: first, wrong: undefined, length: 1 };
  }
  const third = tokens[index + 2];
  if (third === undefined || third.lineStart || !isNameToken(second)) return undefined;
  if (third.tokenType === equals) return second.image === "param" && isNameToken(first) ? { kind: "param", name: first, wrong: second, length: 2 } : { kind: "param", name: second, wrong: first, length: 2 };
  if (third.tokenType !== t.LBrace) return undefined;
  const kind = meantBlock(kinds, (ahead) => tokens[index + 2 + ahead]);
  if (kind === undefined) return undefined;
  return second.image === kind && isNameToken(first) ? { kind, name: first, wrong: second, length: 2 } : { kind, name: second, wrong: first, length: 2 };
}

/**
 * The block most of whose statements begin as those behind a brace do; undefined where two fit alike. `tokenAt` gives the tokens behind the
 * brace, from 1 on.
 */
export function meantBlock(blocks: ReadonlyMap<string, BlockSpec>, tokenAt: (ahead: number) => PolicyToken | undefined): string | undefined {
  const candidates = [...blocks].map(([word, spec]) => ({ word, info: blockInfo(spec), score: 0 }));
  const next: PolicyToken[] = [];
  let depth = 1;
  for (let ahead = 1, read = 0; depth > 0 && read < mostRead && ahead < furthest; ahead++) {
    const token = tokenAt(ahead);
    if (token === undefined || token.tokenType === EOF) break;
    next[0] = token;
    if (token.lineStart && isDeclarationWord(token)) {
      next[1] = tokenAt(ahead + 1) ?? token;
      next[2] = tokenAt(ahead + 2) ?? token;
      if (beginsDeclaration(next, 0)) break;
    }
    if (token.tokenType === t.LBrace) depth++;
    else if (token.tokenType === t.RBrace) depth--;
    else if (depth === 1 && (token.lineStart || ahead === 1)) {
      read++;
      for (const candidate of candidates) if (candidate.info.byType[token.tokenTypeIdx] !== undefined) candidate.score++;
    }
  }
  const best = Math.max(...candidates.map(({ score }) => score));
  const fitting = candidates.filter(({ score }) => score === best && score > 0);
  return fitting.length === 1 ? fitting[0]?.word : undefined;
}
