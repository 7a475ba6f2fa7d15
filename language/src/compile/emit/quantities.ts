/** Quantities as both programs take them: whole numbers with one unit. */

const units = [
  { name: "d", milliseconds: 86_400_000 },
  { name: "h", milliseconds: 3_600_000 },
  { name: "m", milliseconds: 60_000 },
  { name: "s", milliseconds: 1000 },
  { name: "ms", milliseconds: 1 },
] as const;

/** `30s`, `250ms`, `10m`, `1h`: the largest unit that is exact, but 60s rather than 1m. At least 1 ms. */
export function durationText(seconds: number): string {
  const milliseconds = Math.max(1, Math.round(seconds * 1000));
  for (const unit of units) {
    if (milliseconds % unit.milliseconds !== 0) continue;
    const count = milliseconds / unit.milliseconds;
    if (unit.name === "m" && count === 1) continue;
    return `${count}${unit.name}`;
  }
  return `${milliseconds}ms`;
}

/** Whole seconds, rounded up; at least 1. */
export function wholeSeconds(seconds: number): number {
  return Math.max(1, Math.ceil(seconds - 1e-9));
}

/** Bytes as nginx takes them: `10m`, `64k`, `1000`. Rounded up to whole bytes. */
export function sizeText(bytes: number): string {
  const whole = Math.ceil(bytes);
  if (whole > 0 && whole % 1_073_741_824 === 0) return `${whole / 1_073_741_824}g`;
  if (whole > 0 && whole % 1_048_576 === 0) return `${whole / 1_048_576}m`;
  if (whole > 0 && whole % 1024 === 0) return `${whole / 1024}k`;
  return String(whole);
}

/**
 * Whole weights of the same proportions that are at most `most`: divided by their common divisor, else scaled and rounded, at least 1
 * where they were above 0. `worst` is the largest relative error.
 */
export function fitWeights(weights: readonly number[], most: number): { readonly weights: readonly number[]; readonly worst: number } {
  const largest = Math.max(...weights, 0);
  if (largest <= most && weights.every(Number.isInteger)) return { weights, worst: 0 };
  const divisor = weights.every(Number.isInteger) ? weights.reduce(commonDivisor, 0) : 1;
  if (divisor > 0 && largest / divisor <= most && weights.every(Number.isInteger)) return { weights: weights.map((weight) => weight / divisor), worst: 0 };
  const scaled = weights.map((weight) => (weight <= 0 ? 0 : Math.max(1, Math.round((weight * most) / largest))));
  const worst = Math.max(0, ...weights.map((weight, i) => (weight <= 0 ? 0 : Math.abs(((scaled[i] ?? 0) * largest) / most - weight) / weight)));
  return { weights: scaled, worst };
}

export function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** Ten-thousandths (0.01 %) of a split, adding up to 10 000: the grid of both programs. Undefined shares get equal parts. */
export function splitGrid(shares: readonly (number | undefined)[]): readonly number[] {
  const exact = shares.map((share) => (share ?? 1 / shares.length) * 10_000);
  const grid = exact.map((part) => Math.floor(part + 1e-6));
  const order = exact.map((part, i) => ({ i, rest: part - (grid[i] ?? 0) })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  let left = 10_000 - grid.reduce((sum, part) => sum + part, 0);
  for (const { i } of order) {
    if (left <= 0) break;
    grid[i] = (grid[i] ?? 0) + 1;
    left--;
  }
  return grid;
}
