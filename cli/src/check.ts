/** `lbpolicy check`: the diagnostics of policies. */
import { isTargetLimit, kindOf, levels, nearest, registry, withoutRepeats } from "../../language/src/index.ts";
import type { Diagnostic, Severities, Severity } from "../../language/src/index.ts";
import type { Command, Invocation } from "./command.ts";
import { count, diagnosticsText, jsonFiles } from "./diagnostics-report.ts";
import type { Counts, SourceOfFile } from "./diagnostics-report.ts";
import { countOption, formatOption, listOption, targetsOption } from "./options.ts";
import { counted, visibleText } from "./plain-text.ts";
import { checkPolicy, readPolicies, rootOf } from "./policy-files.ts";
import { colorOf } from "./color.ts";
import { WrongUsage } from "./terminal.ts";
import type { ExitCode } from "./terminal.ts";
import { unknownParamsOf } from "./unknown-params.ts";
import type { Checked } from "./unknown-params.ts";

export const checkCommand: Command = {
  name: "check",
  summary: "report the problems of policies",
  help: `Usage: lbpolicy check PATH… [options]

Reports the problems of policies. Of a folder all *.lbpolicy files below it are checked; - is standard input. What a
target cannot carry is looked for in the targets that the policy declares, else in those of lbpolicy.json, else in all;
where that is only information (LBP5xxx) it is left to --format json and the editor.

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
  const checked: Checked[] = [];
  const sources = new Map<string, SourceOfFile>();
  for (const file of files) {
    const { analysis, diagnostics } = checkPolicy(file, common, terminal, { severities, ...(targets === undefined ? {} : { targets }) });
    for (const [name, source] of analysis.sources) sources.set(name, source);
    found.push(...diagnostics);
    checked.push({ analysis, ...rootOf(file, common, terminal) });
  }
  found.push(...unknownParamsOf(checked, severities));
  // Several policies may import one file.
  const diagnostics = withoutRepeats(found);
  const counts = count(diagnostics);
  if (format === "json") {
    terminal.out(`${JSON.stringify({ files: jsonFiles(files.map((file) => file.name), diagnostics, sources), summary: counts }, null, 2)}\n`);
  } else {
    terminal.out(diagnosticsText(diagnostics.filter(isTold), sources, colorOf(common.color, terminal.outIsTerminal, terminal)));
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

/** In the text for people: everything but remarks on targets that leave nothing to do. */
function isTold(diagnostic: Diagnostic): boolean {
  return diagnostic.severity !== "information" || !isTargetLimit(diagnostic.code);
}

function severitiesOf(assignments: readonly string[]): Severities {
  const severities: Record<string, Severity | "off"> = {};
  for (const assignment of assignments) {
    const [, code, word] = /^(LBP\d{4})=(.*)$/su.exec(assignment) ?? [];
    const level = levels.find((candidate) => candidate === word);
    if (code === undefined || level === undefined) {
      throw new WrongUsage(`--severity takes CODE=${levels.join("|")}, such as LBP2010=off, not "${visibleText(assignment)}"`);
    }
    if (kindOf(code) === undefined) {
      const near = nearest(code, registry.map((kind) => kind.code));
      throw new WrongUsage(`--severity: there is no diagnostic ${code}${near === undefined ? "" : `; did you mean ${near}?`}`);
    }
    severities[code] = level;
  }
  return severities;
}
