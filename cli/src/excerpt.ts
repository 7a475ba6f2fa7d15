/** The line of a diagnostic with a caret under its range. */
import type { LineMap, Range } from "../../language/src/index.ts";
import { positionAt } from "../../language/src/index.ts";
import { columnsOf, visibleText } from "./plain-text.ts";

/** Columns of source that are shown; of a longer line the part around the range. */
const maxColumns = 100;
const tabColumns = 4;

/**
 * Three lines: a gutter with the line's number and the line, and the carets, each ended by LF. Tabs become spaces, wide characters take two
 * columns, and what a terminal would act on is written out. A range over several lines is marked to the end of its first.
 */
export function excerpt(text: string, lines: LineMap, range: Range): string {
  const { line } = positionAt(lines, range.start);
  const lineStart = lines.starts[line] ?? 0;
  const lineText = text.slice(lineStart, lines.starts[line + 1] ?? text.length).replace(/[\r\n]+$/u, "");
  const from = Math.min(range.start - lineStart, lineText.length);
  const to = Math.max(from, Math.min(range.end - lineStart, lineText.length));
  const drawn = draw(lineText, from, to);
  const number = String(line + 1);
  const gutter = " ".repeat(number.length);
  return `  ${number} | ${drawn.source}\n  ${gutter} | ${drawn.carets}\n`;
}

function draw(line: string, from: number, to: number): { readonly source: string; readonly carets: string } {
  const start = windowStart(line, from);
  let source = start > 0 ? "…" : "";
  let before = source.length;
  let marked = 0;
  let columns = source.length;
  for (let i = start; i < line.length; ) {
    const character = String.fromCodePoint(line.codePointAt(i) ?? 0);
    const shown = character === "\t" ? " ".repeat(tabColumns - (columns % tabColumns)) : visibleText(character);
    const width = shown.length > 1 && !isPair(character) ? shown.length : columnsOf(character);
    if (columns + width > maxColumns) {
      source += "…";
      break;
    }
    source += shown;
    columns += width;
    if (i < from) before += width;
    else if (i < to) marked += width;
    i += character.length;
  }
  return { source: source.trimEnd(), carets: " ".repeat(before) + "^".repeat(Math.max(1, marked)) };
}

/** Where the shown part begins: the line's start, or so that some text stands before the range. */
function windowStart(line: string, from: number): number {
  if (from <= (maxColumns * 3) / 4) return 0;
  const start = from - Math.floor(maxColumns / 4);
  return isTail(line.charCodeAt(start)) ? start - 1 : start;
}

function isTail(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function isPair(character: string): boolean {
  return (character.codePointAt(0) ?? 0) > 0xffff;
}
