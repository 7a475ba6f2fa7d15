import assert from "node:assert/strict";
import { sampleText } from "../helpers/analyzed.ts";
import { initialize, ResponseFailure, startLspClient, stop } from "../helpers/lsp-client.ts";
import type { LspClient } from "../helpers/lsp-client.ts";

interface Position { readonly line: number; readonly character: number }
interface Range { readonly start: Position; readonly end: Position }
interface Edit { readonly range: Range; readonly newText: string }

const uri = "untitled:Policy-1";
const textDocument = { uri };

let client: LspClient;
let capabilities: Readonly<Record<string, unknown>>;

function open(text: string): void {
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "lbpolicy", version: 1, text } });
}

function change(version: number, text: string): void {
  client.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
}

describe("requests for editing", () => {
  afterEach(() => stop(client));
  beforeEach(async () => {
    client = startLspClient();
    ({ capabilities } = (await initialize(client)) as { capabilities: Readonly<Record<string, unknown>> });
  });

  it("refuse bad parameters with -32602", async () => {
    open(sampleText("shop"));
    for (const method of ["textDocument/codeAction"]) {
      for (const params of [{}, { textDocument: {} }, { textDocument, range: { start: 5 }, positions: [5], position: { line: -1 }, context: { only: 5 } }]) {
        await assert.rejects(client.request(method, params), (error) => error instanceof ResponseFailure && error.code === -32602, `${method} ${JSON.stringify(params)}`);
      }
    }
  });

  it("textDocument/codeAction answers fixes, and everything at once for source.fixAll", async () => {
    assert.deepEqual(capabilities["codeActionProvider"], { codeActionKinds: ["quickfix", "source.fixAll.lbpolicy"] });
    open("backend web {\n  balance frist\n  server 10.0.0.1:80\n}\n");
    interface Action { readonly title: string; readonly kind: string; readonly edit: { readonly changes: Readonly<Record<string, readonly Edit[]>> } }
    const ask = (only?: readonly string[]): Promise<readonly Action[]> => client.request("textDocument/codeAction", { textDocument, range: { start: { line: 1, character: 11 }, end: { line: 1, character: 11 } }, context: { diagnostics: [], ...(only === undefined ? {} : { only }) } });
    const edit = { range: { start: { line: 1, character: 10 }, end: { line: 1, character: 15 } }, newText: "first" };
    const [fix] = await ask();
    assert.deepEqual([fix?.title, fix?.kind, fix?.edit.changes], ["Write first", "quickfix", { [uri]: [edit] }]);
    const all = await ask(["source.fixAll"]);
    assert.deepEqual(all.map((action) => [action.kind, action.edit.changes]), [["source.fixAll.lbpolicy", { [uri]: [edit] }]]);
    change(2, "");
    assert.deepEqual(await ask(), []);
  });
});
