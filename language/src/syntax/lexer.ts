/**
 * Text to tokens, in one pass by hand: a number with a wrong unit must become one token and one message, and Chevrotain's own lexer
 * took half again the time of the whole parse. Never throws; what cannot be read is a problem, and a token that lets the parser go on.
 */
import type { TokenType } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import type { Comment } from "./tree.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import { readNumber } from "./numbers.ts";
import { readString } from "./strings.ts";

export interface LexResult {
  readonly tokens: PolicyToken[];
  readonly comments: Comment[];
  readonly problems: Diagnostic[];
}

const namePattern = /[A-Za-z][A-Za-z0-9_-]*/y;
const dayRangePattern = /^(?:mon|tue|wed|thu|fri|sat|sun)-(?:mon|tue|wed|thu|fri|sat|sun)$/;
const hostPattern = /(?=[A-Za-z0-9.-]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?:\d+(?![\w.:-])/y;
const unixPattern = /unix:[A-Za-z0-9._/-]+/y;
const bracketPattern = /\[[^\]\s"{}]*\](?::\d*)?/y;
const junkPattern = /[^\s\w"{}()[\],=+\-*/.<>#$;:]+/y;

const punctuation: Readonly<Record<string, TokenType>> = {
  "{": t.LBrace, "}": t.RBrace, "(": t.LParen, ")": t.RParen, ",": t.Comma, "+": t.Plus, "-": t.Minus, "*": t.Star, "/": t.Slash,
  "=": t.keyword("=").type, "<": t.ComparisonToken, ">": t.ComparisonToken,
};

const adviceOn: Readonly<Record<string, string>> = {
  ";": "statements need no terminator, remove it",
  ":": "a value follows its keyword directly, remove it",
  "'": "strings are written in double quotes",
  "&": "remove it", "|": "remove it", "!": "remove it",
};

const maxNameLength = 63;

export function lex(file: string, text: string): LexResult {
  const tokens: PolicyToken[] = [];
  const comments: Comment[] = [];
  const found: Diagnostic[] = [];
  let lineStart = true;
  let i = text.charCodeAt(0) === 0xfe_ff ? 1 : 0;

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
  const endOfLine = (from: number): number => {
    let end = from;
    while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++;
    return end;
  };

  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13) {
      lineStart = true;
      i++;
      continue;
    }
    if (code === 32 || code === 9) {
      i++;
      continue;
    }
    // # and // comments
    if (code === 35 || (code === 47 && text.charCodeAt(i + 1) === 47)) {
      const end = endOfLine(i);
      const doc = code === 47 && text.charCodeAt(i + 2) === 47 && text.charCodeAt(i + 3) !== 47;
      comments.push({ kind: code === 35 ? "hash" : doc ? "doc" : "line", range: { start: i, end } });
      i = end;
      continue;
    }
    if (code === 47 && text.charCodeAt(i + 1) === 42) {
      const close = text.indexOf("*/", i + 2);
      const end = close < 0 ? text.length : close + 2;
      if (close < 0) found.push(report(problems.unclosedComment, { file, range: { start: i, end: i + 2 } }, {}));
      comments.push({ kind: "block", range: { start: i, end } });
      i = end;
      continue;
    }
    if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) {
      const unix = code === 117 ? match(unixPattern) : undefined;
      if (unix !== undefined) {
        push(t.AddressToken, unix);
        continue;
      }
      const name = match(namePattern) ?? text[i] ?? "";
      const after = text.charCodeAt(i + name.length);
      // `:` and `.` occur in words only as parts of a host
      const host = after === 58 || after === 46 ? match(hostPattern) : undefined;
      if (host !== undefined) {
        push(t.AddressToken, host);
        continue;
      }
      const type = t.keywords.get(name)?.asName ?? (dayRangePattern.test(name) ? t.DayRangeToken : t.Name);
      if (name.length > maxNameLength) found.push(report(problems.nameTooLong, { file, range: { start: i, end: i + name.length } }, { limit: maxNameLength }));
      push(type, name);
      continue;
    }
    if ((code >= 48 && code <= 57) || code === 36) {
      const host = code === 36 ? undefined : match(hostPattern);
      const number = readNumber(text, i);
      if (number.problem !== undefined && host !== undefined) {
        push(t.AddressToken, host);
        continue;
      }
      if (number.problem !== undefined) {
        found.push(report(problems.badNumber, { file, range: { start: i, end: i + number.image.length } }, { text: number.image, advice: number.problem.advice }, {
          fixes: number.problem.replacements.map((replacement) => ({
            title: `Write ${replacement}`, file, edits: [{ range: { start: i, end: i + number.image.length }, text: replacement }],
          })),
        }));
      }
      const token = push(number.type, number.image);
      token.value = number.value;
      continue;
    }
    if (code === 34) {
      const string = readString(file, text, i, endOfLine(i));
      found.push(...string.problems);
      const token = push(t.StringLiteralToken, string.image);
      token.decoded = string.value;
      continue;
    }
    if (code === 91) {
      const address = match(bracketPattern);
      if (address !== undefined) {
        push(t.AddressToken, address);
        continue;
      }
    }
    if (code === 46 && text.charCodeAt(i + 1) === 46) {
      push(t.DotDot, "..");
      continue;
    }
    const character = text[i] ?? "";
    if ((character === "<" || character === ">") && text.charCodeAt(i + 1) === 61) {
      push(t.ComparisonToken, `${character}=`);
      continue;
    }
    const type = punctuation[character];
    if (type !== undefined) {
      push(type, character);
      continue;
    }
    // Anything else is named once and left out, so that the rest of the statement is still read.
    const junk = match(junkPattern) ?? character;
    found.push(report(problems.badCharacter, { file, range: { start: i, end: i + junk.length } }, { text: junk, advice: adviceOn[character] ?? "remove it" }, {
      fixes: [{ title: `Remove ${junk}`, file, edits: [{ range: { start: i, end: i + junk.length }, text: "" }] }],
    }));
    i += junk.length;
  }
  return { tokens, comments, problems: found };
}
