/** Predictive thresholds: a straight line through the recent past, read ahead. Times in seconds. */

export interface Samples {
  readonly times: number[];
  readonly values: number[];
}

export function createSamples(): Samples {
  return { times: [], values: [] };
}

/** Adds a sample and forgets those older than the window. */
export function addSample(samples: Samples, t: number, value: number, windowSeconds: number): void {
  samples.times.push(t);
  samples.values.push(value);
  while ((samples.times[0] ?? t) < t - windowSeconds) {
    samples.times.shift();
    samples.values.shift();
  }
}

/**
 * By how much the value grows from now to `aheadSeconds` later on the least-squares line through the samples: at least 1, and 1 with fewer than two
 * samples or a present value of 0.
 */
export function forecastGrowth(samples: Samples, t: number, aheadSeconds: number): number {
  const { times, values } = samples;
  const present = values.at(-1) ?? 0;
  if (times.length < 2 || !(present > 0)) return 1;
  const meanTime = times.reduce((sum, at) => sum + at, 0) / times.length;
  const meanValue = values.reduce((sum, value) => sum + value, 0) / values.length;
  let covariance = 0;
  let variance = 0;
  times.forEach((at, index) => {
    covariance += (at - meanTime) * ((values[index] ?? 0) - meanValue);
    variance += (at - meanTime) * (at - meanTime);
  });
  const slope = variance === 0 ? 0 : covariance / variance;
  const ahead = meanValue + slope * (t + aheadSeconds - meanTime);
  return Math.max(1, ahead / present);
}
