/** Compiling and simulating for the editor: answers of protocol.ts. */
import { isAbsolute } from "node:path";
import { ErrorCodes, ResponseError } from "vscode-languageserver/node";
import { compile, generatedMark, isElastic, peakDemand, simulate, steadyState, targetNames } from "../../language/src/index.ts";
import type { Analysis, Diagnostic, Policy, SimulationOutcome, TargetName } from "../../language/src/index.ts";
import { problemOf } from "./convert.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import type { CompileParams, CompileResponse, FixedShare, SimulateOutcome, SimulateParams, SimulateResponse, SimulationChoices } from "./protocol.ts";
import { baseNameOfUri, pathOfUri } from "./uri.ts";

/** Throws a `ResponseError` (-32602) for an unknown target or a document that cannot be read. */
export function answerCompile(params: CompileParams, documents: Documents, host: ServerHost): CompileResponse {
  const target = targetNames.find((name) => name === params.target);
  if (target === undefined) throw invalid(`target is one of ${targetNames.join(", ")}`);
  const { analysis, version } = analysisFor(params.uri, documents, host);
  const result = compile(analysis, target);
  return {
    version,
    target,
    text: result.text,
    fileName: `${baseNameOfUri(params.uri).replace(/\.lbpolicy$/u, "")}.${fileNameEnds[target]}`,
    mark: generatedMark,
    problems: errorsFirst([...analysis.refusals, ...analysis.policyDiagnostics, ...result.diagnostics]).map((diagnostic) => problemOf(analysis, diagnostic)),
    notes: result.notes,
  };
}

/** Throws a `ResponseError` (-32602) for a document that cannot be read. */
export function answerSimulate(params: SimulateParams, documents: Documents, host: ServerHost): SimulateResponse {
  const { request } = params;
  if (request.target !== undefined && !targetNames.includes(request.target)) throw invalid(`request.target is one of ${targetNames.join(", ")}`);
  const source = params.text === undefined
    ? analysisFor(params.uri, documents, host)
    : { analysis: documents.analyzeText(params.uri, params.text), version: params.version };
  const { analysis } = source;
  const startedMs = host.nowMs();
  const outcome = simulate(analysis, request, { readTrace: traceReader(documents, host) });
  return {
    version: source.version ?? params.version,
    outcome: outcomeFor(analysis, outcome),
    elapsedMs: host.nowMs() - startedMs,
    choices: choicesOf(analysis.policy),
    shares: outcome.kind === "report" ? fixedShares(analysis.policy, outcome.report.backend) : [],
  };
}

const fileNameEnds: Readonly<Record<TargetName, string>> = { nginx: "nginx.conf", haproxy: "haproxy.cfg", kubernetes: "k8s.yaml" };

/** Traces inside the root only, as imports. */
export function traceReader(documents: Documents, host: ServerHost): (path: string, fromFile: string) => string | undefined {
  return (path, fromFile) => {
    const uri = path.includes("\0") || isAbsolute(path) ? undefined : documents.fileNamed(path, fromFile);
    const real = uri === undefined ? undefined : pathOfUri(uri);
    const file = real === undefined ? undefined : host.readFile(real);
    return file === undefined || "problem" in file ? undefined : file.text;
  };
}

export function analysisFor(uri: string, documents: Documents, host: ServerHost): { readonly analysis: Analysis; readonly version: number | null } {
  const open = documents.get(uri);
  if (open !== undefined) return { analysis: open.analysis, version: open.text.version };
  const path = pathOfUri(uri);
  if (path === undefined || !path.endsWith(".lbpolicy")) throw invalid(`${uri} is neither open nor a .lbpolicy file`);
  const file = host.readFile(path);
  if ("problem" in file) throw invalid(`${uri} ${file.problem}`);
  return { analysis: documents.analyzeText(uri, file.text), version: null };
}

function outcomeFor(analysis: Analysis, outcome: SimulationOutcome): SimulateOutcome {
  if (outcome.kind !== "refused") return outcome;
  return { kind: "refused", problems: errorsFirst(outcome.diagnostics).map((diagnostic) => problemOf(analysis, diagnostic)) };
}

/** Each once, otherwise in the order given. */
export function errorsFirst(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  const unique = diagnostics.filter((diagnostic) => {
    const key = JSON.stringify([diagnostic.code, diagnostic.file, diagnostic.range.start, diagnostic.range.end, diagnostic.message]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  return [...unique.filter((each) => each.severity === "error"), ...unique.filter((each) => each.severity !== "error")];
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

export function invalid(reason: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidParams, reason);
}
