/** How messages name what is due. */
import type { Element, ReferenceKind, ValueElement, ValueKind } from "./spec.ts";

const kinds: Readonly<Record<Exclude<ValueKind, "reference">, string>> = {
  count: "a whole number such as 3",
  number: "a number such as 0.5",
  ratio: "a share such as 70%",
  duration: "a duration such as 30s",
  rate: "a rate such as 200rps",
  size: "a size such as 512Mi",
  cpu: "a number of cores such as 0.5",
  price: "a price such as $2.10/h",
  factor: "a factor such as 2x",
  "count-or-share": "a whole number or a share such as 10%",
  quantity: "a value such as 70%",
  demand: "a rate such as 1000rps or the name of a traffic",
  "metric-expression": "a built-in metric such as rps",
  "count-range": "a whole number or a range such as 2..10",
  "cpu-range": "cores such as 0.5 or a range such as 0.5..2",
  "size-range": "a size or a range such as 512Mi..1Gi",
  "bare-ratio": "a share such as 20%",
  "bare-factor": "a factor such as 2x",
  curve: "a time such as 250ms, or several such as 200ms at 1, 900ms at 32",
  text: "a string in double quotes",
  texts: "strings in double quotes",
  "text-or-quantity": "a value such as 200rps or a string in double quotes",
  name: "a name",
  address: "an address such as 10.0.0.1:8080",
  "port-or-address": "a port such as 80",
  metric: "a metric such as cpu",
  comparison: "one of <, <=, >, >=",
  days: "days such as mon-fri",
  time: "a time such as 08:00",
  "time-range": "a time of day such as 08:00-20:00",
  date: "a date such as 2026-11-27",
  dates: "dates such as 2026-11-27",
  moment: "a time such as 12:30, a date, or +10m after the start",
  "status-range": "status codes such as 200-399",
  "retry-conditions": "what to retry on, such as error, timeout, 503",
  method: "a method such as GET",
  column: "the name of a column",
};

const references: Readonly<Record<ReferenceKind, string>> = {
  backend: "the name of a backend",
  strategy: "the name of a strategy or an algorithm",
  metric: "the name of a metric",
  threshold: "the name of a threshold",
  schedule: "the name of a schedule",
  traffic: "the name of a traffic",
  server: "the name of a server",
  param: "the name of a param",
};

/** "an address such as 10.0.0.1:8080" */
export function wordsOf(element: ValueElement): string {
  if (element.expects !== undefined) return element.expects;
  return element.kind === "reference" ? references[element.refersTo ?? "param"] : kinds[element.kind];
}

/** "`a`", "`a` or `b`", "one of `a`, `b`, `c`". */
export function oneOfWords(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  if (quoted.length <= 2) return quoted.join(" or ");
  return `one of ${quoted.join(", ")}`;
}

/** What may begin these elements, for messages and completion: words, and descriptions of values. */
export function beginnings(elements: readonly Element[]): { readonly words: readonly string[]; readonly values: readonly string[] } {
  const words: string[] = [];
  const values: string[] = [];
  for (const element of elements) {
    switch (element.type) {
      case "word": words.push(element.word); return { words, values };
      case "enum": words.push(...element.words); return { words, values };
      case "value": values.push(wordsOf(element)); return { words, values };
      case "block": words.push("{"); return { words, values };
      case "list": {
        const inner = beginnings(element.item);
        words.push(...inner.words);
        values.push(...inner.values);
        return { words, values };
      }
      case "choice": {
        for (const alternative of element.alternatives) {
          const inner = beginnings(alternative);
          words.push(...inner.words);
          values.push(...inner.values);
        }
        return { words, values };
      }
      case "options": words.push(...element.options.map((option) => option.keyword)); break;
      case "optional": {
        const inner = beginnings(element.elements);
        words.push(...inner.words);
        values.push(...inner.values);
        break;
      }
    }
  }
  return { words, values };
}

/** What an element wants, in words. */
export function wantedBy(element: Element): string {
  const { words, values } = beginnings([element]);
  const parts = words.length > 0 ? [oneOfWords(words), ...values] : [...values];
  return parts.join(", or ");
}

/** Options of a statement, for "has no option …". */
export function optionWords(elements: readonly Element[]): readonly string[] {
  return elements.flatMap((element): readonly string[] => {
    switch (element.type) {
      case "options": return element.options.map((option) => option.keyword);
      case "optional": return element.elements[0]?.type === "word" ? [element.elements[0].word] : optionWords(element.elements);
      case "choice": return [...new Set(element.alternatives.flatMap(optionWords))];
      default: return [];
    }
  });
}

/** Words that may stand inside a statement, before a value or between two. */
export function innerWords(elements: readonly Element[]): readonly string[] {
  return elements.flatMap((element): readonly string[] => {
    switch (element.type) {
      case "word": return [element.word];
      case "options": return element.options.flatMap((option) => [option.keyword, ...innerWords(option.elements)]);
      case "optional": return innerWords(element.elements);
      case "choice": return element.alternatives.flatMap(innerWords);
      case "list": return innerWords(element.item);
      default: return [];
    }
  });
}
