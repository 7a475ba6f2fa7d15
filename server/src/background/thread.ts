/** The background thread's entry: takes orders one after another until it is ended. */
import { parentPort, workerData } from "node:worker_threads";
import { BadParameters } from "../asked-policy.ts";
import { createDocuments } from "../documents.ts";
import { fileHost } from "../file-host.ts";
import { answerJob } from "./answer.ts";
import { applyChanges } from "./changes.ts";
import type { Order, Report, ThreadData } from "./jobs.ts";
import { Stopped } from "./stopped.ts";

const { stopped } = workerData as ThreadData;
const lastStopped = new Int32Array(stopped);
const documents = createDocuments(fileHost);

parentPort?.on("message", ({ number, changes, job }: Order) => {
  const say = (report: Report): void => parentPort?.postMessage(report);
  const isCancelled = (): boolean => Atomics.load(lastStopped, 0) >= number;
  try {
    applyChanges(documents, changes);
    const result = answerJob(job, documents, fileHost, { isCancelled, onProgress: (fraction) => say({ number, kind: "progress", fraction }) });
    say({ number, kind: "done", result });
  } catch (error) {
    if (error instanceof Stopped) say({ number, kind: "stopped" });
    else if (error instanceof BadParameters) say({ number, kind: "refused", reason: error.message });
    else say({ number, kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
});
