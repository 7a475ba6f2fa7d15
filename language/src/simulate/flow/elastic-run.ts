/** A run of an elastic pool: members come and go as its scaler decides. */
import type { Backend } from "../../model/policy.ts";
import { responsePercentileSeconds, waitPercentileSeconds } from "../queueing/response-law.ts";
import type { Bounds } from "../schedules.ts";
import { createElasticMembers } from "./elastic-members.ts";
import { isOn, membersHit, type TimedFault } from "./faults.ts";
import { memberModel, slowMember, type MemberModel } from "./member-model.ts";
import type { PoolSnapshot } from "./metrics.ts";
import { pooledResponse } from "./pooled-response.ts";
import { loadGrade, type Recorder, type StepTimes } from "./recorder.ts";
import type { Scaler } from "./scaler.ts";
import { stationStep, type StationStep, type WaitLimits } from "./station.ts";

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
}

/** A started run: `step` is called with 0, 1, 2 … */
export interface StartedRun {
  readonly waitingAtStart: number;
  readonly step: (index: number, recorder: Recorder) => void;
}

export function startElasticRun(run: ElasticRun): StartedRun {
  const { backend, model, stepSeconds, scaler } = run;
  const price = backend.replica?.pricePerHour ?? 0;
  const first = run.boundsAt(0);
  const inRange = (replicas: number) => Math.max(first.min, Math.min(first.max, replicas));
  const initial = run.initialReplicas !== undefined ? inRange(run.initialReplicas) : (scaler?.settle((replicas) => settledPool(run, replicas), first) ?? first.min);
  const members = createElasticMembers(initial, backend.workload?.startupSeconds ?? 0, backend.workload?.shutdownSeconds ?? 0);
  const failures = run.faults.filter(({ fault }) => fault.kind === "fail").map((timed) => ({ ...timed, struck: false }));
  const slowdowns = run.faults.filter(({ fault }) => fault.kind === "slow").map((timed) => ({ ...timed, count: undefined as number | undefined, model: slowModel(run, timed) ?? model }));
  let queue = initial > 0 ? settledPool(run, initial).queue : 0;
  const waitingAtStart = queue;
  let times: StepTimes = {};
  let serving = 0;
  let backlog = 0;

  const step = (index: number, recorder: Recorder): void => {
    const t = index * stepSeconds;
    const ratePerSecond = run.rates[index] ?? 0;
    members.advance(t);
    let lost = 0;
    let lostWaiting = 0;
    for (const failure of failures) {
      if (failure.struck || !isOn(failure.span, t)) continue;
      failure.struck = true;
      const ready = members.ready();
      const hit = members.fail(membersHit(failure.fault, ready), failure.span.to);
      if (hit === 0) continue;
      lost += serving * (hit / ready);
      // What waits in front of a connection limit is the balancer's and stays.
      const waiting = model.waitsInProxy ? 0 : queue * (hit / ready);
      lostWaiting += waiting;
      queue -= waiting;
    }
    const bounds = run.boundsAt(t);
    if (scaler !== undefined && isEvaluation(t, stepSeconds)) {
      const from = members.wanted();
      const answer = scaler.evaluate(snapshot(t, ratePerSecond), bounds);
      if (answer.replicas !== from) {
        members.resize(answer.replicas);
        if (answer.why !== undefined) recorder.event({ t, from, to: answer.replicas, ...answer.why });
      }
    }
    const ready = members.ready();
    const groups = slowGroups(t, ready);
    const capacity = groups.reduce((sum, group) => sum + group.count * group.model.capacityPerSecond, 0);
    const stations = groups.map((group): StationStep => {
      const share = shareOf(group, groups, ready, capacity);
      return stationStep(group.model, group.count, queue * share, ratePerSecond * share, stepSeconds, run.limits, capacity / group.model.capacityPerSecond);
    });
    queue = stations.reduce((sum, station) => sum + station.queueAfter, 0);
    backlog = stations.reduce((sum, station) => sum + station.backlogAfter, 0);
    serving = stations.reduce((sum, station) => sum + station.inService, 0);
    times = recorder.step({
      t, ratePerSecond, capacityPerSecond: capacity, memberCapacityPerSecond: model.capacityPerSecond, replicas: members.wanted(), ready,
      minReplicas: bounds.min, maxReplicas: bounds.max, stations, condition: () => `${loadGrade(ratePerSecond / capacity)} ${groups.map((group) => group.count / ready).join(" ")}`, lost, lostWaiting, cost: (members.memberSeconds(stepSeconds) * price) / 3600,
    });
  };
  return { waitingAtStart, step };

  function snapshot(t: number, ratePerSecond: number): PoolSnapshot {
    const ready = members.ready();
    const capacityPerSecond = slowGroups(t, ready).reduce((sum, group) => sum + group.count * group.model.capacityPerSecond, 0);
    const behind = backlog > 0;
    const starting = members.starting();
    return {
      t, replicas: members.wanted(), ready, unready: starting + members.failed(), starting, fresh: members.readyFor(evaluationSeconds),
      startsWithin: members.startsWithin(), times, ratePerSecond, capacityPerSecond, queue, backlog,
      inService: () => servingAt(model, ready, ratePerSecond, behind), stepSeconds, model, backend,
    };
  }

  /** The healthy members, and those that each slowdown holds: as many as it took at its start, as long as there are so many. */
  function slowGroups(t: number, ready: number): readonly Group[] {
    if (slowdowns.length === 0) return [{ model, count: ready }];
    let healthy = ready;
    const groups: Group[] = [];
    for (const slowdown of slowdowns) {
      if (!isOn(slowdown.span, t)) continue;
      slowdown.count ??= membersHit(slowdown.fault, ready);
      const count = Math.min(slowdown.count, healthy);
      healthy -= count;
      if (count > 0) groups.push({ model: slowdown.model, count });
    }
    return healthy > 0 || groups.length === 0 ? [{ model, count: healthy }, ...groups] : groups;
  }

  /** Balancing that looks at the load keeps all members equally full; the others give every member the same. */
  function shareOf(group: Group, groups: readonly Group[], ready: number, capacity: number): number {
    if (groups.length === 1) return 1;
    return looksAtLoad(backend) ? (group.count * group.model.capacityPerSecond) / capacity : group.count / ready;
  }
}

interface Group {
  readonly model: MemberModel;
  readonly count: number;
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
    capacityPerSecond: replicas * model.capacityPerSecond, queue, backlog: 0, inService: () => servingAt(model, replicas, firstRate, false), stepSeconds, model, backend,
    times: steady === undefined ? {} : {
      response_time: steady.responseSeconds,
      p95: responsePercentileSeconds(steady.law, 0.95),
      p99: responsePercentileSeconds(steady.law, 0.99),
      ...(steady.ttftSeconds === undefined ? {} : { ttft_p95: steady.ttftSeconds - steady.waitSeconds + waitPercentileSeconds(steady.law, 0.95) }),
    },
  };
}

/** Requests in service: all slots are busy while a backlog waits. */
function servingAt(model: MemberModel, ready: number, ratePerSecond: number, hasBacklog: boolean): number {
  const { service } = model;
  if (service === undefined || ready === 0) return 0;
  const perMember = ratePerSecond / ready;
  if (hasBacklog || perMember >= model.capacityPerSecond) return ready * service.slots;
  return ready * pooledResponse(model, service, perMember, ready).inService;
}

function slowModel({ backend, model }: ElasticRun, { fault }: TimedFault): MemberModel | undefined {
  return backend.replica === undefined ? undefined : memberModel(slowMember(backend.replica, fault.factor), backend.maxQueue, { open: model.sharing, limited: model.sharing });
}
