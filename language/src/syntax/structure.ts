/**
 * Cuts the tokens into declarations before the parser runs, so that damage in one cannot reach the next, and settles what a keyword can mean
 * where it stands. The rules are those of the reference, "Recovery"; the parser sees each declaration's tokens alone.
 */
import type { TokenType } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import { blockInfo } from "./block-info.ts";
import { fileBlock } from "./constructs/index.ts";
import { frameOf, openedInside } from "./frames.ts";
import type { Frame } from "./frames.ts";
import { headlessAt } from "./headless.ts";
import type { Headless } from "./headless.ts";
import { beginsDeclaration, beginsStatement, equals, expectsMore, isDeclarationWord, isHeadOpen, isName } from "./line-start.ts";
import { missingBraces } from "./missing-braces.ts";
import type { BlockSpec } from "./spec.ts";
import { OpenSegment } from "./open-segment.ts";
import { removal } from "./remedies.ts";
import { rangeOf } from "./token-place.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import { settledTypes } from "./type-tables.ts";

/** One declaration's tokens, tokens that belong to none, or a declaration that nests too deeply to be parsed. */
export interface Segment {
  readonly kind: "declaration" | "stray" | "too-deep";
  readonly tokens: readonly PolicyToken[];
  /** Set where the word of the kind is not there, and what it declares was told by its block. */
  readonly headless: Headless | undefined;
}

export interface Structure {
  readonly segments: readonly Segment[];
  readonly problems: readonly Diagnostic[];
}

/** Protects the parser and every walk over the tree: what nests deeper is not parsed. */
export const maxDepth = 64;

export { blockInfo } from "./block-info.ts";
export { beginsDeclaration } from "./line-start.ts";

const environmentBlock = blockInfo(fileBlock).nested.get("environment");
/** Walks the tokens once. Changes `tokenType` of words that can only be meant as a keyword or as the name of an item. */
export function structureOf(file: string, text: string, tokens: readonly PolicyToken[]): Structure {
  return new StructureWalk(file, text, tokens).run();
}

class StructureWalk {
  private readonly file: string;
  private readonly text: string;
  private readonly tokens: readonly PolicyToken[];
  private readonly segments: Segment[] = [];
  private readonly problems: Diagnostic[] = [];
  /** Braces that are missing in the declarations, by the index at which each begins. */
  private readonly missing: ReadonlyMap<number, number> | undefined;
  private kind: Segment["kind"] = "stray";
  private readonly open: OpenSegment;
  private headless: Headless | undefined;
  /** The last token that was read before its turn. */
  private readAhead = -1;
  private frames: Frame[] = [];
  private parentheses = 0;
  /** Above zero: so many closing braces may be read where they must have been; below: opening ones. */
  private budget = 0;

  constructor(file: string, text: string, tokens: readonly PolicyToken[]) {
    this.file = file;
    this.text = text;
    this.tokens = tokens;
    this.open = new OpenSegment(tokens);
    this.missing = missingBraces(tokens, beginsDeclaration);
  }

  run(): Structure {
    const { tokens, missing } = this;
    for (let index = 0; index < tokens.length; index++) {
      if (index === this.readAhead) continue;
      const token = tokens[index] as PolicyToken;
      if (missing !== undefined) this.budget = missing.get(index) ?? this.budget;
      if ((token.lineStart || this.frames.length === 0) && isDeclarationWord(token) && !this.isTwice(index) && this.startsHere(index) && !this.isInsideUnopened(index)) {
        this.cut(index);
        this.kind = "declaration";
        this.frames = [];
        this.parentheses = 0;
        settle(token);
        this.open.add(token, index);
      } else if (this.frames.length === 0 && this.mayBeHeadless(token, index)) index = this.beginHeadless(index);
      else this.read(token, index);
    }
    this.cut(tokens.length);
    return { segments: this.segments, problems: this.problems };
  }

  private read(token: PolicyToken, index: number): void {
    switch (token.tokenType) {
      case equals:
        if (!this.bindsValue(index)) {
          this.dropEquals(token, index);
          return;
        }
        break;
      case t.LBrace: this.openBlock(token, index); return;
      case t.RBrace:
        if (this.standsForOpening(index)) {
          this.openHere();
          return;
        }
        if (!this.isTooEarly(index) && !this.isInHead(index)) {
          this.close(token, index);
          return;
        }
        this.budget++;
        setTokenType(token, t.StrayBrace);
        break;
      case t.LParen:
        this.limitDepth(token);
        this.parentheses++;
        break;
      case t.RParen:
        if (this.parentheses > 0) this.parentheses--;
        break;
      default:
        if (this.budget !== 0 && (token.lineStart || this.isBehindHead()) && (this.budget < 0 || !expectsMore(this.open.last()) || this.open.last()?.lineStart === true)) this.mendBraces(token, index);
        this.settle(token, index);
    }
    this.open.add(token, index);
  }

  /** At the top, where a declaration is due and no kind of one stands. */
  private mayBeHeadless(token: PolicyToken, index: number): boolean {
    if (token.tokenType === t.RBrace || (isDeclarationWord(token) && !this.isTwice(index))) return false;
    if (!token.lineStart && this.open.count() > 0 && this.open.last()?.tokenType !== t.RBrace) return false;
    return this.kind !== "declaration" || (this.declaredBlock() === undefined && !expectsMore(this.open.last()) && !isHeadOpen(this.tokens, index));
  }

  /** `param param peak =`: the second word is meant. */
  private isTwice(index: number): boolean {
    const { tokens } = this;
    const again = tokens[index + 1];
    return again?.image === "param" && !again.lineStart && isName(tokens[index + 2]) && tokens[index + 3]?.tokenType === equals && tokens[index]?.image === "param";
  }

  /** Begins a declaration without its kind where one stands, else reads a token. Gives the index of what was read. */
  private beginHeadless(index: number): number {
    const headless = headlessAt(this.tokens, index);
    const first = this.tokens[index] as PolicyToken;
    if (headless === undefined) {
      this.read(first, index);
      return index;
    }
    this.cut(index);
    this.kind = "declaration";
    this.headless = headless;
    this.parentheses = 0;
    const { kind, name, wrong, length } = headless;
    const head = t.createPolicyToken(t.keyword(kind).type, kind, first.startOffset, first.lineStart);
    head.endOffset = (wrong === first ? wrong.endOffset : first.startOffset - 1);
    this.open.beginWith([head, name], index + length);
    return index + length - 1;
  }

  /** `scenario busy }`, and behind it a statement of a scenario: the brace was meant to open the block. */
  private standsForOpening(index: number): boolean {
    const next = this.tokens[index + 1];
    if (this.budget > -2 || next === undefined || this.open.last()?.tokenType === t.RBrace || beginsDeclaration(this.tokens, index + 1)) return false;
    const block = this.headedBlock();
    const around = this.frames.at(-1)?.spec;
    return block !== undefined && beginsStatement(block, next) && (around === undefined ? next.lineStart || this.isBehindHead() : !beginsStatement(around, next));
  }

  /** Behind the kind and the name of a declaration, where its brace is due. */
  private isBehindHead(): boolean {
    return this.frames.length === 0 && this.kind === "declaration" && this.open.count() >= 2;
  }

  /** The block that a brace would open here. */
  private headedBlock(): BlockSpec | undefined {
    const frame = this.frames.at(-1);
    if (frame === undefined) return this.declaredBlock();
    return frame.info === undefined || frame.statement === undefined ? undefined : frame.info.nested.get(frame.statement.keyword);
  }

  /** `backend } {`: a brace in the place of the name. */
  private isInHead(index: number): boolean {
    const next = this.tokens[index + 1];
    if (this.frames.length > 0 || this.kind !== "declaration" || next === undefined || next.lineStart) return false;
    return next.tokenType === t.LBrace || (next.tokenType === equals && this.open.count() === 1 && this.open.at(0)?.image === "param");
  }

  /** `backend { shop`, and a new line. */
  private isSwapped(index: number): boolean {
    const name = this.tokens[index + 1];
    if (this.frames.length > 0 || this.kind !== "declaration" || this.open.count() !== 1 || this.tokens[index]?.lineStart === true || this.headless !== undefined || name === undefined) return false;
    const block = this.declaredBlock();
    return block !== undefined && isName(name) && !name.lineStart && this.tokens[index + 2]?.lineStart !== false && !beginsStatement(block, name);
  }

  /** Reads an opening brace that is not there; the parser tells of it. */
  private openHere(): void {
    const block = this.headedBlock();
    this.open.edit().push(t.createPolicyToken(t.LBrace, "", this.open.lastEnd(), false));
    this.frames.push(frameOf(block));
    this.budget += 2;
  }

  private openBlock(token: PolicyToken, index: number): void {
    const next = this.tokens[index + 1];
    if (this.budget > 0 && this.frames.length === 0 && this.kind === "declaration" && next !== undefined && !next.lineStart && (next.tokenType === t.LBrace || (next.tokenType === equals && this.open.at(0)?.image === "param"))) {
      // `backend { {`, `param { =`: a brace in the place of the name.
      this.budget--;
      setTokenType(token, t.StrayBrace);
      this.open.add(token, index);
      return;
    }
    if (this.isSwapped(index)) {
      this.open.edit().push(next as PolicyToken);
      this.readAhead = index + 1;
      this.openHere();
      this.budget -= 2;
      return;
    }
    this.limitDepth(token);
    this.frames.push(frameOf(this.frames.length === 0 ? this.declaredBlock() : openedInside(this.frames, this.tokens, index)));
    this.parentheses = 0;
    this.open.add(token, index);
  }

  private close(token: PolicyToken, index: number): void {
    this.parentheses = 0;
    if (this.frames.length === 0) {
      // A run of stray braces is one problem and one segment; what follows begins anew.
      if (this.kind !== "stray" || this.open.last()?.tokenType !== t.RBrace) this.cut(index);
      this.kind = "stray";
      this.open.add(token, index);
      return;
    }
    this.open.add(token, index);
    this.closeFrame(index + 1);
  }

  /** `next`: the token with which another segment would begin. */
  private closeFrame(next: number): void {
    this.frames.pop();
    const outer = this.frames.at(-1);
    if (outer !== undefined) outer.statement = undefined;
    else {
      this.cut(next);
      this.kind = "stray";
    }
  }

  /** A `}` in a declaration that has one too many, and what stands behind it goes on with its line, or with the block. */
  private isTooEarly(index: number): boolean {
    const spec = this.frames.at(-1)?.spec;
    const next = this.tokens[index + 1];
    if (this.budget >= 0 || spec === undefined || next === undefined || next.tokenType === t.RBrace || beginsDeclaration(this.tokens, index + 1)) return false;
    if (next.lineStart ? !beginsStatement(spec, next) : this.frames.length === 1 && isDeclarationWord(next)) return false;
    const around = this.frames.at(-2)?.spec;
    return around === undefined || !beginsStatement(around, next);
  }

  /** Tells which statement is open, and makes a word at the start of a line the keyword that it must be there. */
  private settle(token: PolicyToken, index: number): void {
    const frame = this.frames.at(-1);
    if (frame?.info === undefined) return;
    const { info } = frame;
    if (frame.spec === environmentBlock) {
      if (this.tokens[index + 1]?.tokenType === equals && isName(token)) setTokenType(token, t.ItemName);
      return;
    }
    const statement = info.byType[token.tokenTypeIdx];
    if (statement === undefined) return;
    const previous = this.open.last();
    const continues = frame.statement !== undefined && info.innerWords.get(frame.statement)?.has(token.image) === true;
    if (token.lineStart && !expectsMore(previous)) {
      settle(token);
      if (!continues) frame.statement = statement;
      this.parentheses = 0;
    } else if (!continues || previous?.tokenType === t.LBrace) {
      // On the same line the word may still be a name; it only tells which statement a following brace belongs to.
      frame.statement = statement;
    }
  }

  /**
   * Where a brace is missing in this declaration, the first line that only makes sense with it tells where: a statement of the block that
   * was not opened, or of the one around. It is read as if the brace stood there, and told by the parser.
   */
  private mendBraces(token: PolicyToken, index: number): void {
    const frame = this.frames.at(-1);
    if (this.budget < 0) {
      const inner = this.headedBlock();
      if (inner === undefined || (frame === undefined && this.kind !== "declaration") || !beginsStatement(inner, token) || (frame?.spec !== undefined && beginsStatement(frame.spec, token))) return;
      this.budget++;
      this.open.edit().push(t.createPolicyToken(t.LBrace, "", this.open.lastEnd(), false));
      this.frames.push(frameOf(inner));
      return;
    }
    while (this.budget > 0) {
      const top = this.frames.at(-1);
      const around = this.frames.slice(0, -1).some((outer) => outer.spec !== undefined && beginsStatement(outer.spec, token));
      if (!around || (top?.spec !== undefined && beginsStatement(top.spec, token))) return;
      this.budget--;
      this.open.edit().push(t.createPolicyToken(t.RBrace, "", this.open.lastEnd(), false));
      this.parentheses = 0;
      this.closeFrame(index);
    }
  }

  private limitDepth(token: PolicyToken): void {
    if (this.frames.length + this.parentheses < maxDepth || this.kind === "too-deep") return;
    this.kind = "too-deep";
    this.problems.push(report(problems.tooDeep, { file: this.file, range: rangeOf(token) }, { what: "Blocks and parentheses nest", limit: maxDepth }));
  }

  /** Ends the open segment; the next one begins with the token at an index. */
  private cut(next: number): void {
    if (this.open.count() > 0) this.segments.push({ kind: this.kind, tokens: this.open.tokens(), headless: this.headless });
    this.headless = undefined;
    this.open.begin(next);
  }

  /** What users of other tools write and the parser need not see. */
  private dropEquals(token: PolicyToken, index: number): void {
    // The segment goes on behind it without it.
    if (this.open.count() === 0) this.cut(index + 1);
    else this.open.edit();
    const range = rangeOf(token);
    this.problems.push(report(problems.badCharacter, { file: this.file, range }, { text: "=", advice: "a value follows its keyword directly, remove it" }, {
      fixes: [removal(this.file, this.text, range)],
    }));
  }

  /** True for the `=` of `param NAME =`, of an environment's lines, and where an operator is due. */
  private bindsValue(index: number): boolean {
    // Where the name is missing the parser says so.
    if (this.frames.length === 0) return this.open.count() <= 2 && this.open.at(0)?.image === "param";
    const frame = this.frames.at(-1);
    // In a comparison it is meant as one: the parser says which there are.
    return frame?.spec === environmentBlock || (index > 0 && ["when", "active", "expect"].includes(frame?.statement?.keyword ?? ""));
  }

  /**
   * At the top every KIND begins a declaration, so that a half-typed one is still told as such. Inside an open block, or behind a word that
   * wants more (`import`, `param`), only the full line-start rule does.
   */
  private startsHere(index: number): boolean {
    const { tokens } = this;
    const isFull = (): boolean => (tokens[index] as PolicyToken).lineStart && beginsDeclaration(tokens, index);
    return this.frames.length === 0 && !(this.kind === "declaration" && index > 0 && isHeadOpen(tokens, index)) ? true : isFull();
  }

  /** `threshold busy`, its brace missing, and on the next line `target load_factor …`: a statement, though `target` begins declarations too. */
  private isInsideUnopened(index: number): boolean {
    const token = this.tokens[index] as PolicyToken;
    if (this.budget >= 0 || this.frames.length > 0 || !(token.lineStart || this.isBehindHead()) || beginsDeclaration(this.tokens, index)) return false;
    const block = this.declaredBlock();
    return block !== undefined && beginsStatement(block, token);
  }

  /** The block that the declaration's own brace opens. */
  private declaredBlock(): BlockSpec | undefined {
    if (this.kind !== "declaration") return undefined;
    const word = this.open.at(0)?.image ?? "";
    return blockInfo(fileBlock).nested.get(word === "target" ? (this.open.at(1)?.image ?? "") : word);
  }
}

function settle(token: PolicyToken): void {
  const type = settledTypes[token.tokenTypeIdx];
  if (type !== undefined) setTokenType(token, type);
}

function setTokenType(token: PolicyToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx ?? 0;
}
