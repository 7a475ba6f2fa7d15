/**
 * Text that does not read as it is: characters that turn the reading direction, that cannot be seen, and words of letters that look alike in
 * several scripts. Names are ASCII, so they hide in strings and comments only.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import { hiddenText } from "../diagnostics/syntax.ts";
import type { Range } from "../text/range.ts";

/** Unicode's Bidi_Control. */
const turning = "\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069";
/** Default ignorable and blank characters; the joiner and the variation selectors of emoji are looked at where they stand. */
const invisible = "\\u00AD\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180E\\u200B-\\u200D\\u2060-\\u2064\\u206A-\\u206F\\u3164\\uFE00-\\uFE0F\\uFFA0\\uFFF9-\\uFFFB\\u{1D173}-\\u{1D17A}\\u{E0000}-\\u{E0FFF}";
const hidden = new RegExp(`[${turning}${invisible}]`, "gu");
const isTurning = new RegExp(`[${turning}]`, "u");
const emojiBefore = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\u20E3#*0-9]\uFE0F?$/u;
const emojiBehind = /^\p{Extended_Pictographic}/u;

/** Letters of Greek, Cyrillic and others that look like Latin ones. */
const lookalikes = "АВЕЅІЈКМНОРСТУХҮԌԚԜаеорсухіјѕһԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧανοιρυκτγιօսհոԼՏՕ";
const mixed = new RegExp(`[\\p{L}\\p{M}\\p{N}_-]*[${lookalikes}][\\p{L}\\p{M}\\p{N}_-]*`, "gu");
const latin = /\p{Script=Latin}/u;

const suspicious = new RegExp(`[${turning}${invisible}${lookalikes}]`, "u");

/** True where one of the characters occurs that may hide something: nearly every text is done with here. */
export function mayHideText(text: string): boolean {
  return suspicious.test(text);
}

/** Looks through the given pieces of a text: its strings and comments. */
export function hiddenTextIn(file: string, text: string, pieces: Iterable<Range>): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { start, end } of pieces) {
    const piece = text.slice(start, end);
    if (!suspicious.test(piece)) continue;
    for (const match of piece.matchAll(hidden)) {
      const character = match[0];
      if (isPartOfEmoji(piece, match.index, character)) continue;
      const range = { start: start + match.index, end: start + match.index + character.length };
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      found.push(report(hiddenText, { file, range }, { message: isTurning.test(character) ? `U+${code} changes the order in which this is shown: remove it` : `U+${code} cannot be seen: remove it` }, {
        fixes: [{ title: `Remove U+${code}`, file, edits: [{ range, text: "" }] }],
      }));
    }
    for (const match of piece.matchAll(mixed)) {
      if (!latin.test(match[0])) continue;
      found.push(report(hiddenText, { file, range: { start: start + match.index, end: start + match.index + match[0].length } }, {
        message: `\`${match[0].slice(0, 40)}\` mixes letters of several scripts that look alike: write it in one`,
      }));
    }
  }
  return found;
}

/** Joined emoji, and those that ask for their colours. */
function isPartOfEmoji(piece: string, index: number, character: string): boolean {
  if (character === "\uFE0F" || character === "\uFE0E") return emojiBefore.test(piece.slice(Math.max(0, index - 3), index));
  return character === "\u200D" && emojiBefore.test(piece.slice(Math.max(0, index - 4), index)) && emojiBehind.test(piece.slice(index + 1, index + 3));
}
