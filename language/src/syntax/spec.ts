/**
 * The notation in which every construct of the language is written down once (constructs/*.ts). The parser is built from it, and completion,
 * hover, the reference and the tests read it.
 */

/** What a value is: how it is parsed, which dimension is due, how it is called in messages. */
export type ValueKind =
  // expressions, told apart by the dimension that is due
  | "count" | "number" | "ratio" | "duration" | "rate" | "size" | "cpu" | "price" | "factor" | "count-or-share" | "quantity" | "demand" | "metric-expression"
  // ranges of expressions
  | "count-range" | "cpu-range" | "size-range"
  // a literal or something in parentheses, where no keyword introduces the value
  | "bare-ratio" | "bare-factor"
  | "curve"
  | "text" | "texts" | "text-or-quantity"
  | "name" | "reference"
  | "address" | "port-or-address"
  | "metric" | "comparison"
  | "days" | "time" | "time-range" | "date" | "dates" | "moment"
  | "status-range" | "retry-conditions" | "method" | "column";

/** What a reference may name. */
export type ReferenceKind = "backend" | "strategy" | "metric" | "threshold" | "schedule" | "traffic" | "server" | "param";

/** Inclusive bounds in the canonical unit of the kind's dimension. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** Where a number or a share may stand: the largest share. */
  readonly maxShare?: number;
}

export interface ValueElement extends Bounds {
  readonly type: "value";
  readonly label: string;
  readonly kind: ValueKind;
  readonly refersTo?: ReferenceKind;
  /** Set where the words of the language name the value better than its kind: "a path such as \"/healthz\"". */
  readonly expects?: string;
}

export type Element =
  | { readonly type: "word"; readonly word: string; readonly label?: string }
  | ValueElement
  /** One of some words; the chosen word is the value. */
  | { readonly type: "enum"; readonly label: string; readonly words: readonly string[] }
  | { readonly type: "optional"; readonly elements: readonly Element[] }
  | { readonly type: "choice"; readonly alternatives: readonly (readonly Element[])[] }
  /** In any order, each at most once. */
  | { readonly type: "options"; readonly options: readonly Option[] }
  /** Comma-separated groups. */
  | { readonly type: "list"; readonly label: string; readonly item: readonly Element[] }
  | { readonly type: "block"; readonly block: BlockSpec };

export interface Option {
  readonly keyword: string;
  readonly elements: readonly Element[];
  readonly doc: string;
  readonly default?: string;
}

export interface StatementSpec {
  /** The first word; a statement that begins with a string or a name has `lead`. */
  readonly keyword: string;
  readonly lead?: "string" | "name";
  readonly elements: readonly Element[];
  readonly repeatable: boolean;
  /** How messages call it: "A server". */
  readonly subject: string;
  /** One or two sentences for hover, completion and the reference. */
  readonly doc: string;
  readonly default?: string;
}

export interface BlockSpec {
  readonly name: string;
  readonly statements: readonly StatementSpec[];
}

export function word(text: string): Element {
  return { type: "word", word: text };
}

/** A word that is a value in itself: `backup`. */
export function flag(text: string): Element {
  return { type: "word", word: text, label: text };
}

export function value(kind: ValueKind, label: string, more: Omit<Partial<ValueElement>, "type" | "kind" | "label"> = {}): ValueElement {
  return { type: "value", kind, label, ...more };
}

export function oneOf(label: string, ...words: readonly string[]): Element {
  return { type: "enum", label, words };
}

export function optional(...elements: readonly Element[]): Element {
  return { type: "optional", elements };
}

export function choice(...alternatives: readonly (readonly Element[])[]): Element {
  return { type: "choice", alternatives };
}

export function options(...list: readonly Option[]): Element {
  return { type: "options", options: list };
}

export function list(label: string, ...item: readonly Element[]): Element {
  return { type: "list", label, item };
}

export function block(spec: BlockSpec): Element {
  return { type: "block", block: spec };
}

/** An option of one value whose label is its keyword. */
export function option(keyword: string, kind: ValueKind, doc: string, more: Omit<Partial<ValueElement>, "type" | "kind" | "label"> & { readonly default?: string } = {}): Option {
  const { default: standard, ...rest } = more;
  return { keyword, elements: [value(kind, keyword, rest)], doc, ...(standard === undefined ? {} : { default: standard }) };
}

/** An option that is only its word. */
export function flagOption(keyword: string, doc: string): Option {
  return { keyword, elements: [], doc };
}

export interface StatementExtras {
  readonly repeatable?: boolean;
  readonly subject?: string;
  readonly default?: string;
  readonly lead?: "string" | "name";
}

export function statement(keyword: string, doc: string, elements: readonly Element[], extras: StatementExtras = {}): StatementSpec {
  const article = /^[aeiou]/.test(keyword) ? "An" : "A";
  return {
    keyword,
    elements,
    doc,
    repeatable: extras.repeatable ?? false,
    subject: extras.subject ?? `${article} ${keyword}`,
    ...(extras.default === undefined ? {} : { default: extras.default }),
    ...(extras.lead === undefined ? {} : { lead: extras.lead }),
  };
}
