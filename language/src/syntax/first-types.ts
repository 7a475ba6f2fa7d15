/** Which tokens an element of a statement may begin with: tables by which the parser decides with one look, where one token is enough. */
import { Alternation, NonTerminal, Option, Repetition, Terminal } from "chevrotain";
import type { IProduction, Rule, TokenType } from "chevrotain";
import type { Element, ValueElement } from "./spec.ts";
import * as t from "./tokens.ts";
import { indexOf } from "./type-tables.ts";

export interface First {
  /** Indexes of token types, those of their categories' members among them. */
  readonly types: ReadonlySet<number>;
  /** True where it may be left out. */
  readonly isOptional: boolean;
}

const nothing: First = { types: new Set(), isOptional: true };

/** What a sequence may begin with; `ofValue` knows the values. */
export function firstOf(elements: readonly Element[], ofValue: (element: ValueElement) => First): First {
  return sequence(elements, (element): First => {
    switch (element.type) {
      case "word": return due([t.keyword(element.word).type]);
      case "enum": return due(element.words.map((word) => t.keyword(word).type));
      case "value": return ofValue(element);
      case "optional": return { types: firstOf(element.elements, ofValue).types, isOptional: true };
      case "choice": return oneOf(element.alternatives.map((alternative) => firstOf(alternative, ofValue)));
      case "options": return { types: due(element.options.map((option) => t.keyword(option.keyword).type)).types, isOptional: true };
      case "list": return firstOf(element.item, ofValue);
      case "block": return due([t.LBrace]);
    }
  });
}

/** What a rule of the recorded grammar may begin with. */
export function firstOfRule(rule: Rule | undefined): First {
  return rule === undefined ? nothing : sequence(rule.definition, firstOfProduction);
}

function firstOfProduction(production: IProduction): First {
  if (production instanceof Terminal) return due([production.terminalType]);
  if (production instanceof NonTerminal) return firstOfRule(production.referencedRule);
  const { definition } = production as unknown as { readonly definition: IProduction[] };
  if (production instanceof Alternation) return oneOf(definition.map(firstOfProduction));
  const whole = sequence(definition, firstOfProduction);
  return production instanceof Option || production instanceof Repetition ? { ...whole, isOptional: true } : whole;
}

/** Looks no further than to the first part that must stand: behind it a rule may come back to itself. */
function sequence<T>(parts: readonly T[], of: (part: T) => First): First {
  const types = new Set<number>();
  for (const part of parts) {
    const first = of(part);
    for (const type of first.types) types.add(type);
    if (!first.isOptional) return { types, isOptional: false };
  }
  return { types, isOptional: true };
}

function oneOf(parts: readonly First[]): First {
  return { types: new Set(parts.flatMap(({ types }) => [...types])), isOptional: parts.some((part) => part.isOptional) };
}

function due(types: readonly TokenType[]): First {
  return { types: new Set(types.flatMap((type) => [indexOf(type), ...(type.categoryMatches ?? [])])), isOptional: false };
}

export function areDisjoint(sets: readonly ReadonlySet<number>[]): boolean {
  return new Set(sets.flatMap((set) => [...set])).size === sets.reduce((sum, set) => sum + set.size, 0);
}
