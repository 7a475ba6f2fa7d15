/** Offsets and the protocol's positions, in the unit that was agreed on: UTF-16 units, bytes of UTF-8 or code points. One process serves one client. */
import type { Position } from "vscode-languageserver/node";
import { positionAt } from "../../language/src/index.ts";
import type { LineMap, Range } from "../../language/src/index.ts";

export type Encoding = "utf-16" | "utf-8" | "utf-32";

const known: readonly Encoding[] = ["utf-16", "utf-8", "utf-32"];
let agreed: Encoding = "utf-16";

/** Takes the client's first choice among those that are known; without one UTF-16, as the protocol has it. */
export function agreeOnEncoding(offered: unknown): Encoding {
  const list: readonly unknown[] = Array.isArray(offered) ? offered : [];
  agreed = list.map((each) => known.find((encoding) => encoding === each)).find((encoding) => encoding !== undefined) ?? "utf-16";
  return agreed;
}

export function agreedEncoding(): Encoding {
  return agreed;
}

export function toPosition(lines: LineMap, offset: number): Position {
  const position = positionAt(lines, offset);
  if (agreed === "utf-16") return position;
  const start = lines.starts[position.line] ?? 0;
  return { line: position.line, character: lengthOf(lines, { start, end: start + position.character }) };
}

/** Characters beyond a line's end give its end; lines beyond the text its end. */
export function fromPosition(lines: LineMap, { line, character }: Position): number {
  const { text } = lines;
  const start = lines.starts[line];
  if (start === undefined) return text.length;
  let end = lines.starts[line + 1] ?? text.length;
  while (end > start && (text[end - 1] === "\n" || text[end - 1] === "\r")) end--;
  if (agreed === "utf-16") return Math.min(start + character, end);
  let left = character;
  let offset = start;
  while (offset < end) {
    const code = text.codePointAt(offset) ?? 0;
    left -= unitsOf(code);
    if (left < 0) break;
    offset += code > 0xff_ff ? 2 : 1;
  }
  return offset;
}

/** Of a part of a text, in the agreed unit. */
export function lengthOf({ text }: LineMap, { start, end }: Range): number {
  if (agreed === "utf-16") return end - start;
  let length = 0;
  for (let i = start; i < end;) {
    const code = text.codePointAt(i) ?? 0;
    length += unitsOf(code);
    i += code > 0xff_ff ? 2 : 1;
  }
  return length;
}

/** A lone surrogate is sent as U+FFFD: three bytes. */
function unitsOf(code: number): number {
  if (agreed === "utf-32") return 1;
  return code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
}
