/** Tables over the token types, looked up by a token's `tokenTypeIdx`: one load in the place of a set or a map. */
import { EOF } from "chevrotain";
import type { TokenType } from "chevrotain";
import * as t from "./tokens.ts";
import type { Keyword } from "./tokens.ts";

/** Above every index of a type. */
const typeCount = 1 + Math.max(...[EOF, ...t.vocabulary].map(indexOf));

export function indexOf(type: TokenType): number {
  return type.tokenTypeIdx ?? 0;
}

/** A value for each type of each part. */
export function tableOf<T>(parts: Iterable<readonly [Iterable<number>, T]>): readonly (T | undefined)[] {
  const all = Array.from<T | undefined>({ length: typeCount }).fill(undefined);
  for (const [types, value] of parts) for (const type of types) all[type] = value;
  return all;
}

/** A value for each word, as a keyword and where it may be a name. */
export function wordTable<T>(entries: readonly (readonly [Keyword, T])[]): readonly (T | undefined)[] {
  return tableOf(entries.map(([{ type, asName }, value]) => [[indexOf(type), indexOf(asName)], value] as const));
}

/** The type of the keyword that a word can only be meant as, by its own type; undefined for what is no keyword. */
export const settledTypes = wordTable([...t.keywords.values()].map((entry) => [entry, entry.type] as const));

/** True for a word of the language that stands where it may be a name. */
export const isNameKeyword = tableOf([...t.keywords.values()].filter(({ type, asName }) => type !== asName).map(({ asName }) => [[indexOf(asName)], true as const] as const));
