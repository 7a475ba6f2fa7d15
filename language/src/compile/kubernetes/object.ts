/** Kubernetes objects as plain data, and where each part of them comes from. */
import type { Origin } from "../../model/policy.ts";
import type { Json, JsonObject } from "../../text/json.ts";

export { isList, isObject, valueAt } from "../../text/json.ts";
export type { Json, JsonObject } from "../../text/json.ts";

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
