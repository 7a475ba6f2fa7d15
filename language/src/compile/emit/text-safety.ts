/**
 * What no target may be asked to carry: control characters (a newline in a header value splits the response in both programs),
 * the Unicode line ends, the byte order mark and half a surrogate pair. compile.md §4.
 */

/** Longest text in UTF-8 bytes: nginx refuses words of 4096 bytes, and quoting may double one. */
export const longestTextBytes = 2000;

/** What is wrong with a text, as a noun phrase; undefined where every target can carry it. */
export function unsayable(text: string): string | undefined {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return `control character U+${hex(unit)}`;
    if (unit === 0x85 || unit === 0x2028 || unit === 0x2029 || unit === 0xfeff) return `character U+${hex(unit)}`;
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const next = text.charCodeAt(i + 1);
      if (unit >= 0xdc00 || !(next >= 0xdc00 && next <= 0xdfff)) return `lone surrogate U+${hex(unit)}`;
      i++;
    }
  }
  if (utf8Length(text) > longestTextBytes) return `part beyond ${longestTextBytes} bytes`;
  return undefined;
}

/** The text on one line, fit for a comment of any target. */
export function commentText(text: string): string {
  let result = "";
  for (const character of text) result += unsayable(character) === undefined ? character : " ";
  return result.trimEnd();
}

/** Length of a well-formed text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function hex(unit: number): string {
  return unit.toString(16).toUpperCase().padStart(4, "0");
}
