/** A policy whose pool scales as its compiled manifests say, read back from their YAML. */
import assert from "node:assert/strict";
import { readAutoscaler } from "../../language/src/import/kubernetes/read-autoscaler.ts";
import { readCronTrigger, readScheduleJobs } from "../../language/src/import/kubernetes/read-schedules.ts";
import type { Backend, Policy, Scale } from "../../language/src/model/policy.ts";
import { defaultKubernetes } from "../../language/src/model/target.ts";
import type { KubernetesTarget } from "../../language/src/model/target.ts";
import type { Scenario } from "../../language/src/model/traffic.ts";
import type { SimulationReport } from "../../language/src/simulate/report.ts";
import { simulatePolicy } from "../../language/src/simulate/simulate.ts";
import { valueAt } from "../../language/src/text/json.ts";
import { readManifests } from "./kubernetes-output.ts";
import { origin } from "./policies.ts";

/** Before and behind a scenario, for zones and for windows that lie around it. */
const marginSeconds = 2 * 86_400;

/** @param text the compiled manifests; nothing else of the compiler is known here */
export function readBackScale(policy: Policy, backend: Backend, text: string, scenario: Scenario): Scale {
  const target = targetOf(policy);
  const manifests = readManifests(text);
  const autoscaler = manifests.find((manifest) => ["HorizontalPodAutoscaler", "ScaledObject"].includes(String(valueAt(manifest, "kind"))));
  const read = autoscaler === undefined ? undefined : readAutoscaler(autoscaler, { target, metrics: policy.metrics, origin });
  assert.ok(read !== undefined, `no autoscaler of ${backend.name}`);
  assert.deepEqual(read.notes, []);
  const start = Date.UTC(scenario.start.year, scenario.start.month - 1, scenario.start.day) / 1000 + scenario.start.secondOfDay;
  const stretch = { from: start - marginSeconds, to: start + scenario.durationSeconds + marginSeconds };
  const schedules = [...readScheduleJobs(manifests, read.name, stretch, origin), ...read.cronTriggers.flatMap((trigger) => readCronTrigger(trigger, stretch, origin))];
  return { ...read.scale, schedules };
}

/** Sizes step by step, and every change: what a scaler decides. */
export function decisions(policy: Policy, backend: Backend, scenario: Scenario): { readonly sizes: readonly number[]; readonly changes: readonly (readonly number[])[] } {
  const report = runOf(policy, backend, scenario);
  return { sizes: report.points.map((point) => point.replicas), changes: report.events.map(({ t, from, to }) => [t, from, to]) };
}

export function runOf(policy: Policy, backend: Backend, scenario: Scenario): SimulationReport {
  const target = targetOf(policy).schedules === "keda" ? "kubernetes" : "nginx";
  const outcome = simulatePolicy({ ...policy, backends: [backend], scenarios: [{ ...scenario, backend }] }, { scenario: scenario.name, target });
  return outcome.kind === "report" ? outcome.report : assert.fail(JSON.stringify(outcome));
}

function targetOf(policy: Policy): KubernetesTarget {
  return policy.targets.find((target) => target.kind === "kubernetes") ?? defaultKubernetes;
}
