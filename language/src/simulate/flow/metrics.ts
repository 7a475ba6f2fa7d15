/** The built-in metrics of a pool at a moment, and arithmetic of them. Units as in the model: per second, seconds, fractions. */
import type { Backend } from "../../model/policy.ts";
import type { BuiltinMetric, Metric, MetricExpression, MetricReference } from "../../model/scaling.ts";
import { curveSeconds } from "../queueing/curve.ts";
import type { MemberModel } from "./member-model.ts";
import { pooledResponse } from "./pooled-response.ts";

/** What a sync sees of a pool. */
export interface PoolSnapshot {
  readonly t: number;
  /** Members wanted, taking traffic, and starting or failed. */
  readonly replicas: number;
  readonly ready: number;
  readonly unready: number;
  readonly starting: number;
  /** Ready for so short that a CPU sample still holds their start. */
  readonly fresh: number;
  /** Seconds until the last starting member is ready. */
  readonly startsWithin: number;
  readonly ratePerSecond: number;
  /** Of the ready members together, requests per second. */
  readonly capacityPerSecond: number;
  readonly queue: number;
  /** The part of the queue that waits because the members could not keep up. */
  readonly backlog: number;
  readonly stepSeconds: number;
  readonly model: MemberModel;
  readonly backend: Backend;
  /** Over the last 15 s; undefined where nothing was answered or no response time is known. */
  readonly timeSeconds: (name: PoolTime) => number | undefined;
}

export type PoolTime = "response_time" | "p95" | "p99" | "ttft_p95";

export function isPoolMetric(name: BuiltinMetric): name is PoolTime {
  return name === "response_time" || name === "p95" || name === "p99" || name === "ttft_p95";
}

/** The mean over the members that take traffic, or the pool's figure for times; undefined without such members or where the model lacks it. */
export function builtinValue(name: BuiltinMetric, pool: PoolSnapshot): number | undefined {
  if (isPoolMetric(name)) return pool.timeSeconds(name);
  return pool.ready === 0 ? undefined : memberValue(name, pool);
}

/** The sum over the members, as a scaler in front of the pool sees it; arrivals count even where no member takes them. */
export function builtinSum(name: BuiltinMetric, pool: PoolSnapshot): number | undefined {
  if (isPoolMetric(name)) return builtinValue(name, pool);
  if (name === "arrivals") return pool.ratePerSecond;
  if (name === "load_factor") return pool.ratePerSecond / pool.model.capacityPerSecond;
  if (pool.ready === 0) return name === "queue" ? pool.queue : 0;
  const mean = memberValue(name, pool);
  return mean === undefined ? undefined : mean * pool.ready;
}

/** Usage of one member in milli-units of its resource, with its request; undefined where the workload does not say. */
export function resourceUsage(name: "cpu" | "memory", pool: PoolSnapshot): { readonly usageMilli: number; readonly requestMilli: number } | undefined {
  const range = pool.backend.workload?.[name];
  if (range === undefined || !(range.request > 0)) return undefined;
  const full = range.full ?? (name === "cpu" ? (range.limit ?? range.request) : undefined);
  if (full === undefined) return undefined;
  const usage = Math.min(range.limit ?? Infinity, full * workShare(pool));
  return { usageMilli: Math.round(usage * 1000), requestMilli: Math.round(range.request * 1000) };
}

/** The value of a metric for a comparison or a target: the mean for per-member ones, the pool's figure otherwise. Undefined where nothing stands for it. */
export function metricValue(reference: MetricReference, pool: PoolSnapshot): number | undefined {
  if (reference.kind === "builtin") return builtinValue(reference.name, pool);
  if (reference.kind !== "declared") return undefined;
  const { metric } = reference;
  if (metric.per === "member") return pool.ready === 0 ? undefined : evaluate(metric.as, pool, builtinValue);
  const sum = poolFigure(metric, pool);
  return sum === undefined || metric.undivided ? sum : pool.replicas === 0 ? undefined : sum / pool.replicas;
}

/** What `active` compares: the undivided figure. */
export function activeValue(reference: MetricReference, pool: PoolSnapshot): number | undefined {
  if (reference.kind === "builtin") return builtinSum(reference.name, pool);
  return reference.kind === "declared" ? poolFigure(reference.metric, pool) : undefined;
}

/** The figure of a `per pool` metric before it is divided. */
export function poolFigure(metric: Metric, pool: PoolSnapshot): number | undefined {
  return evaluate(metric.as, pool, builtinSum);
}

/** True where the simulation has a stand-in for the metric. */
export function isModelled(reference: MetricReference): boolean {
  return reference.kind === "builtin" || (reference.kind === "declared" && reference.metric.as !== undefined);
}

export function metricName(reference: MetricReference): string {
  return reference.kind === "declared" ? reference.metric.name : reference.name;
}

/** The share of its capacity that a member works at: at most 1. */
function workShare(pool: PoolSnapshot): number {
  return pool.capacityPerSecond > 0 ? completedPerSecond(pool) / pool.capacityPerSecond : 0;
}

/** What members finish, backlog included: while it drains it looks like demand. */
function completedPerSecond(pool: PoolSnapshot): number {
  return Math.min(pool.capacityPerSecond, pool.ratePerSecond + pool.backlog / pool.stepSeconds);
}

function memberValue(name: BuiltinMetric, pool: PoolSnapshot): number | undefined {
  switch (name) {
    case "load_factor":
      return pool.ratePerSecond / pool.capacityPerSecond;
    case "arrivals":
      return pool.ratePerSecond / pool.ready;
    case "rps":
      return completedPerSecond(pool) / pool.ready;
    case "queue":
      return pool.queue / pool.ready;
    case "in_flight":
    case "connections":
      return (servingIn(pool) + pool.queue) / pool.ready;
    case "gpu":
      return busyShare(pool.model, pool.ratePerSecond / pool.ready);
    case "cpu":
    case "memory": {
      const used = resourceUsage(name, pool);
      return used === undefined ? undefined : used.usageMilli / used.requestMilli;
    }
    default:
      return undefined;
  }
}

/** Requests in service: all slots are busy while a backlog waits. */
function servingIn({ model, ready, ratePerSecond, backlog }: PoolSnapshot): number {
  const { service } = model;
  if (service === undefined || ready === 0) return 0;
  const perMember = ratePerSecond / ready;
  if (backlog > 0 || perMember >= model.capacityPerSecond) return ready * service.slots;
  return ready * pooledResponse(model, service, perMember, ready).inService;
}

/** 1 − P(nothing in service) of the birth–death chain with departures n/s(n). */
function busyShare(model: MemberModel, perMember: number): number | undefined {
  const { service } = model;
  if (service === undefined) return undefined;
  const load = perMember / model.capacityPerSecond;
  if (load >= 1) return 1;
  const whole = Math.max(1, Math.floor(service.slots));
  let weight = 1;
  let total = 1;
  for (let n = 1; n <= whole; n++) {
    weight *= (perMember * curveSeconds(service.response, n)) / n;
    total += n === whole ? weight / (1 - load) : weight;
    if (total > 1e15) return 1;
  }
  return 1 - 1 / total;
}

function evaluate(
  expression: MetricExpression | undefined,
  pool: PoolSnapshot,
  builtin: (name: BuiltinMetric, pool: PoolSnapshot) => number | undefined,
): number | undefined {
  if (expression === undefined) return undefined;
  if (expression.kind === "value") return expression.value;
  if (expression.kind === "metric") return builtin(expression.name, pool);
  if (expression.kind === "binary") {
    const left = evaluate(expression.left, pool, builtin);
    const right = evaluate(expression.right, pool, builtin);
    if (left === undefined || right === undefined) return undefined;
    const value = { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[expression.operator];
    return Number.isFinite(value) ? value : undefined;
  }
  const values: number[] = [];
  for (const argument of expression.arguments) {
    const value = evaluate(argument, pool, builtin);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const first = values[0] ?? 0;
  return { min: Math.min(...values), max: Math.max(...values), ceil: Math.ceil(first), floor: Math.floor(first), round: Math.round(first) }[expression.function];
}
