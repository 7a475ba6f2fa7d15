/** Trees to the resolved policy. Every declaration is resolved once, also where nobody names it, so that its mistakes are told. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import * as names from "../diagnostics/names.ts";
import type { FileNode, Statement } from "../syntax/tree.ts";
import type { Location } from "../text/range.ts";
import { nameOf } from "../syntax/tree.ts";
import { checkTogether } from "./check-ports.ts";
import type { Context, Params } from "./context.ts";
import { complain } from "./context.ts";
import type { Resolved, ResolvedKind, World } from "./declarations.ts";
import { resolvers } from "./declarations.ts";
import { checkEnvironment, createParams, unknownOverrides } from "./params.ts";
import type { Overrides } from "./params.ts";
import type { Policy } from "./policy.ts";
import { resolveTarget } from "./resolve-target.ts";
import type { Declared, ScopeKind, Scopes } from "./scopes.ts";
import { collectScopes } from "./scopes.ts";
import type { Target } from "./target.ts";

/** A file, or a piece of one. */
export interface ParsedFile {
  readonly file: string;
  /** Where `file` is a piece: the file that it is of. */
  readonly wholeFile?: string;
  readonly tree: FileNode;
  /** The import that brought it. */
  readonly importedAt?: Location | undefined;
}

export interface Resolution {
  readonly policy: Policy;
  readonly scopes: Scopes;
  readonly diagnostics: readonly Diagnostic[];
}

/** `files`: the file itself first, then what it imports. */
export function resolvePolicy(files: readonly ParsedFile[], overrides: Overrides): Resolution {
  const found: Diagnostic[] = [];
  let scopes!: Scopes;
  const params = createParams(() => scopes, overrides);
  const contexts = files.map(({ file, tree, importedAt }) => ({ context: { file, params, found } satisfies Context, declarations: tree.declarations, importedAt }));
  scopes = collectScopes(contexts);
  const root = contexts[0]?.context;
  if (root !== undefined) found.push(...unknownOverrides(root, scopes, overrides));
  checkParams(scopes, params);

  const lazily = <K extends ResolvedKind>(kind: K): ((name: string) => Resolved[K] | undefined) => {
    const made = new Map<string, Resolved[K] | undefined>();
    return (name) => {
      if (!made.has(name)) {
        const declared = scopes[kind].byName.get(name);
        // A cycle (there is none among these kinds today) would find undefined and not loop.
        made.set(name, undefined);
        made.set(name, declared === undefined ? undefined : resolvers[kind](declared.context, world, declared.statement, name));
      }
      return made.get(name);
    };
  };
  const world: World = {
    scopes, metricOf: lazily("metric"), strategyOf: lazily("strategy"), thresholdOf: lazily("threshold"), scheduleOf: lazily("schedule"), trafficOf: lazily("traffic"), backendOf: lazily("backend"),
  };
  const all = <T>(kind: ScopeKind, of: (name: string) => T | undefined): readonly T[] => [...scopes[kind].byName.keys()].flatMap((name) => of(name) ?? []);
  const policy: Policy = {
    metrics: all("metric", world.metricOf),
    strategies: all("strategy", world.strategyOf),
    thresholds: all("threshold", world.thresholdOf),
    schedules: all("schedule", world.scheduleOf),
    traffics: all("traffic", world.trafficOf),
    backends: all("backend", world.backendOf),
    services: all("service", lazily("service")),
    scenarios: all("scenario", lazily("scenario")),
    targets: targetsOf(contexts),
  };
  if (root !== undefined) checkTogether(root, policy.services);
  reportUnused(scopes);
  return { policy, scopes, diagnostics: distinct(found) };
}

/** Evaluates every param and every line of an environment, for their mistakes. */
export function checkParams(scopes: Scopes, params: Params): void {
  for (const declared of scopes.param.byName.values()) evaluateUnused(declared, params.find);
  for (const environment of scopes.environment.byName.values()) checkEnvironment(environment, scopes, params);
}

/** Every param is evaluated for its mistakes; that alone does not make it used. */
function evaluateUnused(declared: Declared, find: (name: string) => unknown): void {
  const { used } = declared;
  find(declared.name);
  declared.used = used;
}

export function targetsOf(contexts: readonly { readonly context: Context; readonly declarations: readonly Statement[] }[]): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const { context, declarations } of contexts) {
    for (const statement of declarations) {
      if (statement.spec.keyword !== "target") continue;
      const target = resolveTarget(context, statement);
      if (target === undefined) continue;
      const first = targets.get(target.kind);
      if (first === undefined) targets.set(target.kind, target);
      else {
        complain(context, names.conflict, target.origin?.nameRange ?? statement.keyword, { message: `There is a \`target ${target.kind}\` already: put the settings into one block` },
          first.origin === undefined ? {} : { related: [{ location: { file: first.origin.file, range: first.origin.nameRange ?? first.origin.range }, message: "The first one." }] });
      }
    }
  }
  return [...targets.values()];
}

export const expectedToBeUsed = ["strategy", "metric", "threshold", "schedule", "traffic", "param"] as const;

/** A file without a backend is there to be imported: its names are used elsewhere. */
function reportUnused(scopes: Scopes): void {
  if (scopes.backend.byName.size === 0) return;
  for (const kind of expectedToBeUsed) {
    for (const declared of scopes[kind].byName.values()) {
      if (!declared.used) complainOfUnused(declared.context, declared, kind);
    }
  }
}

export function complainOfUnused(context: Context, { statement, name }: Declared, kind: (typeof expectedToBeUsed)[number]): void {
  const use = nameOf(statement);
  if (use !== undefined) complain(context, names.unused, use.range, { what: kind, name });
}

/** A value that two readers look at is complained of once. */
export function distinct(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return found.filter((diagnostic) => {
    const key = `${diagnostic.code} ${diagnostic.file} ${diagnostic.range.start} ${diagnostic.range.end} ${diagnostic.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
