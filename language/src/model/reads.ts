/** What a declaration asked about the others while it was resolved: where none of it changes, nor does what became of it. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Context, Params } from "./context.ts";
import type { ResolvedKind, World } from "./declarations.ts";
import type { Backend, Strategy } from "./policy.ts";
import type { Metric, Schedule, Threshold } from "./scaling.ts";
import type { Declared, Scope, ScopeKind, Scopes } from "./scopes.ts";
import { scopeKinds, scopesOf } from "./scopes.ts";
import type { Traffic } from "./traffic.ts";

/** Keys of what can change. */
export const keyOf = {
  /** What became of a declaration; also how uses of it are counted. */
  made: (kind: string, name: string): string => `${kind} ${name}`,
  /** Whether there is one of that name. */
  exists: (kind: ScopeKind, name: string): string => `?${kind} ${name}`,
  /** All names of a kind, in their order. */
  names: (kind: ScopeKind): string => `*${kind}`,
  /** The value of a param. */
  param: (name: string): string => `=${name}`,
} as const;

export interface Reads {
  readonly keys: ReadonlySet<string>;
  /** `keyOf.made` of each declaration that was named. */
  readonly uses: ReadonlySet<string>;
  readonly found: readonly Diagnostic[];
}

/** What is known of all declarations at the moment. */
export interface Known {
  readonly scopes: Scopes;
  readonly params: Params;
  readonly made: (kind: ResolvedKind, name: string) => unknown;
}

/** A context and a world that take down what is asked of them. */
export function observed({ scopes, params, made }: Known, { file, wholeFile }: Pick<Context, "file" | "wholeFile">): { readonly context: Context; readonly world: World; readonly reads: Reads } {
  const keys = new Set<string>();
  const uses = new Set<string>();
  const found: Diagnostic[] = [];
  const context: Context = {
    file, ...(wholeFile === undefined ? {} : { wholeFile }), found,
    params: {
      find(name) {
        keys.add(keyOf.param(name));
        uses.add(keyOf.made("param", name));
        return params.find(name);
      },
      has(name) {
        keys.add(keyOf.exists("param", name));
        return params.has(name);
      },
      names() {
        keys.add(keyOf.names("param"));
        return params.names();
      },
    },
    onUse: (kind, name) => void uses.add(keyOf.made(kind, name)),
  };
  const of = (kind: ResolvedKind) => (name: string): unknown => {
    keys.add(keyOf.made(kind, name));
    return made(kind, name);
  };
  const world: World = {
    scopes: scopesOf(Object.fromEntries(scopeKinds.map((kind) => [kind, observedNames(scopes[kind].byName, kind, keys)])) as Record<ScopeKind, Scope["byName"]>),
    metricOf: of("metric") as (name: string) => Metric | undefined,
    strategyOf: of("strategy") as (name: string) => Strategy | undefined,
    thresholdOf: of("threshold") as (name: string) => Threshold | undefined,
    scheduleOf: of("schedule") as (name: string) => Schedule | undefined,
    trafficOf: of("traffic") as (name: string) => Traffic | undefined,
    backendOf: of("backend") as (name: string) => Backend | undefined,
  };
  return { context, world, reads: { keys, uses, found } };
}

function observedNames(names: Scope["byName"], kind: ScopeKind, keys: Set<string>): Scope["byName"] {
  const all = (): Scope["byName"] => {
    keys.add(keyOf.names(kind));
    return names;
  };
  const one = (name: string): Scope["byName"] => {
    keys.add(keyOf.exists(kind, name));
    return names;
  };
  return {
    get: (name): Declared | undefined => one(name).get(name),
    has: (name) => one(name).has(name),
    keys: () => all().keys(),
    values: () => all().values(),
    get size() { return all().size; },
  };
}
