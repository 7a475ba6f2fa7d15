/** The requests in the system, as numbers in typed arrays; a request is an index. */

/** Where a request is. */
export const place = { nowhere: 0, atBalancer: 1, atMember: 2, inService: 3, givenUp: 4 } as const;

export class RequestPool {
  arrivedAt = new Float64Array(1024);
  sentAt = new Float64Array(1024);
  startedAt = new Float64Array(1024);
  /** In units of its member's mean. */
  work = new Float64Array(1024);
  /** When its first token comes; Infinity where it is not known. */
  tokenAt = new Float64Array(1024);
  member = new Int32Array(1024);
  client = new Int32Array(1024);
  place = new Uint8Array(1024);
  tries = new Uint8Array(1024);
  /** 1 where it is counted. */
  counts = new Uint8Array(1024);
  /** Grows when the index is used again. */
  generation = new Uint32Array(1024);
  /** The next in its line. */
  next = new Int32Array(1024).fill(-1);
  inSystem = 0;
  mostInSystem = 0;
  #free: Int32Array = Int32Array.from({ length: 1024 }, (_, index) => 1023 - index);
  #freeCount = 1024;

  take(now: number, client: number, counts: number): number {
    if (this.#freeCount === 0) this.#grow();
    this.#freeCount -= 1;
    const id = this.#free[this.#freeCount] ?? 0;
    this.inSystem += 1;
    if (this.inSystem > this.mostInSystem) this.mostInSystem = this.inSystem;
    this.arrivedAt[id] = now;
    this.client[id] = client;
    this.tries[id] = 0;
    this.counts[id] = counts;
    return id;
  }

  release(id: number): void {
    this.inSystem -= 1;
    this.place[id] = place.nowhere;
    this.generation[id] = (this.generation[id] ?? 0) + 1;
    this.#free[this.#freeCount] = id;
    this.#freeCount += 1;
  }

  #grow(): void {
    const size = this.place.length;
    this.arrivedAt = doubled(this.arrivedAt, new Float64Array(2 * size));
    this.sentAt = doubled(this.sentAt, new Float64Array(2 * size));
    this.startedAt = doubled(this.startedAt, new Float64Array(2 * size));
    this.work = doubled(this.work, new Float64Array(2 * size));
    this.tokenAt = doubled(this.tokenAt, new Float64Array(2 * size));
    this.member = doubled(this.member, new Int32Array(2 * size));
    this.client = doubled(this.client, new Int32Array(2 * size));
    this.place = doubled(this.place, new Uint8Array(2 * size));
    this.tries = doubled(this.tries, new Uint8Array(2 * size));
    this.counts = doubled(this.counts, new Uint8Array(2 * size));
    this.generation = doubled(this.generation, new Uint32Array(2 * size));
    this.next = doubled(this.next, new Int32Array(2 * size));
    this.#free = Int32Array.from({ length: 2 * size }, (_, index) => 2 * size - 1 - index);
    this.#freeCount = size;
  }
}

function doubled<A extends { set: (from: A) => void }>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** First come, first served lines of requests, linked through `pool.next`. */
export class Lines {
  readonly lengths: Int32Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #pool: RequestPool;

  constructor(pool: RequestPool, count: number) {
    this.#pool = pool;
    this.lengths = new Int32Array(count);
    this.#first = new Int32Array(count).fill(-1);
    this.#last = new Int32Array(count).fill(-1);
  }

  /** -1 where it is empty. */
  first(line: number): number {
    return this.#first[line] ?? -1;
  }

  join(line: number, id: number): void {
    const { next } = this.#pool;
    next[id] = -1;
    const last = this.#last[line] ?? -1;
    if (last < 0) this.#first[line] = id;
    else next[last] = id;
    this.#last[line] = id;
    this.lengths[line] = (this.lengths[line] ?? 0) + 1;
  }

  leaveFirst(line: number): number {
    const id = this.#first[line] ?? -1;
    if (id < 0) return id;
    const after = this.#pool.next[id] ?? -1;
    this.#first[line] = after;
    if (after < 0) this.#last[line] = -1;
    this.lengths[line] = (this.lengths[line] ?? 0) - 1;
    return id;
  }
}

/** At first; a power of two. */
const ringRoom = 8192;

/** Requests whose time runs out in the order in which they were put in: each after the same number of seconds. */
export class Deadlines {
  readonly #pool: RequestPool;
  readonly #seconds: number;
  #at = new Float64Array(ringRoom);
  #ids = new Int32Array(ringRoom);
  #generations = new Uint32Array(ringRoom);
  #head = 0;
  #length = 0;

  constructor(pool: RequestPool, seconds: number) {
    this.#pool = pool;
    this.#seconds = seconds;
  }

  /** When the first one runs out; Infinity where there is none. It may have been answered meanwhile. */
  nextAt(): number {
    return this.#length === 0 ? Infinity : (this.#at[this.#head] ?? Infinity);
  }

  put(id: number, now: number): void {
    if (this.#length === this.#at.length) this.#makeRoom();
    const last = (this.#head + this.#length) & (this.#at.length - 1);
    this.#at[last] = now + this.#seconds;
    this.#ids[last] = id;
    this.#generations[last] = this.#pool.generation[id] ?? 0;
    this.#length += 1;
  }

  /** The id of the first one that has run out by `now` and still has the same generation; -1 where there is none. */
  takeDue(now: number): number {
    const mask = this.#at.length - 1;
    while (this.#length > 0 && (this.#at[this.#head] ?? 0) <= now) {
      const id = this.#ids[this.#head] ?? -1;
      const generation = this.#generations[this.#head] ?? 0;
      this.#head = (this.#head + 1) & mask;
      this.#length -= 1;
      if (this.#pool.generation[id] === generation) return id;
    }
    return -1;
  }

  /** Forgets those that have been answered; doubles where more than a quarter is left. */
  #makeRoom(): void {
    const size = this.#at.length;
    const kept: number[] = [];
    for (let step = 0; step < this.#length; step++) {
      const index = (this.#head + step) & (size - 1);
      if (this.#pool.generation[this.#ids[index] ?? 0] === this.#generations[index]) kept.push(index);
    }
    const room = kept.length > size / 4 ? 2 * size : size;
    const at = new Float64Array(room);
    const ids = new Int32Array(room);
    const generations = new Uint32Array(room);
    kept.forEach((index, place) => {
      at[place] = this.#at[index] ?? 0;
      ids[place] = this.#ids[index] ?? 0;
      generations[place] = this.#generations[index] ?? 0;
    });
    this.#at = at;
    this.#ids = ids;
    this.#generations = generations;
    this.#head = 0;
    this.#length = kept.length;
  }
}
