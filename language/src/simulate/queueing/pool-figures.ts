/** The plain figures of a pool: shares, load factor, size. Rates per second, times in seconds, fractions. */

/** Each weight over their sum. All zeros give equal shares. */
export function weightShares(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (sum > 0 ? weight / sum : 1 / weights.length));
}

/** R = S / N: what each of `members` gets of `total`. */
export function equalShare(total: number, members: number): number {
  return total / members;
}

/** ρ = λ / capacity; may exceed 1. A member's capacity, or the sum over those that take traffic. */
export function loadFactor(ratePerSecond: number, capacityPerSecond: number): number {
  return ratePerSecond / capacityPerSecond;
}

/** |ρ − target|. */
export function deviation(load: number, target: number): number {
  return Math.abs(load - target);
}

/** By what the pool must grow (above 1) or shrink (below) to come to `target`: ρ / target. */
export function growthFactor(load: number, target: number): number {
  return load / target;
}

/** The capacity at which `ratePerSecond` is the load factor `target`. */
export function capacityNeeded(ratePerSecond: number, target: number): number {
  return ratePerSecond / target;
}

/** n* = ⌈λ / (c · target)⌉, for members of capacity c. A quotient that is whole but for rounding error is not rounded up. */
export function membersFor(ratePerSecond: number, memberCapacityPerSecond: number, target: number): number {
  const members = ratePerSecond / (memberCapacityPerSecond * target);
  return Math.ceil(members * (1 - 1e-12));
}

/** t̄ = Σ pᵢ·sᵢ(1): the mean response time while nothing waits. */
export function unloadedAverageSeconds(shares: readonly number[], seconds: readonly number[]): number {
  return shares.reduce((sum, share, index) => sum + share * (seconds[index] ?? 0), 0);
}

/** P = (1/N) Σ Rᵢ: the average of a metric over the members. */
export function memberAverage(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** (1 + v²)/2, by which the wait of M/M/k is multiplied for a service time whose coefficient of variation is v. Allen–Cunneen with Poisson arrivals. */
export function waitFactor(variation: number): number {
  return (1 + variation * variation) / 2;
}
