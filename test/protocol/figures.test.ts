/** What needs more than a look at the text: figures of simulations behind the typing, scenarios, parity, source maps, pages. */
import assert from "node:assert/strict";
import { sampleText } from "../helpers/analyzed.ts";
import type { LspClient } from "../helpers/lsp-client.ts";
import { initialize, ResponseFailure, startLspClient, stop } from "../helpers/lsp-client.ts";

interface Range { readonly start: { readonly line: number; readonly character: number } }

const uri = "untitled:Policy-1";
const textDocument = { uri };
const whole = { start: { line: 0, character: 0 }, end: { line: 9999, character: 0 } };
const capabilities = { workspace: { inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } } };

let client: LspClient;

function open(text: string): void {
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "lbpolicy", version: 1, text } });
}

async function refreshed(what: "workspace/inlayHint/refresh" | "workspace/codeLens/refresh"): Promise<void> {
  const request = await client.next(({ method }) => method === what);
  client.send({ id: request.id, result: null });
}

async function scaleHint(): Promise<string> {
  const hints = await client.request<readonly { label: string }[]>("textDocument/inlayHint", { textDocument, range: whole });
  return hints.find((hint) => hint.label.includes("member"))?.label ?? "";
}

describe("simulations behind the typing", () => {
  afterEach(() => stop(client));
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client, { capabilities });
    open(sampleText("ai-gateway"));
    await refreshed("workspace/inlayHint/refresh");
    await refreshed("workspace/codeLens/refresh");
  });

  it("add the first scale-up, flaps and the price of a day to hints, hovers and lenses", async () => {
    assert.match(await scaleHint(), /members at \d+\/s · grows at \d\d:\d\d · \d+ flaps? · \$[\d.]+\/day$/u);
    const report = await client.request<{ outcome: { report: { start: string; summary: { flaps: number; cost: number }; events: readonly { t: number; from: number; to: number }[] } } }>("lbpolicy/simulate", { uri, version: 1, request: {} });
    const { summary, events } = report.outcome.report;
    assert.ok((await scaleHint()).includes(` ${summary.flaps} flap`), "the figures are those of the simulation");
    const first = events.find((event) => event.to > event.from && event.t > 0);
    const clock = `${String(Math.floor((first?.t ?? 0) / 3600)).padStart(2, "0")}:${String(Math.floor(((first?.t ?? 0) % 3600) / 60)).padStart(2, "0")}`;
    assert.ok((await scaleHint()).includes(`grows at ${clock}`));
    const line = sampleText("ai-gateway").split("\n").findIndex((each) => each.startsWith("backend inference"));
    const hover = await client.request<{ contents: { value: string } }>("textDocument/hover", { textDocument, position: { line, character: 10 } });
    assert.match(hover.contents.value, /first scale-up at/u);
    const lenses = await client.request<readonly { data?: object }[]>("textDocument/codeLens", { textDocument });
    const titles = await Promise.all(lenses.filter((lens) => lens.data !== undefined).map(async (lens) => (await client.request<{ command: { title: string } }>("codeLens/resolve", lens)).command.title));
    assert.ok(titles.some((title) => /^at \d+\/s · \d+ members .*grows at/u.test(title)), titles.join("\n"));
    assert.ok(titles.some((title) => /\d of \d|fail/u.test(title)), "the scenario's result is there too");
  });

  it("follow an edit, are gone while nothing is known of the text as it is, and stay where the edit changes nothing of the pool", async () => {
    const before = await scaleHint();
    const end = sampleText("ai-gateway").split("\n").length;
    client.notify("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges: [{ range: { start: { line: end, character: 0 }, end: { line: end, character: 0 } }, text: "// more\n" }] });
    assert.equal(await scaleHint(), before, "a comment changes no run");
    client.notify("textDocument/didChange", { textDocument: { uri, version: 3 }, contentChanges: [{ text: sampleText("ai-gateway").replace("1100rps", "500rps") }] });
    assert.match(await scaleHint(), /members at \d+\/s$/u, "no figure of another text");
    await refreshed("workspace/inlayHint/refresh");
    assert.match(await scaleHint(), /members at \d+\/s · grows at/u);
  });
});

describe("custom requests and commands", () => {
  afterEach(() => stop(client));
  beforeEach(async () => {
    client = startLspClient();
    await initialize(client, { capabilities: {} });
  });

  it("run the scenarios with progress", async () => {
    open(sampleText("ai-gateway"));
    const answer = await client.request<{ version: number; results: readonly { scenario: string; holds: boolean; expectations: readonly { holds: boolean }[] }[] }>("lbpolicy/scenarios", { uri, workDoneToken: "t" });
    assert.deepEqual([answer.version, answer.results.map((each) => each.scenario)], [1, ["busy_day"]]);
    assert.ok((answer.results[0]?.expectations.length ?? 0) > 0);
    assert.equal(answer.results[0]?.holds, answer.results[0]?.expectations.every((each) => each.holds));
    const kinds = client.received().filter(({ method }) => method === "$/progress").map(({ params }) => (params as { value: { kind: string } }).value.kind);
    assert.deepEqual([kinds[0], kinds.at(-1)], ["begin", "end"]);
  });

  it("list the scenarios where they are named, and say of what does not hold the figure, the worst time and the reason at its line", async () => {
    const text = `backend b {\n  demand 100rps\n  server 10.0.0.1:80 capacity 50rps response 20ms\n}\nscenario busy {\n  backend b\n  duration 1h\n  expect load_factor < 90%\n  expect replicas >= 1\n}\n`;
    open(text);
    const { scenarios } = await client.request<{ scenarios: readonly { name: string; range: Range }[] }>("lbpolicy/scenarioList", { uri });
    assert.deepEqual(scenarios, [{ name: "busy", range: { start: { line: 4, character: 9 }, end: { line: 4, character: 13 } } }]);
    const { results } = await client.request<{ results: readonly { holds: boolean; failures: readonly { message: string; uri: string; range: Range }[] }[] }>("lbpolicy/scenarios", { uri, scenario: "busy" });
    const [failure, ...more] = results[0]?.failures ?? [];
    assert.deepEqual([results[0]?.holds, more, failure?.uri, failure?.range.start.line], [false, [], uri, 7]);
    // 100 of 50 rps.
    assert.match(failure?.message ?? "", /load_factor.*90 ?%.*(200 ?%|2\.0*)/u);
  });

  it("stop between scenarios when they are cancelled", async () => {
    const scenarios = Array.from({ length: 40 }, (_, i) => `scenario s${i} { backend b duration 30d }`).join("\n");
    open(`backend b { demand 100rps replica capacity 20rps response 50ms scale 1..20 { target load_factor 70% } workload { image "a:1" port 80 cpu 1 memory 1Gi } }\n${scenarios}\n`);
    client.send({ id: "long", method: "lbpolicy/scenarios", params: { uri } });
    client.send({ method: "$/cancelRequest", params: { id: "long" } });
    assert.equal((await client.next((message) => message.id === "long")).error?.code, -32800);
  });

  it("tell what each target makes otherwise", async () => {
    open("backend b {\n  server 10.0.0.1:80\n  server 10.0.0.2:80\n  balance s\n}\nstrategy s {\n  slow_start 10s\n}\nservice f {\n  listen 8080 to b\n}\n");
    const answer = await client.request<{ targets: readonly { target: string; isCompiled: boolean; notes: readonly { construct: string; uri: string; range: Range }[] }[] }>("lbpolicy/parityReport", { uri });
    assert.deepEqual(answer.targets.map((each) => each.target), ["nginx", "haproxy", "kubernetes"]);
    const note = answer.targets[0]?.notes.find((each) => each.construct.includes("slow_start"));
    assert.ok(note?.uri === uri && [5, 6].includes(note.range.start.line), JSON.stringify(note));
  });

  it("map lines of an output to the policy and back", async () => {
    open(sampleText("shop"));
    const { text } = await client.request<{ text: string }>("lbpolicy/compile", { uri, target: "nginx" });
    const line = text.split("\n").findIndex((each) => each.includes("10.0.0.12:5000"));
    const there = await client.request<{ origin: { uri: string; range: { start: { line: number } } } }>("lbpolicy/sourceMap", { uri, target: "nginx", line });
    assert.ok(sampleText("shop").split("\n")[there.origin.range.start.line]?.includes("10.0.0.12:5000"));
    const back = await client.request<{ lines: readonly number[] }>("lbpolicy/sourceMap", { uri, target: "nginx", range: there.origin.range });
    assert.ok(back.lines.includes(line));
  });

  it("explain a code, with its page", async () => {
    const answer = await client.request<{ name: string; severity: string; page: string }>("lbpolicy/explain", { code: "LBP2001" });
    assert.equal(answer.severity, "error");
    assert.match(answer.page, /LBP2001/u);
    await assert.rejects(client.request("lbpolicy/explain", { code: "LBP9999" }), (error) => error instanceof ResponseFailure && error.code === -32602);
  });

  it("are commands too, refused with -32602 where the argument is wrong", async () => {
    open(sampleText("shop"));
    const answer = await client.request<{ fileName: string }>("workspace/executeCommand", { command: "lbpolicy.server.compile", arguments: [{ uri, target: "haproxy" }] });
    assert.equal(answer.fileName, "Policy-1.haproxy.cfg");
    for (const params of [{ command: "constructor" }, { command: "lbpolicy.server.compile" }, { command: "lbpolicy.server.explain", arguments: [{ code: 5 }] }, { command: 5 }, {}]) {
      await assert.rejects(client.request("workspace/executeCommand", params), (error) => error instanceof ResponseFailure && error.code === -32602, JSON.stringify(params));
    }
  });
});
