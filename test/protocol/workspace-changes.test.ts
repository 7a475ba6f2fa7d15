/** What changes around the documents: folders, files on disk, settings that the editor is asked for. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LspClient, Message } from "../helpers/lsp-client.ts";
import { initialize, startLspClient, stop } from "../helpers/lsp-client.ts";
import { makeFolder } from "../helpers/run-cli.ts";

interface Shown { readonly uri: string; readonly diagnostics: readonly { readonly code: string; readonly severity: number; readonly message: string }[] }

let folder: ReturnType<typeof makeFolder>;
let client: LspClient;
const uriOf = (name: string): string => pathToFileURL(join(folder.path, name)).href;

function open(name: string, text: string): void {
  client.notify("textDocument/didOpen", { textDocument: { uri: uriOf(name), languageId: "lbpolicy", version: 1, text } });
}

/** Waits for diagnostics of the file in which a test holds; its errors then. */
async function shown(name: string, fits: (errors: readonly string[]) => boolean): Promise<readonly string[]> {
  const errorsOf = ({ params }: Message): readonly string[] => (params as Shown).diagnostics.filter(({ severity }) => severity === 1).map(({ message }) => message);
  return errorsOf(await client.next((message) => message.method === "textDocument/publishDiagnostics" && (message.params as Shown).uri === uriOf(name) && fits(errorsOf(message))));
}

const isNone = (errors: readonly string[]): boolean => errors.length === 0;
const hasOne = (errors: readonly string[]): boolean => errors.length > 0;
const user = 'import "../shared/pool.lbpolicy"\n\nbackend web {\n  balance even\n  server 10.0.0.1:80\n}\n';
const pool = "strategy even {\n  algorithm round_robin\n}\n";

describe("around the documents", () => {
  beforeEach(() => {
    folder = makeFolder({ "team/web.lbpolicy": user, "shared/pool.lbpolicy": pool });
    client = startLspClient();
  });
  afterEach(async () => {
    await stop(client);
    folder.remove();
  });

  it("figures of a simulation follow an edit of an imported file", async () => {
    const pools = "param each = 10rps\n";
    const importer = 'import "../shared/pool.lbpolicy"\nbackend b {\n  demand day\n  replica capacity each response 100ms cost $1/h\n  scale 1..100 { target load_factor 50% }\n}\ntraffic day { daily 00:00 10rps, 12:00 100rps }\n';
    await initialize(client, { workspaceFolders: [{ uri: pathToFileURL(folder.path).href, name: "w" }], capabilities: { workspace: { inlayHint: { refreshSupport: true } } } });
    const hint = async (): Promise<string> => {
      const hints = await client.request<readonly { readonly label: string }[]>("textDocument/inlayHint", { textDocument: { uri: uriOf("team/web.lbpolicy") }, range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } } });
      return hints.find(({ label }) => label.includes("member"))?.label ?? "";
    };
    /** The pool's hint, once it carries the price of a day. */
    const simulated = async (isNew: (label: string) => boolean): Promise<string> => {
      for (;;) {
        const label = await hint();
        if (label.includes("/day") && isNew(label)) return label;
        await client.next(({ method }) => method === "workspace/inlayHint/refresh");
      }
    };
    open("shared/pool.lbpolicy", pools);
    open("team/web.lbpolicy", importer);
    const before = await simulated(() => true);
    client.notify("textDocument/didChange", { textDocument: { uri: uriOf("shared/pool.lbpolicy"), version: 2 }, contentChanges: [{ text: pools.replace("10rps", "20rps") }] });
    const after = await simulated((label) => label !== before);
    const price = (label: string): number => Number(/\$([\d.]+)\/day/u.exec(label)?.[1]);
    // Members of twice the capacity: about half of them.
    assert.ok(price(after) < 0.7 * price(before), `${before}, then ${after}`);
  });

  it("workspace/didChangeWorkspaceFolders: imports may not leave the folder, until another one holds both files", async () => {
    await initialize(client, { workspaceFolders: [{ uri: uriOf("team"), name: "team" }] });
    open("team/web.lbpolicy", user);
    assert.match((await shown("team/web.lbpolicy", hasOne)).join("\n"), /outside the root/u);
    client.notify("workspace/didChangeWorkspaceFolders", { event: { added: [{ uri: pathToFileURL(folder.path).href, name: "all" }], removed: [{ uri: uriOf("team"), name: "team" }] } });
    await shown("team/web.lbpolicy", isNone);
    client.notify("workspace/didChangeWorkspaceFolders", { event: { added: [{ uri: uriOf("team"), name: "team" }], removed: [{ uri: pathToFileURL(folder.path).href, name: "all" }] } });
    await shown("team/web.lbpolicy", hasOne);
  });

  it("workspace/didChangeWatchedFiles: what was read from the disk is read again, in the background too", async () => {
    await initialize(client, { workspaceFolders: [{ uri: pathToFileURL(folder.path).href, name: "all" }] });
    open("team/web.lbpolicy", user.replace("server 10.0.0.1:80", "demand 10rps\n  server 10.0.0.1:80 capacity 20rps response 1s"));
    await shown("team/web.lbpolicy", isNone);
    const simulate = async (): Promise<string> => (await client.request<{ outcome: { kind: string } }>("lbpolicy/simulate", { uri: uriOf("team/web.lbpolicy"), version: 1, request: { durationSeconds: 60 } })).outcome.kind;
    assert.equal(await simulate(), "report");
    writeFileSync(join(folder.path, "shared/pool.lbpolicy"), "strategy other {\n  algorithm round_robin\n}\n");
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf("shared/pool.lbpolicy"), type: 2 }] });
    assert.match((await shown("team/web.lbpolicy", hasOne)).join("\n"), /even/u);
    assert.equal(await simulate(), "refused");
    writeFileSync(join(folder.path, "shared/pool.lbpolicy"), pool);
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf("shared/pool.lbpolicy"), type: 2 }] });
    await shown("team/web.lbpolicy", isNone);
    assert.equal(await simulate(), "report");
  });

  it("workspace/configuration: settings are asked for at the start and when they change, of an editor that answers", async () => {
    await initialize(client, { capabilities: { workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } } } });
    const answer = async (settings: object): Promise<void> => {
      const request = await client.next(({ method }) => method === "workspace/configuration");
      assert.deepEqual(request.params, { items: [{ section: "lbpolicy" }] });
      client.send({ id: request.id, result: [settings] });
    };
    const registration = await client.next(({ method }) => method === "client/registerCapability");
    assert.match(JSON.stringify(registration.params), /workspace\/didChangeConfiguration.*lbpolicy/u);
    client.send({ id: registration.id, result: null });
    await answer({ params: { most: "-3" } });
    open("team/web.lbpolicy", "param most = 4\nbackend b {\n  replica capacity 10rps response 1s\n  scale 1..most {\n    target load_factor 70%\n  }\n}\n");
    await shown("team/web.lbpolicy", hasOne);
    client.notify("workspace/didChangeConfiguration", { settings: null });
    await answer({ params: {} });
    await shown("team/web.lbpolicy", isNone);
  });
});
