/** The webview beside the text: one per policy, alive across a reload of the window. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { SimulateParams, SimulateResponse } from "../../server/src/protocol.ts";
import { simulateMethod } from "../../server/src/protocol.ts";
import type { Choice, PanelMessage } from "../webview/messages.ts";
import { defaultChoice, parsePanelMessage, parsePanelState } from "../webview/messages.ts";
import { exportName, reportCsv, reportJson } from "./export-report.ts";
import { panelHtml } from "./panel-html.ts";
import { activePolicy } from "./policy-document.ts";
import type { PolicyServer } from "./policy-server.ts";
import type { PolicyText, SimulationSession } from "./simulation-session.ts";
import { createSession } from "./simulation-session.ts";

const viewType = "lbpolicy.simulation";

export function registerSimulationPanel(context: vscode.ExtensionContext, server: PolicyServer): void {
  const panels = new Map<string, vscode.WebviewPanel>();
  const media = vscode.Uri.joinPath(context.extensionUri, "dist", "webview");
  const options: vscode.WebviewOptions = { enableScripts: true, enableForms: false, localResourceRoots: [media] };
  const open = (panel: vscode.WebviewPanel, uri: vscode.Uri, choice: Choice): void => {
    panels.set(uri.toString(), panel);
    panel.onDidDispose(() => panels.delete(uri.toString()));
    panel.iconPath = { light: vscode.Uri.joinPath(context.extensionUri, "media", "file-light.svg"), dark: vscode.Uri.joinPath(context.extensionUri, "media", "file-dark.svg") };
    connect(panel, uri, choice, server, media);
  };
  context.subscriptions.push(
    vscode.commands.registerCommand("lbpolicy.previewSimulation", async (resource?: unknown) => {
      const document = await activePolicy(resource);
      if (document === undefined) return;
      const existing = panels.get(document.uri.toString());
      if (existing !== undefined) return existing.reveal(undefined, true);
      const panel = vscode.window.createWebviewPanel(viewType, `Scaling of ${nameOf(document.uri)}`, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, options);
      open(panel, document.uri, defaultChoice);
    }),
    vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel, kept) => {
        const state = parsePanelState(kept);
        if (state === undefined) return panel.dispose();
        panel.webview.options = options;
        open(panel, vscode.Uri.parse(state.uri, true), state.choice);
      },
    }),
  );
}

function connect(panel: vscode.WebviewPanel, uri: vscode.Uri, choice: Choice, server: PolicyServer, media: vscode.Uri): void {
  const { webview } = panel;
  const file = createSavedText(uri);
  let isReady = false;
  const session = createSession(uri.toString(), nameOf(uri), choice, {
    read: async () => {
      const document = await vscode.workspace.openTextDocument(uri);
      return { text: document.getText(), version: document.version, saved: await file.read(document) } satisfies PolicyText;
    },
    ask: (params, signal) => server.ask<SimulateParams, SimulateResponse>(simulateMethod, params, signal),
    post: (message) => { if (isReady) void webview.postMessage(message); },
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  });
  // a hidden panel shows nothing and says `ready` again when it is seen
  const refresh = (): void => { if (panel.visible) session.refresh(); };
  const isOurs = (document: vscode.TextDocument): boolean => document.uri.toString() === uri.toString();
  const subscriptions = [
    webview.onDidReceiveMessage((raw: unknown) => {
      const message = parsePanelMessage(raw);
      if (message?.type === "ready") isReady = true;
      if (message !== undefined) receive(message, session, uri);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => { if (isOurs(document) && contentChanges.length > 0) refresh(); }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (!isOurs(document)) return;
      file.saved(document);
      refresh();
    }),
    server.onState((state) => { if (state === "running") refresh(); }),
  ];
  panel.onDidDispose(() => {
    session.dispose();
    for (const subscription of subscriptions) subscription.dispose();
  });
  webview.html = panelHtml({
    scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(media, "panel.js")).toString(),
    styleUri: webview.asWebviewUri(vscode.Uri.joinPath(media, "panel.css")).toString(),
    cspSource: webview.cspSource,
    nonce: randomBytes(24).toString("base64"),
  });
}

function receive(message: PanelMessage, session: SimulationSession, uri: vscode.Uri): void {
  switch (message.type) {
    case "ready":
      // a panel that was hidden begins anew: it gets what there is, then what is new
      session.show();
      return session.refresh();
    case "choose": return session.choose(message.choice);
    case "retry": return session.retry();
    case "export": return void exportReport(session, uri);
    case "reveal": return void revealProblem(session, message.problem);
  }
}

async function revealProblem(session: SimulationSession, index: number): Promise<void> {
  const { status } = session.view();
  const problem = status.kind === "stale" ? status.problems[index] : undefined;
  if (problem === undefined) return;
  const { start, end } = problem.range;
  const target = vscode.Uri.parse(problem.uri, true);
  const column = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === target.toString())?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(target, { viewColumn: column, selection: new vscode.Range(start.line, start.character, end.line, end.character) });
}

async function exportReport(session: SimulationSession, uri: vscode.Uri): Promise<void> {
  const { report } = session.view();
  if (report === null) return;
  const chosen = await vscode.window.showQuickPick([
    { label: "CSV", description: "one row per step", extension: "csv" as const, write: reportCsv },
    { label: "JSON", description: "the whole report", extension: "json" as const, write: reportJson },
  ], { title: "Export the simulation", placeHolder: "Format" });
  if (chosen === undefined) return;
  const name = exportName(nameOf(uri), report.backend, chosen.extension);
  const target = await vscode.window.showSaveDialog({
    title: "Export the simulation",
    filters: { [chosen.label]: [chosen.extension] },
    ...(uri.scheme === "untitled" ? {} : { defaultUri: vscode.Uri.joinPath(uri, "..", name) }),
  });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(chosen.write(report)));
    vscode.window.setStatusBarMessage(`Exported ${nameOf(target)}`, 10_000);
  } catch (error) {
    void vscode.window.showErrorMessage(`${nameOf(target)} was not written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The text as it was last saved: the document's while it is clean, else what was seen at the last save, else what the disk holds. */
function createSavedText(uri: vscode.Uri): { readonly read: (document: vscode.TextDocument) => Promise<string | undefined>; readonly saved: (document: vscode.TextDocument) => void } {
  let text: string | undefined;
  return {
    saved: (document) => { text = document.getText(); },
    read: async (document) => {
      if (document.isUntitled) return undefined;
      if (!document.isDirty) text = document.getText();
      if (text === undefined) {
        try {
          text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
        } catch {
          return undefined;
        }
      }
      return text;
    },
  };
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf("/") + 1);
}
