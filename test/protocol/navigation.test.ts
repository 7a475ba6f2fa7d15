/** Finding one's way over the protocol: two files, one of them open. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LspClient } from "../helpers/lsp-client.ts";
import { initialize, ResponseFailure, startLspClient, stop } from "../helpers/lsp-client.ts";
import { readMarks } from "../helpers/marked-source.ts";
import { makeFolder } from "../helpers/run-cli.ts";

interface Position { readonly line: number; readonly character: number }
interface Range { readonly start: Position; readonly end: Position }
interface Location { readonly uri: string; readonly range: Range }
type Changes = Readonly<Record<string, readonly { readonly range: Range; readonly newText: string }[]>>;

const common = `param peak = 100rps
/// Shared.
strategy even {
  algorithm least_connections
}
`;
const main = `import "common.lbpolicy"

backend web {
  balance ⟦even⟧
  demand peak
  server a 10.0.0.1:80 capacity 200rps
  server b 10.0.0.2:80
}

service front {
  listen 443 tls certificate "/etc/tls/a.crt" key "/etc/tls/a.key"
  to web
}

scenario storm {
  backend web
  fail server a at 12:30 for 10m
}
`;
const other = 'import "common.lbpolicy"\nbackend b {\n  balance even\n  server 10.0.0.3:80\n}\n';
const { text } = readMarks(main);

let client: LspClient;
let folder: ReturnType<typeof makeFolder>;
const uriOf = (name: string): string => pathToFileURL(join(folder.path, name)).href;

/** The position of the n-th time that a word stands in the open text. */
function at(word: string, nth = 0): { readonly textDocument: { readonly uri: string }; readonly position: Position } {
  let offset = -1;
  for (let i = 0; i <= nth; i++) offset = text.indexOf(word, offset + 1);
  assert.ok(offset >= 0, word);
  const before = text.slice(0, offset).split("\n");
  return { textDocument: { uri: uriOf("main.lbpolicy") }, position: { line: before.length - 1, character: (before.at(-1) ?? "").length } };
}

function shown({ uri, range }: Location): string {
  return `${uri.slice(uri.lastIndexOf("/") + 1)} ${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character}`;
}

describe("navigation over the protocol", () => {
  beforeEach(async () => {
    folder = makeFolder({ "common.lbpolicy": common, "main.lbpolicy": text, "sub/other.lbpolicy": other.replace("common", "../common") });
    client = startLspClient();
    await initialize(client, { workspaceFolders: [{ uri: pathToFileURL(folder.path).href, name: "w" }] });
    client.notify("textDocument/didOpen", { textDocument: { uri: uriOf("main.lbpolicy"), languageId: "lbpolicy", version: 1, text } });
  });
  afterEach(async () => {
    await stop(client);
    folder.remove();
  });

  for (const method of ["definition", "declaration"]) {
    it(`${method} leads into the imported file, and an import to the file itself`, async () => {
      assert.deepEqual((await client.request<Location[]>(`textDocument/${method}`, at("even"))).map(shown), ["common.lbpolicy 2:9-2:13"]);
      assert.deepEqual((await client.request<Location[]>(`textDocument/${method}`, at("common"))).map(shown), ["common.lbpolicy 0:0-0:0"]);
    });
  }

  it("typeDefinition of a backend is its strategy, implementation its members", async () => {
    assert.deepEqual((await client.request<Location[]>("textDocument/typeDefinition", at("web"))).map(shown), ["common.lbpolicy 2:9-2:13"]);
    assert.deepEqual((await client.request<Location[]>("textDocument/implementation", at("web"))).map(shown), ["main.lbpolicy 5:9-5:10", "main.lbpolicy 6:9-6:10"]);
  });

  it("references are found in files that are not open", async () => {
    const found = await client.request<Location[]>("textDocument/references", { ...at("even"), context: { includeDeclaration: true } });
    assert.deepEqual(found.map(shown).toSorted(), ["common.lbpolicy 2:9-2:13", "main.lbpolicy 3:10-3:14", "other.lbpolicy 2:10-2:14"]);
    const uses = await client.request<Location[]>("textDocument/references", { ...at("even"), context: { includeDeclaration: false } });
    assert.equal(uses.length, 2);
  });

  it("documentHighlight marks the declaration as written", async () => {
    const found = await client.request<readonly { range: Range; kind: number }[]>("textDocument/documentHighlight", at("web"));
    assert.deepEqual(found.map(({ range, kind }) => [range.start.line, kind]), [[2, 3], [11, 2], [15, 2]]);
  });

  it("rename changes every file, closed ones too", async () => {
    const prepared = await client.request<{ range: Range; placeholder: string }>("textDocument/prepareRename", at("even"));
    assert.deepEqual(prepared, { range: { start: { line: 3, character: 10 }, end: { line: 3, character: 14 } }, placeholder: "even" });
    const { changes } = await client.request<{ changes: Changes }>("textDocument/rename", { ...at("even"), newName: "fair" });
    assert.deepEqual(Object.entries(changes).map(([uri, edits]) => edits.map((edit) => `${shown({ uri, range: edit.range })} ${edit.newText}`)).flat().toSorted(), [
      "common.lbpolicy 2:9-2:13 fair", "main.lbpolicy 3:10-3:14 fair", "other.lbpolicy 2:10-2:14 fair",
    ]);
  });

  it("rename refuses a collision and what is no name, with the reason", async () => {
    await assert.rejects(client.request("textDocument/rename", { ...at("server a "), newName: "x" }), /no name here/u);
    for (const [word, nth, newName, reason] of [["a 10", 0, "B", /server b already/u], ["even", 0, "random", /algorithm/u], ["web", 0, "2x", /not a name/u], ["peak", 0, "x".repeat(64), /63/u]] as const) {
      await assert.rejects(client.request("textDocument/rename", { ...at(word, nth), newName }), (error) => error instanceof ResponseFailure && error.code === -32602 && reason.test(error.message), newName);
    }
    await assert.rejects(client.request("textDocument/prepareRename", at("10.0.0.1")), /no name here/u);
  });

  it("documentSymbol gives the outline", async () => {
    const found = await client.request<readonly { name: string; children: readonly { name: string; detail: string }[] }[]>("textDocument/documentSymbol", { textDocument: { uri: uriOf("main.lbpolicy") } });
    assert.deepEqual(found.map((each) => each.name), ["import", "web", "front", "storm"]);
    assert.deepEqual(found[1]?.children.map((each) => `${each.name} ${each.detail}`), ["a 10.0.0.1:80 capacity 200rps", "b 10.0.0.2:80"]);
  });

  it("workspace/symbol finds names in every file", async () => {
    const found = await client.request<readonly { name: string; location: Location }[]>("workspace/symbol", { query: "e" });
    assert.deepEqual(found.map((each) => `${each.name} ${shown(each.location).split(" ")[0] ?? ""}`), ["even common.lbpolicy", "peak common.lbpolicy", "web main.lbpolicy"]);
  });

  it("the call hierarchy says who uses a strategy and what a backend uses", async () => {
    const [strategy] = await client.request<readonly object[]>("textDocument/prepareCallHierarchy", at("even"));
    const users = await client.request<readonly { from: { name: string }; fromRanges: readonly Range[] }[]>("callHierarchy/incomingCalls", { item: strategy });
    assert.deepEqual(users.map((each) => [each.from.name, each.fromRanges.length]), [["web", 1], ["b", 1]]);
    const [backend] = await client.request<readonly object[]>("textDocument/prepareCallHierarchy", at("web"));
    const used = await client.request<readonly { to: { name: string; detail: string } }[]>("callHierarchy/outgoingCalls", { item: backend });
    assert.deepEqual(used.map((each) => `${each.to.detail} ${each.to.name}`), ["strategy even", "param peak"]);
  });

  it("documentLink leads to imports and certificates", async () => {
    const found = await client.request<readonly { range: Range; target: string }[]>("textDocument/documentLink", { textDocument: { uri: uriOf("main.lbpolicy") } });
    assert.deepEqual(found.map((each) => each.target), [uriOf("common.lbpolicy"), "file:///etc/tls/a.crt", "file:///etc/tls/a.key"]);
  });

  it("linkedEditingRange gives the places of a name of this file only", async () => {
    const found = await client.request<{ ranges: readonly Range[] }>("textDocument/linkedEditingRange", at("web"));
    assert.deepEqual(found.ranges.map((range) => range.start.line), [2, 11, 15]);
    assert.equal(await client.request("textDocument/linkedEditingRange", at("even")), null);
  });

  it("workspace/willRenameFiles keeps the imports right, of what moves and of what imports it", async () => {
    const moved = await client.request<{ changes: Changes }>("workspace/willRenameFiles", { files: [{ oldUri: uriOf("common.lbpolicy"), newUri: uriOf("sub/shared.lbpolicy") }] });
    assert.deepEqual(Object.entries(moved.changes).map(([uri, edits]) => [uri.slice(uri.lastIndexOf("/") + 1), edits.map((edit) => edit.newText)]).toSorted(), [
      ["main.lbpolicy", ['"sub/shared.lbpolicy"']], ["other.lbpolicy", ['"shared.lbpolicy"']],
    ]);
    const whole = await client.request<{ changes: Changes }>("workspace/willRenameFiles", { files: [{ oldUri: uriOf("sub"), newUri: uriOf("deep/er") }] });
    assert.deepEqual(Object.values(whole.changes).flat().map((edit) => edit.newText), ['"../../common.lbpolicy"']);
  });

  it("completion offers names of files that are not imported, with the import", async () => {
    const uri = uriOf("main.lbpolicy");
    const without = text.replace('import "common.lbpolicy"\n\n', "").replace("balance even", "balance ");
    client.notify("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges: [{ text: without }] });
    const items = await client.request<readonly { label: string; additionalTextEdits?: readonly { newText: string }[] }[]>("textDocument/completion", { textDocument: { uri }, position: { line: 1, character: 10 } });
    assert.deepEqual(items.find((item) => item.label === "even")?.additionalTextEdits?.map((edit) => edit.newText), ['import "common.lbpolicy"\n\n']);
  });

  it("refuses bad parameters of each with -32602 and a reason", async () => {
    const methods = ["definition", "declaration", "typeDefinition", "implementation", "references", "documentHighlight", "rename", "prepareRename", "prepareCallHierarchy", "documentSymbol", "documentLink", "linkedEditingRange"].map((name) => `textDocument/${name}`);
    for (const method of [...methods, "callHierarchy/incomingCalls", "callHierarchy/outgoingCalls", "workspace/symbol", "workspace/willRenameFiles"]) {
      for (const params of [{}, { textDocument: { uri: 5 } }, { item: { uri: 5 } }, { query: 5 }, { files: [{ oldUri: 5 }] }]) {
        await assert.rejects(client.request(method, params), (error) => error instanceof ResponseFailure && error.code === -32602 && error.message.length > 10, `${method} ${JSON.stringify(params)}`);
      }
    }
    assert.equal(client.errorOutput(), "");
  });
});
