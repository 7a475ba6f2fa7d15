/**
 * A text cut into pieces that can be read on their own: each begins at a line that begins a declaration beyond doubt, with the comments above
 * it. The parser resynchronises at such lines whatever stands before them, so the pieces read one by one give what the whole gives, and after
 * an edit only the pieces around it are read again.
 */
import { unclosedComment } from "../diagnostics/syntax.ts";
import { lex } from "./lexer.ts";
import type { LexResult } from "./lexer.ts";
import type { ParseResult } from "./parse.ts";
import { parse } from "./parse.ts";
import { beginsDeclaration } from "./structure.ts";
import type { PolicyToken } from "./tokens.ts";

/** One piece of a text. It stays the same object as long as its text does; where it stands is in `Pieces.starts`. */
export interface Piece {
  /** Names the piece where a file would be named: its tree, and problems found in it, count from its own beginning. */
  readonly id: string;
  readonly text: string;
  readonly parsed: Pick<ParseResult, "tree" | "problems">;
  /** Whether a comment in it may silence diagnostics. */
  readonly maySilence: boolean;
}

/** In the name of every piece, and of no file. */
export const pieceMark = "\0";

export interface Pieces {
  readonly file: string;
  readonly length: number;
  readonly pieces: readonly Piece[];
  /** The offset of each piece in the text. */
  readonly starts: readonly number[];
  /** For the name of the next piece. */
  readonly next: number;
}

/** `length` units stand where `start` to `end` of the earlier text stood. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

export function piecesOf(file: string, text: string): Pieces {
  return replaced({ file, length: text.length, pieces: [], starts: [], next: 0 }, 0, 0, text);
}

/** The pieces after an edit; those whose text is the same are the same objects. `text` is the whole text after it. */
export function piecesAfter(before: Pieces, change: Change, text: string): Pieces {
  const { pieces, starts } = before;
  const count = pieces.length;
  const shift = change.length - (change.end - change.start);
  const first = Math.max(0, pieceAt(before, change.start) - 1);
  let beyond = Math.min(count, pieceAt(before, change.end) + 2);
  const from = starts[first] ?? 0;
  const regionTo = (): number => (beyond >= count ? text.length : (starts[beyond] as number) + shift);
  let region = text.slice(from, regionTo());
  let lexed = lex(before.file, region);
  if (beyond < count && lexed.problems.some((problem) => problem.code === unclosedComment.code)) {
    // The comment goes on behind the region.
    beyond = count;
    region = text.slice(from);
    lexed = lex(before.file, region);
  }
  return replaced(before, first, beyond, region, lexed);
}

/** One edit that does what several do one after the other. Undefined where there is none. */
export function combined(changes: readonly Change[]): Change | undefined {
  let whole: Change | undefined;
  for (const change of changes) {
    if (whole === undefined) {
      whole = change;
      continue;
    }
    const shift = whole.length - (whole.end - whole.start);
    const start = Math.min(whole.start, change.start);
    const until = Math.max(whole.start + whole.length, change.end);
    whole = { start, end: until - shift, length: until - start + change.length - (change.end - change.start) };
  }
  return whole;
}

/** The index of the piece that holds an offset; what stands at a boundary belongs to the later one. */
export function pieceAt({ starts }: Pick<Pieces, "starts">, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** `region` in the place of the pieces from `first` up to `beyond`. */
function replaced(before: Pieces, first: number, beyond: number, region: string, lexed: LexResult = lex(before.file, region)): Pieces {
  const kept = new Map<string, Piece[]>();
  for (const piece of before.pieces.slice(first, beyond)) {
    const same = kept.get(piece.text);
    if (same === undefined) kept.set(piece.text, [piece]);
    else same.push(piece);
  }
  let { next } = before;
  const cuts = [0, ...boundaries(region, lexed), region.length];
  const made: Piece[] = [];
  const madeStarts: number[] = [];
  const from = before.starts[first] ?? 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const start = cuts[i] as number;
    const text = region.slice(start, cuts[i + 1]);
    const same = kept.get(text)?.shift();
    made.push(same ?? pieceOf(`${before.file}${pieceMark}${next++}`, text));
    madeStarts.push(from + start);
  }
  const oldEnd = before.starts[beyond] ?? before.length;
  const shift = from + region.length - oldEnd;
  const pieces = before.pieces.slice(0, first);
  for (const piece of made) pieces.push(piece);
  const starts = before.starts.slice(0, first);
  for (const start of madeStarts) starts.push(start);
  for (let i = beyond; i < before.pieces.length; i++) {
    pieces.push(before.pieces[i] as Piece);
    starts.push((before.starts[i] as number) + shift);
  }
  return { file: before.file, length: before.length + shift, pieces, starts, next };
}

/**
 * A slice keeps the whole text alive that it was cut from, and pieces outlive many texts: one that is read again at each of a thousand edits
 * would keep a thousand documents. Behind a joint the engine copies.
 */
function onItsOwn(slice: string): string {
  return ` ${slice}`.slice(1);
}

function pieceOf(id: string, slice: string): Piece {
  const text = onItsOwn(slice);
  const { tree, problems } = parse(id, text);
  return { id, text, parsed: { tree, problems }, maySilence: text.includes("lbpolicy-ignore") };
}

/** Where pieces begin, but for the first: behind the line on which the declaration before ends. */
function boundaries(text: string, { tokens, comments }: LexResult): readonly number[] {
  const found: number[] = [];
  let comment = 0;
  for (let index = 1; index < tokens.length; index++) {
    const token = tokens[index] as PolicyToken;
    if (!token.lineStart || !beginsDeclaration(tokens, index)) continue;
    let at = (tokens[index - 1] as PolicyToken).endOffset + 1;
    while ((comments[comment]?.range.start ?? Infinity) < at) comment++;
    // A comment may begin on that line and end on a later one.
    for (;;) {
      const next = comments[comment];
      if (next !== undefined && next.range.start === at) {
        at = next.range.end;
        comment++;
        continue;
      }
      const code = text.charCodeAt(at++);
      if (code === 13 && text.charCodeAt(at) === 10) at++;
      if (code === 13 || code === 10) break;
    }
    // Only at the start of a file is this character not one of the text.
    if (text.charCodeAt(at) !== 0xfe_ff) found.push(at);
  }
  return found;
}
