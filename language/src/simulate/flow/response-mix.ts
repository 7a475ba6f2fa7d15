/** Response times of requests that were answered under different conditions, as a weighted mixture of laws. */
import type { Pace } from "../pace.ts";
import { responsePercentileSeconds, responseTail, type ResponseLaw } from "../queueing/response-law.ts";
import { findRoot } from "../queueing/root.ts";

/** `weight` requests waited `offsetSeconds` in a backlog and then took as long as `law` says. */
export interface ResponsePart {
  readonly weight: number;
  readonly offsetSeconds: number;
  readonly law: ResponseLaw;
}

/** The smallest t with P(response ≤ t) ≥ p, 0 < p < 1; undefined without requests. */
export function mixPercentileSeconds(parts: readonly ResponsePart[], p: number, pace?: Pace): number | undefined {
  const counted = parts.every((part) => part.weight > 0) ? parts : parts.filter((part) => part.weight > 0);
  const only = counted[0];
  if (only === undefined) return undefined;
  if (counted.length === 1) return only.offsetSeconds + responsePercentileSeconds(only.law, p);
  let total = 0;
  let low = Infinity;
  let high = -Infinity;
  for (const part of counted) {
    pace?.work(1);
    total += part.weight;
    const end = part.offsetSeconds + responsePercentileSeconds(part.law, p);
    low = Math.min(low, end);
    high = Math.max(high, end);
  }
  if (low === high) return low;
  const outside = 1 - p;
  const excess = (t: number): number => {
    let later = 0;
    for (const part of counted) {
      pace?.work(1);
      later += part.weight * responseTail(part.law, t - part.offsetSeconds);
    }
    return Math.log(Math.max(later / total, 1e-300) / outside);
  };
  return findRoot(excess, low, high, 1e-9);
}

/** The mean over all requests; undefined without any. */
export function mixMeanSeconds(parts: readonly ResponsePart[]): number | undefined {
  let weight = 0;
  let sum = 0;
  for (const { law, offsetSeconds, weight: each } of parts) {
    const wait = law.waitProbability === 0 ? 0 : law.waitProbability / law.waitDecayPerSecond;
    weight += each;
    sum += each * (offsetSeconds + wait + law.serviceSeconds);
  }
  return weight > 0 ? sum / weight : undefined;
}

/** A part that does not change when its station takes the next step. */
export function copyOfPart({ weight, offsetSeconds, law }: ResponsePart): ResponsePart {
  const { serviceSeconds, variation, waitProbability, waitDecayPerSecond } = law;
  return { weight, offsetSeconds, law: { serviceSeconds, variation, waitProbability, waitDecayPerSecond } };
}

/** True where both laws and what was waited before are the same. */
export function isLikePart(part: ResponsePart, other: ResponsePart): boolean {
  const a = part.law;
  const b = other.law;
  return part.offsetSeconds === other.offsetSeconds && a.serviceSeconds === b.serviceSeconds && a.variation === b.variation &&
    a.waitProbability === b.waitProbability && a.waitDecayPerSecond === b.waitDecayPerSecond;
}

/** Requests of a whole run: parts that hardly differ are counted together, so that the number of parts stays small. */
export interface RunMix {
  readonly add: (part: ResponsePart) => void;
  readonly parts: () => readonly ResponsePart[];
}

interface MixClass {
  readonly grades: readonly [offset: number, service: number, wait: number, decay: number];
  readonly variation: number;
  weight: number;
  offset: number;
  service: number;
  wait: number;
  decay: number;
}

export function createRunMix(): RunMix {
  const classes: MixClass[] = [];
  /** By a hash of the grades. */
  const places = new Map<number, number[]>();
  const classOf = (offset: number, service: number, wait: number, decay: number, variation: number): MixClass => {
    const hash = (((offset * 31 + service) * 31 + wait) * 31 + decay) & 0x3fff_ffff;
    let known = places.get(hash);
    if (known === undefined) places.set(hash, (known = []));
    for (const place of known) {
      const each = classes[place];
      if (each === undefined) continue;
      const { grades } = each;
      if (grades[0] === offset && grades[1] === service && grades[2] === wait && grades[3] === decay && each.variation === variation) return each;
    }
    // Not whole, so that the fields are made for numbers that are not.
    const made: MixClass = { grades: [offset, service, wait, decay], variation, weight: 0.5, offset: 0.5, service: 0.5, wait: 0.5, decay: 0.5 };
    made.weight = made.offset = made.service = made.wait = made.decay = 0;
    known.push(classes.length);
    classes.push(made);
    return made;
  };
  const add = ({ law, offsetSeconds, weight }: ResponsePart): void => {
    if (!(weight > 0)) return;
    const { serviceSeconds, waitProbability, waitDecayPerSecond } = law;
    const known = classOf(grade(offsetSeconds), grade(serviceSeconds), grade(waitProbability), grade(waitDecayPerSecond), law.variation);
    known.weight += weight;
    known.offset += offsetSeconds * weight;
    known.service += serviceSeconds * weight;
    known.wait += waitProbability * weight;
    known.decay += Math.min(waitDecayPerSecond, 1e12) * weight;
  };
  const parts = (): readonly ResponsePart[] =>
    classes.map(({ weight, offset, service, wait, decay, variation }) => ({
      weight,
      offsetSeconds: offset / weight,
      law: { variation, serviceSeconds: service / weight, waitProbability: wait / weight, waitDecayPerSecond: decay / weight },
    }));
  return { add, parts };
}

/** Classes 2 % wide; what is too small to matter is one class. */
function grade(value: number): number {
  return value < 1e-6 ? -1000 : value === Infinity ? 1e6 : Math.round(Math.log(value) * 50);
}
