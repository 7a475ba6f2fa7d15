/**
 * The façade: pure functions over an analysed document. Editor, command line and tests use these and nothing else of this package.
 */
import { compilePolicy } from "./compile/compile-policy.ts";
import type { CompileResult } from "./compile/result.ts";
import type { Analysis } from "./model/analysis.ts";
import type { Source } from "./model/imports.ts";
import type { TargetName } from "./model/target.ts";
import type { SimulationControl, SimulationOutcome, SimulationRequest } from "./simulate/report.ts";
import { simulateRequests as simulatePolicyRequests } from "./simulate/requests/simulate-requests.ts";
import type { RequestSimulationOutcome, RequestSimulationRequest } from "./simulate/requests/simulate-requests.ts";
import { simulatePolicy } from "./simulate/simulate.ts";
import { formatText } from "./syntax/format.ts";
import type { TextEdit } from "./text/range.ts";

export { analyze, check } from "./analyze.ts";
export { follow } from "./follow.ts";
export type { FollowedDocument } from "./follow.ts";
export type { Change } from "./syntax/pieces.ts";
export type { AnalyzeOptions, Check } from "./analyze.ts";

/**
 * Compiles an analysed policy for one target. Nothing is written where the policy has errors: `text` is empty then and `diagnostics` says
 * why (those of the analysis are not repeated).
 */
export function compile(analysis: Analysis, target: TargetName): CompileResult {
  if (analysis.refusals.length > 0) return { target, text: "", lineOrigins: [], files: [], notes: [], diagnostics: [] };
  const result = compilePolicy(analysis.policy, target, analysis.sources);
  return { ...result, diagnostics: analysis.shownOfTarget(result.diagnostics) };
}

/** Simulates a backend of the policy over time. Refuses a policy with errors, with those errors. */
export function simulate(analysis: Analysis, request: SimulationRequest = {}, control: SimulationControl = {}): SimulationOutcome {
  return analysis.refusals.length > 0 ? { kind: "refused", diagnostics: analysis.refusals } : simulatePolicy(analysis.policy, request, control);
}

/** Simulates single requests of a backend at its load: percentiles, and what each member gets. Refuses as `simulate` does. */
export function simulateRequests(analysis: Analysis, request: RequestSimulationRequest = {}, control: SimulationControl = {}): RequestSimulationOutcome {
  return analysis.refusals.length > 0 ? { kind: "refused", diagnostics: analysis.refusals } : simulatePolicyRequests(analysis.policy, request, control);
}

/** Edits that bring a document into its canonical form. What a syntax error broke is left alone. */
export function format(source: Source): readonly TextEdit[] {
  return formatText(source.file, source.text);
}

export { generatedMark } from "./compile/result.ts";
export { linesOfPolicyRange, policyRangeOfLine } from "./compile/source-map.ts";
export type { CompiledFile, CompileResult, ParityNote } from "./compile/result.ts";
export { complete } from "./features/completion.ts";
export type { CompletionItem, CompletionScene } from "./features/completion.ts";
export * from "./features/editing.ts";
export { hover } from "./features/hover.ts";
export type { Hover } from "./features/hover.ts";
export { inlayHints } from "./features/inlay-hints.ts";
export type { InlayHint } from "./features/inlay-hints.ts";
export * from "./features/reading.ts";
export type { Diagnostic, QuickFix, Related, Severity } from "./diagnostics/diagnostic.ts";
export { withoutRepeats } from "./diagnostics/present.ts";
export type { Severities } from "./diagnostics/present.ts";
export { isTargetLimit, kindOf, registry } from "./diagnostics/registry.ts";
export type { Kind } from "./diagnostics/registry.ts";
export type { Analysis } from "./model/analysis.ts";
export type { ImportHost, Source } from "./model/imports.ts";
export { activeServers, addressText, isElastic } from "./model/policy.ts";
export type * from "./model/policy.ts";
export type * from "./model/scaling.ts";
export type * from "./model/service.ts";
export type * from "./model/target.ts";
export type * from "./model/traffic.ts";
export { isAtLeast, targetNames } from "./model/target.ts";
export { reportCsv } from "./simulate/render/csv.ts";
export { reportHtml } from "./simulate/render/html.ts";
export { reportJson } from "./simulate/render/json.ts";
export { escaped, reportSvg } from "./simulate/render/svg.ts";
export { clockText, countText, expectationText, figure, reasonText, secondsText, shareText, worstText } from "./simulate/render/words.ts";
export type * from "./simulate/report.ts";
export type { FailureCause, RequestFigures, RequestMemberFigures } from "./simulate/requests/model.ts";
export type { RequestSimulationOutcome, RequestSimulationRequest } from "./simulate/requests/simulate-requests.ts";
export * as formulas from "./simulate/queueing/formulas.ts";
export type { Figure, OutsideRange, Saturated, SteadyFigure } from "./simulate/queueing/formulas.ts";
export { membersNeeded, poolPercentileSeconds } from "./simulate/steady/steady-state.ts";
export type { SteadyState, SteadyStateOptions } from "./simulate/steady/steady-state.ts";
export { peakDemand } from "./simulate/steady/demand.ts";
export { steadyState } from "./simulate/steady/steady-state.ts";
export { levels, paramNamesIn, readSettings, settingsFileName, unknownParams, unreadableSettings } from "./settings/settings.ts";
export type { Settings } from "./settings/settings.ts";
export { nearest } from "./syntax/nearest.ts";
export { createLineMap, offsetAt, positionAt } from "./text/line-map.ts";
export type { LineMap, Position } from "./text/line-map.ts";
export { applyEdits } from "./text/range.ts";
export type { Range, TextEdit } from "./text/range.ts";
export { version } from "./version.ts";
