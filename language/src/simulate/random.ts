/** A seeded source of pseudo-random numbers: 32-bit integer arithmetic only, so that every platform draws the same. */

export interface Random {
  /** The next 32 bits, 0 … 2³²−1. */
  readonly bits: () => number;
  /** Uniform in [0, 1), in steps of 2⁻³². */
  readonly uniform: () => number;
  /** Standard normal, rounded to six decimals so that the last bit of a platform's logarithm cannot show. */
  readonly normal: () => number;
  /** Three words and the counter: for a loop that draws many and holds them meanwhile. */
  readonly state: Int32Array;
}

/** The places of `Random.state`. */
export const words = { a: 0, b: 1, c: 2, counter: 3 } as const;

/**
 * Small fast counting generator (three words of state and a counter; Doty-Humphrey's "sfc32"), seeded with the low and high words of `seed`
 * and mixed by twelve draws. Normals by Marsaglia's polar method: logarithm and square root only.
 * @param seed a whole number; its value modulo 2⁵³ counts
 */
export function randomFrom(seed: number): Random {
  const state = Int32Array.of(0x9e3779b9 | 0, Math.floor(seed / 0x1_0000_0000) | 0, seed | 0, 1);
  let spare: number | undefined;

  const bits = (): number => {
    const a = state[words.a] ?? 0;
    const b = state[words.b] ?? 0;
    const c = state[words.c] ?? 0;
    const counter = state[words.counter] ?? 0;
    const sum = (((a + b) | 0) + counter) | 0;
    state[words.counter] = counter + 1;
    state[words.a] = b ^ (b >>> 9);
    state[words.b] = c + (c << 3);
    state[words.c] = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  const uniform = (): number => bits() / 0x1_0000_0000;
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = Math.round(y * factor * 1e6) / 1e6;
      return Math.round(x * factor * 1e6) / 1e6;
    }
  };
  for (let round = 0; round < 12; round++) bits();
  return { bits, uniform, normal, state };
}
