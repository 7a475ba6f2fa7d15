import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultChoice, parseHostMessage, parsePanelMessage, parsePanelState } from "../../../client/webview/messages.ts";

const choice = { backend: "shop", run: { kind: "scenario", name: "day" }, durationSeconds: 3600, target: "haproxy", load: 1.5 };

describe("messages of the panel", () => {
  for (const message of [{ type: "ready" }, { type: "export" }, { type: "retry" }, { type: "choose", choice }, { type: "choose", choice: defaultChoice }, { type: "reveal", problem: 3 }]) {
    it(`takes ${JSON.stringify(message)}`, () => assert.deepEqual(parsePanelMessage(message), message));
  }

  for (const message of [
    null, undefined, 3, "ready", [], {}, { type: "run", command: "rm" }, { type: "choose" }, { type: "reveal", problem: -1 }, { type: "reveal", problem: 0.5 }, { type: "reveal", problem: "0" },
    { type: "choose", choice: { ...choice, target: "apache" } }, { type: "choose", choice: { ...choice, load: -1 } }, { type: "choose", choice: { ...choice, load: NaN } },
    { type: "choose", choice: { ...choice, backend: "" } }, { type: "choose", choice: { ...choice, backend: "x".repeat(5000) } }, { type: "choose", choice: { ...choice, run: { kind: "scenario" } } },
    { type: "choose", choice: { ...choice, durationSeconds: Infinity } }, { type: "choose", choice: { ...choice, durationSeconds: 0 } },
  ]) {
    it(`drops ${JSON.stringify(message)?.slice(0, 90)}`, () => assert.equal(parsePanelMessage(message), undefined));
  }

  it("passes on nothing that it does not know", () => {
    assert.deepEqual(parsePanelMessage({ type: "choose", choice: { ...choice, extra: 1, run: { ...choice.run, more: 2 } }, other: 3 }), { type: "choose", choice });
    assert.deepEqual(parsePanelMessage(JSON.parse('{"type":"ready","__proto__":{"x":1}}')), { type: "ready" });
  });

  it("drops anything at all that is no message, and never throws", () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      const parsed = parsePanelMessage(value);
      assert.ok(parsed === undefined || ["ready", "export", "retry", "choose", "reveal"].includes(parsed.type));
      parseHostMessage(value);
      parsePanelState(value);
    }), { numRuns: 1000 });
  });

  it("keeps the state of a panel across a reload, and drops one that is not a panel's", () => {
    const state = { uri: "file:///a.lbpolicy", choice, at: 45_000 };
    assert.deepEqual(parsePanelState(state), state);
    assert.deepEqual(parsePanelState({ ...state, at: null }), { ...state, at: null });
    for (const other of [{ ...state, uri: "" }, { ...state, at: -1 }, { ...state, at: "x" }, { ...state, choice: {} }]) assert.equal(parsePanelState(other), undefined);
  });
});
