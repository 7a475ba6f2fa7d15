/** What all parts of the HAProxy compiler share. */
import { unsayableName } from "../../diagnostics/targets-balancers.ts";
import type { Origin, Policy } from "../../model/policy.ts";
import type { HaproxyTarget } from "../../model/target.ts";
import type { NameSource } from "../emit/names.ts";
import type { Parity } from "../emit/parity.ts";
import type { CompileOptions } from "../emit/place.ts";
import { placeOf } from "../emit/place.ts";
import type { Section } from "./sections.ts";
import type { HaproxyWord, Sample } from "./words.ts";
import { isSampleArgument, sample, word, words } from "./words.ts";

export interface HaproxyContext {
  readonly policy: Policy;
  readonly target: HaproxyTarget;
  readonly parity: Parity;
  readonly options: CompileOptions;
  /** Names of sections. Generated ones hold a dot, which no name of a policy has. */
  readonly sectionNames: NameSource;
  /** `HAProxy 2.6`, as messages name it. */
  readonly program: string;
  /** Sections that frontends ask for: tables of limits, caches, the backend that answers 404. By what asked. */
  readonly shared: Map<string, Section>;
}

/** A condition: terms that must all hold. Each is an acl's name, its negation, or an anonymous one in braces. */
export type Condition = readonly HaproxyWord[];

export const always: Condition = [];

export function place(context: HaproxyContext, origin: Origin): string {
  return placeOf(origin, context.options);
}

/** ` if …`, or nothing where the condition always holds. */
export function when(condition: Condition): readonly HaproxyWord[] {
  return condition.length === 0 ? [] : [word("if"), ...condition];
}

export function not(name: string): HaproxyWord {
  return word(`!${name}`);
}

/** `{ … }` of fixed words and samples; never of a policy's text. */
export function anonymous(text: string): Condition {
  return [word("{"), ...words(text), word("}")];
}

/** A sample that takes a name of the policy; names that it cannot carry are refused. */
export function namedSample(context: HaproxyContext, fetch: string, name: string, origin: Origin, converters: readonly string[] = []): Sample {
  if (!isSampleArgument(name)) {
    context.parity.refuse(unsayableName, origin, { program: context.program, name });
    return sample(fetch, ["refused"], converters);
  }
  return sample(fetch, [name], converters);
}

/** `!{ … }`: that it does not hold. */
export function unlessAnonymous(text: string): Condition {
  return [word("!{"), ...words(text), word("}")];
}
