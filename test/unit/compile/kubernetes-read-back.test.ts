/** The same simulator runs what was emitted: the manifests, read back from their YAML, decide as the policy does. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { compileKubernetes } from "../../../language/src/compile/kubernetes/compile.ts";
import type { Context } from "../../../language/src/compile/kubernetes/context.ts";
import { emittedScale } from "../../../language/src/compile/kubernetes/emitted.ts";
import { createParity } from "../../../language/src/compile/emit/parity.ts";
import { analyze } from "../../../language/src/index.ts";
import { isElastic } from "../../../language/src/model/policy.ts";
import type { Backend } from "../../../language/src/model/policy.ts";
import { scenarioWith } from "../../helpers/policies.ts";
import { decisions, readBackScale, runOf } from "../../helpers/read-back.ts";
import { root } from "../../helpers/root.ts";
import { lossyCase, scalingCase } from "../../helpers/scaling-arbitrary.ts";

const lossy = new Set(["LBP5536", "LBP5537", "LBP5538", "LBP5539", "LBP5540", "LBP5552", "LBP5554"]);

describe("what was emitted, in the simulator", function () {
  this.timeout(60_000);
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  const runs = 320;

  it(`decides as the policy does: ${runs} generated policies (SEED=${seed})`, () => {
    let moved = 0;
    fc.assert(fc.property(scalingCase, ({ policy, scenario }) => {
      const [backend] = policy.backends;
      assert.ok(backend !== undefined);
      const result = compileKubernetes(policy);
      assert.deepEqual(result.diagnostics.filter(({ code, severity }) => severity === "error" || lossy.has(code)).map(({ message }) => message), []);
      const wanted = decisions(policy, backend, scenario);
      assert.deepEqual(decisions(policy, { ...backend, scale: readBackScale(policy, backend, result.text, scenario) }, scenario), wanted);
      if (wanted.changes.length > 0) moved += 1;
    }), { numRuns: runs, seed });
    assert.ok(moved > runs / 3, `only ${moved} of ${runs} pools ever moved`);
  });

  it(`is what the figures in the diagnostics are taken from: 60 generated policies with what cannot be said (SEED=${seed})`, () => {
    let compared = 0;
    fc.assert(fc.property(lossyCase, ({ policy, scenario }) => {
      const [backend] = policy.backends;
      const [target] = policy.targets;
      assert.ok(backend?.scale !== undefined && target?.kind === "kubernetes");
      const result = compileKubernetes(policy);
      assert.deepEqual(result.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message), []);
      if (!result.text.includes("HorizontalPodAutoscaler")) return;
      const context: Context = { policy, target, parity: createParity("kubernetes"), differenceOf: () => "" };
      const simulated = decisions(policy, { ...backend, scale: emittedScale(context, backend, backend.scale) }, scenario);
      assert.deepEqual(decisions(policy, { ...backend, scale: readBackScale(policy, backend, result.text, scenario) }, scenario), simulated);
      compared += 1;
    }), { numRuns: 60, seed });
    assert.ok(compared > 30, `only ${compared} of 60 have an autoscaler`);
  });

  const folder = new URL("samples/", root);
  for (const name of readdirSync(folder).filter((one) => existsSync(new URL(`${one}/policy.lbpolicy`, folder)))) {
    const { policy } = analyze({ file: "policy.lbpolicy", text: readFileSync(new URL(`${name}/policy.lbpolicy`, folder), "utf8") });
    const scaled = policy.backends.filter((backend) => isElastic(backend) && backend.workload !== undefined && (backend.scale?.thresholds.length ?? 0) > 0);
    if (scaled.length === 0) {
      it(`sample ${name} has no autoscaler to read back`, () => assert.doesNotMatch(compileKubernetes(policy).text, /HorizontalPodAutoscaler|ScaledObject/));
      continue;
    }
    for (const backend of scaled) {
      it(`sample ${name}: ${backend.name} decides alike, where a diagnostic does not say otherwise`, () => {
        const result = compileKubernetes({ ...policy, backends: [backend] });
        const said = result.diagnostics.filter(({ code }) => lossy.has(code));
        const scenarios = [scenarioWith(backend, { durationSeconds: 86_400 }), ...policy.scenarios.filter((scenario) => scenario.backend.name === backend.name)];
        for (const scenario of scenarios) {
          const own = decisions(policy, backend, scenario);
          const emitted = decisions(policy, { ...backend, scale: readBackScale(policy, backend, result.text, scenario) }, scenario);
          if (said.length === 0) assert.deepEqual(emitted, own);
          // Without what cannot be said the rest still decides alike.
          const metricsOnly = { ...policy, backends: [withoutRules(backend)] };
          const plain = compileKubernetes(metricsOnly);
          assert.deepEqual(decisions(policy, { ...backend, scale: readBackScale(policy, backend, plain.text, scenario) }, scenario), decisions(metricsOnly, withoutRules(backend), scenario));
        }
      });
    }
  }

  it("differs from rules by what the diagnostic says", () => {
    const { policy } = analyze({ file: "policy.lbpolicy", text: readFileSync(new URL("ai-gateway/policy.lbpolicy", folder), "utf8") });
    const [backend] = policy.backends;
    assert.ok(backend !== undefined);
    const result = compileKubernetes(policy);
    const scenario = scenarioWith(backend, { durationSeconds: 86_400 });
    const own = runOf(policy, backend, scenario).points;
    const emitted = runOf(policy, { ...backend, scale: readBackScale(policy, backend, result.text, scenario) }, scenario).points;
    const peak = Math.max(...own.map((point) => point.replicas));
    const first = (points: typeof own): number => points.find((point) => point.replicas >= peak)?.t ?? assert.fail("never as large");
    const minutes = (first(emitted) - first(own)) / 60;
    assert.ok(minutes > 0, "the doubling reaches the peak no earlier");
    const message = result.diagnostics.find(({ code }) => code === "LBP5537")?.message ?? "";
    assert.ok(message.includes(`with its demand weekday over 24 h the compiled autoscaler reaches ${peak} members ${minutes} min later`), message);
  });
});

function withoutRules(backend: Backend): Backend {
  const scale = backend.scale;
  assert.ok(scale !== undefined);
  return { ...backend, scale: { ...scale, thresholds: scale.thresholds.flatMap((threshold) => (threshold.kind === "rules" ? [] : [threshold])) } };
}
