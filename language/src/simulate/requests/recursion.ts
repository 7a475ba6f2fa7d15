/** First come, first served members behind a balancer that does not look at them: every wait follows from the ones before, without events. */
import { curveSeconds, isFlat } from "../queueing/curve.ts";
import { paceOf } from "../pace.ts";
import type { SimulationControl } from "../report.ts";
import { ArrivalTimes, Clients, clientOf } from "./arrivals.ts";
import { drawsByVariation } from "./draws.ts";
import { eventsPerLook } from "./model.ts";
import type { RequestArrivals, RequestModel, RequestOutcome, RunStreams } from "./model.ts";
import { Tally } from "./tally.ts";

/** True where the recursion gives what the simulation of events would. */
export function isRecursive(model: RequestModel): boolean {
  return (
    model.picksBlindly && model.faults.length === 0 && model.until === "answer" &&
    model.members.every((member) => Number.isInteger(member.slots) && isFlat(member.response) && member.maxConnections === undefined && member.ttft === undefined)
  );
}

/**
 * The times at which the slots of each member fall free, as a heap; an arrival takes the one that does so first.
 * @returns undefined where a request runs out of time: what the balancer makes of it needs the simulation of events
 * Source: J. Kiefer, J. Wolfowitz, Transactions of the American Mathematical Society 78 (1955) 1–18.
 */
export function runRecursion(model: RequestModel, arrivals: RequestArrivals, streams: RunStreams, control: SimulationControl): RequestOutcome | undefined {
  const { members, readSeconds } = model;
  const balancer = model.balancer(streams.picks);
  const times = new ArrivalTimes(arrivals, streams.arrivals);
  const work = drawsByVariation(members.map((member) => member.variation), streams.work);
  const seconds = Float64Array.from(members, (member) => curveSeconds(member.response, 1));
  const slots = Int32Array.from(members, (member) => member.slots);
  const offsets = new Int32Array(members.length);
  for (let index = 1; index < members.length; index++) offsets[index] = (offsets[index - 1] ?? 0) + (slots[index - 1] ?? 0);
  const free = new Float64Array((offsets.at(-1) ?? 0) + (slots.at(-1) ?? 0));
  const clients = new Clients(model.clients);
  const tally = new Tally(model);
  const { requests, warmUp } = arrivals;
  const { reached } = paceOf(control);
  let asked = 0;
  let countedFrom = 0;
  let lastArrival = 0;
  for (let arrived = 0; arrived < requests; arrived++) {
    if (arrived % eventsPerLook === 0) {
      if (control.isCancelled?.() === true) return { kind: "cancelled" };
      reached(arrived / requests);
    }
    const now = times.next();
    if (now === Infinity) break;
    lastArrival = now;
    if (arrived === warmUp) countedFrom = now;
    const counts = arrived >= warmUp;
    if (counts) asked += 1;
    const member = balancer.pick(clients.of(clientOf(clients.count, streams.clients)), now);
    if (member === undefined) {
      if (counts) tally.failed("no_member");
      continue;
    }
    balancer.finish(member, now);
    if (counts) tally.sent(member);
    const service = (work[member]?.next() ?? 1) * (seconds[member] ?? 0);
    const offset = offsets[member] ?? 0;
    const start = Math.max(now, free[offset] ?? 0);
    if (start + service - now > readSeconds) return undefined;
    sink(free, offset, slots[member] ?? 1, start + service);
    if (counts) tally.answered(member, now, start, start + service);
  }
  reached(1);
  return { kind: "figures", figures: tally.figures({ seconds: lastArrival - countedFrom, asked, mostInSystem: 0 }) };
}

/** Puts `value` in the place of the least of `length` values from `offset`, and it where it belongs. */
function sink(heap: Float64Array, offset: number, length: number, value: number): void {
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= length) break;
    if (child + 1 < length && (heap[offset + child + 1] ?? 0) < (heap[offset + child] ?? 0)) child += 1;
    const least = heap[offset + child] ?? 0;
    if (value <= least) break;
    heap[offset + place] = least;
    place = child;
  }
  heap[offset + place] = value;
}
