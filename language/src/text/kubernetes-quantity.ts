/**
 * Quantities in the form in which the API server hands them back, so that nothing differs after a round trip:
 * the largest suffix that leaves a whole number (apimachinery, resource.Quantity.CanonicalizeBytes).
 */

const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"] as const;
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;

/** `10.5` → `10500m`, `1000` → `1k`, to the thousandth, and never 0 for what is above 0. */
export function decimalQuantity(value: number): string {
  const thousandths = value > 0 ? Math.max(1, Math.round(value * 1000)) : Math.round(value * 1000);
  return withSuffix(thousandths, 1000, decimalSuffixes, 2);
}

/** Bytes: `17179869184` → `16Gi`, `10000000` → `10M`, whichever is shorter. Parts of a byte are rounded up. */
export function sizeQuantity(bytes: number): string {
  const whole = Math.ceil(bytes);
  const decimal = withSuffix(whole, 1000, decimalSuffixes, 3);
  if (whole < 1024) return decimal;
  const binary = withSuffix(whole, 1024, binarySuffixes, 0);
  return binary.length <= decimal.length ? binary : decimal;
}

/** The number that a quantity stands for, undefined where the text is none. */
export function quantityValue(text: string): number | undefined {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return undefined;
  const number = Number(match[1]);
  if (match[2] !== undefined) return number * 1024 ** binarySuffixes.indexOf(match[2] as (typeof binarySuffixes)[number]);
  if (match[3] !== undefined) {
    const exponent = 3 * (decimalSuffixes.indexOf(match[3] as (typeof decimalSuffixes)[number]) - 3);
    return exponent < 0 ? number / 10 ** -exponent : number * 10 ** exponent;
  }
  return match[4] === undefined ? number : Number(`${match[1]}e${match[4]}`);
}

/** `whole` units of the suffix at `from`, moved up while it divides. */
function withSuffix(whole: number, base: number, suffixes: readonly string[], from: number): string {
  let mantissa = whole;
  let at = from;
  while (mantissa !== 0 && mantissa % base === 0 && at + 1 < suffixes.length) {
    mantissa /= base;
    at++;
  }
  return mantissa === 0 ? "0" : `${mantissa}${suffixes[at] ?? ""}`;
}
