/**
 * The requests in service at each member, and which of them ends next.
 *
 * A member's clock runs at the speed at which each of its requests is served: 1 where the service time is constant, 1/s(n) with a curve, in units of the work of a
 * request. In that clock the end of a request is known when it begins; only the member's next end needs a place in real time.
 */
import { curveSeconds, isFlat } from "../queueing/curve.ts";
import type { RequestMember } from "./model.ts";
import { Tournament } from "./tournament.ts";

export class Stations {
  /** Of each member. */
  readonly serving: Int32Array;
  readonly places: Int32Array;
  /** The work of a request of mean size, in the member's clock. */
  readonly unit: Float64Array;
  /** Heaps of ends in the member's clock, one for each member from its place in `offset` on, and the requests. */
  readonly ends: Float64Array;
  readonly ids: Int32Array;
  readonly offset: Int32Array;
  /** Which member ends next in real time. */
  readonly next: Tournament;
  /** Members whose clocks are not real time. */
  varying: number;
  readonly #speedOffset: Int32Array;
  /** 0: the member's clock is real time. */
  readonly #varies: Uint8Array;
  readonly #slowness: Float64Array;
  readonly #clock: Float64Array;
  readonly #clockAt: Float64Array;
  readonly #speed: Float64Array;
  /** By member and number in service. */
  readonly #speeds: Float64Array;

  constructor(members: readonly RequestMember[]) {
    const count = members.length;
    this.serving = new Int32Array(count);
    this.places = Int32Array.from(members, (member) => Math.ceil(member.slots));
    this.unit = Float64Array.from(members, (member) => (isReal(member) ? curveSeconds(member.response, 1) : 1));
    this.offset = new Int32Array(count);
    this.next = new Tournament(count);
    this.#speedOffset = new Int32Array(count);
    this.#varies = Uint8Array.from(members, (member) => (isReal(member) ? 0 : 1));
    this.varying = this.#varies.reduce((sum, varies) => sum + varies, 0);
    this.#slowness = new Float64Array(count).fill(1);
    this.#clock = new Float64Array(count);
    this.#clockAt = new Float64Array(count);
    this.#speed = new Float64Array(count).fill(1);
    let total = 0;
    members.forEach((member, index) => {
      this.offset[index] = total;
      this.#speedOffset[index] = total + index;
      total += Math.ceil(member.slots);
    });
    this.ends = new Float64Array(total);
    this.ids = new Int32Array(total);
    this.#speeds = new Float64Array(total + count);
    members.forEach((member, index) => {
      for (let n = 1; n <= Math.ceil(member.slots); n++) {
        const most = Math.min(n, member.slots);
        this.#speeds[(this.#speedOffset[index] ?? 0) + n] = isReal(member) ? 1 : most / n / curveSeconds(member.response, most);
      }
    });
  }

  hasRoom(member: number): boolean {
    return (this.serving[member] ?? 0) < (this.places[member] ?? 0);
  }

  /** @param work in units of the mean */
  begin(member: number, id: number, work: number, now: number): void {
    const length = this.serving[member] ?? 0;
    this.serving[member] = length + 1;
    const size = work * (this.unit[member] ?? 1);
    const offset = this.offset[member] ?? 0;
    if (this.#varies[member] === 0) {
      const end = now + size;
      this.rise(offset, length, end, id);
      if (this.ids[offset] === id) this.next.set(member, end);
      return;
    }
    this.#advance(member, now);
    this.rise(offset, length, (this.#clock[member] ?? 0) + size, id);
    this.#retime(member, now);
  }

  /** The request of this member that ends next. */
  nextOf(member: number): number {
    return this.ids[this.offset[member] ?? 0] ?? -1;
  }

  /** Puts another request in the place of the one that ends now. */
  replace(member: number, id: number, work: number, now: number): void {
    const size = work * (this.unit[member] ?? 1);
    const offset = this.offset[member] ?? 0;
    const length = this.serving[member] ?? 0;
    if (this.#varies[member] === 0) {
      this.sink(offset, length, now + size, id);
      this.next.set(member, this.ends[offset] ?? 0);
      return;
    }
    this.#advance(member, now);
    this.sink(offset, length, (this.#clock[member] ?? 0) + size, id);
    this.#retime(member, now);
  }

  /** Takes out the request of this member that ends now. */
  end(member: number, now: number): void {
    const offset = this.offset[member] ?? 0;
    const length = (this.serving[member] ?? 0) - 1;
    this.serving[member] = length;
    if (length > 0) this.sink(offset, length, this.ends[offset + length] ?? 0, this.ids[offset + length] ?? 0);
    if (this.#varies[member] === 0) {
      this.next.set(member, length > 0 ? (this.ends[offset] ?? 0) : Infinity);
      return;
    }
    this.#advance(member, now);
    this.#retime(member, now);
  }

  /** Takes out all requests of a member. */
  clear(member: number, now: number): readonly number[] {
    const offset = this.offset[member] ?? 0;
    const ids = [...this.ids.subarray(offset, offset + (this.serving[member] ?? 0))];
    this.#advance(member, now);
    this.serving[member] = 0;
    this.next.set(member, Infinity);
    return ids;
  }

  /** From now on the member takes `factor` times as long. */
  slowDown(member: number, factor: number, now: number): void {
    if (this.#varies[member] === 0) {
      this.#varies[member] = 1;
      this.varying += 1;
      this.#clock[member] = now;
      this.#clockAt[member] = now;
    }
    this.#advance(member, now);
    this.#slowness[member] = factor;
    this.#retime(member, now);
  }

  #advance(member: number, now: number): void {
    this.#clock[member] = (this.#clock[member] ?? 0) + (now - (this.#clockAt[member] ?? 0)) * (this.#speed[member] ?? 0);
    this.#clockAt[member] = now;
  }

  /** After the number in service has changed. */
  #retime(member: number, now: number): void {
    const serving = this.serving[member] ?? 0;
    if (serving === 0) {
      this.next.set(member, Infinity);
      return;
    }
    const speed = (this.#speeds[(this.#speedOffset[member] ?? 0) + serving] ?? 1) / (this.#slowness[member] ?? 1);
    this.#speed[member] = speed;
    this.next.set(member, now + Math.max(0, (this.ends[this.offset[member] ?? 0] ?? 0) - (this.#clock[member] ?? 0)) / speed);
  }

  /** Puts a request into the heap at `offset`, which holds `length` and has room for it. Whole numbers are said to be (`| 0`), for this is where much of the time goes. */
  rise(offset: number, length: number, end: number, id: number): void {
    const { ends, ids } = this;
    let place = length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = ends[(offset + above) | 0] ?? 0;
      if (other <= end) break;
      ends[(offset + place) | 0] = other;
      ids[(offset + place) | 0] = ids[(offset + above) | 0] ?? 0;
      place = above;
    }
    ends[(offset + place) | 0] = end;
    ids[(offset + place) | 0] = id;
  }

  /** Puts a request in the place of the first to end of the heap at `offset`, which holds `length` with it. */
  sink(offset: number, length: number, end: number, id: number): void {
    const { ends, ids } = this;
    let place = 0;
    for (;;) {
      let child = (2 * place + 1) | 0;
      if (child >= length) break;
      let least = ends[(offset + child) | 0] ?? 0;
      const right = (child + 1) | 0;
      if (right < length) {
        const other = ends[(offset + right) | 0] ?? 0;
        if (other < least) {
          least = other;
          child = right;
        }
      }
      if (end <= least) break;
      ends[(offset + place) | 0] = least;
      ids[(offset + place) | 0] = ids[(offset + child) | 0] ?? 0;
      place = child;
    }
    ends[(offset + place) | 0] = end;
    ids[(offset + place) | 0] = id;
  }
}

/** A member whose requests do not disturb each other. */
function isReal(member: RequestMember): boolean {
  return Number.isInteger(member.slots) && isFlat(member.response);
}
