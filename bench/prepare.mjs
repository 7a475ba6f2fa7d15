// Makes what the benchmarks compare with: the Langium parser and server, and the server that does nothing, each bundled as ours is.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

export async function preparePeers() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["langium/generate.mjs"], { cwd: here, encoding: "utf8" });
  if (status !== 0) throw new Error(`langium-cli failed:\n${stdout}${stderr}`);
  /** @type {import("esbuild").BuildOptions} */
  const node = { bundle: true, platform: "node", target: "node20", minify: true, legalComments: "none", logLevel: "warning", absWorkingDir: here };
  await Promise.all([
    build({ ...node, format: "cjs", entryPoints: ["langium/server.mjs"], outfile: "dist/langium-server.cjs" }),
    build({ ...node, format: "esm", entryPoints: ["langium/build.mjs"], outfile: "dist/langium-build.mjs" }),
    build({ ...node, format: "cjs", entryPoints: ["lsp/idle-server.mjs"], outfile: "dist/idle-server.cjs" }),
  ]);
}
