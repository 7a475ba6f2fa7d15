/** `lbpolicy fmt`: policies in their canonical layout. */
import { resolve } from "node:path";
import { applyEdits, format } from "../../language/src/index.ts";
import { colorOf } from "./color.ts";
import type { Command, Invocation } from "./command.ts";
import { diagnosticsText } from "./diagnostics-report.ts";
import { hasFlag } from "./options.ts";
import { visibleText } from "./plain-text.ts";
import { analyzePolicy, readPolicies } from "./policy-files.ts";
import type { PolicyFile } from "./policy-files.ts";
import { WrongUsage } from "./terminal.ts";
import type { ExitCode } from "./terminal.ts";
import { writeFiles } from "./write-files.ts";

export const formatCommand: Command = {
  name: "fmt",
  summary: "lay policies out",
  help: `Usage: lbpolicy fmt PATH… [options]

Formats policies in place; of a folder all *.lbpolicy files below it. Standard input (-) goes to standard output.

  --check                 write nothing, list what is not formatted, exit with 1 if there is any
  --stdout                write to standard output instead

Example: lbpolicy fmt samples --check
`,
  options: { check: { type: "boolean" }, stdout: { type: "boolean" } },
  run: runFormat,
};

async function runFormat(invocation: Invocation): Promise<ExitCode> {
  const { args, terminal } = invocation;
  const onlyCheck = hasFlag(args, "check");
  const toOutput = hasFlag(args, "stdout");
  if (onlyCheck && toOutput) throw new WrongUsage("--check and --stdout exclude each other");
  const { files, problems } = await readPolicies(args.positionals, "fmt", terminal);
  let status: ExitCode = 0;
  for (const file of files) {
    const formatted = formattedText(file, invocation);
    if (formatted === undefined) {
      status = 1;
    } else if (onlyCheck) {
      if (formatted === file.text) continue;
      terminal.out(`${visibleText(file.name)}\n`);
      status = 1;
    } else if (toOutput || file.path === undefined) {
      terminal.out(withMark(file, formatted));
    } else if (formatted !== file.text) {
      writeFiles([{ path: resolve(terminal.folder, file.path), text: withMark(file, formatted) }], { kind: "any" });
    }
  }
  for (const problem of problems) terminal.err(`lbpolicy: ${problem}\n`);
  return problems.length > 0 ? 2 : status;
}

/** Undefined where the text cannot be read as a policy: it stays as it is, and the errors are shown. */
function formattedText(file: PolicyFile, { common, terminal }: Invocation): string | undefined {
  const analysis = analyzePolicy(file, common, terminal);
  const syntaxErrors = analysis.refusals.filter((diagnostic) => diagnostic.file === file.name && diagnostic.code.startsWith("LBP1"));
  if (syntaxErrors.length === 0) return applyEdits(file.text, format({ file: file.name, text: file.text }));
  terminal.err(diagnosticsText(syntaxErrors, analysis.sources, colorOf(common.color, terminal.errIsTerminal, terminal)));
  return undefined;
}

function withMark(file: PolicyFile, text: string): string {
  return file.hasByteOrderMark ? `\uFEFF${text}` : text;
}
