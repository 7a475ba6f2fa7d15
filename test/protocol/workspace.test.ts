/** Files that are not open, positions in other units, what the editor is asked to watch. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LspClient, Message } from "../helpers/lsp-client.ts";
import { initialize, ResponseFailure, startLspClient, stop } from "../helpers/lsp-client.ts";
import { makeFolder } from "../helpers/run-cli.ts";

interface Shown { readonly uri: string; readonly version?: number; readonly diagnostics: readonly { readonly code: string; readonly severity: number; readonly range: { readonly start: { readonly line: number; readonly character: number } } }[] }
interface Report { readonly items: readonly { readonly uri: string; readonly kind: string; readonly resultId?: string; readonly version: number | null; readonly items?: readonly { readonly code: string; readonly severity: number }[] }[] }

let client: LspClient;
let folder: ReturnType<typeof makeFolder>;
const uriOf = (name: string): string => pathToFileURL(join(folder.path, name)).href;

async function start(files: Readonly<Record<string, string>>, more: object = {}): Promise<{ capabilities: Readonly<Record<string, unknown>> }> {
  folder = makeFolder(files);
  client = startLspClient();
  return await initialize(client, { workspaceFolders: [{ uri: pathToFileURL(folder.path).href, name: "w" }], ...more }) as { capabilities: Readonly<Record<string, unknown>> };
}

function open(name: string, text: string): void {
  client.notify("textDocument/didOpen", { textDocument: { uri: uriOf(name), languageId: "lbpolicy", version: 1, text } });
}

function isFor(name: string): (message: Message) => boolean {
  return ({ method, params }) => method === "textDocument/publishDiagnostics" && (params as Shown).uri === uriOf(name);
}

const errorsOf = (message: Message): readonly string[] => (message.params as Shown).diagnostics.filter((each) => each.severity === 1).map((each) => `${each.range.start.line} ${each.code}`);

describe("diagnostics of files that are not open", () => {
  afterEach(async () => {
    await stop(client);
    folder.remove();
  });

  it("are told at an imported file while an open policy reads it, once, and not over those of the open file", async () => {
    const main = 'import "common.lbpolicy"\nbackend b { balance s server 10.0.0.1:80 }\n';
    await start({ "common.lbpolicy": "strategy s {\n  algorithm firts\n}\n", "main.lbpolicy": main });
    open("main.lbpolicy", main);
    const [told, ...more] = errorsOf(await client.next(isFor("common.lbpolicy")));
    assert.match(told ?? "", /^1 LBP/u);
    assert.deepEqual(more, []);
    open("common.lbpolicy", "strategy s {\n  algorithm first\n}\n");
    assert.deepEqual(errorsOf(await client.next(isFor("common.lbpolicy"))), []);
    client.notify("textDocument/didClose", { textDocument: { uri: uriOf("common.lbpolicy") } });
    assert.deepEqual(errorsOf(await client.next(isFor("common.lbpolicy"))), [], "what was shown of the open text goes");
    assert.deepEqual(errorsOf(await client.next(isFor("common.lbpolicy"))), [told], "the file on disk counts again");
    client.notify("textDocument/didClose", { textDocument: { uri: uriOf("main.lbpolicy") } });
    assert.deepEqual(errorsOf(await client.next(isFor("common.lbpolicy"))), []);
  });

  it("are answered for the whole workspace, with result ids and progress; what is unchanged is not sent again", async () => {
    const good = "backend b { server 10.0.0.1:80 }\n";
    await start({ "a.lbpolicy": "backend b { balance nobody server 10.0.0.1:80 }\n", "sub/b.lbpolicy": good, ".hidden/c.lbpolicy": "x", "node_modules/d.lbpolicy": "x", "e.txt": "x" }, { capabilities: { textDocument: { diagnostic: {} } } });
    const first = await client.request<Report>("workspace/diagnostic", { previousResultIds: [], workDoneToken: 1 });
    assert.deepEqual(first.items.map((each) => [each.uri, each.kind, each.version]), [[uriOf("a.lbpolicy"), "full", null], [uriOf("sub/b.lbpolicy"), "full", null]]);
    assert.equal(first.items[0]?.items?.filter((each) => each.severity === 1).length, 1);
    assert.deepEqual(client.received().filter(({ method }) => method === "$/progress").map(({ params }) => (params as { value: { kind: string } }).value.kind), ["begin", "report", "report", "end"]);
    writeFileSync(join(folder.path, "a.lbpolicy"), good);
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf("a.lbpolicy"), type: 2 }] });
    const second = await client.request<Report>("workspace/diagnostic", { previousResultIds: [...first.items.map((each) => ({ uri: each.uri, value: each.resultId })), { uri: uriOf("gone.lbpolicy"), value: "7" }] });
    assert.deepEqual(second.items.map((each) => [each.uri, each.kind]), [[uriOf("a.lbpolicy"), "full"], [uriOf("sub/b.lbpolicy"), "unchanged"], [uriOf("gone.lbpolicy"), "full"]]);
    assert.deepEqual(second.items[0]?.items?.filter((each) => each.severity === 1), []);
    await assert.rejects(client.request("workspace/diagnostic", {}), (error) => error instanceof ResponseFailure && error.code === -32602);
  });

  it("are given up between two files when they are cancelled", async () => {
    await start(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i}.lbpolicy`, "backend b { server 10.0.0.1:80 }\n"])), { capabilities: { textDocument: { diagnostic: {} } } });
    client.send({ id: "all", method: "workspace/diagnostic", params: { previousResultIds: [] } });
    client.send({ method: "$/cancelRequest", params: { id: "all" } });
    assert.equal((await client.next((message) => message.id === "all")).error?.code, -32800);
  });
});

describe("what the editor is asked to do", () => {
  afterEach(async () => {
    await stop(client);
    folder.remove();
  });

  it("is to watch policies and lbpolicy.json, unless it says that it does", async () => {
    const capabilities = { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } };
    await start({}, { capabilities });
    const request = await client.next(({ method }) => method === "client/registerCapability");
    client.send({ id: request.id, result: null });
    assert.match(JSON.stringify(request.params), /workspace\/didChangeWatchedFiles.*\*\.lbpolicy,lbpolicy\.json/u);
    await stop(client);
    folder.remove();
    await start({}, { capabilities, initializationOptions: { watchesFiles: true } });
    await client.request("lbpolicy/explain", { code: "LBP2001" });
    assert.deepEqual(client.received(), []);
  });
});

describe("positions in the unit that was agreed on", () => {
  afterEach(async () => {
    await stop(client);
    folder.remove();
  });

  /** Behind `😀é`: 3 UTF-16 units, 6 bytes, 2 code points; behind CRLF and a lone CR. */
  const text = '/* 😀é */ backend web { balance fare server 10.0.0.1:80 }\r\n// x\rbackend b { /* 😀 */ balance fire server 10.0.0.1:80 }';
  const columns = { "utf-16": [32, 29], "utf-8": [35, 31], "utf-32": [31, 28] } as const;

  for (const encoding of ["utf-16", "utf-8", "utf-32"] as const) {
    it(`${encoding}: diagnostics out, edits and requests in`, async () => {
      const { capabilities } = await start({}, { capabilities: { general: { positionEncodings: [encoding, "utf-16"] } } });
      assert.equal(capabilities["positionEncoding"], encoding);
      open("a.lbpolicy", text);
      const shown = (await client.next(isFor("a.lbpolicy"))).params as Shown;
      assert.deepEqual(shown.diagnostics.filter((each) => each.severity === 1).map((each) => each.range.start), [{ line: 0, character: columns[encoding][0] }, { line: 2, character: columns[encoding][1] }]);
      const range = (line: 0 | 2, column: number): object => ({ start: { line, character: column }, end: { line, character: column + 4 } });
      client.notify("textDocument/didChange", { textDocument: { uri: uriOf("a.lbpolicy"), version: 2 }, contentChanges: [
        { range: range(0, columns[encoding][0]), text: "first" }, { range: range(2, columns[encoding][1]), text: "first" },
      ] });
      const after = (await client.next((message) => isFor("a.lbpolicy")(message) && (message.params as Shown).version === 2)).params as Shown;
      assert.deepEqual(after.diagnostics.filter((each) => each.severity === 1), []);
      const hover = await client.request<{ range: { start: { character: number }; end: { character: number } } }>("textDocument/hover", { textDocument: { uri: uriOf("a.lbpolicy") }, position: { line: 2, character: columns[encoding][1] - 5 } });
      assert.deepEqual([hover.range.start.character, hover.range.end.character], [columns[encoding][1] - 8, columns[encoding][1] - 1]);
      const tokens = await client.request<{ data: readonly number[] }>("textDocument/semanticTokens/full", { textDocument: { uri: uriOf("a.lbpolicy") } });
      const comment = { "utf-16": 9, "utf-8": 12, "utf-32": 8 }[encoding];
      assert.equal(tokens.data[2], comment, "lengths are in the same unit");
    });
  }

  it("are UTF-16 where the client offers nothing that is known", async () => {
    const { capabilities } = await start({}, { capabilities: { general: { positionEncodings: ["utf-7", 5] } } });
    assert.equal(capabilities["positionEncoding"], "utf-16");
  });
});
