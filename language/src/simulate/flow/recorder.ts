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
    const times = percentiles(parts, tokens, timed > 0 ? weighted / timed : undefined);
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

function answeredParts(stations: readonly StationStep[], of: (station: StationStep) => ResponsePart | undefined): readonly ResponsePart[] {
  const parts: ResponsePart[] = [];
  for (const station of stations) {
    const part = of(station);
    if (part !== undefined && part.weight > 0) parts.push(part);
  }
  return parts;
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

/** The percentiles of a step; those of the step before where nothing changed, as with a constant rate. */
function createPercentiles(): (parts: readonly ResponsePart[], tokens: readonly ResponsePart[], mean: number | undefined) => StepTimes {
  let lastParts: readonly ResponsePart[] = [];
  let lastTokens: readonly ResponsePart[] = [];
  let last: StepTimes = {};
  return (parts, tokens, mean) => {
    if (mean === undefined) return {};
    if (sameParts(parts, lastParts) && sameParts(tokens, lastTokens) && last.p95 !== undefined) return { ...last, response_time: mean };
    lastParts = parts;
    lastTokens = tokens;
    const p50 = mixPercentileSeconds(parts, 0.5);
    const p95 = mixPercentileSeconds(parts, 0.95);
    const p99 = mixPercentileSeconds(parts, 0.99);
    const token = tokens.length === 0 ? undefined : mixPercentileSeconds(tokens, 0.95);
    last = { response_time: mean, p50, p95, p99, ttft_p95: token };
    return last;
  };
}

function sameParts(a: readonly ResponsePart[], b: readonly ResponsePart[]): boolean {
  return a.length === b.length && a.every((part, index) => {
    const other = b[index];
    return other !== undefined && part.offsetSeconds === other.offsetSeconds && part.law.serviceSeconds === other.law.serviceSeconds &&
      part.law.waitProbability === other.law.waitProbability && part.law.waitDecayPerSecond === other.law.waitDecayPerSecond &&
      (a.length === 1 || part.weight === other.weight);
  });
}
