/** Numbers, quantities, times, dates and IPv4 addresses: everything that begins with a digit or `$`. */
import type { TokenType } from "chevrotain";
import * as t from "./tokens.ts";

export interface NumberReading {
  readonly type: TokenType;
  readonly image: string;
  /** In the canonical unit; undefined for times, dates and addresses, and where it was refused. */
  readonly value: number | undefined;
  readonly problem?: { readonly advice: string; readonly replacements: readonly string[] };
}

const durationUnits: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const rateUnits: Readonly<Record<string, number>> = { rps: 1, "/s": 1, "/m": 1 / 60, "/h": 1 / 3600, "/d": 1 / 86_400 };
const sizeUnits: Readonly<Record<string, number>> = {
  B: 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12,
};

/** What users of other tools write, and what we write. */
const nearestUnits: Readonly<Record<string, readonly string[]>> = {
  G: ["GB", "Gi"], M: ["MB", "Mi"], K: ["KB", "Ki"], T: ["TB", "Ti"], k: ["KB", "Ki"], g: ["GB", "Gi"], t: ["TB", "Ti"], b: ["B"],
  gb: ["GB"], mb: ["MB"], kb: ["KB"], Gb: ["GB"], Mb: ["MB"], Kb: ["KB"], kB: ["KB"], KiB: ["Ki"], MiB: ["Mi"], GiB: ["Gi"], TiB: ["Ti"], ki: ["Ki"], mi: ["Mi"], gi: ["Gi"],
  sec: ["s"], secs: ["s"], second: ["s"], seconds: ["s"], S: ["s"], min: ["m"], mins: ["m"], minute: ["m"], minutes: ["m"],
  hr: ["h"], hrs: ["h"], hour: ["h"], hours: ["h"], H: ["h"], day: ["d"], days: ["d"], D: ["d"], week: ["w"], weeks: ["w"], msec: ["ms"],
  "r/s": ["rps"], "req/s": ["rps"], qps: ["rps"], RPS: ["rps"], rpm: ["/m"], rph: ["/h"], "r/m": ["/m"], X: ["x"], pct: ["%"],
};

const ipv4 = /\d+\.\d+\.\d+\.\d+:\d+(?![\w.:])/y;
const date = /\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?(?![\w:-])/y;
const timeRange = /\d{2}:\d{2}(?::\d{2})?-\d{2}:\d{2}(?::\d{2})?(?![\w.:-])/y;
const time = /\d{2}:\d{2}(?::\d{2})?(?![\w.:])/y;
const statusRange = /\d{3}-\d{3}(?![\w.:-])/y;
const statusClass = /\dxx(?![\w.:])/y;
const quantity = /\$?(\d(?:[\d_]*))(\.[\d_]+)?((?:rps|\/[smhd](?![A-Za-z0-9_]))|%|(?:[A-Za-z][A-Za-z]*))?(?![\w:]|\.\d)/y;
const compound = /(?:\d+(?:ms|[smhdw])){2,}(?![\w:]|\.\d)/y;
const wrong = /\$?[\w.:]+(?:\/(?:s|m|h|d)\b)?|\$/y;

function at(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(text);
}

/** Reads what begins at `start`: always at least one character. */
export function readNumber(text: string, start: number): NumberReading {
  const plain = (pattern: RegExp, type: TokenType): NumberReading | undefined => {
    const found = at(pattern, text, start);
    return found === null ? undefined : { type, image: found[0], value: undefined };
  };
  const found = at(quantity, text, start);
  if (found !== null && found[0].charCodeAt(0) === 36) return money(text, start, found);
  // A digit with nothing but a unit behind it is by far the most frequent; the rest needs a `.`, `:` or `-` somewhere.
  if (found !== null) {
    const next = text.charCodeAt(start + found[0].length);
    if (next !== 45) {
      const special = found[3] === "xx" ? plain(statusClass, t.StatusClassToken) : undefined;
      return special ?? simple(found);
    }
    return plain(date, t.DateToken) ?? plain(statusRange, t.StatusRangeToken) ?? simple(found);
  }
  const shaped = plain(ipv4, t.AddressToken) ?? plain(timeRange, t.TimeRangeToken) ?? plain(time, t.TimeToken);
  if (shaped !== undefined) return shaped;
  const many = at(compound, text, start);
  if (many !== null) return compoundDuration(many[0]);
  const image = at(wrong, text, start)?.[0] ?? text[start] ?? "";
  if (/^\d+\.\d+\.\d+\.\d+$/.test(image)) return refused(image, "an address has a port, write it behind a `:`", t.AddressToken, [`${image}:80`]);
  return refused(image, image.includes(":") ? "an address is written `10.0.0.1:8080`, a time `08:00`" : "write digits, then a unit without a space");
}

function simple(found: RegExpExecArray): NumberReading {
  const image = found[0];
  const digits = found[1] ?? "";
  const fraction = found[2] ?? "";
  const unit = found[3] ?? "";
  if (badDigits(digits, fraction)) {
    return refused(image, "single `_` between digits, no leading zero", typeOfUnit(unit));
  }
  const number = Number((digits + fraction).replaceAll("_", ""));
  const [type, factor] = typeAndFactor(unit);
  if (type === undefined) {
    if (/^(?:\d+(?:ms|[smhdw])){2,}$/.test(image)) return compoundDuration(image);
    const units = nearestUnits[unit] ?? [];
    const replacements = units.map((nearest) => digits + fraction + nearest);
    return refused(image, replacements.length > 0
      ? `write ${replacements.map((replacement) => `\`${replacement}\``).join(" or ")}`
      : "units are ms s m h d w, rps or /s /m /h /d, B KB MB GB TB Ki Mi Gi Ti, % and x", t.NumberLiteral, replacements);
  }
  const value = scaled(number, unit, factor);
  if (!Number.isFinite(value) || value > Number.MAX_SAFE_INTEGER * 1e3) return refused(image, "it is too large", type);
  return { type, image, value };
}

/** Powers of ten are divided by, so that `70%` is exactly 0.7 and `250ms` exactly 0.25. */
function scaled(number: number, unit: string, factor: number): number {
  if (unit === "%") return number / 100;
  if (unit === "ms") return number / 1000;
  if (unit === "/m") return number / 60;
  if (unit === "/h") return number / 3600;
  if (unit === "/d") return number / 86_400;
  return number * factor;
}

function typeAndFactor(unit: string): readonly [TokenType | undefined, number] {
  if (unit === "") return [t.NumberLiteral, 1];
  if (unit === "%") return [t.RatioLiteral, 0.01];
  if (unit === "x") return [t.FactorLiteral, 1];
  const duration = durationUnits[unit];
  if (duration !== undefined) return [t.DurationLiteral, duration];
  const rate = rateUnits[unit];
  if (rate !== undefined) return [t.RateLiteral, rate];
  const size = sizeUnits[unit];
  if (size !== undefined) return [t.SizeLiteral, size];
  return [undefined, 1];
}

function typeOfUnit(unit: string): TokenType {
  return typeAndFactor(unit)[0] ?? t.NumberLiteral;
}

/** `1h30m`: from large to small, whole numbers. */
function compoundDuration(image: string): NumberReading {
  let seconds = 0;
  let last = Infinity;
  for (const part of image.matchAll(/(\d+)(ms|[smhdw])/g)) {
    const unit = durationUnits[part[2] ?? ""] ?? 0;
    if (unit >= last) return refused(image, "compound durations go from large to small, such as `1h30m`", t.DurationLiteral);
    last = unit;
    seconds += scaled(Number(part[1]), part[2] ?? "", unit);
  }
  return { type: t.DurationLiteral, image, value: seconds };
}

function money(text: string, start: number, found: RegExpExecArray): NumberReading {
  const digits = found[1] ?? "";
  const fraction = found[2] ?? "";
  const unit = found[3] ?? "";
  if (badDigits(digits, fraction)) return refused(found[0], "write dollars such as `$2.10/h`", t.MoneyLiteral);
  const value = Number((digits + fraction).replaceAll("_", ""));
  if (unit === "/h") return { type: t.PriceLiteral, image: found[0], value };
  if (unit === "") return { type: t.MoneyLiteral, image: found[0], value };
  return refused(at(wrong, text, start)?.[0] ?? found[0], "a price is per hour, such as `$2.10/h`", t.PriceLiteral, [`$${digits}${fraction}/h`]);
}

function badDigits(digits: string, fraction: string): boolean {
  return /^0\d|__|_$/.test(digits) || /__|_$|^\._/.test(fraction);
}

function refused(image: string, advice: string, type: TokenType = t.NumberLiteral, replacements: readonly string[] = []): NumberReading {
  return { type, image, value: undefined, problem: { advice, replacements } };
}
