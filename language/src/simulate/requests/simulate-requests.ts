/** Single requests of a policy's backend: what a percentile or a question of balancing asks for. */
import { report } from "../../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { tooManyInSystem, tooManyRequests, tooManyRingPoints, unknownService } from "../../diagnostics/simulation.ts";
import { isElastic } from "../../model/policy.ts";
import type { Policy } from "../../model/policy.ts";
import { balancedServers, ringPointCount } from "../balancers/policy-balancer.ts";
import { mostRingPoints } from "../balancers/ring-points.ts";
import { timedFaults } from "../flow/faults.ts";
import { Cancelled, paceOf } from "../pace.ts";
import { planOf } from "../plan.ts";
import type { SimulationControl, SimulationRequest } from "../report.ts";
import { requestLimits } from "./model.ts";
import type { RequestFigures } from "./model.ts";
import { requestModel } from "./policy-model.ts";
import { runRequests } from "./run-requests.ts";

export interface RequestSimulationRequest extends SimulationRequest {
  /** How many requests arrive at most; by default as many as the duration brings, and 2,000,000 where the rate never changes. */
  readonly requests?: number;
  /** Members of an elastic pool; by default the scenario's, else the least it may have. They do not change. */
  readonly replicas?: number;
}

export type RequestSimulationOutcome =
  | { readonly kind: "figures"; readonly backend: string; readonly seed: number; readonly figures: RequestFigures; readonly notes: readonly string[] }
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "choose"; readonly backends: readonly string[] }
  | { readonly kind: "cancelled" };

const usualRequests = 2_000_000;

/**
 * The same backend, load and duration as a simulation over time has, request by request. A tenth of the requests at a steady rate warm up and are not counted.
 * The size of an elastic pool stays as it is.
 */
export function simulateRequests(policy: Policy, request: RequestSimulationRequest = {}, control: SimulationControl = {}): RequestSimulationOutcome {
  try {
    return simulated(policy, request, control);
  } catch (problem) {
    if (problem instanceof Cancelled) return { kind: "cancelled" };
    throw problem;
  }
}

function simulated(policy: Policy, request: RequestSimulationRequest, control: SimulationControl): RequestSimulationOutcome {
  // How far it is the run of the requests tells.
  const { onProgress: _, ...planning } = control;
  const pace = paceOf(planning);
  const plan = planOf(policy, request, control, pace);
  if (plan.kind !== "plan") return plan;
  const { backend, scenario, rates, stepSeconds, clock, traffic } = plan;
  const refused = (diagnostic: Diagnostic): RequestSimulationOutcome => ({ kind: "refused", diagnostics: [diagnostic] });
  const isSteady = rates.every((rate) => rate === rates[0]);
  const brought = rates.reduce((sum, rate) => sum + rate * stepSeconds, 0);
  const faults = timedFaults(scenario?.faults ?? [], clock);
  const requests = Math.ceil(request.requests ?? (isSteady && faults.length === 0 ? usualRequests : 1.1 * brought + 1000));
  if (requests > requestLimits.requests) return refused(report(tooManyRequests, backend.origin, { requests, most: requestLimits.requests }));
  const replicas = request.replicas ?? scenario?.replicas;
  const model = requestModel(backend, { target: plan.target, faults, ...(replicas === undefined ? {} : { replicas }), ...(traffic === undefined ? {} : { clients: Math.min(traffic.clients, requestLimits.clients) }) });
  if (model === undefined) return refused(report(unknownService, backend.origin, { backend: backend.name }));
  const slots = model.members.reduce((sum, member) => sum + Math.ceil(member.slots), 0);
  if (slots > requestLimits.slots || model.members.length > requestLimits.members) return refused(report(tooManyInSystem, backend.origin, { backend: backend.name, most: requestLimits.slots }));

  const points = isElastic(backend) ? 0 : ringPointCount(backend.strategy, balancedServers(backend), plan.target);
  if (points > mostRingPoints) return refused(report(tooManyRingPoints, backend.origin, { backend: backend.name, points, most: mostRingPoints }));

  // Where the rate changes the run ends with its last step.
  const shape = isSteady && faults.length === 0 ? rates.slice(0, 1) : new Float64Array(rates.length + 1);
  if (shape.length > 1) shape.set(rates);
  pace.work(rates.length / 100);
  const warmUp = isSteady && faults.length === 0 ? Math.floor(requests / 10) : 0;
  const outcome = runRequests(model, { rates: shape, stepSeconds, variation: 1, requests, warmUp }, { seed: plan.seed }, control);
  if (outcome.kind === "cancelled") return outcome;
  if (outcome.kind === "overrun") return refused(report(tooManyInSystem, backend.origin, { backend: backend.name, most: requestLimits.inSystem }));
  const notes = [
    ...(isElastic(backend) ? [`The pool keeps its ${model.members.length} members.`] : []),
    ...(backend.maxQueue !== undefined && plan.target === "nginx" ? ["nginx itself has no queue: it answers 503 where all members are at their max_connections."] : []),
    ...(backend.strategy.slowStartSeconds !== undefined && plan.target !== "haproxy" ? [`slow_start is not simulated for ${plan.target}.`] : []),
  ];
  return { kind: "figures", backend: backend.name, seed: plan.seed, figures: outcome.figures, notes };
}
