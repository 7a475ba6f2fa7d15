/**
 * What a pool does otherwise in the cluster than its policy says: both are simulated on the backend's own demand, and the figures stand in the
 * diagnostic. Only asked for where something cannot be said; a pool that does not change is not simulated again.
 */
import type { Backend, Policy, Scale } from "../../model/policy.ts";
import type { LocalDate, LocalDateTime, Schedule } from "../../model/scaling.ts";
import type { KubernetesTarget } from "../../model/target.ts";
import type { Scenario } from "../../model/traffic.ts";
import type { SimulationReport } from "../../simulate/report.ts";
import { simulatePolicy } from "../../simulate/simulate.ts";
import { describeDifference } from "./difference-text.ts";

/** No longer than a day: the bound of the work. */
const longestSeconds = 86_400;
const rateSeconds = 3600;
/** A pool that cannot be compared with less work than this is not. */
const mostMembers = 10_000;
const mostRemembered = 128;
/** Of a policy with many pools the first are compared: the work grows with each. */
const mostPools = 16;
const mostDates = 3;

/** Monday, as scenarios start. */
const usualStart: LocalDateTime = { year: 2026, month: 1, day: 5, secondOfDay: 0 };

const remembered = new Map<string, string>();

/**
 * The rest of a sentence: `; on its demand weekday over 24 h the compiled autoscaler reaches 120 members 45 s later`. Empty where the backend has no
 * demand, or nothing says what a member can do.
 * @param emitted what was compiled, as a policy could say it
 */
export function simulatedDifference(policy: Policy, target: KubernetesTarget, backend: Backend, emitted: Scale, start: LocalDateTime = usualStart): string {
  const { demand, scale } = backend;
  if (demand === undefined || backend.replica === undefined || scale === undefined || scale.max > mostMembers || !comparedPools(policy).has(backend.name)) return "";
  const key = JSON.stringify([backend, emitted, start, target, policy.metrics], (name, value: unknown) => (name === "origin" || name === "documentation" ? undefined : value));
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const text = sentence(policy, target, backend, emitted, start);
  // The oldest goes first; a policy has few pools that differ.
  for (const oldest of remembered.keys()) {
    if (remembered.size < mostRemembered) break;
    remembered.delete(oldest);
  }
  remembered.set(key, text);
  return text;
}

const compared = new WeakMap<Policy, ReadonlySet<string>>();

function comparedPools(policy: Policy): ReadonlySet<string> {
  const known = compared.get(policy);
  if (known !== undefined) return known;
  const pools = policy.backends.filter((backend) => backend.scale !== undefined && backend.demand !== undefined && backend.replica !== undefined);
  const names = new Set(pools.slice(0, mostPools).map((backend) => backend.name));
  compared.set(policy, names);
  return names;
}

/** The same on the first of some days on which they differ, else on the first. */
export function simulatedDateDifference(policy: Policy, target: KubernetesTarget, backend: Backend, emitted: Scale, dates: readonly LocalDate[]): string {
  const texts = dates.slice(0, mostDates).map((date) => simulatedDifference(policy, target, backend, emitted, { ...date, secondOfDay: 0 }));
  return texts.find((text) => !text.endsWith(same)) ?? texts[0] ?? "";
}

const same = "decides the same";

function sentence(policy: Policy, target: KubernetesTarget, backend: Backend, emitted: Scale, start: LocalDateTime): string {
  const wanted = run(policy, target, backend, start, "policy");
  const compiled = run(policy, target, { ...backend, scale: emitted }, start, "cluster");
  if (wanted === undefined || compiled === undefined) return "";
  const { demand } = backend;
  const load = demand?.kind === "traffic" ? `its demand ${demand.traffic.name}` : `its demand of ${Number((demand?.ratePerSecond ?? 0).toPrecision(6))} rps`;
  const when = start === usualStart ? "" : ` on ${start.year}-${String(start.month).padStart(2, "0")}-${String(start.day).padStart(2, "0")}`;
  const difference = describeDifference(wanted, compiled);
  return `; with ${load}${when} over ${wanted.durationSeconds / 3600} h the compiled autoscaler ${difference === "" ? same : difference}`;
}

/** Cron triggers of KEDA are metrics of the autoscaler and no bounds, which only the run of what was compiled knows. */
function run(policy: Policy, target: KubernetesTarget, backend: Backend, start: LocalDateTime, of: "policy" | "cluster"): SimulationReport | undefined {
  const durationSeconds = backend.demand?.kind === "traffic" ? longestSeconds : rateSeconds;
  const isDated = start !== usualStart;
  const scenario: Scenario = { name: "difference", backend, durationSeconds: isDated ? longestSeconds : durationSeconds, start, faults: [], expectations: [], origin: backend.origin };
  const outcome = simulatePolicy({ ...policy, backends: [backend], scenarios: [scenario], targets: [target] }, { scenario: scenario.name, target: of === "cluster" ? "kubernetes" : "nginx" });
  return outcome.kind === "report" ? outcome.report : undefined;
}

/** Schedules as jobs without a year repeat them: every date a year later. */
export function aYearLater(schedule: Schedule): Schedule {
  return {
    ...schedule,
    except: schedule.except.map(later),
    ...(schedule.from === undefined ? {} : { from: later(schedule.from) }),
    ...(schedule.until === undefined ? {} : { until: later(schedule.until) }),
  };
}

/** 29 February becomes 28 February. */
export function later<D extends LocalDate>(date: D): D {
  return { ...date, year: date.year + 1, day: date.month === 2 && date.day === 29 ? 28 : date.day };
}
