import assert from "node:assert/strict";
import * as vscode from "vscode";

const EXTENSION_ID = "lbpolicy.lbpolicy";

describe("the extension in VS Code", () => {
  it("starts when a policy is opened, which is then in the language lbpolicy", async () => {
    const [uri] = await vscode.workspace.findFiles("**/*.lbpolicy", null, 1);
    assert.ok(uri, "the opened folder holds no .lbpolicy file");
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    assert.equal(document.languageId, "lbpolicy");
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it("registers every command that its manifest offers", async () => {
    await extension().activate();
    const manifest = extension().packageJSON as {
      readonly contributes: { readonly commands: readonly { readonly command: string }[] };
    };
    const offered = manifest.contributes.commands.map(({ command }) => command);
    assert.notEqual(offered.length, 0);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      offered.filter((command) => !registered.has(command)),
      [],
    );
  });
});

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(EXTENSION_ID);
  assert.ok(found, `${EXTENSION_ID} is not installed`);
  return found;
}
