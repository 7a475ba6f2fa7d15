/** The small checks of which the rules for manifests are made. */
import { isLabelKey, isLabelValue } from "./names.ts";
import { isList, isObject, valueAt } from "./object.ts";
import type { Json } from "./object.ts";
import { quantityValue } from "../../text/kubernetes-quantity.ts";

export interface Refusal {
  /** JSON pointer, such as `/spec/metrics/0`. */
  readonly path: string;
  /** What is wanted there, as the rest of a sentence that begins with the path. */
  readonly problem: string;
}

export type Findings = Refusal[];

/** A value of a manifest and where it is. */
export interface Place {
  readonly path: string;
  readonly value: Json | undefined;
  readonly at: (...path: readonly (string | number)[]) => Place;
}

const longestInt32 = 2_147_483_647;

export function root(value: Json): Place {
  return place("", value);
}

function place(path: string, value: Json | undefined): Place {
  return { path, value, at: (...steps) => place([path, ...steps].join("/"), valueAt(value, ...steps)) };
}

/** The places of a list's items; none where it is no list. */
export function itemsOf(list: Place): readonly Place[] {
  return isList(list.value) ? list.value.map((_, i) => list.at(i)) : [];
}

export function textAt(object: Place, ...path: readonly (string | number)[]): string | undefined {
  const { value } = object.at(...path);
  return typeof value === "string" ? value : undefined;
}

export function numberAt(object: Place, ...path: readonly (string | number)[]): number | undefined {
  const { value } = object.at(...path);
  return typeof value === "number" ? value : undefined;
}

export function check(found: Findings, at: Place, isMet: boolean, problem: string): void {
  if (!isMet) found.push({ path: at.path, problem });
}

export function required(found: Findings, at: Place): void {
  check(found, at, at.value !== undefined, "is required");
}

export function oneOf(found: Findings, at: Place, allowed: readonly string[]): void {
  if (at.value !== undefined) check(found, at, typeof at.value === "string" && allowed.includes(at.value), `must be ${allowed.join(" or ")}`);
}

/** A whole number of the range, where there is a value at all. */
export function whole(found: Findings, at: Place, least: number, most: number = longestInt32): void {
  if (at.value === undefined) return;
  check(found, at, typeof at.value === "number" && Number.isInteger(at.value) && at.value >= least && at.value <= most, most === longestInt32 ? `must be a whole number from ${least}` : `must be a whole number from ${least} to ${most}`);
}

/** A whole number or a percentage such as `25%`. */
export function countOrPercent(found: Findings, at: Place): void {
  if (typeof at.value === "string") {
    const percent = /^(\d+)%$/.exec(at.value);
    check(found, at, percent !== null && Number(percent[1]) <= 100, "must be a whole number or a percentage up to 100%");
  } else whole(found, at, 0);
}

/** True for 0 and `0%`. */
export function isNone(at: Place): boolean {
  return at.value === 0 || at.value === "0%";
}

/** The value of a quantity, refused where it is none. */
export function quantity(found: Findings, at: Place): number | undefined {
  if (at.value === undefined) return undefined;
  const value = typeof at.value === "number" ? at.value : typeof at.value === "string" ? quantityValue(at.value) : undefined;
  check(found, at, value !== undefined, "must be a quantity such as 500m or 2Gi");
  return value;
}

export function positiveQuantity(found: Findings, at: Place): void {
  const value = quantity(found, at);
  if (value !== undefined) check(found, at, value > 0, "must be above 0");
}

/** Each text once; the second of a kind is refused. */
export function distinctTexts(found: Findings, places: readonly Place[], keyOf: (one: Place) => string | undefined): void {
  const seen = new Set<string>();
  for (const one of places) {
    const key = keyOf(one);
    if (key === undefined) continue;
    check(found, one, !seen.has(key), "must not be there twice");
    seen.add(key);
  }
}

/** Keys and values of labels and selectors. */
export function validateLabels(found: Findings, labels: Place): void {
  if (!isObject(labels.value)) return;
  for (const [key, value] of Object.entries(labels.value)) {
    check(found, labels.at(key), isLabelKey(key), "must have a qualified name as its key");
    check(found, labels.at(key), typeof value === "string" && isLabelValue(value), "must be at most 63 letters, digits, '-', '_' or '.'");
  }
}
