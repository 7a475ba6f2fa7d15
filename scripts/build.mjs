// Type-checks everything into out/, then bundles the extension, the language, the server, its background thread, the command line and the panel into dist/.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { nodeBundle, nodeBundles } from "./bundles.mjs";
import { thirdPartyNotices } from "./notices.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const result = spawnSync(process.execPath, [join(root, "node_modules", ".bin", command), ...args], { cwd: root, stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

run("tsc", ["-b"]);
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const bundles = await Promise.all([
  ...(await nodeBundles(dist)).map((options) => build(options)),
  build({ ...nodeBundle, entryPoints: ["client/src/extension.ts"], outfile: "dist/extension.cjs", external: ["vscode"] }),
  build({ ...nodeBundle, platform: "browser", target: "es2022", format: "iife", entryPoints: ["client/webview/panel.ts"], outfile: "dist/webview/panel.js" }),
]);
if (existsSync(join(root, "client/webview/panel.css"))) {
  cpSync(join(root, "client/webview/panel.css"), join(dist, "webview/panel.css"));
}
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(root, bundles.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}))));
