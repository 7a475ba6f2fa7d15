/** Predictive thresholds: a straight line through the recent past, read ahead. Times in seconds. */

export interface Samples {
  readonly times: number[];
  readonly values: number[];
  /** Of the first that counts: those before are forgotten. */
  first: number;
}

export function createSamples(): Samples {
  return { times: [], values: [], first: 0 };
}

/** Adds a sample and forgets those older than the window. */
export function addSample(samples: Samples, t: number, value: number, windowSeconds: number): void {
  const { times, values } = samples;
  times.push(t);
  values.push(value);
  while ((times[samples.first] ?? t) < t - windowSeconds) samples.first += 1;
  // Taking one from the front of a long list moves all others, so they go many at a time.
  if (samples.first < 1024 || samples.first < times.length / 2) return;
  times.splice(0, samples.first);
  values.splice(0, samples.first);
  samples.first = 0;
}

/**
 * By how much the value grows from now to `aheadSeconds` later on the least-squares line through the samples: at least 1, and 1 with fewer than two
 * samples or a present value of 0.
 */
export function forecastGrowth({ times, values, first }: Samples, t: number, aheadSeconds: number): number {
  const present = values.at(-1) ?? 0;
  const count = times.length - first;
  if (count < 2 || !(present > 0)) return 1;
  let meanTime = 0;
  let meanValue = 0;
  for (let index = first; index < times.length; index++) {
    meanTime += times[index] ?? 0;
    meanValue += values[index] ?? 0;
  }
  meanTime /= count;
  meanValue /= count;
  let covariance = 0;
  let variance = 0;
  for (let index = first; index < times.length; index++) {
    const since = (times[index] ?? 0) - meanTime;
    covariance += since * ((values[index] ?? 0) - meanValue);
    variance += since * since;
  }
  const slope = variance === 0 ? 0 : covariance / variance;
  const ahead = meanValue + slope * (t + aheadSeconds - meanTime);
  return Math.max(1, ahead / present);
}
