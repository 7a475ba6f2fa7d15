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
import { missingBraces } from "./missing-braces.ts";
import type { BlockSpec, StatementSpec } from "./spec.ts";
import { removal } from "./remedies.ts";
import { rangeOf } from "./token-place.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

/** One declaration's tokens, tokens that belong to none, or a declaration that nests too deeply to be parsed. */
export interface Segment {
  readonly kind: "declaration" | "stray" | "too-deep";
  readonly tokens: readonly PolicyToken[];
}

export interface Structure {
  readonly segments: readonly Segment[];
  readonly problems: readonly Diagnostic[];
}

/** Protects the parser and every walk over the tree: what nests deeper is not parsed. */
export const maxDepth = 64;

export { blockInfo } from "./block-info.ts";

/** What is known of a block while its tokens are walked. */
interface Frame {
  readonly spec: BlockSpec | undefined;
  /** The statement that is open, as far as keywords tell; undefined again behind its block. */
  statement: StatementSpec | undefined;
}

const declarationWords = blockInfo(fileBlock).statements;
const environmentBlock = blockInfo(fileBlock).nested.get("environment");
const targetWords = new Set(["nginx", "haproxy", "kubernetes"]);
const equals = t.keyword("=").type;

function isName(token: PolicyToken | undefined): boolean {
  return token !== undefined && (token.tokenType === t.Name || token.tokenType === t.DayRangeToken || t.keywordText.has(token.tokenType)) && token.tokenType !== equals;
}

/** True where a declaration begins by the line-start rule: `import "`, `param NAME =`, KIND NAME `{`. */
export function beginsDeclaration(tokens: readonly PolicyToken[], index: number): boolean {
  const first = tokens[index];
  if (first === undefined || !declarationWords.has(first.image) || first.tokenType === t.StringLiteralToken) return false;
  const second = tokens[index + 1];
  const third = tokens[index + 2];
  if (first.image === "import") return second?.tokenType === t.StringLiteralToken;
  if (first.image === "param") return isName(second) && third?.tokenType === equals;
  if (first.image === "target") return second !== undefined && targetWords.has(second.image) && third?.tokenType === t.LBrace;
  return isName(second) && third?.tokenType === t.LBrace;
}

/** After these a word at the start of a line is still a name. */
function expectsMore(previous: PolicyToken | undefined): boolean {
  switch (previous?.tokenType) {
    case t.Comma: case t.LParen: case t.DotDot: case t.Plus: case t.Minus: case t.Star: case t.Slash: case t.ComparisonToken: case equals:
      return true;
    default:
      return false;
  }
}

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
  private readonly missing: ReadonlyMap<number, number>;
  private kind: Segment["kind"] = "stray";
  private current: PolicyToken[] = [];
  private frames: Frame[] = [];
  private parentheses = 0;
  /** Above zero: so many closing braces may be read where they must have been; below: opening ones. */
  private budget = 0;

  constructor(file: string, text: string, tokens: readonly PolicyToken[]) {
    this.file = file;
    this.text = text;
    this.tokens = tokens;
    this.missing = missingBraces(tokens, beginsDeclaration);
  }

  run(): Structure {
    const { tokens } = this;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index] as PolicyToken;
      this.budget = this.missing.get(index) ?? this.budget;
      if ((token.lineStart || this.frames.length === 0) && declarationWords.has(token.image) && this.startsHere(index) && !this.isInsideUnopened(index)) {
        this.cut();
        this.kind = "declaration";
        this.frames = [];
        this.parentheses = 0;
        setType(token, token.image);
        this.current.push(token);
      } else this.read(token, index);
    }
    this.cut();
    return { segments: this.segments, problems: this.problems };
  }

  private read(token: PolicyToken, index: number): void {
    switch (token.tokenType) {
      case equals:
        if (!this.bindsValue(index)) {
          this.dropEquals(token);
          return;
        }
        break;
      case t.LBrace: this.open(token, index); return;
      case t.RBrace:
        if (!this.isTooEarly(index)) {
          this.close(token);
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
        if (this.budget !== 0 && token.lineStart && !expectsMore(this.current.at(-1))) this.mendBraces(token);
        this.settle(token, index);
    }
    this.current.push(token);
  }

  private open(token: PolicyToken, index: number): void {
    this.limitDepth(token);
    this.frames.push({ spec: this.frames.length === 0 ? this.declaredBlock() : openedInside(this.frames, this.tokens, index), statement: undefined });
    this.parentheses = 0;
    this.current.push(token);
  }

  private close(token: PolicyToken): void {
    this.parentheses = 0;
    if (this.frames.length === 0) {
      // A run of stray braces is one problem; what follows begins anew.
      this.cut();
      this.kind = "stray";
      this.current.push(token);
      return;
    }
    this.current.push(token);
    this.frames.pop();
    const outer = this.frames.at(-1);
    if (outer !== undefined) outer.statement = undefined;
    else {
      this.cut();
      this.kind = "stray";
    }
  }

  /** A `}` in a declaration that has one too many, and what stands behind it goes on with its line, or with the block. */
  private isTooEarly(index: number): boolean {
    const spec = this.frames.at(-1)?.spec;
    const next = this.tokens[index + 1];
    if (this.budget >= 0 || spec === undefined || next === undefined || next.tokenType === t.RBrace || beginsDeclaration(this.tokens, index + 1)) return false;
    if (next.lineStart ? !beginsStatement(spec, next) : this.frames.length === 1 && declarationWords.has(next.image)) return false;
    const around = this.frames.at(-2)?.spec;
    return around === undefined || !beginsStatement(around, next);
  }

  private settle(token: PolicyToken, index: number): void {
    const frame = this.frames.at(-1);
    if (frame === undefined) return;
    if (frame.spec === environmentBlock) {
      if (this.tokens[index + 1]?.tokenType === equals && isName(token)) setTokenType(token, t.ItemName);
    } else if (settleKeyword(token, this.current.at(-1), frame) === "begins-line") this.parentheses = 0;
  }

  /**
   * Where a brace is missing in this declaration, the first line that only makes sense with it tells where: a statement of the block that
   * was not opened, or of the one around. It is read as if the brace stood there, and told by the parser.
   */
  private mendBraces(token: PolicyToken): void {
    const frame = this.frames.at(-1);
    if (this.budget < 0) {
      const inner = frame === undefined ? this.declaredBlock() : frame.spec === undefined || frame.statement === undefined ? undefined : blockInfo(frame.spec).nested.get(frame.statement.keyword);
      if (inner === undefined || (frame === undefined && this.kind !== "declaration") || !beginsStatement(inner, token) || (frame?.spec !== undefined && beginsStatement(frame.spec, token))) return;
      this.budget++;
      this.current.push(t.createPolicyToken(t.LBrace, "", previousEnd(this.current), false));
      this.frames.push({ spec: inner, statement: undefined });
      return;
    }
    while (this.budget > 0) {
      const top = this.frames.at(-1);
      const around = this.frames.slice(0, -1).some((outer) => outer.spec !== undefined && beginsStatement(outer.spec, token));
      if (!around || (top?.spec !== undefined && beginsStatement(top.spec, token))) return;
      this.budget--;
      this.close(t.createPolicyToken(t.RBrace, "", previousEnd(this.current), false));
    }
  }

  private limitDepth(token: PolicyToken): void {
    if (this.frames.length + this.parentheses < maxDepth || this.kind === "too-deep") return;
    this.kind = "too-deep";
    this.problems.push(report(problems.tooDeep, { file: this.file, range: rangeOf(token) }, { what: "Blocks and parentheses nest", limit: maxDepth }));
  }

  private cut(): void {
    if (this.current.length > 0) this.segments.push({ kind: this.kind, tokens: this.current });
    this.current = [];
  }

  /** What users of other tools write and the parser need not see. */
  private dropEquals(token: PolicyToken): void {
    const range = rangeOf(token);
    this.problems.push(report(problems.badCharacter, { file: this.file, range }, { text: "=", advice: "a value follows its keyword directly, remove it" }, {
      fixes: [removal(this.file, this.text, range)],
    }));
  }

  /** True for the `=` of `param NAME =`, of an environment's lines, and where an operator is due. */
  private bindsValue(index: number): boolean {
    if (this.frames.length === 0) return this.current[0]?.image === "param" && this.current.length === 2;
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
    if (this.budget >= 0 || this.frames.length > 0 || !token.lineStart || beginsDeclaration(this.tokens, index)) return false;
    const block = this.declaredBlock();
    return block !== undefined && beginsStatement(block, token);
  }

  /** The block that the declaration's own brace opens. */
  private declaredBlock(): BlockSpec | undefined {
    if (this.kind !== "declaration") return undefined;
    const word = this.current[0]?.image ?? "";
    return blockInfo(fileBlock).nested.get(word === "target" ? (this.current[1]?.image ?? "") : word);
  }
}

function beginsStatement(spec: BlockSpec, token: PolicyToken): boolean {
  const info = blockInfo(spec);
  return token.tokenType === t.StringLiteralToken ? info.stringLead !== undefined : info.statements.has(token.image);
}

function previousEnd(tokens: readonly PolicyToken[]): number {
  return (tokens.at(-1)?.endOffset ?? -1) + 1;
}

/** True directly behind a KIND, where a name is due: `backend service {` declares a backend called service. */
function isHeadOpen(tokens: readonly PolicyToken[], index: number): boolean {
  const previous = tokens[index - 1];
  if (previous === undefined || !declarationWords.has(previous.image)) return expectsMore(previous);
  const before = tokens[index - 2];
  return before === undefined || !declarationWords.has(before.image) || before.lineStart === false;
}

function openedInside(frames: readonly Frame[], tokens: readonly PolicyToken[], index: number): BlockSpec | undefined {
  const frame = frames.at(-1);
  if (frame?.spec === undefined) return undefined;
  const nested = blockInfo(frame.spec).nested;
  return nested.get(tokens[index - 1]?.image ?? "") ?? (frame.statement === undefined ? undefined : nested.get(frame.statement.keyword));
}

/** Tells which statement is open, and makes a word at the start of a line the keyword that it must be there. */
function settleKeyword(token: PolicyToken, previous: PolicyToken | undefined, frame: Frame): "begins-line" | undefined {
  if (frame.spec === undefined) return undefined;
  const info = blockInfo(frame.spec);
  const statement = info.statements.get(token.image);
  if (statement === undefined || token.tokenType === t.StringLiteralToken) return undefined;
  const inner = frame.statement === undefined ? undefined : info.innerWords.get(frame.statement);
  const continues = inner?.has(token.image) === true;
  if (token.lineStart && !expectsMore(previous)) {
    setType(token, token.image);
    if (!continues) frame.statement = statement;
    return "begins-line";
  }
  // On the same line the word may still be a name; it only tells which statement a following brace belongs to.
  if (previous?.tokenType === t.LBrace || !continues) frame.statement = statement;
  return undefined;
}

function setType(token: PolicyToken, image: string): void {
  const type = t.keywords.get(image)?.type;
  if (type !== undefined) setTokenType(token, type);
}

function setTokenType(token: PolicyToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx ?? 0;
}
