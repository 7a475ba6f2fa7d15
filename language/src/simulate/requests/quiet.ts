/** The stretches of a run in which nothing happens but arrivals and answers. */
import { clientOf, moment } from "./arrivals.ts";
import { place } from "./request-pool.ts";
import { clock } from "./run-state.ts";
import type { RunState } from "./run-state.ts";

/** True where `runQuiet` has anything to do. */
export function isQuiet(run: RunState): boolean {
  return run.pendingCount === 0 && run.stations.varying === 0 && !run.slowStart.begun && !run.hasToken.includes(1);
}

/** For a balancer that wants to be told of every end. */
const untold = { calm: new Uint8Array(1), counts: new Int32Array(1) };

/**
 * Up to `most` events, each as the simulation of single events would have it, in one loop with all that it touches in variables, which takes two thirds of the
 * time. Before an event that is anything else it stops: a time limit, a fault, an answer that nobody waits for, a part of the state that has to grow. A request whose
 * member does not take it at once is handed over.
 * @returns how many
 */
export function runQuiet(run: RunState, most: number): number {
  const { balancer, times, pool, lines, stations, readDeadlines, limitNumbers, tally, connections, mostConnections, failed, errorsInRow, work, clients, handed } = run;
  const { arrivedAt, sentAt, startedAt, work: workOf, member: memberOf, client: clientsOf, place: placeOf, tries, counts, limit, next: after, free } = pool;
  const { serving, places, unit, ends, ids, offset } = stations;
  const { at: nextAt, members: nextMember } = stations.next;
  const { firsts, lasts } = lines;
  const { ids: ring, limits: ringLimits, head } = readDeadlines;
  const { responses, waiting, places: answeredBy, sentTo } = tally;
  const { gaps } = times;
  const gapValues = gaps.values;
  const { calm, counts: inFlight } = balancer.inFlight ?? untold;
  const { count: clientCount } = clients;
  const { requests, warmUp } = run;
  const hasLimit = run.model.readSeconds !== Infinity;
  // Nothing ends at Infinity.
  const other = Math.min(run.clock[clock.other] ?? 0, Number.MAX_VALUE);
  const stepEnd = times.clock[moment.stepEnd] ?? 0;
  const rate = times.clock[moment.rate] ?? 0;
  const ringMask = ring.length - 1;
  let gapsUsed = gaps.used;
  let next = run.clock[clock.next] ?? 0;
  let last = run.clock[clock.last] ?? 0;
  let { freeCount, fewestFree } = pool;
  let { length: answers } = tally;
  let { length: limits } = readDeadlines;
  let { last: limitNumber } = limitNumbers;
  let { arrived } = run;
  let event = 0;
  while (event < most) {
    const end = nextAt[1] ?? 0;
    let changed = 0;
    if (end <= next) {
      if (other < end) break;
      const member = nextMember[1] ?? 0;
      const base = offset[member] ?? 0;
      const id = ids[base] ?? 0;
      if (placeOf[id] === place.givenUp || answers === answeredBy.length) break;
      event = (event + 1) | 0;
      if (calm[0] === 1) inFlight[member] = ((inFlight[member] ?? 0) - 1) | 0;
      else balancer.finish(member, end);
      connections[member] = (connections[member] ?? 0) - 1;
      errorsInRow[member] = 0;
      if (counts[id] === 1) {
        const since = arrivedAt[id] ?? 0;
        responses[answers] = end - since;
        waiting[answers] = (startedAt[id] ?? 0) - since;
        answeredBy[answers] = member;
        answers = (answers + 1) | 0;
      }
      limit[id] = 0;
      free[freeCount] = id;
      freeCount = (freeCount + 1) | 0;
      // The next in the member's line takes the place of the first to end; without one the last to end does.
      let length = serving[member] ?? 0;
      let time = 0;
      let name = firsts[member] ?? -1;
      if (name >= 0) {
        firsts[member] = after[name] ?? -1;
        placeOf[name] = place.inService;
        startedAt[name] = end;
        time = end + (workOf[name] ?? 0) * (unit[member] ?? 0);
      } else {
        length = (length - 1) | 0;
        serving[member] = length;
        time = length === 0 ? Infinity : (ends[(base + length) | 0] ?? 0);
        name = ids[(base + length) | 0] ?? 0;
      }
      stations.sink(base, length, time, name);
      changed = member;
    } else {
      if (other < next || freeCount === 0 || gapsUsed === gapValues.length || limits === ring.length) break;
      const now = next;
      if (arrived < requests - 1) {
        next = now + (gapValues[gapsUsed] ?? 0) / rate;
        if (next >= stepEnd) {
          next = now;
          break;
        }
        gapsUsed = (gapsUsed + 1) | 0;
      } else {
        next = Infinity;
      }
      event = (event + 1) | 0;
      last = now;
      if (arrived === warmUp) run.clock[clock.counted] = now;
      const counted = arrived >= warmUp ? 1 : 0;
      arrived = (arrived + 1) | 0;
      freeCount = (freeCount - 1) | 0;
      if (freeCount < fewestFree) fewestFree = freeCount;
      const id = free[freeCount] ?? 0;
      arrivedAt[id] = now;
      tries[id] = 0;
      counts[id] = counted;
      const client = clientCount === 0 ? -1 : clientOf(clientCount, run.streams.clients);
      clientsOf[id] = client;
      const member = balancer.pick(clients.of(client), now) ?? -1;
      const draws = work[member];
      if (draws === undefined || draws.used === draws.values.length || failed[member] === 1 || (connections[member] ?? 0) >= (mostConnections[member] ?? 0)) {
        handed.id = id;
        handed.member = member;
        break;
      }
      connections[member] = (connections[member] ?? 0) + 1;
      sentTo[member] = (sentTo[member] ?? 0) + counted;
      sentAt[id] = now;
      memberOf[id] = member;
      const size = draws.values[draws.used] ?? 0;
      draws.used += 1;
      workOf[id] = size;
      if (hasLimit) {
        const spot = (head + limits) & ringMask;
        limitNumber = (limitNumber + 1) | 0;
        limit[id] = limitNumber;
        ring[spot] = id;
        ringLimits[spot] = limitNumber;
        limits = (limits + 1) | 0;
      }
      const length = serving[member] ?? 0;
      if (length >= (places[member] ?? 0)) {
        placeOf[id] = place.atMember;
        after[id] = -1;
        if ((firsts[member] ?? -1) < 0) firsts[member] = id;
        else after[lasts[member] ?? 0] = id;
        lasts[member] = id;
        continue;
      }
      serving[member] = (length + 1) | 0;
      placeOf[id] = place.inService;
      startedAt[id] = now;
      const base = offset[member] ?? 0;
      const time = now + size * (unit[member] ?? 0);
      stations.rise(base, length, time, id);
      if (ids[base] !== id) continue;
      changed = member;
    }
    stations.next.set(changed, ends[offset[changed] ?? 0] ?? 0);
  }
  gaps.used = gapsUsed;
  times.clock[moment.last] = next === Infinity ? last : next;
  run.clock[clock.next] = next;
  run.clock[clock.last] = last;
  pool.freeCount = freeCount;
  pool.fewestFree = fewestFree;
  tally.length = answers;
  readDeadlines.length = limits;
  limitNumbers.last = limitNumber;
  run.arrived = arrived;
  if (answers === answeredBy.length) tally.flush();
  return event;
}
