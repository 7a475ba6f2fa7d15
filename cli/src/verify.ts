/**
 * `compile --verify`: the real program's own check of what was compiled, in a scratch folder, with a time limit. The one place of the product
 * in which a process is started: a program by its absolute path with a list of arguments, and no command line in between.
 */
import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { compile, isAtLeast, policyRangeOfLine } from "../../language/src/index.ts";
import type { Analysis, CompileResult, Origin } from "../../language/src/index.ts";
import { scratchCertificate } from "./scratch-certificate.ts";
import { Refusal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { trialPolicy } from "./trial-policy.ts";

export type VerifiedProgram = "nginx" | "haproxy";

/** One thing that a program said. */
export interface Remark {
  readonly program: VerifiedProgram;
  readonly severity: "error" | "warning";
  /** Its own words, without the scratch folder's name. */
  readonly words: string;
  /** The policy range behind the line that it names, where it names one. */
  readonly origin: Origin | undefined;
}

export interface VerifyOptions {
  /** Where the program is looked for; PATH and the usual places of servers unless told. */
  readonly folders?: readonly string[];
  /** 20 s unless told. */
  readonly timeLimitMs?: number;
}

const mostOutputBytes = 4 * 1024 * 1024;

/** What the program says of the policy's output; nothing where it is content. Throws `Refusal` where it is not installed or gives no verdict. */
export async function verify(analysis: Analysis, program: VerifiedProgram, terminal: Terminal, options: VerifyOptions = {}): Promise<readonly Remark[]> {
  const path = programPath(program, options.folders ?? usualFolders(terminal));
  const timeLimitMs = options.timeLimitMs ?? 20_000;
  if (path === undefined) throw new Refusal(`--verify needs ${program}, which is not installed here; install it, or leave --verify out`);
  const folder = mkdtempSync(join(tmpdir(), "lbpolicy-verify-"));
  try {
    // nginx started by root reads as somebody else
    chmodSync(folder, 0o755);
    const files = { certificate: join(folder, "trial.crt"), key: join(folder, "trial.key") };
    const made = scratchCertificate();
    writeFileSync(files.certificate, made.certificate);
    writeFileSync(files.key, made.key, { mode: 0o600 });
    writeFileSync(join(folder, "trial.pem"), made.certificate + made.key, { mode: 0o600 });
    const trial = compile({ ...analysis, policy: trialPolicy(analysis.policy, program, files) }, program);
    const { status, output } = await runProgram(path, program === "nginx" ? nginxArguments(folder, trial) : haproxyArguments(folder, trial), timeLimitMs);
    const remarks = remarksOf(program, output, folder, trial);
    if (status === 0) return remarks;
    const installed = /\d+(?:\.\d+)+/u.exec((await runProgram(path, ["-v"], timeLimitMs)).output)?.[0];
    const older = olderThanTarget(analysis, program, installed);
    if (remarks.some((remark) => remark.severity === "error")) return [...remarks, ...older];
    return [...remarks, { program, severity: "error", words: withoutFolder(output, folder).trim().split("\n").at(-1) ?? "it refused the file without a word", origin: undefined }, ...older];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** That the program here is not the one that the policy is for explains most of what it refuses. */
function olderThanTarget(analysis: Analysis, program: VerifiedProgram, installed: string | undefined): readonly Remark[] {
  const target = analysis.policy.targets.find((candidate) => candidate.kind === program);
  if (installed === undefined || target === undefined || isAtLeast(installed, target.version)) return [];
  return [{ program, severity: "warning", words: `it is version ${installed} here, and the policy is for ${target.version}`, origin: target.origin }];
}

/** The folders of PATH, then where Debian and others keep servers. */
function usualFolders(terminal: Terminal): readonly string[] {
  return [...(terminal.environment["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/sbin"];
}

/** Only absolute folders count: nothing beside the policy is ever run. */
function programPath(program: VerifiedProgram, folders: readonly string[]): string | undefined {
  return folders.filter(isAbsolute).map((folder) => join(folder, program)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const partName = "policy.part";

function nginxArguments(folder: string, trial: CompileResult): readonly string[] {
  mkdirSync(join(folder, "cache"));
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`).join(" ");
  const own = `access_log off; ${places}`;
  // on the same line, so that line numbers stay
  const text = trial.text.replaceAll("/var/cache/", "cache/").replace("include /etc/nginx/modules-enabled/*.conf;", streamModule());
  const isWhole = /^events \{$/mu.test(text);
  writeFileSync(join(folder, partName), isWhole ? text.replace(/^http \{$/mu, `http { ${own}`) : text);
  writeFileSync(join(folder, "whole.conf"), `events {}\nhttp { ${own} include ${partName}; }\n`);
  return ["-t", "-e", "stderr", "-p", folder, "-c", isWhole ? partName : "whole.conf", "-g", "pid nginx.pid;"];
}

/** The include names modules relative to nginx's own prefix, which the folder replaces. */
function streamModule(): string {
  const path = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules"].map((folder) => join(folder, "ngx_stream_module.so")).find((one) => existsSync(one));
  return path === undefined ? "" : `load_module ${path};`;
}

function haproxyArguments(folder: string, trial: CompileResult): readonly string[] {
  writeFileSync(join(folder, partName), trial.text);
  // backends alone do not start: a listener that nobody reaches stands beside them
  writeFileSync(join(folder, "listener"), "listen verify\n    mode http\n    bind 127.0.0.1:1\n    timeout client 1s\n    timeout connect 1s\n    timeout server 1s\n");
  const isWhole = /^frontend /mu.test(trial.text);
  return ["-c", "-f", join(folder, partName), ...(isWhole ? [] : ["-f", join(folder, "listener")])];
}

function runProgram(path: string, parameters: readonly string[], timeLimitMs: number): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = execFile(path, [...parameters], { encoding: "utf8", timeout: timeLimitMs, killSignal: "SIGKILL", maxBuffer: mostOutputBytes, windowsHide: true, env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" } }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error === null) return resolve({ status: 0, output });
      if (error.killed === true) return reject(new Refusal(`${path} gave no verdict within ${timeLimitMs / 1000} s`));
      if (typeof error.code !== "number") return reject(new Refusal(`${path} could not be run: ${String(error.code ?? error.signal ?? "it ended early")}`));
      resolve({ status: error.code, output });
    });
    child.stdin?.end();
  });
}

function remarksOf(program: VerifiedProgram, output: string, folder: string, trial: CompileResult): readonly Remark[] {
  return output.split("\n").flatMap((line): readonly Remark[] => {
    const level = /\[(emerg|alert|crit|error|warn|WARNING|ALERT)\]/u.exec(line)?.[1];
    if (level === undefined) return [];
    const at = new RegExp(`${partName.replace(".", "\\.")}:(\\d+)`, "u").exec(line);
    const origin = at === null ? undefined : policyRangeOfLine(trial, Number(at[1]) - 1);
    const words = withoutFolder(line, folder)
      .replace(/^.*?\[(?:emerg|alert|crit|error|warn|WARNING|ALERT)\]\s*/u, "").replace(/^(?:\(\d+\)|\d+#\d+:)\s*:?\s*/u, "").replace(/^config : /u, "")
      .replace(new RegExp(`\\s*(?:in|parsing \\[)?\\s*${partName.replace(".", "\\.")}:\\d+\\]?\\s*:?\\s*`, "u"), " ").trim();
    // HAProxy's last word only counts the others
    if (/^(?:Error\(s\)|Fatal errors) found in configuration/u.test(words)) return [];
    return [{ program, severity: /^warn/iu.test(level) ? "warning" : "error", words, origin }];
  });
}

function withoutFolder(text: string, folder: string): string {
  return text.replaceAll(`${folder}/`, "");
}
