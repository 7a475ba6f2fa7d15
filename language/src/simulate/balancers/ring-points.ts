/** Points of a ring in rising order. */

export interface RingPoints {
  readonly hashes: Uint32Array;
  /** Of each point the place of its server in the list it was put in from. */
  readonly places: Int32Array;
}

/** More than so many points take seconds to put in order and hundreds of megabytes to keep. */
export const mostRingPoints = 2_000_000;

/** A hash and a place fit in one number that sorts like the hash. */
const placesPerHash = 2 ** 20;

/**
 * Puts points in order; of equal hashes the one of the lower place is first.
 * @param fill puts `count` points, each a hash of 32 bits and a place below 2²⁰
 */
export function ringPoints(count: number, fill: (put: (hash: number, place: number) => void) => void): RingPoints {
  const keys = new Float64Array(count);
  let filled = 0;
  fill((hash, place) => {
    keys[filled] = hash * placesPerHash + place;
    filled += 1;
  });
  keys.sort();
  const hashes = new Uint32Array(count);
  const places = new Int32Array(count);
  for (let point = 0; point < count; point++) {
    const key = keys[point] ?? 0;
    const hash = Math.floor(key / placesPerHash);
    hashes[point] = hash;
    places[point] = key - hash * placesPerHash;
  }
  return { hashes, places };
}
