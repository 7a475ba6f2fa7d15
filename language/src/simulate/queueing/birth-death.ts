/** The birth–death chain of a member whose service time depends on how many requests it serves. */
import type { Curve } from "../../model/policy.ts";
import { curveSeconds, throughputNeverFalls } from "./curve.ts";
import { inverseBlockingBelowOne } from "./erlang.ts";

export interface ChainFigures {
  /** Share of arrivals that find all slots busy. */
  readonly waitProbability: number;
  /** Mean number in service, E[min(n, k)]. */
  readonly inService: number;
  /** Mean of the ttft curve at the number in service right after a request was taken in (itself included); without the wait. */
  readonly firstTokenSeconds?: number;
}

/**
 * The chain with births λ and deaths n/s(n) for n ≤ k, k/s(k) above; 0 < λ < k/s(k).
 *
 * The states are n = f, f+1, …, k with f the fractional part of k. What lies below f is the continuation of Erlang's formula, so that a flat curve gives
 * Erlang C for every real k, and nothing jumps where k passes a whole number.
 *
 * The weights are multiplied outwards from the likeliest state, so that they only shrink and the sum ends where they no longer count: some √k steps
 * instead of k. Where throughput falls along the curve there may be several likely states; then all are summed, from the bottom.
 */
export function chainAt(slots: number, response: Curve, ttft: Curve | undefined, ratePerSecond: number): ChainFigures {
  const whole = Math.floor(slots);
  const fraction = slots - whole;
  const deathRate = (index: number) => (fraction + index) / curveSeconds(response, fraction + index);
  const tokenSeconds = (n: number) => (ttft === undefined ? 0 : curveSeconds(ttft, Math.min(n + 1, slots)));
  const fullFactor = 1 / (1 - ratePerSecond / deathRate(whole));
  let total = 0;
  let inService = 0;
  let token = 0;
  let full = 0;

  const add = (index: number, weight: number): void => {
    const n = fraction + index;
    if (index === 0 && fraction > 0) {
      const erlangs = ratePerSecond * curveSeconds(response, n);
      const below = weight * (inverseBlockingBelowOne(fraction, erlangs) - 1);
      total += below;
      inService += below * erlangs - weight * n;
      token += below * tokenSeconds(n);
    }
    // States above k have the weights of a geometric series that begins at k.
    const share = index === whole ? weight * fullFactor : weight;
    if (index === whole) full = share;
    total += share;
    inService += share * n;
    token += share * tokenSeconds(n);
  };

  const shrinks = throughputNeverFalls(response, slots);
  const likeliest = shrinks ? firstIndex(whole, (index) => deathRate(index) >= ratePerSecond) : 0;
  let weight = 1;
  add(likeliest, weight);
  for (let index = likeliest + 1; index <= whole; index++) {
    weight *= ratePerSecond / deathRate(index);
    if (shrinks && weight < negligible) break;
    if (weight > 1e250) {
      weight *= 1e-250;
      total *= 1e-250;
      inService *= 1e-250;
      token *= 1e-250;
    }
    add(index, weight);
  }
  weight = 1;
  for (let index = likeliest; index > 0; index--) {
    weight *= deathRate(index) / ratePerSecond;
    if (weight < negligible) break;
    add(index - 1, weight);
  }
  return {
    waitProbability: full / total,
    inService: inService / total,
    ...(ttft === undefined ? {} : { firstTokenSeconds: token / total }),
  };
}

/** Beside a sum that is at least 1 and has fewer than 1e6 such terms. */
const negligible = 1e-24;

/** The smallest index in 0 … last for which `holds` is true, where it is false before and true after; `last` where none is. */
function firstIndex(last: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
