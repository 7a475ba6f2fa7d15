/** Figures as hints and hovers show them. */

/** Three significant digits, no exponent: `0.833`, `12.3`, `1100`. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? "0" : "∞";
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return trimmed(value.toFixed(digits));
}

/** Two decimals: `0.83`. */
export function loadText(value: number): string {
  return value.toFixed(2);
}

/** `50 %`, `33.3 %`. */
export function shareText(fraction: number): string {
  return `${figure(fraction * 100)} %`;
}

/** Of a response time: `240 ms`, `2.0 s`, `45 s`. */
export function secondsText(seconds: number): string {
  if (seconds < leastSeconds) return tinyText(seconds);
  if (seconds < 0.9995) return `${figure(seconds * 1000)} ms`;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : `${figure(seconds)} s`;
}

/** Of a response time in a formula, where digits count: `2.75 s`. */
export function exactSecondsText(seconds: number): string {
  if (seconds < leastSeconds) return tinyText(seconds);
  return seconds < 0.9995 ? `${figure(seconds * 1000)} ms` : `${figure(seconds)} s`;
}

/** Shorter times are said to be so, without digits that nobody can measure. */
const leastSeconds = 1e-5;

function tinyText(seconds: number): string {
  return seconds === 0 ? "0 s" : "< 0.01 ms";
}

/** `1100/s`. */
export function rateText(ratePerSecond: number): string {
  return `${figure(ratePerSecond)}/s`;
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/u, "") : text;
}
