/** Short runs of policies written by hand. */
import assert from "node:assert/strict";
import type { Backend, Policy } from "../../../language/src/model/policy.ts";
import type { MetricThreshold, RuleThreshold } from "../../../language/src/model/scaling.ts";
import type { Scenario } from "../../../language/src/model/traffic.ts";
import type { SimulationPoint, SimulationReport, SimulationRequest } from "../../../language/src/simulate/report.ts";
import { simulatePolicy } from "../../../language/src/simulate/simulate.ts";
import { backendWith, origin, policyWith, rateDemand, replicaOf, scaleWith, scenarioWith, workloadWith } from "../../helpers/policies.ts";

export function reportOf(policy: Policy, request: SimulationRequest = {}): SimulationReport {
  const outcome = simulatePolicy(policy, request);
  assert.equal(outcome.kind, "report", JSON.stringify(outcome));
  return outcome.kind === "report" ? outcome.report : assert.fail();
}

export function runScenario(backend: Backend, parts: Partial<Scenario> = {}, request: SimulationRequest = {}): SimulationReport {
  return reportOf(policyWith({ backends: [backend], scenarios: [scenarioWith(backend, parts)] }), { scenario: "case", ...request });
}

export function at(report: SimulationReport, t: number): SimulationPoint {
  return report.points.find((point) => point.t === t) ?? assert.fail(`no point at ${t}`);
}

export const patient = { connectSeconds: 5, readSeconds: 3600, sendSeconds: 60, queueSeconds: 3600, idleSeconds: 60 };

/** Members of 100 rps that start in 30 s. */
export function pool(threshold: MetricThreshold | RuleThreshold | undefined, parts: Partial<Backend> = {}, startupSeconds = 30): Backend {
  return backendWith({
    demand: rateDemand(3000), replica: replicaOf(100), workload: workloadWith({ startupSeconds }), timeouts: patient,
    scale: scaleWith(1, 1000, { thresholds: threshold === undefined ? [] : [threshold] }),
    ...parts,
  });
}

export function rule(value: number, operator: ">" | "<", action: RuleThreshold["rules"][number]["action"], parts: Partial<RuleThreshold> = {}, forSeconds = 0): RuleThreshold {
  return {
    kind: "rules", name: "rule", cooldownUpSeconds: 0, cooldownDownSeconds: 0, origin,
    rules: [{ metric: { kind: "builtin", name: "load_factor" }, operator, value, dimension: "ratio", forSeconds, action, origin }],
    ...parts,
  };
}
