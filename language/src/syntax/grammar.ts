/** The constructs as grammar rules: each element becomes an action of the parser, made once when the parser is built. */
import type { IOrAlt, ParserMethod, TokenType } from "chevrotain";
import type { PolicyParser } from "./parser.ts";
import { rangeOf } from "./token-place.ts";
import type { BlockSpec, Element, Option, StatementSpec, ValueElement } from "./spec.ts";
import { areDisjoint } from "./first-types.ts";
import { exactly } from "./pile.ts";
import * as t from "./tokens.ts";
import { indexOf, tableOf, wordTable } from "./type-tables.ts";
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

/** A statement as one action. */
export interface StatementBody {
  readonly run: () => void;
  /** True, after recording, where one look at a table settles each of its decisions, without Chevrotain's. */
  readonly decidesAlone: () => boolean;
}

/** Chevrotain tells places of a rule apart by index: they are counted per statement. */
export function compileStatement(p: PolicyParser, spec: StatementSpec, defineBlock: DefineBlock): StatementBody {
  const grammar = new StatementGrammar(p, spec, defineBlock);
  return { run: grammar.compile(spec.elements, []), decidesAlone: () => grammar.decidesAlone };
}

class StatementGrammar {
  /** False once a decision needs more than the next token. */
  decidesAlone = true;
  private readonly p: PolicyParser;
  private readonly g: Grammar;
  private readonly spec: StatementSpec;
  private readonly defineBlock: DefineBlock;
  private places = 0;
  /** Words of the statement that may also be names. */
  private readonly innerWords: readonly (true | undefined)[];

  constructor(p: PolicyParser, spec: StatementSpec, defineBlock: DefineBlock) {
    this.p = p;
    this.g = p as unknown as Grammar;
    this.spec = spec;
    this.defineBlock = defineBlock;
    const words = new Set(innerWords(spec.elements));
    this.innerWords = tableOf([...words].map((word) => t.keyword(word)).filter(({ type, asName }) => type !== asName).map(({ asName }) => [[indexOf(asName)], true as const] as const));
  }

  /** `behind`: the elements that follow in the same rule. */
  compile(elements: readonly Element[], behind: readonly Element[]): () => void {
    const steps = elements.map((element, index) => this.compileElement(element, [...elements.slice(index + 1), ...behind]));
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

  private compileElement(element: Element, behind: readonly Element[]): () => void {
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
        const isDue = wordTable(element.words.map((text) => [t.keyword(text), true as const] as const));
        return () => {
          p.wanted = wanted;
          if (p.recording) g.or(index, alternatives);
          else if (isDue[p.peek(1).tokenTypeIdx] === undefined) p.refuse();
          else {
            const token = p.skip();
            p.push(element.label, { type: "atom", kind: "word", text: token.image, range: rangeOf(token) });
          }
        };
      }
      case "value": return this.compileValue(element, index);
      case "optional": {
        const inner = this.compile(element.elements, behind);
        let begins: readonly (true | undefined)[] | undefined;
        p.afterRecording(() => {
          const { types } = p.first(element.elements, this.spec);
          if (areDisjoint([types, p.first(behind, this.spec).types])) begins = tableOf([[types, true as const]]);
          else this.decidesAlone = false;
        });
        return () => {
          if (begins === undefined) g.option(index, inner);
          else if (begins[p.peek(1).tokenTypeIdx] === true) inner();
        };
      }
      case "choice": {
        const actions = element.alternatives.map((alternative) => this.compile(alternative, behind));
        const alternatives = actions.map((ALT): IOrAlt<void> => ({ ALT }));
        let chosen: readonly ((() => void) | undefined)[] | undefined;
        p.afterRecording(() => {
          const firsts = element.alternatives.map((alternative) => p.first(alternative, this.spec));
          if (areDisjoint(firsts.map(({ types }) => types)) && firsts.every(({ isOptional }) => !isOptional)) chosen = tableOf(firsts.map(({ types }, place) => [types, actions[place] as () => void] as const));
          else this.decidesAlone = false;
        });
        return () => {
          p.wanted = wanted;
          if (chosen === undefined) g.or(index, alternatives);
          else (chosen[p.peek(1).tokenTypeIdx] ?? refuse)();
        };
        function refuse(): void {
          p.refuse();
        }
      }
      case "options": return this.compileOptions(element.options, index, behind);
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
    const { p, g, innerWords: inner } = this;
    const wanted = wordsOf(element);
    const kind = ruleNameOf(this.spec, element);
    const rule = p.values[kind] as ParserMethod<[], Value>;
    const quick = p.quickValues[kind];
    const mayBeName = kind === "text" || kind === "expression" || kind === "range" || kind === "curve" || kind === "portOrAddress";
    const { label } = element;
    return () => {
      p.wanted = wanted;
      if (p.recording) {
        g.subrule(index, rule);
        return;
      }
      // `weight capacity 5rps`: the value is missing, and the word goes on with the statement, for it has a value of its own.
      if (mayBeName && inner[p.peek(1).tokenTypeIdx] === true && (t.beginsValue(p.peek(2).tokenType) || inner[p.peek(2).tokenTypeIdx] === true)) p.refuse();
      p.push(label, quick?.() ?? g.subrule(index, rule), element);
    };
  }

  private compileOptions(list: readonly Option[], index: number, behind: readonly Element[]): () => void {
    const { p, g } = this;
    const actions = list.map((option): (() => void) => {
      const type: TokenType = t.keyword(option.keyword).type;
      const word = this.places++;
      const inner = this.compile(option.elements, []);
      const isFlag = option.elements.length === 0;
      const { keyword } = option;
      return () => {
        const token = p.take(word, type);
        if (!p.recording) p.beginOption(keyword, rangeOf(token));
        if (isFlag) p.push(keyword, undefined);
        else inner();
        p.endOption();
      };
    });
    const alternatives = actions.map((ALT): IOrAlt<void> => ({ ALT }));
    const pick = (): void => {
      g.or(index, alternatives);
    };
    const byWord = wordTable(list.map((option, place) => [t.keyword(option.keyword), actions[place] as () => void] as const));
    p.afterRecording(() => {
      if (!areDisjoint([p.first([{ type: "options", options: list }], this.spec).types, p.first(behind, this.spec).types])) throw new Error(`an option of ${this.spec.keyword} begins like what follows it`);
    });
    // `timeout` of a check and the statement `timeout connect …` are told apart by the next word.
    const isGated = this.spec.keyword === "health";
    return () => {
      if (p.recording) {
        g.many(index, pick);
        return;
      }
      for (;;) {
        const action = byWord[p.peek(1).tokenTypeIdx];
        if (action === undefined || (isGated && beginsTimeouts(p))) return;
        action();
      }
    };
  }

  private compileList(element: Extract<Element, { type: "list" }>, index: number, wanted: string): () => void {
    const { p, g } = this;
    const comma = this.places++;
    const again = this.places++;
    const content = this.compile(element.item, []);
    // A rule of its own: a list takes its item at two places, and Chevrotain tells the places of a rule apart by index.
    const item = g.RULE(`${this.spec.keyword} item ${p.itemRules++}`, content);
    /** What was read from there on; an empty range where nothing was. */
    const readSince = (start: number): { start: number; end: number } => {
      const end = p.previous().endOffset + 1;
      return { start: Math.min(start, end), end };
    };
    const readItem = (into: Group[]): void => {
      const fields = p.fields.size;
      const start = p.next().startOffset;
      const group: { type: "group"; fields: readonly Field[]; range: { start: number; end: number } } = { type: "group", fields: none, range: { start, end: start } };
      into.push(group);
      try {
        if (this.decidesAlone) content();
        else g.subrule(index, item);
      } finally {
        group.fields = p.fields.taken(fields);
        group.range = readSince(start);
      }
    };
    const rest = (): void => {
      p.take(comma, t.Comma);
      g.subrule(again, item);
    };
    return () => {
      p.wanted = wanted;
      if (p.recording) {
        g.subrule(index, item);
        g.many(index, rest);
        return;
      }
      const items: Group[] = [];
      const start = p.next().startOffset;
      const value: { type: "list"; items: readonly Group[]; range: { start: number; end: number } } = { type: "list", items, range: { start, end: start } };
      p.push(element.label, value);
      try {
        readItem(items);
        while (p.peek(1).tokenType === t.Comma) {
          p.skip();
          readItem(items);
        }
      } finally {
        value.items = exactly(items);
        value.range = readSince(start);
      }
    };
  }
}

const none: readonly never[] = [];

function beginsTimeouts(p: PolicyParser): boolean {
  return p.peek(1).image === "timeout" && ["connect", "read", "send", "queue", "idle"].includes(p.peek(2).image);
}

/** The rule of a value in a statement. */
export function ruleNameOf(spec: StatementSpec, { kind }: ValueElement): keyof ValueRules {
  if (spec.lead === "name" && kind === "name") return "itemName";
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
