/** Runs the scenarios of policies, with the declared values and in every environment. */
import { simulate } from "../../language/src/index.ts";
import type { Analysis, Diagnostic, SimulationReport } from "../../language/src/index.ts";
import type { CommonOptions } from "./options.ts";
import { analyzePolicy } from "./policy-files.ts";
import type { PolicyFile } from "./policy-files.ts";
import type { Terminal } from "./terminal.ts";
import { traceReader } from "./trace-reader.ts";

export interface ScenarioResult {
  readonly name: string;
  /** Undefined with the declared values. */
  readonly environment: string | undefined;
  /** Undefined where the simulation was refused. */
  readonly report: SimulationReport | undefined;
  /** Why it was refused. */
  readonly problems: readonly string[];
  readonly passed: boolean;
}

export interface FileResult {
  readonly path: string;
  readonly scenarios: readonly ScenarioResult[];
  /** Errors of the policy: nothing was run then. */
  readonly errors: readonly Diagnostic[];
  readonly sources: Analysis["sources"];
}

/** @param only the name of one scenario; undefined for all of the file's own */
export function runScenarios(file: PolicyFile, common: CommonOptions, terminal: Terminal, only: string | undefined): FileResult {
  const declared = analyzePolicy(file, common, terminal);
  const environments = common.environment === undefined ? [...declared.scopes.environment.byName.keys()] : [];
  const scenarios: ScenarioResult[] = [];
  for (const environment of [common.environment, ...environments]) {
    const analysis = environment === common.environment ? declared : analyzePolicy(file, { ...common, environment }, terminal);
    const errors = analysis.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    if (errors.length > 0) return { path: file.name, scenarios: [], errors, sources: analysis.sources };
    for (const scenario of analysis.policy.scenarios) {
      if (scenario.origin.file !== file.name || (only !== undefined && scenario.name !== only)) continue;
      const outcome = simulate(analysis, { scenario: scenario.name }, { readTrace: traceReader(file, common, terminal) });
      const report = outcome.kind === "report" ? outcome.report : undefined;
      const problems = outcome.kind === "refused" ? outcome.diagnostics.map((diagnostic) => diagnostic.message) : report === undefined ? ["the simulation was not run"] : [];
      scenarios.push({ name: scenario.name, environment, report, problems, passed: report?.expectations.every((each) => each.holds) === true });
    }
  }
  return { path: file.name, scenarios, errors: [], sources: declared.sources };
}
