/** How each kind of declaration is resolved, and from what: shared by the resolution of a whole policy and the one that follows edits. */
import type { Statement } from "../syntax/tree.ts";
import type { Context } from "./context.ts";
import type { Backend, Strategy } from "./policy.ts";
import type { BackendScope } from "./resolve-backend.ts";
import { resolveBackend } from "./resolve-backend.ts";
import { resolveMetric } from "./resolve-metric.ts";
import { resolveSchedule } from "./resolve-schedule.ts";
import type { ServiceScope } from "./resolve-service.ts";
import { resolveService } from "./resolve-service.ts";
import { resolveStrategy } from "./resolve-strategy.ts";
import { resolveThreshold } from "./resolve-threshold.ts";
import type { ScenarioScope } from "./resolve-traffic.ts";
import { resolveScenario, resolveTraffic } from "./resolve-traffic.ts";
import type { Metric, Schedule, Threshold } from "./scaling.ts";
import type { Service } from "./service.ts";
import type { Scenario, Traffic } from "./traffic.ts";

/** What a declaration may ask about the others. */
export type World = BackendScope & ServiceScope & ScenarioScope;

/** What becomes of each kind. */
export interface Resolved {
  readonly metric: Metric;
  readonly strategy: Strategy;
  readonly threshold: Threshold;
  readonly schedule: Schedule;
  readonly traffic: Traffic;
  readonly backend: Backend;
  readonly service: Service;
  readonly scenario: Scenario | undefined;
}

export type ResolvedKind = keyof Resolved;

/** Each only asks about those before it. */
export const resolvedKinds = ["metric", "strategy", "threshold", "schedule", "traffic", "backend", "service", "scenario"] as const satisfies readonly ResolvedKind[];

export const resolvers: { readonly [K in ResolvedKind]: (context: Context, world: World, statement: Statement, name: string) => Resolved[K] } = {
  metric: (context, _, statement, name) => resolveMetric(context, statement, name),
  strategy: (context, _, statement, name) => resolveStrategy(context, statement, name),
  threshold: resolveThreshold,
  schedule: (context, _, statement, name) => resolveSchedule(context, statement, name),
  traffic: (context, _, statement, name) => resolveTraffic(context, statement, name),
  backend: resolveBackend,
  service: resolveService,
  scenario: resolveScenario,
};
