/** Figures as people read them. */

/** Three significant digits, no exponent: `0.833`, `12.3`, `1100`. */
export function figure(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6)).replace(/(\.\d*?)0+$/u, "$1").replace(/\.$/u, "");
}

/** `240 ms`, `2.75 s`, `5 min`, `2.5 h`; `–` where there is no steady value. */
export function secondsText(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds === 0) return "0 s";
  if (seconds < 1) return `${figure(seconds * 1000)} ms`;
  if (seconds < 120) return `${figure(seconds)} s`;
  return seconds < 7200 ? `${figure(seconds / 60)} min` : `${figure(seconds / 3600)} h`;
}

/** `99.95 %`; never rounded up to 100 %. */
export function percentText(fraction: number): string {
  return `${(Math.floor(fraction * 10_000) / 100).toFixed(2).replace(/\.?0+$/u, "")} %`;
}

/** At most six significant digits in every number; whole numbers as they are. */
export function sixDigits(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
