/** When a metric is close enough to its target for the autoscaler to leave the size alone. */
import { isAtLeast } from "../../model/target.ts";

/** Fractions. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

/** `range`: 1 − down ≤ ratio ≤ 1 + up. `distance`: |1 − ratio| ≤ tolerance. They differ by rounding exactly on the edge: 110 / 100 is inside only of the first. */
export type ToleranceTest = "range" | "distance";

/** Kubernetes' releases with a tolerance per direction (from 1.33) test the range, those before the distance. */
export function toleranceTestOf(kubernetesVersion: string): ToleranceTest {
  return isAtLeast(kubernetesVersion, "1.33") ? "range" : "distance";
}

export function isWithinTolerance(tolerances: Tolerances, ratio: number, test: ToleranceTest = "range"): boolean {
  if (test === "distance") return Math.abs(1 - ratio) <= (ratio > 1 ? tolerances.up : tolerances.down);
  return 1 - tolerances.down <= ratio && ratio <= 1 + tolerances.up;
}
