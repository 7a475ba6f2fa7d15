/**
 * The frequent shapes of numbers, read without a regular expression: a quantity, a time of day, an IPv4 address. Each is what numbers.ts would
 * read there; whatever looks different in any way is left to it.
 */
import type { TokenType } from "chevrotain";
import { table } from "./characters.ts";
import * as t from "./tokens.ts";

/** Where the last number ended and what it was: filled by `scanNumber`, so that no object is made for each. */
export interface NumberScan {
  type: TokenType;
  end: number;
  value: number | undefined;
}

/** Behind these nothing can go on with a number. */
const ends = table((character) => (" \t\n\r,(){}".includes(character) ? 1 : 0));
/** Letters with which a unit begins. */
const beginsUnit = table((character) => ("mshdwrxKMGTB%".includes(character) ? 1 : 0));
const isWord = table((character) => (/\w/.test(character) ? 1 : 0));

const maxDigits = 12;

function codeAt(text: string, index: number): number {
  return index < text.length ? text.charCodeAt(index) : 10;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Reads the number that begins at `start` with a digit. False, and nothing else, where it is not of a frequent shape. */
export function scanNumber(text: string, start: number, scan: NumberScan): boolean {
  let i = start;
  let code = codeAt(text, i);
  let whole = 0;
  while (isDigit(code)) {
    whole = whole * 10 + (code - 48);
    code = codeAt(text, ++i);
  }
  const digits = i - start;
  if (digits > maxDigits) return false;
  if (code === 58) return digits === 2 && scanTime(text, start, scan);
  const isFraction = code === 46 && codeAt(text, i + 1) !== 46;
  if (isFraction) {
    const from = i + 1;
    code = codeAt(text, ++i);
    while (isDigit(code)) code = codeAt(text, ++i);
    if (i === from || i - from > maxDigits) return false;
    if (code === 46) return scanAddress(text, start, scan);
  }
  if (digits > 1 && text.charCodeAt(start) === 48) return false;
  const unitStart = i;
  const next = codeAt(text, i + 1);
  let factor = 1;
  let divisor = 1;
  let type = t.NumberLiteral;
  switch (code) {
    case 115: type = t.DurationLiteral; i++; break;
    case 109:
      type = t.DurationLiteral;
      i++;
      if (next === 115) {
        divisor = 1000;
        i++;
      } else factor = 60;
      break;
    case 104: type = t.DurationLiteral; factor = 3600; i++; break;
    case 100: type = t.DurationLiteral; factor = 86_400; i++; break;
    case 119: type = t.DurationLiteral; factor = 604_800; i++; break;
    case 37: type = t.RatioLiteral; divisor = 100; i++; break;
    case 120: type = t.FactorLiteral; i++; break;
    case 66: type = t.SizeLiteral; i++; break;
    case 114:
      if (next !== 112 || codeAt(text, i + 2) !== 115) return false;
      type = t.RateLiteral;
      i += 3;
      break;
    case 47:
      type = t.RateLiteral;
      i += 2;
      if (next === 109) divisor = 60;
      else if (next === 104) divisor = 3600;
      else if (next === 100) divisor = 86_400;
      else if (next !== 115) return false;
      break;
    case 75: case 77: case 71: case 84: {
      const power = code === 75 ? 1 : code === 77 ? 2 : code === 71 ? 3 : 4;
      if (next === 105) factor = 1024 ** power;
      else if (next === 66) factor = 1000 ** power;
      else return false;
      type = t.SizeLiteral;
      i += 2;
      break;
    }
    default: break;
  }
  code = codeAt(text, i);
  if (ends[code] === 0 && !(code === 46 && codeAt(text, i + 1) === 46)) return false;
  if (i === unitStart && (code === 32 || code === 9) && mayBeUnit(text, i)) return false;
  let value = whole;
  if (isFraction) {
    // Decimals are shifted in the text: 99.9 / 100 is not 0.999 in a double.
    if (divisor === 100 || divisor === 1000) value = Number(`${text.slice(start, unitStart)}${divisor === 100 ? "e-2" : "e-3"}`);
    else value = (Number(text.slice(start, unitStart)) * factor) / divisor;
  } else if (factor !== 1) value = whole * factor;
  else if (divisor !== 1) value = whole / divisor;
  if (value > Number.MAX_SAFE_INTEGER) return false;
  scan.type = type;
  scan.end = i;
  scan.value = value;
  return true;
}

/** True where what follows some blanks might be the unit of a number, which is then told: a short word or `%`. */
function mayBeUnit(text: string, from: number): boolean {
  let i = from + 1;
  let code = codeAt(text, i);
  while (code === 32 || code === 9) code = codeAt(text, ++i);
  if (beginsUnit[code] === 0) return false;
  const begin = i;
  while (isWord[code] === 1 && i - begin <= 3) code = codeAt(text, ++i);
  return i - begin <= 3;
}

/** `08:00`, `08:00:30`, and from one to another. */
function scanTime(text: string, start: number, scan: NumberScan): boolean {
  let end = clockEnd(text, start);
  if (end === 0) return false;
  let type = t.TimeToken;
  if (codeAt(text, end) === 45) {
    end = clockEnd(text, end + 1);
    type = t.TimeRangeToken;
    if (end === 0) return false;
  }
  const next = codeAt(text, end);
  if (ends[next] === 0) return false;
  if (type === t.TimeToken && (next === 32 || next === 9)) {
    // `08:00 - 20:00` is told as one value
    let i = end;
    while (codeAt(text, i) === 32 || codeAt(text, i) === 9) i++;
    if (codeAt(text, i) === 45) return false;
  }
  scan.type = type;
  scan.end = end;
  scan.value = undefined;
  return true;
}

/** Where a time of day ends, 0 where there is none. */
function clockEnd(text: string, start: number): number {
  const two = (at: number): boolean => isDigit(codeAt(text, at)) && isDigit(codeAt(text, at + 1));
  if (!two(start) || codeAt(text, start + 2) !== 58 || !two(start + 3)) return 0;
  return codeAt(text, start + 5) === 58 && two(start + 6) ? start + 8 : start + 5;
}

/** Four decimal parts and a port. */
function scanAddress(text: string, start: number, scan: NumberScan): boolean {
  let i = start;
  for (let part = 0; part < 5; part++) {
    const from = i;
    while (isDigit(codeAt(text, i))) i++;
    if (i === from) return false;
    if (part < 4 && codeAt(text, i++) !== (part < 3 ? 46 : 58)) return false;
  }
  if (ends[codeAt(text, i)] === 0) return false;
  scan.type = t.AddressToken;
  scan.end = i;
  scan.value = undefined;
  return true;
}
