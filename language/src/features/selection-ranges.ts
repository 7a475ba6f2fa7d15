/** What "expand selection" takes in, step by step. */
import type { Analysis } from "../model/analysis.ts";
import type { Field, Value } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { contains, cover, touches } from "../text/range.ts";
import { partsOf, pathTo, wholeLines } from "./tree-walk.ts";

/** From the innermost to the whole file, each wider than the one before. Never empty. */
export function selectionRanges(analysis: Analysis, offset: number): readonly Range[] {
  const { text } = analysis.source;
  const at = Math.max(0, Math.min(offset, text.length));
  const ranges: Range[] = [{ start: 0, end: text.length }];
  const push = (range: Range): void => {
    const outer = ranges.at(-1);
    if (touches(range, at) && outer !== undefined && contains(outer, range) && (range.start !== outer.start || range.end !== outer.end)) ranges.push(range);
  };
  for (const statement of pathTo(analysis.tree.declarations, at)) {
    push(wholeLines(text, statement.range));
    push(statement.range);
    if (touches(statement.keyword, at)) push(statement.keyword);
    if (statement.block !== undefined && at > statement.block.range.start) {
      push(statement.block.range);
      const { start, end } = statement.block.range;
      push({ start: start + 1, end: statement.block.closed ? end - 1 : end });
    } else for (const field of statement.fields) pushField(field, at, push);
  }
  const comment = analysis.tree.comments.find(({ range }) => touches(range, at));
  if (comment !== undefined) push(comment.range);
  const word = wordAt(text, at);
  if (word !== undefined) push(word);
  return ranges.reverse();
}

function pushField({ word, value }: Field, at: number, push: (range: Range) => void): void {
  if (word !== undefined && value !== undefined) push(cover(word, value.range));
  if (word !== undefined) push(word);
  if (value !== undefined && touches(value.range, at)) pushValue(value, at, push);
}

function pushValue(value: Value, at: number, push: (range: Range) => void): void {
  push(value.range);
  if (value.type === "string") push({ start: value.range.start + 1, end: value.range.end - 1 });
  if (value.type === "group") for (const field of value.fields) pushField(field, at, push);
  else for (const part of partsOf(value)) if (touches(part.range, at)) pushValue(part, at, push);
}

function wordAt(text: string, at: number): Range | undefined {
  let start = at;
  while (start > 0 && /[A-Za-z0-9_]/u.test(text[start - 1] ?? "")) start--;
  let end = at;
  while (end < text.length && /[A-Za-z0-9_]/u.test(text[end] ?? "")) end++;
  return end > start ? { start, end } : undefined;
}
