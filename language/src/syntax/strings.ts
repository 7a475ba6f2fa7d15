import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";

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

/** Reads the string whose opening quote stands at `start`; it ends at its closing quote, or at `lineEnd`. */
export function readString(file: string, text: string, start: number, lineEnd: number): StringReading {
  const found: Diagnostic[] = [];
  const complain = (from: number, to: number, make: (range: { start: number; end: number }) => Diagnostic): void => {
    found.push(make({ start: from, end: to }));
  };
  let value = "";
  let i = start + 1;
  while (i < lineEnd) {
    const character = text[i] ?? "";
    if (character === '"') return { image: text.slice(start, i + 1), value: found.length > 0 ? undefined : value, problems: found };
    if (character === "\\") {
      const next = text[i + 1] ?? "";
      const unicode = next === "u" ? /^\\u\{([0-9A-Fa-f]{1,6})\}/.exec(text.slice(i, Math.min(lineEnd, i + 12))) : null;
      if ((next === '"' || next === "\\") && i + 1 < lineEnd) {
        value += next;
        i += 2;
      } else if (unicode !== null && Number.parseInt(unicode[1] ?? "", 16) <= 0x10_ff_ff) {
        const codePoint = Number.parseInt(unicode[1] ?? "", 16);
        if (isRefusedCharacter(codePoint)) {
          complain(i, i + unicode[0].length, (range) => report(problems.controlCharacter, { file, range }, { codePoint: hex(codePoint) }));
        } else value += String.fromCodePoint(codePoint);
        i += unicode[0].length;
      } else {
        const end = Math.min(lineEnd, i + 2);
        complain(i, end, (range) => report(problems.badEscape, { file, range }, { escape: text.slice(i, end) }, {
          fixes: [{ title: "Write \\\\", file, edits: [{ range: { start: i, end: i + 1 }, text: "\\\\" }] }],
        }));
        i += 1;
      }
      continue;
    }
    const codePoint = text.codePointAt(i) ?? 0;
    const length = codePoint > 0xff_ff ? 2 : 1;
    if (isRefusedCharacter(codePoint)) {
      complain(i, i + length, (range) => report(problems.controlCharacter, { file, range }, { codePoint: hex(codePoint) }));
    } else value += text.slice(i, i + length);
    i += length;
  }
  complain(start, lineEnd, (range) => report(problems.unclosedString, { file, range }, {}, {
    fixes: [{ title: 'Close the string with "', file, edits: [{ range: { start: lineEnd, end: lineEnd }, text: '"' }] }],
  }));
  return { image: text.slice(start, lineEnd), value: undefined, problems: found };
}

function hex(codePoint: number): string {
  return codePoint.toString(16).toUpperCase().padStart(4, "0");
}
