/** Results of scenarios as JUnit reads them: a suite for each file, a case for each expectation. */
import { escaped, expectationText, reasonText, worstText } from "../../language/src/index.ts";
import type { FileResult, ScenarioResult } from "./test-results.ts";

export function junitText(files: readonly FileResult[]): string {
  const suites = files.map((file) => {
    const cases = file.scenarios.flatMap((scenario) => casesOf(file.path, scenario));
    const failures = cases.filter((each) => each.failure !== undefined).length;
    return `  <testsuite name="${escaped(file.path)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0">\n${cases.map((each) => each.text).join("")}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("")}</testsuites>\n`;
}

interface Case {
  readonly text: string;
  readonly failure: string | undefined;
}

function casesOf(path: string, scenario: ScenarioResult): readonly Case[] {
  const title = scenario.environment === undefined ? scenario.name : `${scenario.name} (${scenario.environment})`;
  const make = (name: string, failure: string | undefined, detail: string): Case => {
    const head = `    <testcase classname="${escaped(path)}" name="${escaped(name)}"`;
    return { failure, text: failure === undefined ? `${head}/>\n` : `${head}>\n      <failure message="${escaped(failure)}">${escaped(detail)}</failure>\n    </testcase>\n` };
  };
  if (scenario.report === undefined) return [make(title, scenario.problems.join("; "), scenario.problems.join("; "))];
  const { report } = scenario;
  if (report.expectations.length === 0) return [make(title, undefined, "")];
  return report.expectations.map((each) => {
    const words = expectationText(each);
    const worst = worstText(report, each);
    return make(`${title}: ${words.slice(0, words.lastIndexOf(": "))}`, each.holds ? undefined : `${words}${worst === undefined ? "" : `, ${worst}`}`, reasonText(report, each) ?? words);
  });
}
