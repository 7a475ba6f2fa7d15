// What a ratio that is held and one that was found say about each other. All are "smaller is better".

/**
 * @typedef {{ readonly ratio: number, readonly tolerance: number }} Bound `tolerance` as a share: 0.3 allows 1.3 times the ratio
 * @typedef {Readonly<Record<string, Bound>>} Held
 * @typedef {"held" | "better" | "worse" | "missing"} Verdict
 */

/** @param {Held} held @param {Readonly<Record<string, number>>} found @returns {readonly { readonly name: string, readonly wanted: number, readonly allowed: number, readonly value: number | undefined, readonly verdict: Verdict }[]} */
export function judged(held, found) {
  return Object.entries(held).map(([name, { ratio, tolerance }]) => {
    const value = found[name];
    const allowed = ratio * (1 + tolerance);
    /** @type {Verdict} */
    const verdict = value === undefined || !Number.isFinite(value) ? "missing" : value > allowed ? "worse" : value < ratio / (1 + tolerance) ? "better" : "held";
    return { name, wanted: ratio, allowed, value, verdict };
  });
}

/** The same ratios with what was found; those that were not found stay. @param {Held} held @param {Readonly<Record<string, number>>} found @returns {Held} */
export function kept(held, found) {
  return Object.fromEntries(Object.entries(held).map(([name, bound]) => {
    const value = found[name];
    return [name, value === undefined || !Number.isFinite(value) ? bound : { ...bound, ratio: Number(value.toPrecision(3)) }];
  }));
}
