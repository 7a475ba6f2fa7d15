/** Where the cursor is in text that may be unfinished. */
import type { FileNode, Statement } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";

/** Digits and units belong to a word: `70` of `70%` is replaced with its unit. */
export function wordAround(text: string, offset: number): Range {
  let start = offset;
  while (start > 0 && /[A-Za-z0-9_-]/u.test(text[start - 1] ?? "")) start--;
  let end = offset;
  while (end < text.length && /[A-Za-z0-9_%-]/u.test(text[end] ?? "")) end++;
  return { start, end };
}

/** Whether only white space stands before it on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  let at = offset;
  while (at > 0 && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return at === 0 || text[at - 1] === "\n" || text[at - 1] === "\r";
}

/** The last declaration that begins at a place or before it: where, and where its block is closed, if it is. */
export interface LastDeclaration {
  readonly start: number;
  readonly closedAt: number | undefined;
}

/** Of an analysis the tree is looked through; a followed document knows without one. */
export interface Declarations {
  readonly tree: FileNode;
  readonly lastDeclaration?: (offset: number) => LastDeclaration | undefined;
}

/** Where the declaration begins that is open at a place; the place itself between declarations. */
export function declarationStart(declarations: Declarations, offset: number): number {
  const last = declarations.lastDeclaration === undefined ? lastDeclarationIn(declarations.tree.declarations, offset) : declarations.lastDeclaration(offset);
  return last === undefined || last.start === offset || (last.closedAt !== undefined && last.closedAt <= offset) ? offset : last.start;
}

export function lastDeclarationIn(declarations: readonly Statement[], offset: number): LastDeclaration | undefined {
  const declaration = declarations.findLast((each) => each.range.start <= offset);
  return declaration === undefined ? undefined : { start: declaration.range.start, closedAt: declaration.block?.closed === true ? declaration.block.range.end : undefined };
}

/** Looks at the text up to the place, so that an unclosed string or comment counts to its end. */
export function isInCommentOrString(text: string, start: number, offset: number): boolean {
  const lineStart = Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
  const from = Math.min(start, lineStart);
  const opener = /"(?:[^"\\\r\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?:\/\/|#)[^\r\n]*$|"[^\r\n]*$|\/\*[\s\S]*$|(?:\/\/|#)[^\r\n]*/gu;
  for (const found of text.slice(from, offset).matchAll(opener)) {
    const endsHere = found.index + found[0].length === offset - from;
    const isClosed = (found[0].startsWith('"') && found[0].length > 1 && found[0].endsWith('"')) || (found[0].startsWith("/*") && found[0].endsWith("*/"));
    if (endsHere && !isClosed) return true;
  }
  return false;
}
