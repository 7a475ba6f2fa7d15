/**
 * Work that takes longer than a keystroke, in a thread of its own: one job at a time, what is asked for before what is only shown, the newest
 * first. An edit or a cancellation is answered at once, whether or not the thread has noticed.
 */
import type { Documents } from "../documents.ts";
import { BadParameters } from "../asked-policy.ts";
import { createChangeLog } from "./changes.ts";
import type { ChangeLog } from "./changes.ts";
import type { Findings, Job, JobKind, Jobs, Report, Result } from "./jobs.ts";
import type { StartThread, Thread } from "./start-thread.ts";
import { Stopped } from "./stopped.ts";

/** The protocol's cancellation token, as far as it is used. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
  readonly onCancellationRequested: (listener: () => void) => { readonly dispose: () => void };
}

export interface RunOptions {
  readonly cancellation?: Cancellation;
  /** From 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

export interface Background {
  /** Rejects with `Stopped` after a cancellation or an edit of the document, with `BadParameters` for what is not there, with an `Error` for a fault. */
  readonly run: <J extends Job>(job: J, options?: RunOptions) => Promise<Jobs[J["kind"]]["result"]>;
  /**
   * Everything that is found in an open document, with every target and environment, of the text as it is when the thread gets to it. A later
   * call for the same document takes the place of an earlier one, which answers undefined, as do a document that is edited or closed and a fault.
   */
  readonly check: (uri: string) => Promise<Findings | undefined>;
  /** The text is another: what runs for the document is stopped. What was given a text of its own goes on. */
  readonly edited: (uri: string) => void;
  /** After files, folders or settings may have changed. */
  readonly forgetFiles: () => void;
}

interface Pending {
  readonly job: Job;
  readonly options: RunOptions;
  readonly settle: (outcome: { readonly result: Result } | { readonly error: Error }) => void;
}

interface Running {
  readonly pending: Pending;
  readonly number: number;
  /** Settled or back in the queue: what the thread still says of it is not heard. */
  isLeft: boolean;
}

/** What is asked for goes before the figures that are only shown; diagnostics between them. */
const ranks: Readonly<Record<JobKind, number>> = { simulate: 2, scenario: 2, check: 1, figures: 0 };
/** A stopped simulation that does not come to an end in this time is ended with its thread. */
const graceMs = 1_000;
/** A thread that nobody needs gives its memory back. */
const idleMs = 300_000;

export function createBackground(documents: Documents, startThread: StartThread): Background {
  const waiting: Pending[] = [];
  /** The texts of the policies that a thread died of, by document. */
  const deadly = new Map<string, readonly string[]>();
  const stopped = new Int32Array(new SharedArrayBuffer(4));
  let thread: Thread | undefined;
  let changes: ChangeLog = createChangeLog(documents);
  let running: Running | undefined;
  let count = 0;
  let alarm: NodeJS.Timeout | undefined;

  const textsOf = (job: Job): readonly string[] => {
    if (job.kind === "simulate" && job.params.text !== undefined) return [job.params.text];
    return [...(documents.get(job.uri)?.analysis.sources.values() ?? [])].map(({ source }) => source.text);
  };
  const isDeadly = (job: Job): boolean => {
    const texts = deadly.get(deathKey(job));
    if (texts === undefined) return false;
    const now = textsOf(job);
    return texts.length === now.length && texts.every((text, i) => text === now[i]);
  };

  const started = (): Thread => {
    if (thread !== undefined) return thread;
    changes = createChangeLog(documents);
    const own: Thread = startThread({ stopped: stopped.buffer }, {
      onReport: (report) => {
        if (thread === own) hear(report);
      },
      onEnd: (reason) => {
        if (thread === own) ended(reason);
      },
    });
    thread = own;
    return own;
  };

  const next = (): void => {
    if (running !== undefined) return;
    clearTimeout(alarm);
    const pending = takeBest();
    if (pending === undefined) {
      if (thread !== undefined) alarm = later(idleMs, endThread);
      return;
    }
    if (isDeadly(pending.job)) {
      pending.settle({ error: new Error("the last run of this policy ended the background thread; it is run again when the policy changes") });
      next();
      return;
    }
    const number = ++count;
    running = { pending, number, isLeft: false };
    try {
      started().post({ number, changes: changes.take(), job: pending.job });
    } catch (error) {
      running = undefined;
      pending.settle({ error: new Error(`the background thread cannot be started: ${error instanceof Error ? error.message : String(error)}`) });
      next();
    }
  };
  const takeBest = (): Pending | undefined => {
    const best = waiting.reduce<number>((found, each, i) => (found < 0 || ranks[each.job.kind] >= ranks[waiting[found]?.job.kind ?? "figures"] ? i : found), -1);
    return best < 0 ? undefined : waiting.splice(best, 1)[0];
  };

  const hear = (report: Report): void => {
    if (running?.number !== report.number) return;
    const { pending, isLeft } = running;
    if (report.kind === "progress") {
      if (!isLeft) pending.options.onProgress?.(report.fraction);
      return;
    }
    running = undefined;
    if (!isLeft) pending.settle(report.kind === "done" ? { result: report.result } : { error: errorOf(report) });
    next();
  };

  const ended = (reason: string | undefined): void => {
    thread = undefined;
    const last = running;
    running = undefined;
    if (last !== undefined && reason !== undefined) {
      deadly.set(deathKey(last.pending.job), textsOf(last.pending.job));
      if (!last.isLeft) last.pending.settle({ error: new Error(`the background thread ended: ${reason}`) });
    } else if (last !== undefined && !last.isLeft) {
      last.pending.settle({ error: new Error("the background thread ended") });
    }
    next();
  };

  const endThread = (): void => {
    thread?.end();
    thread = undefined;
    running = undefined;
    next();
  };

  /** Tells the thread, and does not wait for it. */
  const leave = (): void => {
    if (running === undefined || running.isLeft) return;
    running.isLeft = true;
    Atomics.store(stopped, 0, running.number);
    // A check cannot be stopped, but comes to an end.
    if (running.pending.job.kind === "check") return;
    clearTimeout(alarm);
    alarm = later(graceMs, endThread);
  };

  const stop = (pending: Pending): void => {
    const index = waiting.indexOf(pending);
    if (index >= 0) waiting.splice(index, 1);
    else if (running?.pending === pending && !running.isLeft) leave();
    pending.settle({ error: new Stopped() });
  };
  const stopAll = (isMeant: (job: Job) => boolean): void => {
    const meant = [...waiting, ...(running === undefined || running.isLeft ? [] : [running.pending])].filter(({ job }) => isMeant(job));
    for (const pending of meant) stop(pending);
  };

  const run = <J extends Job>(job: J, options: RunOptions = {}): Promise<Jobs[J["kind"]]["result"]> =>
    new Promise((resolve, reject) => {
      const { cancellation } = options;
      if (cancellation?.isCancellationRequested === true) {
        reject(new Stopped());
        return;
      }
      const pending: Pending = {
        job, options,
        settle: (outcome) => {
          listening?.dispose();
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome.result as Jobs[J["kind"]]["result"]);
        },
      };
      const listening = cancellation?.onCancellationRequested(() => stop(pending));
      waiting.push(pending);
      // What is only shown gives way to what is asked for, and begins again later. Diagnostics wait for the one backend that is nearly done.
      if (running !== undefined && !running.isLeft && running.pending.job.kind === "figures" && ranks[job.kind] > ranks.check) {
        waiting.unshift(running.pending);
        leave();
      }
      next();
    });

  return {
    run,
    check: async (uri) => {
      stopAll((job) => job.kind === "check" && job.uri === uri);
      try {
        return (await run({ kind: "check", uri })) ?? undefined;
      } catch {
        return undefined;
      }
    },
    edited: (uri) => stopAll((job) => job.uri === uri && !(job.kind === "simulate" && job.params.text !== undefined)),
    forgetFiles() {
      deadly.clear();
      changes.forgetFiles();
    },
  };
}

/** A policy whose simulation is deadly can be checked all the same. */
function deathKey(job: Job): string {
  return `${job.kind === "check" ? "check" : "simulation"} ${job.uri}`;
}

function errorOf(report: Exclude<Report, { readonly kind: "progress" | "done" }>): Error {
  switch (report.kind) {
    case "stopped": return new Stopped();
    case "refused": return new BadParameters(report.reason);
    case "failed": return new Error(report.reason);
  }
}

/** Does not keep the process alive. */
function later(ms: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, ms).unref();
}
