/** Text to tree: the only way into this room. Never throws; what is wrong with the text is in `problems`. */
import type { Range } from "../text/range.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import { fileBlock } from "./constructs/index.ts";
import { hiddenTextIn } from "./hidden-text.ts";
import { lex } from "./lexer.ts";
import type { LexResult } from "./lexer.ts";
import { PolicyParser } from "./parser.ts";
import type { BlockDraft, StatementDraft } from "./parser.ts";
import { problemsOf, strayProblem } from "./problems.ts";
import { structureOf } from "./structure.ts";
import type { Segment } from "./structure.ts";
import { isNameToken, rangeOf } from "./token-place.ts";
import { endToken, LBrace, StringLiteralToken } from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Comment, FileNode, Statement } from "./tree.ts";
import { repeatedParts } from "./repeated.ts";

export interface ParseResult {
  readonly tree: FileNode;
  readonly tokens: readonly PolicyToken[];
  readonly problems: readonly Diagnostic[];
}

const maxFileMiB = 16;

let shared: PolicyParser | undefined;

export function parse(file: string, text: string): ParseResult {
  const whole = { start: 0, end: text.length };
  if (text.length > maxFileMiB * 2 ** 20) {
    return { tree: { declarations: [], comments: [], range: whole }, tokens: [], problems: [report(problems.tooLarge, { file, range: { start: 0, end: 0 } }, { limitMiB: maxFileMiB })] };
  }
  const lexed = lex(file, text);
  const structure = structureOf(file, text, lexed.tokens);
  const found: Diagnostic[] = [...lexed.problems, ...structure.problems];
  const root: BlockDraft = { spec: fileBlock, range: whole, closed: true, statements: [] };
  shared ??= new PolicyParser();
  const refused = [...lexed.problems, ...structure.problems].map((problem) => problem.range.start).sort((a, b) => a - b);
  let previous: Segment | undefined;
  for (const segment of structure.segments) {
    if (segment.kind === "stray") {
      // A run of what belongs to no declaration is one problem; what looks like one with another word before it is told each time.
      if (previous?.kind !== "stray" || isLikeDeclaration(segment.tokens)) found.push(strayProblem(file, segment.tokens));
    } else if (segment.kind === "declaration") {
      const last = segment.tokens.at(-1) as PolicyToken;
      shared.problems = [];
      shared.parseDeclaration(segment.tokens as PolicyToken[], endToken(last.endOffset + 1), root);
      const told = shared.problems.filter((fact) => fact.kind !== "expected" || !isExplained(refused, fact.previous.endOffset, fact.found));
      for (const problem of problemsOf(file, text, told)) found.push(problem);
    }
    previous = segment;
  }
  if (lexed.comments.some((comment) => comment.kind === "doc")) documentAll(root.statements, text, lexed.comments);
  const declarations = root.statements as readonly Statement[];
  for (const declaration of declarations) repeatedParts(file, declaration, found);
  const toldAt = new Set(lexed.problems.map((problem) => problem.range.start));
  // What a string may not hold at all is an error there already.
  for (const problem of hiddenTextIn(file, text, stringsAndComments(lexed))) if (!toldAt.has(problem.range.start)) found.push(problem);
  found.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  return { tree: { declarations, comments: lexed.comments, range: whole }, tokens: lexed.tokens, problems: found };
}

function* stringsAndComments({ tokens, comments }: LexResult): Iterable<Range> {
  for (const token of tokens) if (token.tokenType === StringLiteralToken) yield rangeOf(token);
  for (const { range } of comments) yield range;
}

/** True where something was already refused between two tokens, or is the second one: what is missing there is told once. */
function isExplained(refused: readonly number[], previousEnd: number, found: PolicyToken): boolean {
  let low = 0;
  let high = refused.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((refused[middle] as number) <= previousEnd) low = middle + 1;
    else high = middle;
  }
  return low < refused.length && (refused[low] as number) <= found.startOffset;
}

/** WORD NAME `{` */
function isLikeDeclaration([word, name, brace]: readonly PolicyToken[]): boolean {
  return word !== undefined && name !== undefined && isNameToken(word) && isNameToken(name) && brace?.tokenType === LBrace;
}

/** Gives statements and those inside them the `///` lines that stand directly above. */
function documentAll(statements: readonly StatementDraft[], text: string, comments: readonly Comment[]): void {
  /** Statements stand in the order of the text: so do the comments before them. */
  let behind = 0;
  const visit = (statement: StatementDraft): void => {
    const { start } = statement.keyword;
    while (behind < comments.length && (comments[behind] as Comment).range.end <= start) behind++;
    if (comments[behind - 1]?.kind === "doc") document(statement, text, comments, behind - 1);
    if (statement.block !== undefined) for (const inner of statement.block.statements as readonly StatementDraft[]) visit(inner);
  };
  for (const statement of statements) visit(statement);
}

/** `last`: the comment before the statement. */
function document(statement: StatementDraft, text: string, comments: readonly Comment[], last: number): void {
  const lines: string[] = [];
  let at = statement.keyword.start;
  for (let i = last; i >= 0; i--) {
    const comment = comments[i] as Comment;
    const between = text.slice(comment.range.end, at);
    if (comment.kind !== "doc" || !/^\s*$/.test(between) || between.split(/\r\n|\r|\n/).length > 2 || !isAlone(text, comment.range.start)) break;
    lines.push(text.slice(comment.range.start + 3, comment.range.end).trim());
    at = comment.range.start;
  }
  if (lines.length > 0) statement.documentation = lines.reverse().join("\n");
}

/** True where only blanks stand before an offset on its line. What follows something is said of that. */
function isAlone(text: string, offset: number): boolean {
  let at = offset - 1;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at--;
  const before = text.charCodeAt(at);
  return at < 0 || before === 10 || before === 13 || before === 0xfe_ff;
}
