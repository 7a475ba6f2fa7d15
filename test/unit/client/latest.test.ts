import assert from "node:assert/strict";
import { createLatest } from "../../../client/src/latest.ts";

describe("work of which only the newest matters", () => {
  /** Runs that end when the test says so. */
  function bench(): { readonly runs: { readonly signal: AbortSignal; readonly end: () => void }[]; readonly run: (signal: AbortSignal) => Promise<void> } {
    const runs: { signal: AbortSignal; end: () => void }[] = [];
    return { runs, run: (signal) => new Promise((end) => { runs.push({ signal, end }); }) };
  }

  it("begins at once, without waiting", () => {
    const { runs, run } = bench();
    createLatest(run).request();
    assert.equal(runs.length, 1);
  });

  it("cancels the running one and begins one more for any number of requests", async () => {
    const { runs, run } = bench();
    const latest = createLatest(run);
    for (let i = 0; i < 5; i++) latest.request();
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.signal.aborted, true);
    runs[0]?.end();
    await new Promise(setImmediate);
    assert.equal(runs.length, 2);
    assert.equal(runs[1]?.signal.aborted, false);
    runs[1]?.end();
    await new Promise(setImmediate);
    assert.equal(runs.length, 2);
  });

  it("begins nothing after it was disposed", async () => {
    const { runs, run } = bench();
    const latest = createLatest(run);
    latest.request();
    latest.request();
    latest.dispose();
    runs[0]?.end();
    await new Promise(setImmediate);
    latest.request();
    assert.equal(runs.length, 1);
  });
});
