/** The server as it is packed: small, and whole without the sources beside it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";
import { sampleText } from "../helpers/analyzed.ts";
import { initialize, startLspClient, stop } from "../helpers/lsp-client.ts";
import { root } from "../helpers/root.ts";
import { makeFolder } from "../helpers/run-cli.ts";

const uri = "untitled:Policy-1";

describe("the bundles", function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof makeFolder>;

  before(async () => {
    folder = makeFolder();
    const { nodeBundles } = await import(new URL("scripts/bundles.mjs", root).href) as { readonly nodeBundles: (folder: string) => Promise<readonly BuildOptions[]> };
    await Promise.all((await nodeBundles(folder.path)).map((options) => build(options)));
  });
  after(() => folder.remove());

  it("of the server is 500 kB at most, 130 kB packed", () => {
    const path = join(folder.path, "server.cjs");
    assert.ok(statSync(path).size <= 500_000, String(statSync(path).size));
    assert.ok(gzipSync(readFileSync(path)).length <= 130_000);
  });

  for (const command of [["server.cjs", "--stdio"], ["cli.cjs", "lsp", "--stdio"]]) {
    it(`serve hovers, target checks, simulations and pages: ${command.join(" ")}`, async () => {
      const [entry = "", ...words] = command;
      const client = startLspClient([join(folder.path, entry), ...words]);
      try {
        const { capabilities } = await initialize(client) as { readonly capabilities: { readonly semanticTokensProvider: { readonly legend: { readonly tokenTypes: readonly string[] } } } };
        assert.ok(capabilities.semanticTokensProvider.legend.tokenTypes.length > 5);
        client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "lbpolicy", version: 1, text: sampleText("shop") } });
        const hover = await client.request<{ contents: { value: string } }>("textDocument/hover", { textDocument: { uri }, position: { line: sampleText("shop").split("\n").findIndex((line) => line.startsWith("backend shop")), character: 9 } });
        assert.match(hover.contents.value, /\*\*0\.833\*\*/u);
        const { outcome } = await client.request<{ outcome: { kind: string } }>("lbpolicy/simulate", { uri, version: 1, request: { backend: "shop", durationSeconds: 600 } });
        assert.equal(outcome.kind, "report");
        assert.match((await client.request<{ text: string }>("lbpolicy/compile", { uri, target: "kubernetes" })).text, /kind: /u);
        assert.match((await client.request<{ page: string }>("lbpolicy/explain", { code: "LBP2001" })).page, /# LBP2001/u);
        assert.equal(client.errorOutput(), "");
      } finally {
        await stop(client);
      }
    });
  }

  it("of the command line knows its version, checks and names what is near", () => {
    const run = (...words: readonly string[]): { readonly status: number | null; readonly output: string } => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder.path, "cli.cjs"), ...words], { encoding: "utf8", input: "backend web {\n  balance nowhere\n}\n" });
      return { status, output: stdout + stderr };
    };
    assert.match(run("--version").output, /\d+\.\d+\.\d+/u);
    assert.match(run("check", "-").output, /LBP2001/u);
    assert.match(run("explain", "LBP20O1").output, /did you mean LBP2001\?/u);
  });
});
