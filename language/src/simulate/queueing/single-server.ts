/** One server with Poisson arrivals and a general service time. Rates per second, times in seconds. All need ρ = λ·S < 1. */
import { waitFactor } from "./pool-figures.ts";
import { findRoot } from "./root.ts";

/**
 * Mean wait of M/G/1, first come, first served: ρS(1 + v²) / (2(1 − ρ)). Exact (Pollaczek–Khinchine).
 * @param variation v, coefficient of variation of the service time
 */
export function singleServerWaitSeconds(arrivalsPerSecond: number, serviceSeconds: number, variation: number): number {
  const load = arrivalsPerSecond * serviceSeconds;
  return (load * serviceSeconds * waitFactor(variation)) / (1 - load);
}

/** Mean response of a request that needs `sizeSeconds` alone, on a server that all requests share at once (processor sharing): x / (1 − ρ), whatever the service law. */
export function sharedProcessorResponseSeconds(arrivalsPerSecond: number, serviceSeconds: number, sizeSeconds: number): number {
  return sizeSeconds / (1 - arrivalsPerSecond * serviceSeconds);
}

/**
 * The smallest t with P(wait ≤ t) ≥ p in M/D/1. Exact: with m = ⌈t/D⌉ and u = mD − t, P(wait ≤ t) = e^(−λu) Σⱼ Q(m−1−j)·(λu)ʲ/j!, where Q(n) is the probability
 * of at most n waiting; every term is positive, unlike in the classical formula.
 * Source: G. J. Franx, Operations Research Letters 29 (2001) 221–229.
 */
export function constantServiceWaitPercentileSeconds(arrivalsPerSecond: number, serviceSeconds: number, p: number): number {
  const load = arrivalsPerSecond * serviceSeconds;
  if (p <= 1 - load) return 0;
  const queue = waitingDistribution(load);
  const waitsAtMost = (t: number) => {
    const m = Math.floor(t / serviceSeconds) + 1;
    const pending = arrivalsPerSecond * (m * serviceSeconds - t);
    let poisson = Math.exp(-pending);
    let sum = 0;
    for (let j = 0; j < m && poisson > 0; j++) {
      sum += poisson * queue.atMost(m - 1 - j);
      poisson *= pending / (j + 1);
    }
    return sum;
  };
  let high = serviceSeconds;
  while (waitsAtMost(high) < p) high *= 2;
  return findRoot((t) => waitsAtMost(t) - p, 0, high);
}

/**
 * P(at most n waiting) in M/D/1. The number in the system has p(0) = 1 − ρ and p(j)·(1 − t(0)) = p(0)·t(j−1) + Σₖ₌₁ʲ⁻¹ p(k)·t(j−k), where t(n) is the probability of
 * more than n arrivals during one service. Only positive terms; the t(n) vanish after some thirty.
 */
function waitingDistribution(load: number): { readonly atMost: (n: number) => number } {
  const tails: number[] = [];
  let term = Math.exp(-load);
  const probabilities: number[] = [];
  for (let n = 0; n < 60; n++) {
    probabilities.push(term);
    term *= load / (n + 1);
  }
  for (let n = 0; n < 59; n++) tails.push(probabilities.slice(n + 1).reduceRight((sum, probability) => sum + probability, 0));
  const inSystem = [1 - load];
  const atMost: number[] = [];
  const extend = () => {
    const j = inSystem.length;
    let sum = 0;
    for (let back = 1; back <= Math.min(j, tails.length); back++) sum += (inSystem[j - back] ?? 0) * (tails[j === back ? j - 1 : back] ?? 0);
    const next = sum / (1 - (tails[0] ?? 0));
    inSystem.push(next);
    atMost.push((atMost.at(-1) ?? 1 - load) + next);
  };
  return {
    atMost: (n) => {
      while (atMost.length <= n) extend();
      return atMost[n] ?? 1;
    },
  };
}
