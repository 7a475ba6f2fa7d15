/** Counts the requests of a run. */
import { curveSeconds } from "../queueing/curve.ts";
import type { FailureCause, RequestFigures, RequestModel } from "./model.ts";
import { responseTimes } from "./response-times.ts";

export interface Tally {
  /** A counted request was answered. */
  readonly answered: (member: number, arrivedAt: number, startedAt: number, endedAt: number) => void;
  readonly firstToken: (seconds: number) => void;
  readonly failed: (cause: FailureCause) => void;
  readonly retried: () => void;
  /** A try of a counted request was sent to this member. */
  readonly sent: (member: number) => void;
  readonly figures: (window: RunWindow) => RequestFigures;
}

export interface RunWindow {
  readonly seconds: number;
  readonly asked: number;
  readonly mostInSystem: number;
}

/** Answers are gathered and counted in batches of so many. */
const batch = 4096;

export function createTally(model: RequestModel): Tally {
  const { members } = model;
  const response = responseTimes(10);
  const wait = responseTimes(10);
  const tokens = responseTimes(10);
  const token = new Float64Array(1);
  const each = members.map(() => ({ times: responseTimes(6), batch: new Float64Array(256), length: 0 }));
  const waits = new Float64Array(members.length);
  const sent = new Float64Array(members.length);
  const failures: Record<FailureCause, number> = { no_member: 0, queue_full: 0, queue_timeout: 0, read_timeout: 0, member_lost: 0 };
  const responses = new Float64Array(batch);
  const waiting = new Float64Array(batch);
  const places = new Int32Array(batch);
  let length = 0;
  let waited = 0;
  let retries = 0;

  const flush = (): void => {
    response.add(responses, length);
    wait.add(waiting, length);
    for (let place = 0; place < length; place++) {
      const member = places[place] ?? 0;
      const seconds = waiting[place] ?? 0;
      if (seconds > 0) waited += 1;
      waits[member] = (waits[member] ?? 0) + seconds;
      const own = each[member];
      if (own === undefined) continue;
      own.batch[own.length] = responses[place] ?? 0;
      own.length += 1;
      if (own.length === own.batch.length) {
        own.times.add(own.batch, own.length);
        own.length = 0;
      }
    }
    length = 0;
  };
  return {
    answered: (member, arrivedAt, startedAt, endedAt) => {
      responses[length] = endedAt - arrivedAt;
      waiting[length] = startedAt - arrivedAt;
      places[length] = member;
      length += 1;
      if (length === batch) flush();
    },
    firstToken: (seconds) => {
      token[0] = seconds;
      tokens.add(token, 1);
    },
    failed: (cause) => {
      failures[cause] += 1;
    },
    retried: () => {
      retries += 1;
    },
    sent: (member) => {
      sent[member] = (sent[member] ?? 0) + 1;
    },
    figures: ({ seconds, asked, mostInSystem }) => {
      flush();
      for (const own of each) {
        own.times.add(own.batch, own.length);
        own.length = 0;
      }
      const all = response.figures();
      const allWaits = wait.figures();
      const answered = all?.count ?? 0;
      const rate = (count: number) => (seconds > 0 ? count / seconds : 0);
      let growth = 0;
      const figures = members.map((member, index) => {
        const own = each[index]?.times.figures();
        const count = own?.count ?? 0;
        const offered = rate(sent[index] ?? 0);
        const capacity = member.slots / curveSeconds(member.response, member.slots);
        if (offered > capacity && member.maxConnections === undefined) growth += offered - capacity;
        return {
          name: member.name, answered: count, share: answered > 0 ? count / answered : 0, ratePerSecond: rate(count), loadFactor: offered / capacity,
          response: own, meanWaitSeconds: count > 0 ? (waits[index] ?? 0) / count : 0,
        };
      });
      return {
        seconds, asked, answered, failed: failures, retried: retries, availability: asked > 0 ? answered / asked : 1,
        response: all, wait: allWaits, waited: answered > 0 ? waited / answered : 0, firstToken: tokens.figures(),
        meanWaiting: allWaits === undefined ? 0 : rate(allWaits.count * allWaits.mean), mostInSystem, members: figures,
        ...(growth > 0 ? { queueGrowthPerSecond: growth } : {}),
      };
    },
  };
}
