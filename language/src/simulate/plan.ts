/** What a request comes to: the backend, its load over time, and whether that is within the limits of the simulator. */
import { report, type Diagnostic } from "../diagnostics/diagnostic.ts";
import {
  badLoad, badStep, horizonTooLong, noDemand, noSuchBackend, noSuchScenario, noSuchTraffic, nothingToSimulate, tooManyMembers, tooManySteps, unknownCapacity,
  unreadableTrace, unusableSchedule, unusableZone,
} from "../diagnostics/simulation.ts";
import { isElastic, type Backend, type Policy } from "../model/policy.ts";
import type { LocalDateTime, Schedule } from "../model/scaling.ts";
import type { TargetName } from "../model/target.ts";
import type { Scenario, Traffic } from "../model/traffic.ts";
import type { Location } from "../text/range.ts";
import { secondsPerDay, wallSeconds } from "./calendar.ts";
import type { FixedServer } from "./flow/fixed-run.ts";
import { memberModel, type BackendSharing, type MemberModel } from "./flow/member-model.ts";
import type { Pace } from "./pace.ts";
import type { SimulationControl, SimulationRequest } from "./report.ts";
import { limitedSharingOf, sharingOf } from "./steady/shares.ts";
import { readTrace, type Trace } from "./trace.ts";
import { arrivalRates, type RunClock } from "./traffic.ts";
import { openZone } from "./zoned-time.ts";

export interface SimulationPlan {
  readonly kind: "plan";
  readonly backend: Backend;
  readonly scenario: Scenario | undefined;
  /** Undefined where the demand is a rate. */
  readonly traffic: Traffic | undefined;
  readonly target: TargetName;
  readonly seed: number;
  readonly stepSeconds: number;
  readonly steps: number;
  readonly durationSeconds: number;
  readonly clock: RunClock;
  readonly rates: Float64Array;
  /** The first rate with the noise out. */
  readonly firstRate: number;
  /** One member of an elastic pool. */
  readonly model: MemberModel | undefined;
  /** The fixed servers that can take traffic. */
  readonly servers: readonly FixedServer[];
  /** 0 where the target has none. */
  readonly slowStartSeconds: number;
  readonly notes: readonly string[];
}

export type Refusal = { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] } | { readonly kind: "choose"; readonly backends: readonly string[] };

/** Work that a simulation may be: checked before any of it is done. Only how often the size changes shows while it runs. */
export const simulationLimits = { days: 366, steps: 2_000_000, members: 100_000, servers: 1_000, changes: 100_000 } as const;

const usualStart: LocalDateTime = { year: 2026, month: 1, day: 5, secondOfDay: 0 };

export function planOf(policy: Policy, request: SimulationRequest, control: SimulationControl, pace?: Pace): SimulationPlan | Refusal {
  const scenario = policy.scenarios.find((each) => each.name === request.scenario);
  if (request.scenario !== undefined && scenario === undefined) {
    return refused(report(noSuchScenario, anywhere(policy), { name: request.scenario, known: policy.scenarios.map((each) => each.name) }));
  }
  const named = policy.traffics.find((each) => each.name === request.traffic);
  if (request.traffic !== undefined && named === undefined) {
    return refused(report(noSuchTraffic, anywhere(policy), { name: request.traffic, known: policy.traffics.map((each) => each.name) }));
  }
  const backend = backendOf(policy, request, scenario);
  if ("kind" in backend) return backend;

  const demand = backend.demand;
  const traffic = named ?? scenario?.traffic?.traffic ?? (demand?.kind === "traffic" ? demand.traffic : undefined);
  const constant = traffic === undefined && demand?.kind === "rate" ? demand.ratePerSecond : undefined;
  if (traffic === undefined && constant === undefined) return refused(report(noDemand, backend.origin, { backend: backend.name }));
  const factor = (request.loadFactor ?? 1) * (named === undefined ? (scenario?.traffic?.factor ?? 1) : 1);
  if (!Number.isFinite(factor) || factor < 0) return refused(report(badLoad, backend.origin, {}));

  const size = sizeOf(request, scenario, backend, traffic);
  if ("code" in size) return refused(size);
  const { stepSeconds, steps, durationSeconds } = size;
  const clock = clockOf(traffic, scenario?.start ?? usualStart, durationSeconds);
  if ("code" in clock) return refused(clock);
  const trace = traceOf(traffic, control, pace);
  if (trace !== undefined && "code" in trace) return refused(trace);
  const target = request.target ?? "nginx";
  const members = membersOf(backend, backendSharing(backend, target));
  if ("code" in members) return refused(members);

  const seed = request.seed ?? traffic?.noise?.seed ?? 1;
  const options = { stepSeconds, steps, factor, seed, ...(trace === undefined ? {} : { trace }), ...(pace === undefined ? {} : { pace }) };
  const rates = traffic === undefined ? new Float64Array(steps).fill((constant ?? 0) * factor) : arrivalRates(traffic, clock, options);
  const firstRate = traffic?.noise === undefined ? (rates[0] ?? 0) : (arrivalRates({ ...traffic, noise: { fraction: 0, seed } }, clock, { ...options, steps: 1 })[0] ?? 0);
  return {
    kind: "plan", backend, scenario, traffic, target, seed, stepSeconds, steps, durationSeconds, clock, rates, firstRate,
    ...members, slowStartSeconds: target === "haproxy" ? (backend.strategy.slowStartSeconds ?? 0) : 0, notes: notesOf(backend, scenario, target, stepSeconds),
  };
}

export function refusedSchedule(schedule: Schedule): Diagnostic {
  return report(unusableSchedule, schedule.origin, { schedule: schedule.name });
}

function backendOf(policy: Policy, request: SimulationRequest, scenario: Scenario | undefined): Backend | Refusal {
  if (request.backend !== undefined) {
    const found = policy.backends.find((each) => each.name === request.backend);
    return found ?? refused(report(noSuchBackend, anywhere(policy), { name: request.backend, known: policy.backends.map((each) => each.name) }));
  }
  if (scenario !== undefined) return scenario.backend;
  const demanded = policy.backends.filter((each) => each.demand !== undefined);
  const candidates = demanded.length === 0 && request.traffic !== undefined ? policy.backends : demanded;
  const [first, ...others] = candidates;
  if (first === undefined) return refused(report(nothingToSimulate, anywhere(policy), {}));
  return others.length === 0 ? first : { kind: "choose", backends: candidates.map((each) => each.name) };
}

function sizeOf(
  request: SimulationRequest,
  scenario: Scenario | undefined,
  backend: Backend,
  traffic: Traffic | undefined,
): { readonly stepSeconds: number; readonly steps: number; readonly durationSeconds: number } | Diagnostic {
  const at = scenario?.origin ?? backend.origin;
  const stepSeconds = request.stepSeconds ?? 15;
  if (!(stepSeconds > 0) || !Number.isFinite(stepSeconds)) return report(badStep, at, {});
  const durationSeconds = request.durationSeconds ?? scenario?.durationSeconds ?? (traffic === undefined ? 3600 : secondsPerDay);
  if (!(durationSeconds > 0) || durationSeconds > simulationLimits.days * secondsPerDay) return report(horizonTooLong, at, { days: simulationLimits.days });
  const steps = Math.ceil(durationSeconds / stepSeconds);
  if (steps > simulationLimits.steps) return report(tooManySteps, at, { steps, most: simulationLimits.steps });
  const members = backend.scale?.max ?? 1;
  if (members > simulationLimits.members) return report(tooManyMembers, backend.scale?.origin ?? at, { backend: backend.name, count: members, most: simulationLimits.members });
  if (backend.servers.length > simulationLimits.servers) {
    return report(tooManyMembers, backend.origin, { backend: backend.name, count: backend.servers.length, most: simulationLimits.servers });
  }
  return { stepSeconds, steps, durationSeconds };
}

function clockOf(traffic: Traffic | undefined, start: LocalDateTime, durationSeconds: number): RunClock | Diagnostic {
  const wall = wallSeconds(start);
  const name = traffic?.timezone ?? "UTC";
  const zone = openZone(name, wall, wall + durationSeconds);
  if (zone === undefined) return report(unusableZone, traffic?.origin ?? { file: "", range: { start: 0, end: 0 } }, { zone: name });
  return { zone, startInstant: zone.instantOf(wall) };
}

function traceOf(traffic: Traffic | undefined, control: SimulationControl, pace?: Pace): Trace | Diagnostic | undefined {
  if (traffic?.shape.kind !== "trace") return undefined;
  const { shape } = traffic;
  const text = control.readTrace?.(shape.path, shape.origin.file);
  if (text === undefined) return report(unreadableTrace, shape.origin, { path: shape.path, reason: "it cannot be read" });
  const trace = readTrace(text, shape, pace);
  return "problem" in trace ? report(unreadableTrace, shape.origin, { path: shape.path, reason: `line ${trace.line} ${trace.problem}` }) : trace;
}

function membersOf(backend: Backend, sharing: BackendSharing): { readonly model: MemberModel | undefined; readonly servers: readonly FixedServer[] } | Diagnostic {
  if (isElastic(backend)) {
    const model = backend.replica === undefined ? undefined : memberModel(backend.replica, backend.maxQueue, sharing);
    return model === undefined ? report(unknownCapacity, backend.replica?.origin ?? backend.origin, { member: "a replica" }) : { model, servers: [] };
  }
  const servers: FixedServer[] = [];
  const models = new Map<string, MemberModel>();
  for (const server of backend.servers) {
    if (server.drain || server.down) continue;
    const model = memberModel(server, backend.maxQueue, sharing);
    if (model === undefined) return report(unknownCapacity, server.origin, { member: `server \`${server.name}\`` });
    const figures = JSON.stringify(model, (key, value: unknown) => (key === "origin" ? undefined : value === Infinity ? "∞" : value));
    const like = models.get(figures) ?? model;
    models.set(figures, like);
    servers.push({ server, model: like });
  }
  return { model: undefined, servers };
}

function backendSharing({ strategy, maxQueue }: Backend, target: TargetName): BackendSharing {
  return { open: sharingOf(strategy), limited: limitedSharingOf(strategy, target, maxQueue) };
}

function notesOf(backend: Backend, scenario: Scenario | undefined, target: TargetName, stepSeconds: number): readonly string[] {
  const members = isElastic(backend) ? [backend.replica] : backend.servers;
  const notes: string[] = [];
  if (members.some((member) => member !== undefined && member.response === undefined)) notes.push("Without a `response` there are load factors but no response times.");
  if (stepSeconds > 15 && backend.scale !== undefined) notes.push(`Thresholds are evaluated at every step of ${stepSeconds} s instead of every 15 s.`);
  const { strategy } = backend;
  if (strategy.algorithm.kind === "geo") notes.push("Where clients come from is not part of a policy: with `geo` every server gets the share of its weight.");
  if (strategy.slowStartSeconds !== undefined && target !== "haproxy") notes.push(`\`slow_start\` is not simulated for ${target}: members that come take their whole share at once.`);
  if (scenario?.faults.some((fault) => fault.kind === "fail") === true) notes.push("A member that fails takes no requests from that moment on, and is back as soon as the fault ends: no time passes until a health check finds out.");
  return notes;
}

/** A place for what concerns the policy as a whole. */
function anywhere(policy: Policy): Location {
  return policy.scenarios[0]?.origin ?? policy.backends[0]?.origin ?? { file: "", range: { start: 0, end: 0 } };
}

function refused(diagnostic: Diagnostic): Refusal {
  return { kind: "refused", diagnostics: [diagnostic] };
}
