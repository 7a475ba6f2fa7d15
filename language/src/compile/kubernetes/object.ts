/** Kubernetes objects as plain data, and where each part of them comes from. */
import type { Origin } from "../../model/policy.ts";

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export interface Manifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string };
}

/** One object of the output. */
export interface Emission {
  readonly manifest: Manifest;
  /** Lines of the comment above the document; the first names the declaration it comes from. */
  readonly comment: readonly string[];
  readonly origin: Origin;
  /** Finer places: a JSON pointer into the manifest, such as `/spec/metrics`, and where that part was written. */
  readonly parts: readonly (readonly [pointer: string, origin: Origin])[];
}

/** The object without the fields that are undefined, in the order given. */
export function present(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value at a path of keys and indices, undefined where a step does not exist. */
export function valueAt(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    if (isList(found) && typeof step === "number") found = found[step];
    else if (isObject(found) && typeof step === "string") found = Object.hasOwn(found, step) ? found[step] : undefined;
    else return undefined;
  }
  return found;
}
