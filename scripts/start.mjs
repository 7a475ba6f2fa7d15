// The main job at once: compiles and simulates a sample in the terminal, then opens VS Code with the extension and the samples.
//   npm start                 the embedded VS Code, on loopback
//   npm start -- --desktop    the `code` on the path
//   npm start -- --once       only the terminal part; no browser, no large download
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fail, root, setUp } from "./setup.mjs";

const once = process.argv.includes("--once");
const desktop = process.argv.includes("--desktop");
const unknown = process.argv.slice(2).filter((word) => word !== "--once" && word !== "--desktop");
if (unknown.length > 0) fail(`npm start takes --once or --desktop, not ${unknown.join(" ")}.`);

setUp();
/** @param {string[]} command */
function node(command) {
  const result = spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

node(["scripts/build.mjs"]);
/** @param {string[]} words */
function show(words) {
  console.log(`\n$ lbpolicy ${words.join(" ")}\n`);
  node(["dist/cli.cjs", ...words]);
}
show(["compile", "samples/shop/policy.lbpolicy", "--target", "nginx"]);
show(["simulate", "samples/ai-gateway/policy.lbpolicy"]);
if (once) process.exit(0);

node(["scripts/package.mjs"]);
const vsixPath = join(root, "dist", "lbpolicy.vsix");
const { ensureEmbeddedVsCode, installVsix, isEmbeddedSupported, startEmbeddedVsCode, workbenchUrl } = await import("./vscode-embedded.mjs");
const { makeTemporaryFolder } = await import("./temporary-folder.mjs");
const workspace = makeTemporaryFolder("samples");
cpSync(join(root, "samples"), workspace.path, { recursive: true });

if (desktop || !isEmbeddedSupported()) {
  if (!desktop) console.log("\nThe embedded VS Code is for Linux on x64: a desktop VS Code is used instead.");
  const [program, ...prefix] = await desktopCode();
  const shell = process.platform === "win32";
  const installed = spawnSync(program, [...prefix, "--install-extension", vsixPath, "--force"], { stdio: "inherit", shell });
  if (installed.status !== 0) fail("VS Code did not take the extension: see its words above. It lies in dist/lbpolicy.vsix.");
  const opened = spawnSync(program, [...prefix, workspace.path, join(workspace.path, "shop", "policy.lbpolicy")], { stdio: "inherit", shell });
  console.log(`\nVS Code was asked to open a copy of the samples in ${workspace.path}.`);
  process.exit(opened.status ?? 1);
}

/**
 * The command of a desktop VS Code: the `code` on the path, else one that @vscode/test-electron downloads.
 * @returns {Promise<[string, ...string[]]>}
 */
async function desktopCode() {
  const code = process.platform === "win32" ? "code.cmd" : "code";
  if (spawnSync(code, ["--version"], { stdio: "ignore", shell: process.platform === "win32" }).status === 0) return [code];
  console.log("There is no `code` on the path: VS Code is downloaded.");
  try {
    const { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } = await import("@vscode/test-electron");
    const [program = code, ...prefix] = resolveCliArgsFromVSCodeExecutablePath(await downloadAndUnzipVSCode());
    return [program, ...prefix];
  } catch (error) {
    fail(`VS Code cannot be downloaded (${error instanceof Error ? error.message : String(error)}): install it with its shell command, or take the extension from dist/lbpolicy.vsix.`);
    return [code];
  }
}

const vscode = await ensureEmbeddedVsCode({ root, log: (line) => console.log(line) });
const extensions = makeTemporaryFolder("extensions");
await installVsix({ vscode, vsixPath, extensionsDir: extensions.path });
const server = await startEmbeddedVsCode({ vscode, extensionsDir: extensions.path });
console.log(`\nVS Code with the extension and a copy of the samples:\n\n  ${workbenchUrl(server.url, { folder: workspace.path })}\n\nOpen shop/policy.lbpolicy or ai-gateway/policy.lbpolicy, and "LB Policy: Preview Simulated Scaling to the Side" (Ctrl+K V).\nCtrl+C ends it.`);

const end = async () => {
  await server.stop();
  extensions.remove();
  workspace.remove();
  process.exit(0);
};
process.once("SIGINT", end);
process.once("SIGTERM", end);
