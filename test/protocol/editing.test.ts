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
    for (const method of ["codeAction", "foldingRange", "selectionRange", "rangeFormatting", "onTypeFormatting", "signatureHelp", "semanticTokens/full", "semanticTokens/full/delta", "semanticTokens/range", "codeLens"].map((name) => `textDocument/${name}`)) {
      for (const params of [{}, { textDocument: {} }, { textDocument: { uri: 5 }, range: { start: 5 }, positions: [5], position: { line: -1 }, context: { only: 5 } }]) {
        await assert.rejects(client.request(method, params), (error) => error instanceof ResponseFailure && error.code === -32602, `${method} ${JSON.stringify(params)}`);
      }
    }
  });

  it("textDocument/codeAction answers fixes, and everything at once for source.fixAll", async () => {
    assert.deepEqual(capabilities["codeActionProvider"], { codeActionKinds: ["quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite", "source.organizeImports", "source.fixAll.lbpolicy"] });
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

  it("textDocument/semanticTokens: full, a delta that leads to the full answer, and a range", async () => {
    interface Tokens { readonly resultId?: string; readonly data: readonly number[]; readonly edits?: readonly { readonly start: number; readonly deleteCount: number; readonly data?: readonly number[] }[] }
    const { legend } = capabilities["semanticTokensProvider"] as { legend: { tokenTypes: readonly string[]; tokenModifiers: readonly string[] } };
    open("backend web {\n  server a 10.0.0.1:80\n}\n");
    const first = await client.request<Tokens>("textDocument/semanticTokens/full", { textDocument });
    assert.equal(first.data.length % 5, 0);
    const named = (data: readonly number[]): readonly string[] => data.flatMap((type, i) => (i % 5 === 3 ? [legend.tokenTypes[type] ?? "?"] : []));
    assert.deepEqual(named(first.data), ["keyword", "class", "keyword", "struct", "string"]);
    assert.deepEqual(first.data.slice(0, 13), [0, 0, 7, legend.tokenTypes.indexOf("keyword"), 0, 0, 8, 3, legend.tokenTypes.indexOf("class"), 1, 1, 2, 6]);
    change(2, "backend web {\n  balance first\n  server a 10.0.0.1:80\n}\n");
    const delta = await client.request<Tokens>("textDocument/semanticTokens/full/delta", { textDocument, previousResultId: first.resultId });
    assert.ok(delta.edits !== undefined && delta.resultId !== first.resultId);
    const patched = [...first.data];
    for (const edit of [...delta.edits].sort((a, b) => b.start - a.start)) patched.splice(edit.start, edit.deleteCount, ...(edit.data ?? []));
    const again = await client.request<Tokens>("textDocument/semanticTokens/full", { textDocument });
    assert.deepEqual(patched, again.data);
    const stale = await client.request<Tokens>("textDocument/semanticTokens/full/delta", { textDocument, previousResultId: "none" });
    assert.deepEqual([stale.edits, stale.data], [undefined, again.data]);
    const part = await client.request<Tokens>("textDocument/semanticTokens/range", { textDocument, range: { start: { line: 2, character: 0 }, end: { line: 2, character: 30 } } });
    assert.deepEqual(named(part.data), ["keyword", "struct", "string"]);
    assert.equal(part.data[0], 2);
  });

  it("textDocument/foldingRange leaves the first line and the closing brace in sight", async () => {
    open("/// One.\n/// Two.\nbackend web {\n  server 10.0.0.1:80\n}\n");
    assert.deepEqual(await client.request("textDocument/foldingRange", { textDocument }), [{ startLine: 0, endLine: 1, kind: "comment" }, { startLine: 2, endLine: 3 }]);
  });

  it("textDocument/selectionRange grows from the word to the file, for each position", async () => {
    open("backend web {\n  server a 10.0.0.1:80 weight 2\n}\n");
    interface Selection { readonly range: Range; readonly parent?: Selection }
    const found = await client.request<readonly Selection[]>("textDocument/selectionRange", { textDocument, positions: [{ line: 1, character: 25 }, { line: 0, character: 0 }] });
    assert.equal(found.length, 2);
    const chain: Range[] = [];
    for (let at: Selection | undefined = found[0]; at !== undefined; at = at.parent) chain.push(at.range);
    assert.deepEqual(chain[0], { start: { line: 1, character: 23 }, end: { line: 1, character: 29 } });
    assert.deepEqual(chain.at(-1), { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } });
    assert.ok(chain.some((range) => range.start.line === 1 && range.start.character === 2 && range.end.character === 31), "the statement");
  });

  it("textDocument/rangeFormatting changes its own lines only", async () => {
    open("backend web {\nserver   10.0.0.1:80\nbalance   first\n}\n");
    const edits = await client.request<readonly Edit[]>("textDocument/rangeFormatting", { textDocument, range: { start: { line: 2, character: 3 }, end: { line: 2, character: 5 } }, options: { tabSize: 2, insertSpaces: true } });
    assert.deepEqual(edits, [
      { range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, newText: "  " },
      { range: { start: { line: 2, character: 8 }, end: { line: 2, character: 10 } }, newText: "" },
    ]);
  });

  it("textDocument/onTypeFormatting sets the line that was left right, and the block that was closed", async () => {
    open("backend web {\nbalance   first\n\n}");
    const ask = (line: number, character: number, ch: string): Promise<readonly Edit[]> => client.request("textDocument/onTypeFormatting", { textDocument, position: { line, character }, ch, options: { tabSize: 2, insertSpaces: true } });
    assert.deepEqual((await ask(2, 0, "\n")).map((edit) => edit.range.start.line), [1, 1]);
    assert.ok((await ask(3, 1, "}")).length >= 2);
    assert.deepEqual(await ask(1, 3, "x"), []);
  });

  it("textDocument/codeLens: commands at once, figures and expectations when resolved", async () => {
    interface Lens { readonly range: Range; readonly command?: { readonly title: string; readonly command: string; readonly arguments?: readonly unknown[] }; readonly data?: unknown }
    open(sampleText("ai-gateway"));
    const lenses = await client.request<readonly Lens[]>("textDocument/codeLens", { textDocument });
    const commands = lenses.flatMap((lens) => (lens.command === undefined ? [] : [[lens.command.title, lens.command.command, lens.command.arguments]]));
    assert.deepEqual(commands, [["Simulate", "lbpolicy.previewSimulation", [uri]], ["Compile to Kubernetes manifests", "lbpolicy.compileKubernetes", [uri]]]);
    const titles: string[] = [];
    for (const lens of lenses.filter((each) => each.command === undefined)) titles.push((await client.request<Lens>("codeLens/resolve", lens)).command?.title ?? "");
    assert.match(titles[0] ?? "", /members/u);
    assert.match(titles[1] ?? "", /of 4/u);
    change(2, sampleText("shop"));
    const stale = await client.request<Lens>("codeLens/resolve", lenses.find((lens) => lens.command === undefined));
    assert.equal(stale.command?.command, "");
  });

  it("textDocument/signatureHelp marks the option that is being written, also in an unfinished statement", async () => {
    open("backend web {\n  health http \"/x\" every \n");
    interface Help { readonly signatures: readonly { readonly label: string; readonly parameters: readonly { readonly label: readonly [number, number] }[] }[]; readonly activeParameter: number }
    const help = await client.request<Help>("textDocument/signatureHelp", { textDocument, position: { line: 1, character: 25 } });
    const [signature] = help.signatures;
    const [start, end] = signature?.parameters[help.activeParameter]?.label ?? [0, 0];
    assert.equal(signature?.label.slice(start, end), "[every DURATION]");
    assert.equal(await client.request("textDocument/signatureHelp", { textDocument, position: { line: 0, character: 0 } }), null);
  });

  it("completionItem/resolve brings the documentation that the list leaves out", async () => {
    open("backend web {\n  \n}\n");
    interface Item { readonly label: string; readonly documentation?: { readonly value: string } }
    const items = await client.request<readonly Item[]>("textDocument/completion", { textDocument, position: { line: 1, character: 2 } });
    assert.ok(items.length > 5 && items.every((item) => item.documentation === undefined));
    const balance = items.find((item) => item.label === "balance");
    assert.match((await client.request<Item>("completionItem/resolve", balance)).documentation?.value ?? "", /algorithm/u);
    assert.deepEqual(await client.request("completionItem/resolve", { label: "x", data: { list: -1, index: 0 } }), { label: "x", data: { list: -1, index: 0 } });
  });

  it("answer nothing for a document that is not open", async () => {
    for (const method of ["foldingRange", "codeLens"]) assert.deepEqual(await client.request(`textDocument/${method}`, { textDocument }), []);
    assert.deepEqual(await client.request("textDocument/semanticTokens/full", { textDocument }), { data: [] });
  });
});
