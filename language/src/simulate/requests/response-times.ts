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

const octavesBelow = 40;
const octaves = 80;

/** A number in single precision, and its bits. */
const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

/** The bits of a time in single precision: exponent and leading digits, from which `ResponseTimes` reads its class. */
export function singleBits(seconds: number): number {
  single[0] = seconds;
  return word[0] ?? 0;
}

/**
 * Times in rows, one for each member or for whatever is told apart, counted in 2^`fineness` classes per doubling between 2⁻⁴⁰ s and 2⁴⁰ s; what lies outside counts
 * with the nearest. At 10 a class is 0.1 % wide.
 */
export class ResponseTimes {
  readonly #counts: Uint32Array;
  readonly #sums: Float64Array;
  readonly #least: Float64Array;
  readonly #greatest: Float64Array;
  readonly #shift: number;
  readonly #first: number;
  readonly #classes: number;

  constructor(rows: number, fineness: number) {
    this.#shift = 23 - fineness;
    this.#first = (127 - octavesBelow) << fineness;
    this.#classes = octaves << fineness;
    this.#counts = new Uint32Array(rows * this.#classes);
    this.#sums = new Float64Array(rows);
    this.#least = new Float64Array(rows).fill(Infinity);
    this.#greatest = new Float64Array(rows);
  }

  /** @param bits of `seconds`, by `singleBits`: often there already */
  add(row: number, seconds: number, bits: number): void {
    const index = ((bits >>> this.#shift) - this.#first) | 0;
    const last = this.#classes - 1;
    const at = row * this.#classes + (index < 0 ? 0 : index > last ? last : index);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sums[row] = (this.#sums[row] ?? 0) + seconds;
    if (seconds > (this.#greatest[row] ?? 0)) this.#greatest[row] = seconds;
    if (seconds < (this.#least[row] ?? 0)) this.#least[row] = seconds;
  }

  /** Undefined without a request. */
  figures(row: number): TimeFigures | undefined {
    const counts = this.#counts.subarray(row * this.#classes, (row + 1) * this.#classes);
    const count = counts.reduce((sum, each) => sum + each, 0);
    if (count === 0) return undefined;
    const [p50 = 0, p90 = 0, p95 = 0, p99 = 0, p999 = 0] = [0.5, 0.9, 0.95, 0.99, 0.999].map((p) => this.#percentile(row, counts, p * count));
    return { count, mean: (this.#sums[row] ?? 0) / count, p50, p90, p95, p99, p999, max: this.#greatest[row] ?? 0 };
  }

  /** The smallest time that `rank` of all do not exceed, to the width of a class. */
  #percentile(row: number, counts: Uint32Array, rank: number): number {
    const least = this.#least[row] ?? 0;
    const greatest = this.#greatest[row] ?? 0;
    let below = 0;
    for (let index = 0; index < counts.length; index++) {
      const here = counts[index] ?? 0;
      if (below + here >= rank && here > 0) {
        // The first class holds what is hardly more than nothing.
        if (index === 0) return least;
        const low = this.#edge(index);
        const within = low + ((rank - below) / here) * (this.#edge(index + 1) - low);
        return Math.min(greatest, Math.max(least, within));
      }
      below += here;
    }
    return greatest;
  }

  #edge(index: number): number {
    word[0] = (index + this.#first) << this.#shift;
    return single[0] ?? 0;
  }
}
