/** The pieces of a text that the lexer's loop does not read itself: addresses, unusual numbers, punctuation, and what is no part of the language. */
import type { TokenType } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import { classAt, digit, letter } from "./characters.ts";
import { readNumber } from "./numbers.ts";
import { removal } from "./remedies.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

/** The text that is read, and what is told of it. */
export interface OddPieces {
  readonly file: string;
  readonly text: string;
  readonly problems: Diagnostic[];
  /** Where the last run of host characters without a port ended: it need not be walked again from its middle. */
  noHostBefore: number;
}

const unixPattern = /unix:[A-Za-z0-9._/-]+/y;
const bracketPattern = /\[[^[\]\s"{}]*\](?::\d*)?/y;
const singleQuotedPattern = /'[^'\r\n]{0,1000}'/y;
const junkPattern = /[^\s\w"{}()[\],=+\-*/.<>#$;:]+/y;

const punctuation: ReadonlyMap<string, TokenType> = new Map([
  ["(", t.LParen], [")", t.RParen], ["+", t.Plus], ["-", t.Minus], ["*", t.Star], ["=", t.keyword("=").type], ["<", t.ComparisonToken], [">", t.ComparisonToken],
]);

const adviceOn: ReadonlyMap<string, string> = new Map([
  [";", "statements need no terminator, remove it"],
  [":", "a value follows its keyword directly, remove it"],
  ["'", "strings are written in double quotes"],
  ["%", "a share is written without a space, such as `70%`"],
]);

function match(pattern: RegExp, text: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0];
}

/** The address that the word from `start` to `end` begins, with `:` or `.` behind it; undefined where it is a word. */
export function readAddress(text: string, start: number, end: number): string | undefined {
  const address = text.charCodeAt(start) === 117 ? match(unixPattern, text, start) : undefined;
  const host = address ?? text.slice(start, addressEnd(text, end));
  return host.length > end - start ? host : undefined;
}

/** A word that goes on behind a `:` or a `.` is meant as an address, right or wrong: the end of it. */
function addressEnd(text: string, nameEnd: number): number {
  let end = nameEnd;
  for (;;) {
    const code = text.charCodeAt(end);
    const next = classAt(text, end + 1);
    if (code === 58 || code === 46) {
      if (next !== letter && next !== digit) return end;
    } else if (classAt(text, end) === 0) return end;
    end++;
  }
}

/** A number of any shape, right or wrong, or a host and port that begin with a digit. */
export function readOddNumber(odd: OddPieces, start: number, lineStart: boolean): PolicyToken {
  const { file, text } = odd;
  const { image, problem, type, value } = readNumber(text, start);
  const next = classAt(text, start + image.length);
  const host = problem !== undefined || (next !== 0 && text.charCodeAt(start + image.length + 1) !== 46) ? numericHost(odd, start) : undefined;
  if (host !== undefined) return t.createPolicyToken(t.AddressToken, host, start, lineStart);
  if (problem !== undefined) {
    const range = { start, end: start + image.length };
    odd.problems.push(report(problems.badNumber, { file, range }, { text: image, advice: problem.advice }, {
      fixes: problem.replacements.map((replacement) => ({ title: `Write ${replacement}`, file, edits: [{ range, text: replacement }] })),
    }));
  }
  return t.createPolicyToken(type, image, start, lineStart, value);
}

/** `host:port` with at least one letter, where a digit stands first. */
function numericHost(odd: OddPieces, start: number): string | undefined {
  if (start < odd.noHostBefore) return undefined;
  const { text } = odd;
  let end = start;
  let seen = 0;
  for (let kind = classAt(text, end); kind !== 0; kind = classAt(text, ++end)) seen |= kind;
  let after = end + 1;
  while (classAt(text, after) === digit) after++;
  if ((seen & letter) !== 0 && text.charCodeAt(end) === 58 && after > end + 1 && classAt(text, after) === 0 && text.charCodeAt(after) !== 58) return text.slice(start, after);
  odd.noHostBefore = end;
  return undefined;
}

/** What begins with none of the frequent characters: a token, or where the text goes on behind what is left out of it. */
export function readOther(odd: OddPieces, start: number, lineStart: boolean): PolicyToken | number {
  const { file, text } = odd;
  const character = text[start] ?? "";
  if (character === ".") {
    if (text.charCodeAt(start + 1) === 46) return t.createPolicyToken(t.DotDot, "..", start, lineStart);
    if (classAt(text, start + 1) === digit) return readOddNumber(odd, start, lineStart);
  }
  const address = character === "[" ? match(bracketPattern, text, start) : undefined;
  if (address !== undefined) return t.createPolicyToken(t.AddressToken, address, start, lineStart);
  if ((character === "<" || character === ">") && text.charCodeAt(start + 1) === 61) return t.createPolicyToken(t.ComparisonToken, `${character}=`, start, lineStart);
  const type = punctuation.get(character);
  if (type !== undefined) return t.createPolicyToken(type, character, start, lineStart);
  if (character === "'") {
    const quoted = match(singleQuotedPattern, text, start);
    if (quoted !== undefined) {
      const range = { start, end: start + quoted.length };
      odd.problems.push(report(problems.badCharacter, { file, range }, { text: shortened(quoted), advice: "strings are written in double quotes" }, {
        fixes: [{ title: "Write double quotes", file, edits: [{ range, text: `"${quoted.slice(1, -1).replaceAll(/["\\]/g, "\\$&")}"` }] }],
      }));
      return t.createPolicyToken(t.StringLiteralToken, quoted, start, lineStart);
    }
  }
  // Anything else is named once and left out, so that the rest of the statement is still read.
  let end = start + 1;
  while (text[end] === character) end++;
  const junk = match(junkPattern, text, start) ?? text.slice(start, end);
  const range = { start, end: start + junk.length };
  const shown = shortened(junk);
  odd.problems.push(report(problems.badCharacter, { file, range }, { text: shown, advice: adviceOn.get(character) ?? "remove it" }, {
    fixes: [removal(file, text, range, shown)],
  }));
  return range.end;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
