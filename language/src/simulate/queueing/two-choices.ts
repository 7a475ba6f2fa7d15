/** The less busy of two members drawn at random, in the limit of many members that serve several requests each. Rates per second, times in seconds. */
import { curveSeconds } from "./curve.ts";
import type { MemberService } from "./member.ts";
import { findRoot } from "./root.ts";

export interface TwoChoicesFigures {
  readonly serviceSeconds: number;
  readonly waitSeconds: number;
  readonly waitProbability: number;
}

/**
 * The share sᵢ of members with at least i requests solves λ(sᵢ₋₁² − sᵢ²) = dᵢ(sᵢ − sᵢ₊₁) with dᵢ = min(i, k)/s(min(i, k)); from k on it is sᵢ = sᵢ₋₁²·λ/d, and
 * below k it is found backwards from the level at which s₀ = 1. With one slot this is ρ^(2ⁱ − 1). Exponential service.
 * @param ratePerSecond λ of one member, above 0 and below its capacity
 * Source: M. Mitzenmacher, IEEE TPDS 12 (2001) 1094–1104, with rates that depend on the state.
 */
export function twoChoicesWait(service: MemberService, ratePerSecond: number): TwoChoicesFigures {
  const { response } = service;
  const slots = Math.max(1, Math.round(service.slots));
  // Slots that are not whole: the nearest number, sped up to the capacity.
  const speed = (service.capacityPerSecond * curveSeconds(response, slots)) / slots;
  const deaths = Float64Array.from({ length: slots + 1 }, (_, busy) => (busy === 0 ? 0 : (speed * busy) / curveSeconds(response, busy)));
  const full = deaths[slots] ?? 1;
  const shares = new Float64Array(slots + 1);

  /** Fills the shares below `level` from that of `level` and of the one above; s₀ is the answer. */
  const backwards = (level: number, at: number, above: number): number => {
    shares.fill(0);
    shares[level] = at;
    if (level < slots) shares[level + 1] = above;
    for (let index = level; index >= 1; index--) {
      const here = shares[index] ?? 0;
      shares[index - 1] = Math.sqrt(here * here + ((deaths[index] ?? 0) * (here - (shares[index + 1] ?? 0))) / ratePerSecond);
    }
    return shares[0] ?? 0;
  };
  const load = ratePerSecond / full;
  const top = slots - 1;
  const start = (level: number, logShare: number): number => {
    const at = Math.exp(logShare);
    return backwards(level, at, level === top ? at * at * load : 0);
  };
  // The highest level that counts: where even a negligible share there is too much for s₀ = 1, it is lower.
  let level = 0;
  for (let step = 2 ** Math.ceil(Math.log2(slots + 1)); step >= 1; step /= 2) {
    if (level + step <= top && start(level + step, negligible) < 1) level += step;
  }
  if (level > 0) start(level, findRoot((logShare) => start(level, logShare) - 1, negligible, 0, 1e-10));
  else start(0, 0);
  const last = shares[top] ?? 0;
  shares[slots] = last * last * load;

  let inService = 0;
  for (let index = 1; index <= slots; index++) inService += shares[index] ?? 0;
  let waiting = 0;
  for (let share = (shares[slots] ?? 0) ** 2 * load; share > 1e-18; share = share * share * load) waiting += share;
  return { serviceSeconds: inService / ratePerSecond, waitSeconds: waiting / ratePerSecond, waitProbability: (shares[slots] ?? 0) ** 2 };
}

/** Logarithm of a share that nobody sees, and whose square is still a number. */
const negligible = Math.log(1e-150);
