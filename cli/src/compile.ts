/** `lbpolicy compile`: configuration files of a policy, to standard output or written whole. */
import { resolve, join } from "node:path";
import { compile, generatedMark, targetNames, withoutRepeats } from "../../language/src/index.ts";
import type { Analysis, CompileResult, TargetName } from "../../language/src/index.ts";
import { colorOf } from "./color.ts";
import type { Command, Invocation } from "./command.ts";
import { count, diagnosticsText } from "./diagnostics-report.ts";
import { shownName } from "./file-names.ts";
import { choiceOption, hasFlag, textOption } from "./options.ts";
import { parityTable } from "./parity-table.ts";
import { counted, visibleText } from "./plain-text.ts";
import { analyzePolicy, readOnePolicy, stemOf } from "./policy-files.ts";
import type { PolicyFile } from "./policy-files.ts";
import { remarksText } from "./remarks.ts";
import { WrongUsage } from "./terminal.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { verify } from "./verify.ts";
import { interrupted, leftBehind, presentText, writeFiles } from "./write-files.ts";
import type { Output } from "./write-files.ts";

export const compileCommand: Command = {
  name: "compile",
  summary: "write nginx.conf, haproxy.cfg or Kubernetes manifests",
  help: `Usage: lbpolicy compile FILE --target nginx|haproxy|kubernetes|all [options]

Compiles a policy to standard output, or into files. Files are written whole or not at all.

  --target T              nginx, haproxy, kubernetes or all
  --out PATH              a file; for all targets a folder; for kubernetes with a PATH that ends in /
                          one file per object and a kustomization
  --force                 overwrite files that lbpolicy did not generate
  --check                 write nothing, exit with 1 if the files at --out are stale
  --verify                have nginx -t and haproxy -c check the files first, where they are installed
  --report                print what nginx, HAProxy and Kubernetes make of each construct, and what differs

Example: lbpolicy compile shop.lbpolicy --target haproxy --out /etc/haproxy/haproxy.cfg
`,
  options: {
    target: { type: "string" },
    out: { type: "string" },
    force: { type: "boolean" },
    check: { type: "boolean" },
    report: { type: "boolean" },
    verify: { type: "boolean" },
  },
  run: runCompile,
};

const fileNameEnds: Readonly<Record<TargetName, string>> = { nginx: "nginx.conf", haproxy: "haproxy.cfg", kubernetes: "k8s.yaml" };

async function runCompile(invocation: Invocation): Promise<ExitCode> {
  const { args, common, terminal } = invocation;
  const choice = choiceOption(args, "target", [...targetNames, "all"]);
  if (choice === undefined) throw new WrongUsage(`compile needs --target ${targetNames.join("|")}|all`);
  const out = textOption(args, "out");
  if (choice === "all" && out === undefined) throw new WrongUsage("--target all writes several files: name their folder with --out");
  if (hasFlag(args, "check") && out === undefined) throw new WrongUsage("--check compares files: name them with --out");
  if (out === "") throw new WrongUsage("--out needs a path");
  if (choice !== "all" && choice !== "kubernetes" && out?.endsWith("/") === true) {
    throw new WrongUsage(`--out ${visibleText(out)}: ${choice} is one file; only kubernetes and all write into a folder`);
  }

  if (hasFlag(args, "verify") && choice === "kubernetes") throw new WrongUsage("--verify runs nginx or haproxy; manifests are checked whenever they are compiled");

  const file = await readOnePolicy(args.positionals, "compile", terminal);
  const targets = choice === "all" ? targetNames : [choice];
  const analysis = analyzePolicy(file, common, terminal, { targets });
  const results = targets.map((target) => compile(analysis, target));
  if (reportProblems(analysis, results, invocation) > 0) return 1;

  if (hasFlag(args, "verify") && (await verifiedWithErrors(analysis, targets, invocation)) > 0) return 1;

  const report = hasFlag(args, "report") ? parityTable(targetNames.map((target) => results.find((result) => result.target === target) ?? compile(analysis, target)), analysis.sources) : "";
  if (out === undefined) {
    terminal.out(results.map((result) => result.text).join(""));
    terminal.err(report);
    return 0;
  }
  const outputs = outputsOf(file, results, out, choice, terminal);
  terminal.out(report);
  const status = hasFlag(args, "check") ? compareWithPresent(outputs, terminal) : write(outputs, hasFlag(args, "force"), terminal);
  const orphans = choice === "kubernetes" && out.endsWith("/") ? leftBehind(resolve(terminal.folder, out), outputs, generatedMark) : [];
  for (const orphan of orphans) terminal.err(`lbpolicy: ${visibleText(shownName(orphan, terminal.folder))} was generated earlier and is not part of the output any more\n`);
  return hasFlag(args, "check") && orphans.length > 0 ? 1 : status;
}

/** Words about the policy and its targets; answers the number of errors. */
function reportProblems(analysis: Analysis, results: readonly CompileResult[], { common, terminal }: Invocation): number {
  const diagnostics = withoutRepeats([...analysis.refusals, ...analysis.policyDiagnostics, ...results.flatMap((result) => result.diagnostics)]);
  const serious = diagnostics.filter((diagnostic) => diagnostic.severity === "error" || diagnostic.severity === "warning");
  terminal.err(diagnosticsText(serious, analysis.sources, colorOf(common.color, terminal.errIsTerminal, terminal)));
  const { errors } = count(diagnostics);
  if (errors > 0) terminal.err(`lbpolicy: nothing was compiled because of ${counted(errors, "error")}\n`);
  return errors;
}

/** Says what the programs say of their files, at the policy's lines; answers the number of errors. */
async function verifiedWithErrors(analysis: Analysis, targets: readonly TargetName[], { common, terminal }: Invocation): Promise<number> {
  let errors = 0;
  for (const program of targets) {
    if (program === "kubernetes") continue;
    const remarks = await verify(analysis, program, terminal);
    terminal.err(remarksText(remarks, analysis.sources, colorOf(common.color, terminal.errIsTerminal, terminal)));
    errors += remarks.filter((remark) => remark.severity === "error").length;
  }
  if (errors > 0) terminal.err(`lbpolicy: nothing was written because of ${counted(errors, "error")}\n`);
  return errors;
}

/** The files of a set in the order in which they are renamed: by name, the kustomization that refers to the others last. */
function outputsOf(file: PolicyFile, results: readonly CompileResult[], out: string, choice: TargetName | "all", terminal: Terminal): readonly Output[] {
  const path = resolve(terminal.folder, out);
  if (choice === "all") return results.map((result) => ({ path: join(path, `${stemOf(file)}.${fileNameEnds[result.target]}`), text: result.text }));
  const [result] = results;
  if (result === undefined) return [];
  if (!out.endsWith("/")) return [{ path, text: result.text }];
  return result.files
    .map((each) => ({ path: join(path, each.name), text: each.text }))
    .sort((a, b) => renameOrder(a.path) - renameOrder(b.path) || (a.path < b.path ? -1 : 1));
}

function renameOrder(path: string): number {
  return path.endsWith("kustomization.yaml") ? 1 : 0;
}

function write(outputs: readonly Output[], force: boolean, terminal: Terminal): ExitCode {
  const unfinished = interrupted(outputs);
  writeFiles(outputs, force ? { kind: "any" } : { kind: "marked", mark: generatedMark });
  for (const output of unfinished) terminal.err(`lbpolicy: an earlier compile of ${visibleText(shownName(output.path, terminal.folder))} was interrupted; its files are whole now\n`);
  return 0;
}

function compareWithPresent(outputs: readonly Output[], terminal: Terminal): ExitCode {
  for (const output of interrupted(outputs)) terminal.err(`lbpolicy: an earlier compile of ${visibleText(shownName(output.path, terminal.folder))} was interrupted\n`);
  const stale = outputs.filter((output) => {
    const present = presentText(output.path);
    return present === undefined || withoutVersion(present) !== withoutVersion(output.text);
  });
  for (const output of stale) {
    terminal.out(`${visibleText(shownName(output.path, terminal.folder))}: ${presentText(output.path) === undefined ? "missing" : "stale"}\n`);
  }
  return stale.length > 0 ? 1 : 0;
}

/** The tool's version in the head of a file does not make it stale. */
function withoutVersion(text: string): string {
  return text.replace(/^#.*\blbpolicy \d+\.\d+\.\d+.*$/mu, "");
}
