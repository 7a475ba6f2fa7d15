/**
 * The real nginx and HAProxy with compiled configurations, on loopback: judged by their own check, or run before members of a test.
 * compile.md §6. Works without root: everything lies in a folder of its own under the system's temporary one.
 */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export type Program = "nginx" | "haproxy";

export interface Verdict {
  readonly ok: boolean;
  /** What the program said. */
  readonly words: string;
}

export interface Running {
  /** What the program has said so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** `nginx -t`, or `haproxy -c -dW`, which also fails on a warning. A warning of nginx's is a failure too. */
export function judge(program: Program, text: string): Verdict {
  const folder = scratchFolder();
  try {
    const file = writeConfiguration(program, text, folder);
    const parameters = program === "nginx" ? ["-t", "-e", "stderr", "-p", folder, "-c", file] : ["-c", "-dW", "-f", file];
    const result = spawnSync(findProgram(program), parameters, { encoding: "utf8", timeout: 20_000 });
    const words = `${result.stdout}${result.stderr}`;
    return { ok: result.status === 0 && !/\[(?:warn|WARNING)\]/i.test(words), words };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same without blocking this process, for many configurations. */
export async function judgeLater(program: Program, text: string): Promise<Verdict> {
  const folder = scratchFolder();
  try {
    const file = writeConfiguration(program, text, folder);
    const parameters = program === "nginx" ? ["-t", "-e", "stderr", "-p", folder, "-c", file] : ["-c", "-dW", "-f", file];
    const child = spawn(findProgram(program), parameters, { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
    let words = "";
    child.stdout.on("data", (chunk: Buffer) => (words += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
    const [status] = (await once(child, "close")) as [number | null];
    return { ok: status === 0 && !/\[(?:warn|WARNING)\]/i.test(words), words };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts the program and waits until it takes connections on all of the ports. */
export async function run(program: Program, text: string, ports: readonly number[]): Promise<Running> {
  const folder = scratchFolder();
  const file = writeConfiguration(program, text, folder);
  const parameters = program === "nginx" ? ["-e", "stderr", "-p", folder, "-c", file, "-g", "daemon off; pid nginx.pid;"] : ["-db", "-f", file];
  const child = spawn(findProgram(program), parameters, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, "exit").catch(() => undefined);
  const stop = async (): Promise<void> => {
    if (!hasEnded(child)) child.kill(program === "nginx" ? "SIGQUIT" : "SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true });
  };
  for (const port of ports) {
    const deadline = Date.now() + 10_000;
    while (!(await takesConnections(port))) {
      if (hasEnded(child) || Date.now() > deadline) {
        await stop();
        throw new Error(`${program} does not listen on ${port}:\n${log}\n${text}`);
      }
      await delay(10);
    }
  }
  if (hasEnded(child)) throw new Error(`${program} ended:\n${log}`);
  return { log: () => log, stop };
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => (server.listening ? undefined : once(server, "listening"))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** One free port. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error("no port is free");
  return port;
}

/** A self-signed certificate for the names, as files with one stem, and as text. */
export function makeCertificate(names: readonly string[]): { readonly certificate: string; readonly key: string; readonly remove: () => void } {
  const folder = scratchFolder();
  const certificate = join(folder, "site.crt");
  const key = join(folder, "site.key");
  const result = spawnSync(findProgram("openssl"), [
    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate,
    "-subj", `/CN=${names[0] ?? "localhost"}`, "-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
  ], { encoding: "utf8", timeout: 20_000 });
  if (result.status !== 0) throw new Error(`openssl: ${result.stderr}`);
  writeFileSync(join(folder, "site.pem"), Buffer.concat([readFileSync(certificate), readFileSync(key)]));
  return { certificate, key, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The program's path; nginx and haproxy lie where an ordinary user's path does not look. */
export function findProgram(name: Program | "openssl"): string {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/sbin"].filter((folder) => folder !== "");
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  throw new Error(`${name} is needed by this test; apt-get install nginx libnginx-mod-stream haproxy openssl`);
}

/** Passable for others: nginx started by root works as somebody else. */
function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "lbpolicy-live-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** nginx is told to keep its files in the folder: a distribution's own places need root. */
function writeConfiguration(program: Program, text: string, folder: string): string {
  const file = join(folder, program === "nginx" ? "nginx.conf" : "haproxy.cfg");
  if (program === "haproxy") {
    writeFileSync(file, text);
    return file;
  }
  mkdirSync(join(folder, "cache"));
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`).join(" ");
  const http = text.replace(/^http \{$/m, `http { access_log off; ${places}`).replaceAll("/var/cache/", "cache/");
  writeFileSync(file, http.replace("include /etc/nginx/modules-enabled/*.conf;", streamModule()));
  return file;
}

/** The include names modules relative to nginx's own prefix, which the folder replaces. */
function streamModule(): string {
  const path = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules"].map((folder) => join(folder, "ngx_stream_module.so")).find((one) => existsSync(one));
  return path === undefined ? "" : `load_module ${path};`;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
