/**
 * The Chevrotain parser, built from the constructs. It parses one declaration's tokens at a time. Recovery is its own: Chevrotain's would
 * return nothing for an unfinished statement, so statements are pushed when they begin, filled as they are read, and an error costs the rest
 * of its own statement only.
 */
import { EmbeddedActionsParser, isRecognitionException, MismatchedTokenException } from "chevrotain";
import type { IOrAlt, ParserMethod, TokenType } from "chevrotain";
import type { Range } from "../text/range.ts";
import { fileBlock } from "./constructs/index.ts";
import { compileStatement } from "./grammar.ts";
import { quickValuesOf } from "./quick-values.ts";
import type { QuickValues } from "./quick-values.ts";
import type { BlockSpec, StatementSpec, ValueElement } from "./spec.ts";
import { blockInfo } from "./block-info.ts";
import { isNameToken, rangeOf } from "./token-place.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Block, Field, OptionUse, Value } from "./tree.ts";
import { installValueRules } from "./values.ts";
import type { ValueRules } from "./values.ts";

/** A statement while it is read. */
export interface StatementDraft {
  type: "statement";
  spec: StatementSpec;
  keyword: Range;
  fields: Field[];
  options: OptionUse[];
  block: Block | undefined;
  documentation: string | undefined;
  broken: boolean;
  range: Range;
  /** For the comments before it. */
  firstToken: PolicyToken;
}

export interface BlockDraft {
  spec: BlockSpec;
  range: Range;
  closed: boolean;
  statements: StatementDraft[];
}

/**
 * What every syntax error throws. Chevrotain would compute all that was expected, by walking the grammar, and record a stack of calls for each;
 * our messages come from `wanted`, and 20,000 errors must not take seconds.
 */
const syntaxError = new MismatchedTokenException("", t.endToken(0), t.endToken(0));

/** A brace that structure.ts read where one must have been. */
function isMissing(brace: PolicyToken): boolean {
  return brace.image === "";
}

/** Occurrence index of a statement's own keyword; the elements count from 0, Chevrotain allows up to 255. */
const leadIndex = 255;

/** What went wrong, as facts; problems.ts makes the message. */
export type ParseProblem =
  | { readonly kind: "expected"; readonly statement: StatementDraft; readonly option: string | undefined; readonly wanted: string; readonly found: PolicyToken; readonly previous: PolicyToken }
  | { readonly kind: "unknown-statement"; readonly block: BlockSpec; readonly after: StatementDraft | undefined; readonly found: PolicyToken; readonly previous: PolicyToken; readonly next: PolicyToken }
  | { readonly kind: "unclosed"; readonly statement: StatementDraft; readonly open: PolicyToken; readonly end: number }
  | { readonly kind: "minus"; readonly token: PolicyToken }
  | { readonly kind: "long-expression"; readonly token: PolicyToken };

export class PolicyParser extends EmbeddedActionsParser {
  /** True while Chevrotain records the grammar: actions must not run then. */
  recording = true;
  problems: ParseProblem[] = [];
  /** What the next token must be, in words, and the option it belongs to. */
  wanted = "";
  optionWord: string | undefined;
  fields: Field[] = [];
  pendingWord: Range | undefined;
  statement!: StatementDraft;
  block!: BlockDraft;
  last!: PolicyToken;
  /** How many rules of list items there are, for their names. */
  itemRules = 0;
  readonly values: ValueRules;
  readonly quickValues: QuickValues;
  private readonly blockRules = new Map<BlockSpec, ParserMethod<[], void>>();
  private readonly statementRules = new Map<StatementSpec, ParserMethod<[], void>>();
  readonly declaration: ParserMethod<[], void>;

  /** `validations`: Chevrotain's own checks of the grammar, which need a newer Node than we support and are run by a test. */
  constructor({ validations = "skip" }: { readonly validations?: "skip" | "run" } = {}) {
    super([...t.vocabulary], { recoveryEnabled: false, maxLookahead: 2, nodeLocationTracking: "none", skipValidations: validations === "skip" });
    this.values = installValueRules(this);
    this.quickValues = quickValuesOf(this);
    this.defineBlock(fileBlock);
    const alternatives = fileBlock.statements.map((spec, index): IOrAlt<unknown> => ({ ALT: () => this.subrule(index, this.ruleOf(spec)) }));
    this.declaration = this.RULE("declaration", () => {
      if (this.recording) this.or(0, alternatives);
      else this.readDeclaration();
    });
    this.performSelfAnalysis();
    this.recording = false;
  }

  /** Parses the tokens of one declaration into `block`. */
  parseDeclaration(tokens: PolicyToken[], end: PolicyToken, into: BlockDraft): void {
    this.input = tokens;
    this.last = end;
    this.block = into;
    this.declaration();
  }

  private readDeclaration(): void {
    const spec = blockInfo(fileBlock).statements.get(this.LA(1).image);
    if (spec === undefined) return;
    this.guarded(spec, this.block);
    this.skipRest(this.block);
  }

  // --- what the grammar's actions use -------------------------------------------------------------------------------------------------

  next(): PolicyToken {
    const token = this.LA(1) as PolicyToken;
    return this.isEnd(token) ? this.last : token;
  }

  /** The token so many places ahead; 1 is the next. */
  peek(ahead: number): PolicyToken {
    return this.LA(ahead) as PolicyToken;
  }

  previous(): PolicyToken {
    return this.LA(0) as PolicyToken;
  }

  take(index: number, type: TokenType): PolicyToken {
    return this.consume(index, type) as PolicyToken;
  }

  /** Takes the next token, whose type the caller has looked at. */
  skip(): PolicyToken {
    const token = this.LA(1) as PolicyToken;
    this.SKIP_TOKEN();
    return token;
  }

  push(label: string, value: Value | undefined, element?: ValueElement): void {
    if (this.recording) return;
    this.fields.push({ label, word: this.pendingWord, value, element });
    this.pendingWord = undefined;
  }

  beginOption(keyword: string, word: Range): void {
    this.pendingWord = word;
    this.optionWord = keyword;
    this.statement.options.push({ keyword, range: word });
  }

  endOption(): void {
    this.optionWord = undefined;
    this.pendingWord = undefined;
  }

  /** Chevrotain calls these two where no alternative fits, and where a token is not the one that is due. */
  raiseNoAltException(): never {
    throw syntaxError;
  }

  consumeInternalError(): never {
    throw syntaxError;
  }

  // --- grammar from the constructs ----------------------------------------------------------------------------------------------------

  private ruleOf(spec: StatementSpec): ParserMethod<[], void> {
    const rule = this.statementRules.get(spec);
    if (rule === undefined) throw new Error(`no rule for ${spec.keyword}`);
    return rule;
  }

  private defineBlock(spec: BlockSpec): ParserMethod<[], void> {
    const known = this.blockRules.get(spec);
    if (known !== undefined) return known;
    for (const statement of spec.statements) this.defineStatement(spec, statement);
    if (spec === fileBlock) return this.declaration;
    const alternatives = spec.statements.map((statement, index): IOrAlt<unknown> => ({ ALT: () => this.subrule(index, this.ruleOf(statement)) }));
    const rule = this.RULE(`block ${spec.name} ${this.blockRules.size}`, () => {
      const open = this.take(0, t.LBrace);
      if (this.recording) this.many(0, () => this.or(0, alternatives));
      else this.readBlock(spec, open);
      if (this.recording) this.take(1, t.RBrace);
    });
    this.blockRules.set(spec, rule);
    return rule;
  }

  private defineStatement(parent: BlockSpec, spec: StatementSpec): void {
    if (this.statementRules.has(spec)) return;
    const body = compileStatement(this, spec, (inner) => this.defineBlock(inner));
    const lead = spec.lead === undefined ? t.keyword(spec.keyword).type : undefined;
    this.statementRules.set(spec, this.RULE(`${parent.name} ${spec.keyword} ${this.statementRules.size}`, () => {
      if (lead !== undefined) this.take(leadIndex, lead);
      body();
    }));
  }

  // --- reading blocks, with recovery --------------------------------------------------------------------------------------------------

  private readBlock(spec: BlockSpec, open: PolicyToken): void {
    const owner = this.statement;
    const outerBlock = this.block;
    const outerFields = this.fields;
    const draft: BlockDraft = { spec, range: rangeOf(open), closed: false, statements: [] };
    owner.block = draft as Block;
    this.block = draft;
    if (isMissing(open)) {
      owner.broken = true;
      this.problems.push({ kind: "expected", statement: owner, option: undefined, wanted: "`{`", found: this.next(), previous: open });
    }
    const { statements, stringLead, nameLead } = blockInfo(spec);
    for (;;) {
      const token = this.LA(1) as PolicyToken;
      if (token.tokenType === t.RBrace) {
        this.SKIP_TOKEN();
        draft.closed = !isMissing(token);
        draft.range = { start: open.startOffset, end: token.endOffset + 1 };
        if (isMissing(token)) this.problems.push({ kind: "unclosed", statement: owner, open, end: token.startOffset });
        break;
      }
      if (this.isEnd(token)) {
        draft.range = { start: open.startOffset, end: Math.max(open.endOffset, this.previous().endOffset) + 1 };
        this.problems.push({ kind: "unclosed", statement: owner, open, end: draft.range.end });
        break;
      }
      const statement = token.tokenType === t.StringLiteralToken ? stringLead : statements.get(token.image) ?? (isNameToken(token) ? nameLead : undefined);
      if (statement === undefined) {
        const last = draft.statements.at(-1);
        const after = last !== undefined && !token.lineStart && !last.broken ? last : undefined;
        this.problems.push({ kind: "unknown-statement", block: spec, after, found: token, previous: this.previous(), next: this.LA(2) as PolicyToken });
        // What follows the word is lost to the statement, so it says less than was written.
        if (after !== undefined) after.broken = true;
        this.resync(draft, "behind");
      } else this.guarded(statement, draft);
    }
    this.block = outerBlock;
    this.fields = outerFields;
    this.statement = owner;
  }

  /** Reads a statement; an error is noted and costs the rest of this statement. */
  private guarded(spec: StatementSpec, draft: BlockDraft): void {
    const first = this.LA(1) as PolicyToken;
    const outer = this.statement;
    const place = rangeOf(first);
    const statement: StatementDraft = {
      type: "statement", spec, keyword: place, fields: [], options: [], block: undefined, documentation: undefined, broken: false, range: place, firstToken: first,
    };
    draft.statements.push(statement);
    this.statement = statement;
    this.fields = statement.fields;
    this.pendingWord = undefined;
    this.optionWord = undefined;
    try {
      this.subrule(0, this.ruleOf(spec));
    } catch (error) {
      if (!isRecognitionException(error as Error)) throw error;
      statement.broken = true;
      this.problems.push({
        kind: "expected", statement, option: this.optionWord, wanted: this.wanted, found: this.next(), previous: this.previous(),
      });
      this.resync(draft, this.peek(1) === first ? "behind" : "at");
    }
    statement.range = { start: first.startOffset, end: Math.max(first.endOffset, this.previous().endOffset) + 1 };
    this.statement = outer;
  }

  /**
   * Skips to the next statement of the open block, its closing brace, or the end; nested braces are skipped whole. `at`: the next token may
   * be that statement already; `behind`: it was refused and is passed over.
   */
  private resync(draft: BlockDraft, from: "at" | "behind"): void {
    const { statements } = blockInfo(draft.spec);
    let depth = 0;
    if (from === "behind") {
      if ((this.LA(1) as PolicyToken).tokenType === t.LBrace) depth++;
      this.SKIP_TOKEN();
    }
    for (;;) {
      const token = this.LA(1) as PolicyToken;
      if (this.isEnd(token)) return;
      if (depth === 0) {
        if (token.tokenType === t.RBrace || token.lineStart) return;
        if (statements.has(token.image) && token.tokenType !== t.StringLiteralToken) return;
      }
      if (token.tokenType === t.LBrace) depth++;
      else if (token.tokenType === t.RBrace) depth--;
      this.SKIP_TOKEN();
    }
  }

  private skipRest(into: BlockDraft): void {
    const found = this.LA(1) as PolicyToken;
    if (this.isEnd(found)) return;
    const statement = into.statements.at(-1);
    if (statement?.broken === false) {
      this.problems.push({ kind: "unknown-statement", block: into.spec, after: statement, found, previous: this.previous(), next: this.LA(2) as PolicyToken });
    }
    while (!this.isEnd(this.LA(1) as PolicyToken)) this.SKIP_TOKEN();
  }

  private isEnd(token: PolicyToken): boolean {
    return token.image === "" && token.tokenType.name === "EOF";
  }
}
