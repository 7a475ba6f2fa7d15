/** Text to tree: the only way into this room. Never throws; what is wrong with the text is in `problems`. */
import type { Range } from "../text/range.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import { fileBlock } from "./constructs/index.ts";
import { hiddenTextIn, mayHideText } from "./hidden-text.ts";
import { beginLexing, lex, lexOn } from "./lexer.ts";
import { PolicyParser } from "./parser.ts";
import type { BlockDraft, ParseProblem, StatementDraft } from "./drafts.ts";
import { headlessProblem, problemsOf, strayProblem } from "./problems.ts";
import { beginsDeclaration, structureOf } from "./structure.ts";
import type { Segment } from "./structure.ts";
import { isNameToken, rangeOf } from "./token-place.ts";
import { endToken, LBrace, StringLiteralToken } from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Comment, FileNode, Statement } from "./tree.ts";
import { repeatedParts } from "./repeated.ts";

export interface ParseResult {
  readonly tree: FileNode;
  /** Read when they are first asked for. */
  readonly tokens: readonly PolicyToken[];
  readonly problems: readonly Diagnostic[];
}

const maxFileMiB = 16;

let shared: PolicyParser | undefined;

export function parse(file: string, text: string): ParseResult {
  const whole = { start: 0, end: text.length };
  if (text.length > maxFileMiB * 2 ** 20) {
    return new Parsed(file, "", { declarations: [], comments: [], range: whole }, [report(problems.tooLarge, { file, range: { start: 0, end: 0 } }, { limitMiB: maxFileMiB })]);
  }
  const lexing = beginLexing(file, text);
  const { comments, odd } = lexing;
  const reading: Reading = { file, text, comments, behind: 0, root: { spec: fileBlock, range: whole, closed: true, damaged: false, statements: [] }, ofStructure: [], ofParser: [], ofRepeated: [] };
  /** The first problem of the lexer that may lie in the part that is parsed next. */
  let lexed = 0;
  for (let wanted = partTokens; ; ) {
    lexOn(lexing, wanted);
    const { tokens } = lexing;
    const isLast = lexing.at >= text.length;
    const cut = isLast ? tokens.length : lastBeginning(tokens);
    if (cut === 0 && !isLast) {
      wanted *= 2;
      continue;
    }
    lexing.tokens = isLast ? [] : tokens.slice(cut);
    tokens.length = cut;
    parsePart(reading, tokens, odd.problems.slice(lexed));
    if (isLast) break;
    wanted = lexing.tokens.length + partTokens;
    const next = lexing.tokens[0]?.startOffset ?? 0;
    while (lexed < odd.problems.length && (odd.problems[lexed]?.range.start ?? 0) < next) lexed++;
  }
  // What is told first of one place stays the first there.
  const found = [...odd.problems, ...reading.ofStructure, ...reading.ofParser, ...reading.ofRepeated];
  const parsed = new Parsed(file, text, { declarations: reading.root.statements as readonly Statement[], comments, range: whole }, found);
  if (mayHideText(text)) {
    const toldAt = new Set(odd.problems.map((problem) => problem.range.start));
    // What a string may not hold at all is an error there already.
    for (const problem of hiddenTextIn(file, text, stringsAndComments(parsed))) if (!toldAt.has(problem.range.start)) found.push(problem);
  }
  found.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  return parsed;
}

/** A text while it is parsed. */
interface Reading {
  readonly file: string;
  readonly text: string;
  readonly comments: readonly Comment[];
  /** How many comments end before the statement that was looked at last. */
  behind: number;
  readonly root: BlockDraft;
  readonly ofStructure: Diagnostic[];
  readonly ofParser: Diagnostic[];
  readonly ofRepeated: Diagnostic[];
}

/**
 * A text is parsed in parts of about so many tokens, cut where a declaration begins beyond doubt, which gives the same: the tokens of a part
 * are gone when the next is read, and most of what reading costs is memory that lives on.
 */
const partTokens = 1000;

/** The last token but the first with which a declaration begins beyond doubt; 0 where there is none. */
function lastBeginning(tokens: readonly PolicyToken[]): number {
  for (let index = tokens.length - 1; index > 0; index--) if ((tokens[index] as PolicyToken).lineStart && beginsDeclaration(tokens, index)) return index;
  return 0;
}

/** `refusals`: what the lexer found wrong from there on. */
function parsePart(reading: Reading, tokens: PolicyToken[], refusals: readonly Diagnostic[]): void {
  const { file, text, root, ofStructure, ofParser, ofRepeated } = reading;
  const structure = structureOf(file, text, tokens);
  for (const problem of structure.problems) ofStructure.push(problem);
  shared ??= new PolicyParser();
  const refused = [...refusals, ...structure.problems].map((problem) => problem.range.start).sort((a, b) => a - b);
  let previous: Segment | undefined;
  for (const segment of structure.segments) {
    if (segment.kind === "stray") {
      // A run of what belongs to no declaration is one problem; what looks like one with another word before it is told each time.
      if (previous?.kind !== "stray" || isLikeDeclaration(segment.tokens)) ofParser.push(strayProblem(file, segment.tokens));
    } else if (segment.kind === "declaration") {
      const last = segment.tokens.at(-1) as PolicyToken;
      shared.problems = [];
      const before = root.statements.length;
      shared.parseDeclaration(segment.tokens as PolicyToken[], endToken(last.endOffset + 1), root);
      if (shared.problems.length > 0) {
        const told = shared.problems.filter((fact) => !isExplained(refused, fact, text));
        for (const problem of problemsOf(file, text, told)) ofParser.push(problem);
      }
      if (segment.headless !== undefined) {
        const statement = root.statements[before];
        if (statement !== undefined) statement.broken = true;
        // A stray brace before it on its line is what stands in the place of its first word.
        const stray = previous?.kind === "stray" ? previous.tokens.at(-1) : undefined;
        const isTold = stray !== undefined && stray.endOffset > lineBefore(text, segment.headless.name.startOffset, segment.headless.name.startOffset - nearby);
        if (!isTold && !wasRefusedBefore(refused, segment.headless.name, text)) ofParser.push(headlessProblem(file, segment.headless));
      }
      // At once, while it is at hand: a walk through the whole tree afterwards would have to fetch all of it again.
      for (let index = before; index < root.statements.length; index++) {
        const statement = root.statements[index] as StatementDraft;
        repeatedParts(file, statement as Statement, ofRepeated);
        if (reading.comments.length > reading.behind) documentAll(reading, statement);
      }
    }
    previous = segment;
  }
}

/** The tree and its problems; the tokens are read again for whoever asks for them, which few do. */
class Parsed implements ParseResult {
  readonly tree: FileNode;
  readonly problems: readonly Diagnostic[];
  private readonly file: string;
  private readonly text: string;
  private read: readonly PolicyToken[] | undefined;

  constructor(file: string, text: string, tree: FileNode, found: readonly Diagnostic[]) {
    this.file = file;
    this.text = text;
    this.tree = tree;
    this.problems = found;
  }

  get tokens(): readonly PolicyToken[] {
    if (this.read === undefined) {
      const { tokens } = lex(this.file, this.text);
      structureOf(this.file, this.text, tokens);
      this.read = tokens;
    }
    return this.read;
  }
}

function* stringsAndComments({ tokens, tree }: ParseResult): Iterable<Range> {
  for (const token of tokens) if (token.tokenType === StringLiteralToken) yield rangeOf(token);
  for (const { range } of tree.comments) yield range;
}

/** True where something was refused already between the two tokens of a fact, or is the second one: what is missing there is told once. */
function isExplained(refused: readonly number[], fact: ParseProblem, text: string): boolean {
  if (refused.length === 0 || (fact.kind !== "expected" && fact.kind !== "unknown-statement")) return false;
  const { previous, found } = fact;
  // What was refused on an earlier line says nothing of an unknown word on this one.
  return fact.kind === "expected" ? wasRefused(refused, previous.endOffset, found.startOffset) : wasRefused(refused, lineBefore(text, found.startOffset, previous.endOffset), found.startOffset);
}

/** True where something was refused before a token on its line. */
function wasRefusedBefore(refused: readonly number[], token: PolicyToken, text: string): boolean {
  return refused.length > 0 && wasRefused(refused, lineBefore(text, token.startOffset, token.startOffset - nearby), token.startOffset);
}

/** A line may hold a whole file: no further back is looked for its start. */
const nearby = 100;

/** The last offset that is not on the line of another one, or `bound` where that is later. */
function lineBefore(text: string, offset: number, bound: number): number {
  let line = offset;
  while (line > 0 && line > bound + 1 && text[line - 1] !== "\n" && text[line - 1] !== "\r") line--;
  return Math.max(line - 1, bound);
}

/** True where something was refused behind one offset and not behind the other. */
function wasRefused(refused: readonly number[], after: number, until: number): boolean {
  let low = 0;
  let high = refused.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((refused[middle] as number) <= after) low = middle + 1;
    else high = middle;
  }
  return low < refused.length && (refused[low] as number) <= until;
}

/** WORD NAME `{` */
function isLikeDeclaration([word, name, brace]: readonly PolicyToken[]): boolean {
  return word !== undefined && name !== undefined && isNameToken(word) && isNameToken(name) && brace?.tokenType === LBrace;
}

/** Gives a statement and those inside it the `///` lines that stand directly above. Statements come in the order of the text, as comments do. */
function documentAll(reading: Reading, statement: StatementDraft): void {
  const { comments, text } = reading;
  const { start } = statement.keyword;
  let { behind } = reading;
  while (behind < comments.length && (comments[behind] as Comment).range.end <= start) behind++;
  if (behind > reading.behind && comments[behind - 1]?.kind === "doc") document(statement, text, comments, behind - 1);
  reading.behind = behind;
  if (statement.block === undefined) return;
  const next = comments[behind];
  // Nothing is documented in a block before whose end no comment stands.
  if (next === undefined || next.range.start >= statement.block.range.end) return;
  for (const inner of statement.block.statements as readonly StatementDraft[]) documentAll(reading, inner);
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
