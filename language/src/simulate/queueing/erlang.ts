/** Erlang's loss and delay formulas for any real number of slots. Loads in erlangs (arrival rate × mean service time). */
import { logGamma, lowerSeries, upperFraction } from "./gamma.ts";
import { findRoot } from "./root.ts";

/**
 * Erlang C: the probability that an arrival waits in M/M/k.
 * @param slots k > 0; need not be whole: the analytic continuation of Erlang's B is used, which has no jump at whole k
 * @param offeredErlangs a ≥ 0
 * @returns C = B / (1 − (a/k)(1 − B)), and 1 where a ≥ k (no steady state: every arrival waits)
 */
export function erlangC(slots: number, offeredErlangs: number): number {
  if (offeredErlangs <= 0) return 0;
  const load = offeredErlangs / slots;
  if (load >= 1) return 1;
  return 1 / (inverseBlocking(slots, offeredErlangs) * (1 - load) + load);
}

/**
 * Erlang B: the probability that an arrival is lost in M/M/k/k.
 * @param slots k ≥ 0, need not be whole
 * @param offeredErlangs a ≥ 0; any load is steady
 */
export function erlangB(slots: number, offeredErlangs: number): number {
  return offeredErlangs <= 0 ? (slots > 0 ? 0 : 1) : 1 / inverseBlocking(slots, offeredErlangs);
}

/**
 * 1/B(k, a) = a ∫₀^∞ e^(−at) (1+t)^k dt. Grows up the recursion I(x) = 1 + (x/a)·I(x−1), which only adds positive terms.
 * Below about a − 12√a the recursion forgets where it began (every step multiplies an error by x/a < 1), so it begins there: some 40·√a steps
 * instead of k. Infinity where B is below 1e-308.
 * Source: D. L. Jagerman, Bell System Technical Journal 53 (1974) 525–551.
 */
export function inverseBlocking(slots: number, offeredErlangs: number): number {
  const fraction = slots - Math.floor(slots);
  const forgotten = Math.floor(Math.min(slots, offeredErlangs) - 12 * Math.sqrt(offeredErlangs) - 40);
  let x = fraction;
  let inverse: number;
  if (forgotten > 0) {
    x += forgotten;
    inverse = offeredErlangs / (offeredErlangs - x);
  } else {
    inverse = inverseBlockingBelowOne(fraction, offeredErlangs);
  }
  // Counted in whole steps: adding 1 to a fraction again and again would not end exactly at `slots`.
  const steps = Math.floor(slots) - Math.max(0, forgotten);
  for (let step = 1; step <= steps && inverse !== Infinity; step++) inverse = 1 + ((x + step) / offeredErlangs) * inverse;
  return inverse;
}

/** 1/B(x, a) for 0 ≤ x < 1: e^a a^(−x) Γ(x+1, a). */
export function inverseBlockingBelowOne(x: number, offeredErlangs: number): number {
  if (x === 0) return 1;
  if (offeredErlangs >= 1) return offeredErlangs * upperFraction(x + 1, offeredErlangs);
  return Math.exp(offeredErlangs - x * Math.log(offeredErlangs) + logGamma(x + 1)) - offeredErlangs * lowerSeries(x + 1, offeredErlangs);
}

/** The load in erlangs at which `slots` lose the share `blocking` (0 < blocking < 1) of the arrivals. */
export function erlangBInverse(slots: number, blocking: number): number {
  // B ≥ 1 − k/a for every a, hence the upper end.
  return findRoot((erlangs) => erlangB(slots, erlangs) - blocking, 0, slots / (1 - blocking));
}

/** The fewest whole slots that lose at most the share `maxBlocking` of `offeredErlangs`. */
export function slotsForBlocking(offeredErlangs: number, maxBlocking: number): number {
  let blocking = 1;
  let slots = 0;
  while (blocking > maxBlocking) {
    slots += 1;
    blocking = (offeredErlangs * blocking) / (slots + offeredErlangs * blocking);
  }
  return slots;
}
