import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sampleText } from "../helpers/analyzed.ts";
import { initialize, ResponseFailure, startLspClient, stop } from "../helpers/lsp-client.ts";
import type { LspClient } from "../helpers/lsp-client.ts";
import { makeFolder } from "../helpers/run-cli.ts";

interface Position { readonly line: number; readonly character: number }
interface Range { readonly start: Position; readonly end: Position }
interface Diagnostics { readonly uri: string; readonly version?: number; readonly diagnostics: readonly { readonly range: Range; readonly code: string; readonly severity: number; readonly message: string }[] }

const wholeRange = { start: { line: 0, character: 0 }, end: { line: 9999, character: 0 } };
const uri = "untitled:Policy-1";
const good = "backend web {\n  balance first\n  server a 10.0.0.1:80\n}\n";

let client: LspClient;

function open(text: string, of = uri): void {
  client.notify("textDocument/didOpen", { textDocument: { uri: of, languageId: "lbpolicy", version: 1, text } });
}

function change(version: number, contentChanges: readonly object[], of = uri): void {
  client.notify("textDocument/didChange", { textDocument: { uri: of, version }, contentChanges });
}

function at(line: number, character: number): { readonly textDocument: { readonly uri: string }; readonly position: Position } {
  return { textDocument: { uri }, position: { line, character } };
}

/** The diagnostics published for a version of a document; remarks on targets that it does not name are left out. */
async function published(version: number | undefined, of = uri): Promise<Diagnostics["diagnostics"]> {
  const message = await client.next(({ method, params }) => method === "textDocument/publishDiagnostics" && (params as Diagnostics).uri === of && (params as Diagnostics).version === version);
  return (message.params as Diagnostics).diagnostics.filter((diagnostic) => diagnostic.severity !== 3);
}

describe("diagnostics", () => {
  afterEach(() => stop(client));
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client);
  });

  it("come with the version on opening and on each change, and go when the fault goes", async () => {
    open(good);
    assert.deepEqual(await published(1), []);
    change(2, [{ range: { start: { line: 1, character: 10 }, end: { line: 1, character: 15 } }, text: "fare" }]);
    const [diagnostic, ...more] = (await published(2)).filter((each) => each.severity === 1);
    assert.deepEqual(more, []);
    assert.match(diagnostic?.code ?? "", /^LBP2\d{3}$/u);
    assert.deepEqual(diagnostic?.range, { start: { line: 1, character: 10 }, end: { line: 1, character: 14 } });
    change(3, [{ range: { start: { line: 1, character: 10 }, end: { line: 1, character: 14 } }, text: "random" }]);
    assert.deepEqual(await published(3), []);
  });

  it("have UTF-16 columns behind an emoji, behind CRLF and a lone CR", async () => {
    open('/* 😀 */ backend web { balance fare server 10.0.0.1:80 }\r\n// x\rbackend b { balance fire server 10.0.0.1:80 }');
    const ranges = (await published(1)).filter((each) => each.severity === 1).map((each) => each.range);
    assert.deepEqual(ranges, [
      { start: { line: 0, character: 31 }, end: { line: 0, character: 35 } },
      { start: { line: 2, character: 20 }, end: { line: 2, character: 24 } },
    ]);
  });

  it("end up as those of the last of many changes sent at once, in which nothing is lost", async () => {
    open("");
    const text = "backend web { balance fare server 10.0.0.1:80 }";
    for (const [i, character] of [...text].entries()) change(i + 2, [{ range: { start: { line: 0, character: i }, end: { line: 0, character: i } }, text: character }]);
    const last = (await published(text.length + 1)).filter((each) => each.severity === 1);
    assert.deepEqual(last.map((each) => each.range), [{ start: { line: 0, character: 22 }, end: { line: 0, character: 26 } }]);
    const versions = client.received().map(({ params }) => (params as Diagnostics).version ?? 0);
    assert.deepEqual(versions, versions.toSorted((a, b) => a - b));
  });

  it("are cleared when the document is closed", async () => {
    open("backend web { balance fare server 10.0.0.1:80 }");
    await published(1);
    client.notify("textDocument/didClose", { textDocument: { uri } });
    assert.deepEqual(await published(undefined), []);
  });

  it("survive changes that make no sense", async () => {
    open(good);
    await published(1);
    change(2, [{ range: { start: { line: 500, character: 3 }, end: { line: 600, character: 1 } }, text: "// end\n" }]);
    assert.deepEqual(await published(2), []);
    change(3, [{ range: { start: { line: -1, character: 0 }, end: { line: 0, character: 0 } }, text: "x" }]);
    client.notify("textDocument/didChange", { textDocument: { uri }, contentChanges: 5 });
    client.notify("textDocument/didChange", {});
    client.notify("textDocument/didOpen", { textDocument: { uri: 5 } });
    change(9, [{ text: good }], "untitled:never-opened");
    change(4, [{ text: good }]);
    assert.deepEqual(await published(4), []);
  });

  it("say of a document that is too large that it is, at once", async () => {
    open(`// ${"x".repeat(17 * 1024 * 1024)}`);
    assert.match((await published(1))[0]?.message ?? "", /16 MiB/u);
  });
});

describe("imports in the editor", () => {
  afterEach(() => stop(client));
  let folder: ReturnType<typeof makeFolder>;
  afterEach(() => folder.remove());

  it("are read from the disk, from open documents before that, and follow them", async () => {
    folder = makeFolder({ "common.lbpolicy": "strategy even { algorithm first }\n", "main.lbpolicy": "" });
    const main = pathToFileURL(join(folder.path, "main.lbpolicy")).href;
    const common = pathToFileURL(join(folder.path, "common.lbpolicy")).href;
    client = startLspClient();
    await initialize(client, { workspaceFolders: [{ uri: pathToFileURL(folder.path).href, name: "w" }], capabilities: { workspace: { inlayHint: { refreshSupport: true } } } });
    open('import "common.lbpolicy"\nbackend b { balance even server 10.0.0.1:80 }\n', main);
    assert.deepEqual(await published(1, main), []);

    open("strategy odd { algorithm first }\n", common);
    const broken = (await published(1, main)).filter((each) => each.severity === 1);
    assert.equal(broken.length, 1, "the open document is not the one on disk");
    assert.match(broken[0]?.message ?? "", /even/u);
    const refresh = await client.next((message) => message.method === "workspace/inlayHint/refresh");
    client.send({ id: refresh.id, result: null });

    change(2, [{ text: "strategy even { algorithm first }\n" }], common);
    assert.deepEqual(await published(1, main), []);
    change(3, [{ text: "" }], common);
    assert.equal((await published(1, main)).filter((each) => each.severity === 1).length, 1);
    client.notify("textDocument/didClose", { textDocument: { uri: common } });
    assert.deepEqual(await published(1, main), [], "closed: the disk counts again");

    writeFileSync(join(folder.path, "common.lbpolicy"), "");
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: common, type: 2 }] });
    assert.equal((await published(1, main)).filter((each) => each.severity === 1).length, 1);
  });

  it("stay inside the workspace", async () => {
    folder = makeFolder({ "secret.lbpolicy": "strategy even { algorithm first }\n", "work/main.lbpolicy": "" });
    const main = pathToFileURL(join(folder.path, "work/main.lbpolicy")).href;
    client = startLspClient();
    await initialize(client, { workspaceFolders: [{ uri: pathToFileURL(join(folder.path, "work")).href, name: "w" }] });
    open('import "../secret.lbpolicy"\n', main);
    assert.match((await published(1, main))[0]?.message ?? "", /outside the root/u);
    open('import "secret.lbpolicy"\n');
    assert.match((await published(1))[0]?.message ?? "", /saved file/u);
  });
});

describe("requests about a document", () => {
  afterEach(() => stop(client));
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client);
  });

  it("answer inlay hints with the figures of the shop", async () => {
    open(sampleText("shop"));
    const hints = await client.request<readonly { label: string; position: Position }[]>("textDocument/inlayHint", { textDocument: { uri }, range: wholeRange });
    assert.deepEqual(hints.map((hint) => hint.label), ["50 % · load 0.83 · 2.0 s", "25 % · load 0.83 · 3.0 s", "25 % · load 0.83 · 4.0 s"]);
    const line = sampleText("shop").split("\n").findIndex((text) => text.includes("server a"));
    assert.deepEqual(hints[0]?.position, { line, character: sampleText("shop").split("\n")[line]?.length });
  });

  it("leave a hint's tooltip out for a client that asks for it when it points there, and answer it then", async () => {
    open(sampleText("shop"));
    const params = { textDocument: { uri }, range: wholeRange };
    interface Hint { readonly label: string; readonly position: Position; readonly tooltip?: { readonly kind: string; readonly value: string } }
    const whole = await client.request<readonly Hint[]>("textDocument/inlayHint", params);
    assert.ok(whole.every((hint) => hint.tooltip?.kind === "markdown" && hint.tooltip.value.length > 20));
    await stop(client);
    client = startLspClient();
    await initialize(client, { capabilities: { textDocument: { inlayHint: { resolveSupport: { properties: ["tooltip"] } } } } });
    open(sampleText("shop"));
    const bare = await client.request<readonly Hint[]>("textDocument/inlayHint", params);
    assert.deepEqual(bare.map((hint) => hint.label), whole.map((hint) => hint.label));
    assert.ok(bare.every((hint) => hint.tooltip === undefined));
    const resolved = await Promise.all(bare.map((hint) => client.request<Hint>("inlayHint/resolve", hint)));
    assert.deepEqual(resolved.map((hint) => hint.tooltip), whole.map((hint) => hint.tooltip));
    change(2, [{ text: good }]);
    assert.equal((await client.request<Hint>("inlayHint/resolve", bare[0])).tooltip, undefined, "of a text that is gone");
  });

  it("answer hover and completion, right behind an edit", async () => {
    open(sampleText("shop"));
    change(2, [{ range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } }, text: "" }]);
    const found = await client.request<{ contents: { kind: string; value: string }; range: Range }>("textDocument/hover", at(0, 9));
    assert.equal(found.contents.kind, "markdown");
    assert.match(found.contents.value, /\*\*0\.833\*\*/u);
    assert.deepEqual(found.range, { start: { line: 0, character: 8 }, end: { line: 0, character: 12 } });
    change(3, [{ range: { start: { line: 1, character: 10 }, end: { line: 1, character: 14 } }, text: "f" }]);
    const items = await client.request<readonly { label: string; textEdit: { range: Range } }[]>("textDocument/completion", at(1, 11));
    const fair = items.find((item) => item.label === "fair");
    assert.deepEqual(fair?.textEdit.range, { start: { line: 1, character: 10 }, end: { line: 1, character: 11 } });
  });

  it("answer formatting with edits, none for what is formatted", async () => {
    open("backend   web {\nserver 10.0.0.1:80\n}\n");
    const options = { textDocument: { uri }, options: { tabSize: 2, insertSpaces: true } };
    assert.notDeepEqual(await client.request("textDocument/formatting", options), []);
    change(2, [{ text: "backend web {\n  server 10.0.0.1:80\n}\n" }]);
    assert.deepEqual(await client.request("textDocument/formatting", options), []);
  });

  it("answer nothing for a document that is not open", async () => {
    assert.equal(await client.request("textDocument/hover", at(0, 0)), null);
    assert.deepEqual(await client.request("textDocument/completion", at(0, 0)), []);
    assert.deepEqual(await client.request("textDocument/inlayHint", { textDocument: { uri }, range: wholeRange }), []);
  });

  it("take positions outside the text as its nearest place", async () => {
    open(good);
    for (const [line, character] of [[0, 99_999], [99_999, 0], [2 ** 31, 2 ** 31]] as const) {
      await client.request("textDocument/hover", at(line, character));
      await client.request("textDocument/completion", at(line, character));
    }
  });

  it("refuse bad parameters with -32602 and a reason, never with an internal error", async () => {
    open(good);
    const position = { line: 0, character: 0 };
    const bad: readonly unknown[] = [
      {}, { textDocument: null }, { textDocument: {} }, { textDocument: { uri: 5 } }, { textDocument: { uri }, position: null, range: null },
      { textDocument: { uri }, position: { line: -1, character: 0 }, range: { start: position } },
      { textDocument: { uri }, position: { line: "0", character: 0 }, range: { start: position, end: { line: 0.5, character: 0 } } },
      { textDocument: { uri }, position: { line: 1e300, character: "" }, range: [] },
    ];
    for (const method of ["textDocument/hover", "textDocument/completion", "textDocument/inlayHint", "lbpolicy/compile", "lbpolicy/simulate"]) {
      for (const params of [undefined, null, ...bad]) {
        await assert.rejects(client.request(method, params), (error) => error instanceof ResponseFailure && error.code === -32602 && error.message.length > 10, `${method} ${JSON.stringify(params)}`);
      }
    }
    assert.equal(client.errorOutput(), "");
  });

  it("answer every request exactly once, also cancelled ones", async () => {
    open(sampleText("ai-gateway"));
    const ids = Array.from({ length: 60 }, (_, i) => `r${i}`);
    for (const [i, id] of ids.entries()) {
      client.send({ id, method: i % 2 === 0 ? "textDocument/completion" : "textDocument/hover", params: at(i, 4) });
      if (i % 3 === 0) client.send({ method: "$/cancelRequest", params: { id } });
    }
    for (const id of ids) {
      const answer = await client.next((message) => message.id === id);
      assert.ok(answer.error === undefined || answer.error.code === -32800, JSON.stringify(answer));
    }
    await client.request("textDocument/hover", at(0, 0));
    assert.deepEqual(client.received().filter((message) => message.id !== undefined), []);
  });
});

describe("the requests of the editor's own commands", () => {
  afterEach(() => stop(client));
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client);
  });

  it("compile the open text, with its version", async () => {
    open(sampleText("shop"));
    const answer = await client.request<{ version: number; text: string; fileName: string; mark: string; problems: readonly unknown[] }>("lbpolicy/compile", { uri, target: "nginx" });
    assert.deepEqual([answer.version, answer.fileName, answer.problems], [1, "Policy-1.nginx.conf", []]);
    assert.ok(answer.text.includes(answer.mark) && answer.text.includes("10.0.0.11:5000 weight=2"));
  });

  it("compile nothing of a text with errors, and say where they are", async () => {
    open(good.replace("first", "fare"));
    const answer = await client.request<{ text: string; problems: readonly { uri: string; range: Range; severity: string }[] }>("lbpolicy/compile", { uri, target: "haproxy" });
    assert.equal(answer.text, "");
    assert.deepEqual([answer.problems[0]?.severity, answer.problems[0]?.uri, answer.problems[0]?.range.start], ["error", uri, { line: 1, character: 10 }]);
  });

  it("compile a file that is not open, and no file that is no policy", async () => {
    const folder = makeFolder({ "a b.lbpolicy": sampleText("shop"), "passwd": "root" });
    try {
      const answer = await client.request<{ version: null; fileName: string }>("lbpolicy/compile", { uri: pathToFileURL(join(folder.path, "a b.lbpolicy")).href, target: "nginx" });
      assert.deepEqual([answer.version, answer.fileName], [null, "a b.nginx.conf"]);
      for (const name of ["passwd", "none.lbpolicy"]) {
        await assert.rejects(client.request("lbpolicy/compile", { uri: pathToFileURL(join(folder.path, name)).href, target: "nginx" }), (error) => error instanceof ResponseFailure && error.code === -32602);
      }
    } finally {
      folder.remove();
    }
  });

  it("refuse an unknown target with -32602", async () => {
    open(good);
    for (const target of ["apache", "constructor", ""]) {
      await assert.rejects(client.request("lbpolicy/compile", { uri, target }), (error) => error instanceof ResponseFailure && error.code === -32602);
    }
  });

  it("simulate the open text: a report, what can be chosen", async () => {
    open(sampleText("ai-gateway"));
    interface Answer { version: number; outcome: { kind: string; report: { backend: string; points: readonly unknown[] } }; choices: { backends: unknown; scenarios: unknown; traffics: unknown }; shares: readonly unknown[]; elapsedMs: number }
    const answer = await client.request<Answer>("lbpolicy/simulate", { uri, version: 1, request: {} });
    assert.deepEqual([answer.version, answer.outcome.kind, answer.outcome.report.backend, answer.shares], [1, "report", "inference", []]);
    assert.ok(answer.outcome.report.points.length >= 24 * 240 && answer.elapsedMs >= 0);
    assert.deepEqual(answer.choices, {
      backends: [{ name: "inference", hasDemand: true }],
      scenarios: [{ name: "busy_day", backend: "inference", traffic: "weekday", durationSeconds: 86_400 }],
      traffics: ["weekday"],
    });
  });

  it("simulate another text in its place, and give the version back", async () => {
    open(good);
    const answer = await client.request<{ version: number; outcome: { kind: string }; shares: readonly unknown[] }>("lbpolicy/simulate", { uri, version: 7, text: sampleText("shop"), request: {} });
    assert.deepEqual([answer.version, answer.outcome.kind], [7, "report"]);
    assert.deepEqual(answer.shares, [
      { name: "a", fraction: 0.5, capacityPerSecond: 600 }, { name: "b", fraction: 0.25, capacityPerSecond: 300 }, { name: "c", fraction: 0.25, capacityPerSecond: 300 },
    ]);
  });

  it("let the user choose between backends, and refuse a text with errors", async () => {
    open("backend one { demand 1rps server 10.0.0.1:80 }\nbackend two { demand 1rps server 10.0.0.2:80 }\n");
    const choose = await client.request<{ outcome: object }>("lbpolicy/simulate", { uri, version: 1, request: {} });
    assert.deepEqual(choose.outcome, { kind: "choose", backends: ["one", "two"] });
    const refused = await client.request<{ outcome: { kind: string; problems: readonly unknown[] } }>("lbpolicy/simulate", { uri, version: 1, text: good.replace("first", "fare"), request: {} });
    assert.deepEqual([refused.outcome.kind, refused.outcome.problems.length], ["refused", 1]);
  });
});
