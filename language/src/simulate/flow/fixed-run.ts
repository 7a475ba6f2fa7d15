/** A run of fixed servers: the balancing decides what each gets, faults take servers out or slow them down. */
import type { Backend, Server } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import { sharesOf } from "../steady/shares.ts";
import type { MemberShare } from "../report.ts";
import type { StartedRun } from "./elastic-run.ts";
import { isOn, type TimedFault } from "./faults.ts";
import { memberModel, slowMember, type MemberModel } from "./member-model.ts";
import { pooledResponse } from "./pooled-response.ts";
import { loadGrade, type Recorder } from "./recorder.ts";
import { createStationStepper, stationStep, type StationStep, type StationStepper, type WaitLimits } from "./station.ts";

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
}

export interface FixedServer {
  readonly server: Server;
  readonly model: MemberModel;
}

interface Place {
  readonly server: Server;
  readonly model: MemberModel;
  readonly index: number;
}

export function startFixedRun(run: FixedRun): StartedRun {
  const { servers, stepSeconds, faults } = run;
  const memberCapacity = servers[0]?.model.capacityPerSecond ?? 1;
  const active = servers.filter(({ server }) => !server.backup).length;
  const pricePerHour = servers.reduce((sum, { server }) => sum + (server.pricePerHour ?? 0), 0);
  const share = createShares(run);
  const queues = new Float64Array(servers.length);
  const serving = new Float64Array(servers.length);
  // Servers that are alike share a model, so one after the other asks for the same step.
  const steppers = new Map<MemberModel, StationStepper>(servers.map(({ model }) => [model, createStationStepper()]));
  const wasUp = servers.map(() => true);
  let waitingAtStart = 0;
  const takersAtStart = takersOf(run, servers.map((each, index) => ({ ...each, index })));
  share(takersAtStart, run.firstRate).forEach((part, place) => {
    const taker = takersAtStart[place];
    if (taker?.model.service === undefined || run.firstRate * part >= taker.model.capacityPerSecond) return;
    queues[taker.index] = Math.min(taker.model.waitingRoom, pooledResponse(taker.model, taker.model.service, run.firstRate * part, capacityOf(takersAtStart) / taker.model.capacityPerSecond).waiting);
    waitingAtStart += queues[taker.index] ?? 0;
  });

  const step = (index: number, recorder: Recorder): void => {
    const t = index * stepSeconds;
    const ratePerSecond = run.rates[index] ?? 0;
    let lost = 0;
    let lostWaiting = 0;
    const up: Place[] = [];
    servers.forEach((each, place) => {
      const failed = faults.some(({ fault, span }) => fault.kind === "fail" && names(fault.subject, each.server) && isOn(span, t));
      if (failed && wasUp[place] === true) {
        lost += serving[place] ?? 0;
        lostWaiting += queues[place] ?? 0;
        serving[place] = 0;
        queues[place] = 0;
      }
      wasUp[place] = !failed;
      if (!failed) up.push({ ...each, model: slowed(run, each, t), index: place });
    });
    const takers = takersOf(run, up);
    const shares = share(takers, ratePerSecond);
    const poolCapacity = capacityOf(takers);
    const stations: StationStep[] = takers.map((taker, place) =>
      (steppers.get(taker.model) ?? stationStep)(taker.model, 1, queues[taker.index] ?? 0, ratePerSecond * (shares[place] ?? 0), stepSeconds, run.limits, poolCapacity / taker.model.capacityPerSecond));
    // Those that take nothing now still finish what waits at them.
    for (const idle of up) {
      if ((queues[idle.index] ?? 0) > 0 && !takers.some((taker) => taker.index === idle.index)) {
        const rest = stationStep(idle.model, 1, queues[idle.index] ?? 0, 0, stepSeconds, run.limits);
        queues[idle.index] = rest.queueAfter;
        stations.push(rest);
      }
    }
    takers.forEach((taker, place) => {
      queues[taker.index] = stations[place]?.queueAfter ?? 0;
      serving[taker.index] = stations[place]?.inService ?? 0;
    });
    if (takers.length === 0) stations.push({ arrived: ratePerSecond * stepSeconds, served: 0, late: 0, dropped: ratePerSecond * stepSeconds, queueAfter: 0, backlogAfter: 0, saturated: ratePerSecond > 0, inService: 0 });
    const fullest = takers.reduce((most, taker, place) => Math.max(most, (ratePerSecond * (shares[place] ?? 0)) / taker.model.capacityPerSecond), 0);
    const condition = (): string => `${loadGrade(fullest)} ${takers.map((taker) => `${taker.index}:${taker.model.capacityPerSecond}`).join(" ")}`;
    recorder.step({
      t, ratePerSecond, capacityPerSecond: poolCapacity, memberCapacityPerSecond: memberCapacity,
      replicas: active, ready: takers.length, minReplicas: active, maxReplicas: active, stations, condition, lost, lostWaiting, cost: (pricePerHour * stepSeconds) / 3600,
    });
  };
  return { waitingAtStart, step };
}

/** What each server takes at a rate, with all of them up. */
export function fixedShares(run: FixedRun, ratePerSecond: number): readonly MemberShare[] {
  const takers = takersOf(run, run.servers.map((each, index) => ({ ...each, index })));
  const shares = createShares(run)(takers, ratePerSecond);
  return takers.map(({ server, model }, place) => {
    const rate = ratePerSecond * (shares[place] ?? 0);
    return { name: server.name, count: 1, ratePerSecond: rate, loadFactor: rate / model.capacityPerSecond, state: "ready" };
  });
}

/** Backups take over when nobody else is up: all of nginx's, the first of HAProxy's. */
function takersOf(run: FixedRun, up: readonly Place[]): readonly Place[] {
  const active = up.filter(({ server }) => !server.backup);
  if (active.length > 0) return active;
  return run.target === "haproxy" ? up.slice(0, 1) : up;
}

function capacityOf(takers: readonly Place[]): number {
  return takers.reduce((sum, taker) => sum + taker.model.capacityPerSecond, 0);
}

function names(subject: TimedFault["fault"]["subject"], server: Server): boolean {
  return subject.kind === "server" && subject.name === server.name;
}

function slowed(run: FixedRun, { server, model }: FixedServer, t: number): MemberModel {
  const factor = run.faults.reduce((product, { fault, span }) => (fault.kind === "slow" && names(fault.subject, server) && isOn(span, t) ? product * fault.factor : product), 1);
  return factor === 1 ? model : (memberModel(slowMember(server, factor), run.backend.maxQueue, { open: model.sharing, limited: model.sharing }) ?? model);
}

/** Shares by the backend's balancing, remembered: they hardly change while the load changes by less than one part in 32. */
function createShares({ backend, target, clients }: FixedRun): (takers: readonly Place[], ratePerSecond: number) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (takers, ratePerSecond) => {
    const capacity = capacityOf(takers);
    const load = ratePerSecond / capacity;
    const grade = load < 2 ? Math.round(load * 32) : Math.round(Math.log(load) * 8) + 1000;
    const key = `${grade} ${takers.map((taker) => `${taker.index}:${taker.model.capacityPerSecond}`).join(" ")}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const groups = takers.map(({ server, model }) => ({ name: server.name, count: 1, weight: server.weight, member: { ...server, capacityPerSecond: model.capacityPerSecond } }));
    const shares = takers.length === 0 ? [] : sharesOf(backend, groups, { ratePerSecond, target, clients }).shares;
    known.set(key, shares);
    return shares;
  };
}
