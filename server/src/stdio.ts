/** The server in its own process: on standard input and output, or on Node's channel to the process that started it. */
import { createConnection, IPCMessageReader, IPCMessageWriter, StreamMessageWriter } from "vscode-languageserver/node";
import type { MessageReader, MessageWriter } from "vscode-languageserver/node";
import { startThread } from "./background/start-thread.ts";
import { pageOf } from "./diagnostic-pages.ts";
import { fileHost } from "./file-host.ts";
import { FramedReader, NotJson } from "./framing.ts";
import type { ServerHost } from "./host.ts";
import { startServer } from "./server.ts";
import { policyFilesIn } from "./policy-files.ts";
import { guard } from "./transport.ts";
import type { QueuedChanges } from "./transport.ts";

/** Serves until the client ends it; the process then exits with 0 after `shutdown`, with 1 without. */
export function runStdioServer(): Promise<never> {
  // Whatever writes to the console must not reach the protocol's stream.
  const { stdout } = process;
  const output = new StreamMessageWriter(stdout);
  redirectConsole();
  return serve(new FramedReader(process.stdin), output, (end) => {
    process.stdin.on("end", end);
    process.stdin.on("close", end);
    stdout.on("error", end);
  });
}

/** As `runStdioServer`, on the channel of `child_process.fork`. */
export function runIpcServer(): Promise<never> {
  return serve(new IPCMessageReader(process), new IPCMessageWriter(process), (end) => process.on("disconnect", end));
}

function serve(reader: MessageReader, writer: MessageWriter, onGone: (end: () => void) => void): Promise<never> {
  const transport = guard(reader, writer);
  const end = (): void => process.exit(transport.isShutDown() ? 0 : 1);
  onGone(end);
  reader.onError((error) => {
    if (error instanceof NotJson) {
      void writer.write({ jsonrpc: "2.0", id: null, error: { code: parseError, message: error.message } } as object as { jsonrpc: string }).catch(() => undefined);
      return;
    }
    // Where the next message begins is not known any more.
    process.stderr.write(`lbpolicy: the protocol's stream cannot be read: ${error.message}\n`);
    end();
  });
  const log = (error: unknown): void => void process.stderr.write(`lbpolicy: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  // A server lives on, where a command would end.
  for (const event of ["unhandledRejection", "uncaughtException"]) process.removeAllListeners(event).on(event, log);
  startServer(createConnection(transport.reader, writer), nodeHost(transport.queuedChanges));
  return new Promise(() => undefined);
}

const parseError = -32700;

function nodeHost(queuedChanges: QueuedChanges): ServerHost {
  const waiting = new Map<string, NodeJS.Timeout>();
  const whenQuiet: ServerHost["whenQuiet"] = (key, run, quiet = "a moment") => {
    clearTimeout(waiting.get(key));
    waiting.set(key, setTimeout(() => {
      waiting.delete(key);
      run();
    }, quietMs[quiet]));
  };
  return { ...fileHost, policyFilesIn, pageOf, startThread, whenQuiet, soon: (run) => void setImmediate(run), queuedChanges };
}

/** Long enough to be behind a burst of keystrokes, short enough to be read as an answer; an instant is behind the messages that come together. */
const quietMs = { "a moment": 200, "an instant": 15 } as const;

function redirectConsole(): void {
  const toError = (...words: unknown[]): void => void process.stderr.write(`${words.map(String).join(" ")}\n`);
  Object.assign(console, { log: toError, info: toError, debug: toError, warn: toError, error: toError, trace: toError, dir: toError });
}
