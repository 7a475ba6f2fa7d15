/** Figures and durations as words for people. */

/** `15 s`, `5 min`, `1 h 30 min`. */
export function durationText(seconds: number): string {
  if (seconds < 60 || !Number.isFinite(seconds)) return `${shortNumber(seconds)} s`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  return [hours > 0 ? `${hours} h` : "", minutes > 0 ? `${minutes} min` : "", rest > 0 ? `${shortNumber(rest)} s` : ""].filter((part) => part !== "").join(" ");
}

/** Three significant digits. */
export function shortNumber(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "∞";
}

export function percentText(fraction: number): string {
  return `${shortNumber(fraction * 100)} %`;
}

/** Six significant digits, as every figure of a report has them. */
export function sixDigits(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-6) return Number(value.toPrecision(6));
  // A quotient of a whole number and a power of ten is rounded once, so it prints with no more digits than it has.
  let scale = 1;
  for (let bound = 1e5; size < bound; bound /= 10) scale *= 10;
  return Math.round(value * scale) / scale;
}
