/** A small request-level simulation for tests: Poisson arrivals, exponential service, a balancer in front of servers with slots and a queue each. */
import type { Balancer } from "../../../language/src/simulate/balancers/balancer.ts";
import { randomFrom } from "../../../language/src/simulate/random.ts";

export interface QueueingServer {
  readonly slots: number;
  readonly seconds: number;
}

export interface QueueingOutcome {
  readonly shares: readonly number[];
  readonly responseSeconds: number;
}

export function simulateRequests(balancer: Balancer, servers: readonly QueueingServer[], ratePerSecond: number, requests: number): QueueingOutcome {
  const random = randomFrom(20260105);
  const exponential = (mean: number) => -Math.log(1 - random.uniform()) * mean;
  const stations = servers.map((server) => ({ ...server, busy: 0, waitingSince: [] as number[], head: 0, taken: 0 }));
  const ends = new EndTimes();
  let nextArrival = exponential(1 / ratePerSecond);
  let total = 0;
  for (let arrived = 0; arrived < requests; ) {
    const end = ends.first();
    if (end !== undefined && end.at < nextArrival) {
      ends.removeFirst();
      balancer.finish(end.server, end.at);
      const station = stations[end.server];
      const since = station?.waitingSince[station.head];
      if (station === undefined) continue;
      if (since === undefined) {
        station.busy -= 1;
      } else {
        station.head += 1;
        const until = end.at + exponential(station.seconds);
        total += until - since;
        ends.add(until, end.server);
      }
      continue;
    }
    const now = nextArrival;
    nextArrival += exponential(1 / ratePerSecond);
    arrived += 1;
    const index = balancer.pick({}, now);
    const station = index === undefined ? undefined : stations[index];
    if (index === undefined || station === undefined) throw new Error("no server");
    station.taken += 1;
    if (station.busy < station.slots) {
      station.busy += 1;
      const service = exponential(station.seconds);
      total += service;
      ends.add(now + service, index);
    } else {
      station.waitingSince.push(now);
    }
  }
  return { shares: stations.map((station) => station.taken / requests), responseSeconds: total / requests };
}

/** A binary heap of the moments at which servers finish. */
class EndTimes {
  readonly #heap: { readonly at: number; readonly server: number }[] = [];

  first(): { readonly at: number; readonly server: number } | undefined {
    return this.#heap[0];
  }

  add(at: number, server: number): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push({ at, server });
    while (place > 0) {
      const above = (place - 1) >> 1;
      if ((heap[above]?.at ?? 0) <= at) break;
      this.#swap(place, above);
      place = above;
    }
  }

  removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let place = 0; ; ) {
      let least = 2 * place + 1;
      if (least >= heap.length) return;
      if ((heap[least + 1]?.at ?? Infinity) < (heap[least]?.at ?? 0)) least += 1;
      if (last.at <= (heap[least]?.at ?? 0)) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (x !== undefined && y !== undefined) [this.#heap[a], this.#heap[b]] = [y, x];
  }
}
