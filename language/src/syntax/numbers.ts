/** Numbers, quantities, times, dates and IPv4 addresses: everything that begins with a digit, `$` or a dot before a digit. */
import type { TokenType } from "chevrotain";
import * as t from "./tokens.ts";

export interface NumberReading {
  readonly type: TokenType;
  readonly image: string;
  /** In the canonical unit; undefined for times, dates and addresses, and where it was refused. */
  readonly value: number | undefined;
  readonly problem?: { readonly advice: string; readonly replacements: readonly string[] };
}

interface Unit {
  readonly type: TokenType;
  readonly factor: number;
  /** Divided by, so that `70%` is exactly 0.7 and `90/m` exactly 1.5. */
  readonly divisor: number;
}

const unit = (type: TokenType, factor: number, divisor = 1): Unit => ({ type, factor, divisor });

const plain = unit(t.NumberLiteral, 1);
const units: ReadonlyMap<string, Unit> = new Map([
  ["", plain], ["%", unit(t.RatioLiteral, 1, 100)], ["x", unit(t.FactorLiteral, 1)],
  ["ms", unit(t.DurationLiteral, 1, 1000)], ["s", unit(t.DurationLiteral, 1)], ["m", unit(t.DurationLiteral, 60)],
  ["h", unit(t.DurationLiteral, 3600)], ["d", unit(t.DurationLiteral, 86_400)], ["w", unit(t.DurationLiteral, 604_800)],
  ["rps", unit(t.RateLiteral, 1)], ["/s", unit(t.RateLiteral, 1)], ["/m", unit(t.RateLiteral, 1, 60)], ["/h", unit(t.RateLiteral, 1, 3600)], ["/d", unit(t.RateLiteral, 1, 86_400)],
  ["B", unit(t.SizeLiteral, 1)], ["KB", unit(t.SizeLiteral, 1e3)], ["MB", unit(t.SizeLiteral, 1e6)], ["GB", unit(t.SizeLiteral, 1e9)], ["TB", unit(t.SizeLiteral, 1e12)],
  ["Ki", unit(t.SizeLiteral, 2 ** 10)], ["Mi", unit(t.SizeLiteral, 2 ** 20)], ["Gi", unit(t.SizeLiteral, 2 ** 30)], ["Ti", unit(t.SizeLiteral, 2 ** 40)],
]);

/** What users of other tools write (in lower case), and what we write. Units themselves are here for their case. */
const nearestUnits: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...[...units.keys()].filter((name) => /^[A-Za-z]/.test(name)).map((name) => [name.toLowerCase(), [name]] as const),
  ["k", ["KB", "Ki"]], ["m", ["MB", "Mi"]], ["g", ["GB", "Gi"]], ["t", ["TB", "Ti"]], ["kib", ["Ki"]], ["mib", ["Mi"]], ["gib", ["Gi"]], ["tib", ["Ti"]], ["byte", ["B"]], ["bytes", ["B"]],
  ["msec", ["ms"]], ["millis", ["ms"]], ["sec", ["s"]], ["secs", ["s"]], ["second", ["s"]], ["seconds", ["s"]], ["min", ["m"]], ["mins", ["m"]], ["minute", ["m"]], ["minutes", ["m"]],
  ["hr", ["h"]], ["hrs", ["h"]], ["hour", ["h"]], ["hours", ["h"]], ["day", ["d"]], ["days", ["d"]], ["week", ["w"]], ["weeks", ["w"]],
  ["qps", ["rps"]], ["rpm", ["/m"]], ["rph", ["/h"]], ["pct", ["%"]], ["percent", ["%"]], ["times", ["x"]],
]);

/** The value of a number's text in its unit. Decimals are shifted in the text: 99.9 / 100 is not 0.999 in a double. */
function valueOf(text: string, { factor, divisor }: Unit): number {
  if (divisor === 100) return Number(`${text}e-2`);
  if (divisor === 1000) return Number(`${text}e-3`);
  return (Number(text) * factor) / divisor;
}

const ipv4 = /\d+\.\d+\.\d+\.\d+:\d+(?![\w.:])/y;
const date = /\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?(?![\w:-])/y;
const timeRange = /\d{2}:\d{2}(?::\d{2})?-\d{2}:\d{2}(?::\d{2})?(?![\w.:-])/y;
const time = /\d{2}:\d{2}(?::\d{2})?(?![\w.:])/y;
const statusRange = /\d{3}-\d{3}(?![\w.:-])/y;
const quantity = /\$?(\d[\d_]*)(\.[\d_]+)?((?:rps|\/[smhd](?![A-Za-z0-9_]))|%|(?:[A-Za-z]+))?(?![\w:]|\.\d)/y;
const compound = /(?:\d+(?:ms|[smhdw])){2,}(?![\w:]|\.\d)/y;
const spelledRate = /(\d[\d_]*(?:\.\d+)?)(?:r|req|reqs|requests)?\/(s|m|h|d)(?:ec|econd|in|inute|r|our|ay)?s?(?![\w-])/y;
/** A number and a unit with spaces between; `s = 5` behind it would be an item of an environment. */
const spacedUnit = /\d[\d_]*(?:\.\d+)?[ \t]+(?:(?:ms|[smhdw]|rps|x|[KMGT](?:i|B)|B)(?![\w.:-])(?![ \t]*=)|%)/y;
const spacedRange = /\d{2}:\d{2}(?::\d{2})?[ \t]*-[ \t]*\d{2}:\d{2}(?::\d{2})?(?![\w.:-])/y;
const wrong = /\$?[\w.:]+(?:\/(?:s|m|h|d)\b)?|\$/y;

function at(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(text);
}

/** Reads what begins at `start`: always at least one character. */
export function readNumber(text: string, start: number): NumberReading {
  const reading = frequent(text, start) ?? readShape(text, start);
  if (reading.problem !== undefined) return reading;
  if (reading.type === t.NumberLiteral) return apart(spacedUnit, text, start, reading);
  return reading.type === t.TimeToken ? apart(spacedRange, text, start, reading) : reading;
}

/** `30 s`, `08:00 - 20:00`: one value written as several. */
function apart(pattern: RegExp, text: string, start: number, reading: NumberReading): NumberReading {
  const next = text.charCodeAt(start + reading.image.length);
  if (next !== 32 && next !== 9) return reading;
  const image = at(pattern, text, start)?.[0];
  const replacement = image?.replaceAll(/\s/g, "");
  if (image === undefined || replacement === undefined) return reading;
  const whole = frequent(replacement, 0) ?? readShape(replacement, 0);
  return whole.problem !== undefined || whole.image !== replacement ? reading : refused(image, `write \`${replacement}\` without spaces`, whole.type, [replacement]);
}

/** Digits, perhaps a fraction, perhaps a unit, and then an end: nearly every number. Undefined for everything else. */
function frequent(text: string, start: number): NumberReading | undefined {
  let i = start;
  let code = text.charCodeAt(i);
  const leading = code;
  while (code >= 48 && code <= 57) code = text.charCodeAt(++i);
  if (i === start || (leading === 48 && i - start > 1)) return undefined;
  if (code === 46) {
    const point = i;
    code = text.charCodeAt(++i);
    if (code < 48 || code > 57) {
      // `3..10`
      i = point;
      code = 46;
      if (text.charCodeAt(i + 1) !== 46) return undefined;
    } else while (code >= 48 && code <= 57) code = text.charCodeAt(++i);
  }
  const unitStart = i;
  while ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) code = text.charCodeAt(++i);
  if (i === unitStart && code === 37) code = text.charCodeAt(++i);
  // `_` and digits go on with the number, `:` and `-` with a time or a date, `/` with a rate
  if ((code >= 48 && code <= 58) || code === 95 || code === 45 || code === 47 || (code === 46 && text.charCodeAt(i + 1) !== 46)) return undefined;
  const found = units.get(text.slice(unitStart, i));
  if (found === undefined) return undefined;
  const digits = text.slice(start, unitStart);
  const value = found === plain ? Number(digits) : valueOf(digits, found);
  return isExact(value) && isExact(Number(digits)) ? { type: found.type, image: text.slice(start, i), value } : undefined;
}

function readShape(text: string, start: number): NumberReading {
  const shape = (pattern: RegExp, type: TokenType): NumberReading | undefined => {
    const found = at(pattern, text, start);
    return found === null ? undefined : { type, image: found[0], value: undefined };
  };
  const spelled = at(spelledRate, text, start);
  if (spelled !== null && !/^[\d_.]+\/[smhd]$/.test(spelled[0])) {
    const replacement = `${spelled[1] ?? ""}/${spelled[2] ?? ""}`;
    return refused(spelled[0], `write \`${replacement}\``, t.RateLiteral, [replacement]);
  }
  const found = at(quantity, text, start);
  if (found !== null && found[0].charCodeAt(0) === 36) return money(text, start, found);
  if (found !== null) {
    if (found[3] === "xx" && /^\dxx$/.test(found[0])) return { type: t.StatusClassToken, image: found[0], value: undefined };
    const next = text.charCodeAt(start + found[0].length);
    return (next === 45 ? shape(date, t.DateToken) ?? shape(statusRange, t.StatusRangeToken) : undefined) ?? simple(found);
  }
  const shaped = shape(ipv4, t.AddressToken) ?? shape(timeRange, t.TimeRangeToken) ?? shape(time, t.TimeToken);
  if (shaped !== undefined) return shaped;
  const many = at(compound, text, start);
  if (many !== null) return compoundDuration(many[0]);
  const image = at(wrong, text, start)?.[0] ?? text[start] ?? "";
  return shapeless(image);
}

/** One token and one message for what is no number at all. */
function shapeless(image: string): NumberReading {
  // Addresses that are wrong keep their shape: what is wrong with them is said where an address is due.
  if (/^\d+(?:\.\d+){3}$/.test(image) || /^[\d.]+:\d*$/.test(image) && !/^\d:/.test(image) || /^[\da-fA-F]*:[\da-fA-F:.]*:/.test(image) && !/^\d:\d{2}:/.test(image)) return { type: t.AddressToken, image, value: undefined };
  if (/^\d:\d{2}(?::\d{2})?$/.test(image)) return refused(image, `a time has two digits, write \`0${image}\``, t.TimeToken, [`0${image}`]);
  if (/^\.\d[\d_]*[A-Za-z%]*$/.test(image) && readNumber(`0${image}`, 0).problem === undefined) return refused(image, `a number begins with a digit, write \`0${image}\``, t.NumberLiteral, [`0${image}`]);
  if (/^\d+(?:\.\d+)?[eE]\d+$/.test(image)) return refused(image, "a number has no exponent, write its digits");
  if (/^0[xX]/.test(image)) return refused(image, "numbers are decimal");
  return refused(image, image.includes(":") ? "an address is written `10.0.0.1:8080`, a time `08:00`" : "write digits, then a unit without a space");
}

/** Larger values are not exact in a double. */
function isExact(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER;
}

function simple(found: RegExpExecArray): NumberReading {
  const image = found[0];
  const digits = found[1] ?? "";
  const fraction = found[2] ?? "";
  const name = found[3] ?? "";
  const known = units.get(name);
  if (known === undefined) {
    const replacements = (nearestUnits.get(name.toLowerCase()) ?? []).map((nearest) => tidyDigits(digits, fraction) + nearest);
    return refused(image, replacements.length > 0
      ? `write ${replacements.map((replacement) => `\`${replacement}\``).join(" or ")}`
      : "units are ms s m h d w, rps or /s /m /h /d, B KB MB GB TB Ki Mi Gi Ti, % and x", t.NumberLiteral, replacements);
  }
  if (areBadDigits(digits, fraction)) {
    const replacement = tidyDigits(digits, fraction) + name;
    return refused(image, `single \`_\` between digits and no leading zero, write \`${replacement}\``, known.type, [replacement]);
  }
  const number = (digits + fraction).replaceAll("_", "");
  const value = valueOf(number, known);
  return isExact(Number(number)) && isExact(value) ? { type: known.type, image, value } : refused(image, "it is too large to be exact, 9007199254740991 is the largest", known.type);
}

/** `1h30m`: from large to small, whole numbers. */
function compoundDuration(image: string): NumberReading {
  let value = 0;
  let last = Infinity;
  for (const part of image.matchAll(/(\d+)(ms|[smhdw])/g)) {
    const length = units.get(part[2] ?? "") ?? plain;
    const size = length.factor / length.divisor;
    if (size >= last) return refused(image, "compound durations go from large to small, such as `1h30m`", t.DurationLiteral);
    last = size;
    value += valueOf(part[1] ?? "", length);
  }
  return isExact(value) ? { type: t.DurationLiteral, image, value } : refused(image, "it is too large to be exact", t.DurationLiteral);
}

function money(text: string, start: number, found: RegExpExecArray): NumberReading {
  const digits = found[1] ?? "";
  const fraction = found[2] ?? "";
  const per = found[3] ?? "";
  if (areBadDigits(digits, fraction)) return refused(found[0], "write dollars such as `$2.10/h`", t.MoneyLiteral);
  const value = Number((digits + fraction).replaceAll("_", ""));
  if (!isExact(value)) return refused(found[0], "it is too large to be exact", t.MoneyLiteral);
  if (per === "/h") return { type: t.PriceLiteral, image: found[0], value };
  if (per === "") return { type: t.MoneyLiteral, image: found[0], value };
  const image = at(wrong, text, start)?.[0] ?? found[0];
  return refused(image, "a price is per hour, such as `$2.10/h`", t.PriceLiteral, per.startsWith("/") ? [`$${perHour(value, per)}/h`] : []);
}

/** The same money in an hour; a unit that is none is taken for an hour's. */
function perHour(value: number, per: string): number {
  const hours = { "/s": 1 / 3600, "/m": 1 / 60, "/d": 24 }[per] ?? 1;
  return Number((value / hours).toPrecision(6));
}

function areBadDigits(digits: string, fraction: string): boolean {
  return /^0[\d_]|__|_$/.test(digits) || /__|_$|^\._/.test(fraction);
}

function tidyDigits(digits: string, fraction: string): string {
  const tidy = (text: string): string => text.replaceAll(/_+/g, "_").replaceAll(/^_|_$/g, "");
  const rest = tidy(fraction.slice(1));
  return (tidy(digits).replace(/^[0_]+(?=\d)/, "") || "0") + (rest === "" ? "" : `.${rest}`);
}

function refused(image: string, advice: string, type: TokenType = t.NumberLiteral, replacements: readonly string[] = []): NumberReading {
  return { type, image, value: undefined, problem: { advice, replacements } };
}
