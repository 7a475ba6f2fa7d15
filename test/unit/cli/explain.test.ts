/** `lbpolicy explain`, from the checkout and from the bundle that is shipped. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { registry } from "../../../language/src/index.ts";
import { root } from "../../helpers/root.ts";
import { makeFolder, runInFolder } from "../../helpers/run-cli.ts";

const page = (code: string): string => readFileSync(fileURLToPath(new URL(`docs/diagnostics/${code}.md`, root)), "utf8");

describe("lbpolicy explain", () => {
  const explain = (...words: string[]): ReturnType<typeof runInFolder> => runInFolder(fileURLToPath(root), ["explain", ...words]);

  it("prints the page of a code, whatever its case, and of a name", async () => {
    for (const word of ["LBP2001", "lbp2001", "unknown-name"]) assert.deepEqual(await explain(word), { status: 0, stdout: page("LBP2001"), stderr: "" });
  });

  it("has a page for every code", async () => {
    for (const { code } of registry) assert.equal((await explain(code)).stdout, page(code));
  });

  for (const [word, near] of [["LBP20O1", "LBP2001"], ["2001", "LBP2001"], ["unkown-name", "unknown-name"]] as const) {
    it(`offers ${near} for ${word}, and exits with 2`, async () => {
      assert.deepEqual(await explain(word), { status: 2, stdout: "", stderr: `lbpolicy: there is no diagnostic ${word}; did you mean ${near}?\n` });
    });
  }

  it("refuses what is like no code, a missing one, and several", async () => {
    for (const words of [["../../package"], [], ["LBP2001", "LBP2002"], ["\u001b[31m"]]) {
      const result = await explain(...words);
      assert.equal(result.status, 2);
      assert.equal(result.stdout, "");
      assert.ok(/^lbpolicy: [^\n]+\n$/u.test(result.stderr) && !result.stderr.includes("\u001b"), result.stderr);
    }
  });

  it("works from the bundle and the pages beside it", async () => {
    const folder = makeFolder();
    try {
      const { diagnosticPages } = await import(new URL("scripts/diagnostic-pages.mjs", root).href) as { readonly diagnosticPages: import("esbuild").Plugin };
      const outfile = join(folder.path, "cli.cjs");
      await build({ absWorkingDir: fileURLToPath(root), entryPoints: ["cli/src/main.ts"], outfile, bundle: true, platform: "node", target: "node20", format: "cjs", logLevel: "silent", plugins: [diagnosticPages] });
      const { status, stdout, stderr } = spawnSync(process.execPath, [outfile, "explain", "LBP5570"], { cwd: folder.path, encoding: "utf8" });
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: page("LBP5570"), stderr: "" });
    } finally {
      folder.remove();
    }
  });
});
