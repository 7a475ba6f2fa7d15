/**
 * Text to tokens, in one pass by hand: a number with a wrong unit must become one token and one message, and Chevrotain's own lexer
 * took half again the time of the whole parse. Never throws; what cannot be read is a problem, and a token that lets the parser go on.
 * Linear: no character is looked at more than a fixed number of times. What is rare stands in odd-pieces.ts, so that the loop stays small.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import { plainInString, table } from "./characters.ts";
import { readAddress, readOddNumber, readOther } from "./odd-pieces.ts";
import type { OddPieces } from "./odd-pieces.ts";
import { scanNumber } from "./quick-numbers.ts";
import type { NumberScan } from "./quick-numbers.ts";
import { sharedText } from "./shared-text.ts";
import { readString } from "./strings.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Comment } from "./tree.ts";
import { columnOf, rowBits, wordIn, wordStart, wordSteps } from "./word-table.ts";

export interface LexResult {
  readonly tokens: PolicyToken[];
  readonly comments: Comment[];
  readonly problems: Diagnostic[];
}

const maxNameLength = 63;

/** How a piece begins. */
const begins = { other: 0, blank: 1, line: 2, word: 3, number: 4, string: 5, hash: 6, slash: 7, comma: 8, open: 9, close: 10 } as const;
const beginning = table((character) => {
  if (/[A-Za-z]/.test(character)) return begins.word;
  if (/[\d$]/.test(character)) return begins.number;
  const single: Readonly<Record<string, number>> = {
    " ": begins.blank, "\t": begins.blank, "\n": begins.line, "\r": begins.line, '"': begins.string, "#": begins.hash, "/": begins.slash,
    ",": begins.comma, "{": begins.open, "}": begins.close,
  };
  return single[character] ?? begins.other;
});

export function lex(file: string, text: string): LexResult {
  const lexing = beginLexing(file, text);
  lexOn(lexing, Infinity);
  return { tokens: lexing.tokens, comments: lexing.comments, problems: lexing.odd.problems };
}

/** A text of which a part has been read. */
export interface Lexing {
  readonly text: string;
  /** Whoever parses takes them away. */
  tokens: PolicyToken[];
  readonly comments: Comment[];
  readonly odd: OddPieces;
  /** Where to go on. */
  at: number;
  lineStart: boolean;
}

export function beginLexing(file: string, text: string): Lexing {
  return { text, tokens: [], comments: [], odd: { file, text, problems: [], noHostBefore: 0 }, at: text.charCodeAt(0) === 0xfe_ff ? 1 : 0, lineStart: true };
}

/** Reads on until there are so many tokens, or to the end of the text. */
export function lexOn(lexing: Lexing, count: number): void {
  const { text, tokens, comments, odd } = lexing;
  const { file, problems: found } = odd;
  const number: NumberScan = { type: t.NumberLiteral, end: 0, value: undefined };
  const { length } = text;
  let { at: i, lineStart } = lexing;
  while (i < length && tokens.length < count) {
    const code = text.charCodeAt(i);
    // One place makes the tokens, so that the compiler can make it a part of the loop.
    let type = t.Name;
    let image: string;
    let value: number | undefined;
    let decoded: string | undefined;
    switch (beginning[code]) {
      case begins.blank:
        do i++; while (i < length && text.charCodeAt(i) === 32);
        continue;
      case begins.line:
        lineStart = true;
        i++;
        continue;
      case begins.word: {
        let state = wordSteps[(wordStart << rowBits) | (columnOf[code] as number)] as number;
        let end = i + 1;
        for (; end < length; end++) {
          const column = columnOf[text.charCodeAt(end)] as number;
          if (column === 0) break;
          state = wordSteps[(state << rowBits) | column] as number;
        }
        // `:` and `.` occur in words only as parts of an address
        const after = end < length ? text.charCodeAt(end) : 0;
        const address = after === 58 || after === 46 ? readAddress(text, i, end) : undefined;
        const known = wordIn[state];
        if (address !== undefined) {
          type = t.AddressToken;
          image = address;
        } else if (known !== undefined) {
          ({ type, image } = known);
        } else {
          if (end - i > maxNameLength) found.push(report(problems.nameTooLong, { file, range: { start: i, end } }, { limit: maxNameLength }));
          image = sharedText(text, i, end);
        }
        break;
      }
      case begins.number:
        if (code !== 36 && scanNumber(text, i, number)) {
          ({ type, value } = number);
          image = sharedText(text, i, number.end);
        } else ({ tokenType: type, image, value } = readOddNumber(odd, i, lineStart));
        break;
      case begins.string: {
        // Almost every string is printable ASCII without an escape.
        let end = i + 1;
        while (end < length && plainInString[text.charCodeAt(end)] === 1) end++;
        type = t.StringLiteralToken;
        if (end < length && text.charCodeAt(end) === 34) {
          image = text.slice(i, end + 1);
          decoded = text.slice(i + 1, end);
        } else {
          const string = readString(file, text, i);
          for (const problem of string.problems) found.push(problem);
          ({ image, value: decoded } = string);
        }
        break;
      }
      case begins.comma:
        type = t.Comma;
        image = ",";
        break;
      case begins.open:
        type = t.LBrace;
        image = "{";
        break;
      case begins.close:
        type = t.RBrace;
        image = "}";
        break;
      case begins.hash:
        i = addComment(comments, "hash", i, endOfLine(text, i));
        continue;
      case begins.slash: {
        const next = text.charCodeAt(i + 1);
        if (next === 47) {
          i = addComment(comments, text.charCodeAt(i + 2) === 47 && text.charCodeAt(i + 3) !== 47 ? "doc" : "line", i, endOfLine(text, i));
          continue;
        }
        if (next === 42) {
          i = addComment(comments, "block", i, endOfBlockComment(odd, i));
          continue;
        }
        type = t.Slash;
        image = "/";
        break;
      }
      default: {
        const other = readOther(odd, i, lineStart);
        if (typeof other === "number") {
          i = other;
          continue;
        }
        ({ tokenType: type, image, value } = other);
      }
    }
    tokens.push(t.createPolicyToken(type, image, i, lineStart, value, decoded));
    lineStart = false;
    i += image.length;
  }
  lexing.at = i;
  lexing.lineStart = lineStart;
}

/** Gives the end. */
function addComment(comments: Comment[], kind: Comment["kind"], start: number, end: number): number {
  comments.push({ kind, range: { start, end } });
  return end;
}

function endOfBlockComment({ file, text, problems: found }: OddPieces, start: number): number {
  const close = text.indexOf("*/", start + 2);
  if (close >= 0) return close + 2;
  const end = endOfLine(text, start);
  found.push(report(problems.unclosedComment, { file, range: { start, end: start + 2 } }, {}, {
    fixes: [{ title: "Close the comment at the end of its line", file, edits: [{ range: { start: end, end }, text: " */" }] }],
  }));
  return text.length;
}

function endOfLine(text: string, from: number): number {
  let end = from;
  while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++;
  return end;
}
