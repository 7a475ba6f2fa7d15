/** Fixes for what users of other tools write. */
import type { QuickFix } from "../diagnostics/diagnostic.ts";
import type { Range } from "../text/range.ts";
import { nearest } from "./nearest.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

/** Takes a piece of text away, with the white space that it leaves doubled; where it holds two words apart, a space takes its place. */
export function removal(file: string, text: string, range: Range, shown = text.slice(range.start, range.end)): QuickFix {
  let { start } = range;
  const isSpace = (index: number): boolean => /^[ \t]$/.test(text[index] ?? "");
  const isWord = (index: number): boolean => /^[\w"]$/.test(text[index] ?? "");
  if (isSpace(range.start - 1) && (isSpace(range.end) || /^[\r\n]?$/.test(text[range.end] ?? ""))) while (isSpace(start - 1)) start--;
  const joins = isWord(range.start - 1) && isWord(range.end) && !(/\d/.test(text[range.start - 1] ?? "") && /\d/.test(text[range.end] ?? ""));
  return { title: `Remove ${shown}`, file, edits: [{ range: { start, end: range.end }, text: joins ? " " : "" }] };
}

const switches: ReadonlyMap<string, string> = new Map([["true", "on"], ["yes", "on"], ["enabled", "on"], ["false", "off"], ["no", "off"], ["disabled", "off"], ["none", "off"]]);

/** What was probably meant where `wanted` is due and `found` stands. */
export function expectedFixes(file: string, text: string, wanted: string, found: PolicyToken, range: Range): readonly QuickFix[] {
  const fix = (by: string, at: Range = range): readonly QuickFix[] => [{ title: `Write ${by.trim()}`, file, edits: [{ range: at, text: by }] }];
  const words = [...wanted.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
  const isMissing = range.start === range.end;
  if (words.length === 1 && wanted === `\`${words[0]}\``) return fix(` ${words[0]}`, { start: previousEnd(text, range.start), end: previousEnd(text, range.start) });
  if (isMissing) return [];
  if (wanted.startsWith("one of <") && found.image === "=") return fix("<=");
  const word = found.tokenType === t.StringLiteralToken ? (found.decoded ?? "") : found.image;
  const meant = words.includes(word) ? word : words.includes("on") ? switches.get(word.toLowerCase()) : undefined;
  const near = meant ?? (/^[A-Za-z]/.test(word) ? nearest(word, words) : undefined);
  if (near !== undefined) return fix(near);
  const days = wanted.startsWith("days") ? daysMeant(word) : undefined;
  if (days !== undefined) return fix(days);
  if (found.tokenType === t.StringLiteralToken) return wanted.startsWith("an address") && /^[\w.:[\]/-]+:\d+$/.test(word) ? fix(word) : [];
  // A name alone may be a word of the next statement; one with a dot, a digit or a slash is none.
  const isText = /"|double quotes/.test(wanted) && /^[\w.:/-]*[.\d/][\w.:/-]*$/.test(word) && !/[\r\n]/.test(text.slice(previousEnd(text, range.start), range.start));
  const bare = bareText(text, found);
  if (bare === undefined && isText) return fix(`"${word}"`);
  return bare !== undefined && wanted.includes('"') ? fix(`"${bare}"`, { start: range.start, end: range.start + bare.length }) : [];
}

const dayNames: ReadonlyMap<string, string> = new Map([
  ["monday", "mon"], ["tuesday", "tue"], ["tues", "tue"], ["wednesday", "wed"], ["thursday", "thu"], ["thur", "thu"], ["thurs", "thu"], ["friday", "fri"], ["saturday", "sat"], ["sunday", "sun"],
  ["weekday", "mon-fri"], ["weekdays", "mon-fri"], ["weekend", "sat, sun"], ["weekends", "sat, sun"], ["everyday", "daily"], ["day", "daily"], ["all", "daily"], ["always", "daily"],
]);

/** `Mon-Fri`, `monday-friday`, `weekdays`, as the language says them. */
function daysMeant(word: string): string | undefined {
  const short = word.toLowerCase().split("-").map((part) => dayNames.get(part) ?? part).join("-");
  return short !== word && /^(?:(?:mon|tue|wed|thu|fri|sat|sun)(?:-(?:mon|tue|wed|thu|fri|sat|sun))?|sat, sun|daily)$/.test(short) ? short : undefined;
}

/** `/healthz` without its quotes. */
export function bareText(text: string, found: PolicyToken): string | undefined {
  if (found.tokenType !== t.Slash) return undefined;
  return /^\/[^\s{}"\\]*/.exec(text.slice(found.startOffset, found.startOffset + 200))?.[0];
}

function previousEnd(text: string, from: number): number {
  let end = from;
  while (end > 0 && /\s/.test(text[end - 1] ?? "")) end--;
  return end;
}
