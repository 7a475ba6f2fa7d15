/** The work of the background thread: simulations and whole checks over its own copy of the documents. */
import { expectationText, isElastic, peakDemand, reasonText, runFigures, simulate, steadyState, targetNames, worstText } from "../../../language/src/index.ts";
import type { Analysis, Policy, RunFigures, SimulationControl, SimulationOutcome, SimulationReport } from "../../../language/src/index.ts";
import { analysisFor, BadParameters, errorsFirst, traceReader } from "../asked-policy.ts";
import type { Documents } from "../documents.ts";
import type { ServerHost } from "../host.ts";
import type { FixedShare, ScenarioOutcome, SimulateOutcome, SimulateParams, SimulateResponse, SimulationChoices } from "../protocol.ts";
import { problemOf, rangeIn } from "../ranges.ts";
import type { Findings, Job, Result } from "./jobs.ts";
import { Stopped } from "./stopped.ts";

export type JobHost = Pick<ServerHost, "readFile" | "nowMs">;
export type JobControl = Required<Pick<SimulationControl, "isCancelled" | "onProgress">>;

/** Throws `Stopped`, or `BadParameters` for what is not there. */
export function answerJob(job: Job, documents: Documents, host: JobHost, control: JobControl): Result {
  switch (job.kind) {
    case "simulate": return simulated(job.params, documents, host, control);
    case "scenario": return scenarioOutcome(job.uri, job.scenario, documents, host, control);
    case "figures": return figuresOf(job.uri, job.backend, job.longestMs, documents, host, control);
    case "check": return findings(job.uri, documents);
  }
}

function simulated(params: SimulateParams, documents: Documents, host: JobHost, control: JobControl): SimulateResponse {
  const { request } = params;
  if (request.target !== undefined && !targetNames.includes(request.target)) throw new BadParameters(`request.target is one of ${targetNames.join(", ")}`);
  const source = params.text === undefined
    ? analysisFor(params.uri, documents, host)
    : { analysis: documents.analyzeText(params.uri, params.text), version: params.version };
  const { analysis } = source;
  const startedMs = host.nowMs();
  const outcome = simulate(analysis, request, { ...control, readTrace: traceReader(documents, host) });
  return {
    version: source.version ?? params.version,
    outcome: outcomeFor(analysis, outcome),
    elapsedMs: host.nowMs() - startedMs,
    choices: choicesOf(analysis.policy),
    shares: outcome.kind === "report" ? fixedShares(analysis.policy, outcome.report.backend) : [],
  };
}

function outcomeFor(analysis: Analysis, outcome: SimulationOutcome): SimulateOutcome {
  if (outcome.kind === "cancelled") throw new Stopped();
  if (outcome.kind !== "refused") return outcome;
  return { kind: "refused", problems: errorsFirst(outcome.diagnostics).map((diagnostic) => problemOf(analysis, diagnostic)) };
}

function scenarioOutcome(uri: string, scenario: string, documents: Documents, host: JobHost, control: JobControl): ScenarioOutcome {
  const { analysis } = analysisFor(uri, documents, host);
  const outcome = simulate(analysis, { scenario }, { ...control, readTrace: traceReader(documents, host) });
  if (outcome.kind === "cancelled") throw new Stopped();
  if (outcome.kind !== "report") {
    const problems = outcome.kind === "refused" ? errorsFirst(outcome.diagnostics).map((each) => problemOf(analysis, each)) : [];
    return { scenario, holds: false, expectations: [], failures: [], summary: null, problems };
  }
  const { expectations, summary } = outcome.report;
  return { scenario, holds: expectations.every((each) => each.holds), expectations, failures: failuresOf(analysis, scenario, outcome.report), summary, problems: [] };
}

/** In the words of `lbpolicy test`. */
function failuresOf(analysis: Analysis, name: string, report: SimulationReport): ScenarioOutcome["failures"] {
  const written = analysis.policy.scenarios.find((each) => each.name === name)?.expectations ?? [];
  return report.expectations.flatMap((expectation, index) => {
    const origin = written[index]?.origin;
    if (expectation.holds || origin === undefined) return [];
    const message = [[expectationText(expectation), worstText(report, expectation)].filter((part) => part !== undefined).join(", "), reasonText(report, expectation)].filter((part) => part !== undefined).join("\n");
    return [{ message, uri: origin.file, range: rangeIn(analysis, origin.file, origin.range) }];
  });
}

function figuresOf(uri: string, name: string, longestMs: number, documents: Documents, host: JobHost, control: JobControl): RunFigures | null {
  const { analysis } = analysisFor(uri, documents, host);
  const backend = analysis.policy.backends.find((each) => each.name === name);
  if (backend === undefined) return null;
  const endsMs = host.nowMs() + longestMs;
  const outcome = simulate(analysis, { backend: name }, { isCancelled: () => control.isCancelled() || host.nowMs() > endsMs, readTrace: traceReader(documents, host) });
  if (outcome.kind === "cancelled" && control.isCancelled()) throw new Stopped();
  return outcome.kind === "report" ? runFigures(outcome.report, isElastic(backend)) : null;
}

function findings(uri: string, documents: Documents): Findings | null {
  const document = documents.get(uri);
  return document === undefined ? null : { version: document.text.version, diagnostics: document.check.diagnostics };
}

function choicesOf(policy: Policy): SimulationChoices {
  return {
    backends: policy.backends.map((backend) => ({ name: backend.name, hasDemand: backend.demand !== undefined })),
    scenarios: policy.scenarios.map((scenario) => ({
      name: scenario.name,
      backend: scenario.backend.name,
      traffic: scenario.traffic?.traffic.name ?? null,
      durationSeconds: scenario.durationSeconds,
    })),
    traffics: policy.traffics.map((traffic) => traffic.name),
  };
}

/** Shares at the backend's demand; without one, those of a pool at rest. */
function fixedShares(policy: Policy, name: string): readonly FixedShare[] {
  const backend = policy.backends.find((candidate) => candidate.name === name);
  if (backend === undefined || isElastic(backend)) return [];
  const state = steadyState(backend, peakDemand(backend)?.ratePerSecond ?? 0);
  return state.members.map((member) => ({ name: member.name, fraction: member.share, capacityPerSecond: member.capacityPerSecond ?? null }));
}
