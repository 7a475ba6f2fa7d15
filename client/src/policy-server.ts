/** The language server as the rest of the extension sees it: questions, and word of its starts and stops. */
import * as vscode from "vscode";
import { CloseAction, ErrorAction, ErrorCodes, LanguageClient, LSPErrorCodes, ResponseError, State, TransportKind } from "vscode-languageclient/node";
import type { ErrorHandler } from "vscode-languageclient/node";
import { createRestartBudget } from "./restart-budget.ts";

export type ServerState = "starting" | "running" | "stopped";

export type Answer<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "cancelled" }
  /** The server was not there. */
  | { readonly kind: "absent" }
  /** The server died before it answered. */
  | { readonly kind: "died" }
  | { readonly kind: "failed"; readonly message: string };

export interface PolicyServer {
  readonly output: vscode.OutputChannel;
  readonly state: () => ServerState;
  readonly version: () => string | undefined;
  readonly onState: vscode.Event<ServerState>;
  readonly start: () => void;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Never rejects. */
  readonly ask: <P, R>(method: string, params: P, signal?: AbortSignal) => Promise<Answer<R>>;
}

const deathsUntilStop = 5;
const deathWindowMs = 3 * 60_000;

export function createPolicyServer(context: vscode.ExtensionContext): PolicyServer {
  const module = context.asAbsolutePath("dist/server.cjs");
  const output = vscode.window.createOutputChannel("LB Policy", { log: true });
  const budget = createRestartBudget(deathsUntilStop, deathWindowMs);
  const changes = new vscode.EventEmitter<ServerState>();
  const watcher = vscode.workspace.createFileSystemWatcher("**/{*.lbpolicy,lbpolicy.json}");
  const restart = async (): Promise<void> => {
    budget.renew();
    if (client.state === State.Running || client.state === State.Starting) await client.stop();
    await startClient();
  };
  const errorHandler: ErrorHandler = {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed: () => {
      if (budget.spend(Date.now())) return { action: CloseAction.Restart, handled: true };
      void offerRestart(output, restart);
      return { action: CloseAction.DoNotRestart, handled: true };
    },
  };
  const client = new LanguageClient("lbpolicy", "LB Policy", {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ["--nolazy", "--inspect=6019"] } },
  }, {
    documentSelector: [{ language: "lbpolicy" }],
    initializationOptions: { diagnostics: "push", watchesFiles: true },
    synchronize: { fileEvents: watcher },
    outputChannel: output,
    errorHandler,
  });
  const startClient = async (): Promise<void> => {
    try {
      await client.start();
    } catch (error) {
      output.error(`The language server did not start: ${messageOf(error)}`);
    }
  };
  context.subscriptions.push(output, changes, watcher, client.onDidChangeState(({ newState }) => changes.fire(stateOf(newState))));
  return {
    output,
    state: () => stateOf(client.state),
    version: () => client.initializeResult?.serverInfo?.version,
    onState: changes.event,
    start: () => void startClient(),
    restart,
    stop: async () => { if (client.state === State.Running) await client.stop(); },
    ask: async (method, params, signal) => {
      const source = new vscode.CancellationTokenSource();
      const cancel = (): void => source.cancel();
      signal?.addEventListener("abort", cancel, { once: true });
      try {
        return { kind: "answer", value: await client.sendRequest(method, params, source.token) };
      } catch (error) {
        return signal?.aborted === true ? { kind: "cancelled" } : failure(error);
      } finally {
        signal?.removeEventListener("abort", cancel);
        source.dispose();
      }
    },
  };
}

async function offerRestart(output: vscode.OutputChannel, restart: () => Promise<void>): Promise<void> {
  const chosen = await vscode.window.showErrorMessage("The LB Policy language server stopped five times within three minutes and is not started again by itself.", "Restart", "Show Output");
  if (chosen === "Restart") await restart();
  else if (chosen === "Show Output") output.show();
}

function failure(error: unknown): Answer<never> {
  if (error instanceof ResponseError) {
    switch (error.code) {
      case LSPErrorCodes.RequestCancelled:
      case LSPErrorCodes.ServerCancelled:
      case LSPErrorCodes.ContentModified: return { kind: "cancelled" };
      case ErrorCodes.ConnectionInactive: return { kind: "absent" };
      case ErrorCodes.PendingResponseRejected: return { kind: "died" };
      default: return { kind: "failed", message: error.message };
    }
  }
  return { kind: "failed", message: messageOf(error) };
}

function stateOf(state: State): ServerState {
  return state === State.Running ? "running" : state === State.Starting ? "starting" : "stopped";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
