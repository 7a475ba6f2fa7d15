/** A run of fixed servers: the balancing decides what each gets, faults take servers out or slow them down. */
import type { Backend, Server } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import type { UnlikePool } from "../queueing/unlike-pool.ts";
import { sharesOf } from "../steady/shares.ts";
import { unlikePoolOf } from "../steady/unlike-groups.ts";
import type { Pace } from "../pace.ts";
import type { MemberShare } from "../report.ts";
import { stationUnits, type StartedRun } from "./elastic-run.ts";
import { isOn, type TimedFault } from "./faults.ts";
import { memberModel, slowMember, type MemberModel } from "./member-model.ts";
import { createMixtures } from "./mixtures.ts";
import { pooledResponse } from "./pooled-response.ts";
import type { Recorder } from "./recorder.ts";
import { risingPart } from "./slow-start.ts";
import { createStation, refusedStep, type Station, type StationStep, type WaitLimits } from "./station.ts";

export interface FixedRun {
  readonly backend: Backend;
  /** Neither `drain` nor `down`, with a known capacity. */
  readonly servers: readonly FixedServer[];
  readonly rates: Float64Array;
  readonly firstRate: number;
  readonly stepSeconds: number;
  readonly faults: readonly TimedFault[];
  readonly limits: WaitLimits;
  readonly target: TargetName;
  /** Distinct clients, where the balancing looks at them. */
  readonly clients: number;
  readonly pace: Pace;
  /** 0 where the target has no slow start. */
  readonly slowStartSeconds: number;
}

export interface FixedServer {
  readonly server: Server;
  readonly model: MemberModel;
}

interface Place {
  readonly server: Server;
  readonly model: MemberModel;
  readonly index: number;
  /** Of its turns; below 1 in its slow start. */
  readonly part: number;
}

/** Who takes traffic from one change to the next. */
interface Lineup {
  /** Seconds since the start at which a fault begins or ends next, or a slow start goes on. */
  readonly until: number;
  readonly up: readonly Place[];
  readonly takers: readonly Place[];
  /** For each taker the one before it of the same model; -1 where there is none. */
  readonly alike: Int32Array;
  readonly capacityPerSecond: number;
  readonly mixture: number;
  /** Of the takers, where they are few and unlike and the balancing looks at the load. */
  readonly pool: UnlikePool | undefined;
}

export function startFixedRun(run: FixedRun): StartedRun {
  const { servers, stepSeconds, faults } = run;
  const active = servers.filter(({ server }) => !server.backup).length;
  const pricePerHour = servers.reduce((sum, { server }) => sum + (server.pricePerHour ?? 0), 0);
  const mixtures = createMixtures();
  const share = createShares(run);
  const queues = new Float64Array(servers.length);
  const serving = new Float64Array(servers.length);
  const stations = servers.map(() => createStation(stepSeconds, run.limits));
  const wasUp = servers.map(() => true);
  const used: Station[] = [];
  const steps: StationStep[] = [];
  const figures = {
    t: 0.5, ratePerSecond: 0.5, capacityPerSecond: 0.5, memberCapacityPerSecond: servers[0]?.model.capacityPerSecond ?? 1, replicas: active, ready: 0, minReplicas: active, maxReplicas: active,
    stations: steps, mixture: 0, load: 0.5, lost: 0.5, lostWaiting: 0.5, cost: (pricePerHour * stepSeconds) / 3600,
  };
  let lineup: Lineup | undefined;

  let waitingAtStart = 0;
  const first = lineupOf(servers.map((each, index) => ({ ...each, index, part: 1 })), 0);
  const firstShares = share(first, run.firstRate);
  first.takers.forEach(({ model, index }, place) => {
    const rate = run.firstRate * (firstShares[place] ?? 0);
    if (model.service === undefined || rate >= model.capacityPerSecond) return;
    queues[index] = Math.min(model.waitingRoom, pooledResponse(model, model.service, rate, first.capacityPerSecond / model.capacityPerSecond).waiting);
    waitingAtStart += queues[index] ?? 0;
  });

  const step = (index: number, recorder: Recorder): void => {
    const t = index * stepSeconds;
    const ratePerSecond = run.rates[index] ?? 0;
    figures.lost = 0;
    figures.lostWaiting = 0;
    if (lineup === undefined || t >= lineup.until) lineup = changed(t);
    const { takers, alike, up, capacityPerSecond } = lineup;
    const shares = share(lineup, ratePerSecond);
    let fullest = 0;
    if (steps.length !== takers.length) steps.length = takers.length;
    for (let place = 0; place < takers.length; place++) {
      const taker = takers[place];
      if (taker === undefined) continue;
      const rate = ratePerSecond * (shares[place] ?? 0);
      const queue = queues[taker.index] ?? 0;
      // Servers that are alike, one after the other, mostly ask for the same step.
      const like = used[alike[place] ?? -1];
      const poolMembers = capacityPerSecond / taker.model.capacityPerSecond;
      const station = like?.isSame(taker.model, 1, queue, rate, poolMembers) === true ? like : stations[taker.index];
      if (station === undefined) continue;
      used[place] = station;
      steps[place] = station.advance(taker.model, 1, queue, rate, poolMembers);
      fullest = Math.max(fullest, rate / taker.model.capacityPerSecond);
    }
    for (let place = 0; place < takers.length; place++) {
      const taker = takers[place];
      if (taker === undefined) continue;
      queues[taker.index] = steps[place]?.queueAfter ?? 0;
      serving[taker.index] = steps[place]?.inService ?? 0;
    }
    if (up.length > takers.length) finishAt(lineup);
    if (takers.length === 0) steps.push(refusedStep(ratePerSecond * stepSeconds));
    figures.t = t;
    figures.ratePerSecond = ratePerSecond;
    figures.capacityPerSecond = capacityPerSecond;
    figures.ready = takers.length;
    figures.mixture = lineup.mixture;
    figures.load = fullest;
    recorder.step(figures);
  };
  return { waitingAtStart, workUnits: servers.reduce((sum, { model }) => sum + stationUnits(model, 1), 0), step };

  /** Those that take nothing now still finish what waits at them. */
  function finishAt({ up, takers }: Lineup): void {
    for (const idle of up) {
      const queue = queues[idle.index] ?? 0;
      if (queue <= 0 || takers.some((taker) => taker.index === idle.index)) continue;
      const rest = stations[idle.index]?.advance(idle.model, 1, queue, 0, 1);
      if (rest === undefined) continue;
      queues[idle.index] = rest.queueAfter;
      steps.push(rest);
    }
  }

  /** Faults that begin or end: what is in a failed server is lost. */
  function changed(t: number): Lineup {
    const up: Place[] = [];
    let moved = 0;
    servers.forEach((each, place) => {
      const failed = isFailed(run, each, t);
      if (failed && wasUp[place] === true) {
        figures.lost += serving[place] ?? 0;
        // What waits in front of a connection limit is the balancer's, and waits for the others.
        if (each.model.waitsInProxy) moved += queues[place] ?? 0;
        else figures.lostWaiting += queues[place] ?? 0;
        serving[place] = 0;
        queues[place] = 0;
      }
      wasUp[place] = !failed;
      if (!failed) up.push({ ...each, model: slowed(run, each, t), index: place, part: partOfTurns(run, each, t) });
    });
    const next = lineupOf(up, t);
    if (next.takers.length === 0) figures.lostWaiting += moved;
    for (const { index, model } of next.takers) queues[index] = (queues[index] ?? 0) + (moved * model.capacityPerSecond) / next.capacityPerSecond;
    return next;
  }

  function lineupOf(up: readonly Place[], t: number): Lineup {
    const pool = unlikePoolAt(run, takersOf(up));
    const takers = takersOf(up).map((taker, member) => amongOthers(taker, pool, member));
    const latest = new Map<MemberModel, number>();
    const alike = Int32Array.from(takers, ({ model }, place) => {
      const before = latest.get(model) ?? -1;
      latest.set(model, place);
      return before;
    });
    return {
      up, takers, alike, pool,
      until: up.some(({ part }) => part < 1) ? t : Math.min(...faults.flatMap(({ span }) => [span.from, span.to]).filter((each) => each > t)),
      capacityPerSecond: takers.reduce((sum, taker) => sum + taker.model.capacityPerSecond, 0),
      mixture: mixtures(takers.map((taker) => `${taker.index}:${taker.model.capacityPerSecond}:${taker.part}`).join(" ")),
    };
  }
}

/** What each server takes at a rate, by the faults of that time. */
export function fixedShares(run: FixedRun, ratePerSecond: number, t: number): readonly MemberShare[] {
  const takers = takersOf(run.servers.flatMap((each, index) => (isFailed(run, each, t) ? [] : [{ ...each, model: slowed(run, each, t), index, part: partOfTurns(run, each, t) }])));
  const shares = sharesAt(run, takers, ratePerSecond);
  return takers.map(({ server, model }, place) => {
    const rate = ratePerSecond * (shares[place] ?? 0);
    return { name: server.name, count: 1, ratePerSecond: rate, loadFactor: rate / model.capacityPerSecond, state: "ready" };
  });
}

/** Backups take over when nobody else is up, all of them: what is compiled for HAProxy says so with `option allbackups`. */
function takersOf(up: readonly Place[]): readonly Place[] {
  const active = up.filter(({ server }) => !server.backup);
  return active.length > 0 ? active : up;
}

function names(subject: TimedFault["fault"]["subject"], server: Server): boolean {
  return subject.kind === "server" && subject.name === server.name;
}

function isFailed({ faults }: FixedRun, { server }: FixedServer, t: number): boolean {
  return faults.some(({ fault, span }) => fault.kind === "fail" && names(fault.subject, server) && isOn(span, t));
}

/** Less than all in the slow start after a fault; servers that have always been there begin with all. */
function partOfTurns({ faults, stepSeconds, slowStartSeconds }: FixedRun, { server }: FixedServer, t: number): number {
  if (slowStartSeconds === 0) return 1;
  const ends = faults.filter(({ fault, span }) => fault.kind === "fail" && names(fault.subject, server) && span.to <= t).map(({ span }) => span.to);
  // It comes back with the first step from then on.
  return ends.length === 0 ? 1 : risingPart(t - Math.ceil(Math.max(...ends) / stepSeconds) * stepSeconds, stepSeconds, slowStartSeconds);
}

function slowed(run: FixedRun, { server, model }: FixedServer, t: number): MemberModel {
  const factor = run.faults.reduce((product, { fault, span }) => (fault.kind === "slow" && names(fault.subject, server) && isOn(span, t) ? product * fault.factor : product), 1);
  return factor === 1 ? model : (memberModel(slowMember(server, factor), run.backend.maxQueue, { open: model.sharing, limited: model.sharing }) ?? model);
}

/** Shares by the backend's balancing, remembered: they hardly change while the load changes by less than one part in 32. */
function createShares(run: FixedRun): (lineup: Lineup, ratePerSecond: number) => readonly number[] {
  const known = new Map<number, Map<number, readonly number[]>>();
  return ({ takers, mixture, capacityPerSecond, pool }, ratePerSecond) => {
    if (pool !== undefined && ratePerSecond < pool.capacityPerSecond) return pool.sharesAt(ratePerSecond);
    const load = ratePerSecond / capacityPerSecond;
    const grade = load < 2 ? Math.round(load * 32) : Math.round(Math.log(load) * 8) + 1000;
    const ofMixture = known.get(mixture) ?? new Map<number, readonly number[]>();
    known.set(mixture, ofMixture);
    const found = ofMixture.get(grade);
    if (found !== undefined) return found;
    const shares = takers.length === 0 ? [] : sharesAt(run, takers, ratePerSecond);
    ofMixture.set(grade, shares);
    return shares;
  };
}

function unlikePoolAt({ backend, target }: FixedRun, takers: readonly Place[]): UnlikePool | undefined {
  // In a slow start each step would have a chain of its own; a limit of connections has a law of its own.
  if (takers.some(({ part, model }) => part < 1 || model.waitingRoom < Infinity)) return undefined;
  return unlikePoolOf(backend, target, takers.map(({ server, model }) => ({ name: server.name, weight: server.weight, service: model.service })));
}

function amongOthers(taker: Place, pool: UnlikePool | undefined, member: number): Place {
  return pool === undefined ? taker : { ...taker, model: { ...taker.model, amongOthers: (ratePerSecond) => pool.responseAt(member, ratePerSecond) } };
}

function sharesAt(run: FixedRun, takers: readonly Place[], ratePerSecond: number): readonly number[] {
  const { backend, target, clients, pace } = run;
  const pool = unlikePoolAt(run, takers);
  if (pool !== undefined && ratePerSecond < pool.capacityPerSecond) return pool.sharesAt(ratePerSecond);
  const groups = takers.map(({ server, model, part }) => ({ name: server.name, count: 1, weight: server.weight * part, member: { ...server, capacityPerSecond: model.capacityPerSecond } }));
  return sharesOf(backend, groups, { ratePerSecond, target, clients, pace }).shares;
}
