/** The order of background work, by a thread that does only what the test says; and what becomes of a real one that dies. */
import assert from "node:assert/strict";
import { createBackground } from "../../../server/src/background/background.ts";
import type { Background } from "../../../server/src/background/background.ts";
import type { Order, Report } from "../../../server/src/background/jobs.ts";
import { startThread } from "../../../server/src/background/start-thread.ts";
import type { ThreadEvents } from "../../../server/src/background/start-thread.ts";
import { Stopped } from "../../../server/src/background/stopped.ts";
import { createDocuments } from "../../../server/src/documents.ts";
import type { Documents } from "../../../server/src/documents.ts";
import { fileHost } from "../../../server/src/file-host.ts";
import { sampleText } from "../../helpers/analyzed.ts";

/** Every thread that was started, with what it was told. */
interface Started {
  readonly orders: Order[];
  readonly events: ThreadEvents;
  readonly stopped: Int32Array;
  isEnded: boolean;
}

const a = "untitled:a";
const b = "untitled:b";

describe("background work", () => {
  let documents: Documents;
  let threads: Started[];
  let background: Background;

  beforeEach(() => {
    documents = createDocuments(fileHost);
    threads = [];
    background = createBackground(documents, ({ stopped }, events) => {
      const started: Started = { orders: [], events, stopped: new Int32Array(stopped), isEnded: false };
      threads.push(started);
      return { post: (order) => void started.orders.push(order), end: () => void (started.isEnded = true) };
    });
    documents.open(a, "lbpolicy", 1, "backend x {\n}\n");
    documents.open(b, "lbpolicy", 1, "backend y {\n}\n");
  });

  const only = (): Started => {
    assert.equal(threads.length, 1);
    return threads[0] as Started;
  };
  const names = ({ orders }: Started): readonly string[] => orders.map(({ job }) => `${job.kind} ${job.uri}`);
  const finish = (thread: Started): void => {
    const { number, job } = thread.orders.at(-1) as Order;
    thread.events.onReport({ number, kind: "done", result: job.kind === "figures" || job.kind === "check" ? null : ({} as never) });
  };
  const simulate = (uri: string, options = {}): Promise<unknown> => background.run({ kind: "simulate", uri, params: { uri, version: 1, request: {} } }, options);
  const isStopped = (error: unknown): boolean => error instanceof Stopped;

  it("starts no thread until there is work", () => assert.equal(threads.length, 0));

  it("is one at a time: what is asked for, then diagnostics, then figures; the newest first", async () => {
    const all = [simulate(a), background.run({ kind: "figures", uri: a, backend: "x", longestMs: 1 }), background.check(a), simulate(b), background.check(b)];
    const thread = only();
    for (let i = 1; i <= 5; i++) {
      assert.equal(thread.orders.length, i);
      finish(thread);
    }
    assert.deepEqual(names(thread), [`simulate ${a}`, `simulate ${b}`, `check ${b}`, `check ${a}`, `figures ${a}`]);
    await Promise.all(all);
  });

  it("sends each text once, and again when it changed", async () => {
    const first = simulate(a);
    finish(only());
    await first;
    const second = simulate(a);
    assert.deepEqual(only().orders[1]?.changes, { texts: [], closed: [] });
    finish(only());
    await second;
    documents.change(a, 2, [{ text: "// more\n" }]);
    documents.close(b);
    const third = simulate(a);
    assert.deepEqual(only().orders[2]?.changes, { texts: [{ uri: a, languageId: "lbpolicy", version: 2, text: "// more\n" }], closed: [b] });
    finish(only());
    await third;
    background.forgetFiles();
    void simulate(a).catch(() => undefined);
    assert.ok(only().orders[3]?.changes.surroundings !== undefined, "settings and folders are told anew");
  });

  it("figures give way to what is asked for, and begin again", async () => {
    const figures = background.run({ kind: "figures", uri: a, backend: "x", longestMs: 1 });
    const thread = only();
    const asked = simulate(a);
    assert.equal(Atomics.load(thread.stopped, 0), thread.orders[0]?.number, "the thread is told to stop");
    thread.events.onReport({ number: thread.orders[0]?.number ?? 0, kind: "stopped" });
    finish(thread);
    await asked;
    finish(thread);
    assert.equal(await figures, null);
    assert.deepEqual(names(thread), [`figures ${a}`, `simulate ${a}`, `figures ${a}`]);
  });

  it("figures of one backend are finished before a check, which goes before those of the next", async () => {
    const [first, check, second] = [background.run({ kind: "figures", uri: a, backend: "x", longestMs: 1 }), background.check(a), background.run({ kind: "figures", uri: a, backend: "y", longestMs: 1 })];
    const thread = only();
    assert.equal(Atomics.load(thread.stopped, 0), 0, "nothing is stopped");
    for (let i = 0; i < 3; i++) finish(thread);
    await Promise.all([first, check, second]);
    assert.deepEqual(names(thread), [`figures ${a}`, `check ${a}`, `figures ${a}`]);
  });

  it("a check takes the place of an earlier one of the same document", async () => {
    const first = background.check(a);
    const thread = only();
    const second = background.check(a);
    assert.equal(await first, undefined);
    thread.events.onReport({ number: thread.orders[0]?.number ?? 0, kind: "done", result: { version: 1, diagnostics: [] } });
    const { number } = thread.orders[1] as Order;
    thread.events.onReport({ number, kind: "done", result: { version: 2, diagnostics: [] } });
    assert.deepEqual(await second, { version: 2, diagnostics: [] });
  });

  it("an edit stops what runs and waits for the document, and nothing else", async () => {
    const [running, waiting, other] = [simulate(a), background.check(a), simulate(b)];
    background.edited(a);
    await assert.rejects(running, isStopped);
    assert.equal(await waiting, undefined);
    const thread = only();
    thread.events.onReport({ number: thread.orders[0]?.number ?? 0, kind: "stopped" });
    finish(thread);
    await other;
    assert.deepEqual(names(thread), [`simulate ${a}`, `simulate ${b}`]);
  });

  it("a cancellation is answered without waiting for the thread; one before the start costs nothing", async () => {
    const listeners: (() => void)[] = [];
    const cancellation = { isCancellationRequested: false, onCancellationRequested: (listener: () => void) => (listeners.push(listener), { dispose: () => undefined }) };
    const running = simulate(a, { cancellation });
    for (const listener of listeners) listener();
    await assert.rejects(running, isStopped);
    await assert.rejects(simulate(b, { cancellation: { ...cancellation, isCancellationRequested: true } }), isStopped);
    assert.equal(only().orders.length, 1);
  });

  it("a thread that dies fails what it did with a reason, and the next one does what waited", async () => {
    const [dying, waiting] = [simulate(a), simulate(b)];
    only().events.onEnd("more than 512 MiB of memory would be needed");
    await assert.rejects(dying, /more than 512 MiB/u);
    assert.equal(threads.length, 2);
    assert.deepEqual(names(threads[1] as Started), [`simulate ${b}`]);
    assert.equal(threads[1]?.orders[0]?.changes.texts.length, 2, "the new thread is told every text");
    finish(threads[1] as Started);
    await waiting;
  });

  it("a policy that a thread died of is run again only when its text is another", async () => {
    const dying = simulate(a);
    only().events.onEnd("died");
    await assert.rejects(dying);
    await assert.rejects(simulate(a), /when the policy changes/u);
    await assert.rejects(background.run({ kind: "figures", uri: a, backend: "x", longestMs: 1 }), /when the policy changes/u);
    assert.equal(threads.length, 1, "no thread was started for it");
    documents.change(a, 2, [{ text: "backend z {\n}\n" }]);
    const again = simulate(a);
    assert.equal(threads.length, 2);
    finish(threads[1] as Started);
    await again;
  });

  it("a thread that does not stop is ended, and the next work has another", async () => {
    const running = simulate(a);
    background.edited(a);
    await assert.rejects(running, isStopped);
    const waiting = simulate(b);
    // The event is the start of another thread, after the second that the first one has.
    while (threads.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(threads[0]?.isEnded);
    finish(threads[1] as Started);
    await waiting;
  });

  it("reports of a thread that was ended are not heard", async () => {
    const dying = simulate(a);
    const [first] = threads;
    first?.events.onEnd("died");
    await assert.rejects(dying);
    const waiting = simulate(b);
    const late: Report = { number: threads[1]?.orders[0]?.number ?? 0, kind: "done", result: null };
    first?.events.onReport(late);
    assert.equal(threads[1]?.orders.length, 1);
    finish(threads[1] as Started);
    await waiting;
  });
});

describe("a background thread without memory", function () {
  this.timeout(60_000);

  it("fails its simulation with the reason; the policy is not run again until it changes; the next one runs", async () => {
    const documents = createDocuments(fileHost);
    let started = 0;
    // Enough to begin, not enough for the points of two months.
    const background = createBackground(documents, (data, events) => startThread(data, events, started++ === 0 ? 24 : 512));
    documents.open(a, "lbpolicy", 1, sampleText("ai-gateway"));
    const run = (request: object): Promise<{ readonly outcome: { readonly kind: string } }> => background.run({ kind: "simulate", uri: a, params: { uri: a, version: 1, request } });
    await assert.rejects(run({ durationSeconds: 60 * 86_400, stepSeconds: 60 }), /more than 24 MiB of memory/u);
    await assert.rejects(run({}), /when the policy changes/u);
    documents.change(a, 2, [{ text: `${sampleText("ai-gateway")}\n` }]);
    assert.equal((await run({})).outcome.kind, "report");
    assert.equal(started, 2);
  });
});
