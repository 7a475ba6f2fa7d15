/** Plain data, as YAML and JSON hold it. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
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
