import { WrongUsage } from "./terminal.ts";
import { visibleText } from "./plain-text.ts";

const secondsOfUnit: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };

/** Seconds of a duration of the language, from a second up: `90s`, `24h`, `1h30m`. Throws `WrongUsage` for anything else. */
export function durationSeconds(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d{1,9})([wdhms])/gu)];
  const isWhole = parts.map((part) => part[0]).join("") === text;
  const falls = parts.every((part, i) => i === 0 || unitSeconds(parts[i - 1]) > unitSeconds(part));
  const seconds = parts.reduce((sum, part) => sum + Number(part[1]) * unitSeconds(part), 0);
  if (!isWhole || !falls || seconds <= 0) throw new WrongUsage(`--${option} takes a duration such as 24h or 1h30m, not "${visibleText(text)}"`);
  return seconds;
}

function unitSeconds(part: RegExpMatchArray | undefined): number {
  return secondsOfUnit[part?.[2] ?? ""] ?? 0;
}
