/** What the request-level simulation is given, and what it answers. Rates per second, times in seconds. */
import type { Curve } from "../../model/policy.ts";
import type { Balancer } from "../balancers/balancer.ts";
import type { Random } from "../random.ts";
import type { TimeFigures } from "./response-times.ts";

/** One member: `slots` requests at once, first come, first served before them. Those in service share the response curve. */
export interface RequestMember {
  readonly name: string;
  /** k > 0. Where it is not whole, ⌈k⌉ are served at once and the last of them slows all down to the capacity of k. */
  readonly slots: number;
  readonly response: Curve;
  readonly ttft?: Curve;
  /** Of the service time: gamma distributed with this coefficient of variation, constant at 0. */
  readonly variation: number;
  /** Requests beyond it wait at the balancer. */
  readonly maxConnections?: number;
}

export interface RequestFault {
  readonly kind: "fail" | "slow";
  readonly member: number;
  /** Times slower; 1 for `fail`. */
  readonly factor: number;
  readonly from: number;
  readonly to: number;
}

/** How the balancer learns that a member is gone. */
export interface FailureDetection {
  /** Probes every `intervalSeconds` from 0 on; out after `fall` that fail, back after `rise` that succeed. */
  readonly active?: { readonly intervalSeconds: number; readonly rise: number; readonly fall: number };
  /** Out for `seconds` after `fall` errors in a row, where the balancer itself does not count them (HAProxy). */
  readonly passive?: { readonly fall: number; readonly seconds: number };
}

export interface RequestModel {
  readonly members: readonly RequestMember[];
  readonly balancer: (random: Random) => Balancer;
  /** True where a pick does not depend on how many requests are in flight. */
  readonly picksBlindly: boolean;
  /** As many distinct keys and addresses as clients; 0 where the balancer looks at neither. */
  readonly clients: number;
  /** Requests that may wait at the balancer for all members together while they are at their `maxConnections`. */
  readonly waitingRoom: number;
  readonly queueSeconds: number;
  /** An answer later than this after the request was sent to a member is an error. */
  readonly readSeconds: number;
  /** What must come within `readSeconds`. */
  readonly until: "answer" | "first_token";
  /** Tries after the first, of requests whose member refused the connection, and of those that ran out of `readSeconds`. */
  readonly retries: number;
  readonly retryOn: { readonly refused: boolean; readonly timeout: boolean };
  readonly detection: FailureDetection;
  /** A member that comes back takes a part of its turns that rises over this time. */
  readonly slowStartSeconds: number;
  readonly faults: readonly RequestFault[];
}

export interface RequestArrivals {
  /** Of one step each; the last holds. */
  readonly rates: Float64Array;
  readonly stepSeconds: number;
  /** Of the times between arrivals: 1 is a Poisson process. */
  readonly variation: number;
  /** Requests that arrive, those of the warm-up included. */
  readonly requests: number;
  /** Requests that arrive first and are not counted. */
  readonly warmUp: number;
}

export interface RequestMemberFigures {
  readonly name: string;
  /** Requests counted that this member answered, and their part of all that were answered. */
  readonly answered: number;
  readonly share: number;
  readonly ratePerSecond: number;
  /** Requests sent to it per second over its capacity. */
  readonly loadFactor: number;
  readonly response: TimeFigures | undefined;
  readonly meanWaitSeconds: number;
}

export type FailureCause = "no_member" | "queue_full" | "queue_timeout" | "read_timeout" | "member_lost";

export interface RequestFigures {
  /** Simulated seconds in which counted requests arrived. */
  readonly seconds: number;
  readonly asked: number;
  readonly answered: number;
  readonly failed: Readonly<Record<FailureCause, number>>;
  /** Tries after the first. */
  readonly retried: number;
  /** answered / asked. */
  readonly availability: number;
  /** Of answered requests, from arrival to the end of the answer; undefined where none was. */
  readonly response: TimeFigures | undefined;
  /** From arrival to the start of service. */
  readonly wait: TimeFigures | undefined;
  /** Share of the answered requests that waited, for longer than a rounding error (2⁻⁴⁰ s). */
  readonly waited: number;
  readonly firstToken: TimeFigures | undefined;
  /** Mean number waiting (Little's law over the answered), and the most that were in the system at once. */
  readonly meanWaiting: number;
  readonly mostInSystem: number;
  readonly members: readonly RequestMemberFigures[];
  /** Set where members were asked for more than they can serve and nothing limits the queue: then the times grow with the length of the run. */
  readonly queueGrowthPerSecond?: number;
}

export type RequestOutcome =
  | { readonly kind: "figures"; readonly figures: RequestFigures }
  | { readonly kind: "cancelled" }
  /** More requests were in the system at once than `requestLimits.inSystem`. */
  | { readonly kind: "overrun" };

/** Checked before or while a simulation runs. */
export const requestLimits = { requests: 50_000_000, members: 1_000, slots: 2_000_000, inSystem: 2_000_000, clients: 1_000_000 } as const;

/** After so many events at most a run looks whether it is cancelled: about a millisecond, and some ten with a thousand members. */
export const eventsPerLook = 2048;

/** Streams of random numbers of one run, so that no part of the model shifts the numbers of another. */
export interface RunStreams {
  readonly arrivals: Random;
  readonly work: Random;
  readonly clients: Random;
  readonly picks: Random;
}
