/** `lbpolicy test`: the scenarios of policies and whether what they expect holds. */
import { expectationText, reasonText } from "../../language/src/index.ts";
import { colorOf } from "./color.ts";
import type { Command, Invocation } from "./command.ts";
import { diagnosticsText } from "./diagnostics-report.ts";
import { sixDigits } from "./figures.ts";
import { junitText } from "./junit.ts";
import { formatOption, textOption } from "./options.ts";
import { counted, visibleText } from "./plain-text.ts";
import { readPolicies } from "./policy-files.ts";
import { expectationLines } from "./simulation-text.ts";
import { Refusal, WrongUsage } from "./terminal.ts";
import type { ExitCode } from "./terminal.ts";
import { runScenarios } from "./test-results.ts";
import type { FileResult, ScenarioResult } from "./test-results.ts";

export const testCommand: Command = {
  name: "test",
  summary: "run scenarios and judge what they expect",
  help: `Usage: lbpolicy test PATH… [options]

Runs the scenarios of policies, with the declared values and in every environment. Of a folder all *.lbpolicy files below
it are run; - is standard input. Of an expectation that does not hold the figure, the worst time and the reason are told.

  --scenario NAME         only this one
  --format F              text, json or junit (text)

Example: lbpolicy test samples --format junit
`,
  options: { scenario: { type: "string" }, format: { type: "string" } },
  run: runTest,
};

async function runTest(invocation: Invocation): Promise<ExitCode> {
  const { args, common, terminal } = invocation;
  const format = formatOption(args, ["text", "json", "junit"], []);
  const only = textOption(args, "scenario");
  const { files, problems } = await readPolicies(args.positionals, "test", terminal);
  const results = files.map((file) => runScenarios(file, common, terminal, only));
  const scenarios = results.flatMap((result) => result.scenarios);
  const failed = scenarios.filter((scenario) => !scenario.passed).length;
  const broken = results.filter((result) => result.errors.length > 0);
  if (scenarios.length === 0 && broken.length === 0 && problems.length === 0) {
    if (only !== undefined) throw new WrongUsage(`there is no scenario "${visibleText(only)}"`);
    throw new Refusal("there is no scenario to run");
  }
  if (format === "json") terminal.out(jsonText(results));
  else if (format === "junit") terminal.out(junitText(results));
  else terminal.out(results.map(fileText).join(""));
  for (const { errors, sources } of broken) terminal.err(diagnosticsText(errors, sources, colorOf(common.color, terminal.errIsTerminal, terminal)));
  for (const problem of problems) terminal.err(`lbpolicy: ${problem}\n`);
  if (format === "text") terminal.err(`${counted(scenarios.length, "scenario")}, ${scenarios.length - failed} passed, ${failed} failed\n`);
  if (problems.length > 0) return 2;
  return failed > 0 || broken.length > 0 ? 1 : 0;
}

function fileText(file: FileResult): string {
  return file.scenarios.map((scenario) => {
    const lines = scenario.report === undefined ? scenario.problems.map((problem) => `refused        ${visibleText(problem)}`) : expectationLines(scenario.report);
    return `${scenario.passed ? "passed" : "FAILED"}  ${visibleText(file.path)}  ${visibleText(titleOf(scenario))}\n${lines.map((line) => `        ${line}\n`).join("")}`;
  }).join("");
}

function titleOf({ name, environment }: ScenarioResult): string {
  return environment === undefined ? name : `${name} (environment ${environment})`;
}

/** Paths, scenarios, and each expectation with its figure, its worst time in seconds since the start, and its words. */
function jsonText(files: readonly FileResult[]): string {
  const scenarios = files.flatMap((file) => file.scenarios);
  const passed = scenarios.filter((scenario) => scenario.passed).length;
  const shown = {
    files: files.map((file) => ({
      path: file.path,
      scenarios: file.scenarios.map(({ name, environment, passed: hasPassed, report, problems }) => ({
        name,
        ...(environment === undefined ? {} : { environment }),
        passed: hasPassed,
        ...(report === undefined ? { problems } : {
          backend: report.backend,
          expectations: report.expectations.map((each) => ({ ...each, text: expectationText(each), ...(each.holds ? {} : { reason: reasonText(report, each) ?? null }) })),
          summary: report.summary,
        }),
      })),
    })),
    summary: { passed, failed: scenarios.length - passed, errors: files.reduce((sum, file) => sum + file.errors.length, 0) },
  };
  return `${JSON.stringify(shown, sixDigits, 2)}\n`;
}
