/** The simulation of single requests: arrivals, picks, service, time limits, faults. */
import type { PickRequest } from "../balancers/balancer.ts";
import { curveSeconds } from "../queueing/curve.ts";
import { paceOf } from "../pace.ts";
import type { SimulationControl } from "../report.ts";
import { clientOf } from "./arrivals.ts";
import type { ControlEvent } from "./controls.ts";
import { eventsPerLook, requestLimits } from "./model.ts";
import type { FailureCause, RequestArrivals, RequestModel, RequestOutcome, RunStreams } from "./model.ts";
import { isQuiet, runQuiet } from "./quiet.ts";
import { place } from "./request-pool.ts";
import { RunState, clock } from "./run-state.ts";

/** `thorough` takes every event by the long way; `fastest` gives the same sooner. */
export type EventLoop = "thorough" | "fastest";

/** Runs until all requests have arrived and are answered or have failed. */
export function runEvents(model: RequestModel, arrivals: RequestArrivals, streams: RunStreams, control: SimulationControl, loop: EventLoop = "fastest"): RequestOutcome {
  return new EventRun(model, arrivals, streams).run(control, loop);
}

/** After a quiet stretch shorter than this so many events go the long way, for more of the unusual will come. */
const shortStretch = 4;
const eventsUnquiet = 32;

class EventRun extends RunState {
  run(control: SimulationControl, loop: EventLoop): RequestOutcome {
    const { tally, pool, requests } = this;
    const { reached } = paceOf(control);
    do {
      if (control.isCancelled?.() === true) return { kind: "cancelled" };
      reached(this.arrived / Math.max(1, requests));
      if (pool.inSystem() > requestLimits.inSystem) return { kind: "overrun" };
    } while (this.#runEvents(loop));
    reached(1);
    const asked = Math.max(0, this.arrived - this.warmUp);
    return { kind: "figures", figures: tally.figures({ seconds: (this.clock[clock.last] ?? 0) - (this.clock[clock.counted] ?? 0), asked, mostInSystem: pool.mostInSystem() }) };
  }

  /** Some thousand events; false after the last. In portions, so that it is compiled as a whole and cancelled in time. */
  #runEvents(loop: EventLoop): boolean {
    let left = eventsPerLook;
    while (left > 0) {
      let most = eventsUnquiet;
      if (loop === "fastest" && isQuiet(this)) {
        const stretch = runQuiet(this, left);
        left -= stretch;
        const { id, member } = this.handed;
        if (id >= 0) this.#send(id, this.clock[clock.last] ?? 0, undefined, member);
        this.handed.id = -1;
        if (stretch >= shortStretch) most = 1;
      }
      most = Math.min(left, most);
      for (let event = 0; event < most; event++) {
        if (!this.#runEvent()) return false;
      }
      left -= most;
    }
    return true;
  }

  /** False where nothing can happen any more. */
  #runEvent(): boolean {
    const { stations } = this;
    const end = stations.next.firstAt();
    const next = this.clock[clock.next] ?? 0;
    const isEnd = end <= next;
    const now = isEnd ? end : next;
    if (now === Infinity && (this.pool.inSystem() === 0 || (this.agenda.nextAt() === Infinity && this.readDeadlines.isEmpty() && this.queueDeadlines.isEmpty()))) return false;
    if ((this.clock[clock.other] ?? 0) < now) {
      this.#other(this.clock[clock.other] ?? 0);
    } else if (isEnd) {
      this.#ends(stations.next.first(), now);
    } else {
      const counts = this.arrived >= this.warmUp ? 1 : 0;
      if (this.arrived === this.warmUp) this.clock[clock.counted] = now;
      this.clock[clock.last] = now;
      this.arrived += 1;
      this.#send(this.pool.take(now, clientOf(this.clients.count, this.streams.clients), counts), now, undefined);
      this.clock[clock.next] = this.arrived < this.requests ? this.times.next() : Infinity;
    }
    return true;
  }

  /** Finds a member for a request, in as many tries as are allowed. `picked` is the member of the first where it is known, -1 for none. */
  #send(id: number, now: number, before: ReadonlySet<number> | undefined, picked?: number): void {
    const pool = this.pool;
    let tried = before;
    for (let first = picked; ; first = undefined) {
      const asked = this.clients.of(pool.client[id] ?? -1);
      const member = first ?? this.#pick(tried === undefined ? asked : { ...asked, tried }, now);
      if (member < 0) {
        this.#wait(id, this.model.members.length, now);
        return;
      }
      const connections = this.connections[member] ?? 0;
      if (connections >= (this.mostConnections[member] ?? 0)) {
        // A hash has chosen a member without room: the request waits for that one.
        this.#wait(id, member, now);
        return;
      }
      if (this.failed[member] === 0) {
        this.#connect(id, member, now);
        return;
      }
      this.#failTry(member, now);
      const tries = (pool.tries[id] ?? 0) + 1;
      pool.tries[id] = tries;
      if (tries > this.model.retries || !this.model.retryOn.refused) {
        this.#fail(id, "no_member");
        return;
      }
      if (pool.counts[id] === 1) this.tally.retried();
      tried = new Set([...(tried ?? []), member]);
    }
  }

  /** The balancer's pick, -1 for none. A member that came back a short while ago passes part of its turns on. */
  #pick(asked: PickRequest, now: number): number {
    const member = this.balancer.pick(asked, now) ?? -1;
    if (member < 0) return member;
    const part = this.slowStart.part(member, now);
    if (part === 1 || this.streams.picks.uniform() < part) return member;
    const other = this.balancer.pick({ ...asked, tried: new Set([...(asked.tried ?? []), member]) }, now) ?? -1;
    if (other < 0) return member;
    this.balancer.finish(member, now);
    return other;
  }

  #connect(id: number, member: number, now: number): void {
    const pool = this.pool;
    pool.sentAt[id] = now;
    pool.member[id] = member;
    this.connections[member] = (this.connections[member] ?? 0) + 1;
    pool.work[id] = this.work[member]?.next() ?? 1;
    if (pool.counts[id] === 1) this.tally.sent(member);
    this.readDeadlines.put(id);
    if (this.stations.hasRoom(member)) {
      this.#begin(id, member, now);
    } else {
      pool.place[id] = place.atMember;
      this.lines.join(member, id);
    }
  }

  #begin(id: number, member: number, now: number): void {
    this.stations.begin(member, id, this.pool.work[id] ?? 1, now);
    this.#noteBegin(id, member, now);
  }

  #noteBegin(id: number, member: number, now: number): void {
    const pool = this.pool;
    pool.place[id] = place.inService;
    pool.startedAt[id] = now;
    if (this.hasToken[member] === 0) return;
    const ttft = this.model.members[member]?.ttft;
    if (ttft !== undefined) pool.tokenAt[id] = now + curveSeconds(ttft, this.stations.serving[member] ?? 1) * (this.slowness[member] ?? 1);
  }

  #ends(member: number, now: number): void {
    const pool = this.pool;
    const stations = this.stations;
    const id = stations.nextOf(member);
    if (pool.place[id] !== place.givenUp) {
      this.balancer.finish(member, now);
      this.connections[member] = (this.connections[member] ?? 0) - 1;
      this.errorsInRow[member] = 0;
      if (pool.counts[id] === 1) {
        const arrivedAt = pool.arrivedAt[id] ?? 0;
        this.tally.answered(member, arrivedAt, pool.startedAt[id] ?? 0, now);
        if (this.hasToken[member] === 1) this.tally.firstToken((pool.tokenAt[id] ?? 0) - arrivedAt);
      }
    }
    pool.release(id);
    const next = this.lines.leaveFirst(member);
    if (next < 0) {
      stations.end(member, now);
    } else {
      stations.replace(member, next, pool.work[next] ?? 1, now);
      this.#noteBegin(next, member, now);
    }
    if (this.pendingCount > 0) this.#admit(member, now);
  }

  /** A connection of this member is free: who has waited longest at the balancer takes it. False where it is not, or nobody waits. */
  #admit(member: number, now: number): boolean {
    if (this.out[member] === 1 || this.failed[member] === 1 || (this.connections[member] ?? 0) >= (this.mostConnections[member] ?? 0)) return false;
    const any = this.model.members.length;
    const pending = this.pending;
    const [own, other] = [pending.first(member), pending.first(any)];
    if (own < 0 && other < 0) return false;
    const isOwn = other < 0 || (own >= 0 && (this.pool.sentAt[own] ?? 0) <= (this.pool.sentAt[other] ?? 0));
    const id = pending.leaveFirst(isOwn ? member : any);
    this.pendingCount -= 1;
    // Its time limit in the queue no longer counts.
    this.pool.limit[id] = 0;
    if (!isOwn) this.balancer.assign(member);
    this.#connect(id, member, now);
    return true;
  }

  /** Those that wait for this member, or for anybody, take its connections. */
  #admitAll(member: number, now: number): void {
    while (this.#admit(member, now));
  }

  /** At the balancer: for a member, or in the last line for any. `sentAt` holds since when. */
  #wait(id: number, line: number, now: number): void {
    const pool = this.pool;
    const any = this.model.members.length;
    const cause: FailureCause | undefined = line === any && !this.#someoneIsFull() ? "no_member" : this.pendingCount >= this.model.waitingRoom ? "queue_full" : undefined;
    if (cause !== undefined) {
      if (line !== any) this.balancer.finish(line, now);
      this.#fail(id, cause);
      return;
    }
    pool.place[id] = place.atBalancer;
    pool.sentAt[id] = now;
    pool.member[id] = line;
    this.pending.join(line, id);
    this.pendingCount += 1;
    this.queueDeadlines.put(id);
    this.clock[clock.other] = Math.min(this.clock[clock.other] ?? 0, now + this.model.queueSeconds);
  }

  #someoneIsFull(): boolean {
    for (let member = 0; member < this.connections.length; member++) {
      if (this.out[member] === 0 && (this.connections[member] ?? 0) >= (this.mostConnections[member] ?? 0)) return true;
    }
    return false;
  }

  #fail(id: number, cause: FailureCause): void {
    if (this.pool.counts[id] === 1) this.tally.failed(cause);
    this.pool.release(id);
  }

  /** A try on this member went wrong: the balancer is told, and where it does not count itself, its errors are counted here. */
  #failTry(member: number, now: number): void {
    this.balancer.fail(member, now);
    const { passive } = this.model.detection;
    if (passive === undefined || passive.fall === 0 || this.out[member] === 1) return;
    const errors = (this.errorsInRow[member] ?? 0) + 1;
    this.errorsInRow[member] = errors;
    if (errors < passive.fall) return;
    this.errorsInRow[member] = 0;
    this.#setOut(member, 1, now);
    this.agenda.put({ at: now + passive.seconds, kind: "found_up", member, factor: 1 });
    this.clock[clock.other] = Math.min((this.clock[clock.other] ?? 0), now + passive.seconds);
  }

  #setOut(member: number, out: 0 | 1, now: number): void {
    if (this.out[member] === out) return;
    this.out[member] = out;
    this.balancer.setDown(member, out === 1);
    if (out === 0) this.slowStart.begin(member, now);
  }

  #other(now: number): void {
    if (this.agenda.nextAt() <= now) {
      const event = this.agenda.take();
      if (event !== undefined) this.#act(event, now);
    }
    for (let id = this.queueDeadlines.takeDue(now); id >= 0; id = this.queueDeadlines.takeDue(now)) this.#giveUpWaiting(id, now);
    for (let id = this.readDeadlines.takeDue(now); id >= 0; id = this.readDeadlines.takeDue(now)) this.#giveUpReading(id, now);
    this.lookAhead(now);
  }

  #giveUpWaiting(id: number, now: number): void {
    if (this.pool.place[id] !== place.atBalancer) return;
    const line = this.pool.member[id] ?? 0;
    // All wait equally long at most, so the first of its line is the one.
    this.pending.leaveFirst(line);
    this.pendingCount -= 1;
    if (line !== this.model.members.length) this.balancer.finish(line, now);
    this.#fail(id, "queue_timeout");
  }

  #giveUpReading(id: number, now: number): void {
    const pool = this.pool;
    const member = pool.member[id] ?? 0;
    const isWaiting = pool.place[id] === place.atMember;
    if (!isWaiting && pool.place[id] !== place.inService) return;
    if (!isWaiting && this.model.until === "first_token" && this.model.members[member]?.ttft !== undefined && (pool.tokenAt[id] ?? Infinity) <= now) return;
    this.connections[member] = (this.connections[member] ?? 0) - 1;
    const tries = (pool.tries[id] ?? 0) + 1;
    const again = this.model.retryOn.timeout && tries <= this.model.retries;
    if (isWaiting) {
      this.lines.leaveFirst(member);
    } else {
      // The member does not notice and goes on; what it holds is a request nobody waits for.
      pool.place[id] = place.givenUp;
    }
    this.#failTry(member, now);
    const client = pool.client[id] ?? -1;
    const counts = pool.counts[id] ?? 0;
    const arrivedAt = pool.arrivedAt[id] ?? 0;
    if (!again && counts === 1) this.tally.failed("read_timeout");
    if (isWaiting) pool.release(id);
    if (again) {
      const copy = pool.take(now, client, counts);
      pool.arrivedAt[copy] = arrivedAt;
      pool.tries[copy] = tries;
      if (counts === 1) this.tally.retried();
      this.#send(copy, now, new Set([member]));
    }
    if (this.pendingCount > 0) this.#admit(member, now);
  }

  #act({ kind, member, factor }: ControlEvent, now: number): void {
    switch (kind) {
      case "fails":
        this.failed[member] = 1;
        this.#loseAll(member, now);
        return;
      case "recovers":
        this.failed[member] = 0;
        this.#admitAll(member, now);
        return;
      case "slows":
        this.slowness[member] = (this.slowness[member] ?? 1) * factor;
        this.stations.slowDown(member, this.slowness[member] ?? 1, now);
        return;
      case "found_down":
        this.#setOut(member, 1, now);
        return;
      case "found_up":
        // A probe of one that is still gone fails; the next comes as long after.
        if (this.failed[member] === 1 && this.model.detection.passive !== undefined) {
          this.agenda.put({ at: now + this.model.detection.passive.seconds, kind, member, factor });
          return;
        }
        this.#setOut(member, 0, now);
        this.#admitAll(member, now);
    }
  }

  /** The requests in a member that fails are lost; those that wait for it at the balancer go on waiting. */
  #loseAll(member: number, now: number): void {
    const pool = this.pool;
    const lose = (id: number): void => {
      if (pool.place[id] === place.givenUp) {
        pool.release(id);
        return;
      }
      this.connections[member] = (this.connections[member] ?? 0) - 1;
      this.#failTry(member, now);
      this.#fail(id, "member_lost");
    };
    for (const id of this.stations.clear(member, now)) lose(id);
    while (this.lines.first(member) >= 0) lose(this.lines.leaveFirst(member));
  }
}
