/** The server from another editor's own client, with the set-up of docs/editors.md as it stands there. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureDebianTools } from "#scripts/debian-tools.mjs";
import { root } from "../helpers/root.ts";
import { makeFolder } from "../helpers/run-cli.ts";

interface Seen {
  readonly problem?: string;
  readonly filetype: string;
  readonly root: string;
  readonly encoding: string;
  readonly diagnostics: readonly { readonly line: number; readonly column: number; readonly message: string; readonly severity: number }[];
  readonly hover: string;
  readonly completion: readonly string[];
  readonly renamed: readonly string[];
  readonly formatted: readonly string[];
}

const policy = `backend shop {
  balance fare
  demand load
    server a 10.0.0.11:5000 weight 2 capacity 600rps response 2s
  server b 10.0.0.12:5000 capacity 600rps response 3s
}

strategy fair {
  algorithm round_robin
}

param load = 500rps

environment production {
  load = 1000rps
}
`;

/** The script under the heading of the page. */
function setupOf(editor: string): string {
  const page = readFileSync(new URL("docs/editors.md", root), "utf8");
  const section = page.split(/^## /mu).find((each) => each.startsWith(`${editor}\n`)) ?? "";
  const [, script] = /^```lua\n([\s\S]*?)^```$/mu.exec(section) ?? [];
  assert.ok(script !== undefined, `docs/editors.md has no script for ${editor}`);
  return script;
}

describe("Neovim's own client", function () {
  this.timeout(120_000);
  let seen: Seen;
  let project: string;

  before(() => {
    const { neovim } = ensureDebianTools(["neovim"]);
    const folder = makeFolder({
      "project/lbpolicy.json": "{}\n", "project/shops/shop.lbpolicy": policy, "setup.lua": setupOf("Neovim"),
      "bin/lbpolicy": `#!/bin/sh\nexec "${process.execPath}" "${fileURLToPath(new URL("out/cli/src/main.js", root))}" "$@"\n`,
    });
    chmodSync(join(folder.path, "bin/lbpolicy"), 0o755);
    try {
      const result = join(folder.path, "result.json");
      const run = spawnSync(neovim, ["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", `luafile ${fileURLToPath(new URL("test/helpers/neovim-session.lua", root))}`], {
        encoding: "utf8",
        timeout: 60_000,
        env: {
          ...process.env,
          XDG_STATE_HOME: folder.path, XDG_CACHE_HOME: folder.path, XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path,
          PATH: [join(folder.path, "bin"), process.env["PATH"] ?? ""].join(delimiter),
          LBPOLICY_SETUP: join(folder.path, "setup.lua"),
          LBPOLICY_FILE: join(folder.path, "project/shops/shop.lbpolicy"),
          LBPOLICY_RESULT: result,
        },
      });
      assert.ok(existsSync(result), `Neovim wrote nothing: ${run.stderr}`);
      seen = JSON.parse(readFileSync(result, "utf8")) as Seen;
      assert.equal(seen.problem, undefined);
      project = join(folder.path, "project");
    } finally {
      folder.remove();
    }
  });

  it("knows the file type, and starts the server at the project's root", () => {
    assert.deepEqual([seen.filetype, seen.root], ["lbpolicy", project]);
  });

  it("shows diagnostics at their place, and takes them away when the mistake is put right", () => {
    const errors = seen.diagnostics.filter((each) => each.severity === 1);
    assert.deepEqual(errors.map(({ line, column }) => [line, column]), [[1, 10]]);
    assert.match(errors[0]?.message ?? "", /fare/u);
  });

  it("shows the figures of a backend when it hovers, in the environment of the settings", () => {
    assert.match(seen.hover, /\*\*0\.833\*\*/u);
  });

  it("completes the names of strategies and algorithms", () => {
    for (const name of ["fair", "least_connections"]) assert.ok(seen.completion.includes(name), name);
  });

  it("renames a declaration and its uses", () => {
    assert.deepEqual([seen.renamed[1], seen.renamed[7]], ["  balance evenly", "strategy evenly {"]);
  });

  it("formats the buffer", () => {
    assert.equal(seen.formatted[3], "  server a 10.0.0.11:5000 weight 2 capacity 600rps response 2s");
  });
});
