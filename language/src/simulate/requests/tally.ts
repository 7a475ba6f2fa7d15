/** Counts the requests of a run. */
import { curveSeconds } from "../queueing/curve.ts";
import type { FailureCause, RequestFigures, RequestMember, RequestModel } from "./model.ts";
import { ResponseTimes, singleBits } from "./response-times.ts";

export interface RunWindow {
  readonly seconds: number;
  readonly asked: number;
  readonly mostInSystem: number;
}

export class Tally {
  /** Answers are gathered and counted in batches: of each its response time, its wait and its member. */
  readonly responses = new Float64Array(4096);
  readonly waiting = new Float64Array(4096);
  readonly places = new Int32Array(4096);
  length = 0;
  /** Tries of counted requests by member. */
  readonly sentTo: Float64Array;
  readonly #members: readonly RequestMember[];
  readonly #response = new ResponseTimes(1, 10);
  readonly #wait = new ResponseTimes(1, 10);
  readonly #tokens = new ResponseTimes(1, 10);
  readonly #each: ResponseTimes;
  readonly #waits: Float64Array;
  readonly #failures: Record<FailureCause, number> = { no_member: 0, queue_full: 0, queue_timeout: 0, read_timeout: 0, member_lost: 0 };
  #waited = 0;
  #retries = 0;

  constructor({ members }: RequestModel) {
    this.#members = members;
    this.#each = new ResponseTimes(members.length, 6);
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
    this.#tokens.add(0, seconds, singleBits(seconds));
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
    const response = this.#response;
    const wait = this.#wait;
    const each = this.#each;
    const waits = this.#waits;
    const { responses, waiting, places, length } = this;
    let waited = 0;
    for (let place = 0; place < length; place++) {
      const member = places[place] ?? 0;
      const seconds = responses[place] ?? 0;
      const bits = singleBits(seconds);
      response.add(0, seconds, bits);
      each.add(member, seconds, bits);
      const since = waiting[place] ?? 0;
      wait.add(0, since, singleBits(since));
      waits[member] = (waits[member] ?? 0) + since;
      if (since > 0) waited += 1;
    }
    this.#waited += waited;
    this.length = 0;
  }

  figures({ seconds, asked, mostInSystem }: RunWindow): RequestFigures {
    this.flush();
    const all = this.#response.figures(0);
    const allWaits = this.#wait.figures(0);
    const answered = all?.count ?? 0;
    const rate = (count: number) => (seconds > 0 ? count / seconds : 0);
    let growth = 0;
    const figures = this.#members.map((member, index) => {
      const own = this.#each.figures(index);
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
      response: all, wait: allWaits, waited: answered > 0 ? this.#waited / answered : 0, firstToken: this.#tokens.figures(0),
      meanWaiting: allWaits === undefined ? 0 : rate(allWaits.count * allWaits.mean), mostInSystem, members: figures,
      ...(growth > 0 ? { queueGrowthPerSecond: growth } : {}),
    };
  }
}
