/** The constructs as grammar rules: each element becomes an action of the parser, made once when the parser is built. */
import type { IOrAlt, ParserMethod, TokenType } from "chevrotain";
import type { PolicyParser } from "./parser.ts";
import { rangeOf } from "./token-place.ts";
import type { BlockSpec, Element, Option, StatementSpec, ValueElement, ValueKind } from "./spec.ts";
import * as t from "./tokens.ts";
import type { Field, Group, Value } from "./tree.ts";
import type { ValueRules } from "./values.ts";
import { innerWords, wantedBy, wordsOf } from "./words.ts";

/** Chevrotain's protected grammar methods, for rules that are defined outside the class body. */
export interface Grammar {
  RULE<T>(name: string, implementation: () => T): ParserMethod<[], T>;
  subrule<T>(index: number, rule: ParserMethod<[], T>): T;
  or<T>(index: number, alternatives: readonly IOrAlt<T>[]): T;
  option<T>(index: number, action: () => T): T | undefined;
  many(index: number, action: (() => void) | { readonly GATE: () => boolean; readonly DEF: () => void }): void;
  atLeastOne(index: number, action: () => void): void;
}

/** The rule of a nested block; the parser defines it when it first meets the block. */
export type DefineBlock = (spec: BlockSpec) => ParserMethod<[], void>;

/** The elements of a statement as one action. Chevrotain tells places of a rule apart by index: they are counted per statement. */
export function compileStatement(p: PolicyParser, spec: StatementSpec, defineBlock: DefineBlock): () => void {
  return new StatementGrammar(p, spec, defineBlock).compile(spec.elements);
}

class StatementGrammar {
  private readonly p: PolicyParser;
  private readonly g: Grammar;
  private readonly spec: StatementSpec;
  private readonly defineBlock: DefineBlock;
  private places = 0;
  private readonly innerWords: ReadonlySet<string>;

  constructor(p: PolicyParser, spec: StatementSpec, defineBlock: DefineBlock) {
    this.p = p;
    this.g = p as unknown as Grammar;
    this.spec = spec;
    this.defineBlock = defineBlock;
    this.innerWords = new Set(innerWords(spec.elements));
  }

  compile(elements: readonly Element[]): () => void {
    const steps = elements.map((element) => this.compileElement(element));
    const [first, second, third] = steps;
    if (first !== undefined && second === undefined) return first;
    if (first !== undefined && second !== undefined && third === undefined) {
      return () => {
        first();
        second();
      };
    }
    return () => {
      for (const step of steps) step();
    };
  }

  private compileElement(element: Element): () => void {
    const { p, g } = this;
    const index = this.places++;
    const wanted = wantedBy(element);
    switch (element.type) {
      case "word": {
        const type = t.keyword(element.word).type;
        const { label } = element;
        return () => {
          p.wanted = wanted;
          const token = p.take(index, type);
          if (p.recording) return;
          p.pendingWord = rangeOf(token);
          if (label !== undefined) p.push(label, undefined);
        };
      }
      case "enum": {
        const alternatives = element.words.map((text): IOrAlt<t.PolicyToken> => {
          const place = this.places++;
          const type = t.keyword(text).type;
          return { ALT: () => p.take(place, type) };
        });
        return () => {
          p.wanted = wanted;
          const token = g.or(index, alternatives);
          if (!p.recording) p.push(element.label, { type: "atom", kind: "word", text: token.image, range: rangeOf(token) });
        };
      }
      case "value": return this.compileValue(element, index);
      case "optional": {
        const inner = this.compile(element.elements);
        return () => g.option(index, inner);
      }
      case "choice": {
        const alternatives = element.alternatives.map((alternative): IOrAlt<void> => ({ ALT: this.compile(alternative) }));
        return () => {
          p.wanted = wanted;
          g.or(index, alternatives);
        };
      }
      case "options": return this.compileOptions(element.options, index);
      case "list": return this.compileList(element, index, wanted);
      case "block": {
        const rule = this.defineBlock(element.block);
        return () => {
          p.wanted = wanted;
          g.subrule(index, rule);
        };
      }
    }
  }

  private compileValue(element: ValueElement, index: number): () => void {
    const { p, g } = this;
    const wanted = wordsOf(element);
    const kind = this.spec.lead === "name" && element.kind === "name" ? "itemName" : ruleNameOf(element.kind);
    const rule = p.values[kind] as ParserMethod<[], Value>;
    const quick = p.quickValues[kind];
    const mayBeName = kind === "text" || kind === "expression" || kind === "range" || kind === "curve";
    return () => {
      p.wanted = wanted;
      // `weight capacity 5rps`: the value is missing, and the word goes on with the statement, for it has a value of its own.
      if (mayBeName && !p.recording && this.innerWords.has(p.peek(1).image) && t.isNameKeyword(p.peek(1).tokenType) && t.beginsValue(p.peek(2).tokenType)) p.take(index, t.Literal);
      const value = (p.recording ? undefined : quick?.()) ?? g.subrule(index, rule);
      p.push(element.label, value, element);
    };
  }

  private compileOptions(list: readonly Option[], index: number): () => void {
    const { p, g } = this;
    const alternatives = list.map((option): IOrAlt<void> => {
      const type: TokenType = t.keyword(option.keyword).type;
      const word = this.places++;
      const inner = this.compile(option.elements);
      const isFlag = option.elements.length === 0;
      return {
        ALT: () => {
          const token = p.take(word, type);
          if (!p.recording) p.beginOption(option.keyword, rangeOf(token));
          if (isFlag) p.push(option.keyword, undefined);
          else inner();
          p.endOption();
        },
      };
    });
    const pick = (): void => {
      g.or(index, alternatives);
    };
    if (this.spec.keyword !== "health") return () => g.many(index, pick);
    // `timeout` of a check and the statement `timeout connect …` are told apart by the next word.
    const gated = { GATE: () => p.recording || !beginsTimeouts(p), DEF: pick };
    return () => g.many(index, gated);
  }

  private compileList(element: Extract<Element, { type: "list" }>, index: number, wanted: string): () => void {
    const { p, g } = this;
    const comma = this.places++;
    const again = this.places++;
    const content = this.compile(element.item);
    // A rule of its own: a list takes its item at two places, and Chevrotain tells the places of a rule apart by index.
    const item = g.RULE(`${this.spec.keyword} item ${p.itemRules++}`, content);
    /** What was read from there on; an empty range where nothing was. */
    const readSince = (start: number): { start: number; end: number } => {
      const end = p.previous().endOffset + 1;
      return { start: Math.min(start, end), end };
    };
    const readItem = (into: Group[], place: number): void => {
      const outer = p.fields;
      const start = p.next().startOffset;
      const group: Group & { fields: Field[]; range: { start: number; end: number } } = { type: "group", fields: [], range: { start, end: start } };
      into.push(group);
      p.fields = group.fields;
      try {
        g.subrule(place, item);
      } finally {
        p.fields = outer;
        group.range = readSince(start);
      }
    };
    let items: Group[] = [];
    const rest = (): void => {
      p.take(comma, t.Comma);
      if (p.recording) g.subrule(again, item);
      else readItem(items, again);
    };
    return () => {
      p.wanted = wanted;
      if (p.recording) {
        g.subrule(index, item);
        g.many(index, rest);
        return;
      }
      const mine: Group[] = [];
      items = mine;
      const start = p.next().startOffset;
      const value = { type: "list" as const, items: mine, range: { start, end: start } };
      p.push(element.label, value);
      try {
        readItem(mine, index);
        g.many(index, rest);
      } finally {
        value.range = readSince(start);
      }
    };
  }
}

function beginsTimeouts(p: PolicyParser): boolean {
  return p.peek(1).image === "timeout" && ["connect", "read", "send", "queue", "idle"].includes(p.peek(2).image);
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
