/** Times of many requests: count, mean and percentiles. */

/** Seconds; null without a request. */
export interface TimeFigures {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface ResponseTimes {
  /** The first `length` of these times. */
  readonly add: (seconds: Float64Array, length: number) => void;
  /** The smallest time that the share p of all does not exceed, 0 < p < 1, to the width of a class. */
  readonly percentile: (p: number) => number;
  /** Undefined without a request. */
  readonly figures: () => TimeFigures | undefined;
}

const octavesBelow = 40;
const octaves = 80;

/**
 * Times counted in 2^`fineness` classes per doubling, between 2⁻⁴⁰ s and 2⁴⁰ s; what lies outside counts with the nearest. At 10 a class is 0.1 % wide. The class
 * is read from the bits of the number in single precision: exponent and leading digits.
 */
export function responseTimes(fineness: number): ResponseTimes {
  const single = new Float32Array(1);
  const word = new Uint32Array(single.buffer);
  const shift = 23 - fineness;
  const first = (127 - octavesBelow) << fineness;
  const classes = octaves << fineness;
  const counts = new Uint32Array(classes);
  let count = 0;
  let sum = 0;
  let greatest = 0;
  let least = Infinity;

  const edge = (index: number): number => {
    word[0] = (index + first) << shift;
    return single[0] ?? 0;
  };
  const add = (seconds: Float64Array, length: number): void => {
    let added = 0;
    // The sign makes them numbers to the compiler, which otherwise boxes one for every element.
    let high = +greatest;
    let low = +least;
    for (let place = 0; place < length; place++) {
      const each = seconds[place] ?? 0;
      single[0] = each;
      const index = ((word[0] ?? 0) >>> shift) - first;
      const kept = index < 0 ? 0 : index >= classes ? classes - 1 : index;
      counts[kept] = (counts[kept] ?? 0) + 1;
      added += each;
      if (each > high) high = each;
      if (each < low) low = each;
    }
    count += length;
    sum += added;
    greatest = high;
    least = low;
  };
  const percentile = (p: number): number => {
    const rank = p * count;
    let below = 0;
    for (let index = 0; index < classes; index++) {
      const here = counts[index] ?? 0;
      if (below + here >= rank && here > 0) {
        // The first class holds what is hardly more than nothing.
        if (index === 0) return least;
        const low = edge(index);
        const within = low + ((rank - below) / here) * (edge(index + 1) - low);
        return Math.min(greatest, Math.max(least, within));
      }
      below += here;
    }
    return greatest;
  };
  const figures = (): TimeFigures | undefined =>
    count === 0 ? undefined : {
      count, mean: sum / count, p50: percentile(0.5), p90: percentile(0.9), p95: percentile(0.95), p99: percentile(0.99), p999: percentile(0.999), max: greatest,
    };
  return { add, percentile, figures };
}
