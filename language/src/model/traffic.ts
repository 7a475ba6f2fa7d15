/** Traffic, scenarios and expectations of the resolved policy. Units as in policy.ts. */
import type { measures } from "../text/vocabulary.ts";
import type { Backend, Origin } from "./policy.ts";
import type { Comparison, LocalDateTime, Weekday } from "./scaling.ts";

/** `secondOfDay` in the traffic's zone. */
export interface DailyPoint {
  readonly secondOfDay: number;
  readonly ratePerSecond: number;
}

export type TrafficShape =
  | { readonly kind: "base"; readonly ratePerSecond: number }
  /** Straight lines between the points, around the clock. */
  | { readonly kind: "daily"; readonly points: readonly DailyPoint[] }
  /** From the start of the run, then level. */
  | { readonly kind: "ramp"; readonly fromPerSecond: number; readonly toPerSecond: number; readonly overSeconds: number }
  /** Linear between rows, the last holds. `points` are filled in by whoever can read the file. */
  | { readonly kind: "trace"; readonly path: string; readonly timeColumn?: string; readonly rateColumn?: string; readonly unit: "rps" | "rpm" | "requests"; readonly origin: Origin };

export type Moment =
  /** Each day at that time (bursts), or the first after the start (faults). */
  | { readonly kind: "time"; readonly secondOfDay: number }
  | { readonly kind: "date"; readonly date: LocalDateTime }
  /** After the start of the run. */
  | { readonly kind: "offset"; readonly seconds: number };

export interface Burst {
  readonly factor: number;
  readonly at: Moment;
  readonly seconds: number;
  readonly origin: Origin;
}

export interface Traffic {
  readonly name: string;
  readonly timezone: string;
  readonly shape: TrafficShape;
  readonly weekly: readonly { readonly days: readonly Weekday[]; readonly factor: number }[];
  /** Compound growth of `fraction` per `perSeconds`. */
  readonly growth?: { readonly fraction: number; readonly perSeconds: number };
  readonly bursts: readonly Burst[];
  /** Standard deviation as a fraction of the rate, per step. */
  readonly noise?: { readonly fraction: number; readonly seed: number };
  /** Distinct client keys. */
  readonly clients: number;
  readonly origin: Origin;
}

export type FaultSubject =
  | { readonly kind: "server"; readonly name: string }
  | { readonly kind: "replicas"; readonly count: number }
  | { readonly kind: "share"; readonly fraction: number };

export interface Fault {
  readonly kind: "fail" | "slow";
  readonly subject: FaultSubject;
  /** Times slower; 1 for `fail`. */
  readonly factor: number;
  readonly at: Moment;
  readonly seconds: number;
  readonly origin: Origin;
}

export type Measure = (typeof measures)[number];

export interface Expectation {
  readonly measure: Measure;
  readonly operator: Comparison;
  /** Canonical unit; `dropped` against a ratio has `asShare`. */
  readonly value: number;
  readonly asShare: boolean;
  /** `for R of time`. */
  readonly ofTime?: number;
  readonly origin: Origin;
}

export interface Scenario {
  readonly name: string;
  readonly backend: Backend;
  readonly traffic?: { readonly traffic: Traffic; readonly factor: number };
  readonly durationSeconds: number;
  readonly start: LocalDateTime;
  readonly replicas?: number;
  readonly faults: readonly Fault[];
  readonly expectations: readonly Expectation[];
  readonly origin: Origin;
}
