/**
 * Text to tokens, in one pass by hand: a number with a wrong unit must become one token and one message, and Chevrotain's own lexer
 * took half again the time of the whole parse. Never throws; what cannot be read is a problem, and a token that lets the parser go on.
 * Linear: no character is looked at more than a fixed number of times.
 */
import type { TokenType } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import { readNumber } from "./numbers.ts";
import { removal } from "./remedies.ts";
import { readString } from "./strings.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Comment } from "./tree.ts";

export interface LexResult {
  readonly tokens: PolicyToken[];
  readonly comments: Comment[];
  readonly problems: Diagnostic[];
}

const dayRangePattern = /^(?:mon|tue|wed|thu|fri|sat|sun)-(?:mon|tue|wed|thu|fri|sat|sun)$/;
const unixPattern = /unix:[A-Za-z0-9._/-]+/y;
const bracketPattern = /\[[^[\]\s"{}]*\](?::\d*)?/y;
const singleQuotedPattern = /'[^'\r\n]{0,1000}'/y;
const junkPattern = /[^\s\w"{}()[\],=+\-*/.<>#$;:]+/y;

const punctuation: ReadonlyMap<string, TokenType> = new Map([
  ["{", t.LBrace], ["}", t.RBrace], ["(", t.LParen], [")", t.RParen], [",", t.Comma], ["+", t.Plus], ["-", t.Minus], ["*", t.Star], ["/", t.Slash],
  ["=", t.keyword("=").type], ["<", t.ComparisonToken], [">", t.ComparisonToken],
]);

const adviceOn: ReadonlyMap<string, string> = new Map([
  [";", "statements need no terminator, remove it"],
  [":", "a value follows its keyword directly, remove it"],
  ["'", "strings are written in double quotes"],
  ["%", "a share is written without a space, such as `70%`"],
]);

const maxNameLength = 63;

const letter = 1;
const digit = 2;
/** `_` and `-`: in names, behind the first letter. */
const inName = 4;
const dot = 8;
const classes = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  classes[code] = /[A-Za-z]/.test(character) ? letter : /\d/.test(character) ? digit : /[_-]/.test(character) ? inName : character === "." ? dot : 0;
}

function classAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 128 ? (classes[code] as number) : 0;
}

export function lex(file: string, text: string): LexResult {
  const tokens: PolicyToken[] = [];
  const comments: Comment[] = [];
  const found: Diagnostic[] = [];
  let lineStart = true;
  let i = text.charCodeAt(0) === 0xfe_ff ? 1 : 0;
  /** Where the last run of host characters without a port ended: it need not be walked again from its middle. */
  let noHostBefore = 0;

  const push = (type: TokenType, image: string): PolicyToken => {
    const token = t.createPolicyToken(type, image, i, lineStart);
    tokens.push(token);
    lineStart = false;
    i += image.length;
    return token;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = i;
    return pattern.exec(text)?.[0];
  };

  /** `host:port` with at least one letter, where `i` begins with a digit. */
  const numericHost = (): string | undefined => {
    if (i < noHostBefore) return undefined;
    let end = i;
    let seen = 0;
    for (let kind = classAt(text, end); kind !== 0; kind = classAt(text, ++end)) seen |= kind;
    let after = end + 1;
    while (classAt(text, after) === digit) after++;
    if ((seen & letter) !== 0 && text.charCodeAt(end) === 58 && after > end + 1 && classAt(text, after) === 0 && text.charCodeAt(after) !== 58) return text.slice(i, after);
    noHostBefore = end;
    return undefined;
  };

  /** A word that goes on behind a `:` or a `.` is meant as an address, right or wrong: the end of it. */
  const addressEnd = (nameEnd: number): number => {
    let end = nameEnd;
    for (;;) {
      const code = text.charCodeAt(end);
      const next = classAt(text, end + 1);
      if (code === 58 || code === 46) {
        if (next !== letter && next !== digit) return end;
      } else if (classAt(text, end) === 0) return end;
      end++;
    }
  };

  const readComment = (end: number, kind: Comment["kind"]): void => {
    comments.push({ kind, range: { start: i, end } });
    i = end;
  };

  const readWord = (): void => {
    let end = i + 1;
    for (let kind = classAt(text, end); kind !== 0 && kind !== dot; kind = classAt(text, ++end));
    const after = text.charCodeAt(end);
    // `:` and `.` occur in words only as parts of an address
    if (after === 58 || after === 46) {
      const address = text.charCodeAt(i) === 117 ? match(unixPattern) : undefined;
      const host = address ?? text.slice(i, addressEnd(end));
      if (host.length > end - i) {
        push(t.AddressToken, host);
        return;
      }
    }
    const name = text.slice(i, end);
    const keyword = t.keywords.get(name);
    if (name.length > maxNameLength) found.push(report(problems.nameTooLong, { file, range: { start: i, end } }, { limit: maxNameLength }));
    push(keyword !== undefined ? keyword.asName : name.length === 7 && dayRangePattern.test(name) ? t.DayRangeToken : t.Name, name);
  };

  const readDigits = (): void => {
    const number = readNumber(text, i);
    const next = classAt(text, i + number.image.length);
    const host = number.problem !== undefined || (next !== 0 && text.charCodeAt(i + number.image.length + 1) !== 46) ? numericHost() : undefined;
    if (host !== undefined) {
      push(t.AddressToken, host);
      return;
    }
    const { image, problem } = number;
    if (problem !== undefined) {
      const range = { start: i, end: i + image.length };
      found.push(report(problems.badNumber, { file, range }, { text: image, advice: problem.advice }, {
        fixes: problem.replacements.map((replacement) => ({ title: `Write ${replacement}`, file, edits: [{ range, text: replacement }] })),
      }));
    }
    push(number.type, image).value = number.value;
  };

  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === 32 || code === 9) {
      i++;
    } else if (code === 10 || code === 13) {
      lineStart = true;
      i++;
    } else if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) {
      readWord();
    } else if ((code >= 48 && code <= 57) || code === 36) {
      readDigits();
    } else if (code === 34) {
      const string = readString(file, text, i);
      for (const problem of string.problems) found.push(problem);
      push(t.StringLiteralToken, string.image).decoded = string.value;
    } else if (code === 35) {
      readComment(endOfLine(text, i), "hash");
    } else if (code === 47 && text.charCodeAt(i + 1) === 47) {
      readComment(endOfLine(text, i), text.charCodeAt(i + 2) === 47 && text.charCodeAt(i + 3) !== 47 ? "doc" : "line");
    } else if (code === 47 && text.charCodeAt(i + 1) === 42) {
      const close = text.indexOf("*/", i + 2);
      if (close < 0) {
        found.push(report(problems.unclosedComment, { file, range: { start: i, end: i + 2 } }, {}, {
          fixes: [{ title: "Close the comment at the end of its line", file, edits: [{ range: { start: endOfLine(text, i), end: endOfLine(text, i) }, text: " */" }] }],
        }));
      }
      readComment(close < 0 ? text.length : close + 2, "block");
    } else if (code === 46 && text.charCodeAt(i + 1) === 46) {
      push(t.DotDot, "..");
    } else if (code === 46 && classAt(text, i + 1) === digit) {
      readDigits();
    } else readOther();
  }
  return { tokens, comments, problems: found };

  function readOther(): void {
    const character = text[i] ?? "";
    const address = character === "[" ? match(bracketPattern) : undefined;
    if (address !== undefined) {
      push(t.AddressToken, address);
      return;
    }
    if ((character === "<" || character === ">") && text.charCodeAt(i + 1) === 61) {
      push(t.ComparisonToken, `${character}=`);
      return;
    }
    const type = punctuation.get(character);
    if (type !== undefined) {
      push(type, character);
      return;
    }
    if (character === "'") {
      const quoted = match(singleQuotedPattern);
      if (quoted !== undefined) {
        const range = { start: i, end: i + quoted.length };
        found.push(report(problems.badCharacter, { file, range }, { text: quoted.length > 40 ? `${quoted.slice(0, 37)}…` : quoted, advice: "strings are written in double quotes" }, {
          fixes: [{ title: "Write double quotes", file, edits: [{ range, text: `"${quoted.slice(1, -1).replaceAll(/["\\]/g, "\\$&")}"` }] }],
        }));
        push(t.StringLiteralToken, quoted);
        return;
      }
    }
    // Anything else is named once and left out, so that the rest of the statement is still read.
    let end = i + 1;
    while (text[end] === character) end++;
    const junk = match(junkPattern) ?? text.slice(i, end);
    const range = { start: i, end: i + junk.length };
    const shown = junk.length > 40 ? `${junk.slice(0, 37)}…` : junk;
    found.push(report(problems.badCharacter, { file, range }, { text: shown, advice: adviceOn.get(character) ?? "remove it" }, {
      fixes: [removal(file, text, range, shown)],
    }));
    i += junk.length;
  }
}

function endOfLine(text: string, from: number): number {
  let end = from;
  while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++;
  return end;
}
