/** What a simulation is asked and what it answers: plain data, the JSON of the command line. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { TargetName } from "../model/target.ts";

/** How a caller follows a simulation and stops it. */
export interface SimulationControl {
  /** Asked every few hundred steps. */
  readonly isCancelled?: () => boolean;
  /** From 0 to 1, about a hundred times. */
  readonly onProgress?: (fraction: number) => void;
  /** The text of a trace file, named as in the policy and by the file that names it; undefined where it cannot be read. */
  readonly readTrace?: (path: string, fromFile: string) => string | undefined;
}

export type SimulationOutcome =
  | { readonly kind: "report"; readonly report: SimulationReport }
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] }
  /** Several backends have a demand and none was named. */
  | { readonly kind: "choose"; readonly backends: readonly string[] }
  | { readonly kind: "cancelled" };

export interface SimulationRequest {
  /** Name of a backend; without it the scenario's, else the only one with a demand. */
  readonly backend?: string;
  readonly scenario?: string;
  /** Name of a traffic that replaces the backend's demand. */
  readonly traffic?: string;
  readonly durationSeconds?: number;
  /** 15 by default. */
  readonly stepSeconds?: number;
  /** Whose picks are simulated; nginx unless told. */
  readonly target?: TargetName;
  readonly seed?: number;
  /** Multiplies the arrivals; 1 by default. */
  readonly loadFactor?: number;
}

/** One step. Times in seconds since the start, rates per second, fractions; `null` where no steady value exists. */
export interface SimulationPoint {
  readonly t: number;
  readonly arrivalRate: number;
  /** Requests per second that the ready members can serve. */
  readonly capacity: number;
  /** Members wanted (the workload's size). */
  readonly replicas: number;
  readonly ready: number;
  /** Arrivals over capacity; while no member is ready, over the capacity of one. */
  readonly loadFactor: number;
  readonly responseTime: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Requests waiting. */
  readonly queue: number;
  /** Requests that failed in this step: turned away, given up on, answered too late, or lost with their member. */
  readonly dropped: number;
  /** USD since the start. */
  readonly cost: number;
  /** Bounds in force, schedules applied. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly saturated?: true;
}

/** One change of the wanted size. */
export interface SimulationEvent {
  readonly t: number;
  readonly from: number;
  readonly to: number;
  /** A sentence for people; `decision` holds the same as data. */
  readonly reason: string;
  readonly decision: Decision;
}

export interface Decision {
  readonly by: "threshold" | "schedule" | "bounds";
  readonly threshold?: string;
  readonly metric?: string;
  /** The metric's value and its target or limit, in the metric's unit. */
  readonly value?: number;
  readonly target?: number;
  readonly ratio?: number;
  /** What was asked for before limits and windows. */
  readonly recommended: number;
  /** What held it back, in words, such as `up: +4 per 15 s`. */
  readonly heldBackBy: readonly string[];
}

export interface SimulationSummary {
  readonly peakArrivalRate: number;
  readonly peakLoadFactor: number;
  readonly peakLoadFactorAt: number;
  /** Worst p95 over the steps; null where a step had no steady value, and where no response time is known. */
  readonly worstP95: number | null;
  readonly worstP95At: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Changes of the wanted size. */
  readonly scalingActions: number;
  /** Reversals of direction within 10 minutes. */
  readonly flaps: number;
  /** Answered in time ÷ asked. */
  readonly availability: number;
  readonly dropped: number;
  /** Requests that came, those that wait at the start included, and those of them that were answered in time; the rest failed or still waits. */
  readonly asked?: number;
  readonly answered?: number;
  /** USD; null where no member has a price. */
  readonly cost: number | null;
  /** Seconds during which the load factor was above the target plus its tolerance. */
  readonly secondsAboveTarget: number;
  readonly saturatedSeconds: number;
}

/** Per server or group of like members at one moment: what share it takes and how full it is. */
export interface MemberShare {
  readonly name: string;
  readonly count: number;
  readonly ratePerSecond: number;
  readonly loadFactor: number;
  readonly state: "ready" | "starting";
}

export interface SimulationReport {
  readonly backend: string;
  readonly scenario: string | null;
  readonly traffic: string | null;
  readonly target: TargetName;
  readonly seed: number;
  readonly stepSeconds: number;
  readonly durationSeconds: number;
  /** Local time of `t` = 0, ISO 8601 without an offset, and its zone. */
  readonly start: string;
  readonly timezone: string;
  /** Load factor aimed at by a metric threshold, with its tolerance, where there is one. */
  readonly targetLoadFactor: number | null;
  readonly toleranceUp: number;
  readonly toleranceDown: number;
  /** One for each step; of runs with more than 100,000 steps every n-th. Made when first read. */
  readonly points: readonly SimulationPoint[];
  readonly events: readonly SimulationEvent[];
  /** Spans of t (seconds since the start) in which a schedule is active. */
  readonly schedules: readonly { readonly name: string; readonly from: number; readonly to: number; readonly min: number; readonly max: number | null }[];
  /** Expectations of the scenario, to be drawn as lines. */
  readonly expectations: readonly { readonly measure: string; readonly operator: string; readonly value: number; readonly actual: number | null; readonly holds: boolean; readonly worstAt?: number | null; readonly ofTime?: number; /** `dropped` as a share of the requests. */ readonly asShare?: true }[];
  readonly summary: SimulationSummary;
  /** The members at the highest load factor of the run. */
  readonly members?: readonly MemberShare[];
  /** What the model leaves out or assumes for this backend, one sentence each. */
  readonly notes: readonly string[];
}
