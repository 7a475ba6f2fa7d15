/**
 * Short pieces of a text, each kept once: the same numbers and names stand in a policy over and over, and a string for each of them is most of
 * what the lexer leaves to the garbage collector.
 */

const slots = 2048;
const longest = 8;
const known: string[] = Array.from<string>({ length: slots }).fill("");

/** What stands from `start` to `end`. */
export function sharedText(text: string, start: number, end: number): string {
  const length = end - start;
  if (length > longest) return text.slice(start, end);
  let hash = length;
  for (let i = start; i < end; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  const slot = (hash ^ (hash >>> 11)) & (slots - 1);
  const found = known[slot] as string;
  if (found.length === length) {
    let same = 0;
    while (same < length && found.charCodeAt(same) === text.charCodeAt(start + same)) same++;
    if (same === length) return found;
  }
  return (known[slot] = text.slice(start, end));
}
