/** The birth–death chain of a member whose service time depends on how many requests it serves. */
import type { Curve } from "../../model/policy.ts";
import { curveSeconds, throughputNeverFalls } from "./curve.ts";
import { inverseBlockingBelowOne } from "./erlang.ts";

/** Numbers that are written in place, for whoever asks at every step of a run. */
export interface ChainFigures {
  /** Share of arrivals that find all slots busy. */
  waitProbability: number;
  /** Mean number in service, E[min(n, k)]. */
  inService: number;
  /** Mean of the ttft curve at the number in service right after a request was taken in (itself included); without the wait. NaN without such a curve. */
  firstTokenSeconds: number;
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
  const figures: ChainFigures = { waitProbability: 0.5, inService: 0.5, firstTokenSeconds: NaN };
  writeChain(figures, slots, response, ttft, ratePerSecond);
  return figures;
}

/** The same, written into `figures`. */
export function writeChain(figures: ChainFigures, slots: number, response: Curve, ttft: Curve | undefined, ratePerSecond: number): void {
  const whole = Math.floor(slots);
  const fraction = slots - whole;
  const { rates, tokens, shrinks } = tableOf(slots, response, ttft);
  const deathRate = (index: number): number => {
    const known = rates[index] ?? 0;
    if (known > 0) return known;
    const rate = (fraction + index) / curveSeconds(response, fraction + index);
    if (index < rates.length) rates[index] = rate;
    return rate;
  };
  const tokenSeconds = (index: number): number => {
    const known = tokens[index] ?? 0;
    if (known > 0 || ttft === undefined) return known;
    const seconds = firstTokenAfter(slots, ttft, fraction + index);
    if (index < tokens.length) tokens[index] = seconds;
    return seconds;
  };
  // States above k have the weights of a geometric series that begins at k.
  const fullFactor = 1 / (1 - ratePerSecond / deathRate(whole));
  const likeliest = shrinks ? firstIndex(whole, (index) => deathRate(index) >= ratePerSecond) : 0;

  let weight = likeliest === whole ? fullFactor : 1;
  let total = weight;
  let inService = weight * (fraction + likeliest);
  let token = weight * tokenSeconds(likeliest);
  let full = likeliest === whole ? weight : 0;
  let bottom = likeliest === 0 ? 1 : 0;
  weight = 1;
  for (let index = likeliest + 1; index <= whole; index++) {
    weight *= ratePerSecond / deathRate(index);
    if (shrinks && weight < negligible) break;
    if (weight > 1e250) {
      weight *= 1e-250;
      total *= 1e-250;
      inService *= 1e-250;
      token *= 1e-250;
      bottom *= 1e-250;
    }
    const share = index === whole ? weight * fullFactor : weight;
    if (index === whole) full = share;
    total += share;
    inService += share * (fraction + index);
    token += share * tokenSeconds(index);
  }
  weight = 1;
  for (let index = likeliest - 1; index >= 0; index--) {
    weight *= deathRate(index + 1) / ratePerSecond;
    if (weight < negligible) break;
    total += weight;
    inService += weight * (fraction + index);
    token += weight * tokenSeconds(index);
    if (index === 0) bottom = weight;
  }
  if (fraction > 0 && bottom > 0) {
    // What lies below f, from Erlang's continuation, in units of the weight of f.
    const erlangs = ratePerSecond * curveSeconds(response, fraction);
    const below = bottom * (inverseBlockingBelowOne(fraction, erlangs) - 1);
    total += below;
    inService += below * erlangs - bottom * fraction;
    token += below * tokenSeconds(0);
  }
  figures.waitProbability = full / total;
  figures.inService = inService / total;
  figures.firstTokenSeconds = ttft === undefined ? NaN : token / total;
}

interface Table {
  readonly slots: number;
  readonly ttft: Curve | undefined;
  /** By index: the death rate, and the time to first token of a request that comes then; 0 until somebody asks. Empty for very many slots. */
  readonly rates: Float64Array;
  readonly tokens: Float64Array;
  readonly shrinks: boolean;
}

/** What does not depend on the load, remembered by curve: a run asks for the same member again and again. */
const tables = new WeakMap<Curve, Table>();

function tableOf(slots: number, response: Curve, ttft: Curve | undefined): Table {
  const known = tables.get(response);
  if (known !== undefined && known.slots === slots && known.ttft === ttft) return known;
  const whole = Math.floor(slots);
  const size = whole < 4096 ? whole + 1 : 0;
  const table = {
    slots, ttft, shrinks: throughputNeverFalls(response, slots),
    rates: new Float64Array(size),
    tokens: new Float64Array(ttft === undefined ? 0 : size),
  };
  tables.set(response, table);
  return table;
}

function firstTokenAfter(slots: number, ttft: Curve | undefined, n: number): number {
  return ttft === undefined ? 0 : curveSeconds(ttft, Math.min(n + 1, slots));
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
