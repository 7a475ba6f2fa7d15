/** The commands that compile the policy in the editor. */
import * as vscode from "vscode";
import type { CompileParams, CompileResponse, TargetName } from "../../server/src/protocol.ts";
import { compileMethod } from "../../server/src/protocol.ts";
import { doneText, refusalText } from "./output-file.ts";
import type { PolicyServer } from "./policy-server.ts";
import { activePolicy } from "./policy-document.ts";
import { writeOutput } from "./write-output.ts";

const commands: readonly { readonly id: string; readonly target: TargetName; readonly language: string }[] = [
  { id: "lbpolicy.compileNginx", target: "nginx", language: "nginx" },
  { id: "lbpolicy.compileHaproxy", target: "haproxy", language: "haproxy" },
  { id: "lbpolicy.compileKubernetes", target: "kubernetes", language: "yaml" },
];

const statusMs = 10_000;

export function registerCompileCommands(context: vscode.ExtensionContext, server: PolicyServer): void {
  for (const { id, target, language } of commands) {
    context.subscriptions.push(vscode.commands.registerCommand(id, async (resource?: unknown) => {
      const document = await activePolicy(resource);
      if (document !== undefined) await compile(server, document, target, language);
    }));
  }
}

async function compile(server: PolicyServer, document: vscode.TextDocument, target: TargetName, language: string): Promise<void> {
  const params: CompileParams = { uri: document.uri.toString(), target };
  const answer = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Compiling the policy" }, () => server.ask<CompileParams, CompileResponse>(compileMethod, params));
  if (answer.kind === "answer") return present(document, answer.value, language);
  const reason = answer.kind === "failed" ? answer.message : "the language server is not running.";
  const chosen = await vscode.window.showErrorMessage(`The policy was not compiled: ${reason}`, "Restart Language Server");
  if (chosen !== undefined) await server.restart();
}

async function present(document: vscode.TextDocument, response: CompileResponse, language: string): Promise<void> {
  const { text, fileName, mark, problems, notes } = response;
  if (text === "") {
    const errors = problems.filter((problem) => problem.severity === "error").map((problem) => problem.message);
    const chosen = await vscode.window.showErrorMessage(refusalText(nameOf(document.uri), errors), "Show Problems");
    if (chosen !== undefined) await vscode.commands.executeCommand("workbench.actions.view.problems");
    return;
  }
  const differences = notes.filter((note) => note.fidelity !== "information").length;
  if (document.isUntitled) {
    await openBeside(await vscode.workspace.openTextDocument({ content: text, ...(await knows(language) ? { language } : {}) }));
    vscode.window.setStatusBarMessage(doneText(`an untitled ${fileName}`, differences, "written"), statusMs);
    return;
  }
  const output = vscode.Uri.joinPath(document.uri, "..", fileName);
  try {
    const outcome = await writeOutput(output, text, mark);
    if (outcome === "declined") return;
    await openBeside(await vscode.workspace.openTextDocument(output));
    vscode.window.setStatusBarMessage(doneText(fileName, differences, outcome), statusMs);
  } catch (error) {
    void vscode.window.showErrorMessage(`${fileName} was not written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Where it is shown already, else beside the policy; the cursor stays in the policy. */
async function openBeside(document: vscode.TextDocument): Promise<void> {
  const shown = vscode.window.tabGroups.all.find((group) => group.tabs.some((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === document.uri.toString()));
  await vscode.window.showTextDocument(document, { viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside, preserveFocus: true, preview: false });
}

async function knows(language: string): Promise<boolean> {
  return (await vscode.languages.getLanguages()).includes(language);
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf("/") + 1);
}
