/** The background thread, as Node starts it. */
import { Worker } from "node:worker_threads";
import { backgroundEntry } from "./entry.ts";
import type { Order, Report, ThreadData } from "./jobs.ts";

export interface Thread {
  readonly post: (order: Order) => void;
  readonly end: () => void;
}

export interface ThreadEvents {
  readonly onReport: (report: Report) => void;
  /** Once, however it ended; `reason` is undefined where it was ended from outside. */
  readonly onEnd: (reason: string | undefined) => void;
}

export type StartThread = (data: ThreadData, events: ThreadEvents) => Thread;

/** What it may hold, in MiB: its own fault must not be the editor's. */
export const usualHeapMiB = 512;

/** Room for what is short-lived; with the usual 48 the thread keeps some 50 MiB more of a document of 10,000 lines, and is hardly faster. */
const youngMiB = 16;

/** Does not keep the process alive. */
export function startThread(data: ThreadData, { onReport, onEnd }: ThreadEvents, heapMiB: number = usualHeapMiB): Thread {
  // Standard output belongs to the protocol: what the thread would write there goes to standard error.
  const worker = new Worker(backgroundEntry, { workerData: data, stdout: true, argv: [], resourceLimits: { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: youngMiB } });
  worker.stdout.pipe(process.stderr, { end: false });
  let reason: string | undefined;
  worker.on("message", onReport);
  worker.on("error", (error: unknown) => {
    reason = isOutOfMemory(error) ? `more than ${heapMiB} MiB of memory would be needed` : error instanceof Error ? error.message : String(error);
  });
  worker.on("exit", () => onEnd(reason));
  worker.unref();
  return { post: (order) => worker.postMessage(order), end: () => void worker.terminate() };
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
