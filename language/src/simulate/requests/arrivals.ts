/** The times at which requests arrive. */
import type { Random } from "../random.ts";
import { samplerFor } from "./draws.ts";
import type { RequestArrivals } from "./model.ts";

/**
 * The next arrival, after the one before; Infinity where none comes any more. A renewal process in the integral of the rate: with variation 1 the arrivals
 * are a Poisson process with the rate of each step, whatever that is.
 */
export function arrivalTimes(arrivals: RequestArrivals, random: Random): () => number {
  const { rates, stepSeconds } = arrivals;
  const gap = samplerFor(arrivals.variation, random);
  const last = Math.max(0, rates.length - 1);
  /** Time, end of the step. */
  const clock = new Float64Array([0, last === 0 ? Infinity : stepSeconds]);
  let step = 0;
  return () => {
    let left = gap();
    for (;;) {
      const now = clock[0] ?? 0;
      const end = clock[1] ?? Infinity;
      const rate = rates[step] ?? 0;
      const next = now + left / rate;
      if (next < end) {
        clock[0] = next;
        return next;
      }
      if (step >= last) return Infinity;
      left -= (end - now) * rate;
      step += 1;
      clock[0] = end;
      clock[1] = step === last ? Infinity : end + stepSeconds;
    }
  };
}

/** `client` requests carry the same key and address each. */
export function clientRequests(clients: number): readonly { readonly key: string; readonly address: string }[] {
  return Array.from({ length: clients }, (_, index) => ({ key: `client-${index}`, address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}` }));
}
