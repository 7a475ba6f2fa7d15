/** The requests in the system, as numbers in typed arrays; a request is an index. */

/** Where a request is. */
export const place = { atBalancer: 1, atMember: 2, inService: 3, givenUp: 4 } as const;

export class RequestPool {
  arrivedAt = new Float64Array(1024);
  /** To its member; at the balancer, since when it waits there. */
  sentAt = new Float64Array(1024);
  startedAt = new Float64Array(1024);
  /** In units of its member's mean. */
  work = new Float64Array(1024);
  /** When its first token comes; Infinity where it is not known. */
  tokenAt = new Float64Array(1024);
  member = new Int32Array(1024);
  client = new Int32Array(1024).fill(-1);
  place = new Uint8Array(1024);
  tries = new Uint8Array(1024);
  /** 1 where it is counted. */
  counts = new Uint8Array(1024);
  /** The number of the time limit that holds for it; 0 without one. */
  limit = new Int32Array(1024);
  /** The next in its line. */
  next = new Int32Array(1024).fill(-1);
  /** The indexes that are not used, `freeCount` of them, and the fewest that there have been. */
  free: Int32Array = Int32Array.from({ length: 1024 }, (_, index) => 1023 - index);
  freeCount = 1024;
  fewestFree = 1024;

  inSystem(): number {
    return this.place.length - this.freeCount;
  }

  mostInSystem(): number {
    return this.place.length - this.fewestFree;
  }

  take(now: number, client: number, counts: number): number {
    if (this.freeCount === 0) this.#grow();
    this.freeCount -= 1;
    const id = this.free[this.freeCount] ?? 0;
    if (this.freeCount < this.fewestFree) this.fewestFree = this.freeCount;
    this.arrivedAt[id] = now;
    this.client[id] = client;
    this.tries[id] = 0;
    this.counts[id] = counts;
    return id;
  }

  release(id: number): void {
    this.limit[id] = 0;
    this.free[this.freeCount] = id;
    this.freeCount += 1;
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
    this.limit = doubled(this.limit, new Int32Array(2 * size));
    this.next = doubled(this.next, new Int32Array(2 * size));
    this.client.fill(-1, size);
    this.free = Int32Array.from({ length: 2 * size }, (_, index) => 2 * size - 1 - index);
    this.freeCount = size;
    this.fewestFree = size;
  }
}

function doubled<A extends { set: (from: A) => void }>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** First come, first served lines of requests, linked through `pool.next`. */
export class Lines {
  /** -1 where the line is empty; then the last says nothing. */
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
  readonly #pool: RequestPool;

  constructor(pool: RequestPool, count: number) {
    this.#pool = pool;
    this.firsts = new Int32Array(count).fill(-1);
    this.lasts = new Int32Array(count);
  }

  /** -1 where it is empty. */
  first(line: number): number {
    return this.firsts[line] ?? -1;
  }

  join(line: number, id: number): void {
    const { next } = this.#pool;
    next[id] = -1;
    if (this.first(line) < 0) this.firsts[line] = id;
    else next[this.lasts[line] ?? 0] = id;
    this.lasts[line] = id;
  }

  leaveFirst(line: number): number {
    const id = this.first(line);
    if (id >= 0) this.firsts[line] = this.#pool.next[id] ?? -1;
    return id;
  }
}

/** At first; a power of two. */
const ringRoom = 8192;

/** The last number given to a time limit: each has its own, so that a request which has gone on since is not taken for the one that was put in. */
export class LimitNumbers {
  last = 0;
}

/** Requests whose time runs out in the order in which they were put in: each the same number of seconds after `sentAt`. */
export class Deadlines {
  readonly #pool: RequestPool;
  readonly #seconds: number;
  readonly #numbers: LimitNumbers;
  /** A ring: of each its request and its number, `length` of them from `head` on. */
  ids = new Int32Array(ringRoom);
  limits = new Int32Array(ringRoom);
  head = 0;
  length = 0;

  constructor(pool: RequestPool, seconds: number, numbers: LimitNumbers) {
    this.#pool = pool;
    this.#seconds = seconds;
    this.#numbers = numbers;
  }

  /**
   * When the next one may run out: nothing does before. Without any it is the time limit of a request that comes now, so that none needs to be looked at when it is
   * put in.
   */
  nextAt(now: number): number {
    this.#dropAnswered();
    return (this.length === 0 ? now : (this.#pool.sentAt[this.ids[this.head] ?? 0] ?? 0)) + this.#seconds;
  }

  isEmpty(): boolean {
    this.#dropAnswered();
    return this.length === 0;
  }

  /** @param id sent just now */
  put(id: number): void {
    if (this.#seconds === Infinity) return;
    if (this.length === this.ids.length) this.#makeRoom();
    const last = (this.head + this.length) & (this.ids.length - 1);
    const number = (this.#numbers.last + 1) | 0;
    this.#numbers.last = number;
    this.#pool.limit[id] = number;
    this.ids[last] = id;
    this.limits[last] = number;
    this.length += 1;
  }

  /** The id of the first one that has run out by `now` and has not been answered; -1 where there is none. */
  takeDue(now: number): number {
    this.#dropAnswered();
    const id = this.length === 0 ? -1 : (this.ids[this.head] ?? -1);
    if (id < 0 || (this.#pool.sentAt[id] ?? 0) + this.#seconds > now) return -1;
    this.#dropFirst();
    return id;
  }

  #dropAnswered(): void {
    while (this.length > 0 && !this.#holds(this.head)) this.#dropFirst();
  }

  #dropFirst(): void {
    this.head = (this.head + 1) & (this.ids.length - 1);
    this.length -= 1;
  }

  #holds(index: number): boolean {
    return this.#pool.limit[this.ids[index] ?? 0] === this.limits[index];
  }

  /** Forgets those that have been answered; doubles where more than a quarter is left. */
  #makeRoom(): void {
    const size = this.ids.length;
    const kept: number[] = [];
    for (let step = 0; step < this.length; step++) {
      const index = (this.head + step) & (size - 1);
      if (this.#holds(index)) kept.push(index);
    }
    const room = kept.length > size / 4 ? 2 * size : size;
    const ids = new Int32Array(room);
    const limits = new Int32Array(room);
    kept.forEach((index, place) => {
      ids[place] = this.ids[index] ?? 0;
      limits[place] = this.limits[index] ?? 0;
    });
    this.ids = ids;
    this.limits = limits;
    this.head = 0;
    this.length = kept.length;
  }
}
