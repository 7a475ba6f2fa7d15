/** Reading a response curve. */
import type { Curve } from "../../model/policy.ts";

/** Seconds while `concurrency` requests are served at once: straight lines between the points, flat outside. */
export function curveSeconds(curve: Curve, concurrency: number): number {
  const { points } = curve;
  let before = points[0];
  if (before === undefined || concurrency <= before.concurrency) return before?.seconds ?? 0;
  for (let index = 1; index < points.length; index++) {
    const after = points[index];
    if (after === undefined) break;
    if (concurrency < after.concurrency) {
      const part = (concurrency - before.concurrency) / (after.concurrency - before.concurrency);
      return before.seconds + part * (after.seconds - before.seconds);
    }
    before = after;
  }
  return before.seconds;
}

/** True where the time does not depend on the concurrency. */
export function isFlat(curve: Curve): boolean {
  const { points } = curve;
  const first = points[0]?.seconds;
  for (const point of points) if (point.seconds !== first) return false;
  return true;
}

/**
 * True where n / s(n) never falls up to `slots`: more at once always serves more. On a straight piece s = α + βn the rate n/(α + βn) has the sign of α in its slope,
 * so comparing the ends of each piece decides.
 */
export function throughputNeverFalls(curve: Curve, slots: number): boolean {
  let last = 0;
  for (const { concurrency } of curve.points) {
    const at = Math.min(concurrency, slots);
    const rate = at / curveSeconds(curve, at);
    if (rate < last) return false;
    last = rate;
  }
  return true;
}

/** k / s(k): requests per second with all slots busy. */
export function capacityOf(curve: Curve, slots: number): number {
  return slots / curveSeconds(curve, slots);
}

/** What a curve must be, where it is not; one that comes from a policy always is. */
export function curveFault({ points }: Curve): string | undefined {
  const rises = points.every(({ concurrency, seconds }, index) => concurrency >= 1 && Number.isFinite(concurrency) && Number.isFinite(seconds) && seconds > 0 && concurrency > (points[index - 1]?.concurrency ?? 0));
  return points.length > 0 && rises ? undefined : "points that rise in concurrency from 1 on, with times above 0";
}
