/** The extension's entry: the language server, the commands, the simulation panel. Holds no knowledge of the language. */
import * as vscode from "vscode";
import { registerCompileCommands } from "./compile.ts";
import type { PolicyServer } from "./policy-server.ts";
import { createPolicyServer } from "./policy-server.ts";
import type { ScenarioTests } from "./scenario-tests.ts";
import { registerScenarioTests } from "./scenario-tests.ts";
import { registerServerStatus } from "./server-status.ts";
import { registerSimulationPanel } from "./simulation-panel.ts";

let server: PolicyServer | undefined;

/** What other extensions, and tests, may use. */
export interface Api {
  readonly scenarioTests: ScenarioTests;
}

export function activate(context: vscode.ExtensionContext): Api {
  const created = createPolicyServer(context);
  server = created;
  registerServerStatus(context, created);
  registerCompileCommands(context, created);
  registerSimulationPanel(context, created);
  const scenarioTests = registerScenarioTests(context, created);
  context.subscriptions.push(
    vscode.commands.registerCommand("lbpolicy.restartServer", () => created.restart()),
    vscode.commands.registerCommand("lbpolicy.showOutput", () => { created.output.show(); }),
  );
  created.start();
  return { scenarioTests };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
