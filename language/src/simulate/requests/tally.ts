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

export function createTally(model: RequestModel): Tally {
  const { members } = model;
  const response = responseTimes(10);
  const wait = responseTimes(10);
  const tokens = responseTimes(10);
  const each = members.map(() => responseTimes(6));
  const waits = new Float64Array(members.length);
  const sent = new Float64Array(members.length);
  const failures: Record<FailureCause, number> = { no_member: 0, queue_full: 0, queue_timeout: 0, read_timeout: 0, member_lost: 0 };
  let waited = 0;
  let retries = 0;
  return {
    answered: (member, arrivedAt, startedAt, endedAt) => {
      const waiting = startedAt - arrivedAt;
      response.add(endedAt - arrivedAt);
      wait.add(waiting);
      if (waiting > 0) waited += 1;
      waits[member] = (waits[member] ?? 0) + waiting;
      each[member]?.add(endedAt - arrivedAt);
    },
    firstToken: tokens.add,
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
      const all = response.figures();
      const waiting = wait.figures();
      const answered = all?.count ?? 0;
      const rate = (count: number) => (seconds > 0 ? count / seconds : 0);
      let growth = 0;
      const figures = members.map((member, index) => {
        const own = each[index]?.figures();
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
        response: all, wait: waiting, waited: answered > 0 ? waited / answered : 0, firstToken: tokens.figures(),
        meanWaiting: waiting === undefined ? 0 : rate(waiting.count * waiting.mean), mostInSystem, members: figures,
        ...(growth > 0 ? { queueGrowthPerSecond: growth } : {}),
      };
    },
  };
}
