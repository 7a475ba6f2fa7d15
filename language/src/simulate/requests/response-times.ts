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

/** What is known of times besides their classes. */
export interface TimeSums {
  readonly sum: number;
  readonly least: number;
  readonly greatest: number;
}

/**
 * Times in rows, one for each member or for whatever is told apart, counted in 2^`fineness` classes per doubling between 2⁻⁴⁰ s and 2⁴⁰ s; what lies outside counts
 * with the nearest. At 10 a class is 0.1 % wide. The class is read from the bits of the number in single precision: exponent and leading digits.
 */
export class TimeClasses {
  readonly #counts: Uint32Array;
  readonly #shift: number;
  readonly #first: number;
  readonly #classes: number;

  constructor(rows: number, fineness: number) {
    this.#shift = 23 - fineness;
    this.#first = (127 - octavesBelow) << fineness;
    this.#classes = octaves << fineness;
    this.#counts = new Uint32Array(rows * this.#classes);
  }

  /** @param bits of a time that is not negative */
  count(row: number, bits: number): void {
    const above = ((bits >>> this.#shift) - this.#first) | 0;
    // 0 where it is negative; without a branch, for no wait at all is as frequent as one.
    const index = above & ~(above >> 31);
    const last = (this.#classes - 1) | 0;
    const at = (Math.imul(row, this.#classes) + (index > last ? last : index)) | 0;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  /** Of the times of this row; undefined without any. */
  figures(row: number, { sum, least, greatest }: TimeSums): TimeFigures | undefined {
    const counts = this.#counts.subarray(row * this.#classes, (row + 1) * this.#classes);
    let count = 0;
    for (const each of counts) count += each;
    if (count === 0) return undefined;
    const percentile = (p: number): number => Math.min(greatest, Math.max(least, this.#percentile(counts, p * count)));
    return { count, mean: sum / count, p50: percentile(0.5), p90: percentile(0.9), p95: percentile(0.95), p99: percentile(0.99), p999: percentile(0.999), max: greatest };
  }

  /** How many are in the first class: not longer than 2⁻⁴⁰ s. */
  inFirst(row: number): number {
    return this.#counts[row * this.#classes] ?? 0;
  }

  /** The smallest time that `rank` of all do not exceed, to the width of a class. */
  #percentile(counts: Uint32Array, rank: number): number {
    let below = 0;
    for (let index = 0; index < counts.length; index++) {
      const here = counts[index] ?? 0;
      if (below + here >= rank && here > 0) {
        if (index === 0) return 0;
        const low = this.#edge(index);
        return low + ((rank - below) / here) * (this.#edge(index + 1) - low);
      }
      below += here;
    }
    return Infinity;
  }

  #edge(index: number): number {
    return new Float32Array(Uint32Array.of((index + this.#first) << this.#shift).buffer)[0] ?? 0;
  }
}
