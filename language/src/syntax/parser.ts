/**
 * The Chevrotain parser, built from the constructs. It parses one declaration's tokens at a time. Recovery is its own: Chevrotain's would
 * return nothing for an unfinished statement, so statements are pushed when they begin, filled as they are read, and an error costs the rest
 * of its own statement only.
 */
import { EmbeddedActionsParser, EOF, isRecognitionException, MismatchedTokenException } from "chevrotain";
import type { IOrAlt, ParserMethod, TokenType } from "chevrotain";
import type { Range } from "../text/range.ts";
import { fileBlock } from "./constructs/index.ts";
import type { BlockDraft, ParseProblem, StatementDraft } from "./drafts.ts";
import { firstOf, firstOfRule } from "./first-types.ts";
import type { First } from "./first-types.ts";
import { compileStatement, ruleNameOf } from "./grammar.ts";
import { meantBlock } from "./headless.ts";
import { Pile } from "./pile.ts";
import { quickValuesOf } from "./quick-values.ts";
import type { QuickValues } from "./quick-values.ts";
import type { BlockSpec, Element, StatementSpec, ValueElement } from "./spec.ts";
import { blockInfo } from "./block-info.ts";
import { isNameToken, rangeOf } from "./token-place.ts";
import { tableOf, wordTable } from "./type-tables.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Block, Field, OptionUse, Value } from "./tree.ts";
import type { BlockRules, StatementRule } from "./statement-rules.ts";
import { installValueRules } from "./values.ts";
import type { ValueRules } from "./values.ts";
import { innerWords } from "./words.ts";

/**
 * What every syntax error throws. Chevrotain would compute all that was expected, by walking the grammar, and record a stack of calls for each;
 * our messages come from `wanted`, and 20,000 errors must not take seconds.
 */
const syntaxError = new MismatchedTokenException("", t.endToken(0), t.endToken(0));

/** A brace that structure.ts read where one must have been. */
function isMissing(brace: PolicyToken): boolean {
  return brace.image === "";
}

const none: readonly never[] = [];

/** Occurrence index of a statement's own keyword; the elements count from 0, Chevrotain allows up to 255. */
const leadIndex = 255;

/** A brace is looked for so many tokens behind what is wrong with a head: a line may hold a whole file. */
const longestHead = 16;

export class PolicyParser extends EmbeddedActionsParser {
  /** True while Chevrotain records the grammar: actions must not run then. */
  recording = true;
  problems: ParseProblem[] = [];
  /** What the next token must be, in words, and the option it belongs to. */
  wanted = "";
  optionWord: string | undefined;
  /** Of the open statements and items, the innermost last. */
  readonly fields = new Pile<Field>();
  private readonly options = new Pile<OptionUse>();
  private readonly statements = new Pile<StatementDraft>();
  pendingWord: Range | undefined;
  statement!: StatementDraft;
  last!: PolicyToken;
  /** How many rules of list items there are, for their names. */
  itemRules = 0;
  readonly values: ValueRules;
  readonly quickValues: QuickValues;
  private readonly blockRules = new Map<BlockSpec, ParserMethod<[], void>>();
  private readonly statementRules = new Map<StatementSpec, StatementRule>();
  /** What is made of the recorded grammar. */
  private readonly whenRecorded: (() => void)[] = [];
  private readonly rulesOfBlocks = new Map<BlockSpec, BlockRules>();
  private declarations: BlockRules = { byType: [], nameLead: undefined, nested: new Map() };
  readonly declaration: ParserMethod<[], void>;

  /** `validations`: Chevrotain's own checks of the grammar, which need a newer Node than we support and are run by a test. */
  constructor({ validations = "skip" }: { readonly validations?: "skip" | "run" } = {}) {
    super([...t.vocabulary], { recoveryEnabled: false, maxLookahead: 2, nodeLocationTracking: "none", skipValidations: validations === "skip" });
    this.values = installValueRules(this);
    this.quickValues = quickValuesOf(this);
    this.defineBlock(fileBlock);
    const alternatives = fileBlock.statements.map((spec, index): IOrAlt<unknown> => ({ ALT: () => this.subrule(index, this.ruleOf(spec).rule) }));
    this.declaration = this.RULE("declaration", () => {
      if (this.recording) this.or(0, alternatives);
      else this.readDeclaration();
    });
    this.performSelfAnalysis();
    for (const action of this.whenRecorded) action();
    this.declarations = this.rulesOf(fileBlock);
    this.recording = false;
  }

  /** Parses the tokens of one declaration into `block`. */
  parseDeclaration(tokens: PolicyToken[], end: PolicyToken, into: BlockDraft): void {
    this.input = tokens;
    this.last = end;
    this.declaration();
    for (const statement of this.statements.taken(0)) into.statements.push(statement);
  }

  private readDeclaration(): void {
    const rule = this.declarations.byType[this.peek(1).tokenTypeIdx];
    if (rule === undefined) return;
    this.guarded(rule, this.declarations);
    this.skipRest();
  }

  // --- what the grammar's actions use -------------------------------------------------------------------------------------------------

  next(): PolicyToken {
    const token = this.LA(1) as PolicyToken;
    return token.tokenType === EOF ? this.last : token;
  }

  /** The token so many places ahead, at most 3; 1 is the next. */
  peek(ahead: number): PolicyToken {
    return this.LA_FAST(ahead) as PolicyToken;
  }

  previous(): PolicyToken {
    return this.LA(0) as PolicyToken;
  }

  /** Takes the next token, which must be of a type or of its category. */
  take(index: number, type: TokenType): PolicyToken {
    if (this.recording) return this.consume(index, type) as PolicyToken;
    const token = this.LA_FAST(1) as PolicyToken;
    if (token.tokenTypeIdx !== type.tokenTypeIdx && type.categoryMatchesMap?.[token.tokenTypeIdx] !== true) throw syntaxError;
    this.SKIP_TOKEN();
    return token;
  }

  /** Takes the next token, whose type the caller has looked at. */
  skip(): PolicyToken {
    const token = this.LA_FAST(1) as PolicyToken;
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
    this.options.push({ keyword, range: word });
  }

  endOption(): void {
    this.optionWord = undefined;
    this.pendingWord = undefined;
  }

  /** Nothing of what is due stands here. */
  refuse(): never {
    throw syntaxError;
  }

  /** Chevrotain calls these two where no alternative fits, and where a token is not the one that is due. */
  raiseNoAltException(): never {
    throw syntaxError;
  }

  consumeInternalError(): never {
    throw syntaxError;
  }

  /** Runs when the grammar has been recorded, before anything is parsed. */
  afterRecording(action: () => void): void {
    this.whenRecorded.push(action);
  }

  /** What elements may begin with; known after recording. */
  first(elements: readonly Element[], spec: StatementSpec): First {
    const rules = this.getGAstProductions();
    return firstOf(elements, (element) => firstOfRule(rules[(this.values[ruleNameOf(spec, element)] as unknown as { readonly ruleName: string }).ruleName]));
  }

  // --- grammar from the constructs ----------------------------------------------------------------------------------------------------

  private ruleOf(spec: StatementSpec): StatementRule {
    const rule = this.statementRules.get(spec);
    if (rule === undefined) throw new Error(`no rule for ${spec.keyword}`);
    return rule;
  }

  private rulesOf(spec: BlockSpec): BlockRules {
    const known = this.rulesOfBlocks.get(spec);
    if (known !== undefined) return known;
    const { statements, stringLead, nameLead, nested } = blockInfo(spec);
    const words = wordTable([...statements].map(([word, statement]) => [t.keyword(word), this.ruleOf(statement)] as const));
    const strings = tableOf(stringLead === undefined ? [] : [[[t.StringLiteralToken.tokenTypeIdx ?? 0], this.ruleOf(stringLead)] as const]);
    const rules: BlockRules = { byType: words.map((rule, index) => rule ?? strings[index]), nameLead: nameLead === undefined ? undefined : this.ruleOf(nameLead), nested };
    this.rulesOfBlocks.set(spec, rules);
    return rules;
  }

  private defineBlock(spec: BlockSpec): ParserMethod<[], void> {
    const known = this.blockRules.get(spec);
    if (known !== undefined) return known;
    for (const statement of spec.statements) this.defineStatement(spec, statement);
    if (spec === fileBlock) return this.declaration;
    const alternatives = spec.statements.map((statement, index): IOrAlt<unknown> => ({ ALT: () => this.subrule(index, this.ruleOf(statement).rule) }));
    let rules: BlockRules | undefined;
    const rule = this.RULE(`block ${spec.name} ${this.blockRules.size}`, () => {
      const open = this.take(0, t.LBrace);
      if (this.recording) this.many(0, () => this.or(0, alternatives));
      else this.readBlock(spec, (rules ??= this.rulesOf(spec)), open);
      if (this.recording) this.take(1, t.RBrace);
    });
    this.blockRules.set(spec, rule);
    return rule;
  }

  private defineStatement(parent: BlockSpec, spec: StatementSpec): void {
    if (this.statementRules.has(spec)) return;
    const body = compileStatement(this, spec, (inner) => this.defineBlock(inner));
    const lead = spec.lead === undefined ? t.keyword(spec.keyword).type : undefined;
    const rule = this.RULE(`${parent.name} ${spec.keyword} ${this.statementRules.size}`, () => {
      if (lead !== undefined) this.take(leadIndex, lead);
      body.run();
    });
    const entry: StatementRule = { spec, rule, direct: undefined, follows: undefined, inner: new Set(innerWords(spec.elements)) };
    this.statementRules.set(spec, entry);
    this.afterRecording(() => {
      const { types, isOptional } = this.first(spec.elements, spec);
      entry.follows = isOptional ? undefined : types;
      if (body.decidesAlone()) entry.direct = lead === undefined ? body.run : () => {
        this.SKIP_TOKEN();
        body.run();
      };
    });
  }

  // --- reading blocks, with recovery --------------------------------------------------------------------------------------------------

  private readBlock(spec: BlockSpec, rules: BlockRules, open: PolicyToken): void {
    const owner = this.statement;
    const base = this.statements.size;
    const draft: BlockDraft = { spec, range: rangeOf(open), closed: false, damaged: false, statements: [] };
    owner.block = draft as Block;
    if (isMissing(open)) {
      owner.broken = true;
      this.problems.push({ kind: "expected", statement: owner, option: undefined, wanted: "`{`", found: this.next(), previous: open });
    }
    for (;;) {
      const token = this.peek(1);
      if (token.tokenType === t.RBrace) {
        this.SKIP_TOKEN();
        draft.closed = !isMissing(token);
        draft.range = { start: open.startOffset, end: token.endOffset + 1 };
        if (isMissing(token)) this.problems.push({ kind: "unclosed", statement: owner, open, end: token.startOffset });
        break;
      }
      const rule = rules.byType[token.tokenTypeIdx] ?? (rules.nameLead !== undefined && isNameToken(token) ? rules.nameLead : undefined);
      if (rule !== undefined) {
        this.guarded(rule, rules);
        continue;
      }
      if (token.tokenType === EOF) {
        draft.range = { start: open.startOffset, end: Math.max(open.endOffset, this.previous().endOffset) + 1 };
        this.problems.push({ kind: "unclosed", statement: owner, open, end: draft.range.end });
        break;
      }
      const last = this.statements.size > base ? this.statements.last() : undefined;
      const after = last !== undefined && !token.lineStart && !last.broken ? last : undefined;
      this.problems.push({ kind: "unknown-statement", block: spec, after, found: token, previous: this.previous(), next: this.peek(2) });
      // What follows the word is lost to the statement, so it says less than was written.
      if (after === undefined) draft.damaged = true;
      else after.broken = true;
      if (!this.readHeadlessBlock(rules)) this.resync(rules, "behind", after?.spec);
    }
    draft.statements = this.statements.taken(base) as StatementDraft[];
    this.statement = owner;
  }

  /** Reads a statement; an error is noted and costs the rest of this statement. */
  private guarded(rule: StatementRule, parent: BlockRules): void {
    const first = this.peek(1);
    const outer = this.statement;
    const place = rangeOf(first);
    const statement: StatementDraft = {
      type: "statement", spec: rule.spec, keyword: place, fields: none, options: none, block: undefined, documentation: undefined, broken: false, range: place,
    };
    this.statements.push(statement);
    this.statement = statement;
    const fields = this.fields.size;
    const options = this.options.size;
    this.pendingWord = undefined;
    this.optionWord = undefined;
    try {
      if (rule.direct === undefined) this.subrule(0, rule.rule);
      else rule.direct();
    } catch (error) {
      if (!isRecognitionException(error as Error)) throw error;
      statement.broken = true;
      this.problems.push({
        kind: "expected", statement, option: this.optionWord, wanted: this.wanted, found: this.next(), previous: this.previous(),
      });
      if (!this.readLostBlock(parent, statement)) this.resync(parent, this.peek(1) === first ? "behind" : "at", rule.spec);
    }
    if (this.fields.size > fields) statement.fields = this.fields.taken(fields);
    if (this.options.size > options) statement.options = this.options.taken(options);
    statement.range = { start: first.startOffset, end: Math.max(first.endOffset, this.previous().endOffset) + 1 };
    this.statement = outer;
  }

  /** Where the head of a statement is broken, its block is read all the same. True where there is one on the same line. */
  private readLostBlock(parent: BlockRules, statement: StatementDraft): boolean {
    if (statement.block !== undefined || parent.nested.size === 0) return false;
    for (let ahead = 1; ahead <= longestHead; ahead++) {
      const token = this.LA(ahead) as PolicyToken;
      if (token.tokenType === EOF || token.tokenType === t.RBrace || token.lineStart) return false;
      if (token.tokenType !== t.LBrace) continue;
      const spec = parent.nested.get((this.LA(ahead - 1) as PolicyToken).image) ?? parent.nested.get(statement.spec.keyword);
      if (spec === undefined) return false;
      for (let skipped = 1; skipped < ahead; skipped++) this.SKIP_TOKEN();
      this.statement = statement;
      this.readBlock(spec, this.rulesOf(spec), this.skip());
      return true;
    }
    return false;
  }

  /** `workload` is wrong or missing and its brace is there: what stands in the block tells what was meant. True where it was read. */
  private readHeadlessBlock(rules: BlockRules): boolean {
    if (rules.nested.size === 0) return false;
    let brace = 1;
    while (brace <= 3 && this.LA(brace).tokenType !== t.LBrace) {
      brace++;
      if ((this.LA(brace) as PolicyToken).lineStart) return false;
    }
    if (brace > 3) return false;
    const word = meantBlock(rules.nested, (ahead) => this.LA(brace + ahead) as PolicyToken);
    const block = word === undefined ? undefined : rules.nested.get(word);
    const rule = word === undefined ? undefined : rules.byType[t.keyword(word).type.tokenTypeIdx ?? 0];
    if (block === undefined || rule === undefined) return false;
    const first = this.peek(1);
    const place = { start: first.startOffset, end: brace === 1 ? first.startOffset : first.endOffset + 1 };
    const statement: StatementDraft = { type: "statement", spec: rule.spec, keyword: place, fields: none, options: none, block: undefined, documentation: undefined, broken: true, range: place };
    this.statements.push(statement);
    const outer = this.statement;
    this.statement = statement;
    for (let skipped = 1; skipped < brace; skipped++) this.SKIP_TOKEN();
    this.readBlock(block, this.rulesOf(block), this.skip());
    statement.range = { start: place.start, end: this.previous().endOffset + 1 };
    this.statement = outer;
    return true;
  }

  /**
   * Skips to the next statement of the open block, its closing brace, or the end; nested braces are skipped whole. `at`: the next token may
   * be that statement already; `behind`: it was refused and is passed over.
   */
  private resync(rules: BlockRules, from: "at" | "behind", broken: StatementSpec | undefined): void {
    let depth = 0;
    if (from === "behind") {
      if ((this.LA(1) as PolicyToken).tokenType === t.LBrace) depth++;
      this.SKIP_TOKEN();
    }
    for (;;) {
      const token = this.LA(1) as PolicyToken;
      if (token.tokenType === EOF) return;
      if (depth === 0 && (token.tokenType === t.RBrace || token.lineStart || this.beginsAnother(rules.byType[token.tokenTypeIdx], broken))) return;
      if (token.tokenType === t.LBrace) depth++;
      else if (token.tokenType === t.RBrace) depth--;
      this.SKIP_TOKEN();
    }
  }

  /** True where a word in the middle of a line begins a statement, and is no word of the one that is broken: `timeout 1s` of a check. */
  private beginsAnother(rule: StatementRule | undefined, broken: StatementSpec | undefined): boolean {
    if (rule === undefined) return false;
    const next = this.peek(2);
    if (rule.follows !== undefined && !rule.follows.has(next.tokenTypeIdx)) return false;
    return broken === undefined || next.tokenType === t.LBrace || !this.ruleOf(broken).inner.has(rule.spec.keyword);
  }

  private skipRest(): void {
    const found = this.peek(1);
    if (found.tokenType === EOF) return;
    const statement = this.statements.last();
    if (statement?.broken === false) {
      this.problems.push({ kind: "unknown-statement", block: fileBlock, after: statement, found, previous: this.previous(), next: this.peek(2) });
    }
    while (this.peek(1).tokenType !== EOF) this.SKIP_TOKEN();
  }
}
