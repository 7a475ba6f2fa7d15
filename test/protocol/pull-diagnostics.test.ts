import assert from "node:assert/strict";
import { initialize, ResponseFailure, startLspClient, stop } from "../helpers/lsp-client.ts";
import type { LspClient } from "../helpers/lsp-client.ts";

const uri = "untitled:Policy-1";
const textDocument = { uri };
const capabilities = { textDocument: { diagnostic: {} } };

interface Report { readonly kind: string; readonly resultId?: string; readonly items?: readonly { readonly code: string; readonly message: string }[] }

let client: LspClient;

async function start(more: object): Promise<Readonly<Record<string, unknown>>> {
  client = startLspClient();
  return ((await initialize(client, { ...more })) as { capabilities: Readonly<Record<string, unknown>> }).capabilities;
}

function open(text: string): void {
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "lbpolicy", version: 1, text } });
}

const pushed = (): number => client.received().filter((message) => message.method === "textDocument/publishDiagnostics").length;

describe("diagnostics by pull", () => {
  afterEach(() => stop(client));

  it("are answered to an editor that asks, unchanged ones by their result id, and not pushed as well", async () => {
    const offered = await start({ capabilities });
    assert.deepEqual(offered["diagnosticProvider"], { identifier: "lbpolicy", interFileDependencies: true, workspaceDiagnostics: true });
    open("backend web {\n  balance frist\n  server 10.0.0.1:80\n}\n");
    const ask = (previousResultId?: string): Promise<Report> => client.request("textDocument/diagnostic", { textDocument, ...(previousResultId === undefined ? {} : { previousResultId }) });
    const first = await ask();
    assert.deepEqual([first.kind, first.items?.filter((item) => item.code === "LBP2001").length], ["full", 1]);
    assert.deepEqual(await ask(first.resultId), { kind: "unchanged", resultId: first.resultId });
    client.notify("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges: [{ text: "backend web {\n  balance first\n  server 10.0.0.1:80\n}\n" }] });
    const second = await ask(first.resultId);
    assert.deepEqual([second.kind, second.items?.some((item) => item.code === "LBP2001")], ["full", false]);
    assert.notEqual(second.resultId, first.resultId);
    assert.equal(pushed(), 0);
    await assert.rejects(client.request("textDocument/diagnostic", {}), (error) => error instanceof ResponseFailure && error.code === -32602);
  });

  it("are pushed to an editor that prefers it, and to one that cannot ask", async () => {
    for (const more of [{ capabilities, initializationOptions: { diagnostics: "push" } }, {}]) {
      const offered = await start(more);
      assert.equal(offered["diagnosticProvider"], undefined);
      open("backend web {\n  balance frist\n}\n");
      await client.next((message) => message.method === "textDocument/publishDiagnostics");
      await stop(client);
    }
  });
});
