/** Gathers the steps of a run into the figures of a report. */
import type { SimulationEvent, SimulationPoint, SimulationSummary } from "../report.ts";
import type { ExpectationWatch } from "./expectations.ts";
import type { PoolTime } from "./metrics.ts";
import { createPointTable } from "./point-table.ts";
import type { StationStep } from "./station.ts";
import { createStepTimes, type StepCondition } from "./step-times.ts";
import { sixDigits } from "./wording.ts";

/** What a run tells of a step; it may use one record for all of them. */
export interface StepFigures extends StepCondition {
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

export interface RecorderOptions {
  readonly stepSeconds: number;
  readonly steps: number;
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
  readonly step: (figures: StepFigures) => void;
  /** Of the last step; undefined where nothing was answered or no response time is known. */
  readonly timeSeconds: (name: PoolTime) => number | undefined;
  readonly event: (event: SimulationEvent) => void;
  readonly points: () => readonly SimulationPoint[];
  /** The first of the points with the highest load factor. */
  readonly fullest: () => SimulationPoint | undefined;
  readonly events: readonly SimulationEvent[];
  readonly summary: () => SimulationSummary;
}

/** A reversal of direction counts as a flap when it comes this soon. */
const flapSeconds = 600;

export function createRecorder(options: RecorderOptions): Recorder {
  const { stepSeconds, pointEvery, watch } = options;
  const table = createPointTable(Math.ceil(options.steps / pointEvery));
  const events: SimulationEvent[] = [];
  // In a record, where a number that changes with every step keeps its place. Not whole, so that the fields are made for such numbers.
  const run = {
    arrived: 0.5, failed: 0.5, answered: 0.5, cost: 0.5, queue: 0.5, dropped: 0.5, load: 0.5, saturated: false,
    peakRate: 0.5, peakLoad: 0.5, peakLoadAt: 0.5, worstP95: 0.5, worstAt: 0.5, hasWorst: true, least: Infinity, most: 0, secondsAbove: 0.5, saturatedSeconds: 0.5, index: 0, flaps: 0,
  };
  run.arrived = options.waitingAtStart;
  run.failed = run.answered = run.cost = run.peakRate = run.peakLoad = run.peakLoadAt = run.worstP95 = run.worstAt = run.secondsAbove = run.saturatedSeconds = 0;
  const times = createStepTimes(options.needsFirstToken);

  const step = (figures: StepFigures): void => {
    const { t, ratePerSecond, stations } = figures;
    let dropped = figures.lost + figures.lostWaiting;
    let queue = 0;
    let timed = 0;
    let weighted = 0;
    let saturated = false;
    let { arrived, answered } = run;
    for (const station of stations) {
      const inTime = station.served - station.late;
      arrived += station.arrived;
      answered += inTime;
      dropped += station.dropped + station.late;
      queue += station.queueAfter;
      saturated ||= station.saturated;
      if (!station.hasTimes) continue;
      timed += inTime;
      weighted += inTime * station.responseSeconds;
    }
    run.arrived = arrived;
    run.answered = answered - figures.lost;
    run.failed += dropped;
    run.cost += figures.cost;
    run.queue = queue;
    run.dropped = dropped;
    run.saturated = saturated;
    times.write(stations, timed > 0 ? weighted / timed : NaN, figures);
    const load = loadOf(figures);
    run.load = load;
    if (ratePerSecond > run.peakRate) run.peakRate = ratePerSecond;
    if (load > run.peakLoad) {
      run.peakLoad = load;
      run.peakLoadAt = t;
    }
    noteWorst(t);
    if (options.loadLimit !== undefined && load > options.loadLimit) run.secondsAbove += stepSeconds;
    run.least = Math.min(run.least, figures.replicas);
    run.most = Math.max(run.most, figures.replicas);
    watch.step(t, load, figures.replicas, queue, times);
    if (run.index % pointEvery === 0) table.add(figures, run, times);
    run.index += 1;
  };

  const noteWorst = (t: number): void => {
    if (run.saturated) {
      run.saturatedSeconds += stepSeconds;
      if (run.hasWorst) run.worstAt = t;
      run.hasWorst = false;
    } else if (run.hasWorst && times.mayExceed(run.worstP95)) {
      const p95 = times.percentileSeconds("p95");
      if (p95 === undefined || !(p95 > run.worstP95)) return;
      run.worstP95 = p95;
      run.worstAt = t;
    }
  };

  const event = (each: SimulationEvent): void => {
    const before = events.at(-1);
    if (before !== undefined && each.t - before.t <= flapSeconds && each.to > each.from !== before.to > before.from) run.flaps += 1;
    events.push(each);
  };

  const summary = (): SimulationSummary => ({
    peakArrivalRate: sixDigits(run.peakRate),
    peakLoadFactor: sixDigits(run.peakLoad),
    peakLoadFactorAt: run.peakLoadAt,
    // Nothing above 0 means that no response time was known.
    worstP95: run.hasWorst && run.worstP95 > 0 ? sixDigits(run.worstP95) : null,
    worstP95At: run.worstAt,
    minReplicas: run.least === Infinity ? 0 : run.least,
    maxReplicas: run.most,
    scalingActions: events.length,
    flaps: run.flaps,
    availability: run.arrived === 0 ? 1 : sixDigits(Math.max(0, 1 - run.failed / run.arrived)),
    dropped: sixDigits(run.failed),
    asked: sixDigits(run.arrived),
    answered: sixDigits(run.answered),
    cost: options.priced ? sixDigits(run.cost) : null,
    secondsAboveTarget: run.secondsAbove,
    saturatedSeconds: run.saturatedSeconds,
  });

  const timeSeconds = (name: PoolTime): number | undefined => (name === "response_time" ? times.meanSeconds() : times.percentileSeconds(name));

  return { step, timeSeconds, event, points: table.points, fullest: table.fullest, events, summary };
}

function loadOf({ ratePerSecond, capacityPerSecond, memberCapacityPerSecond }: StepFigures): number {
  if (ratePerSecond === 0) return 0;
  return ratePerSecond / (capacityPerSecond > 0 ? capacityPerSecond : memberCapacityPerSecond);
}
