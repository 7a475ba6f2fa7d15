/** Response times over one step, backlog included: worked out as far as somebody asks. Hold until the stations take their next step. */
import { responsePercentileSeconds, responseTail } from "../queueing/response-law.ts";
import { isLikePart, mixPercentileSeconds, type ResponsePart } from "./response-mix.ts";
import type { StationStep } from "./station.ts";

export type StepPercentile = "p50" | "p95" | "p99" | "ttft_p95";

export interface StepTimes {
  /** The mean; undefined where nothing was answered or no response time is known. */
  readonly meanSeconds: () => number | undefined;
  readonly percentileSeconds: (name: StepPercentile) => number | undefined;
  /** False where p95 is certainly no more than that, without working it out. */
  readonly mayExceed: (p95Seconds: number) => boolean;
  /** The answered requests by their laws; members under the same law count together. */
  readonly parts: () => readonly ResponsePart[];
  readonly tokens: () => readonly ResponsePart[];
}

/** What the stations of a step have in common. */
export interface StepCondition {
  /** Steps of one mixture have the same members under the same shares. */
  readonly mixture: number;
  /** Load of the fullest member. */
  readonly load: number;
}

export interface StepTimesWriter extends StepTimes {
  /** @param meanSeconds NaN where nothing was answered or no response time is known */
  readonly write: (stations: readonly StationStep[], meanSeconds: number, condition: StepCondition) => void;
}

/** NaN: not worked out yet; undefined: there is none. */
interface Figures {
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  ttft_p95: number | undefined;
}

const shareOf = { p50: 0.5, p95: 0.95, p99: 0.99, ttft_p95: 0.95 } as const;

/**
 * The percentiles of one exponential law are found at once. Those of a mixture in steady state are remembered by its condition, so that a day of hardly
 * different loads is not worked out step by step.
 */
export function createStepTimes(needsFirstToken: boolean): StepTimesWriter {
  const known = new Map<number, Map<number, Figures>>();
  const own: Figures = { mean: NaN, p50: NaN, p95: NaN, p99: NaN, ttft_p95: NaN };
  let figures = own;
  let stations: readonly StationStep[] = [];
  let parts: readonly ResponsePart[] | undefined;
  let tokens: readonly ResponsePart[] | undefined;
  /** Where all members answer under one exponential law. */
  let only: ResponsePart | undefined;
  const before = unknownPart();

  const partsNow = (): readonly ResponsePart[] => (parts ??= answeredParts(stations, (station) => (station.hasTimes ? station.response : undefined)));
  const tokensNow = (): readonly ResponsePart[] =>
    (tokens ??= needsFirstToken ? answeredParts(stations, (station) => (station.hasFirstToken ? station.firstToken : undefined)) : []);

  const percentileSeconds = (name: StepPercentile): number | undefined => {
    if (Number.isNaN(own.mean)) return undefined;
    const found = figures[name];
    if (found === undefined || !Number.isNaN(found)) return found;
    if (name === "ttft_p95") return (figures.ttft_p95 = mixPercentileSeconds(tokensNow(), shareOf[name]));
    const worked = only === undefined ? mixPercentileSeconds(partsNow(), shareOf[name]) : only.offsetSeconds + responsePercentileSeconds(only.law, shareOf[name]);
    figures[name] = worked ?? NaN;
    return worked;
  };

  const write = (present: readonly StationStep[], meanSeconds: number, condition: StepCondition): void => {
    stations = present;
    parts = undefined;
    tokens = undefined;
    own.mean = meanSeconds;
    only = undefined;
    figures = own;
    if (Number.isNaN(meanSeconds)) return;
    only = onlyExponential(present);
    if (only !== undefined) {
      if (!needsFirstToken && isLikePart(only, before)) return;
      before.offsetSeconds = only.offsetSeconds;
      before.law.serviceSeconds = only.law.serviceSeconds;
      before.law.variation = only.law.variation;
      before.law.waitProbability = only.law.waitProbability;
      before.law.waitDecayPerSecond = only.law.waitDecayPerSecond;
    } else if (present.every((station) => station.isSteady)) {
      const ofMixture = known.get(condition.mixture) ?? new Map<number, Figures>();
      known.set(condition.mixture, ofMixture);
      const grade = loadGrade(condition.load);
      const remembered = ofMixture.get(grade);
      figures = remembered ?? { mean: NaN, p50: NaN, p95: NaN, p99: NaN, ttft_p95: NaN };
      if (remembered === undefined) {
        // At once, for they are those of the first step in this condition.
        percentileSeconds("p50");
        percentileSeconds("p95");
        percentileSeconds("p99");
        percentileSeconds("ttft_p95");
        ofMixture.set(grade, figures);
      }
      return;
    } else before.offsetSeconds = NaN;
    own.p50 = own.p95 = own.p99 = own.ttft_p95 = NaN;
  };

  return {
    write,
    meanSeconds: () => (Number.isNaN(own.mean) ? undefined : own.mean),
    percentileSeconds,
    mayExceed: (seconds) => {
      if (Number.isNaN(own.mean)) return false;
      if (only === undefined || !Number.isNaN(own.p95) || !(seconds > only.offsetSeconds)) return (percentileSeconds("p95") ?? 0) > seconds;
      // With room for the rounding of both ways.
      return responseTail(only.law, seconds - only.offsetSeconds) > 0.05 * (1 - 1e-6);
    },
    parts: partsNow,
    tokens: tokensNow,
  };
}

/** Like no other. */
function unknownPart(): { offsetSeconds: number; readonly weight: number; readonly law: { serviceSeconds: number; variation: number; waitProbability: number; waitDecayPerSecond: number } } {
  return { offsetSeconds: NaN, weight: 0, law: { serviceSeconds: 0.5, variation: 0.5, waitProbability: 0.5, waitDecayPerSecond: 0.5 } };
}

function onlyExponential(stations: readonly StationStep[]): ResponsePart | undefined {
  let only: ResponsePart | undefined;
  for (const { hasTimes, response } of stations) {
    if (!hasTimes || !(response.weight > 0) || response === only) continue;
    if (response.law.variation !== 1 || (only !== undefined && !isLikePart(response, only))) return undefined;
    only ??= response;
  }
  return only;
}

function answeredParts(stations: readonly StationStep[], of: (station: StationStep) => ResponsePart | undefined): readonly ResponsePart[] {
  const [first] = stations;
  if (first !== undefined && stations.length === 1) {
    const part = of(first);
    return part !== undefined && part.weight > 0 ? [part] : [];
  }
  const parts: ResponsePart[] = [];
  const places = new Map<number, number>();
  let last = 0;
  for (const station of stations) {
    const part = of(station);
    if (part === undefined || !(part.weight > 0)) continue;
    const like = placeOfLike(part);
    const other = parts[like];
    last = other === undefined ? parts.length : like;
    if (other !== undefined) parts[like] = { ...other, weight: other.weight + part.weight };
    else {
      if (stations.length > fewStations) places.set(sumOf(part), parts.length);
      parts.push(part);
    }
  }
  return parts;

  function placeOfLike(part: ResponsePart): number {
    const before = parts[last];
    if (before !== undefined && isLikePart(before, part)) return last;
    if (stations.length <= fewStations) return parts.findIndex((each) => isLikePart(each, part));
    const place = places.get(sumOf(part)) ?? -1;
    const found = parts[place];
    return found === undefined || isLikePart(found, part) ? place : parts.findIndex((each) => isLikePart(each, part));
  }
}

/** Beyond so many stations like parts are looked up instead of searched for. */
const fewStations = 8;

function sumOf({ offsetSeconds, law }: ResponsePart): number {
  return offsetSeconds + law.serviceSeconds + law.waitProbability + (law.waitDecayPerSecond === Infinity ? 0 : law.waitDecayPerSecond);
}

/** Grades of a load: 0.5 % of the rate, and as fine towards the capacity, where waiting grows without bound. */
function loadGrade(load: number): number {
  if (!(load > 0)) return 0;
  return load < 1 ? 2 - Math.round(Math.log(load) * 200) * 2048 - Math.round(Math.log(1 - load) * 40) : 1;
}
