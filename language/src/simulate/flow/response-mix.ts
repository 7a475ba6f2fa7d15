/** Response times of requests that were answered under different conditions, as a weighted mixture of laws. */
import { responsePercentileSeconds, responseTail, type ResponseLaw } from "../queueing/response-law.ts";
import { findRoot } from "../queueing/root.ts";

/** `weight` requests waited `offsetSeconds` in a backlog and then took as long as `law` says. */
export interface ResponsePart {
  readonly weight: number;
  readonly offsetSeconds: number;
  readonly law: ResponseLaw;
}

/** The smallest t with P(response ≤ t) ≥ p, 0 < p < 1; undefined without requests. */
export function mixPercentileSeconds(parts: readonly ResponsePart[], p: number): number | undefined {
  const counted = parts.filter((part) => part.weight > 0);
  const only = counted[0];
  if (only === undefined) return undefined;
  if (counted.length === 1) return only.offsetSeconds + responsePercentileSeconds(only.law, p);
  const total = counted.reduce((sum, part) => sum + part.weight, 0);
  const ends = counted.map((part) => part.offsetSeconds + responsePercentileSeconds(part.law, p));
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  if (low === high) return low;
  const outside = 1 - p;
  const tail = (t: number) => counted.reduce((sum, part) => sum + part.weight * responseTail(part.law, t - part.offsetSeconds), 0) / total;
  return findRoot((t) => Math.log(Math.max(tail(t), 1e-300) / outside), low, high, 1e-9);
}

/** Requests of a whole run: parts that hardly differ are counted together, so that the number of parts stays small. */
export interface RunMix {
  readonly add: (part: ResponsePart) => void;
  readonly parts: () => readonly ResponsePart[];
}

export function createRunMix(): RunMix {
  const classes = new Map<string, { weight: number; offset: number; service: number; wait: number; decay: number; sample: ResponseLaw }>();
  const add = (part: ResponsePart): void => {
    if (!(part.weight > 0)) return;
    const { law, offsetSeconds, weight } = part;
    const key = `${grade(offsetSeconds)} ${grade(law.serviceSeconds)} ${grade(law.waitProbability)} ${grade(law.waitDecayPerSecond)} ${law.variation}`;
    const decay = Math.min(law.waitDecayPerSecond, 1e12);
    const known = classes.get(key);
    if (known === undefined) {
      classes.set(key, { weight, offset: offsetSeconds * weight, service: law.serviceSeconds * weight, wait: law.waitProbability * weight, decay: decay * weight, sample: law });
      return;
    }
    known.weight += weight;
    known.offset += offsetSeconds * weight;
    known.service += law.serviceSeconds * weight;
    known.wait += law.waitProbability * weight;
    known.decay += decay * weight;
  };
  const parts = (): readonly ResponsePart[] =>
    [...classes.values()].map((each) => ({
      weight: each.weight,
      offsetSeconds: each.offset / each.weight,
      law: { ...each.sample, serviceSeconds: each.service / each.weight, waitProbability: each.wait / each.weight, waitDecayPerSecond: each.decay / each.weight },
    }));
  return { add, parts };
}

/** Classes 2 % wide; what is too small to matter is one class. */
function grade(value: number): number {
  return value < 1e-6 ? -1000 : value === Infinity ? 1e6 : Math.round(Math.log(value) * 50);
}
