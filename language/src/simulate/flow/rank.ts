/** The value at a place in the order of many, without putting all of them in order. */
import type { Pace } from "../pace.ts";

/**
 * The value that has `place` others before it in rising order (0: the least); NaN without values. Changes the order of `values`.
 * Hoare's selection with the middle of three as pivot; about three looks at each value.
 */
export function valueAtRank(values: Float64Array, place: number, pace?: Pace): number {
  let low = 0;
  let high = values.length - 1;
  const at = (index: number): number => values[index] ?? NaN;
  while (low < high) {
    pace?.work(Math.ceil((high - low) / 100));
    const pivot = middleOf(at(low), at((low + high) >> 1), at(high));
    let i = low;
    let j = high;
    while (i <= j) {
      while (at(i) < pivot) i += 1;
      while (at(j) > pivot) j -= 1;
      if (i > j) break;
      const moved = at(i);
      values[i] = at(j);
      values[j] = moved;
      i += 1;
      j -= 1;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return at(place);
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
