// Gets the programs that tests run from Debian's packages: real nginx and haproxy judge what we compile, chromium shows the
// editor. A missing program is installed or refused with the command to type; no test is ever skipped for want of a tool.
// Only Node builtins here: this runs before anything is installed.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * @typedef {'nginx' | 'libnginx-mod-stream' | 'haproxy' | 'chromium' | 'openssl' | 'neovim' | 'strace' | 'fonts-dejavu-core' | 'fonts-liberation'} DebianTool
 * A Debian package name.
 */

/**
 * What proves that a package is there: one of these programs on the path, or one of these files.
 * @type {Readonly<Record<DebianTool, {programs?: readonly string[], files?: readonly string[]}>>}
 */
const PROOFS = {
  nginx: { programs: ["nginx"] },
  "libnginx-mod-stream": {
    files: ["/usr/lib/nginx/modules/ngx_stream_module.so", "/usr/lib64/nginx/modules/ngx_stream_module.so"],
  },
  haproxy: { programs: ["haproxy"] },
  chromium: { programs: ["chromium", "chromium-browser", "google-chrome"] },
  openssl: { programs: ["openssl"] },
  neovim: { programs: ["nvim"] },
  strace: { programs: ["strace"] },
  "fonts-dejavu-core": { files: ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"] },
  "fonts-liberation": {
    files: [
      "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
      "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
    ],
  },
};

/** Packages whose installation registers a service that binds a well-known port. */
const SERVICES = /** @type {readonly DebianTool[]} */ (["nginx", "haproxy"]);

/** A start of a service during installation asks this file; 101 means "not allowed". */
const POLICY_FILE = "/usr/sbin/policy-rc.d";

/**
 * Makes sure that the named Debian packages are there, installing the missing ones when that is possible (root and apt-get).
 * @template {DebianTool} T
 * @param {readonly T[]} names
 * @param {{log?: (line: string) => void}} [options]
 * @returns {Record<T, string>} the path of each one's program (or proving file)
 * @throws {Error} naming what is missing and the exact command that installs it
 */
export function ensureDebianTools(names, { log = logToStderr } = {}) {
  const missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length > 0) install(missing, log);
  const paths = /** @type {Record<T, string>} */ ({});
  for (const name of names) {
    const path = findTool(name);
    if (path === undefined) throw new Error(`${name} was installed, but ${describeProof(name)} is not there.`);
    paths[name] = path;
  }
  return paths;
}

/**
 * Where a tool is, without installing anything.
 * @param {DebianTool} name
 * @returns {string | undefined}
 */
export function findTool(name) {
  const { programs = [], files = [] } = PROOFS[name];
  // nginx and haproxy live in sbin, which is not on the path of an ordinary user.
  const folders = [...(process.env["PATH"] ?? "").split(":").filter(Boolean), "/usr/sbin", "/sbin", "/usr/local/sbin"];
  const candidates = programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  return candidates.find(isExecutable) ?? files.find((file) => existsSync(file));
}

/** @param {readonly DebianTool[]} missing @param {(line: string) => void} log */
function install(missing, log) {
  const command = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const refusal = whyNotInstallable();
  if (refusal !== undefined) {
    throw new Error(
      `Missing: ${missing.join(", ")} (${missing.map(describeProof).join("; ")}).\n${refusal} Install with:\n` +
        `  sudo apt-get update && sudo ${command}\nand run again.`,
    );
  }
  log(`installing ${missing.join(", ")} from the Debian packages`);
  const update = aptGet(["update"]);
  withServicesHeld(() => {
    const result = aptGet(["install", "-y", "--no-install-recommends", ...missing]);
    if (result.status !== 0) {
      const updateFailure = update.status === 0 ? "" : `apt-get update failed before it:\n${update.output}\n`;
      throw new Error(`Could not install ${missing.join(", ")}.\n${updateFailure}${command} failed:\n${result.output}`);
    }
  });
  // Installed for tests only: not to be started at the next boot either. Without systemd there is nothing to disable.
  const services = missing.filter((name) => SERVICES.includes(name));
  if (services.length > 0) spawnSync("systemctl", ["disable", "--quiet", ...services], { stdio: "ignore" });
}

/** @returns {string | undefined} */
function whyNotInstallable() {
  if (!isExecutable("/usr/bin/apt-get")) return "This machine has no apt-get; on Debian or Ubuntu:";
  if (process.getuid?.() !== 0) return "Only root may install packages.";
  return undefined;
}

/** @param {() => void} action */
function withServicesHeld(action) {
  if (existsSync(POLICY_FILE)) return action(); // the machine has its own policy (container images do)
  writeFileSync(POLICY_FILE, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    action();
  } finally {
    rmSync(POLICY_FILE, { force: true });
  }
}

/** @param {readonly string[]} parameters */
function aptGet(parameters) {
  const result = spawnSync("/usr/bin/apt-get", ["-q", "-o", "DPkg::Lock::Timeout=180", ...parameters], {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    maxBuffer: 64 * 1024 * 1024,
  });
  const lines = `${result.stdout ?? ""}\n${result.stderr ?? ""}\n${result.error?.message ?? ""}`.trim().split("\n");
  return { status: result.status, output: lines.slice(-15).join("\n") };
}

/** @param {DebianTool} name */
function describeProof(name) {
  const { programs = [], files = [] } = PROOFS[name];
  return programs.length > 0 ? `program ${programs.join(" or ")}` : `file ${files[0]}`;
}

/** @param {string} line */
function logToStderr(line) {
  process.stderr.write(`${line}\n`);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const unknown = process.argv.slice(2).filter((name) => !(name in PROOFS));
  try {
    if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(", ")}. Known: ${Object.keys(PROOFS).join(", ")}.`);
    const paths = ensureDebianTools(/** @type {DebianTool[]} */ (process.argv.slice(2)));
    for (const [name, path] of Object.entries(paths)) process.stdout.write(`${name}: ${path}\n`);
  } catch (error) {
    logToStderr(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
