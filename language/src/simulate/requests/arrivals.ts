/** The times at which requests arrive. */
import type { PickRequest } from "../balancers/balancer.ts";
import type { Random } from "../random.ts";
import { Draws } from "./draws.ts";
import type { RequestArrivals } from "./model.ts";

/** Places of `ArrivalTimes.clock`. */
export const moment = { last: 0, stepEnd: 1, rate: 2 } as const;

/**
 * Arrivals in order. A renewal process in the integral of the rate: with variation 1 they are a Poisson process with the rate of each step, whatever that is.
 */
export class ArrivalTimes {
  readonly #arrivals: RequestArrivals;
  readonly gaps: Draws;
  /** The last arrival, the end of its step, and the rate until then. */
  readonly clock = new Float64Array(3);
  #step = 0;

  constructor(arrivals: RequestArrivals, random: Random) {
    this.#arrivals = arrivals;
    this.gaps = new Draws(arrivals.variation, random);
    this.clock[moment.stepEnd] = arrivals.rates.length > 1 ? arrivals.stepSeconds : Infinity;
    this.clock[moment.rate] = arrivals.rates[0] ?? 0;
  }

  /** The arrival after the one before; Infinity where none comes any more. */
  next(): number {
    const { rates, stepSeconds } = this.#arrivals;
    const { clock } = this;
    let left = this.gaps.next();
    for (;;) {
      const now = clock[moment.last] ?? 0;
      const end = clock[moment.stepEnd] ?? 0;
      const rate = clock[moment.rate] ?? 0;
      const next = now + left / rate;
      if (next < end) {
        clock[moment.last] = next;
        return next;
      }
      if (this.#step >= rates.length - 1) return Infinity;
      left -= (end - now) * rate;
      this.#step += 1;
      clock[moment.last] = end;
      clock[moment.stepEnd] = this.#step === rates.length - 1 ? Infinity : end + stepSeconds;
      clock[moment.rate] = rates[this.#step] ?? 0;
    }
  }
}

/** What the requests of one client carry: the same key and address each. */
function clientRequest(index: number): { readonly key: string; readonly address: string } {
  return { key: `client-${index}`, address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}` };
}

/** The requests of so many clients. */
export function clientRequests(clients: number): readonly { readonly key: string; readonly address: string }[] {
  return Array.from({ length: clients }, (_, index) => clientRequest(index));
}

/** The same, each made when it is first asked for: a million of them takes a while. */
export class Clients {
  readonly count: number;
  readonly #known: (PickRequest | undefined)[];

  constructor(count: number) {
    this.count = count;
    this.#known = Array.from({ length: count });
  }

  /** Of a client by its number, and of anyone at -1. */
  of(client: number): PickRequest {
    if (client < 0) return anyone;
    const known = this.#known[client] ?? clientRequest(client);
    this.#known[client] = known;
    return known;
  }
}

const anyone: PickRequest = {};

/** One of so many clients, all equally busy; -1 where there is none. */
export function clientOf(clients: number, random: Random): number {
  return clients === 0 ? -1 : Math.floor(random.uniform() * clients);
}
