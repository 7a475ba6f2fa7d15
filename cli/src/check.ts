/** `lbpolicy check`: the diagnostics of policies. */
import type { Diagnostic, Severity } from "../../language/src/index.ts";
import type { Command, Invocation } from "./command.ts";
import { count, diagnosticsText, jsonFiles, withoutRepeats } from "./diagnostics-report.ts";
import type { Counts, SourceOfFile } from "./diagnostics-report.ts";
import { countOption, formatOption, listOption, targetsOption } from "./options.ts";
import { counted, visibleText } from "./plain-text.ts";
import { analyzePolicy, readPolicies } from "./policy-files.ts";
import { colorOf } from "./color.ts";
import { WrongUsage } from "./terminal.ts";
import type { ExitCode } from "./terminal.ts";

export const checkCommand: Command = {
  name: "check",
  summary: "report the problems of policies",
  help: `Usage: lbpolicy check PATH… [options]

Reports the problems of policies. Of a folder all *.lbpolicy files below it are checked; - is standard input.

  --format text|json      how to report (text)
  --max-warnings N        exit with 1 also if there are more than N warnings
  --target T,…            targets to check for: nginx, haproxy, kubernetes
  --severity CODE=LEVEL   error, warning, information, hint or off; may be repeated

Example: lbpolicy check samples --max-warnings 0
`,
  options: {
    format: { type: "string" },
    "max-warnings": { type: "string" },
    target: { type: "string" },
    severity: { type: "string", multiple: true },
  },
  run: check,
};

async function check(invocation: Invocation): Promise<ExitCode> {
  const { args, common, terminal } = invocation;
  const format = formatOption(args, ["text", "json"], ["sarif", "github"]);
  const maxWarnings = countOption(args, "max-warnings");
  const targets = targetsOption(args, "target");
  const severities = severitiesOf(listOption(args, "severity"));
  const { files, problems } = await readPolicies(args.positionals, "check", terminal);

  const found: Diagnostic[] = [];
  const sources = new Map<string, SourceOfFile>();
  for (const file of files) {
    const extra = { severities, ...(targets === undefined ? {} : { targets }) };
    const analysis = analyzePolicy(file, common, terminal, extra);
    for (const [name, source] of analysis.sources) sources.set(name, source);
    found.push(...analysis.diagnostics);
    const environments = common.environment === undefined ? [...analysis.scopes.environment.byName.keys()] : [];
    for (const environment of environments) {
      const under = analyzePolicy(file, { ...common, environment }, terminal, extra);
      found.push(...under.diagnostics.map((diagnostic) => ({ ...diagnostic, environment })));
    }
  }
  // What arises with the declared values comes first and is told without an environment.
  const diagnostics = withoutRepeats(found);
  const counts = count(diagnostics);
  if (format === "json") {
    terminal.out(`${JSON.stringify({ files: jsonFiles(files.map((file) => file.name), diagnostics, sources), summary: counts }, null, 2)}\n`);
  } else {
    terminal.out(diagnosticsText(diagnostics, sources, colorOf(common.color, terminal.outIsTerminal, terminal)));
    if (counts.errors + counts.warnings > 0) terminal.err(`${summary(counts)}\n`);
  }
  for (const problem of problems) terminal.err(`lbpolicy: ${problem}\n`);
  if (problems.length > 0) return 2;
  if (counts.errors > 0) return 1;
  if (maxWarnings === undefined || counts.warnings <= maxWarnings) return 0;
  terminal.err(`lbpolicy: ${counted(counts.warnings, "warning")}, more than the ${maxWarnings} of --max-warnings\n`);
  return 1;
}

function summary(counts: Counts): string {
  return [counts.errors > 0 ? counted(counts.errors, "error") : "", counts.warnings > 0 ? counted(counts.warnings, "warning") : ""]
    .filter((part) => part !== "").join(", ");
}

const levels: readonly (Severity | "off")[] = ["error", "warning", "information", "hint", "off"];

function severitiesOf(assignments: readonly string[]): Readonly<Record<string, Severity | "off">> {
  const severities: Record<string, Severity | "off"> = {};
  for (const assignment of assignments) {
    const [, code, word] = /^(LBP\d{4})=(.*)$/su.exec(assignment) ?? [];
    const level = levels.find((candidate) => candidate === word);
    if (code === undefined || level === undefined) {
      throw new WrongUsage(`--severity takes CODE=${levels.join("|")}, such as LBP4001=off, not "${visibleText(assignment)}"`);
    }
    severities[code] = level;
  }
  return severities;
}
