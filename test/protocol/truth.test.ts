/**
 * After any edits a server knows what a fresh one knows of the same texts: diagnostics, outline, colours, folding, hints, formatting. Random
 * edits from a seed; at checkpoints both are asked everything.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { pathToFileURL } from "node:url";
import { createLineMap, positionAt } from "../../language/src/index.ts";
import type { LspClient } from "../helpers/lsp-client.ts";
import { initialize, startLspClient, stop } from "../helpers/lsp-client.ts";
import type { Edit } from "../helpers/random-edits.ts";
import { edited, randomEdit, randomFrom } from "../helpers/random-edits.ts";
import { makeFolder } from "../helpers/run-cli.ts";
import { root } from "../helpers/root.ts";
import { sampleText } from "../helpers/analyzed.ts";

const seed = Number(process.env["LBPOLICY_SEED"] ?? 20261120);
const factor = Number(process.env["LBPOLICY_EDIT_FACTOR"] ?? 1);

interface Workspace {
  readonly folder: string;
  readonly texts: Map<string, string>;
}

const split = {
  "policy.lbpolicy": `import "pools.lbpolicy"\nimport "shared/names.lbpolicy"\n${sampleText("shop")}backend second {\n  balance fast\n  demand peak\n  server 10.1.0.1:80 capacity base\n}\n`,
  "pools.lbpolicy": `import "shared/names.lbpolicy"\n${readFileSync(new URL("test/fixtures/whole.lbpolicy", root), "utf8").replace(/^import.*\n/m, "").replaceAll(/\bbackend shop\b/g, "backend store").replaceAll(/\bto shop\b/g, "to store").replaceAll(/\bfair\b/g, "even").replaceAll(/\bpeak\b/g, "summit").replaceAll(/^target.*\n/gm, "").replaceAll(/\bservice front\b/g, "service back")}`,
  "shared/names.lbpolicy": "param base = 100rps\nparam peak = base * 3\n\nstrategy fast {\n  algorithm least_connections\n}\n",
};

/** Long enough that it is not checked whole at every keystroke. */
const long = Array.from({ length: 9 }, (_, index) => sampleText("shop").replaceAll(/\b(shop|fair|front)\b/g, `$1_${index}`).replaceAll(/\b8080\b/g, String(8080 + index)).replaceAll(/^target.*\n/gm, "")).join("\n").concat("\n# \u{1F600}\r\n".repeat(1200));

const workspaces: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ["the shop", { "policy.lbpolicy": sampleText("shop") }, 1600],
  ["the gateway", { "policy.lbpolicy": sampleText("ai-gateway") }, 1600],
  ["three files that import each other's names", split, 1500],
  ["a long file", { "policy.lbpolicy": long }, 800],
];

describe("a server after many edits", () => {
  for (const [name, files, edits] of workspaces) {
    it(`knows of ${name} what a fresh one knows, at every checkpoint of ${edits * factor} edits (seed ${seed})`, async function () {
      this.timeout(300_000);
      const folder = makeFolder(files);
      const workspace: Workspace = { folder: folder.path, texts: new Map(Object.entries(files).filter(([file]) => file.endsWith(".lbpolicy"))) };
      const old = await opened(workspace);
      try {
        await typeIn(old, workspace, edits * factor);
      } finally {
        await stop(old);
        folder.remove();
      }
    });
  }
});

async function opened({ folder, texts }: Workspace): Promise<LspClient> {
  const client = startLspClient();
  const capabilities = { textDocument: { diagnostic: {}, semanticTokens: {} }, workspace: { diagnostics: { refreshSupport: true } } };
  await initialize(client, { capabilities, workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "w" }] });
  for (const [file, text] of texts) client.notify("textDocument/didOpen", { textDocument: { uri: uriOf(folder, file), languageId: "lbpolicy", version: 1, text } });
  return client;
}

async function typeIn(old: LspClient, workspace: Workspace, edits: number): Promise<void> {
  const random = randomFrom(seed);
  const { folder, texts } = workspace;
  const first = new Map(texts);
  const names = [...texts.keys()];
  const checkpoint = Math.ceil(edits / 20);
  for (let count = 1; count <= edits; count++) {
    const file = names[Math.floor(random() * names.length)] as string;
    const text = texts.get(file) as string;
    // From time to time a text is whole again, else it ends as rubble.
    const edit = count % 40 === 0 ? { start: 0, end: text.length, text: first.get(file) as string } : addressable(text, randomEdit(text, random));
    const lines = createLineMap(text);
    texts.set(file, edited(text, edit));
    const contentChanges = [{ range: { start: positionAt(lines, edit.start), end: positionAt(lines, edit.end) }, text: edit.text }];
    old.notify("textDocument/didChange", { textDocument: { uri: uriOf(folder, file), version: count + 1 }, contentChanges });
    // What is asked between the edits must not matter.
    if (random() < 0.1) await Promise.all(questions(old, uriOf(folder, file)));
    if (count % checkpoint === 0) await agree(old, workspace, count);
  }
}

/** No position lies between a CR and its LF. */
function addressable(text: string, { start, end, text: by }: Edit): Edit {
  const before = (offset: number): number => (text[offset - 1] === "\r" && text[offset] === "\n" ? offset - 1 : offset);
  return { start: before(start), end: before(end), text: by };
}

async function agree(old: LspClient, workspace: Workspace, count: number): Promise<void> {
  const fresh = await opened(workspace);
  try {
    for (const file of workspace.texts.keys()) {
      const uri = uriOf(workspace.folder, file);
      const due = await Promise.all(questions(fresh, uri));
      assert.deepEqual(await Promise.all(questions(old, uri)), due, `${file} after edit ${count}:\n${workspace.texts.get(file)}`);
      // The compilers' part of a long file's follows; both say so with a refresh.
      assert.deepEqual(await settledDiagnostics(old, uri), await settledDiagnostics(fresh, uri), `${file} after edit ${count}:\n${workspace.texts.get(file)}`);
    }
  } finally {
    await stop(fresh);
  }
}

/** What a fresh analysis of the text gives at once, on each server. */
function questions(client: LspClient, uri: string): readonly Promise<unknown>[] {
  const textDocument = { uri };
  const tokens = client.request<{ readonly data: readonly number[] }>("textDocument/semanticTokens/full", { textDocument });
  return [
    client.request("textDocument/documentSymbol", { textDocument }),
    tokens.then(({ data }) => data),
    client.request("textDocument/foldingRange", { textDocument }),
    client.request("textDocument/formatting", { textDocument, options: { tabSize: 2, insertSpaces: true } }),
    client.request<readonly { readonly position: unknown; readonly label: string }[]>("textDocument/inlayHint", { textDocument, range: { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } } })
      .then((hints) => hints.map(({ position, label }) => [position, ofText(label)])),
    client.request("textDocument/documentLink", { textDocument }),
  ];
}

/** What a simulation adds to a pool's hint comes when it is done, on each server in its own time. */
function ofText(label: string): string {
  return label.includes("member") ? label.split(" · ")[0] ?? "" : label;
}

/** The workspace's answer is of everything; the document's own becomes the same, after a refresh where the compilers' part follows. */
async function settledDiagnostics(client: LspClient, uri: string): Promise<unknown> {
  const { items } = await client.request<{ readonly items: readonly { readonly uri: string; readonly items?: readonly unknown[] }[] }>("workspace/diagnostic", { previousResultIds: [] });
  const whole = items.find((item) => item.uri === uri)?.items;
  for (;;) {
    const told = await client.request<{ readonly items: readonly unknown[] }>("textDocument/diagnostic", { textDocument: { uri } });
    if (isDeepStrictEqual(told.items, whole)) return whole;
    await client.next(({ method }) => method === "workspace/diagnostic/refresh");
  }
}

function uriOf(folder: string, file: string): string {
  return pathToFileURL(join(folder, file)).href;
}
