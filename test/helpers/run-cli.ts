import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../cli/src/command-line.ts";
import { decodeText } from "../../server/src/text-file.ts";
import { root } from "./root.ts";

export interface CliResult {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command in this process, without a terminal, in a folder. */
export async function runInFolder(folder: string, args: readonly string[], options: { readonly input?: string; readonly environment?: Readonly<Record<string, string>> } = {}): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  const status = await runCommandLine(args, {
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
    readInput: () => Promise.resolve(decodeText(Buffer.from(options.input ?? ""))),
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 100,
    folder,
    environment: options.environment ?? {},
  });
  return { status, stdout, stderr };
}

/** Runs `lbpolicy` in its own process, without a terminal. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("out/cli/src/main.js", root)), ...args], {
      cwd: options.cwd ?? fileURLToPath(root),
      env: { ...process.env, ...options.environment },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }));
    // A program that ends without reading its input closes the pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** A new folder with these files; `remove` deletes it. */
export function makeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): { readonly path: string; readonly remove: () => void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "lbpolicy-test-")));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
