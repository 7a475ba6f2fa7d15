/** The state of a simulation of events. */
import type { Balancer } from "../balancers/balancer.ts";
import { ArrivalTimes, Clients } from "./arrivals.ts";
import { controlAgenda } from "./controls.ts";
import type { ControlAgenda } from "./controls.ts";
import { drawsByVariation } from "./draws.ts";
import type { Draws } from "./draws.ts";
import type { RequestArrivals, RequestModel, RunStreams } from "./model.ts";
import { Deadlines, LimitNumbers, Lines, RequestPool } from "./request-pool.ts";
import { SlowStart } from "./slow-start.ts";
import { Stations } from "./stations.ts";
import { Tally } from "./tally.ts";

/** Places of `RunState.clock`: the next arrival, the last one, the first that is counted, and before when nothing but arrivals and ends happens. */
export const clock = { next: 0, last: 1, counted: 2, other: 3 } as const;

/** Before its first event. */
export class RunState {
  readonly model: RequestModel;
  readonly streams: RunStreams;
  readonly balancer: Balancer;
  readonly tally: Tally;
  readonly times: ArrivalTimes;
  readonly pool = new RequestPool();
  readonly stations: Stations;
  /** Requests sent to each member that wait for a slot. */
  readonly lines: Lines;
  /** Requests that wait at the balancer: for one member each, and in the last line for any. */
  readonly pending: Lines;
  readonly limitNumbers = new LimitNumbers();
  readonly readDeadlines: Deadlines;
  readonly queueDeadlines: Deadlines;
  readonly agenda: ControlAgenda;
  readonly clients: Clients;
  readonly work: readonly Draws[];
  /** 1: the time to the first token is known. */
  readonly hasToken: Uint8Array;
  readonly mostConnections: Int32Array;
  readonly connections: Int32Array;
  /** 1: refuses connections. */
  readonly failed: Uint8Array;
  /** 1: the balancer was told not to use it. */
  readonly out: Uint8Array;
  readonly slowness: Float64Array;
  readonly errorsInRow: Int32Array;
  readonly slowStart: SlowStart;
  readonly requests: number;
  readonly warmUp: number;
  arrived = 0;
  /** In an array, where a number that changes with every event keeps its place. */
  readonly clock = new Float64Array(4);
  /** A request that has arrived, and its member by the balancer's pick (-1: none), but is not sent yet; id -1 without one. */
  readonly handed = { id: -1, member: -1 };
  /** Requests that wait at the balancer. */
  pendingCount = 0;

  constructor(model: RequestModel, arrivals: RequestArrivals, streams: RunStreams) {
    const { members } = model;
    this.model = model;
    this.streams = streams;
    this.balancer = model.balancer(streams.picks);
    this.tally = new Tally(model);
    this.times = new ArrivalTimes(arrivals, streams.arrivals);
    this.stations = new Stations(members);
    this.lines = new Lines(this.pool, members.length);
    this.pending = new Lines(this.pool, members.length + 1);
    this.readDeadlines = new Deadlines(this.pool, model.readSeconds, this.limitNumbers);
    this.queueDeadlines = new Deadlines(this.pool, model.queueSeconds, this.limitNumbers);
    this.agenda = controlAgenda(model);
    this.clients = new Clients(model.clients);
    this.work = drawsByVariation(members.map((member) => member.variation), streams.work);
    this.hasToken = Uint8Array.from(members, (member) => (member.ttft === undefined ? 0 : 1));
    this.mostConnections = Int32Array.from(members, (member) => member.maxConnections ?? 0x7fff_ffff);
    this.connections = new Int32Array(members.length);
    this.failed = new Uint8Array(members.length);
    this.out = new Uint8Array(members.length);
    this.slowness = new Float64Array(members.length).fill(1);
    this.errorsInRow = new Int32Array(members.length);
    this.slowStart = new SlowStart(members.length, model.slowStartSeconds);
    this.requests = arrivals.requests;
    this.warmUp = arrivals.warmUp;
    this.clock[clock.next] = this.requests > 0 ? this.times.next() : Infinity;
    this.lookAhead(0);
  }

  /** Before when nothing but arrivals and ends happens, as seen at `now`. */
  lookAhead(now: number): void {
    this.clock[clock.other] = Math.min(this.agenda.nextAt(), this.queueDeadlines.isEmpty() ? Infinity : this.queueDeadlines.nextAt(now), this.readDeadlines.nextAt(now));
  }
}
