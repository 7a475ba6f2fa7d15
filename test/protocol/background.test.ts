/** Long runs: what is typed meanwhile goes first, a cancellation and an edit end them, and their progress is told. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { sampleText } from "../helpers/analyzed.ts";
import { initialize, startLspClient, stop } from "../helpers/lsp-client.ts";
import type { LspClient, Message } from "../helpers/lsp-client.ts";
import { makeFolder } from "../helpers/run-cli.ts";
import type { SimulateResponse } from "../../server/src/protocol.ts";

const uri = "untitled:Policy-1";
const textDocument = { uri };
/** The longest that is permitted: 366 days in just under two million steps. */
const long = { durationSeconds: 366 * 86_400, stepSeconds: 16 };
const cancelled = -32800;

let client: LspClient;

function open(text: string, at: string = uri): void {
  client.notify("textDocument/didOpen", { textDocument: { uri: at, languageId: "lbpolicy", version: 1, text } });
}

function edit(version: number, text: string): void {
  client.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
}

function answerTo(id: string): Promise<Message> {
  return client.next((message) => message.id === id && message.method === undefined);
}

/** Starts the long run, and waits until it is at work. */
async function startLong(id: string, request: object = { method: "lbpolicy/simulate", params: { uri, version: 1, request: long, workDoneToken: id } }): Promise<void> {
  client.send({ id, ...request });
  await client.next(({ method, params }) => method === "$/progress" && valueOf(params, id)?.kind === "report");
}

function valueOf(params: unknown, token: string): { readonly kind: string; readonly percentage?: number } | undefined {
  const progress = params as { readonly token: string; readonly value: { readonly kind: string; readonly percentage?: number } };
  return progress.token === token ? progress.value : undefined;
}

describe("a long simulation", function () {
  this.timeout(60_000);
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client);
    open(sampleText("ai-gateway"));
  });
  afterEach(() => stop(client));

  it("does not hold up hovers, completion and diagnostics", async () => {
    await startLong("long");
    const hover = await client.request<{ contents: { value: string } } | null>("textDocument/hover", { textDocument, position: { line: sampleText("ai-gateway").split("\n").findIndex((line) => line.startsWith("backend inference")), character: 10 } });
    assert.match(hover?.contents.value ?? "", /inference/u);
    assert.ok((await client.request<readonly unknown[]>("textDocument/completion", { textDocument, position: { line: 0, character: 0 } })).length > 0);
    open("backend b {\n  balance nowhere\n}\n", "untitled:other");
    await client.next(({ method, params }) => method === "textDocument/publishDiagnostics" && (params as { uri: string }).uri === "untitled:other");
    assert.deepEqual(client.received().filter((message) => message.id === "long"), [], "the run goes on");
  });

  it("ends with -32800 when it is cancelled, and the next one runs", async () => {
    await startLong("long");
    client.notify("$/cancelRequest", { id: "long" });
    assert.equal((await answerTo("long")).error?.code, cancelled);
    const { outcome } = await client.request<SimulateResponse>("lbpolicy/simulate", { uri, version: 1, request: {} });
    assert.equal(outcome.kind, "report");
  });

  it("ends with -32800 as a command too", async () => {
    await startLong("long", { method: "workspace/executeCommand", params: { command: "lbpolicy.server.simulate", arguments: [{ uri, version: 1, request: long }], workDoneToken: "long" } });
    client.notify("$/cancelRequest", { id: "long" });
    assert.equal((await answerTo("long")).error?.code, cancelled);
  });

  it("ends with -32800 when its document is edited, and the next one is of the new text", async () => {
    await startLong("long");
    edit(2, sampleText("shop"));
    assert.equal((await answerTo("long")).error?.code, cancelled);
    const answer = await client.request<SimulateResponse>("lbpolicy/simulate", { uri, version: 2, request: { backend: "shop", durationSeconds: 3600 } });
    assert.equal(answer.version, 2);
    assert.equal(answer.outcome.kind === "report" && answer.outcome.report.backend, "shop");
  });

  it("that waits behind another ends when it is cancelled", async () => {
    await startLong("first");
    client.send({ id: "second", method: "lbpolicy/simulate", params: { uri, version: 1, request: long } });
    client.notify("$/cancelRequest", { id: "second" });
    assert.equal((await answerTo("second")).error?.code, cancelled);
    assert.deepEqual(client.received().filter((message) => message.id === "first"), []);
  });

  it("of a text of its own goes on when the document is edited", async () => {
    const params = { uri, version: 1, text: sampleText("ai-gateway"), request: { durationSeconds: 14 * 86_400 }, workDoneToken: "saved" };
    await startLong("saved", { method: "lbpolicy/simulate", params });
    edit(2, "");
    const { outcome } = (await answerTo("saved")).result as SimulateResponse;
    assert.equal(outcome.kind === "report" && outcome.report.durationSeconds, 14 * 86_400);
  });

  it("tells its progress, from the beginning to the end", async () => {
    await client.request("lbpolicy/simulate", { uri, version: 1, request: { durationSeconds: 7 * 86_400 }, workDoneToken: "t" });
    const values = client.received().filter(({ method }) => method === "$/progress").flatMap(({ params }) => valueOf(params, "t") ?? []);
    assert.deepEqual([values[0]?.kind, values.at(-1)?.kind], ["begin", "end"]);
    const percentages = values.flatMap((value) => (value.kind === "report" ? [value.percentage ?? -1] : []));
    assert.ok(percentages.length >= 10, String(percentages));
    assert.deepEqual(percentages, [...percentages].sort((a, b) => a - b));
    assert.equal(percentages.at(-1), 100);
  });

  it("tells the end of its progress when it is cancelled", async () => {
    await startLong("long");
    client.notify("$/cancelRequest", { id: "long" });
    await client.next(({ method, params }) => method === "$/progress" && valueOf(params, "long")?.kind === "end");
  });

  it("does not keep the process when the client goes", async () => {
    await startLong("long");
    await client.request("shutdown");
    client.notify("exit");
    assert.equal(await client.exited, 0);
  });

  it("does not keep the process when its input ends", async () => {
    await startLong("long");
    client.process.stdin?.end();
    assert.equal(await client.exited, 1);
  });
});

describe("scenarios", function () {
  this.timeout(60_000);
  const scenarios = ["one", "two", "three"].map((name) => `scenario ${name} {\n  backend b\n  duration 1h\n  expect p95 < 5s\n}\n`).join("\n");
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client);
    open(`backend b {\n  demand 10rps\n  server 10.0.0.1:80 capacity 20rps response 100ms\n}\n\n${scenarios}`);
  });
  afterEach(() => stop(client));

  it("are sent one by one to a client that takes parts", async () => {
    const answer = await client.request<{ version: number; results: readonly unknown[] }>("lbpolicy/scenarios", { uri, partialResultToken: "parts" });
    assert.deepEqual([answer.version, answer.results], [1, []]);
    const parts = client.received().filter(({ method }) => method === "$/progress").flatMap(({ params }) => (params as { value: readonly { scenario: string; holds: boolean }[] }).value);
    assert.deepEqual(parts.map((part) => part.scenario), ["one", "two", "three"]);
  });

  it("end with -32800 when the document is edited", async () => {
    edit(2, `${sampleText("ai-gateway").replace(/duration\s+\S+/u, "duration 366d")}`);
    client.send({ id: "all", method: "lbpolicy/scenarios", params: { uri, workDoneToken: "all" } });
    await client.next(({ method, params }) => method === "$/progress" && valueOf(params, "all")?.kind === "begin");
    edit(3, "");
    assert.equal((await answerTo("all")).error?.code, cancelled);
  });
});

describe("a simulation reads what the editor shows", function () {
  this.timeout(60_000);
  afterEach(() => stop(client));

  it("imports that are open and not saved, traces beside the policy, params of the settings", async () => {
    const folder = makeFolder({
      "policy.lbpolicy": "",
      "pool.lbpolicy": "threshold busy {\n  target load_factor 10%\n}\n",
      "day.csv": "seconds,rps\n0,40\n600,80\n",
    });
    try {
      const fileUri = (name: string): string => pathToFileURL(join(folder.path, name)).href;
      client = startLspClient();
      await initialize(client, { rootUri: pathToFileURL(folder.path).href });
      client.notify("workspace/didChangeConfiguration", { settings: { lbpolicy: { params: { most: "3" } } } });
      open('import "pool.lbpolicy"\n\nparam most = 9\n\nbackend b {\n  demand day\n  replica capacity 20rps response 50ms\n  scale 1..most {\n    on busy\n  }\n}\n\ntraffic day {\n  trace "day.csv" rate rps\n}\n', fileUri("policy.lbpolicy"));
      open("threshold busy {\n  target load_factor 55%\n}\n", fileUri("pool.lbpolicy"));
      const { outcome } = await client.request<SimulateResponse>("lbpolicy/simulate", { uri: fileUri("policy.lbpolicy"), version: 1, request: { durationSeconds: 1200 } });
      assert.equal(outcome.kind, "report", JSON.stringify(outcome).slice(0, 1000));
      if (outcome.kind !== "report") return;
      assert.equal(outcome.report.targetLoadFactor, 0.55, "of the open document");
      assert.equal(outcome.report.points[0]?.arrivalRate, 40, "of the trace");
      assert.equal(outcome.report.points[0]?.maxReplicas, 3, "of the settings");
    } finally {
      folder.remove();
    }
  });
});
