/** The scenarios of the workspace's policies in VS Code's Testing view: found, run and judged by the server, as `lbpolicy test` does. */
import * as vscode from "vscode";
import { scenarioListMethod, scenariosMethod } from "../../server/src/protocol.ts";
import type { ScenarioListParams, ScenarioListResponse, ScenarioOutcome, ScenariosParams, ScenariosResponse } from "../../server/src/protocol.ts";
import type { PolicyServer } from "./policy-server.ts";

/** What came of one scenario, as the Testing view shows it. */
export interface ScenarioResult {
  readonly uri: vscode.Uri;
  readonly scenario: string;
  readonly outcome: "passed" | "failed" | "errored" | "skipped";
  readonly messages: readonly string[];
}

export interface ScenarioTests {
  readonly controller: vscode.TestController;
  /** Each result when it is known. */
  readonly onResult: vscode.Event<ScenarioResult>;
}

const pattern = "**/*.lbpolicy";
/** Behind a burst of keystrokes. */
const quietMs = 300;

export function registerScenarioTests(context: vscode.ExtensionContext, server: PolicyServer): ScenarioTests {
  const controller = vscode.tests.createTestController("lbpolicy.scenarios", "LB Policy Scenarios");
  const results = new vscode.EventEmitter<ScenarioResult>();
  const waiting = new Map<string, NodeJS.Timeout>();

  /** A file without scenarios is not listed. */
  const lookAt = async (uri: vscode.Uri): Promise<void> => {
    const answer = await server.ask<ScenarioListParams, ScenarioListResponse>(scenarioListMethod, { uri: uri.toString() });
    const found = answer.kind === "answer" ? answer.value.scenarios : [];
    if (found.length === 0) {
      controller.items.delete(uri.toString());
      return;
    }
    const file = controller.items.get(uri.toString()) ?? controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    file.children.replace(found.map(({ name, range }) => {
      const item = controller.createTestItem(name, name, uri);
      item.range = new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
      return item;
    }));
    controller.items.add(file);
  };
  const lookAtAll = async (): Promise<void> => {
    const uris = await vscode.workspace.findFiles(pattern);
    for (const [id] of controller.items) if (!uris.some((uri) => uri.toString() === id)) controller.items.delete(id);
    for (const uri of uris) await lookAt(uri);
  };
  const lookSoon = (uri: vscode.Uri): void => {
    clearTimeout(waiting.get(uri.toString()));
    waiting.set(uri.toString(), setTimeout(() => {
      waiting.delete(uri.toString());
      void lookAt(uri);
    }, quietMs));
  };

  const run = async (request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> => {
    const testRun = controller.createTestRun(request);
    const abort = new AbortController();
    const listening = token.onCancellationRequested(() => abort.abort());
    const tell = (item: vscode.TestItem, outcome: ScenarioResult["outcome"], messages: readonly vscode.TestMessage[], ms?: number): void => {
      if (outcome === "passed") testRun.passed(item, ms);
      else if (outcome === "skipped") testRun.skipped(item);
      else testRun[outcome](item, [...messages], ms);
      if (item.uri !== undefined) results.fire({ uri: item.uri, scenario: item.id, outcome, messages: messages.map(({ message }) => (typeof message === "string" ? message : message.value)) });
    };
    try {
      for (const item of scenariosIn(request, controller)) {
        if (item.uri === undefined) continue;
        if (token.isCancellationRequested) {
          tell(item, "skipped", []);
          continue;
        }
        testRun.started(item);
        const startedMs = Date.now();
        const answer = await server.ask<ScenariosParams, ScenariosResponse>(scenariosMethod, { uri: item.uri.toString(), scenario: item.id }, abort.signal);
        const ms = Date.now() - startedMs;
        if (answer.kind === "cancelled") tell(item, "skipped", []);
        else if (answer.kind !== "answer") tell(item, "errored", [new vscode.TestMessage(answer.kind === "failed" ? answer.message : "The language server is not running: restart it and run the scenario again.")]);
        else judge(item, answer.value, ms, tell);
      }
    } finally {
      listening.dispose();
      testRun.end();
    }
  };

  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  controller.resolveHandler = (item) => (item === undefined ? lookAtAll() : undefined);
  controller.refreshHandler = lookAtAll;
  controller.createRunProfile("Run", vscode.TestRunProfileKind.Run, run, true);
  context.subscriptions.push(
    controller, results, watcher,
    watcher.onDidCreate(lookSoon), watcher.onDidChange(lookSoon),
    watcher.onDidDelete((uri) => controller.items.delete(uri.toString())),
    vscode.workspace.onDidOpenTextDocument(({ uri, languageId }) => { if (languageId === "lbpolicy") lookSoon(uri); }),
    vscode.workspace.onDidChangeTextDocument(({ document: { uri, languageId } }) => { if (languageId === "lbpolicy") lookSoon(uri); }),
    server.onState((state) => { if (state === "running") void lookAtAll(); }),
  );
  return { controller, onResult: results.event };
}

/** The scenarios that are asked for, each once; all where none is named. */
function scenariosIn({ include, exclude }: vscode.TestRunRequest, controller: vscode.TestController): readonly vscode.TestItem[] {
  const found: vscode.TestItem[] = [];
  const add = (item: vscode.TestItem): void => {
    if (exclude?.includes(item) === true) return;
    if (item.children.size > 0) item.children.forEach(add);
    else if (item.parent !== undefined && !found.includes(item)) found.push(item);
  };
  if (include === undefined) controller.items.forEach(add);
  else include.forEach(add);
  return found;
}

function judge(item: vscode.TestItem, { results, problems }: ScenariosResponse, ms: number, tell: (item: vscode.TestItem, outcome: ScenarioResult["outcome"], messages: readonly vscode.TestMessage[], ms: number) => void): void {
  const [result] = results;
  const refused = [...problems, ...(result?.problems ?? [])];
  if (result === undefined || refused.length > 0) tell(item, "errored", (refused.length > 0 ? refused : [{ message: "The server ran nothing." }]).map(messageOf), ms);
  else tell(item, result.holds ? "passed" : "failed", result.failures.map(messageOf), ms);
}

function messageOf(failure: { readonly message: string } | ScenarioOutcome["failures"][number]): vscode.TestMessage {
  const message = new vscode.TestMessage(failure.message);
  if ("range" in failure) {
    const { start, end } = failure.range;
    message.location = new vscode.Location(vscode.Uri.parse(failure.uri), new vscode.Range(start.line, start.character, end.line, end.character));
  }
  return message;
}
