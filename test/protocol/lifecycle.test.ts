import assert from "node:assert/strict";
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { framed, initialize, ResponseFailure, startLspClient, stop } from "../helpers/lsp-client.ts";
import type { LspClient } from "../helpers/lsp-client.ts";
import { root } from "../helpers/root.ts";

async function codeOf(answer: Promise<unknown>): Promise<number | undefined> {
  try {
    await answer;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ResponseFailure, String(error));
    assert.notEqual(error.message, "");
    return error.code;
  }
}

describe("the server's life", () => {
  let client: LspClient;
  afterEach(() => stop(client));

  it("refuses requests before initialize with -32002 and lives on", async () => {
    client = startLspClient();
    client.notify("textDocument/didOpen", { textDocument: { uri: "untitled:a", languageId: "lbpolicy", version: 1, text: "x" } });
    assert.equal(await codeOf(client.request("textDocument/hover", { textDocument: { uri: "untitled:a" }, position: { line: 0, character: 0 } })), -32002);
    assert.equal(await codeOf(client.request("shutdown")), -32002);
    await initialize(client);
    assert.deepEqual(client.received(), []);
  });

  it("says who it is and what it can", async () => {
    client = startLspClient();
    const result = await initialize(client) as { serverInfo: { name: string }; capabilities: Record<string, unknown> };
    assert.equal(result.serverInfo.name, "lbpolicy");
    assert.deepEqual(result.capabilities["textDocumentSync"], { openClose: true, change: 2 });
    for (const name of ["hoverProvider", "completionProvider", "inlayHintProvider", "documentFormattingProvider"]) assert.ok(result.capabilities[name] !== undefined, name);
  });

  it("takes initialize once", async () => {
    client = startLspClient();
    await initialize(client);
    assert.equal(await codeOf(client.request("initialize", { processId: null, rootUri: null, capabilities: {} })), -32600);
  });

  it("refuses initialize without capabilities with -32602, and takes the next", async () => {
    client = startLspClient();
    assert.equal(await codeOf(client.request("initialize", { processId: null })), -32602);
    await initialize(client);
  });

  it("answers null to shutdown, -32600 to what follows, and exits with 0", async () => {
    client = startLspClient();
    await initialize(client);
    assert.equal(await client.request("shutdown"), null);
    assert.equal(await codeOf(client.request("textDocument/hover", { textDocument: { uri: "a" }, position: { line: 0, character: 0 } })), -32600);
    client.notify("exit");
    assert.equal(await client.exited, 0);
  });

  it("takes shutdown with null params", async () => {
    client = startLspClient();
    await initialize(client);
    assert.equal(await client.request("shutdown", null), null);
  });

  it("exits with 1 without shutdown, also before initialize", async () => {
    client = startLspClient();
    client.notify("exit");
    assert.equal(await client.exited, 1);
  });

  it("exits when its input ends", async () => {
    client = startLspClient();
    await initialize(client);
    client.process.stdin?.end();
    assert.equal(await client.exited, 1);
  });

  it("exits with 0 when its input ends after shutdown", async () => {
    client = startLspClient();
    await initialize(client);
    await client.request("shutdown");
    client.process.stdin?.end();
    assert.equal(await client.exited, 0);
  });

  it("exits when the process that started the editor is gone", async () => {
    const editor = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
    client = startLspClient();
    await initialize(client, { processId: editor.pid });
    editor.stdin.end();
    await once(editor, "exit");
    assert.equal(await client.exited, 1);
  });

  it("is also the command `lsp --stdio`", async () => {
    client = startLspClient([fileURLToPath(new URL("out/cli/src/main.js", root)), "lsp", "--stdio"]);
    await initialize(client);
    await client.request("shutdown");
    client.notify("exit");
    assert.equal(await client.exited, 0);
  });
});

describe("on the channel of the process that started it", () => {
  it("answers, and ends with the channel", async () => {
    const child = fork(fileURLToPath(new URL("out/server/src/main.js", root)), ["--node-ipc"], { execArgv: [] });
    child.send({ jsonrpc: "2.0", id: 1, method: "initialize", params: { processId: process.pid, rootUri: null, capabilities: {} } });
    const [answer] = await once(child, "message") as [{ id: number; result: { serverInfo: { name: string } } }];
    assert.deepEqual([answer.id, answer.result.serverInfo.name], [1, "lbpolicy"]);
    child.disconnect();
    assert.deepEqual(await once(child, "exit"), [1, null]);
  });
});

describe("messages that are none", () => {
  let client: LspClient;
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client);
  });
  afterEach(() => stop(client));

  async function isAlive(): Promise<void> {
    assert.equal(await codeOf(client.request("no/such/method", {})), -32601);
  }

  it("answers -32700 to what is not JSON", async () => {
    client.sendRaw(framed("{not json"));
    assert.equal((await client.next((message) => message.id === null)).error?.code, -32700);
    await isAlive();
  });

  for (const body of ["5", "null", "[]", '"x"', '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","id":null,"method":"shutdown"}', '{"jsonrpc":"2.0","id":{},"method":"shutdown"}']) {
    it(`answers -32600 to ${body}`, async () => {
      client.sendRaw(framed(body));
      assert.equal((await client.next((message) => message.id === null)).error?.code, -32600);
      await isAlive();
    });
  }

  for (const params of [5, "x", []]) {
    it(`answers -32602 to params ${JSON.stringify(params)}`, async () => {
      assert.equal(await codeOf(client.request("textDocument/hover", params)), -32602);
      await isAlive();
    });
  }

  it("takes messages in pieces of any size, many in one piece, and heads in other words", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: "é1", method: "no/such", params: {} });
    const others = ["b", "c"].map((id) => framed(JSON.stringify({ jsonrpc: "2.0", id, method: "no/such", params: {} }))).join("");
    const bytes = Buffer.from(`content-length:${Buffer.byteLength(body)}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n${body}${others}`);
    for (const byte of bytes.subarray(0, 150)) client.sendRaw(Uint8Array.of(byte));
    client.sendRaw(bytes.subarray(150));
    assert.equal((await client.next((message) => message.id === "é1")).error?.code, -32601);
    for (const id of ["b", "c"]) assert.equal((await client.next((message) => message.id === id)).error?.code, -32601);
  });

  it("ignores cancellations without an id and of what it does not know", async () => {
    for (const params of [undefined, null, {}, { id: {} }, { id: 999 }]) client.send({ method: "$/cancelRequest", params });
    await isAlive();
  });

  it("answers a response that nobody asked for with nothing", async () => {
    client.send({ id: 12345, result: {} });
    await isAlive();
    assert.deepEqual(client.received(), []);
  });

  for (const head of ["Content-Length: abc", "Content-Type: x", "no colon", "Content-Length: -5", "Content-Length: 1e3", "Content-Length: 999999999999", `X: ${"y".repeat(9000)}`]) {
    it(`ends cleanly where a message cannot be found: ${head.slice(0, 40)}`, async () => {
      client.sendRaw(`${head}\r\n\r\n{}`);
      assert.equal(await client.exited, 1);
    });
  }
});
