/** What the editor shows of lbpolicy.json, of environments and of targets: the same as the command line's check. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LspClient } from "../helpers/lsp-client.ts";
import { initialize, startLspClient, stop } from "../helpers/lsp-client.ts";
import { makeFolder, runInFolder } from "../helpers/run-cli.ts";

interface Shown { readonly code: string; readonly severity: number; readonly message: string; readonly range: { readonly start: { readonly line: number; readonly character: number } } }

const severityNames = ["", "error", "warning", "information", "hint"];

const policy = `param w = 2
environment heavy {
  w = 300
}
backend b {
  balance s
  server 10.0.0.1:80 weight w
  server 10.0.0.2:80
}
strategy s {
  slow_start 10s
}
param spare = 1
`;

let folder: ReturnType<typeof makeFolder>;
let client: LspClient;
const uriOf = (name: string): string => pathToFileURL(join(folder.path, name)).href;

async function start(files: Readonly<Record<string, string>>): Promise<void> {
  folder = makeFolder(files);
  client = startLspClient();
  await initialize(client, { workspaceFolders: [{ uri: pathToFileURL(folder.path).href, name: "test" }] });
}

function open(name: string, text: string): void {
  client.notify("textDocument/didOpen", { textDocument: { uri: uriOf(name), languageId: "lbpolicy", version: 1, text } });
}

async function published(name: string): Promise<readonly Shown[]> {
  const message = await client.next(({ method, params }) => method === "textDocument/publishDiagnostics" && (params as { uri: string }).uri === uriOf(name));
  return (message.params as { diagnostics: readonly Shown[] }).diagnostics;
}

describe("the editor and lbpolicy.json", () => {
  afterEach(async () => {
    await stop(client);
    folder.remove();
  });

  it("shows what the command line's check shows: targets, severities, environments", async () => {
    await start({ "lbpolicy.json": '{ "targets": ["nginx", "haproxy"], "severities": { "LBP2010": "warning" } }', "a.lbpolicy": policy });
    open("a.lbpolicy", policy);
    const shown = (await published("a.lbpolicy")).map((each) => `${each.range.start.line} ${each.code} ${severityNames[each.severity]}`);
    const { files } = JSON.parse((await runInFolder(folder.path, ["check", "a.lbpolicy", "--format", "json"])).stdout) as
      { files: { diagnostics: { code: string; severity: string; range: { start: { line: number } } }[] }[] };
    assert.deepEqual(shown.toSorted(), files[0]?.diagnostics.map((each) => `${each.range.start.line} ${each.code} ${each.severity}`).toSorted());
    for (const wanted of ["6 LBP3001 error", "12 LBP2010 warning"]) assert.ok(shown.includes(wanted), shown.join());
    assert.ok(shown.some((each) => each.endsWith("LBP5017 warning")), shown.join());
  });

  it("tells a param that no policy of the folder declares, and takes it back when one does", async () => {
    const plain = "backend b {\n  server 10.0.0.1:80\n}\n";
    await start({ "lbpolicy.json": '{ "params": { "peek": "2", "w": "3" } }', "a.lbpolicy": plain, "closed.lbpolicy": policy });
    open("a.lbpolicy", plain);
    assert.deepEqual((await published("lbpolicy.json")).map((each) => [each.code, each.range.start.character]), [["LBP2036", 14]]);
    client.notify("textDocument/didChange", { textDocument: { uri: uriOf("a.lbpolicy"), version: 2 }, contentChanges: [{ text: `param peek = 1\n${plain}` }] });
    assert.deepEqual(await published("lbpolicy.json"), []);
  });

  it("tells a mistake in the file at the file, and takes it back when it is mended", async () => {
    await start({ "lbpolicy.json": '{\n  "targets": ["nginxx"]\n}\n', "a.lbpolicy": policy });
    open("a.lbpolicy", policy);
    assert.deepEqual((await published("lbpolicy.json")).map((each) => [each.code, each.range.start]), [["LBP2035", { line: 1, character: 14 }]]);
    await published("a.lbpolicy");
    writeFileSync(join(folder.path, "lbpolicy.json"), '{ "targets": ["haproxy"] }');
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf("lbpolicy.json"), type: 2 }] });
    assert.deepEqual(await published("lbpolicy.json"), []);
    assert.ok(!(await published("a.lbpolicy")).some((each) => each.code === "LBP5017"), "HAProxy has a slow start");
  });

  it("forgets the file's mistakes with the last policy that shows them", async () => {
    await start({ "lbpolicy.json": "{", "a.lbpolicy": policy });
    open("a.lbpolicy", policy);
    assert.equal((await published("lbpolicy.json")).length, 1);
    client.notify("textDocument/didClose", { textDocument: { uri: uriOf("a.lbpolicy") } });
    assert.deepEqual(await published("lbpolicy.json"), []);
  });

  it("shows the policy's own problems of a long text at once, and those of its targets when the typing pauses", async () => {
    const long = `${policy}${"// padding\n".repeat(3000)}`;
    await start({ "lbpolicy.json": '{ "targets": ["nginx"] }' });
    open("a.lbpolicy", long);
    const first = (await published("a.lbpolicy")).map((each) => each.code);
    assert.ok(first.includes("LBP2010") && !first.includes("LBP5017"), first.join());
    const second = (await published("a.lbpolicy")).map((each) => each.code);
    assert.ok(second.includes("LBP2010") && second.includes("LBP5017"), second.join());
  });

  it("lets the editor's settings override the file: severities, targets, params above the environment, an environment where it is declared", async () => {
    await start({ "lbpolicy.json": '{ "targets": ["nginx"], "params": { "w": 5 } }' });
    const configure = (settings: object): void => client.notify("workspace/didChangeConfiguration", { settings: { lbpolicy: settings } });
    const codes = async (): Promise<readonly string[]> => (await published("a.lbpolicy")).map((each) => `${each.code} ${severityNames[each.severity]}`);
    open("a.lbpolicy", policy);
    const before = await codes();
    assert.ok(before.includes("LBP3001 error") && before.includes("LBP5017 warning"), "the heavy environment, and nginx");
    configure({ severities: { LBP2010: "error" }, targets: ["haproxy"], environment: "heavy", params: { w: 7, unknown: 1 } });
    const after = await codes();
    assert.deepEqual(after.filter((each) => /LBP(?:3001|2014|2015|5017)/.test(each)), [], after.join());
    assert.ok(after.includes("LBP2010 error"));
    configure({ environment: "elsewhere" });
    assert.ok(!(await codes()).some((each) => each.startsWith("LBP2015")));
    configure({ severities: 5, targets: "x", params: [], environment: {} });
    assert.deepEqual(await codes(), before);
  });
});
