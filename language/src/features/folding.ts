/** What can be folded: blocks, runs of comments, runs of imports. */
import type { Analysis } from "../model/analysis.ts";
import { positionAt } from "../text/line-map.ts";
import { eachStatement } from "./tree-walk.ts";

export interface Fold {
  /** Lines from 0; the first and the last that stay together. */
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: "block" | "comment" | "imports";
}

export function foldingRanges(analysis: Analysis): readonly Fold[] {
  const { lines, tree } = analysis;
  const lineOf = (offset: number): number => positionAt(lines, offset).line;
  const folds: Fold[] = [];
  eachStatement(tree.declarations, ({ block, keyword }) => {
    if (block === undefined) return;
    // The closing brace stays in sight.
    const last = block.closed ? lineOf(block.range.end - 1) - 1 : lineOf(Math.max(block.range.start, block.range.end));
    folds.push({ startLine: Math.min(lineOf(keyword.start), lineOf(block.range.start)), endLine: last, kind: "block" });
  });
  const comments = tree.comments.map(({ range }) => ({ from: lineOf(range.start), to: lineOf(range.end), isAlone: analysis.source.text.slice(lines.starts[lineOf(range.start)] ?? 0, range.start).trim() === "" }));
  folds.push(...runs(comments.filter((comment) => comment.isAlone)).map((run) => ({ ...run, kind: "comment" as const })));
  const imports = tree.declarations.filter((each) => each.spec.keyword === "import").map(({ range }) => ({ from: lineOf(range.start), to: lineOf(range.end) }));
  folds.push(...runs(imports).map((run) => ({ ...run, kind: "imports" as const })));
  return folds.filter((fold) => fold.endLine > fold.startLine).sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

/** Neighbours on following lines are one. */
function runs(spans: readonly { readonly from: number; readonly to: number }[]): readonly { readonly startLine: number; readonly endLine: number }[] {
  const found: { startLine: number; endLine: number }[] = [];
  for (const { from, to } of spans) {
    const last = found.at(-1);
    if (last !== undefined && from <= last.endLine + 1) last.endLine = Math.max(last.endLine, to);
    else found.push({ startLine: from, endLine: to });
  }
  return found;
}
