/** The distribution of a request's time on one member: service, and a wait in front of it. Times in seconds, rates per second. */
import { gammaAbove, gammaBelow } from "./gamma.ts";
import { findRoot } from "./root.ts";

/**
 * Service: gamma distributed with this mean and coefficient of variation (exponential at 1, constant at 0). Wait: none with probability 1 − C, else
 * exponential. Exact for M/M/k with first come, first served; for other variations the wait is Allen–Cunneen's with the shape kept.
 */
export interface ResponseLaw {
  readonly serviceSeconds: number;
  readonly variation: number;
  readonly waitProbability: number;
  /** Of those that wait, the share e^(−rate·t) waits longer than t. */
  readonly waitDecayPerSecond: number;
}

/** The smallest t with P(response ≤ t) ≥ p, 0 < p < 1. */
export function responsePercentileSeconds(law: ResponseLaw, p: number): number {
  if (law.variation === 0 || law.serviceSeconds === 0) return law.serviceSeconds + waitPercentileSeconds(law, p);
  const outside = 1 - p;
  if (law.variation === 1) {
    const quick = exponentialPercentileSeconds(law, outside);
    if (quick !== undefined) return quick;
  }
  return percentileBySearch(law, p);
}

function percentileBySearch(law: ResponseLaw, p: number): number {
  const outside = 1 - p;
  const excess = (t: number) => Math.log(Math.max(responseTail(law, t), 1e-320) / outside);
  let high = law.serviceSeconds + waitPercentileSeconds(law, p);
  while (responseTail(law, high) > outside) high *= 2;
  return findRoot(excess, 0, high, 1e-13);
}

/**
 * Of exponential service: the tail is a·e^(−μt) + b·e^(−δt), whose logarithm bends little, so Newton's method ends after a few steps.
 * @returns undefined where both rates are nearly equal, or it does not end
 */
function exponentialPercentileSeconds({ serviceSeconds, waitProbability, waitDecayPerSecond: decay }: ResponseLaw, outside: number): number | undefined {
  const rate = 1 / serviceSeconds;
  const alone = -Math.log(outside) * serviceSeconds;
  if (waitProbability === 0) return alone;
  if (Math.abs(rate - decay) < 1e-3 * rate) return undefined;
  const slow = (waitProbability * rate) / (rate - decay);
  const fast = 1 - slow;
  // Both are bounds from below where they apply: no response is shorter than its service.
  let t = slow > outside && decay < rate ? Math.max(alone, Math.log(slow / outside) / decay) : alone;
  for (let round = 0; round < 12; round++) {
    const a = fast * Math.exp(-rate * t);
    const b = slow * Math.exp(-decay * t);
    const tail = a + b;
    const step = (tail * Math.log(tail / outside)) / (a * rate + b * decay);
    t += step;
    if (Math.abs(step) <= 1e-13 * t) return t;
    if (!(t > 0)) return undefined;
  }
  return undefined;
}

/** The smallest t with P(wait ≤ t) ≥ p: 0 where at most 1 − p of the requests wait. */
export function waitPercentileSeconds(law: ResponseLaw, p: number): number {
  return law.waitProbability <= 1 - p ? 0 : Math.log(law.waitProbability / (1 - p)) / law.waitDecayPerSecond;
}

/** P(wait > t). */
export function waitTail(law: ResponseLaw, t: number): number {
  if (t < 0) return 1;
  // Without a wait its rate may be infinite, and infinity times 0 is no number.
  return law.waitProbability === 0 ? 0 : law.waitProbability * Math.exp(-law.waitDecayPerSecond * t);
}

/** P(response > t). */
export function responseTail(law: ResponseLaw, t: number): number {
  if (t <= 0) return 1;
  const { serviceSeconds, variation, waitProbability } = law;
  if (variation === 0 || serviceSeconds === 0) return waitTail(law, t - serviceSeconds);
  const alone = variation === 1 ? Math.exp(-t / serviceSeconds) : gammaAbove(1 / (variation * variation), t / (serviceSeconds * variation * variation));
  return waitProbability === 0 ? alone : Math.min(1, alone + waitProbability * addedByWait(law, t));
}

/** P(service ≤ t < service + wait) of those that wait: ∫₀ᵗ f(x) e^(−δ(t−x)) dx with the density f of the service time. */
function addedByWait(law: ResponseLaw, t: number): number {
  const { serviceSeconds, variation, waitDecayPerSecond: decay } = law;
  const shape = 1 / (variation * variation);
  const rate = shape / serviceSeconds;
  if (shape === 1) {
    // (e^(−δt) − e^(−μt))·μ/(μ−δ), without cancellation where both rates are nearly equal.
    const gap = Math.abs(rate - decay);
    const between = gap * t < 1e-12 ? t : -Math.expm1(-gap * t) / gap;
    return rate * Math.exp(-Math.min(rate, decay) * t) * between;
  }
  if (decay < rate / 2) return Math.exp(-decay * t - shape * Math.log1p(-decay / rate)) * gammaBelow(shape, (rate - decay) * t);
  // By parts: the mean of P(service > t − wait) over the wait, minus P(service > t); the wait is short against the spread of the service here.
  const cut = -Math.expm1(-decay * t);
  let mean = Math.exp(-decay * t);
  for (const [node, weight] of legendre16) {
    const wait = -Math.log1p(-cut * node) / decay;
    mean += cut * weight * gammaAbove(shape, rate * (t - wait));
  }
  return Math.max(0, mean - gammaAbove(shape, rate * t));
}

/** Gauss–Legendre nodes and weights on 0 … 1, found by Newton's method on the Legendre polynomial of degree 16. */
const legendre16: readonly (readonly [number, number])[] = gaussLegendre(16);

function gaussLegendre(degree: number): readonly (readonly [number, number])[] {
  return Array.from({ length: degree }, (_, index) => {
    let x = Math.cos((Math.PI * (index + 0.75)) / (degree + 0.5));
    let slope = 0;
    for (let round = 0; round < 50; round++) {
      let previous = 1;
      let value = x;
      for (let n = 2; n <= degree; n++) [previous, value] = [value, ((2 * n - 1) * x * value - (n - 1) * previous) / n];
      slope = (degree * (x * value - previous)) / (x * x - 1);
      const step = value / slope;
      x -= step;
      if (Math.abs(step) < 1e-16) break;
    }
    return [(1 - x) / 2, 1 / ((1 - x * x) * slope * slope)] as const;
  });
}
