import assert from "node:assert/strict";
import fc from "fast-check";
import { requestOf, resolveChoice } from "../../../client/src/choice.ts";
import type { Choice } from "../../../client/webview/messages.ts";
import { defaultChoice } from "../../../client/webview/messages.ts";
import type { SimulationChoices } from "../../../server/src/protocol.ts";

const choices: SimulationChoices = {
  backends: [{ name: "shop", hasDemand: true }, { name: "inference", hasDemand: true }, { name: "idle", hasDemand: false }],
  scenarios: [{ name: "busy_day", backend: "inference", traffic: "weekday", durationSeconds: 86_400 }, { name: "sale", backend: "inference", traffic: null, durationSeconds: 3600 }],
  traffics: ["weekday"],
};

describe("the choice of a simulation", () => {
  it("starts with the first scenario of the policy", () => {
    const resolved = resolveChoice(defaultChoice, choices);
    assert.equal(resolved.backend, "inference");
    assert.deepEqual(resolved.run, { kind: "scenario", name: "busy_day" });
  });

  it("takes the only backend with a demand where there is no scenario", () => {
    const resolved = resolveChoice(defaultChoice, { backends: [{ name: "a", hasDemand: false }, { name: "b", hasDemand: true }], scenarios: [], traffics: [] });
    assert.deepEqual([resolved.backend, resolved.run.kind], ["b", "demand"]);
  });

  it("leaves the choice to the user where several have a demand", () => {
    const resolved = resolveChoice(defaultChoice, { backends: [{ name: "a", hasDemand: true }, { name: "b", hasDemand: true }], scenarios: [], traffics: [] });
    assert.equal(resolved.backend, null);
  });

  it("runs a traffic on a backend without a demand", () => {
    assert.deepEqual(resolveChoice({ ...defaultChoice, backend: "idle" }, choices).run, { kind: "traffic", name: "weekday" });
  });

  it("keeps what the text still has", () => {
    const choice: Choice = { backend: "inference", run: { kind: "scenario", name: "sale" }, durationSeconds: 600, target: "haproxy", load: 2 };
    assert.deepEqual(resolveChoice(choice, choices), choice);
  });

  it("falls back where a scenario was renamed, and keeps the rest", () => {
    const resolved = resolveChoice({ backend: "inference", run: { kind: "scenario", name: "gone" }, durationSeconds: null, target: "haproxy", load: 2 }, choices);
    assert.deepEqual([resolved.run, resolved.target, resolved.load], [{ kind: "scenario", name: "busy_day" }, "haproxy", 2]);
  });

  it("keeps everything while the text cannot be read", () => {
    const choice: Choice = { backend: "inference", run: { kind: "scenario", name: "sale" }, durationSeconds: null, target: "nginx", load: 1 };
    assert.deepEqual(resolveChoice(choice, { backends: [], scenarios: [], traffics: [] }), choice);
  });

  it("settles at once, whatever was chosen before", () => {
    const name = fc.constantFrom("a", "b", "c");
    const run = fc.oneof(fc.constant({ kind: "default" as const }), fc.constant({ kind: "demand" as const }), name.map((each) => ({ kind: "scenario" as const, name: each })), name.map((each) => ({ kind: "traffic" as const, name: each })));
    const choice = fc.record({ backend: fc.option(name), run, durationSeconds: fc.constant(null), target: fc.constant("nginx" as const), load: fc.constant(1) });
    const text = fc.record({
      backends: fc.uniqueArray(fc.record({ name, hasDemand: fc.boolean() }), { selector: (each) => each.name }),
      scenarios: fc.uniqueArray(fc.record({ name, backend: name, traffic: fc.constant(null), durationSeconds: fc.constant(60) }), { selector: (each) => each.name }),
      traffics: fc.uniqueArray(name),
    });
    fc.assert(fc.property(choice, text, (before, available) => {
      const once = resolveChoice(before, available);
      assert.deepEqual(resolveChoice(once, available), once);
    }), { numRuns: 1000 });
  });

  it("asks for the run only what was chosen", () => {
    assert.deepEqual(requestOf(defaultChoice), { target: "nginx", loadFactor: 1 });
    assert.deepEqual(requestOf({ backend: "b", run: { kind: "traffic", name: "t" }, durationSeconds: 60, target: "haproxy", load: 2 }),
      { backend: "b", traffic: "t", durationSeconds: 60, target: "haproxy", loadFactor: 2 });
  });
});
