/** A small client of the language server over standard input and output: messages as they are, and waiting for them. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { root } from "./root.ts";

export interface Message {
  readonly jsonrpc: string;
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface LspClient {
  readonly process: ChildProcess;
  /** The result of a request; rejects with a `ResponseFailure`. */
  readonly request: <R>(method: string, params?: unknown) => Promise<R>;
  readonly notify: (method: string, params?: unknown) => void;
  /** Sends a message with these members, whatever they are. */
  readonly send: (message: object) => void;
  readonly sendRaw: (bytes: string | Uint8Array) => void;
  /** The first message, of those received and those to come, that fits; it is taken out. */
  readonly next: (fits: (message: Message) => boolean) => Promise<Message>;
  /** Messages received and not taken. */
  readonly received: () => readonly Message[];
  readonly exited: Promise<number | null>;
  /** What the process wrote to standard error. */
  readonly errorOutput: () => string;
}

export class ResponseFailure extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const waitLimitMs = 15_000;

/** Starts a server; `command` are the words after `node`, by default the server's own entry. */
export function startLspClient(command: readonly string[] = [serverEntry, "--stdio"]): LspClient {
  const child = spawn(process.execPath, [...command], { stdio: ["pipe", "pipe", "pipe"] });
  const waiting = new Set<{ readonly fits: (message: Message) => boolean; readonly take: (message: Message) => void }>();
  const received: Message[] = [];
  let errorOutput = "";
  let nextId = 1;

  child.stderr.on("data", (chunk: Buffer) => (errorOutput += chunk.toString()));
  // A server that ended is seen by its exit.
  child.stdin.on("error", () => undefined);
  readMessages(child, (message) => {
    for (const waiter of waiting) {
      if (!waiter.fits(message)) continue;
      waiting.delete(waiter);
      waiter.take(message);
      return;
    }
    received.push(message);
  });

  const client: LspClient = {
    process: child,
    async request<R>(method: string, params?: unknown): Promise<R> {
      const id = nextId++;
      client.send({ id, method, ...(params === undefined ? {} : { params }) });
      const answer = await client.next((message) => message.id === id && message.method === undefined);
      if (answer.error !== undefined) throw new ResponseFailure(answer.error.code, answer.error.message);
      return answer.result as R;
    },
    notify: (method, params) => client.send({ method, ...(params === undefined ? {} : { params }) }),
    send: (message) => client.sendRaw(framed(JSON.stringify({ jsonrpc: "2.0", ...message }))),
    sendRaw: (bytes) => void child.stdin.write(bytes),
    next: (fits) => new Promise((resolve, reject) => {
      const index = received.findIndex(fits);
      if (index >= 0) {
        resolve(...(received.splice(index, 1) as [Message]));
        return;
      }
      const limit = setTimeout(() => {
        waiting.delete(waiter);
        reject(new Error(`no such message within ${waitLimitMs} ms; received: ${JSON.stringify(received).slice(0, 2000)}; standard error: ${errorOutput}`));
      }, waitLimitMs);
      const waiter = {
        fits,
        take: (message: Message): void => {
          clearTimeout(limit);
          resolve(message);
        },
      };
      waiting.add(waiter);
    }),
    received: () => received,
    exited: new Promise((resolve) => child.on("exit", (status) => resolve(status))),
    errorOutput: () => errorOutput,
  };
  return client;
}

/** `initialize` and `initialized`. */
export async function initialize(client: LspClient, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const result = await client.request("initialize", { processId: process.pid, rootUri: null, capabilities: {}, ...more });
  client.notify("initialized", {});
  return result;
}

/** Ends a server that may have ended already. */
export async function stop(client: LspClient): Promise<void> {
  client.process.kill("SIGKILL");
  await client.exited;
}

export function framed(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const serverEntry = fileURLToPath(new URL("out/server/src/main.js", root));

/** Anything on standard output that is not protocol is an error. */
function readMessages(child: ChildProcess, onMessage: (message: Message) => void): void {
  let buffer = Buffer.alloc(0);
  child.stdout?.on("data", (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = /^Content-Length: (\d+)$/u.exec(buffer.subarray(0, end).toString());
      if (head === null) throw new Error(`not protocol: ${buffer.toString().slice(0, 200)}`);
      const length = Number(head[1]);
      if (buffer.length < end + 4 + length) return;
      onMessage(JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString()) as Message);
      buffer = buffer.subarray(end + 4 + length);
    }
  });
}
