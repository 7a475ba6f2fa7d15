/** The simulation of a policy over time: which backend under which load, within which limits, and the report of the run. */
import { report, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { tooManyChanges } from "../diagnostics/simulation.ts";
import { isElastic, type Policy } from "../model/policy.ts";
import type { Schedule } from "../model/scaling.ts";
import { toleranceTestOf } from "./autoscaler/tolerance.ts";
import { defaultKubernetes } from "../model/target.ts";
import { startElasticRun, type ElasticRun, type StartedRun } from "./flow/elastic-run.ts";
import { needsFirstToken, watchExpectations } from "./flow/expectations.ts";
import { timedFaults } from "./flow/faults.ts";
import { fixedShares, startFixedRun, type FixedRun } from "./flow/fixed-run.ts";
import { createRecorder, type Recorder } from "./flow/recorder.ts";
import { createScaler, type Scaler } from "./flow/scaler.ts";
import { sixDigits } from "./flow/wording.ts";
import { Cancelled, paceOf, partOf, type Pace } from "./pace.ts";
import { planOf, refusedSchedule, simulationLimits, type SimulationPlan } from "./plan.ts";
import type { MemberShare, SimulationControl, SimulationOutcome, SimulationPoint, SimulationReport, SimulationRequest } from "./report.ts";
import { boundsUnder, scheduleSpans, triggersUnder, type Bounds } from "./schedules.ts";
import { usualClients } from "./steady/steady-state.ts";
import { wallText } from "./calendar.ts";
import type { Span } from "./traffic.ts";

/** Points beyond this many are thinned out. */
const mostPoints = 100_000;

/**
 * Simulates a backend of the policy.
 *
 * Without a named backend: the scenario's, else the only one with a demand. The load is the request's traffic, else the scenario's, else the backend's
 * demand; the duration the request's, else the scenario's, else 1 h for a rate and 24 h for a traffic. The same request gives the same bytes.
 */
export function simulatePolicy(policy: Policy, request: SimulationRequest, control: SimulationControl = {}): SimulationOutcome {
  try {
    return simulated(policy, request, control, paceOf(control));
  } catch (problem) {
    if (problem instanceof Cancelled) return { kind: "cancelled" };
    throw problem;
  }
}

function simulated(policy: Policy, request: SimulationRequest, control: SimulationControl, pace: Pace): SimulationOutcome {
  pace.reached(0);
  pace.work(1);
  const plan = planOf(policy, request, control, partOf(pace, 0, 0.1));
  if (plan.kind !== "plan") return plan;
  const timed = timedSchedules(plan, pace);
  if (timed.kind === "refused") return timed;
  const prepared = prepare(plan, timed.schedules, policy, pace);
  const { recorder, run } = prepared;
  const running = partOf(pace, 0.1, 0.95);
  const tellEvery = Math.max(1, Math.floor(plan.steps / 100));
  for (let index = 0; index < plan.steps; index++) {
    pace.work(run.workUnits);
    if (index % tellEvery === 0) running.reached(index / plan.steps);
    run.step(index, recorder);
    if (recorder.events.length > simulationLimits.changes) {
      return { kind: "refused", diagnostics: [report(tooManyChanges, plan.backend.scale?.origin ?? plan.backend.origin, { backend: plan.backend.name, most: simulationLimits.changes })] };
    }
  }
  const made = reportOf(plan, timed.schedules, prepared);
  pace.reached(1);
  return { kind: "report", report: made };
}

interface TimedSchedule {
  readonly schedule: Schedule;
  /** Seconds since the start. */
  readonly spans: readonly Span[];
}

interface Prepared {
  readonly run: StartedRun;
  readonly recorder: Recorder;
  readonly scaler: Scaler | undefined;
  readonly watch: ReturnType<typeof watchExpectations>;
  readonly membersAt: (point: SimulationPoint) => readonly MemberShare[];
}

function prepare(plan: SimulationPlan, schedules: readonly TimedSchedule[], policy: Policy, pace: Pace): Prepared {
  const { backend, scenario, stepSeconds, steps, rates, firstRate, clock, target } = plan;
  const expectations = scenario?.expectations ?? [];
  const watch = watchExpectations(expectations, pace);
  const faults = timedFaults(scenario?.faults ?? [], clock);
  const limits = { queueSeconds: backend.timeouts.queueSeconds, readSeconds: backend.timeouts.readSeconds, until: backend.stream ? "first_token" : "answer" } as const;
  const kubernetes = policy.targets.find((each) => each.kind === "kubernetes") ?? defaultKubernetes;
  const { scale } = backend;
  const scaler = scale === undefined ? undefined : createScaler(scale, backend.name, toleranceTestOf(kubernetes.version));
  const loadLimit = scaler?.targetLoadFactor === undefined ? undefined : scaler.targetLoadFactor * (1 + (scale?.behavior.toleranceUp ?? 0));
  const recorderFor = (run: StartedRun, priced: boolean): Recorder =>
    createRecorder({
      stepSeconds, steps, pointEvery: Math.ceil(steps / mostPoints), priced, loadLimit, watch, waitingAtStart: run.waitingAtStart,
      needsFirstToken: needsFirstToken(expectations) || usesFirstToken(plan),
    });
  if (isElastic(backend) && plan.model !== undefined) {
    const { model } = plan;
    const own = { min: scale?.min ?? 1, max: scale?.max ?? 1 };
    const asTriggers = target === "kubernetes" && kubernetes.autoscaler === "keda" && kubernetes.schedules === "keda";
    const boundsOf = asTriggers ? triggersUnder : boundsUnder;
    const elastic: ElasticRun = {
      backend, model, rates, firstRate, stepSeconds, scaler, faults, limits, boundsAt: boundsOver((active) => boundsOf(own, active), schedules), initialReplicas: scenario?.replicas, slowStartSeconds: plan.slowStartSeconds,
    };
    const run = startElasticRun(elastic);
    return { run, scaler, watch, recorder: recorderFor(run, backend.replica?.pricePerHour !== undefined), membersAt: (point) => elasticShares(point, model.capacityPerSecond) };
  }
  const fixed: FixedRun = { backend, servers: plan.servers, rates, firstRate, stepSeconds, faults, limits, target, clients: plan.traffic?.clients ?? usualClients, pace, slowStartSeconds: plan.slowStartSeconds };
  const run = startFixedRun(fixed);
  return {
    run, scaler, watch,
    recorder: recorderFor(run, plan.servers.some(({ server }) => server.pricePerHour !== undefined)),
    membersAt: (point) => fixedShares(fixed, point.arrivalRate, point.t),
  };
}

function reportOf(plan: SimulationPlan, schedules: readonly TimedSchedule[], { recorder, scaler, watch, membersAt }: Prepared): SimulationReport {
  const { backend, scenario } = plan;
  const summary = recorder.summary();
  const peak = recorder.fullest();
  let points: readonly SimulationPoint[] | undefined;
  return {
    backend: backend.name,
    scenario: scenario?.name ?? null,
    traffic: plan.traffic?.name ?? null,
    target: plan.target,
    seed: plan.seed,
    stepSeconds: plan.stepSeconds,
    durationSeconds: plan.durationSeconds,
    start: isoText(plan.clock.zone.wallAt(plan.clock.startInstant)),
    timezone: plan.clock.zone.name,
    targetLoadFactor: scaler?.targetLoadFactor ?? null,
    toleranceUp: backend.scale?.behavior.toleranceUp ?? 0,
    toleranceDown: backend.scale?.behavior.toleranceDown ?? 0,
    // Made when they are first read: whoever wants the summary alone does not wait for them.
    get points() {
      return (points ??= recorder.points());
    },
    events: recorder.events,
    schedules: schedules.flatMap(({ schedule, spans }) =>
      spans.map((span) => ({ name: schedule.name, from: span.from, to: span.to, min: schedule.replicas?.min ?? backend.scale?.min ?? 0, max: schedule.replicas?.max ?? null })),
    ).sort((a, b) => a.from - b.from || (a.name < b.name ? -1 : 1)),
    expectations: watch.judge(summary),
    summary,
    members: peak === undefined ? [] : membersAt(peak).map((member) => ({ ...member, ratePerSecond: sixDigits(member.ratePerSecond), loadFactor: sixDigits(member.loadFactor) })),
    notes: [...(scaler?.notes ?? []), ...plan.notes, ...turnsNote(plan, peak)],
  };
}

/** Turns are more even than the chance that a steady state takes them for: said where it makes a difference, with a tenth of the response spent waiting. */
function turnsNote({ backend, model, servers }: SimulationPlan, peak: SimulationPoint | undefined): readonly string[] {
  const { algorithm, affinity } = backend.strategy;
  const sharing = model?.sharing ?? servers[0]?.model.sharing;
  if (algorithm.kind !== "round_robin" || affinity !== undefined || sharing !== "chance" || peak === undefined || peak.ready < 2) return [];
  const waits = peak.responseTime !== null && peak.arrivalRate > 0 && peak.queue / peak.arrivalRate > 0.1 * peak.responseTime;
  return waits ? ["Requests in turn come more evenly than these waits assume: near the capacity response times are shorter; a simulation of single requests takes the exact turns."] : [];
}

/** The bounds at rising times. */
function boundsOver(boundsOf: (active: readonly Schedule[]) => Bounds, schedules: readonly TimedSchedule[]): (t: number) => Bounds {
  const changes = [...new Set(schedules.flatMap(({ spans }) => spans.flatMap((span) => [span.from, span.to])))].sort((a, b) => a - b);
  let next = 0;
  let bounds: Bounds | undefined;
  const places = schedules.map(() => 0);
  return (t) => {
    if (bounds !== undefined && (next >= changes.length || t < (changes[next] ?? Infinity))) return bounds;
    while (next < changes.length && (changes[next] ?? Infinity) <= t) next += 1;
    const active = schedules.filter(({ spans }, index) => {
      let place = places[index] ?? 0;
      while (place < spans.length && (spans[place]?.to ?? Infinity) <= t) place += 1;
      places[index] = place;
      const span = spans[place];
      return span !== undefined && span.from <= t;
    });
    bounds = boundsOf(active.map(({ schedule }) => schedule));
    return bounds;
  };
}

function timedSchedules(plan: SimulationPlan, pace: Pace): { readonly kind: "timed"; readonly schedules: readonly TimedSchedule[] } | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] } {
  const start = plan.clock.startInstant;
  const schedules: TimedSchedule[] = [];
  for (const schedule of plan.backend.scale?.schedules ?? []) {
    const spans = scheduleSpans(schedule, start, start + plan.durationSeconds, pace);
    if (spans === undefined) return { kind: "refused", diagnostics: [refusedSchedule(schedule)] };
    schedules.push({ schedule, spans: spans.map((span) => ({ from: span.from - start, to: span.to - start })) });
  }
  return { kind: "timed", schedules };
}

function elasticShares(point: SimulationPoint, capacityPerSecond: number): readonly MemberShare[] {
  const each = point.ready === 0 ? 0 : point.arrivalRate / point.ready;
  const ready: MemberShare = { name: "ready", count: point.ready, ratePerSecond: each, loadFactor: each / capacityPerSecond, state: "ready" };
  const starting = point.replicas - point.ready;
  return starting > 0 ? [ready, { name: "starting", count: starting, ratePerSecond: 0, loadFactor: 0, state: "starting" }] : [ready];
}

function usesFirstToken(plan: SimulationPlan): boolean {
  return (plan.backend.scale?.thresholds ?? []).some((threshold) =>
    (threshold.kind === "metric" ? threshold.targets : threshold.rules).some(({ metric }) => metric.kind === "declared" || (metric.kind === "builtin" && metric.name === "ttft_p95")));
}

function isoText(wall: number): string {
  const [date = "", time = ""] = wallText(wall).split(" ");
  return `${date}T${time.length === 5 ? `${time}:00` : time}`;
}
