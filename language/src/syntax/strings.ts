import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import type { Range } from "../text/range.ts";

export interface StringReading {
  readonly image: string;
  /** Decoded; undefined where a part of it was refused. */
  readonly value: string | undefined;
  readonly problems: readonly Diagnostic[];
}

/** True for what no string of a policy may hold: controls, line separators, a BOM, lone surrogates. */
export function isRefusedCharacter(codePoint: number): boolean {
  return codePoint < 0x20 || (codePoint >= 0x7f && codePoint <= 0x9f) || codePoint === 0x20_28 || codePoint === 0x20_29 || codePoint === 0xfe_ff
    || (codePoint >= 0xd8_00 && codePoint <= 0xdf_ff);
}

/** The first character of a text that no string may hold. */
export function refusedCharacterIn(text: string): number | undefined {
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (isRefusedCharacter(codePoint)) return codePoint;
  }
  return undefined;
}

const nothing: readonly Diagnostic[] = [];

/** Reads the string whose opening quote stands at `start`; it ends at its closing quote, or at the end of its line. */
export function readString(file: string, text: string, start: number): StringReading {
  // Almost every string is printable ASCII without an escape.
  for (let i = start + 1; ; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      const image = text.slice(start, i + 1);
      return { image, value: image.slice(1, -1), problems: nothing };
    }
    if (!(code >= 0x20 && code < 0x7f) || code === 92) return readDifficult(file, text, start);
  }
}

const unicodeEscape = /\\u\{([0-9A-Fa-f]{1,6})\}/y;

function readDifficult(file: string, text: string, start: number): StringReading {
  const found: Diagnostic[] = [];
  const control = (range: Range, codePoint: number): void => {
    found.push(report(problems.controlCharacter, { file, range }, { codePoint: codePoint.toString(16).toUpperCase().padStart(4, "0") }, {
      fixes: [{ title: "Remove the character", file, edits: [{ range, text: "" }] }],
    }));
  };
  let value = "";
  let i = start + 1;
  while (i < text.length) {
    const codePoint = text.codePointAt(i) ?? 0;
    if (codePoint === 10 || codePoint === 13) break;
    if (codePoint === 34) return { image: text.slice(start, i + 1), value: found.length > 0 ? undefined : value, problems: found };
    if (codePoint === 92) {
      const escaped = readEscape(text, i);
      if (escaped === undefined) {
        const end = Math.min(text.length, i + 1 + (/[\r\n]/.test(text[i + 1] ?? "\n") ? 0 : 1));
        found.push(report(problems.badEscape, { file, range: { start: i, end } }, { escape: text.slice(i, end) }, {
          fixes: [{ title: "Write \\\\", file, edits: [{ range: { start: i, end: i + 1 }, text: "\\\\" }] }],
        }));
        i += 1;
        continue;
      }
      if (isRefusedCharacter(escaped.codePoint)) control({ start: i, end: i + escaped.length }, escaped.codePoint);
      else value += String.fromCodePoint(escaped.codePoint);
      i += escaped.length;
      continue;
    }
    const length = codePoint > 0xff_ff ? 2 : 1;
    if (isRefusedCharacter(codePoint)) control({ start: i, end: i + length }, codePoint);
    else value += text.slice(i, i + length);
    i += length;
  }
  found.push(report(problems.unclosedString, { file, range: { start, end: i } }, {}, {
    fixes: [{ title: 'Close the string with "', file, edits: [{ range: { start: i, end: i }, text: '"' }] }],
  }));
  return { image: text.slice(start, i), value: undefined, problems: found };
}

/** `\"`, `\\`, `\u{1F600}`; undefined for every other backslash. */
function readEscape(text: string, at: number): { readonly codePoint: number; readonly length: number } | undefined {
  const next = text.charCodeAt(at + 1);
  if (next === 34 || next === 92) return { codePoint: next, length: 2 };
  unicodeEscape.lastIndex = at;
  const unicode = unicodeEscape.exec(text);
  const codePoint = unicode === null ? Infinity : Number.parseInt(unicode[1] ?? "", 16);
  return unicode !== null && codePoint <= 0x10_ff_ff ? { codePoint, length: unicode[0].length } : undefined;
}
