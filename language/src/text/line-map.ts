/** Line and character, both from 0; characters are UTF-16 units. LF, CRLF and a lone CR end a line. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Offsets at which the lines of a text start; the first is always 0. */
export interface LineMap {
  readonly starts: Int32Array;
  readonly length: number;
  /** For positions that count something else than UTF-16 units. */
  readonly text: string;
}

const LF = 10;
const CR = 13;

export function createLineMap(text: string): LineMap {
  return { starts: Int32Array.from(startsIn(text, 0, text.length)), length: text.length, text };
}

/** Where the lines start that begin at `from` or behind it, up to `until`. At `from` a line starts. */
function startsIn(text: string, from: number, until: number): number[] {
  const starts = [from];
  const firstReturn = text.indexOf("\r", from);
  if (firstReturn < 0 || firstReturn >= until) {
    for (let at = text.indexOf("\n", from); at >= 0 && at < until; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let i = from; i < until; i++) {
    const unit = text.charCodeAt(i);
    if (unit === LF || (unit === CR && text.charCodeAt(i + 1) !== LF)) starts.push(i + 1);
  }
  return starts;
}

/**
 * The lines after an edit: `length` units stand where `start` to `end` of the earlier text stood. `text` is the whole text after it. Only the
 * lines around the edit are looked at again.
 */
export function linesAfter(before: LineMap, { start, end, length }: { readonly start: number; readonly end: number; readonly length: number }, text: string): LineMap {
  const shift = length - (end - start);
  // The line before may end in a CR that the edit parts from its LF, or joins with one; so may the one behind.
  const first = Math.max(0, positionAt(before, start).line - 1);
  const last = Math.min(before.starts.length, positionAt(before, end).line + 2);
  const between = startsIn(text, before.starts[first] as number, last < before.starts.length ? (before.starts[last] as number) + shift - 1 : text.length);
  const starts = new Int32Array(first + between.length + before.starts.length - last);
  starts.set(before.starts.subarray(0, first));
  starts.set(between, first);
  for (let line = last, at = first + between.length; line < before.starts.length; line++, at++) starts[at] = (before.starts[line] as number) + shift;
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
