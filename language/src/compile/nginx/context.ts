/** What all parts of the nginx compiler share. */
import type { Backend, Origin, Policy } from "../../model/policy.ts";
import type { NginxTarget } from "../../model/target.ts";
import { isAtLeast } from "../../model/target.ts";
import type { NameSource } from "../emit/names.ts";
import type { Parity } from "../emit/parity.ts";
import type { CompileOptions } from "../emit/place.ts";
import { placeOf } from "../emit/place.ts";
import type { Node } from "./tree.ts";

export interface NginxContext {
  readonly policy: Policy;
  readonly target: NginxTarget;
  readonly parity: Parity;
  /** Names of upstreams, and of zones that are not an upstream's. */
  readonly zoneNames: NameSource;
  /** Names of variables; a variable has no `-`. */
  readonly variableNames: NameSource;
  readonly options: CompileOptions;
  /** `nginx 1.22`, as messages name it. */
  readonly program: string;
  /** Maps, zones and the like that stand once at the top of `http`, by what asked for them. */
  readonly shared: Map<string, SharedPart>;
}

/** A part of `http` (or `stream`) outside of any server, and what refers to it. */
export interface SharedPart {
  readonly nodes: readonly Node[];
  readonly name: string;
}

/** Makes a part once per key, so that two services with the same need share it. */
export function sharedPart(context: NginxContext, key: string, make: () => SharedPart): string {
  const known = context.shared.get(key);
  if (known !== undefined) return known.name;
  const part = make();
  context.shared.set(key, part);
  return part.name;
}

/** A free variable name made of words of the policy. */
export function variableName(context: NginxContext, ...words: readonly string[]): string {
  return context.variableNames(["lb", ...words].join("_").toLowerCase().replaceAll(/[^a-z0-9_]/g, "_"));
}

export function place(context: NginxContext, origin: Origin): string {
  return placeOf(origin, context.options);
}

export function backendTitle(context: NginxContext, backend: Backend): string {
  return `backend ${backend.name} (${place(context, backend.origin)})`;
}

export function has(context: NginxContext, version: string): boolean {
  return isAtLeast(context.target.version, version);
}
