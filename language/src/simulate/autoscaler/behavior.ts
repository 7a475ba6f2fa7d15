/** The rate limits of a horizontal autoscaler's `behavior`, with the defaults of autoscaling/v2 written out. */
import type { Direction } from "../../model/scaling.ts";

export interface ScalingPolicy {
  readonly type: "Pods" | "Percent";
  readonly value: number;
  readonly periodSeconds: number;
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: "Max" | "Min" | "Disabled";
  readonly policies: readonly ScalingPolicy[];
}

/** As written in a manifest: what is left out or null takes the default. */
export type PartialRules = { readonly [key in keyof ScalingRules]?: ScalingRules[key] | null };

/** Up: no window, the larger of 4 pods and 100 % in 15 s. */
export function scaleUpRules(given: PartialRules | null | undefined): ScalingRules {
  return {
    stabilizationWindowSeconds: given?.stabilizationWindowSeconds ?? 0,
    selectPolicy: given?.selectPolicy ?? "Max",
    policies: given?.policies ?? [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
  };
}

/** Down: the controller's window (300 s unless its flag says otherwise), 100 % in 15 s. */
export function scaleDownRules(given: PartialRules | null | undefined, downscaleStabilizationSeconds = 300): ScalingRules {
  return {
    stabilizationWindowSeconds: given?.stabilizationWindowSeconds ?? downscaleStabilizationSeconds,
    selectPolicy: given?.selectPolicy ?? "Max",
    policies: given?.policies ?? [{ type: "Percent", value: 100, periodSeconds: 15 }],
  };
}

/** The rules that a policy's direction compiles to. */
export function rulesOf(direction: Direction): ScalingRules {
  return {
    stabilizationWindowSeconds: direction.stabilizeSeconds,
    selectPolicy: direction.select === "max" ? "Max" : direction.select === "min" ? "Min" : "Disabled",
    policies: direction.limits.map((limit) =>
      limit.kind === "pods"
        ? { type: "Pods", value: limit.count, periodSeconds: limit.periodSeconds }
        : // 0.07 * 100 is 7.000000000000001; the manifest says 7.
          { type: "Percent", value: Number((limit.fraction * 100).toPrecision(12)), periodSeconds: limit.periodSeconds },
    ),
  };
}
