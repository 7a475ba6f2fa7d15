/**
 * The formatter changes white space between tokens and comments and nothing else, so it cannot change what a policy means. What a syntax error
 * broke is left as it stands.
 */
import type { Range, TextEdit } from "../text/range.ts";
import { alignServers } from "./align.ts";
import { firstTokenAt, joint } from "./joint.ts";
import { parse } from "./parse.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Block, Comment, Statement } from "./tree.ts";

const indentUnit = "  ";
/** Lines of a statement after its first. */
const continuation = 2;
/** A block on one line stays there up to this width. */
const maxWidth = 100;

/** What is known of a token from its place in the tree. */
interface Role {
  readonly kind: "statement" | "close";
  readonly depth: number;
  /** In a block that stays on one line. */
  readonly inline: boolean;
  /** The first of its block. */
  readonly first: boolean;
}

export interface Layout {
  readonly text: string;
  readonly tokens: readonly PolicyToken[];
  readonly comments: readonly Comment[];
  readonly roles: Map<number, Role>;
  /** Depth of the statement that each token belongs to, by offset; tokens outside every statement are not in it. */
  readonly depths: Map<number, number>;
  /** Offsets of tokens whose white space is left as it stands. */
  readonly frozen: Set<number>;
}

/** Edits that bring a text into its canonical form; none where it is there already. */
export function formatText(file: string, text: string): readonly TextEdit[] {
  const parsed = parse(file, text);
  if (parsed.tokens.length === 0 && parsed.tree.comments.length === 0) return [];
  if (parsed.tokens.length > 0 && parsed.tree.declarations.length === 0) return [];
  const layout: Layout = { text, tokens: parsed.tokens, comments: parsed.tree.comments, roles: new Map(), depths: new Map(), frozen: new Set() };
  parsed.tree.declarations.forEach((declaration, index) => {
    place(layout, declaration, 0, false, index === 0);
  });
  assignDepths(layout, parsed.tree.declarations, 0);
  const gaps = gapsOf(layout);
  for (const [offset, gap] of alignServers(layout, parsed.tree.declarations)) {
    if (gaps.has(offset) && !(gaps.get(offset) ?? "").includes("\n")) gaps.set(offset, gap);
  }
  return editsOf(layout, gaps);
}

function place(layout: Layout, statement: Statement, depth: number, inline: boolean, first: boolean): void {
  const begins = layout.tokens[firstTokenAt(layout.tokens, statement.range.start)];
  if (statement.broken && begins?.lineStart === false) {
    // At the start of a line its words could be taken for a declaration's.
    freeze(layout, statement.range.start, statement.range.end);
    return;
  }
  layout.roles.set(statement.range.start, { kind: "statement", depth, inline, first });
  if (statement.broken) {
    freeze(layout, statement.range.start + 1, statement.range.end);
    return;
  }
  const { block } = statement;
  if (block === undefined) return;
  const flat = inline || staysInline(layout, statement, block, depth);
  // Tokens between the statements of a block were refused: they are left alone too.
  let from = block.range.start + 1;
  for (const child of block.statements) {
    freeze(layout, from, child.range.start);
    from = child.range.end;
  }
  freeze(layout, from, block.closed ? block.range.end - 1 : block.range.end);
  block.statements.forEach((child, index) => {
    place(layout, child, depth + 1, flat, index === 0);
  });
  if (block.closed) layout.roles.set(block.range.end - 1, { kind: "close", depth, inline: flat, first: block.statements.length === 0 });
}

function freeze(layout: Layout, start: number, end: number): void {
  for (let i = firstTokenAt(layout.tokens, start); i < layout.tokens.length; i++) {
    const offset = (layout.tokens[i] as PolicyToken).startOffset;
    if (offset >= end) return;
    layout.frozen.add(offset);
  }
}

function staysInline(layout: Layout, statement: Statement, block: Block, depth: number): boolean {
  const body = layout.text.slice(block.range.start, block.range.end);
  if (!block.closed || /[\r\n]/.test(body) || block.statements.some(isBroken)) return false;
  if (layout.comments.some((comment) => comment.range.start >= block.range.start && comment.range.end <= block.range.end)) return false;
  return widthOnOneLine(layout, statement) + depth * indentUnit.length <= maxWidth;
}

/** How wide a statement and its block are on one line, whatever white space it has now. */
function widthOnOneLine(layout: Layout, statement: Statement): number {
  const starts = new Set<number>();
  const collect = (each: Statement): void => {
    for (const child of each.block?.statements ?? []) {
      starts.add(child.range.start);
      collect(child);
    }
  };
  collect(statement);
  let width = 0;
  let previous: PolicyToken | undefined;
  for (let i = firstTokenAt(layout.tokens, statement.range.start); i < layout.tokens.length; i++) {
    const token = layout.tokens[i] as PolicyToken;
    if (token.startOffset >= statement.range.end) break;
    if (previous !== undefined) width += starts.has(token.startOffset) && previous.tokenType !== t.LBrace ? 2 : joint(previous, token).length;
    width += token.image.length;
    previous = token;
  }
  return width;
}

/** True where a syntax error ended the statement, or one inside it. */
function isBroken(statement: Statement): boolean {
  return statement.broken || (statement.block !== undefined && (!statement.block.closed || statement.block.statements.some(isBroken)));
}

/** Children overwrite their parent's depth, so that each token has that of its innermost statement. */
function assignDepths(layout: Layout, statements: readonly Statement[], depth: number): void {
  let index = 0;
  const visit = (list: readonly Statement[], level: number): void => {
    for (const statement of list) {
      index = firstTokenAt(layout.tokens, statement.range.start);
      for (let i = index; i < layout.tokens.length; i++) {
        const token = layout.tokens[i] as PolicyToken;
        if (token.startOffset >= statement.range.end) break;
        layout.depths.set(token.startOffset, level);
      }
      if (statement.block !== undefined) visit(statement.block.statements, level + 1);
    }
  };
  visit(statements, depth);
}

type Piece = { readonly range: Range; readonly token?: PolicyToken; readonly comment?: Comment };

/** White space due before each token and comment, by its offset. */
function gapsOf(layout: Layout): Map<number, string> {
  const { text } = layout;
  const newline = /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
  const pieces: Piece[] = [
    ...layout.tokens.map((token) => ({ range: { start: token.startOffset, end: token.endOffset + 1 }, token })),
    ...layout.comments.map((comment) => ({ range: comment.range, comment })),
  ].sort((a, b) => a.range.start - b.range.start);
  const gaps = new Map<number, string>();
  let previous: Piece | undefined;
  pieces.forEach((piece, index) => {
    const before = text.slice(previous?.range.end ?? (text.charCodeAt(0) === 0xfe_ff ? 1 : 0), piece.range.start);
    // What the lexer left out (a stray character) stands between; it is not ours to move.
    if (/[^ \t\r\n]/.test(before)) {
      previous = piece;
      return;
    }
    const gap = piece.comment === undefined ? tokenGap(layout, previous, piece.token as PolicyToken, before) : commentGap(layout, pieces, index, before);
    const needsLine = previous?.comment !== undefined && previous.comment.kind !== "block";
    const due = needsLine && !/\n/.test(gap) ? `\n${indentUnit.repeat(continuation)}` : gap;
    gaps.set(piece.range.start, previous === undefined ? "" : due.replaceAll("\n", newline));
    previous = piece;
  });
  return gaps;
}

function lines(before: string): number {
  return before.split(/\r\n|\r|\n/).length - 1;
}

/** One or two line ends (a single blank line is kept), then the indentation. */
function ownLine(before: string, depth: number, blankAllowed: boolean): string {
  return `${lines(before) > 1 && blankAllowed ? "\n\n" : "\n"}${indentUnit.repeat(depth)}`;
}

function tokenGap(layout: Layout, previous: Piece | undefined, token: PolicyToken, before: string): string {
  const role = layout.roles.get(token.startOffset);
  if (role?.kind === "statement") {
    if (role.inline) return role.first ? " " : "  ";
    return ownLine(before, role.depth, !role.first || role.depth === 0);
  }
  if (role?.kind === "close") {
    if (role.first && previous?.token?.tokenType === t.LBrace) return "";
    return role.inline ? " " : ownLine(before, role.depth, false);
  }
  const depth = layout.depths.get(token.startOffset);
  if (depth === undefined || layout.frozen.has(token.startOffset)) return before.replaceAll(/\r\n|\r/g, "\n");
  if (token.tokenType === t.LBrace) return " ";
  if (lines(before) > 0) return `\n${indentUnit.repeat(depth + continuation)}`;
  return previous?.token === undefined ? " " : joint(previous.token, token);
}

function commentGap(layout: Layout, pieces: readonly Piece[], index: number, before: string): string {
  if (lines(before) === 0 && index > 0) return " ";
  const next = pieces.slice(index + 1).find((piece) => piece.token !== undefined)?.token;
  const previous = pieces[index - 1];
  const role = next === undefined ? undefined : layout.roles.get(next.startOffset);
  const afterOpen = previous?.token?.tokenType === t.LBrace;
  if (next === undefined) return ownLine(before, 0, true);
  if (role?.kind === "statement") return ownLine(before, role.depth, !afterOpen);
  if (role?.kind === "close") return ownLine(before, role.depth + 1, !afterOpen);
  const depth = layout.depths.get(next.startOffset);
  return depth === undefined ? before.replaceAll(/\r\n|\r/g, "\n") : ownLine(before, depth + continuation, false);
}

function editsOf(layout: Layout, gaps: ReadonlyMap<number, string>): readonly TextEdit[] {
  const { text } = layout;
  const edits: TextEdit[] = [];
  const starts = [...gaps.keys()].sort((a, b) => a - b);
  for (const start of starts) {
    let from = start;
    while (from > 0 && isSpace(text.charCodeAt(from - 1))) from--;
    const due = gaps.get(start) ?? "";
    if (text.slice(from, start) !== due) edits.push({ range: { start: from, end: start }, text: due });
  }
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  const newline = /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
  if (end > 0 && text.slice(end) !== newline) edits.push({ range: { start: end, end: text.length }, text: newline });
  return edits;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
