/**
 * The Chevrotain parser, built from the constructs. It parses one declaration's tokens at a time. Recovery is its own: Chevrotain's would
 * return nothing for an unfinished statement, so statements are pushed when they begin, filled as they are read, and an error costs the rest
 * of its own statement only.
 */
import { EmbeddedActionsParser, isRecognitionException } from "chevrotain";
import type { IOrAlt, ParserMethod, TokenType } from "chevrotain";
import type { Range } from "../text/range.ts";
import { fileBlock } from "./constructs/index.ts";
import type { BlockSpec, Element, Option, StatementSpec, ValueElement, ValueKind } from "./spec.ts";
import { blockInfo } from "./structure.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Block, Expression, Field, Group, StringLiteral, Value } from "./tree.ts";
import { installValueRules } from "./values.ts";
import type { ValueRules } from "./values.ts";
import { wantedBy, wordsOf } from "./words.ts";

/** A statement while it is read. */
export interface StatementDraft {
  type: "statement";
  spec: StatementSpec;
  keyword: Range;
  fields: Field[];
  block?: Block;
  documentation?: string;
  broken: boolean;
  range: Range;
  /** Index of the first token, for the comments before it. */
  firstToken: PolicyToken;
}

export interface BlockDraft {
  spec: BlockSpec;
  range: Range;
  closed: boolean;
  statements: StatementDraft[];
}

/** Occurrence index of a statement's own keyword; the elements count from 0, Chevrotain allows up to 255. */
const leadIndex = 255;

/** What went wrong, as facts; problems.ts makes the message. */
export type ParseProblem =
  | { readonly kind: "expected"; readonly statement: StatementDraft; readonly option: string | undefined; readonly wanted: string; readonly found: PolicyToken; readonly previous: PolicyToken }
  | { readonly kind: "unknown-statement"; readonly block: BlockSpec; readonly after: StatementDraft | undefined; readonly found: PolicyToken }
  | { readonly kind: "unclosed"; readonly statement: StatementDraft; readonly at: PolicyToken }
  | { readonly kind: "minus"; readonly token: PolicyToken };

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
  readonly values: ValueRules;
  private readonly blockRules = new Map<BlockSpec, ParserMethod<[], void>>();
  private readonly statementRules = new Map<StatementSpec, ParserMethod<[], void>>();
  readonly declaration: ParserMethod<[], void>;

  constructor() {
    // Validation needs a newer Node than we support and is done by a test (grammar.test.ts).
    super([...t.vocabulary], { recoveryEnabled: false, maxLookahead: 2, nodeLocationTracking: "none", skipValidations: true });
    this.values = installValueRules(this);
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

  // --- tokens -------------------------------------------------------------------------------------------------------------------------

  next(): PolicyToken {
    const token = this.LA(1) as PolicyToken;
    return Number.isNaN(token.startOffset) || token.startOffset < 0 || token.image === "" ? this.last : token;
  }

  previous(): PolicyToken {
    return this.LA(0) as PolicyToken;
  }

  take(index: number, type: TokenType): PolicyToken {
    return this.consume(index, type) as PolicyToken;
  }

  push(label: string, value: Value | undefined, element?: ValueElement): void {
    if (this.recording) return;
    const word = this.pendingWord;
    this.pendingWord = undefined;
    this.fields.push({ label, ...(word === undefined ? {} : { word }), ...(value === undefined ? {} : { value }), ...(element === undefined ? {} : { element }) });
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
    const rule = this.RULE(`block ${spec.name}${this.blockRules.size}`, () => {
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
    const compiler = { next: 0 };
    const body = this.compile(spec.elements, compiler, spec);
    const lead = spec.lead === undefined ? t.keyword(spec.keyword).type : undefined;
    this.statementRules.set(spec, this.RULE(`${parent.name} ${spec.keyword}${this.statementRules.size}`, () => {
      if (lead !== undefined) {
        const token = this.take(leadIndex, lead);
        if (!this.recording) this.statement.keyword = rangeOf(token);
      }
      body();
    }));
  }

  private compile(elements: readonly Element[], counter: { next: number }, spec: StatementSpec): () => void {
    const steps = elements.map((element) => this.compileElement(element, counter, spec));
    if (steps.length === 1) return steps[0] as () => void;
    return () => {
      for (const step of steps) step();
    };
  }

  private compileElement(element: Element, counter: { next: number }, spec: StatementSpec): () => void {
    const index = counter.next++;
    const wanted = wantedBy(element);
    switch (element.type) {
      case "word": {
        const type = t.keyword(element.word).type;
        const label = element.label;
        return () => {
          this.wanted = wanted;
          const token = this.take(index, type);
          if (this.recording) return;
          this.pendingWord = rangeOf(token);
          if (label !== undefined) this.push(label, undefined);
        };
      }
      case "enum": {
        const alternatives = element.words.map((text): IOrAlt<unknown> => {
          const place = counter.next++;
          const type = t.keyword(text).type;
          return { ALT: () => this.take(place, type) };
        });
        return () => {
          this.wanted = wanted;
          const token = this.or(index, alternatives) as PolicyToken;
          if (!this.recording) this.push(element.label, { type: "atom", kind: "word", text: token.image, range: rangeOf(token) });
        };
      }
      case "value": return this.compileValue(element, index, wordsOf(element));
      case "optional": {
        const inner = this.compile(element.elements, counter, spec);
        return () => this.option(index, inner);
      }
      case "choice": {
        const alternatives = element.alternatives.map((alternative): IOrAlt<unknown> => ({ ALT: this.compile(alternative, counter, spec) }));
        return () => {
          this.wanted = wanted;
          this.or(index, alternatives);
        };
      }
      case "options": return this.compileOptions(element.options, index, counter, spec);
      case "list": {
        const comma = counter.next++;
        const item = this.compile(element.item, counter, spec);
        const readItem = (into: Group[]): void => {
          const outer = this.fields;
          const start = this.next().startOffset;
          const group: Group & { fields: Field[]; range: Range } = { type: "group", fields: [], range: { start, end: start } };
          into.push(group);
          this.fields = group.fields;
          try {
            item();
          } finally {
            this.fields = outer;
            group.range = { start, end: this.previous().endOffset + 1 };
          }
        };
        let items: Group[] = [];
        const rest = (): void => {
          this.take(comma, t.Comma);
          if (this.recording) item();
          else readItem(items);
        };
        return () => {
          this.wanted = wanted;
          if (this.recording) {
            item();
            this.many(index, rest);
            return;
          }
          const mine: Group[] = [];
          items = mine;
          const start = this.next().startOffset;
          const value = { type: "list" as const, items: mine, range: { start, end: start } };
          this.push(element.label, value);
          try {
            readItem(mine);
            this.many(index, rest);
          } finally {
            value.range = { start, end: Math.max(start, this.previous().endOffset + 1) };
          }
        };
      }
      case "block": {
        const rule = this.defineBlock(element.block);
        return () => {
          this.wanted = wanted;
          this.subrule(index, rule);
        };
      }
    }
  }

  private compileValue(element: ValueElement, index: number, wanted: string): () => void {
    const rule = this.values[ruleNameOf(element.kind)];
    return () => {
      this.wanted = wanted;
      const value = this.subrule(index, rule as ParserMethod<[], Value>);
      this.push(element.label, value, element);
    };
  }

  private compileOptions(list: readonly Option[], index: number, counter: { next: number }, spec: StatementSpec): () => void {
    const alternatives = list.map((option): IOrAlt<unknown> => {
      const type = t.keyword(option.keyword).type;
      const word = counter.next++;
      const inner = this.compile(option.elements, counter, spec);
      const isFlag = option.elements.length === 0;
      return {
        ALT: () => {
          const token = this.take(word, type);
          if (!this.recording) {
            this.pendingWord = rangeOf(token);
            this.optionWord = option.keyword;
          }
          if (isFlag) this.push(option.keyword, undefined);
          else inner();
          this.optionWord = undefined;
          this.pendingWord = undefined;
        },
      };
    });
    const pick = (): unknown => this.or(index, alternatives);
    if (spec.keyword !== "health") return () => this.many(index, pick);
    // `timeout` of a check and the statement `timeout connect …` are told apart by the next word.
    const gated = { GATE: () => this.recording || !this.beginsTimeouts(), DEF: pick };
    return () => this.many(index, gated);
  }

  private beginsTimeouts(): boolean {
    return this.LA(1).image === "timeout" && ["connect", "read", "send", "queue", "idle"].includes(this.LA(2).image);
  }

  // --- reading blocks, with recovery --------------------------------------------------------------------------------------------------

  private readBlock(spec: BlockSpec, open: PolicyToken): void {
    const owner = this.statement;
    const outerBlock = this.block;
    const outerFields = this.fields;
    const draft: BlockDraft = { spec, range: { start: open.startOffset, end: open.endOffset + 1 }, closed: false, statements: [] };
    owner.block = draft as Block;
    this.block = draft;
    const { statements } = blockInfo(spec);
    const byLead = spec.statements.filter((statement) => statement.lead !== undefined);
    for (;;) {
      const token = this.LA(1) as PolicyToken;
      if (token.tokenType === t.RBrace) {
        this.SKIP_TOKEN();
        draft.closed = true;
        draft.range = { start: open.startOffset, end: token.endOffset + 1 };
        break;
      }
      if (this.atEnd()) {
        draft.range = { start: open.startOffset, end: Math.max(open.endOffset, this.previous().endOffset) + 1 };
        this.problems.push({ kind: "unclosed", statement: owner, at: open });
        break;
      }
      const statement = token.tokenType === t.StringLiteralToken
        ? byLead.find((candidate) => candidate.lead === "string")
        : statements.get(token.image) ?? (isNameToken(token) ? byLead.find((candidate) => candidate.lead === "name") : undefined);
      if (statement === undefined) {
        const after = draft.statements.at(-1);
        this.problems.push({ kind: "unknown-statement", block: spec, after: after !== undefined && !token.lineStart && !after.broken ? after : undefined, found: token });
        this.resync(draft);
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
    const statement: StatementDraft = { type: "statement", spec, keyword: rangeOf(first), fields: [], broken: false, range: rangeOf(first), firstToken: first };
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
      this.problems.push({ kind: "expected", statement, option: this.optionWord, wanted: this.wanted, found: this.atEnd() ? this.last : (this.LA(1) as PolicyToken), previous: this.previous() });
      this.resync(draft);
    }
    statement.range = { start: first.startOffset, end: Math.max(first.endOffset, this.previous().endOffset) + 1 };
    this.statement = outer;
  }

  /** Skips to the next statement of the open block, its closing brace, or the end. Nested braces are skipped whole. */
  private resync(draft: BlockDraft): void {
    const { statements } = blockInfo(draft.spec);
    let depth = 0;
    let first = true;
    for (;;) {
      const token = this.LA(1) as PolicyToken;
      if (this.atEnd()) return;
      if (depth === 0) {
        if (token.tokenType === t.RBrace) return;
        // The word that was refused is passed over, unless it begins a line or a statement itself.
        const begins = statements.has(token.image) && token.tokenType !== t.StringLiteralToken;
        if (begins && (!first || token.lineStart || this.statement?.broken === true)) return;
        if (token.lineStart && !first) return;
      }
      if (token.tokenType === t.LBrace) depth++;
      else if (token.tokenType === t.RBrace) depth--;
      this.SKIP_TOKEN();
      first = false;
    }
  }

  private skipRest(into: BlockDraft): void {
    if (this.atEnd()) return;
    const found = this.LA(1) as PolicyToken;
    const statement = into.statements.at(-1);
    if (statement?.broken === false) this.problems.push({ kind: "unknown-statement", block: into.spec, after: statement, found });
    while (!this.atEnd()) this.SKIP_TOKEN();
  }

  atEnd(): boolean {
    return this.LA(1).image === "" && this.LA(1).tokenType.name === "EOF";
  }
}

export function rangeOf(token: PolicyToken): Range {
  return { start: token.startOffset, end: token.endOffset + 1 };
}

export function isNameToken(token: PolicyToken): boolean {
  const type = token.tokenType;
  return type === t.Name || type === t.DayRangeToken || (t.keywordText.has(type) && token.image !== "=");
}

function ruleNameOf(kind: ValueKind): keyof ValueRules {
  switch (kind) {
    case "count": case "number": case "ratio": case "duration": case "rate": case "size": case "cpu": case "price": case "factor":
    case "count-or-share": case "quantity": case "demand": case "metric-expression":
      return "expression";
    case "count-range": case "cpu-range": case "size-range":
      return "range";
    case "bare-ratio": case "bare-factor":
      return "bare";
    case "reference": case "name": case "method":
      return "name";
    case "text-or-quantity": return "textOrQuantity";
    case "port-or-address": return "portOrAddress";
    case "time-range": return "timeRange";
    case "status-range": return "statusRange";
    case "retry-conditions": return "retryConditions";
    default: return kind;
  }
}

export type { Expression, StringLiteral };
