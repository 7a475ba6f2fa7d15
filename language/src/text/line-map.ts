/** Line and character, both from 0; characters are UTF-16 units. LF, CRLF and a lone CR end a line. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Offsets at which the lines of a text start; the first is always 0. */
export interface LineMap {
  readonly starts: readonly number[];
  readonly length: number;
  /** For positions that count something else than UTF-16 units. */
  readonly text: string;
}

const LF = 10;
const CR = 13;

export function createLineMap(text: string): LineMap {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === LF || (unit === CR && text.charCodeAt(i + 1) !== LF)) starts.push(i + 1);
  }
  return { starts, length: text.length, text };
}

/** The position of an offset. Offsets outside the text count as its start or end. */
export function positionAt(map: LineMap, offset: number): Position {
  const clamped = Math.max(0, Math.min(offset, map.length));
  let low = 0;
  let high = map.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((map.starts[middle] ?? 0) <= clamped) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: clamped - (map.starts[low] ?? 0) };
}

/** The offset of a position. A line beyond the end gives the text's length; a character beyond its line, the line's end. */
export function offsetAt(map: LineMap, position: Position): number {
  if (position.line < 0) return 0;
  const start = map.starts[position.line];
  if (start === undefined) return map.length;
  const end = map.starts[position.line + 1] ?? map.length;
  return Math.max(start, Math.min(start + position.character, end));
}
