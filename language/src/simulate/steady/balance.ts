/** Rates at which all members are at the same level. */
import { findRoot } from "../queueing/root.ts";

export interface LevelledMember {
  readonly count: number;
  readonly capacityPerSecond: number;
  /** Never falls with the rate; infinite from the capacity on. */
  readonly level: (ratePerSecond: number) => number;
}

/**
 * The rates of one member of each kind, so that all that take anything are at one level, members whose level at rate 0 is already higher take nothing, and
 * the rates add up to `ratePerSecond`, which must be positive and below the sum of the capacities.
 */
export function balancedRates(members: readonly LevelledMember[], ratePerSecond: number): readonly number[] {
  const sumOf = (rates: readonly number[]) => rates.reduce((sum, rate, index) => sum + rate * (members[index]?.count ?? 1), 0);
  const ratesAt = (level: number) => members.map((member) => rateAt(member, level));
  const load = ratePerSecond / sumOf(members.map((member) => member.capacityPerSecond));
  const atProportion = members.map((member) => member.level(member.capacityPerSecond * load));
  // At the lowest of these nobody takes more than its proportion, at the highest nobody less: the level searched lies between.
  const level = findRoot((value) => sumOf(ratesAt(value)) - ratePerSecond, Math.min(...atProportion), Math.max(...atProportion), tolerance);
  // Where a level hardly depends on the rate (no queue yet), the sum jumps there: what lies between both sides is shared out in proportion.
  const below = ratesAt(level * (1 - 4 * tolerance));
  const above = ratesAt(level * (1 + 4 * tolerance));
  const gap = sumOf(above) - sumOf(below);
  const part = gap > 0 ? (ratePerSecond - sumOf(below)) / gap : 0;
  return below.map((rate, index) => rate + part * ((above[index] ?? rate) - rate));
}

const tolerance = 1e-7;

function rateAt(member: LevelledMember, level: number): number {
  const { capacityPerSecond } = member;
  if (member.level(0) >= level) return 0;
  // In u = rate / (capacity − rate), which is about the number in the system, the level of a queue is nearly a straight line.
  const rate = (u: number) => (capacityPerSecond * u) / (1 + u);
  let low = 0;
  let high = 1;
  while (high < 1e12 && member.level(rate(high)) < level) {
    low = high;
    high *= 8;
  }
  return rate(findRoot((u) => Math.min(member.level(rate(u)), 1e300) - level, low, high, tolerance / 10));
}
