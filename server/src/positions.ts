/** Offsets and the protocol's positions, in the unit that was agreed on: UTF-16 units, bytes of UTF-8 or code points. */
import type { Position } from "vscode-languageserver/node";
import { positionAt } from "../../language/src/index.ts";
import type { LineMap } from "../../language/src/index.ts";

export type Encoding = "utf-16" | "utf-8" | "utf-32";

/** A text with its lines. */
export interface Located {
  readonly text: string;
  readonly lines: LineMap;
}

/** The client's first choice among those that are known; without a choice UTF-16, as the protocol has it. */
export function agreedEncoding(offered: unknown): Encoding {
  const known: readonly Encoding[] = ["utf-16", "utf-8", "utf-32"];
  const list: readonly unknown[] = Array.isArray(offered) ? offered : [];
  return list.map((each) => known.find((encoding) => encoding === each)).find((encoding) => encoding !== undefined) ?? "utf-16";
}

export function toPosition(encoding: Encoding, { text, lines }: Located, offset: number): Position {
  const position = positionAt(lines, offset);
  if (encoding === "utf-16") return position;
  const start = lines.starts[position.line] ?? 0;
  return { line: position.line, character: lengthIn(encoding, text, start, start + position.character) };
}

/** Characters beyond a line's end give its end; lines beyond the text its end. */
export function toOffset(encoding: Encoding, { text, lines }: Located, { line, character }: Position): number {
  const start = lines.starts[line];
  if (start === undefined) return text.length;
  let end = lines.starts[line + 1] ?? text.length;
  while (end > start && (text[end - 1] === "\n" || text[end - 1] === "\r")) end--;
  if (encoding === "utf-16") return Math.min(start + character, end);
  let left = character;
  let offset = start;
  while (offset < end) {
    const code = text.codePointAt(offset) ?? 0;
    left -= encoding === "utf-32" ? 1 : utf8Length(code);
    if (left < 0) break;
    offset += code > 0xff_ff ? 2 : 1;
  }
  return offset;
}

/** Of a part of a text. */
export function lengthIn(encoding: Encoding, text: string, start: number, end: number): number {
  if (encoding === "utf-16") return end - start;
  let length = 0;
  for (let i = start; i < end;) {
    const code = text.codePointAt(i) ?? 0;
    length += encoding === "utf-32" ? 1 : utf8Length(code);
    i += code > 0xff_ff ? 2 : 1;
  }
  return length;
}

/** A lone surrogate is sent as U+FFFD: three bytes. */
function utf8Length(code: number): number {
  return code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
}
