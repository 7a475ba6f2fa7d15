/** Parts of what the formatter does to the whole text: its edits, cut down to what they change, that lie in a part. */
import type { Analysis } from "../model/analysis.ts";
import { formatText } from "../syntax/format.ts";
import type { Block, Statement } from "../syntax/tree.ts";
import { positionAt } from "../text/line-map.ts";
import type { Range, TextEdit } from "../text/range.ts";
import { contains } from "../text/range.ts";

/** The formatter's edits in the lines that the range touches. */
export function formatRange(analysis: Analysis, range: Range): readonly TextEdit[] {
  const { lines, source: { file, text } } = analysis;
  const start = lines.starts[positionAt(lines, range.start).line] ?? 0;
  // A selection that ends where a line starts does not mean that line.
  const lastLine = positionAt(lines, range.end > range.start ? range.end - 1 : range.end).line;
  const end = lines.starts[lastLine + 1] ?? text.length;
  return formatText(file, text).map((edit) => cut(text, edit)).filter((edit) => contains({ start, end }, edit.range) && (edit.range.start < end || end === text.length));
}

/**
 * The edits that are due when `typed`, a line end or a closing brace, was written directly before the offset: those of the line above, or of
 * the block that was closed. What is below the cursor is left alone.
 */
export function formatOnType(analysis: Analysis, offset: number, typed: string): readonly TextEdit[] {
  const { lines, tree } = analysis;
  if (typed === "}") {
    const block = blockEndingAt(tree.declarations, offset);
    return block === undefined ? [] : formatRange(analysis, { start: block.range.start, end: offset }).filter((edit) => edit.range.end <= offset);
  }
  const line = positionAt(lines, offset).line;
  const start = lines.starts[line - 1];
  const end = lines.starts[line];
  if (typed !== "\n" || start === undefined || end === undefined) return [];
  // The line end that was just written is the author's.
  return formatRange(analysis, { start, end }).filter((edit) => !/[\r\n]/u.test(analysis.source.text.slice(edit.range.start, edit.range.end) + edit.text));
}

function blockEndingAt(statements: readonly Statement[], offset: number): Block | undefined {
  for (const { block } of statements) {
    if (block === undefined || offset <= block.range.start || offset > block.range.end) continue;
    return block.closed && block.range.end === offset ? block : blockEndingAt(block.statements, offset);
  }
  return undefined;
}

/** Without what is the same before and behind; a CRLF is never cut in two. */
function cut(text: string, edit: TextEdit): TextEdit {
  const old = text.slice(edit.range.start, edit.range.end);
  const shorter = Math.min(old.length, edit.text.length);
  let front = 0;
  while (front < shorter && old[front] === edit.text[front]) front++;
  if (front > 0 && old[front - 1] === "\r") front--;
  let back = 0;
  while (back < shorter - front && old[old.length - 1 - back] === edit.text[edit.text.length - 1 - back]) back++;
  if (back > 0 && old[old.length - back] === "\n" && old[old.length - back - 1] === "\r") back--;
  return { range: { start: edit.range.start + front, end: edit.range.end - back }, text: edit.text.slice(front, edit.text.length - back) };
}
