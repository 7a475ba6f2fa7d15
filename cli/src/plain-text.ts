/** Text from policies and file names, made safe and measured for a terminal. */

/** Control characters and bidirectional overrides, which could forge or hide what a terminal shows, as `\u{1B}`. */
export function visibleText(text: string): string {
  return text.replace(hidden, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);
}

/** Columns that a code point takes on a terminal: 0, 1 or 2. */
export function columnsOf(character: string): number {
  if (zeroWidth.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x1100) return 1;
  return wide.some(([first, last]) => first <= code && code <= last) || emoji.test(character) ? 2 : 1;
}

/** Columns that a text takes on a terminal. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/** `1 error`, `2 errors`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const hidden = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu;
const zeroWidth = /^(?:\p{Mn}|\p{Me}|\u200d)$/u;
const emoji = /^\p{Emoji_Presentation}$/u;

/** Blocks of East Asian Wide and Fullwidth characters (Unicode TR 11). */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xa000, 0xa4cf], [0xa960, 0xa97c],
  [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe30, 0xfe6f], [0xff01, 0xff60], [0xffe0, 0xffe6], [0x17000, 0x18cff], [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];
