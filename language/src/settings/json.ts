/** JSON (RFC 8259) with the place of every part, so that a mistake in it can be shown where it is. */
import type { Range } from "../text/range.ts";

export type JsonValue =
  | { readonly type: "object"; readonly members: readonly JsonMember[]; readonly range: Range }
  | { readonly type: "array"; readonly items: readonly JsonValue[]; readonly range: Range }
  | { readonly type: "string"; readonly value: string; readonly range: Range }
  | { readonly type: "number"; readonly value: number; readonly text: string; readonly range: Range }
  | { readonly type: "boolean" | "null"; readonly range: Range };

export interface JsonMember {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: JsonValue;
}

/** The first place where the text is not JSON. */
export interface JsonMistake {
  readonly expected: string;
  /** As it is shown: a quoted excerpt or "the end of the file". */
  readonly found: string;
  readonly range: Range;
}

const maxDepth = 64;

/** Thrown inside this file only. */
class Unreadable extends Error {
  readonly mistake: JsonMistake;
  constructor(mistake: JsonMistake) {
    super(mistake.expected);
    this.mistake = mistake;
  }
}

/** Never throws. */
export function parseJson(text: string): JsonValue | JsonMistake {
  let at = text.startsWith("\uFEFF") ? 1 : 0;

  const fail = (expected: string): never => {
    skip();
    const found = /^(?:[\w.+-]+|"[^"\n\r]*"?|\/[/*]|.)/u.exec(text.slice(at, at + 60))?.[0] ?? "";
    throw new Unreadable({ expected, found: found === "" ? "the end of the file" : `\`${found}\``, range: { start: at, end: at + found.length } });
  };
  const skip = (): void => {
    while (/[ \t\r\n]/.test(text.charAt(at))) at++;
  };
  const takes = (character: string): boolean => {
    skip();
    if (text[at] !== character) return false;
    at++;
    return true;
  };

  const string = (what: string): { readonly value: string; readonly range: Range } => {
    skip();
    const written = /^"(?:[^"\\\r\n]|\\.)*"/.exec(text.slice(at, at + maxString))?.[0];
    const decoded = written === undefined ? undefined : decodedString(written);
    if (written === undefined || decoded === undefined) return fail(what);
    const range = { start: at, end: at + written.length };
    at = range.end;
    return { value: decoded, range };
  };

  const object = (depth: number): JsonValue => {
    const start = at - 1;
    const members: JsonMember[] = [];
    if (takes("}")) return { type: "object", members, range: { start, end: at } };
    do {
      const key = string("a key in double quotes");
      if (!takes(":")) fail("`:`");
      members.push({ key: key.value, keyRange: key.range, value: value(depth + 1) });
    } while (takes(","));
    if (!takes("}")) fail("`,` or `}`");
    return { type: "object", members, range: { start, end: at } };
  };

  const array = (depth: number): JsonValue => {
    const start = at - 1;
    const items: JsonValue[] = [];
    if (takes("]")) return { type: "array", items, range: { start, end: at } };
    do items.push(value(depth + 1)); while (takes(","));
    if (!takes("]")) fail("`,` or `]`");
    return { type: "array", items, range: { start, end: at } };
  };

  const value = (depth: number): JsonValue => {
    skip();
    if (depth > maxDepth) return fail(`less than ${maxDepth} levels`);
    if (text[at] === '"') return { type: "string", ...string("a string that ends on its line") };
    if (takes("{")) return object(depth);
    if (takes("[")) return array(depth);
    const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/.exec(text.slice(at, at + 400))?.[0];
    if (number !== undefined) {
      at += number.length;
      return { type: "number", value: Number(number), text: number, range: { start: at - number.length, end: at } };
    }
    const word = /^(?:true|false|null)(?!\w)/.exec(text.slice(at, at + 6))?.[0];
    if (word === undefined) return fail("a value");
    at += word.length;
    return { type: word === "null" ? "null" : "boolean", range: { start: at - word.length, end: at } };
  };

  try {
    const whole = value(0);
    skip();
    if (at < text.length) fail("the end of the file");
    return whole;
  } catch (error) {
    if (error instanceof Unreadable) return error.mistake;
    throw error;
  }
}

const maxString = 100_000;

/** By the platform's own reader, which knows the escapes and refuses control characters. */
function decodedString(written: string): string | undefined {
  try {
    return JSON.parse(written) as string;
  } catch {
    return undefined;
  }
}
