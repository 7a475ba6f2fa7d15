/** Where an `lbpolicy-ignore` comment goes so that it speaks for a diagnostic's line, and what it says. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { reasonPlaceholder } from "../diagnostics/suppression.ts";
import type { Analysis } from "../model/analysis.ts";
import type { Comment } from "../syntax/tree.ts";
import { positionAt } from "../text/line-map.ts";
import type { TextEdit } from "../text/range.ts";

/**
 * Adds the code to the comment that speaks for the line already, else a comment on a line of its own, above the documentation. Undefined where
 * no line can be put in: inside a comment.
 */
export function silencingEdit(analysis: Analysis, diagnostic: Diagnostic): TextEdit | undefined {
  const { lines, tree, source: { text } } = analysis;
  const lineStart = lines.starts[positionAt(lines, diagnostic.range.start).line] ?? 0;
  if (tree.comments.some(({ range }) => range.start < lineStart && lineStart < range.end)) return undefined;
  const above = commentsAbove(analysis, lineStart);
  const existing = above.map((comment) => codesEnd(text, comment)).find((end) => end !== undefined);
  if (existing !== undefined) return { range: { start: existing, end: existing }, text: `, ${diagnostic.code}` };
  // Only `///` lines belong to what is below them; others may speak of something else.
  const documentation = above.slice(0, countOfFirst(above, (comment) => comment.kind === "doc"));
  const first = documentation.at(-1)?.range.start ?? lineStart;
  const at = lines.starts[positionAt(lines, first).line] ?? 0;
  const bom = at === 0 && text.charCodeAt(0) === 0xfe_ff ? 1 : 0;
  const indent = /^[ \t]*/u.exec(text.slice(at + bom))?.[0] ?? "";
  const lineBreak = /\r\n|\r|\n/u.exec(text)?.[0] ?? "\n";
  return { range: { start: at + bom, end: at + bom }, text: `${indent}// lbpolicy-ignore ${diagnostic.code}: ${reasonPlaceholder}${lineBreak}` };
}

/** Comments that stand alone on the lines directly above, the nearest first. */
function commentsAbove({ lines, tree, source: { text } }: Analysis, lineStart: number): readonly Comment[] {
  const found: Comment[] = [];
  let at = lineStart;
  for (let i = tree.comments.findLastIndex((comment) => comment.range.end <= lineStart); i >= 0; i--) {
    const comment = tree.comments[i] as Comment;
    const start = lines.starts[positionAt(lines, comment.range.start).line] ?? 0;
    const isDirectlyAbove = /^[ \t]*(?:\r\n|\r|\n)$/u.test(text.slice(comment.range.end, at));
    if (!isDirectlyAbove || text.slice(start, comment.range.start).replace(/^\uFEFF/u, "").trim() !== "") break;
    found.push(comment);
    at = start;
  }
  return found;
}

/** How many of the first items fit. */
function countOfFirst<T>(items: readonly T[], fits: (item: T) => boolean): number {
  const index = items.findIndex((item) => !fits(item));
  return index < 0 ? items.length : index;
}

/** Behind the last code of a comment that silences; undefined for any other comment. */
function codesEnd(text: string, { range }: Comment): number | undefined {
  const codes = /^(?:\/\/|#|\/\*)[ \t]*lbpolicy-ignore[ \t]+[^\s,:]+(?:[ \t]*,[ \t]*[^\s,:]+)*/u.exec(text.slice(range.start, range.end));
  return codes === null ? undefined : range.start + codes[0].length;
}
