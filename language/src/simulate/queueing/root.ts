/**
 * The root of a continuous function between two points where it has opposite signs, by Chandrupatla's method: bisection where it must,
 * inverse quadratic steps where they are safe, so it never does worse than bisection by more than a factor.
 *
 * @param tolerance relative to the root; 1e-14 by default
 * @returns the root, or the end at which the function is already zero; where both ends have one sign, the end nearer to zero
 * Source: T. R. Chandrupatla, Advances in Engineering Software 28 (1997) 145–149.
 */
export function findRoot(f: (x: number) => number, from: number, to: number, tolerance = 1e-14): number {
  let a = from;
  let b = to;
  let fa = f(a);
  let fb = f(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (fa > 0 === fb > 0) return Math.abs(fa) < Math.abs(fb) ? a : b;
  let c = a;
  let fc = fa;
  let t = 0.5;
  for (let round = 0; round < 200; round++) {
    const x = a + t * (b - a);
    const fx = f(x);
    if (fx > 0 === fa > 0) {
      c = a;
      fc = fa;
    } else {
      c = b;
      fc = fb;
      b = a;
      fb = fa;
    }
    a = x;
    fa = fx;
    const best = Math.abs(fa) < Math.abs(fb) ? a : b;
    if (fa === 0) return a;
    const step = (tolerance * Math.abs(best) + Number.MIN_VALUE) / Math.abs(b - a);
    if (step > 0.5) return best;
    t = nextStep(a, b, c, fa, fb, fc);
    t = Math.min(1 - step, Math.max(step, t));
  }
  return a;
}

function nextStep(a: number, b: number, c: number, fa: number, fb: number, fc: number): number {
  const xi = (a - b) / (c - b);
  const phi = (fa - fb) / (fc - fb);
  if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)) return 0.5;
  return (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb));
}
