/** How fast an autoscaler may move: `spec.behavior`, always written out in full. */
import type { Backend, Behavior } from "../../model/policy.ts";
import type { Direction, RateLimit } from "../../model/scaling.ts";
import { isAtLeast } from "../../model/target.ts";
import { toleranceUnsupported, valueRounded } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ } from "./context.ts";
import type { Context } from "./context.ts";
import { plain } from "./metrics.ts";
import { present } from "./object.ts";
import type { JsonObject } from "./object.ts";
import { decimalQuantity } from "../../text/kubernetes-quantity.ts";

/** From which version on an autoscaler has a tolerance of its own. */
export const leastToleranceVersion = "1.33";
/** The tolerance of the controller where nothing is said. */
export const usualTolerance = 0.1;

export function behaviorSpec(context: Context, backend: Backend, behavior: Behavior): JsonObject {
  const up = toleranceSpec(context, backend, behavior.toleranceUp);
  const down = behavior.toleranceDown === behavior.toleranceUp ? up : toleranceSpec(context, backend, behavior.toleranceDown);
  return {
    scaleUp: directionSpec(context, backend, behavior.up, up),
    scaleDown: directionSpec(context, backend, behavior.down, down),
  };
}

function directionSpec(context: Context, backend: Backend, direction: Direction, tolerance: string | undefined): JsonObject {
  return present({
    stabilizationWindowSeconds: whole(context, backend, "stabilize", direction.stabilizeSeconds, 0, "s"),
    selectPolicy: { max: "Max", min: "Min", disabled: "Disabled" }[direction.select],
    policies: direction.limits.map((limit) => policySpec(context, backend, limit)),
    tolerance,
  });
}

function policySpec(context: Context, backend: Backend, limit: RateLimit): JsonObject {
  const value = limit.kind === "pods" ? limit.count : whole(context, backend, "by", limit.fraction * 100, 1, "%");
  return { type: limit.kind === "pods" ? "Pods" : "Percent", value, periodSeconds: whole(context, backend, "every", limit.periodSeconds, 1, "s") };
}

/** Written only where it differs from the controller's own and the version has the field. */
function toleranceSpec(context: Context, backend: Backend, tolerance: number): string | undefined {
  if (tolerance === usualTolerance) return undefined;
  if (isAtLeast(context.target.version, leastToleranceVersion)) return decimalQuantity(tolerance);
  differ(context, toleranceUnsupported, "dropped", `${callBackend(backend)}: tolerance`, backend.scale?.origin ?? backend.origin, { percent: Number(plain(tolerance * 100)), version: context.target.version, simulated: context.differenceOf(backend) });
  return undefined;
}

function whole(context: Context, backend: Backend, what: string, value: number, least: number, unit: string): number {
  const rounded = Math.max(least, Math.round(value));
  if (Math.abs(rounded - value) > 1e-9) {
    differ(context, valueRounded, "nearest", `${callBackend(backend)}: ${what}`, backend.scale?.origin ?? backend.origin, { what, from: `${plain(value)} ${unit}`, to: `${rounded} ${unit}` });
  }
  return rounded;
}
