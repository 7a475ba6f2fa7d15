/** Counts the requests of a run. */
import { curveSeconds } from "../queueing/curve.ts";
import type { FailureCause, RequestFigures, RequestMember, RequestModel } from "./model.ts";
import { TimeClasses } from "./response-times.ts";

export interface RunWindow {
  readonly seconds: number;
  readonly asked: number;
  readonly mostInSystem: number;
}

/** Answers are gathered and counted so many at a time. */
const batch = 4096;

/** Response times and waits of a batch in single precision, and their bits. */
const singles = new Float32Array(2 * batch);
const bitsOfSingles = new Uint32Array(singles.buffer);

export class Tally {
  /** Of each answer of the batch its response time, its wait and its member. */
  readonly responses = new Float64Array(batch);
  readonly waiting = new Float64Array(batch);
  readonly places = new Int32Array(batch);
  length = 0;
  /** Tries of counted requests by member. */
  readonly sentTo: Float64Array;
  readonly #members: readonly RequestMember[];
  readonly #response = new TimeClasses(1, 10);
  readonly #wait = new TimeClasses(1, 10);
  readonly #tokens = new TimeClasses(1, 10);
  readonly #each: TimeClasses;
  /** Of each member's response times and waits. */
  readonly #sums: Float64Array;
  readonly #least: Float64Array;
  readonly #greatest: Float64Array;
  readonly #waits: Float64Array;
  /** The longest wait, and the sum, the least and the greatest time to a first token. */
  readonly #mostWait = new Float64Array(1);
  readonly #token = Float64Array.of(0, Infinity, 0);
  readonly #failures: Record<FailureCause, number> = { no_member: 0, queue_full: 0, queue_timeout: 0, read_timeout: 0, member_lost: 0 };
  #retries = 0;

  constructor({ members }: RequestModel) {
    this.#members = members;
    this.#each = new TimeClasses(members.length, 6);
    this.#sums = new Float64Array(members.length);
    this.#least = new Float64Array(members.length).fill(Infinity);
    this.#greatest = new Float64Array(members.length);
    this.#waits = new Float64Array(members.length);
    this.sentTo = new Float64Array(members.length);
  }

  /** A counted request was answered. */
  answered(member: number, arrivedAt: number, startedAt: number, endedAt: number): void {
    this.responses[this.length] = endedAt - arrivedAt;
    this.waiting[this.length] = startedAt - arrivedAt;
    this.places[this.length] = member;
    this.length += 1;
    if (this.length === this.places.length) this.flush();
  }

  firstToken(seconds: number): void {
    const [sum = 0, least = 0, greatest = 0] = this.#token;
    this.#token.set([sum + seconds, Math.min(least, seconds), Math.max(greatest, seconds)]);
    singles[0] = seconds;
    this.#tokens.count(0, bitsOfSingles[0] ?? 0);
  }

  failed(cause: FailureCause): void {
    this.#failures[cause] += 1;
  }

  retried(): void {
    this.#retries += 1;
  }

  /** A try of a counted request was sent to this member. */
  sent(member: number): void {
    this.sentTo[member] = (this.sentTo[member] ?? 0) + 1;
  }

  flush(): void {
    const [response, wait, each, sums, least, greatest, waits] = [this.#response, this.#wait, this.#each, this.#sums, this.#least, this.#greatest, this.#waits];
    const { responses, waiting, places, length } = this;
    for (let place = 0; place < length; place++) {
      singles[place] = responses[place] ?? 0;
      singles[batch + place] = waiting[place] ?? 0;
    }
    let mostWait = this.#mostWait[0] ?? 0;
    for (let place = 0; place < length; place++) {
      const member = places[place] ?? 0;
      const seconds = responses[place] ?? 0;
      const bits = bitsOfSingles[place] ?? 0;
      response.count(0, bits);
      each.count(member, bits);
      sums[member] = (sums[member] ?? 0) + seconds;
      if (seconds > (greatest[member] ?? 0)) greatest[member] = seconds;
      if (seconds < (least[member] ?? 0)) least[member] = seconds;
      const since = waiting[place] ?? 0;
      wait.count(0, bitsOfSingles[batch + place] ?? 0);
      waits[member] = (waits[member] ?? 0) + since;
      if (since > mostWait) mostWait = since;
    }
    this.#mostWait[0] = mostWait;
    this.length = 0;
  }

  figures({ seconds, asked, mostInSystem }: RunWindow): RequestFigures {
    this.flush();
    const total = (values: Float64Array) => values.reduce((sum, each) => sum + each, 0);
    const all = this.#response.figures(0, { sum: total(this.#sums), least: Math.min(...this.#least), greatest: Math.max(...this.#greatest) });
    const allWaits = this.#wait.figures(0, { sum: total(this.#waits), least: 0, greatest: this.#mostWait[0] ?? 0 });
    const [tokenSum = 0, tokenLeast = 0, tokenGreatest = 0] = this.#token;
    const answered = all?.count ?? 0;
    const rate = (count: number) => (seconds > 0 ? count / seconds : 0);
    let growth = 0;
    const figures = this.#members.map((member, index) => {
      const own = this.#each.figures(index, { sum: this.#sums[index] ?? 0, least: this.#least[index] ?? 0, greatest: this.#greatest[index] ?? 0 });
      const count = own?.count ?? 0;
      const offered = rate(this.sentTo[index] ?? 0);
      const capacity = member.slots / curveSeconds(member.response, member.slots);
      if (offered > capacity && member.maxConnections === undefined) growth += offered - capacity;
      return {
        name: member.name, answered: count, share: answered > 0 ? count / answered : 0, ratePerSecond: rate(count), loadFactor: offered / capacity,
        response: own, meanWaitSeconds: count > 0 ? (this.#waits[index] ?? 0) / count : 0,
      };
    });
    return {
      seconds, asked, answered, failed: this.#failures, retried: this.#retries, availability: asked > 0 ? answered / asked : 1,
      response: all, wait: allWaits, waited: answered > 0 ? 1 - this.#wait.inFirst(0) / answered : 0, firstToken: this.#tokens.figures(0, { sum: tokenSum, least: tokenLeast, greatest: tokenGreatest }),
      meanWaiting: allWaits === undefined ? 0 : rate(allWaits.count * allWaits.mean), mostInSystem, members: figures,
      ...(growth > 0 ? { queueGrowthPerSecond: growth } : {}),
    };
  }
}
