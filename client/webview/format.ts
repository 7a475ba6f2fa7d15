/** Figures as people read them. One decimal mark and one grouping whatever the machine's locale, as in the policy's own text. */
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `0.24`, `1.33`, `44`, `1,486`: about three digits; `–` for what is no number. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return grouped.format(value);
  if (size >= 10) return value.toFixed(1);
  if (size >= 0.1 || size === 0) return value.toFixed(2);
  return Number(value.toPrecision(2)).toString();
}

/** A label of an axis: as short as it is exact. */
export function formatTick(value: number): string {
  return Math.abs(value) >= 1000 ? grouped.format(value) : String(Number(value.toPrecision(4)));
}

/** Seconds on an axis, in one unit: `800 ms`, `2.5 s`, `16.7 min`, `3 h`. */
export function formatSecondsTick(seconds: number): string {
  if (seconds === 0) return "0";
  if (seconds < 1) return `${formatTick(seconds * 1000)} ms`;
  if (seconds < 120) return `${formatTick(seconds)} s`;
  const [unitSeconds, unit] = seconds < 7200 ? [60, "min"] : [3600, "h"];
  return `${Number((seconds / unitSeconds).toFixed(1))} ${unit}`;
}

/** Requests per second: `1,486/s`. */
export function formatRate(ratePerSecond: number): string {
  return `${formatNumber(ratePerSecond)}/s`;
}

/** Seconds: `240 ms`, `1.36 s`, `12.4 s`, `3 min 20 s`; `none` where there is no steady value. */
export function formatSeconds(seconds: number | null, none = "–"): string {
  if (seconds === null) return none;
  if (seconds < 0.0005) return "0 ms";
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  return formatDuration(Math.round(seconds));
}

/** Whole seconds in up to two units: `15 s`, `5 min`, `1 h 30 min`, `24 h`, `3 d`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return twoUnits(Math.floor(seconds / 60), "min", seconds % 60, "s");
  if (seconds <= 86_400) return twoUnits(Math.floor(seconds / 3600), "h", Math.round((seconds % 3600) / 60), "min");
  return twoUnits(Math.floor(seconds / 86_400), "d", Math.round((seconds % 86_400) / 3600), "h");
}

/** A fraction: `70 %`, `99.94 %`; never rounded up to 100 %. */
export function formatShare(fraction: number): string {
  const percent = fraction * 100;
  if (percent < 100 && percent > 99.995) return "> 99.99 %";
  const decimals = percent >= 99 && percent < 100 ? 2 : percent >= 100 ? 0 : 1;
  return `${Number(percent.toFixed(decimals))} %`;
}

/** US dollars: `$1,041`, `$12.40`. */
export function formatMoney(usd: number): string {
  return usd >= 100 ? `$${grouped.format(usd)}` : `$${usd.toFixed(2)}`;
}

/** `nothing`, `1 error`, `3 errors`. */
export function formatCount(count: number, one: string): string {
  return `${grouped.format(count)} ${one}${count === 1 ? "" : "s"}`;
}

const shares = new Set(["cpu", "memory", "gpu", "load_factor"]);
const times = new Set(["response_time", "p50", "p90", "p95", "p99", "p999", "ttft_p50", "ttft_p95", "ttft_p99"]);

/** A value in the unit of its metric, as a policy writes it. */
export function formatMetric(metric: string, value: number): string {
  if (shares.has(metric)) return formatShare(value);
  if (times.has(metric)) return formatSeconds(value);
  if (metric === "arrivals" || metric === "rps") return formatRate(value);
  return formatNumber(value);
}

/** A value of an expectation in the unit of its measure. */
export function formatMeasure(measure: string, value: number): string {
  if (measure === "availability") return formatShare(value);
  if (measure === "cost") return formatMoney(value);
  if (measure === "load_factor") return formatNumber(value);
  if (measure === "dropped" && value > 0 && value < 1) return formatShare(value);
  return times.has(measure) ? withoutZeros(formatSeconds(value)) : formatNumber(value);
}

/** `5.00 s` as `5 s`, for figures that were written and not measured. */
function withoutZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?= )/, "$1").replace(/\.(?= )/, "");
}

/** `<=` as `≤`. */
export function formatOperator(operator: string): string {
  return operator === "<=" ? "≤" : operator === ">=" ? "≥" : operator;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
