/** The figures of a backend at its demand, worked out once per resolved policy. */
import type { Backend } from "../model/policy.ts";
import { isElastic } from "../model/policy.ts";
import type { MetricThreshold, Threshold } from "../model/scaling.ts";
import { memberCapacity } from "../simulate/queueing/member.ts";
import { peakDemand } from "../simulate/steady/demand.ts";
import type { PeakDemand } from "../simulate/steady/demand.ts";
import { membersNeeded, steadyState } from "../simulate/steady/steady-state.ts";
import type { SteadyState } from "../simulate/steady/steady-state.ts";

export interface BackendFigures {
  readonly peak?: PeakDemand;
  /** At the peak; without a demand at rest. An elastic pool has the members that the peak needs, within its bounds. */
  readonly state: SteadyState;
  readonly needed?: NeededMembers;
}

/** n* = ⌈λ / (c · target)⌉ of an elastic pool. */
export interface NeededMembers {
  readonly count: number;
  readonly ratePerSecond: number;
  readonly memberCapacityPerSecond: number;
  /** Of the threshold that aims at a load factor; 1 where there is none. */
  readonly targetLoadFactor: number;
  readonly threshold?: string;
}

const known = new WeakMap<Backend, BackendFigures>();

export function backendFigures(backend: Backend): BackendFigures {
  let figures = known.get(backend);
  if (figures === undefined) {
    figures = workOut(backend);
    known.set(backend, figures);
  }
  return figures;
}

function workOut(backend: Backend): BackendFigures {
  const peak = peakDemand(backend);
  const needed = peak === undefined ? undefined : neededMembers(backend, peak.ratePerSecond);
  const bounds = backend.scale;
  const ready = needed === undefined || bounds === undefined ? undefined : Math.max(1, bounds.min, Math.min(bounds.max, needed.count));
  return {
    state: steadyState(backend, peak?.ratePerSecond ?? 0, ready === undefined ? {} : { readyReplicas: ready }),
    ...(peak === undefined ? {} : { peak }),
    ...(needed === undefined ? {} : { needed }),
  };
}

function neededMembers(backend: Backend, ratePerSecond: number): NeededMembers | undefined {
  if (!isElastic(backend) || backend.replica === undefined) return undefined;
  const capacity = memberCapacity(backend.replica);
  const aim = loadFactorAim(backend.scale?.thresholds ?? []);
  const targetLoadFactor = aim?.value ?? 1;
  const count = membersNeeded(backend, ratePerSecond, targetLoadFactor);
  if (count === undefined || capacity === undefined) return undefined;
  return { count, ratePerSecond, memberCapacityPerSecond: capacity, targetLoadFactor, ...(aim?.threshold.name === undefined ? {} : { threshold: aim.threshold.name }) };
}

/** The lowest load factor that a threshold aims at: it asks for the most members. */
function loadFactorAim(thresholds: readonly Threshold[]): { readonly threshold: MetricThreshold; readonly value: number } | undefined {
  const aims = thresholds.flatMap((threshold) => threshold.kind !== "metric" ? [] : threshold.targets
    .filter((target) => target.metric.kind === "builtin" && target.metric.name === "load_factor" && target.value > 0)
    .map((target) => ({ threshold, value: target.value })));
  return aims.reduce<(typeof aims)[number] | undefined>((lowest, aim) => (lowest === undefined || aim.value < lowest.value ? aim : lowest), undefined);
}
