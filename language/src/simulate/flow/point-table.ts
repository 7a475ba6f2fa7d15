/** The points of a report while a run makes them: columns of numbers instead of an object for each step. */
import type { SimulationPoint } from "../report.ts";
import type { StepFigures } from "./recorder.ts";
import type { StepTimes } from "./step-times.ts";
import { sixDigits } from "./wording.ts";

/** What a recorder knows of a step. */
export interface Measured {
  readonly load: number;
  readonly queue: number;
  readonly dropped: number;
  /** USD since the start. */
  readonly cost: number;
  readonly saturated: boolean;
}

export interface PointTable {
  readonly add: (figures: StepFigures, measured: Measured, times: StepTimes) => void;
  readonly points: () => readonly SimulationPoint[];
  /** The first of the points with the highest load factor. */
  readonly fullest: () => SimulationPoint | undefined;
}

/** Numbers of a row: t, rate, capacity, load, mean, p50, p95, p99, queue, dropped, cost. */
const width = 11;
/** Whole numbers of a row: replicas, ready, least, most, saturated. */
const wholes = 5;

/** @param most rows that there may be */
export function createPointTable(most: number): PointTable {
  const numbers = new Float64Array(most * width);
  const counts = new Int32Array(most * wholes);
  let rows = 0;
  const add = (figures: StepFigures, { load, queue, dropped, cost, saturated }: Measured, times: StepTimes): void => {
    const at = rows * width;
    numbers[at] = figures.t;
    numbers[at + 1] = figures.ratePerSecond;
    numbers[at + 2] = figures.capacityPerSecond;
    numbers[at + 3] = load;
    // A saturated step has no steady response time: what was measured belongs to its backlog.
    numbers[at + 4] = saturated ? NaN : (times.meanSeconds() ?? NaN);
    numbers[at + 5] = saturated ? NaN : (times.percentileSeconds("p50") ?? NaN);
    numbers[at + 6] = saturated ? NaN : (times.percentileSeconds("p95") ?? NaN);
    numbers[at + 7] = saturated ? NaN : (times.percentileSeconds("p99") ?? NaN);
    // Less than a millionth of a request is none.
    numbers[at + 8] = queue < 1e-6 ? 0 : queue;
    numbers[at + 9] = dropped;
    numbers[at + 10] = cost;
    const place = rows * wholes;
    counts[place] = figures.replicas;
    counts[place + 1] = figures.ready;
    counts[place + 2] = figures.minReplicas;
    counts[place + 3] = figures.maxReplicas;
    counts[place + 4] = saturated ? 1 : 0;
    rows += 1;
  };
  const points = (): readonly SimulationPoint[] => {
    const all: SimulationPoint[] = [];
    for (let row = 0; row < rows; row++) all.push(pointAt(row * width, row * wholes));
    return all;
  };
  const fullest = (): SimulationPoint | undefined => {
    let best = -1;
    let most = -Infinity;
    for (let row = 0; row < rows; row++) {
      const raw = numbers[row * width + 3] ?? 0;
      // Only what is near the highest load so far can be above it once rounded.
      if (raw < most * (1 - 1e-5)) continue;
      const load = sixDigits(raw);
      if (best >= 0 && !(load > most)) continue;
      best = row;
      most = load;
    }
    return best < 0 ? undefined : pointAt(best * width, best * wholes);
  };
  const pointAt = (at: number, place: number): SimulationPoint => {
    const point = {
      t: numbers[at] ?? 0,
      arrivalRate: figure(at + 1),
      capacity: figure(at + 2),
      replicas: counts[place] ?? 0,
      ready: counts[place + 1] ?? 0,
      loadFactor: figure(at + 3),
      responseTime: steady(at + 4),
      p50: steady(at + 5),
      p95: steady(at + 6),
      p99: steady(at + 7),
      queue: figure(at + 8),
      dropped: figure(at + 9),
      cost: figure(at + 10),
      minReplicas: counts[place + 2] ?? 0,
      maxReplicas: counts[place + 3] ?? 0,
    };
    return counts[place + 4] === 1 ? { ...point, saturated: true } : point;
  };
  const figure = (at: number): number => sixDigits(numbers[at] ?? 0);
  const steady = (at: number): number | null => (Number.isNaN(numbers[at]) ? null : figure(at));
  return { add, points, fullest };
}
