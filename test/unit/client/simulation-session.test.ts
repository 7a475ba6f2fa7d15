/** What a panel shows while its text, its choices and its server change; the test is the editor and the server. */
import assert from "node:assert/strict";
import type { Answer } from "../../../client/src/policy-server.ts";
import type { PolicyText, SimulationSession } from "../../../client/src/simulation-session.ts";
import { createSession } from "../../../client/src/simulation-session.ts";
import type { HostMessage } from "../../../client/webview/messages.ts";
import { defaultChoice } from "../../../client/webview/messages.ts";
import type { Problem, SimulateOutcome, SimulateParams, SimulateResponse, SimulationChoices, SimulationReport } from "../../../server/src/protocol.ts";
import { fakeReport } from "../../helpers/fake-report.ts";

const choices: SimulationChoices = { backends: [{ name: "b", hasDemand: true }], scenarios: [], traffics: [] };
const small = { durationSeconds: 300, stepSeconds: 15 };
const problem: Problem = { code: "LBP2001", severity: "error", message: "Unknown name.", uri: "file:///p.lbpolicy", range: { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } } };

interface Question {
  readonly params: SimulateParams;
  readonly signal: AbortSignal;
  readonly answer: (answer: Answer<SimulateResponse>) => void;
}

interface Bench {
  readonly session: SimulationSession;
  readonly posted: HostMessage[];
  readonly text: (next: Partial<PolicyText>) => void;
  /** The next question to the server, as soon as it comes. */
  readonly question: () => Promise<Question>;
  readonly questionsWaiting: () => number;
  /** Resolves when the session posts a message of this kind. */
  readonly postedStatus: (kind: string) => Promise<void>;
  /** Resolves when the session posts this report. */
  readonly postedReport: (report: SimulationReport) => Promise<void>;
}

function createBench(): Bench {
  let policy: PolicyText = { text: "v1", version: 1, saved: "v1" };
  const questions: Question[] = [];
  const posted: HostMessage[] = [];
  const wake = new Set<() => void>();
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => { wake.add(resolve); });
  };
  const notify = (): void => { for (const each of wake) each(); wake.clear(); };
  const session = createSession("file:///p.lbpolicy", "p.lbpolicy", defaultChoice, {
    read: () => Promise.resolve(policy),
    ask: (params, signal) => new Promise((answer) => { questions.push({ params, signal, answer }); notify(); }),
    post: (message) => { posted.push(message); notify(); },
    after: () => () => undefined,
  });
  return {
    session,
    posted,
    text: (next) => { policy = { ...policy, ...next }; },
    question: async () => {
      await until(() => questions.length > 0);
      const next = questions.shift();
      assert.ok(next);
      return next;
    },
    questionsWaiting: () => questions.length,
    postedStatus: (kind) => until(() => posted.some((message) => (message.type === "show" ? message.view.status.kind : message.status.kind) === kind)),
    postedReport: (report) => until(() => posted.some((message) => message.type === "show" && message.view.report === report)),
  };
}

function reply(outcome: SimulateOutcome, version = 1, more: Partial<SimulateResponse> = {}): Answer<SimulateResponse> {
  return { kind: "answer", value: { version, outcome, elapsedMs: 5, choices, shares: [], ...more } };
}

function reportOf(report: SimulationReport): SimulateOutcome {
  return { kind: "report", report };
}

/** Asks once, resolves the default choice with the second question, shows the report. */
async function settle(bench: Bench, report = fakeReport(small)): Promise<void> {
  bench.session.refresh();
  (await bench.question()).answer(reply(reportOf(report)));
  (await bench.question()).answer(reply(reportOf(report)));
  await bench.postedStatus("current");
}

describe("the session of a simulation panel", () => {
  it("asks again for what the text offers, then shows the report", async () => {
    const bench = createBench();
    bench.session.refresh();
    const first = await bench.question();
    assert.deepEqual(first.params.request, { target: "nginx", loadFactor: 1 });
    first.answer(reply(reportOf(fakeReport(small)), 1, { choices: { ...choices, scenarios: [{ name: "s", backend: "b", traffic: null, durationSeconds: 60 }] } }));
    const second = await bench.question();
    assert.deepEqual(second.params.request, { target: "nginx", loadFactor: 1, backend: "b", scenario: "s" });
    const report = fakeReport({ ...small, seed: 9 });
    second.answer(reply(reportOf(report), 1, { choices: { ...choices, scenarios: [{ name: "s", backend: "b", traffic: null, durationSeconds: 60 }] } }));
    await bench.postedStatus("current");
    assert.equal(bench.session.view().report, report);
  });

  it("cancels the run of an older text and shows only the newest", async () => {
    const bench = createBench();
    await settle(bench);
    bench.text({ text: "v2", version: 2 });
    bench.session.refresh();
    const older = await bench.question();
    bench.text({ text: "v3", version: 3 });
    bench.session.refresh();
    bench.session.refresh();
    assert.equal(older.signal.aborted, true);
    const before = bench.posted.length;
    older.answer(reply(reportOf(fakeReport({ ...small, seed: 2 })), 2));
    const newer = await bench.question();
    assert.equal(newer.params.version, 3);
    assert.equal(bench.posted.slice(before).some((message) => message.type === "show"), false);
    const report = fakeReport({ ...small, seed: 3 });
    newer.answer(reply(reportOf(report), 3));
    await bench.postedReport(report);
  });

  it("keeps the last good picture while the text has errors, and says so", async () => {
    const bench = createBench();
    const good = fakeReport(small);
    await settle(bench, good);
    bench.text({ text: "broken", version: 2 });
    bench.session.refresh();
    (await bench.question()).answer(reply({ kind: "refused", problems: [problem, { ...problem, severity: "warning" }] }, 2));
    await bench.postedStatus("stale");
    const { report, status } = bench.session.view();
    assert.equal(report, good);
    assert.deepEqual(status, { kind: "stale", problems: [problem] });
  });

  it("compares an edited text with the last saved one, and asks for that once", async () => {
    const bench = createBench();
    const saved = fakeReport(small);
    bench.text({ text: "edited", version: 2, saved: "v1" });
    bench.session.refresh();
    (await bench.question()).answer(reply(reportOf(fakeReport({ ...small, seed: 2 })), 2));
    (await bench.question()).answer(reply(reportOf(fakeReport({ ...small, seed: 2 })), 2));
    const forSaved = await bench.question();
    assert.equal(forSaved.params.text, "v1");
    forSaved.answer(reply(reportOf(saved), 2));
    await bench.postedStatus("current");
    bench.text({ text: "edited more", version: 3 });
    bench.session.refresh();
    const newest = fakeReport({ ...small, seed: 3 });
    (await bench.question()).answer(reply(reportOf(newest), 3));
    await bench.postedReport(newest);
    assert.equal(bench.session.view().baseline, saved);
    assert.equal(bench.questionsWaiting(), 0);
  });

  it("compares with nothing once the text is saved", async () => {
    const bench = createBench();
    await settle(bench);
    bench.text({ text: "v2", version: 2 });
    bench.session.refresh();
    (await bench.question()).answer(reply(reportOf(fakeReport({ ...small, seed: 2 })), 2));
    bench.text({ saved: "v2" });
    const now = fakeReport({ ...small, seed: 2 });
    bench.session.refresh();
    (await bench.question()).answer(reply(reportOf(now), 2));
    await bench.postedReport(now);
    assert.equal(bench.session.view().baseline, null);
  });

  it("does not run again what the server died of, until the text changes", async () => {
    const bench = createBench();
    await settle(bench);
    bench.text({ text: "deadly", version: 2 });
    bench.session.refresh();
    (await bench.question()).answer({ kind: "died" });
    await bench.postedStatus("unavailable");
    bench.session.refresh();
    await new Promise(setImmediate);
    assert.equal(bench.questionsWaiting(), 0);
    bench.text({ text: "harmless", version: 3 });
    bench.session.refresh();
    assert.equal((await bench.question()).params.version, 3);
  });

  it("runs it again when the user asks for it", async () => {
    const bench = createBench();
    bench.session.refresh();
    (await bench.question()).answer({ kind: "died" });
    await bench.postedStatus("unavailable");
    bench.session.retry();
    assert.equal((await bench.question()).params.version, 1);
  });

  it("waits for the server where there is none and goes on when it is back", async () => {
    const bench = createBench();
    bench.session.refresh();
    (await bench.question()).answer({ kind: "absent" });
    await bench.postedStatus("unavailable");
    assert.equal((bench.session.view().status as { retry?: string }).retry, "automatic");
    await settle(bench);
  });

  it("lets the user choose where several backends have a demand", async () => {
    const bench = createBench();
    const several: SimulationChoices = { backends: [{ name: "a", hasDemand: true }, { name: "b", hasDemand: true }], scenarios: [], traffics: [] };
    bench.session.refresh();
    (await bench.question()).answer(reply({ kind: "choose", backends: ["a", "b"] }, 1, { choices: several }));
    await bench.postedStatus("choose");
    bench.session.choose({ ...bench.session.view().choice, backend: "a", run: { kind: "demand" } });
    assert.equal((await bench.question()).params.request.backend, "a");
  });
});
