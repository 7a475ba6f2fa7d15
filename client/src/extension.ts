/** The extension's entry: the language server, the commands, the simulation panel. Holds no knowledge of the language. */
import * as vscode from "vscode";
import { registerCompileCommands } from "./compile.ts";
import type { PolicyServer } from "./policy-server.ts";
import { createPolicyServer } from "./policy-server.ts";
import { registerServerStatus } from "./server-status.ts";
import { registerSimulationPanel } from "./simulation-panel.ts";

let server: PolicyServer | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const created = createPolicyServer(context);
  server = created;
  registerServerStatus(context, created);
  registerCompileCommands(context, created);
  registerSimulationPanel(context, created);
  context.subscriptions.push(
    vscode.commands.registerCommand("lbpolicy.restartServer", () => created.restart()),
    vscode.commands.registerCommand("lbpolicy.showOutput", () => { created.output.show(); }),
  );
  created.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
