import assert from "node:assert/strict";
import * as vscode from "vscode";

/** Opens a sample in an editor and waits until the server has said something of it. */
async function openSample(name: string): Promise<vscode.TextDocument> {
  const [uri] = await vscode.workspace.findFiles(`**/${name}/policy.lbpolicy`, null, 1);
  assert.ok(uri, `there is no sample ${name}`);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  await until("an inlay hint", async () => (await hints(document)).length > 0);
  return document;
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function hints(document: vscode.TextDocument): Promise<readonly string[]> {
  const range = new vscode.Range(0, 0, document.lineCount, 0);
  const found = await vscode.commands.executeCommand<readonly vscode.InlayHint[] | undefined>("vscode.executeInlayHintProvider", document.uri, range);
  return (found ?? []).map((hint) => (typeof hint.label === "string" ? hint.label : hint.label.map((part) => part.value).join("")));
}

async function replace(document: vscode.TextDocument, text: string, replacement: string): Promise<void> {
  const at = document.getText().indexOf(text);
  assert.notEqual(at, -1, `${text} is not in the document`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + text.length)), replacement);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

function errors(document: vscode.TextDocument): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter((diagnostic) => diagnostic.severity === vscode.DiagnosticSeverity.Error);
}

describe("a policy in VS Code", () => {
  it("carries share, load factor and response time of each server", async () => {
    const document = await openSample("shop");
    assert.deepEqual(await hints(document), ["50 % · load 0.83 · 2.0 s", "25 % · load 0.83 · 3.0 s", "25 % · load 0.83 · 4.0 s"]);
  });

  it("carries the members needed at the peak of the demand", async () => {
    const document = await openSample("ai-gateway");
    // The burst ends at 12:40, on the line from 700/s at 12:00 to 1100/s at 20:00: n* = ⌈1.6 · 733.3 / (15 · 0.7)⌉
    const found = await hints(document);
    assert.ok(found.some((hint) => hint.startsWith("112 members at ")), found.join(", "));
  });

  it("has a problem while a mistake stands, at the word, and none after", async () => {
    const document = await openSample("shop");
    await replace(document, "weight 2", "wieght 2");
    await until("the problem", () => errors(document).length > 0);
    const [problem, ...more] = errors(document);
    assert.equal(more.length, 0);
    assert.equal(document.getText(problem?.range), "wieght");
    assert.match(problem?.message ?? "", /weight/);
    await replace(document, "wieght 2", "weight 2");
    await until("no problem", () => errors(document).length === 0);
  });

  it("is formatted as the formatter of the language says", async () => {
    const document = await openSample("shop");
    const canonical = document.getText();
    await replace(document, "  balance fair", "     balance     fair");
    const edits = await vscode.commands.executeCommand<readonly vscode.TextEdit[]>("vscode.executeFormatDocumentProvider", document.uri, { tabSize: 2, insertSpaces: true });
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, [...edits]);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(document.getText(), canonical);
  });

  it("offers the algorithms and strategies behind balance", async () => {
    const document = await openSample("shop");
    const at = document.getText().indexOf("balance fair") + "balance ".length;
    const list = await vscode.commands.executeCommand<vscode.CompletionList>("vscode.executeCompletionItemProvider", document.uri, document.positionAt(at));
    const labels = list.items.map((item) => (typeof item.label === "string" ? item.label : item.label.label));
    for (const expected of ["fair", "round_robin", "least_connections", "power_of_two"]) assert.ok(labels.includes(expected), `${expected} is not among ${labels.join(", ")}`);
  });

  it("is compiled to files beside it", async () => {
    for (const [sample, command, suffix, proof] of [
      ["shop", "lbpolicy.compileNginx", "nginx.conf", "server 10.0.0.11:5000 weight=2"],
      ["shop", "lbpolicy.compileHaproxy", "haproxy.cfg", "server a 10.0.0.11:5000"],
      ["ai-gateway", "lbpolicy.compileKubernetes", "k8s.yaml", 'kind: "HorizontalPodAutoscaler"'],
    ] as const) {
      const document = await openSample(sample);
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand(command);
      const output = vscode.Uri.joinPath(document.uri, "..", `policy.${suffix}`);
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(output));
      assert.ok(text.includes(proof), `${suffix} has no ${proof}`);
    }
  });
});

interface Api {
  readonly scenarioTests: {
    readonly controller: vscode.TestController;
    readonly onResult: vscode.Event<{ readonly uri: vscode.Uri; readonly scenario: string; readonly outcome: string; readonly messages: readonly string[] }>;
  };
}

describe("scenarios in the Testing view", () => {
  it("are listed by file, run by the view's own command, and fail with the figure at the line that expects it", async () => {
    const extension = vscode.extensions.all.find(({ packageJSON }) => (packageJSON as { readonly contributes?: { readonly languages?: readonly { readonly id: string }[] } }).contributes?.languages?.some(({ id }) => id === "lbpolicy") === true);
    const api = await extension?.activate() as Api | undefined;
    assert.ok(api !== undefined, "the extension gives its tests away");
    const document = await openSample("ai-gateway");
    const { controller, onResult } = api.scenarioTests;
    const listed = (): readonly string[] => [...(controller.items.get(document.uri.toString())?.children ?? [])].map(([id]) => id);
    await until("the scenario in the list", () => listed().includes("busy_day"));
    const results: { readonly scenario: string; readonly outcome: string; readonly messages: readonly string[] }[] = [];
    const listening = onResult((result) => { if (result.uri.toString() === document.uri.toString()) results.push(result); });
    try {
      await vscode.commands.executeCommand("testing.runAll");
      await until("the scenario's result", () => results.length > 0);
      assert.deepEqual(results.map(({ scenario, outcome, messages }) => [scenario, outcome, messages]), [["busy_day", "passed", []]]);
      results.length = 0;
      await replace(document, "expect flaps <= 4", "expect flaps < 0");
      await vscode.commands.executeCommand("testing.runAll");
      await until("the other result", () => results.length > 0);
      assert.deepEqual(results.map(({ scenario, outcome }) => [scenario, outcome]), [["busy_day", "failed"]]);
      assert.match(results[0]?.messages[0] ?? "", /flaps/u);
      await replace(document, "expect flaps < 0", "expect flaps <= 4");
    } finally {
      listening.dispose();
    }
  });
});
