/** Edits as people and machines make them: words typed, lines taken out, braces unbalanced, comments opened, pieces moved. Random, from a seed. */
import type { Change } from "../../language/src/syntax/pieces.ts";

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const snippets = [
  "{", "}", "}\n", "\n}\n", "(", ")", "\"", "/*", "*/", "//", "#", "///  said of it\n", "\n", "\r\n", "\r", " ", ",", ";", "=", "..", "-", "$2", "5m", "30", "70%", "x", "\u{1F600}", "\uFEFF",
  "backend", "backend x {", "\nbackend x {\n", "\nbackend y {\n  server 10.0.0.9:80\n}\n", "\nstrategy fast {\n  algorithm round_robin\n}\n", "\nparam peak = 3rps\n", "\nparam limit = peak * 2\n",
  "import \"common.lbpolicy\"\n", "\nimport \"common.lbpolicy\"\n", "\nthreshold busy {\n  target load_factor 70%\n}\n", "// lbpolicy-ignore LBP2010: known\n", "\ntarget nginx { version \"1.22\" }\n",
  "\nenvironment prod {\n  peak = 4rps\n}\n", "\nservice extra {\n  listen 81\n  to x\n}\n", "\ntraffic peak {\n  base 1rps\n}\n", "balance fast\n", "on busy", "demand peak\n", "weight 2", "at", "to", "\0",
];

/** The next edit of a text. */
export function randomEdit(text: string, random: () => number): Edit {
  const at = (limit: number): number => Math.floor(random() * (limit + 1));
  const start = at(text.length);
  const kind = random();
  const lineOf = (offset: number): readonly [number, number] => {
    const from = text.lastIndexOf("\n", offset - 1) + 1;
    const to = text.indexOf("\n", offset);
    return [from, to < 0 ? text.length : to + 1];
  };
  if (kind < 0.3) return { start, end: start, text: snippets[at(snippets.length - 1)] as string };
  if (kind < 0.4) return { start, end: Math.min(text.length, start + 1 + at(2)), text: "" };
  if (kind < 0.5) return { start, end: Math.min(text.length, start + at(3)), text: snippets[at(snippets.length - 1)] as string };
  const [from, to] = lineOf(start);
  if (kind < 0.6) return { start: from, end: to, text: "" };
  if (kind < 0.7) return { start: from, end: from, text: text.slice(from, to) };
  if (kind < 0.75) {
    const end = Math.min(text.length, start + at(200));
    return { start, end, text: "" };
  }
  if (kind < 0.82) {
    const [other, otherEnd] = lineOf(at(text.length));
    return { start: from, end: from, text: text.slice(other, Math.min(otherEnd + 120, text.length)) };
  }
  // A word is replaced by another word of the text.
  const words = [...text.matchAll(/[A-Za-z_][\w-]*|\d[\w.%/]*/g)];
  const word = words[at(words.length - 1)];
  const by = words[at(words.length - 1)];
  return word === undefined || by === undefined ? { start, end: start, text: "a" } : { start: word.index, end: word.index + word[0].length, text: by[0] };
}

export function edited(text: string, { start, end, text: by }: Edit): string {
  return text.slice(0, start) + by + text.slice(end);
}

export function changeOf({ start, end, text }: Edit): Change {
  return { start, end, length: text.length };
}
