/** A half-open span of UTF-16 offsets in one document: `start` included, `end` excluded. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range in a named document. `file` is whatever the caller named the document: a path or a URI. */
export interface Location {
  readonly file: string;
  readonly range: Range;
}

/** Replace `range` by `text`. Edits of one list never overlap. */
export interface TextEdit {
  readonly range: Range;
  readonly text: string;
}

/** True where `offset` lies in the range or directly at its end (a cursor behind a word belongs to the word). */
export function touches(range: Range, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}

/** True where `inner` lies wholly inside `outer`. */
export function contains(outer: Range, inner: Range): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The smallest range that holds both. */
export function cover(a: Range, b: Range): Range {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** The text with all edits applied. Edits must not overlap; their order does not matter. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  let result = "";
  let from = 0;
  for (const edit of sorted) {
    result += text.slice(from, edit.range.start) + edit.text;
    from = edit.range.end;
  }
  return result + text.slice(from);
}
