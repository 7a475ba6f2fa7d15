/** Metrics, thresholds and schedules of the resolved policy. Units as in policy.ts. */
import type { Dimension } from "./dimension.ts";
import type { builtinMetrics } from "../text/vocabulary.ts";
import type { Origin } from "./policy.ts";

export type BuiltinMetric = (typeof builtinMetrics)[number];

export type Comparison = "<" | "<=" | ">" | ">=";

export type MetricReference =
  | { readonly kind: "builtin"; readonly name: BuiltinMetric }
  | { readonly kind: "declared"; readonly metric: Metric }
  | { readonly kind: "external" | "custom"; readonly name: string };

/** The `as` of a metric: arithmetic of built-in metrics and quantities that stands for it in the simulation. */
export type MetricExpression =
  | { readonly kind: "value"; readonly value: number }
  | { readonly kind: "metric"; readonly name: BuiltinMetric }
  | { readonly kind: "binary"; readonly operator: "+" | "-" | "*" | "/"; readonly left: MetricExpression; readonly right: MetricExpression }
  | { readonly kind: "call"; readonly function: "min" | "max" | "ceil" | "floor" | "round"; readonly arguments: readonly MetricExpression[] };

export interface Metric {
  readonly name: string;
  readonly prometheus?: { readonly url: string; readonly auth?: string };
  readonly query?: string;
  /** `member`: averaged over the members. `pool`: one figure, divided by the members unless `undivided`. */
  readonly per: "member" | "pool";
  readonly undivided: boolean;
  readonly as?: MetricExpression;
  /** Of `as`; what the metric is held against has it too. */
  readonly dimension?: Dimension;
  readonly origin: Origin;
}

/** `value` in the canonical unit of `dimension`. */
export interface MetricCondition {
  readonly metric: MetricReference;
  readonly operator: Comparison;
  readonly value: number;
  readonly dimension: Dimension;
  readonly origin: Origin;
}

export interface MetricTarget {
  readonly metric: MetricReference;
  readonly value: number;
  readonly dimension: Dimension;
  readonly origin: Origin;
}

export type RuleAction =
  | { readonly kind: "add" | "remove"; readonly count: number }
  | { readonly kind: "add" | "remove"; readonly fraction: number }
  | { readonly kind: "double" | "halve" }
  | { readonly kind: "set"; readonly replicas: number };

export interface Rule extends MetricCondition {
  readonly forSeconds: number;
  readonly action: RuleAction;
}

/** One rate limit: at most this many members, or this share of them, in `periodSeconds`. */
export type RateLimit =
  | { readonly kind: "pods"; readonly count: number; readonly periodSeconds: number }
  | { readonly kind: "percent"; readonly fraction: number; readonly periodSeconds: number };

export interface Direction {
  readonly limits: readonly RateLimit[];
  readonly select: "max" | "min" | "disabled";
  readonly stabilizeSeconds: number;
}

/** What a threshold itself says of the pool's behavior; the pool's completed one is `Scale.behavior`. */
export interface DirectionPart {
  readonly limits?: readonly RateLimit[];
  readonly select?: "max" | "min" | "disabled";
  readonly stabilizeSeconds?: number;
  readonly tolerance?: number;
  readonly origin: Origin;
}

interface ThresholdBase {
  /** Undefined where it was written inside a `scale`. */
  readonly name?: string;
  readonly tolerance?: number;
  readonly up?: DirectionPart;
  readonly down?: DirectionPart;
  readonly origin: Origin;
}

/** Metric-based; predictive where `predict` is given. The largest answer of the targets counts. */
export interface MetricThreshold extends ThresholdBase {
  readonly kind: "metric";
  readonly targets: readonly MetricTarget[];
  readonly predict?: { readonly windowSeconds: number; readonly aheadSeconds: number };
}

/** On-demand: of the rules that hold, those that grow go first; the largest result counts. */
export interface RuleThreshold extends ThresholdBase {
  readonly kind: "rules";
  readonly rules: readonly Rule[];
  readonly cooldownUpSeconds: number;
  readonly cooldownDownSeconds: number;
}

export type Threshold = MetricThreshold | RuleThreshold;

/** A local calendar date. `month` 1–12, `day` 1–31. */
export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A local date and the seconds of that day. */
export interface LocalDateTime extends LocalDate {
  readonly secondOfDay: number;
}

/** 1 Monday … 7 Sunday (ISO 8601). */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export type ScheduleWindow =
  /** Ends by the wall clock; where `endSecond` is not after `startSecond` it ends on the next day. 86400 is 24:00. */
  | { readonly kind: "every"; readonly days: readonly Weekday[]; readonly startSecond: number; readonly endSecond: number; readonly origin: Origin }
  | { readonly kind: "cron"; readonly expression: string; readonly seconds: number; readonly origin: Origin };

export interface Schedule {
  readonly name: string;
  readonly windows: readonly ScheduleWindow[];
  /** IANA name, `UTC` by default. */
  readonly timezone: string;
  /** Floor, and ceiling where a range was written; undefined: the schedule brings no counts. */
  readonly replicas?: { readonly min: number; readonly max?: number };
  readonly except: readonly LocalDate[];
  readonly from?: LocalDateTime;
  /** Inclusive: a date alone means the whole day. */
  readonly until?: LocalDateTime;
  readonly origin: Origin;
}
