/** A run of an elastic pool: members come and go as its scaler decides. */
import type { Backend } from "../../model/policy.ts";
import type { SteadyResponse } from "../queueing/member.ts";
import { responsePercentileSeconds, waitPercentileSeconds } from "../queueing/response-law.ts";
import type { Bounds } from "../schedules.ts";
import { createElasticMembers } from "./elastic-members.ts";
import { isOn, membersHit, type TimedFault } from "./faults.ts";
import { memberModel, slowMember, type MemberModel } from "./member-model.ts";
import type { PoolSnapshot, PoolTime } from "./metrics.ts";
import { createMixtures } from "./mixtures.ts";
import { pooledResponse } from "./pooled-response.ts";
import type { Recorder } from "./recorder.ts";
import type { Scaler } from "./scaler.ts";
import { risingPart } from "./slow-start.ts";
import { createStation, type Station, type StationStep, type WaitLimits } from "./station.ts";

/** How often a threshold is evaluated, as the controller syncs. */
export const evaluationSeconds = 15;

export interface ElasticRun {
  readonly backend: Backend;
  readonly model: MemberModel;
  readonly rates: Float64Array;
  /** The first rate with the noise out. */
  readonly firstRate: number;
  readonly stepSeconds: number;
  readonly boundsAt: (t: number) => Bounds;
  /** Undefined: a pool that never changes its size. */
  readonly scaler: Scaler | undefined;
  readonly initialReplicas: number | undefined;
  readonly faults: readonly TimedFault[];
  readonly limits: WaitLimits;
  /** 0 where the target has no slow start. */
  readonly slowStartSeconds: number;
}

/** A started run: `step` is called with 0, 1, 2 … */
export interface StartedRun {
  readonly waitingAtStart: number;
  /** Of a step, in microseconds or so. */
  readonly workUnits: number;
  readonly step: (index: number, recorder: Recorder) => void;
}

export function startElasticRun(run: ElasticRun): StartedRun {
  const { backend, model, stepSeconds, scaler } = run;
  const price = backend.replica?.pricePerHour ?? 0;
  const first = run.boundsAt(0);
  const inRange = (replicas: number) => Math.max(first.min, Math.min(first.max, replicas));
  const initial = run.initialReplicas !== undefined ? inRange(run.initialReplicas) : (scaler?.settle((replicas) => settledPool(run, replicas), first) ?? first.min);
  const members = createElasticMembers(initial, backend.workload?.startupSeconds ?? 0, backend.workload?.shutdownSeconds ?? 0, run.slowStartSeconds);
  const failures = run.faults.filter(({ fault }) => fault.kind === "fail").map((timed) => ({ ...timed, struck: false }));
  const slowdowns = run.faults.filter(({ fault }) => fault.kind === "slow").map((timed) => ({ ...timed, count: undefined as number | undefined, model: slowModel(run, timed) ?? model }));
  // In a record, where a number that changes with every step keeps its place. Not whole, so that the fields are made for such numbers.
  const state = { queue: 0.5, serving: 0.5, backlog: 0.5 };
  state.queue = initial > 0 ? settledPool(run, initial).queue : 0;
  state.serving = state.backlog = 0;
  const waitingAtStart = state.queue;
  const mixtures = createMixtures();
  const alone: readonly MutableGroup[] = [{ model, count: 0, fault: -1, part: 1 }];
  const stations: Station[] = [];
  const steps: StationStep[] = [];
  const figures = {
    t: 0.5, ratePerSecond: 0.5, capacityPerSecond: 0.5, memberCapacityPerSecond: model.capacityPerSecond, replicas: 0, ready: 0, minReplicas: 0, maxReplicas: 0,
    stations: steps, mixture: 0, load: 0.5, lost: 0.5, lostWaiting: 0.5, cost: 0.5,
  };

  const step = (index: number, recorder: Recorder): void => {
    const t = index * stepSeconds;
    const ratePerSecond = run.rates[index] ?? 0;
    members.advance(t);
    figures.lost = 0;
    figures.lostWaiting = 0;
    if (failures.length > 0) strike(t);
    const bounds = run.boundsAt(t);
    if (scaler !== undefined && isEvaluation(t, stepSeconds)) {
      const from = members.wanted();
      const answer = scaler.evaluate(snapshot(t, ratePerSecond, recorder), bounds);
      if (answer.replicas !== from) {
        members.resize(answer.replicas);
        if (answer.why !== undefined) recorder.event({ t, from, to: answer.replicas, ...answer.why });
      }
    }
    const ready = members.ready();
    const groups = slowGroups(t, ready);
    const capacity = capacityOf(groups);
    flowThrough(groups, capacity, ratePerSecond);
    figures.t = t;
    figures.ratePerSecond = ratePerSecond;
    figures.capacityPerSecond = capacity;
    figures.replicas = members.wanted();
    figures.ready = ready;
    figures.minReplicas = bounds.min;
    figures.maxReplicas = bounds.max;
    figures.mixture = groups === alone ? 0 : mixtures(groups.map((group) => `${group.fault}:${group.count / ready}:${group.part}`).join(" "));
    figures.load = ratePerSecond / capacity;
    figures.cost = (members.memberSeconds(stepSeconds) * price) / 3600;
    recorder.step(figures);
  };
  return { waitingAtStart, workUnits: (1 + slowdowns.length) * stationUnits(model, first.max) + predictionUnits(run), step };

  function strike(t: number): void {
    for (const failure of failures) {
      if (failure.struck || !isOn(failure.span, t)) continue;
      failure.struck = true;
      const ready = members.ready();
      const hit = members.fail(membersHit(failure.fault, ready), failure.span.to);
      if (hit === 0) continue;
      figures.lost += state.serving * (hit / ready);
      // What waits in front of a connection limit is the balancer's and stays.
      const waiting = model.waitsInProxy ? 0 : state.queue * (hit / ready);
      figures.lostWaiting += waiting;
      state.queue -= waiting;
    }
  }

  function flowThrough(groups: readonly Group[], capacity: number, ratePerSecond: number): void {
    let queue = 0;
    let backlog = 0;
    let serving = 0;
    if (steps.length !== groups.length) steps.length = groups.length;
    for (let place = 0; place < groups.length; place++) {
      const group = groups[place];
      if (group === undefined) continue;
      const share = shareOf(group, groups);
      const flowed = (stations[place] ??= createStation(stepSeconds, run.limits)).advance(group.model, group.count, state.queue * share, ratePerSecond * share, capacity / group.model.capacityPerSecond);
      steps[place] = flowed;
      queue += flowed.queueAfter;
      backlog += flowed.backlogAfter;
      serving += flowed.inService;
    }
    state.queue = queue;
    state.backlog = backlog;
    state.serving = serving;
  }

  function snapshot(t: number, ratePerSecond: number, { timeSeconds }: Recorder): PoolSnapshot {
    const ready = members.ready();
    const starting = members.starting();
    return {
      t, replicas: members.wanted(), ready, unready: starting + members.failed(), starting, fresh: members.readyFor(evaluationSeconds),
      startsWithin: members.startsWithin(), ratePerSecond, capacityPerSecond: capacityOf(slowGroups(t, ready)), queue: state.queue, backlog: state.backlog,
      timeSeconds, stepSeconds, model, backend,
    };
  }

  /** The healthy members, those of them that came a short while ago, and those that each slowdown holds: as many as it took at its start, as long as there are so many. */
  function slowGroups(t: number, ready: number): readonly Group[] {
    const rising = run.slowStartSeconds > 0 ? members.rising() : [];
    if (slowdowns.length === 0 && rising.length === 0) return aloneWith(ready);
    let healthy = ready;
    const groups: Group[] = [];
    for (const [fault, slowdown] of slowdowns.entries()) {
      if (!isOn(slowdown.span, t)) continue;
      slowdown.count ??= membersHit(slowdown.fault, ready);
      const count = Math.min(slowdown.count, healthy);
      healthy -= count;
      if (count > 0) groups.push({ model: slowdown.model, count, fault, part: 1 });
    }
    for (const cohort of rising) {
      const count = Math.min(cohort.count, healthy);
      healthy -= count;
      if (count > 0) groups.push({ model, count, fault: -1, part: risingPart(t - cohort.since, stepSeconds, run.slowStartSeconds) });
    }
    if (groups.length === 0) return aloneWith(healthy);
    return healthy > 0 ? [{ model, count: healthy, fault: -1, part: 1 }, ...groups] : groups;
  }

  function aloneWith(count: number): readonly Group[] {
    for (const group of alone) group.count = count;
    return alone;
  }

  /** Balancing that looks at the load keeps all members equally full; the others give every member the same. Those in their slow start take a part of that. */
  function shareOf(group: Group, groups: readonly Group[]): number {
    if (groups.length === 1) return 1;
    const weigh = looksAtLoad(backend) ? capacityWeight : countWeight;
    let all = 0;
    for (const each of groups) all += weigh(each);
    return weigh(group) / all;
  }
}

/** A member of many slots takes longer: what counts of its chain are some √k states. */
export function stationUnits({ service, sharing }: MemberModel, members: number): number {
  return 1 + Math.round(Math.sqrt((service?.slots ?? 0) * (sharing === "chance" ? 1 : members)) / 20);
}

/** A prediction looks at all samples of its window, some hundred in a microsecond. */
function predictionUnits({ backend, stepSeconds }: ElasticRun): number {
  let samples = 0;
  for (const threshold of backend.scale?.thresholds ?? []) if (threshold.kind === "metric" && threshold.predict !== undefined) samples += (threshold.targets.length * threshold.predict.windowSeconds) / evaluationSeconds;
  return Math.round((samples / 100) * Math.min(1, stepSeconds / evaluationSeconds));
}

function capacityWeight({ count, model, part }: Group): number {
  return count * model.capacityPerSecond * part;
}

function countWeight({ count, part }: Group): number {
  return count * part;
}

function capacityOf(groups: readonly Group[]): number {
  let capacity = 0;
  for (const group of groups) capacity += group.count * group.model.capacityPerSecond;
  return capacity;
}

interface Group {
  readonly model: MemberModel;
  readonly count: number;
  /** Which slowdown holds them; -1 for healthy ones. */
  readonly fault: number;
  /** Of their turns; below 1 in their slow start. */
  readonly part: number;
}

interface MutableGroup extends Group {
  count: number;
}

export function looksAtLoad(backend: Backend): boolean {
  const { kind } = backend.strategy.algorithm;
  return kind === "least_connections" || kind === "least_response_time" || kind === "least_predicted_load" || kind === "power_of_two";
}

/** Every 15 s; with longer steps at each of them. */
function isEvaluation(t: number, stepSeconds: number): boolean {
  return t === 0 || Math.floor(t / evaluationSeconds) !== Math.floor((t - stepSeconds) / evaluationSeconds);
}

/** All members ready and in steady state at the first rate, where there is one. */
function settledPool(run: ElasticRun, replicas: number): PoolSnapshot {
  const { model, backend, firstRate, stepSeconds } = run;
  const service = model.service;
  const perMember = replicas === 0 ? 0 : firstRate / replicas;
  const steady = service === undefined || perMember >= model.capacityPerSecond ? undefined : pooledResponse(model, service, perMember, replicas);
  const queue = replicas * Math.min(steady?.waiting ?? 0, model.waitingRoom);
  return {
    t: 0, replicas, ready: replicas, unready: 0, starting: 0, fresh: 0, startsWithin: 0, ratePerSecond: firstRate,
    capacityPerSecond: replicas * model.capacityPerSecond, queue, backlog: 0, stepSeconds, model, backend,
    timeSeconds: (name) => (steady === undefined ? undefined : settledSeconds(steady, name)),
  };
}

function settledSeconds(steady: SteadyResponse, name: PoolTime): number | undefined {
  if (name === "response_time") return steady.responseSeconds;
  if (name !== "ttft_p95") return responsePercentileSeconds(steady.law, name === "p95" ? 0.95 : 0.99);
  return steady.ttftSeconds === undefined ? undefined : steady.ttftSeconds - steady.waitSeconds + waitPercentileSeconds(steady.law, 0.95);
}

function slowModel({ backend, model }: ElasticRun, { fault }: TimedFault): MemberModel | undefined {
  return backend.replica === undefined ? undefined : memberModel(slowMember(backend.replica, fault.factor), backend.maxQueue, { open: model.sharing, limited: model.sharing });
}
