/** The steady state of a few unlike members by the fewest in flight per weight, at any rate: read between the points of a table. */
import { waitFactor } from "./pool-figures.ts";
import type { SteadyResponse } from "./member.ts";
import { unlikeChain } from "./unlike-members.ts";
import type { TieRule, UnlikeChain, UnlikeMember } from "./unlike-members.ts";

export interface UnlikePool {
  readonly capacityPerSecond: number;
  /** Of each member. @param ratePerSecond of the pool, from 0 to below its capacity */
  readonly sharesAt: (ratePerSecond: number) => readonly number[];
  /** Of the member at this place, where it takes `ratePerSecond` as its share of the pool's. */
  readonly responseAt: (member: number, ratePerSecond: number) => SteadyResponse;
}

/**
 * The pool of these members, remembered by what they are; undefined where its chain would have too many states.
 * Points of the table are an eighth of a unit of −ln(1 − ρ) apart, and what grows as 1/(1 − ρ) is read between them without that factor.
 */
export function unlikePool(members: readonly UnlikeMember[], ties: TieRule): UnlikePool | undefined {
  // A request that has to be answered by its first token waits as any other, but the chain does not say how long the token takes.
  if (members.some(({ service }) => service.ttft !== undefined)) return undefined;
  const key = JSON.stringify([ties, members.map(({ service: { slots, variation, response }, weight, drawn }) => [weight, drawn ?? null, slots, variation, response.points.map(({ concurrency, seconds }) => [concurrency, seconds])])]);
  const found = known.get(key);
  if (found !== undefined) return found.pool;
  if (known.size >= mostKnown) known.clear();
  const chain = unlikeChain(members, ties);
  const pool = chain === undefined ? undefined : poolOf(chain, members);
  known.set(key, { pool });
  return pool;
}

const known = new Map<string, { readonly pool: UnlikePool | undefined }>();
const mostKnown = 64;

/** Of one member. */
interface Point {
  readonly ratePerSecond: number;
  readonly serviceSeconds: number;
  readonly waitProbability: number;
  /** Times 1 − ρ of the pool. */
  readonly scaledWaitSeconds: number;
}

const pointsPerUnit = 8;
/** Stands for none at all, at which there are no means. */
const leastLoad = 1e-6;
/** With few requests in flight the shares change quickly: some points more below the first of the steps. */
const lowLoads: readonly number[] = [leastLoad, 0.01, 0.025, 0.05, 0.08];
/** Up to 1 − e⁻¹²; beyond, waits go on growing as 1/(1 − ρ). */
const loads: readonly number[] = [...lowLoads, ...Array.from({ length: 12 * pointsPerUnit }, (_, index) => -Math.expm1(-(index + 1) / pointsPerUnit))];
const mostPoints = loads.length - 1;

function poolOf(chain: UnlikeChain, members: readonly UnlikeMember[]): UnlikePool {
  const { capacityPerSecond } = chain;
  const table: (readonly Point[] | undefined)[] = [];
  const pointsAt = (index: number): readonly Point[] => (table[index] ??= pointsOf(chain, loadAt(index)));
  const rateAt = (member: number, index: number): number => pointsAt(index)[member]?.ratePerSecond ?? 0;
  // Beyond the table what a member has to spare shrinks as what the pool has.
  const spareAtTop = (member: number): number => (members[member]?.service.capacityPerSecond ?? 0) - rateAt(member, mostPoints);
  /** Where the table was read last is mostly where it is read next. */
  let latest = 0;
  const sharesAt = (ratePerSecond: number): readonly number[] => {
    const load = ratePerSecond / capacityPerSecond;
    if (load < leastLoad) return pointsAt(0).map((point) => point.ratePerSecond / (leastLoad * capacityPerSecond));
    const below = pointBelow(load);
    latest = Math.min(below, mostPoints - 1);
    if (below >= mostPoints) return members.map(({ service }, member) => (service.capacityPerSecond - spareAtTop(member) * ((1 - load) / (1 - loadAt(mostPoints)))) / ratePerSecond);
    const part = (load - loadAt(below)) / (loadAt(below + 1) - loadAt(below));
    return members.map((_, member) => (rateAt(member, below) + part * (rateAt(member, below + 1) - rateAt(member, below))) / ratePerSecond);
  };
  const responseAt = (member: number, ratePerSecond: number): SteadyResponse => {
    let low = latest;
    while (low > 0 && rateAt(member, low) > ratePerSecond) low -= 1;
    while (low < mostPoints - 1 && rateAt(member, low + 1) <= ratePerSecond) low += 1;
    latest = low;
    const a = pointsAt(low)[member] ?? nothing;
    const b = pointsAt(low + 1)[member] ?? nothing;
    const part = Math.min(1, Math.max(0, (ratePerSecond - a.ratePerSecond) / (b.ratePerSecond - a.ratePerSecond)));
    const { variation, capacityPerSecond: own } = members[member]?.service ?? { variation: 1, capacityPerSecond: 0 };
    const serviceSeconds = between(a.serviceSeconds, b.serviceSeconds, part);
    const waitProbability = between(a.waitProbability, b.waitProbability, part);
    const spare = (1 - between(loadAt(low), loadAt(low + 1), part)) * (ratePerSecond > b.ratePerSecond ? (own - ratePerSecond) / spareAtTop(member) : 1);
    const waitSeconds = (between(a.scaledWaitSeconds, b.scaledWaitSeconds, part) / spare) * waitFactor(variation);
    return {
      kind: "steady", waitSeconds, serviceSeconds, waitProbability,
      responseSeconds: waitSeconds + serviceSeconds,
      inService: ratePerSecond * serviceSeconds,
      waiting: ratePerSecond * waitSeconds,
      law: { serviceSeconds, variation, waitProbability, waitDecayPerSecond: waitSeconds > 0 ? waitProbability / waitSeconds : Infinity },
    };
  };
  return { capacityPerSecond, sharesAt, responseAt };
}

function loadAt(index: number): number {
  return loads[index] ?? 1;
}

/** The last point that is not above the load. */
function pointBelow(load: number): number {
  let index = Math.min(mostPoints, Math.max(0, Math.floor(-Math.log1p(-load) * pointsPerUnit) - 1) + lowLoads.length);
  while (index > 0 && loadAt(index) > load) index -= 1;
  return index;
}

function pointsOf(chain: UnlikeChain, load: number): readonly Point[] {
  return chain.at(load * chain.capacityPerSecond).map(({ ratePerSecond, inService, waiting, waitProbability }) => ({
    ratePerSecond, waitProbability,
    serviceSeconds: inService / ratePerSecond,
    scaledWaitSeconds: (waiting / ratePerSecond) * (1 - load),
  }));
}

const nothing: Point = { ratePerSecond: 0, serviceSeconds: 0, waitProbability: 0, scaledWaitSeconds: 0 };

function between(a: number, b: number, part: number): number {
  return a + part * (b - a);
}
