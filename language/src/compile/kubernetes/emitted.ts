/** What is compiled for a pool, as a policy could say it: for a simulation of both. */
import type { Backend, Behavior, Scale } from "../../model/policy.ts";
import type { Direction, RateLimit } from "../../model/scaling.ts";
import { isAtLeast } from "../../model/target.ts";
import { createParity } from "../emit/parity.ts";
import { leastToleranceVersion, usualTolerance } from "./behavior.ts";
import type { Context, DifferenceQuestion } from "./context.ts";
import { triggerSchedulesOf } from "./cron-triggers.ts";
import { simulatedDateDifference, simulatedDifference } from "./difference.ts";
import { scalingOf } from "./scaling.ts";

/** The clause of a diagnostic that says by how much the pool differs in the cluster; see {@link simulatedDifference}. */
export function differenceOf(context: Context, backend: Backend, question: DifferenceQuestion = {}): string {
  const { policy, target } = context;
  if (backend.scale === undefined) return "";
  const { on, schedules } = question;
  if (on === undefined) return simulatedDifference(policy, target, backend, emittedScale(context, backend, backend.scale));
  return simulatedDateDifference(policy, target, backend, { ...backend.scale, schedules: schedules ?? triggerSchedulesOf(backend.scale) }, on);
}

/** Metric targets alone, the limits that the autoscaler gets, and the schedules that its triggers hold. */
export function emittedScale(context: Context, backend: Backend, scale: Scale): Scale {
  const silent: Context = { ...context, parity: createParity("kubernetes"), differenceOf: () => "" };
  const scaling = scale.thresholds.length === 0 ? undefined : scalingOf(silent, backend, scale);
  return {
    ...scale,
    thresholds: scaling === undefined ? [] : [{ kind: "metric", targets: scaling.targets, origin: scale.origin }],
    behavior: emittedBehavior(context, scaling?.behavior ?? scale.behavior),
    schedules: context.target.schedules === "keda" ? triggerSchedulesOf(scale) : scale.schedules,
  };
}

function emittedBehavior(context: Context, behavior: Behavior): Behavior {
  const hasTolerance = isAtLeast(context.target.version, leastToleranceVersion);
  return {
    toleranceUp: hasTolerance ? behavior.toleranceUp : usualTolerance,
    toleranceDown: hasTolerance ? behavior.toleranceDown : usualTolerance,
    up: inWholeNumbers(behavior.up),
    down: inWholeNumbers(behavior.down),
  };
}

function inWholeNumbers(direction: Direction): Direction {
  return { ...direction, stabilizeSeconds: Math.round(direction.stabilizeSeconds), limits: direction.limits.map(wholeLimit) };
}

function wholeLimit(limit: RateLimit): RateLimit {
  const periodSeconds = Math.max(1, Math.round(limit.periodSeconds));
  return limit.kind === "pods" ? { ...limit, periodSeconds } : { ...limit, fraction: Math.max(1, Math.round(limit.fraction * 100)) / 100, periodSeconds };
}
