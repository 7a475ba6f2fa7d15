/**
 * Policies that hold every construct, generated from the constructs themselves: a text, and the tree that it must give. What a statement
 * means is not looked at: names need not exist.
 */
import * as fc from "fast-check";
import { fileBlock } from "../../language/src/syntax/constructs/index.ts";
import type { BlockSpec, Element, Option, StatementSpec, ValueKind } from "../../language/src/syntax/spec.ts";

/** As `shapeOf` gives it. */
export interface GeneratedPolicy {
  readonly text: string;
  readonly shape: readonly unknown[];
}

type Draw = fc.GeneratorValue;
interface Printed {
  readonly text: string;
  readonly value: unknown;
}

/** Words that are no keyword, so that they may stand everywhere; some are names of JavaScript's own. */
const plainNames = ["alpha", "beta_2", "gamma-x", "constructor", "toString", "hasOwnProperty", "valueOf", "Z", "n1", "long_name_with_many_parts"];
/** Where only a name can stand, a keyword is one. */
const anyNames = [...plainNames, "weight", "backend", "cpu", "mon-fri", "on", "to", "server", "target", "param", "import"];

const literals: readonly (readonly [string, string, number])[] = [
  ["3", "number", 3], ["0.25", "number", 0.25], ["1_000", "number", 1000], ["70%", "ratio", 0.7], ["250ms", "duration", 0.25], ["5m", "duration", 300], ["1h30m", "duration", 5400], ["200rps", "rate", 200], ["90/m", "rate", 1.5],
  ["8Gi", "size", 8 * 2 ** 30], ["10MB", "size", 1e7], ["$12", "money", 12], ["$2.10/h", "price", 2.1], ["2x", "factor", 2], ["0", "number", 0], ["100%", "ratio", 1],
];

const strings: readonly (readonly [string, string])[] = [
  ['"a"', "a"], ['""', ""], ['"a b"', "a b"], ['"/x/{y}"', "/x/{y}"], ['"// no comment"', "// no comment"], ['"\\""', '"'], ['"\\\\"', "\\"], ['"\\u{1F600}"', "\u{1F600}"], ['"é"', "é"], ['"__proto__"', "__proto__"], ['"$host; }"', "$host; }"],
];

export const generatedPolicy: fc.Arbitrary<GeneratedPolicy> = fc.gen().map((draw) => new Generator(draw).file());

class Generator {
  private readonly draw: Draw;
  private pending = false;

  constructor(draw: Draw) {
    this.draw = draw;
  }

  file(): GeneratedPolicy {
    const count = this.below(5);
    const parts = Array.from({ length: count }, () => this.statement(this.oneOf(fileBlock.statements), 0));
    return { text: parts.map((part) => part.text).join(this.oneOf(["\n", "\n\n", "\r\n", " "])) + this.oneOf(["", "\n"]), shape: parts.map((part) => part.value) };
  }

  private statement(spec: StatementSpec, depth: number): Printed {
    this.pending = false;
    const fields: unknown[] = [];
    let block: unknown;
    const pieces: string[] = spec.lead === undefined ? [spec.keyword] : [];
    const documentation = depth === 0 && this.below(4) === 0 ? "What it is for." : undefined;
    this.elements(spec.elements, pieces, fields, spec, (inner) => {
      const printed = this.block(inner, depth + 1);
      block = printed.value;
      pieces.push(printed.text);
    });
    const separator = (): string => (this.below(12) === 0 ? " /* why */ " : " ".repeat(1 + (this.below(8) === 0 ? 2 : 0)));
    const text = pieces.reduce((line, piece) => line + separator() + piece);
    return { text: (documentation === undefined ? "" : `\n/// ${documentation}\n`) + text, value: { keyword: spec.keyword, broken: false, documentation, fields, block } };
  }

  private block(spec: BlockSpec, depth: number): Printed {
    const seen = new Set<string>();
    const statements: Printed[] = [];
    for (let i = this.below(5); i > 0; i--) {
      const chosen = this.oneOf(spec.statements);
      const printed = this.statement(chosen, depth);
      const { fields } = printed.value as { readonly fields: readonly { readonly label: string; readonly value?: { readonly name?: string } }[] };
      const identity = chosen.keyword === "health" ? `health ${String(fields[0]?.label === "passive")}` : chosen.lead === "name" ? `item ${fields[0]?.value?.name ?? ""}` : chosen.repeatable ? undefined : chosen.keyword;
      if (identity !== undefined && seen.has(identity)) continue;
      if (identity !== undefined) seen.add(identity);
      statements.push(printed);
    }
    const [open, between, close] = this.oneOf([["{ ", "  ", " }"], ["{\n", "\n", "\n}"], ["{\n  ", "\n\t", " // end\n}"], ["{", " ", "}"]] as const);
    return { text: `${open}${statements.map((statement) => statement.text).join(between)}${close}`, value: { closed: true, statements: statements.map((statement) => statement.value) } };
  }

  private elements(elements: readonly Element[], pieces: string[], fields: unknown[], spec: StatementSpec, block: (spec: BlockSpec) => void): void {
    for (const element of elements) this.element(element, pieces, fields, spec, block);
  }

  private element(element: Element, pieces: string[], fields: unknown[], spec: StatementSpec, block: (spec: BlockSpec) => void): void {
    const push = (label: string, value: unknown): void => {
      fields.push({ label, word: this.pending, value });
      this.pending = false;
    };
    switch (element.type) {
      case "word":
        pieces.push(element.word);
        this.pending = true;
        if (element.label !== undefined) push(element.label, undefined);
        return;
      case "enum": {
        const word = this.oneOf(element.words);
        pieces.push(word);
        push(element.label, { type: "atom", kind: "word", text: word });
        return;
      }
      case "value": {
        // A file and a network are never params.
        const isWritten = element.kind === "text" && (spec.lead === "string" || spec.keyword === "import");
        const { text, value } = isWritten ? this.string() : this.value(element.kind);
        pieces.push(text);
        push(element.label, value);
        return;
      }
      case "optional":
        if (this.below(2) === 0) this.elements(element.elements, pieces, fields, spec, block);
        return;
      case "choice": this.elements(this.oneOf(element.alternatives), pieces, fields, spec, block); return;
      case "options": this.options(element.options, pieces, fields, spec, block); return;
      case "list": {
        const word = this.pending;
        const groups: unknown[] = [];
        this.pending = false;
        for (let i = 1 + this.below(3); i > 0; i--) {
          const inner: unknown[] = [];
          const own: string[] = [];
          this.elements(element.item, own, inner, spec, block);
          pieces.push(own.join(" ") + (i > 1 ? "," : ""));
          groups.push({ type: "group", fields: inner });
        }
        fields.push({ label: element.label, word, value: { type: "list", items: groups } });
        return;
      }
      case "block": block(element.block);
    }
  }

  private options(all: readonly Option[], pieces: string[], fields: unknown[], spec: StatementSpec, block: (spec: BlockSpec) => void): void {
    // A bare `timeout` behind a check would be the check's own.
    const chosen = this.draw(fc.shuffledSubarray, [...all], { minLength: spec.keyword === "timeout" ? 1 : 0, maxLength: Math.min(all.length, 4) });
    for (const option of chosen) {
      pieces.push(option.keyword);
      this.pending = true;
      if (option.elements.length === 0) {
        fields.push({ label: option.keyword, word: true, value: undefined });
      } else this.elements(option.elements, pieces, fields, spec, block);
      this.pending = false;
    }
  }

  private value(kind: ValueKind): Printed {
    switch (kind) {
      case "count": case "number": case "ratio": case "duration": case "rate": case "size": case "cpu": case "price": case "factor": case "count-or-share": case "quantity": case "demand": case "metric-expression":
        return this.expression(2);
      case "count-range": case "cpu-range": case "size-range": {
        const low = this.expression(1);
        if (this.below(2) === 0) return { text: low.text, value: { type: "range", low: low.value } };
        const high = this.expression(1);
        return { text: `${low.text}${this.oneOf(["..", " .. "])}${high.text}`, value: { type: "range", low: low.value, high: high.value } };
      }
      case "bare-ratio": case "bare-factor": return this.below(2) === 0 ? this.literal() : this.parenthesized(2);
      case "curve": return this.curve();
      case "text": return this.below(4) === 0 ? this.name(plainNames) : this.string();
      case "texts": return this.list(() => (this.below(3) === 0 ? this.bracketedName() : this.string()), " ");
      case "text-or-quantity": return this.below(2) === 0 ? this.string() : this.expression(2);
      case "name": return this.name(anyNames);
      case "reference": return this.name(plainNames);
      case "method": return this.name(["GET", "POST", "DELETE"]);
      case "column": return this.below(2) === 0 ? this.string() : this.name(plainNames);
      case "address": return this.atom("address", ["10.0.0.1:80", "[2001:db8::1]:80", "api.internal:443", "unix:/run/app.sock", "weight:80", "999.1.1.1:0"]);
      case "port-or-address": return this.below(2) === 0 ? this.atom("address", ["127.0.0.1:80", "[::]:443"]) : this.expression(1);
      case "metric": {
        if (this.below(3) > 0) return this.name(["cpu", "load_factor", ...plainNames]);
        const word = this.oneOf(["external", "custom"]);
        const name = this.string();
        return { text: `${word} ${name.text}`, value: { type: "named-metric", kind: word, name: name.value } };
      }
      case "comparison": return this.atom("operator", ["<", "<=", ">", ">="]);
      case "days": return this.list(() => this.atom("days", ["mon", "sun", "mon-fri", "fri-mon", "daily"]), ", ");
      case "time": return this.atom("time", ["08:00", "23:59:30", "25:00"]);
      case "time-range": return this.atom("time-range", ["08:00-20:00", "22:00-06:00:30", "00:00-24:00"]);
      case "date": return this.below(3) === 0 ? this.name(plainNames) : this.atom("date", ["2026-11-27", "2026-11-27 20:00", "2026-13-45"]);
      case "dates": return this.list(() => (this.below(4) === 0 ? this.bracketedName() : this.atom("date", ["2026-11-27", "2026-12-25"])), ", ");
      case "moment": {
        const form = this.below(3);
        if (form === 0) return this.atom("time", ["08:00", "23:59:30"]);
        if (form === 1) return this.atom("date", ["2026-11-27", "2026-11-27 20:00"]);
        const after = this.expression(1);
        return { text: `+${after.text}`, value: { type: "offset", after: after.value } };
      }
      case "status-range": return this.below(2) === 0 ? this.atom("status-range", ["200-399", "500-599"]) : this.literal();
      case "retry-conditions": return this.list(() => this.oneOf([
        () => this.atom("word", ["error", "timeout"]), () => this.atom("5xx", ["5xx", "4xx"]), (): Printed => ({ text: "503", value: { type: "literal", kind: "number", text: "503", value: 503 } }),
      ])(), ", ");
    }
  }

  private expression(depth: number): Printed {
    const terms = 1 + (depth > 0 ? this.below(3) : 0);
    return this.chain(terms, ["+", "-"], () => this.chain(1 + (depth > 0 && this.below(3) === 0 ? 1 : 0), ["*", "/"], () => this.primary(depth)));
  }

  private chain(count: number, operators: readonly string[], operand: () => Printed): Printed {
    let left = operand();
    for (let i = 1; i < count; i++) {
      const operator = this.oneOf(operators);
      const right = operand();
      left = { text: `${left.text} ${operator} ${right.text}`, value: { type: "binary", operator, left: left.value, right: right.value } };
    }
    return left;
  }

  private primary(depth: number): Printed {
    const form = depth === 0 ? this.below(2) : this.below(5);
    if (form === 0) return this.name(plainNames);
    if (form === 3) return this.parenthesized(depth);
    if (form !== 4) return this.literal();
    const called = this.oneOf(["min", "max", "ceil", "floor", "round", "constructor"]);
    const given = Array.from({ length: 1 + this.below(3) }, () => this.expression(depth - 1));
    return { text: `${called}(${given.map((each) => each.text).join(", ")})`, value: { type: "call", function: called, arguments: given.map((each) => each.value) } };
  }

  private parenthesized(depth: number): Printed {
    const inner = this.expression(depth - 1);
    return { text: `(${inner.text})`, value: { type: "parenthesized", inner: inner.value } };
  }

  private curve(): Printed {
    const first = this.expression(1);
    if (this.below(2) === 0) return { text: first.text, value: { type: "curve", points: [{ seconds: first.value }] } };
    const points = [first, ...Array.from({ length: this.below(3) }, () => this.expression(1))].map((seconds) => ({ seconds, at: this.expression(1) }));
    return { text: points.map(({ seconds, at }) => `${seconds.text} at ${at.text}`).join(", "), value: { type: "curve", points: points.map(({ seconds, at }) => ({ seconds: seconds.value, at: at.value })) } };
  }

  private list(item: () => Printed, separator: string): Printed {
    const items = Array.from({ length: 1 + this.below(3) }, item);
    return { text: items.map((each) => each.text).join(separator), value: { type: "list", items: items.map((each) => each.value) } };
  }

  private literal(): Printed {
    const [text, kind, value] = this.oneOf(literals);
    return { text, value: { type: "literal", kind, text, value } };
  }

  private string(): Printed {
    const [text, value] = this.oneOf(strings);
    return { text, value: { type: "string", value } };
  }

  private name(names: readonly string[]): Printed {
    const name = this.oneOf(names);
    return { text: name, value: { type: "name", name } };
  }

  private bracketedName(): Printed {
    const { text, value } = this.name(anyNames);
    return { text: `(${text})`, value };
  }

  private atom(kind: string, texts: readonly string[]): Printed {
    const text = this.oneOf(texts);
    return { text, value: { type: "atom", kind, text } };
  }

  private below(limit: number): number {
    return this.draw(fc.nat, limit - 1);
  }

  private oneOf<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T;
  }
}
