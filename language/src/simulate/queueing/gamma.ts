/** The gamma function and its incomplete forms, as far as the queueing formulas need them. Relative error about 1e-14. */

/** ln Γ(x) for x > 0: Stirling's series, after lifting x above 10 by Γ(x) = Γ(x+1)/x. Source: DLMF 5.11.1. */
export function logGamma(x: number): number {
  let lifted = x;
  let product = 1;
  while (lifted < 10) {
    product *= lifted;
    lifted += 1;
  }
  const inverse = 1 / lifted;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360 - square / 156))))));
  return (lifted - 0.5) * Math.log(lifted) - lifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** P(shape, x) = γ(shape, x)/Γ(shape), the probability that a gamma variable of rate 1 is at most x. Shape > 0, x ≥ 0. */
export function gammaBelow(shape: number, x: number): number {
  if (x <= 0) return 0;
  return x < shape + 1 ? Math.min(1, leading(shape, x) * lowerSeries(shape, x)) : Math.max(0, 1 - gammaAbove(shape, x));
}

/** Q(shape, x) = 1 − P(shape, x), without loss of digits in the tail. */
export function gammaAbove(shape: number, x: number): number {
  if (x <= 0) return 1;
  return x < shape + 1 ? Math.max(0, 1 - gammaBelow(shape, x)) : leading(shape, x) * upperFraction(shape, x);
}

/** Γ(shape, x) · e^x · x^(−shape) by Legendre's continued fraction (modified Lentz). Converges for x > shape − 1, fast from x ≥ 1. DLMF 8.9.2. */
export function upperFraction(shape: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - shape;
  let c = 1 / tiny;
  let d = 1 / (b === 0 ? tiny : b);
  let fraction = d;
  for (let i = 1; i < 10_000; i++) {
    const numerator = -i * (i - shape);
    b += 2;
    d = numerator * d + b;
    d = 1 / (d === 0 ? tiny : d);
    c = b + numerator / c;
    if (c === 0) c = tiny;
    const delta = c * d;
    fraction *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return fraction;
}

/** γ(shape, x) · e^x · x^(−shape) = Σ xⁿ / (shape … (shape+n)); all terms positive. DLMF 8.7.1. */
export function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < 100_000; n++) {
    term *= x / (shape + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

function leading(shape: number, x: number): number {
  return Math.exp(shape * Math.log(x) - x - logGamma(shape));
}
