/** Gathers the steps of a run into the figures of a report. */
import type { SimulationEvent, SimulationPoint, SimulationSummary } from "../report.ts";
import type { ExpectationWatch } from "./expectations.ts";
import { mixPercentileSeconds, type ResponsePart } from "./response-mix.ts";
import type { StationStep } from "./station.ts";
import { sixDigits } from "./wording.ts";

export interface StepFigures {
  readonly t: number;
  readonly ratePerSecond: number;
  readonly capacityPerSecond: number;
  /** Capacity of one member, against which load is measured while none is ready. */
  readonly memberCapacityPerSecond: number;
  readonly replicas: number;
  readonly ready: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly stations: readonly StationStep[];
  /** Steps with the same text have the same response times where all their stations are steady. */
  readonly condition: () => string;
  /** Requests lost with failed members: being served, and waiting. */
  readonly lost: number;
  readonly lostWaiting: number;
  readonly cost: number;
}

/** Response times over one step, backlog included; undefined where nothing was answered or no response time is known. */
export interface StepTimes {
  readonly response_time?: number | undefined;
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
  readonly p99?: number | undefined;
  readonly ttft_p95?: number | undefined;
}

export interface RecorderOptions {
  readonly stepSeconds: number;
  /** A point of the report is kept for every so many steps. */
  readonly pointEvery: number;
  readonly priced: boolean;
  /** Above this load factor time counts as above target. */
  readonly loadLimit: number | undefined;
  readonly needsFirstToken: boolean;
  /** Requests that came before the run and wait at its start. */
  readonly waitingAtStart: number;
  readonly watch: ExpectationWatch;
}

export interface Recorder {
  readonly step: (figures: StepFigures) => StepTimes;
  readonly event: (event: SimulationEvent) => void;
  readonly points: readonly SimulationPoint[];
  readonly events: readonly SimulationEvent[];
  readonly summary: () => SimulationSummary;
}

/** A reversal of direction counts as a flap when it comes this soon. */
const flapSeconds = 600;

export function createRecorder(options: RecorderOptions): Recorder {
  const { stepSeconds, pointEvery, watch } = options;
  const points: SimulationPoint[] = [];
  const events: SimulationEvent[] = [];
  let arrived = options.waitingAtStart;
  let failed = 0;
  let answered = 0;
  let cost = 0;
  let flaps = 0;
  let index = 0;
  const peak = { rate: 0, load: 0, loadAt: 0 };
  let worst: { p95: number | null; at: number } = { p95: 0, at: 0 };
  let least = Infinity;
  let most = 0;
  let secondsAbove = 0;
  let saturatedSeconds = 0;
  const percentiles = createPercentiles();

  const step = (figures: StepFigures): StepTimes => {
    const { t, ratePerSecond, stations } = figures;
    let dropped = figures.lost + figures.lostWaiting;
    let queue = 0;
    let timed = 0;
    let weighted = 0;
    let saturated = false;
    for (const station of stations) {
      const inTime = station.served - station.late;
      arrived += station.arrived;
      answered += inTime;
      dropped += station.dropped + station.late;
      queue += station.queueAfter;
      saturated ||= station.saturated;
      if (station.responseSeconds === undefined) continue;
      timed += inTime;
      weighted += inTime * station.responseSeconds;
    }
    answered -= figures.lost;
    failed += dropped;
    cost += figures.cost;
    const parts = answeredParts(stations, (station) => station.response);
    const tokens = options.needsFirstToken ? answeredParts(stations, (station) => station.firstToken) : [];
    const condition = stations.every((station) => station.isSteady === true) ? figures.condition : undefined;
    const times = percentiles(parts, tokens, condition, timed > 0 ? weighted / timed : undefined);
    const load = loadOf(figures);
    if (ratePerSecond > peak.rate) peak.rate = ratePerSecond;
    if (load > peak.load) {
      peak.load = load;
      peak.loadAt = t;
    }
    if (saturated) {
      saturatedSeconds += stepSeconds;
      if (worst.p95 !== null) worst = { p95: null, at: t };
    } else if (worst.p95 !== null && times.p95 !== undefined && times.p95 > worst.p95) worst = { p95: times.p95, at: t };
    if (options.loadLimit !== undefined && load > options.loadLimit) secondsAbove += stepSeconds;
    least = Math.min(least, figures.replicas);
    most = Math.max(most, figures.replicas);
    watch.step({ t, load, replicas: figures.replicas, queue, parts, tokens, p95: times.p95, responseSeconds: times.response_time });
    if (index % pointEvery === 0) points.push(pointOf(figures, { load, times, queue, dropped, cost, saturated }));
    index += 1;
    return times;
  };

  const event = (each: SimulationEvent): void => {
    const before = events.at(-1);
    if (before !== undefined && each.t - before.t <= flapSeconds && each.to > each.from !== before.to > before.from) flaps += 1;
    events.push(each);
  };

  const summary = (): SimulationSummary => ({
    peakArrivalRate: sixDigits(peak.rate),
    peakLoadFactor: sixDigits(peak.load),
    peakLoadFactorAt: peak.loadAt,
    worstP95: worst.p95 === null ? null : sixDigits(worst.p95),
    worstP95At: worst.at,
    minReplicas: least === Infinity ? 0 : least,
    maxReplicas: most,
    scalingActions: events.length,
    flaps,
    availability: arrived === 0 ? 1 : sixDigits(Math.max(0, 1 - failed / arrived)),
    dropped: sixDigits(failed),
    asked: sixDigits(arrived),
    answered: sixDigits(answered),
    cost: options.priced ? sixDigits(cost) : null,
    secondsAboveTarget: secondsAbove,
    saturatedSeconds,
  });

  return { step, event, points, events, summary };
}

/** The answered requests by their laws; members under the same law count together. */
function answeredParts(stations: readonly StationStep[], of: (station: StationStep) => ResponsePart | undefined): readonly ResponsePart[] {
  const parts: ResponsePart[] = [];
  for (const station of stations) {
    const part = of(station);
    if (part === undefined || !(part.weight > 0)) continue;
    const like = stations.length === 1 ? -1 : parts.findIndex((each) => isLike(each, part));
    const other = parts[like];
    if (other === undefined) parts.push(part);
    else parts[like] = { ...other, weight: other.weight + part.weight };
  }
  return parts;
}

function isLike(part: ResponsePart, other: ResponsePart): boolean {
  const a = part.law;
  const b = other.law;
  return part.offsetSeconds === other.offsetSeconds && a.serviceSeconds === b.serviceSeconds && a.variation === b.variation &&
    a.waitProbability === b.waitProbability && a.waitDecayPerSecond === b.waitDecayPerSecond;
}

interface Measured {
  readonly load: number;
  readonly times: StepTimes;
  readonly queue: number;
  readonly dropped: number;
  readonly cost: number;
  readonly saturated: boolean;
}

function pointOf(figures: StepFigures, { load, times, queue, dropped, cost, saturated }: Measured): SimulationPoint {
  // A saturated step has no steady response time: what was measured belongs to its backlog.
  const steady = (seconds: number | undefined) => (saturated || seconds === undefined ? null : sixDigits(seconds));
  return {
    t: figures.t,
    arrivalRate: sixDigits(figures.ratePerSecond),
    capacity: sixDigits(figures.capacityPerSecond),
    replicas: figures.replicas,
    ready: figures.ready,
    loadFactor: sixDigits(load),
    responseTime: steady(times.response_time),
    p50: steady(times.p50),
    p95: steady(times.p95),
    p99: steady(times.p99),
    queue: sixDigits(queue),
    dropped: sixDigits(dropped),
    cost: sixDigits(cost),
    minReplicas: figures.minReplicas,
    maxReplicas: figures.maxReplicas,
    ...(saturated ? { saturated: true } : {}),
  };
}

function loadOf(figures: StepFigures): number {
  if (figures.ratePerSecond === 0) return 0;
  return figures.ratePerSecond / (figures.capacityPerSecond > 0 ? figures.capacityPerSecond : figures.memberCapacityPerSecond);
}

type Percentiles = Omit<StepTimes, "response_time">;

/**
 * The percentiles of a step. Those of one exponential law are found at once; others are remembered by their condition, so that a day of hardly different
 * loads is not worked out step by step.
 */
function createPercentiles(): (parts: readonly ResponsePart[], tokens: readonly ResponsePart[], condition: (() => string) | undefined, mean: number | undefined) => StepTimes {
  const known = new Map<string, Percentiles>();
  let last: { readonly parts: readonly ResponsePart[]; readonly tokens: readonly ResponsePart[]; readonly found: Percentiles } | undefined;
  return (parts, tokens, condition, mean) => {
    if (mean === undefined) return {};
    const isCheap = parts.length === 1 && parts[0]?.law.variation === 1;
    const text = isCheap || condition === undefined ? undefined : condition();
    let found = text === undefined ? undefined : known.get(text);
    if (found === undefined && last !== undefined && sameParts(parts, last.parts) && sameParts(tokens, last.tokens)) found = last.found;
    if (found === undefined) {
      found = {
        p50: mixPercentileSeconds(parts, 0.5), p95: mixPercentileSeconds(parts, 0.95), p99: mixPercentileSeconds(parts, 0.99),
        ttft_p95: tokens.length === 0 ? undefined : mixPercentileSeconds(tokens, 0.95),
      };
      if (text !== undefined) known.set(text, found);
    }
    last = { parts, tokens, found };
    return { response_time: mean, p50: found.p50, p95: found.p95, p99: found.p99, ttft_p95: found.ttft_p95 };
  };
}

function sameParts(a: readonly ResponsePart[], b: readonly ResponsePart[]): boolean {
  return a.length === b.length && a.every((part, index) => {
    const other = b[index];
    return other !== undefined && isLike(part, other) && (a.length === 1 || part.weight === other.weight);
  });
}

/** Grades of a load for a condition: 0.5 % of the rate, and as fine towards the capacity, where waiting grows without bound. */
export function loadGrade(load: number): string {
  if (!(load > 0)) return "0";
  return load < 1 ? `${Math.round(Math.log(load) * 200)} ${Math.round(Math.log(1 - load) * 40)}` : "1";
}
