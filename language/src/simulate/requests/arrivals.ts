/** The times at which requests arrive. */
import type { Random } from "../random.ts";
import { Draws } from "./draws.ts";
import type { RequestArrivals } from "./model.ts";

/**
 * Arrivals in order. A renewal process in the integral of the rate: with variation 1 they are a Poisson process with the rate of each step, whatever that is.
 */
export class ArrivalTimes {
  readonly #arrivals: RequestArrivals;
  readonly #gaps: Draws;
  #now = 0;
  #stepEnd: number;
  #step = 0;

  constructor(arrivals: RequestArrivals, random: Random) {
    this.#arrivals = arrivals;
    this.#gaps = new Draws(arrivals.variation, random);
    this.#stepEnd = arrivals.rates.length > 1 ? arrivals.stepSeconds : Infinity;
  }

  /** The arrival after the one before; Infinity where none comes any more. */
  next(): number {
    const { rates, stepSeconds } = this.#arrivals;
    let left = this.#gaps.next();
    for (;;) {
      const rate = rates[this.#step] ?? 0;
      const next = this.#now + left / rate;
      if (next < this.#stepEnd) {
        this.#now = next;
        return next;
      }
      if (this.#step >= rates.length - 1) return Infinity;
      left -= (this.#stepEnd - this.#now) * rate;
      this.#step += 1;
      this.#now = this.#stepEnd;
      this.#stepEnd = this.#step === rates.length - 1 ? Infinity : this.#now + stepSeconds;
    }
  }
}

/** `client` requests carry the same key and address each. */
export function clientRequests(clients: number): readonly { readonly key: string; readonly address: string }[] {
  return Array.from({ length: clients }, (_, index) => ({ key: `client-${index}`, address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}` }));
}
