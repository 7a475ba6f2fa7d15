/** Trees to the resolved policy. Every declaration is resolved once, also where nobody names it, so that its mistakes are told. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import * as names from "../diagnostics/names.ts";
import type { FileNode, Statement } from "../syntax/tree.ts";
import type { Location } from "../text/range.ts";
import { nameOf } from "../syntax/tree.ts";
import { checkPorts } from "./check-ports.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import { checkEnvironment, createParams, unknownOverrides } from "./params.ts";
import type { Overrides } from "./params.ts";
import type { Backend, Policy, Strategy } from "./policy.ts";
import { resolveBackend } from "./resolve-backend.ts";
import { resolveMetric } from "./resolve-metric.ts";
import { resolveSchedule } from "./resolve-schedule.ts";
import { resolveService } from "./resolve-service.ts";
import { resolveStrategy } from "./resolve-strategy.ts";
import { resolveTarget } from "./resolve-target.ts";
import { resolveThreshold } from "./resolve-threshold.ts";
import { resolveScenario, resolveTraffic } from "./resolve-traffic.ts";
import type { Metric, Schedule, Threshold } from "./scaling.ts";
import type { Declared, ScopeKind, Scopes } from "./scopes.ts";
import { collectScopes } from "./scopes.ts";
import type { Service } from "./service.ts";
import type { Target } from "./target.ts";
import type { Scenario, Traffic } from "./traffic.ts";

export interface ParsedFile {
  readonly file: string;
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
  for (const name of scopes.param.byName.keys()) evaluateUnused(scopes.param.byName.get(name), params.find);
  for (const environment of scopes.environment.byName.values()) checkEnvironment(environment, scopes, params);

  const lazily = <T>(kind: ScopeKind, make: (declared: Declared) => T | undefined): ((name: string) => T | undefined) => {
    const made = new Map<string, T | undefined>();
    return (name) => {
      if (!made.has(name)) {
        const declared = scopes[kind].byName.get(name);
        // A cycle (there is none among these kinds today) would find undefined and not loop.
        made.set(name, undefined);
        made.set(name, declared === undefined ? undefined : make(declared));
      }
      return made.get(name);
    };
  };
  const metricOf = lazily<Metric>("metric", ({ context, statement, name }) => resolveMetric(context, statement, name));
  const strategyOf = lazily<Strategy>("strategy", ({ context, statement, name }) => resolveStrategy(context, statement, name));
  const thresholdOf = lazily<Threshold>("threshold", ({ context, statement, name }) => resolveThreshold(context, { scopes, metricOf }, statement, name));
  const scheduleOf = lazily<Schedule>("schedule", ({ context, statement, name }) => resolveSchedule(context, statement, name));
  const trafficOf = lazily<Traffic>("traffic", ({ context, statement, name }) => resolveTraffic(context, statement, name));
  const backendOf = lazily<Backend>("backend", ({ context, statement, name }) => resolveBackend(context, { scopes, metricOf, strategyOf, thresholdOf, scheduleOf, trafficOf }, statement, name));
  const serviceOf = lazily<Service>("service", ({ context, statement, name }) => resolveService(context, { scopes, backendOf }, statement, name));
  const scenarioOf = lazily<Scenario>("scenario", ({ context, statement, name }) => resolveScenario(context, { scopes, backendOf, trafficOf }, statement, name));

  const all = <T>(kind: ScopeKind, of: (name: string) => T | undefined): readonly T[] => [...scopes[kind].byName.keys()].flatMap((name) => of(name) ?? []);
  const policy: Policy = {
    metrics: all("metric", metricOf),
    strategies: all("strategy", strategyOf),
    thresholds: all("threshold", thresholdOf),
    schedules: all("schedule", scheduleOf),
    traffics: all("traffic", trafficOf),
    backends: all("backend", backendOf),
    services: all("service", serviceOf),
    scenarios: all("scenario", scenarioOf),
    targets: targetsOf(contexts),
  };
  if (root !== undefined) checkPorts(root, policy.services);
  reportUnused(scopes);
  return { policy, scopes, diagnostics: distinct(found) };
}

/** Every param is evaluated for its mistakes; that alone does not make it used. */
function evaluateUnused(declared: Declared | undefined, find: (name: string) => unknown): void {
  if (declared === undefined) return;
  const { used } = declared;
  find(declared.name);
  declared.used = used;
}

function targetsOf(contexts: readonly { readonly context: Context; readonly declarations: readonly Statement[] }[]): readonly Target[] {
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

const expectedToBeUsed = ["strategy", "metric", "threshold", "schedule", "traffic", "param"] as const;

/** A file without a backend is there to be imported: its names are used elsewhere. */
function reportUnused(scopes: Scopes): void {
  if (scopes.backend.byName.size === 0) return;
  for (const kind of expectedToBeUsed) {
    for (const declared of scopes[kind].byName.values()) {
      const name = nameOf(declared.statement);
      if (!declared.used && name !== undefined) complain(declared.context, names.unused, name.range, { what: kind, name: declared.name });
    }
  }
}

/** A value that two readers look at is complained of once. */
function distinct(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return found.filter((diagnostic) => {
    const key = `${diagnostic.code} ${diagnostic.file} ${diagnostic.range.start} ${diagnostic.range.end} ${diagnostic.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
