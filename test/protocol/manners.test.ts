/** What a server owes every client: a reason for what it refuses, an answer to everything, and no fault of its own. */
import assert from "node:assert/strict";
import { framed, initialize, ResponseFailure, startLspClient, stop } from "../helpers/lsp-client.ts";
import type { LspClient } from "../helpers/lsp-client.ts";
import { requestCases, valueAt, withValue } from "../helpers/protocol-requests.ts";

const uri = "untitled:Policy-1";
const policy = "backend web {\n  balance even\n  demand 10rps\n  server a 10.0.0.1:80 capacity 20rps response 100ms\n}\nstrategy even {\n  algorithm round_robin\n}\nservice front {\n  listen 8080 to web\n}\n";
const capabilities = { textDocument: { diagnostic: {} } };
const notThere: readonly unknown[] = [undefined, null, 5, -1, 0.5, true, "", {}, []];

/** What is no value of the kind of this one: a member of that kind has to be refused. */
function ofAnotherKind(value: unknown): readonly unknown[] {
  return notThere.filter((other) => {
    if (other === undefined || other === null) return true;
    if (typeof value === "number") return typeof other !== "number";
    return typeof other !== typeof value || Array.isArray(other) !== Array.isArray(value);
  });
}

let client: LspClient;

async function failureOf(method: string, params: unknown): Promise<ResponseFailure | undefined> {
  try {
    await client.request(method, params);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ResponseFailure, String(error));
    return error;
  }
}

/** Answered, whether with a result or with a refusal that says why; a fault of the server is neither. */
async function assertAnswered(method: string, params: unknown): Promise<void> {
  const failure = await failureOf(method, params);
  assert.ok(failure === undefined || (failure.code === -32602 && failure.message.length > 10), `${method} ${JSON.stringify(params)}: ${failure?.code} ${failure?.message}`);
}

describe("every request", function () {
  this.timeout(60_000);
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client, { capabilities });
    client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "lbpolicy", version: 1, text: policy } });
  });
  afterEach(async () => {
    assert.equal(client.errorOutput(), "");
    await stop(client);
  });

  it("is answered when its params are right", async () => {
    for (const { method, params } of requestCases(uri)) assert.equal(await failureOf(method, params), undefined, `${method} ${JSON.stringify(params)}`);
  });

  it("is refused with -32602 and a reason where a member that it needs is missing or of another kind", async () => {
    let count = 0;
    for (const { method, params, needed } of requestCases(uri)) {
      for (const path of needed) {
        for (const value of ofAnotherKind(valueAt(params, path))) {
          const bad = withValue(params, path, value);
          const failure = await failureOf(method, bad);
          const isRefused = failure?.code === -32602 && failure.message.length > 10;
          assert.ok(isRefused, `${method} with ${path} = ${JSON.stringify(value)}: ${JSON.stringify(bad)} was answered ${failure === undefined ? "with a result" : `${failure.code} ${failure.message}`}`);
          count++;
        }
      }
      for (const bad of [undefined, null, 5, [], "x"]) {
        const failure = await failureOf(method, bad);
        assert.equal(failure?.code, -32602, `${method} ${JSON.stringify(bad)}`);
      }
    }
    assert.ok(count > 500, String(count));
  });

  it("is refused in the same way where a member that may be left out is of another kind", async () => {
    const kinds: Readonly<Record<string, unknown>> = { "context.only": [], text: "", scenario: "", "request.backend": "", "request.scenario": "", "request.traffic": "", "request.target": "" };
    for (const { method, params, optional = [] } of requestCases(uri)) {
      for (const path of optional) {
        for (const value of ofAnotherKind(kinds[path] ?? 0).filter((each) => each !== undefined)) {
          const failure = await failureOf(method, withValue(params, path, value));
          assert.equal(failure?.code, -32602, `${method} with ${path} = ${JSON.stringify(value)}`);
        }
      }
    }
  });

  it("is answered for positions that are not in the text, and refused for those that are none", async () => {
    for (const { method, params, needed } of requestCases(uri)) {
      for (const path of needed.filter((each) => /(?:line|character)$/u.test(each))) {
        for (const value of [99_999, 2 ** 31 - 1, Number.MAX_SAFE_INTEGER]) await assertAnswered(method, withValue(params, path, value));
        for (const value of [-1, 0.5]) assert.equal((await failureOf(method, withValue(params, path, value)))?.code, -32602, `${method} ${path} ${value}`);
      }
    }
  });

  it("is answered for documents that are closed, that never were, and whose URI is none", async () => {
    client.notify("textDocument/didClose", { textDocument: { uri } });
    for (const other of [uri, "untitled:never", "file:///none/none.lbpolicy", "file:///%", "file://host/share", "http://[", "", "\0", "x".repeat(5000), "__proto__"]) {
      for (const { method, params } of requestCases(other)) await assertAnswered(method, params);
    }
  });

  it("is answered for a document that is empty or broken", async () => {
    for (const [i, text] of ["", "}", "backend", "backend web {\n  balance", "\r\r\r", "\ud83d\ude80 {{{{", "backend web { server a 10.0.0.1:80 capacity ", policy.slice(0, 40)].entries()) {
      client.notify("textDocument/didChange", { textDocument: { uri, version: i + 2 }, contentChanges: [{ text }] });
      for (const { method, params } of requestCases(uri)) await assertAnswered(method, params);
    }
  });

  it("that is cancelled in the same breath is answered once, with a result or with -32800", async () => {
    const cases = requestCases(uri);
    for (const [i, { method, params }] of cases.entries()) {
      client.send({ id: `c${i}`, method, params });
      client.notify("$/cancelRequest", { id: `c${i}` });
    }
    let cancelled = 0;
    for (const i of cases.keys()) {
      const answer = await client.next((message) => message.id === `c${i}`);
      assert.ok(answer.error === undefined || answer.error.code === -32800, JSON.stringify(answer));
      if (answer.error !== undefined) cancelled++;
    }
    assert.ok(cancelled > 0, "not one was given up");
    await client.request("textDocument/hover", { textDocument: { uri }, position: { line: 0, character: 8 } });
    assert.deepEqual(client.received().filter((message) => message.id !== undefined && message.method === undefined), []);
  });
});

describe("notifications with params that make no sense", () => {
  afterEach(() => stop(client));

  it("are ignored; what was opened stays as it is", async () => {
    client = startLspClient();
    await initialize(client, { capabilities });
    client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "lbpolicy", version: 1, text: policy } });
    for (const params of [undefined, null, {}, { textDocument: 5 }, { textDocument: {} }, { textDocument: { uri: 5 } }]) client.notify("textDocument/didClose", params);
    const methods = ["textDocument/didOpen", "textDocument/didChange", "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders", "$/setTrace", "no/such"];
    for (const method of methods) {
      for (const params of [undefined, null, {}, { textDocument: 5 }, { textDocument: { uri: 5 } }, { textDocument: { uri }, contentChanges: 5 }, { textDocument: { uri, version: 2 }, contentChanges: [{ text: 5 }] }, { event: 5 }, { event: { added: [5], removed: [] } }]) {
        client.notify(method, params);
      }
    }
    const symbols = await client.request<readonly { name: string }[]>("textDocument/documentSymbol", { textDocument: { uri } });
    assert.deepEqual(symbols.map((symbol) => symbol.name), ["web", "even", "front"]);
    assert.equal(client.errorOutput(), "");
  });
});

describe("a document of 20 MB", function () {
  this.timeout(60_000);
  afterEach(() => stop(client));

  it("is answered with one problem that says so, and the server goes on", async () => {
    client = startLspClient();
    await initialize(client);
    client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "lbpolicy", version: 1, text: "backend web {\n  server 10.0.0.1:80\n}\n".repeat(550_000) } });
    const { params } = await client.next((message) => message.method === "textDocument/publishDiagnostics");
    const { diagnostics } = params as { diagnostics: readonly { message: string; severity: number }[] };
    assert.equal(diagnostics.length, 1);
    assert.match(diagnostics[0]?.message ?? "", /MB|MiB|large|long/u);
    assert.notEqual(await client.request("textDocument/foldingRange", { textDocument: { uri } }), undefined);
  });

  it("in a message that is larger than a message may be ends the server cleanly", async () => {
    client = startLspClient();
    await initialize(client);
    client.sendRaw(`Content-Length: ${100 * 1024 * 1024}\r\n\r\n`);
    assert.equal(await client.exited, 1);
  });
});

describe("standard output", () => {
  it("carries nothing but the protocol, whatever is sent", async () => {
    client = startLspClient();
    await initialize(client, { capabilities, trace: "verbose" });
    let bytes = 0;
    client.process.stdout?.on("data", (chunk: Buffer) => (bytes += chunk.length));
    client.sendRaw(framed("{"));
    for (const { method, params } of requestCases(uri)) await failureOf(method, params);
    // The client throws at anything that is not a message (see its reader), so what came was read.
    await client.request("shutdown");
    assert.ok(bytes > 1000);
    client.notify("exit");
    assert.equal(await client.exited, 0);
  });
});
