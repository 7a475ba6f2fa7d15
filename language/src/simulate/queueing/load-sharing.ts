/** What a way of sharing requests among equal exponential servers does to the mean response time. Rates per second, times in seconds. */
import { findRoot } from "./root.ts";

/** Random split: each server is an M/M/1 of its own. `load` is per server, below 1. */
export function randomSplitResponseSeconds(load: number, servicePerSecond: number): number {
  return 1 / (servicePerSecond * (1 - load));
}

/**
 * Strict turns among `servers`: every n-th arrival of a Poisson stream, so each server is an Eₙ/M/1. With σ = (nρ/(nρ + 1 − σ))ⁿ, the share of
 * requests that find their server busy, the mean response is 1/(μ(1 − σ)).
 */
export function roundRobinResponseSeconds(servers: number, load: number, servicePerSecond: number): number {
  return 1 / (servicePerSecond * (1 - roundRobinBusyShare(servers, load)));
}

/** σ of Eₙ/M/1: the root below 1. Solved for 1 − σ, in logarithms, which keeps its digits near saturation. */
export function roundRobinBusyShare(servers: number, load: number): number {
  const excess = (free: number) => servers * Math.log1p(free / (servers * load)) + Math.log1p(-free);
  return 1 - findRoot(excess, 1e-12 * (1 - load), 1 - 1e-16);
}

/**
 * Each request goes to the less busy of `choices` servers drawn at random, in the limit of many servers: the share of servers with at least i requests is
 * ρ^((dⁱ − 1)/(d − 1)). With few servers the response time is longer by about 1/n.
 * Source: M. Mitzenmacher, IEEE TPDS 12 (2001) 1094–1104; Vvedenskaya, Dobrushin, Karpelevich (1996).
 */
export function choicesTail(load: number, choices: number, atLeast: number): number {
  return load ** repeated(choices, atLeast);
}

/** Mean response with `choices` servers drawn: Σᵢ ρ^((dⁱ − d)/(d − 1)) / μ. */
export function choicesResponseSeconds(load: number, choices: number, servicePerSecond: number): number {
  if (choices === 1) return randomSplitResponseSeconds(load, servicePerSecond);
  let sum = 0;
  for (let i = 1, term = 1; term > sum * 1e-18; i++) {
    term = load ** (repeated(choices, i) - 1);
    sum += term;
  }
  return sum / servicePerSecond;
}

/** 1 + d + … + dⁱ⁻¹. */
function repeated(d: number, i: number): number {
  return d === 1 ? i : (d ** i - 1) / (d - 1);
}
