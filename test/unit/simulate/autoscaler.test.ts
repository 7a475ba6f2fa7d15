/** What simulation.md says a port of the controller gets wrong, beyond the recorded cases. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { rulesOf, scaleDownRules, scaleUpRules, type ScalingRules } from "../../../language/src/simulate/autoscaler/behavior.ts";
import { noEvents, scaleDownLimit, scaleUpLimit } from "../../../language/src/simulate/autoscaler/rate-limits.ts";
import { podsAverageReplicas, utilizationReplicas, valueReplicas } from "../../../language/src/simulate/autoscaler/replicas.ts";
import { stabilizedByBehavior, stabilizedWithoutBehavior } from "../../../language/src/simulate/autoscaler/stabilization.ts";
import { freshMemory, plainShaping, syncAutoscaler, type AutoscalerMemory, type Shaping } from "../../../language/src/simulate/autoscaler/sync.ts";
import { isWithinTolerance, toleranceTestOf } from "../../../language/src/simulate/autoscaler/tolerance.ts";
import { defaultBehavior } from "../../helpers/policies.ts";

const usual: Shaping = { kind: "behavior", up: scaleUpRules({}), down: scaleDownRules({}) };
const rules = { tolerances: { up: 0.1, down: 0.1 } };
const percent = (value: number, periodSeconds = 60, window = 0): ScalingRules => ({ stabilizationWindowSeconds: window, selectPolicy: "Max", policies: [{ type: "Percent", value, periodSeconds }] });

function run(start: number, desired: readonly number[], shaping: Shaping, range = { min: 1, max: 1000 }): readonly number[] {
  let memory: AutoscalerMemory = freshMemory;
  let replicas = start;
  return desired.map((want, sync) => {
    const result = syncAutoscaler(memory, replicas, range, [want], shaping, sync * 15);
    ({ memory, replicas } = result);
    return replicas;
  });
}

const times = (count: number, value: number) => Array.from({ length: count }, () => value);

describe("the autoscaler", () => {
  it("has two machines: without behavior 4, 8, 16 … and with an empty one 5, 10, 20 …", () => {
    assert.deepEqual(run(1, times(6, 100), plainShaping, { min: 1, max: 100 }), [4, 8, 16, 32, 64, 100]);
    assert.deepEqual(run(1, times(6, 100), usual, { min: 1, max: 100 }), [5, 10, 20, 40, 80, 100]);
  });

  it("keeps the edges of double precision", () => {
    assert.equal(scaleUpLimit(100, noEvents, percent(10), 0), 111);
    assert.equal(scaleUpLimit(50, noEvents, percent(10), 0), 56);
    assert.equal(scaleDownLimit(100, noEvents, percent(93), 0), 6);
  });

  it("truncates downwards and rounds up upwards in small pools", () => {
    assert.equal(scaleDownLimit(1, noEvents, percent(1), 0), 0);
    assert.equal(scaleUpLimit(1, noEvents, percent(1), 0), 2);
    assert.equal(scaleDownLimit(5, noEvents, percent(50), 0), 2);
  });

  it("grows by 10 % a minute as 22, 25, 28, 31 and shrinks as 36, 32, 28, 25, 22", () => {
    const up = run(20, times(13, 500), { kind: "behavior", up: percent(10), down: scaleDownRules({}) });
    assert.deepEqual([0, 4, 8, 12].map((sync) => up[sync]), [22, 25, 28, 31]);
    const down = run(40, times(17, 1), { kind: "behavior", up: scaleUpRules({}), down: percent(10) });
    assert.deepEqual([0, 4, 8, 12, 16].map((sync) => down[sync]), [36, 32, 28, 25, 22]);
  });

  it("flaps on an alternating signal without a down window and holds with five minutes of it", () => {
    const signal = [14, 6, 12, 6, 12, 6];
    assert.deepEqual(run(10, signal, { kind: "behavior", up: scaleUpRules({}), down: scaleDownRules({ stabilizationWindowSeconds: 0 }) }), signal);
    assert.deepEqual(run(10, signal, usual), times(6, 14));
  });

  it("counts a recommendation as old as the window without behavior and no longer with it", () => {
    const log = [{ replicas: 8, at: 0 }];
    assert.equal(stabilizedWithoutBehavior(log, 3, 300, 300).replicas, 8);
    assert.equal(stabilizedByBehavior(log, 10, 3, 0, 300, 300).replicas, 3);
    assert.equal(stabilizedByBehavior(log, 10, 3, 0, 300, 299).replicas, 8);
  });

  it("takes a tolerance of 10 % at exactly 10 % as its release does", () => {
    for (const [value, target] of [[110, 100], [55, 50], [66, 60], [77, 70], [88, 80]] as const) {
      assert.equal(isWithinTolerance(rules.tolerances, value / target, "range"), true, `${value} of ${target}`);
      assert.equal(isWithinTolerance(rules.tolerances, value / target, "distance"), false, `${value} of ${target}`);
    }
    assert.equal(isWithinTolerance(rules.tolerances, 0.9, "distance"), isWithinTolerance(rules.tolerances, 0.9, "range"));
    assert.notEqual(isWithinTolerance({ up: 0.05, down: 0.05 }, 0.95, "distance"), isWithinTolerance({ up: 0.05, down: 0.05 }, 0.95, "range"));
    assert.equal(toleranceTestOf("1.33"), "range");
    assert.equal(toleranceTestOf("1.32"), "distance");
  });

  it("cuts a utilisation to a whole percent", () => {
    // 24.75 % of the request is 24 %, which lies outside the tolerance of 27 %; 24.75 % would not.
    const proposal = utilizationReplicas(20, { ready: { count: 20, usage: 4950, request: 20_000 }, unready: none, missing: none }, 27, rules);
    assert.equal(proposal.utilization, 24);
    assert.equal(proposal.replicas, 18);
  });

  it("counts the pods it sees, not those it asked for", () => {
    const five = { ready: { count: 5, usage: 5 * 500, request: 5000 }, unready: none, missing: none };
    assert.equal(utilizationReplicas(4, five, 50, rules).replicas, 4);
    const one = { ready: { count: 1, usage: 1000, request: 1000 }, unready: none, missing: none };
    assert.equal(utilizationReplicas(4, one, 50, rules).replicas, 2);
  });

  it("fills in missing pods against the direction, and not at all exactly on target", () => {
    const seen = (average: number) => ({ ready: { count: 2, usage: 2 * average, request: 0 }, unready: none, missing: { count: 1, usage: 0, request: 0 } });
    assert.equal(podsAverageReplicas(3, seen(2000), 1000, rules).replicas, 4);
    assert.equal(podsAverageReplicas(3, seen(100), 1000, rules).replicas, 2);
    assert.equal(podsAverageReplicas(3, seen(1000), 1000, rules).replicas, 3);
  });

  it("does not shrink on partial data but grows on it", () => {
    assert.equal(syncAutoscaler(freshMemory, 5, { min: 1, max: 10 }, [3, undefined], plainShaping, 0).kind, "failed");
    assert.equal(syncAutoscaler(freshMemory, 5, { min: 1, max: 10 }, [8, undefined], plainShaping, 0).replicas, 8);
    assert.equal(syncAutoscaler(freshMemory, 5, { min: 1, max: 10 }, [undefined], plainShaping, 0).kind, "failed");
  });

  it("goes to its bounds at once and is off at 0 where the minimum is not", () => {
    assert.equal(syncAutoscaler(freshMemory, 50, { min: 1, max: 10 }, [50], usual, 0).replicas, 10);
    assert.equal(syncAutoscaler(freshMemory, 1, { min: 5, max: 10 }, [1], usual, 0).replicas, 5);
    assert.equal(syncAutoscaler(freshMemory, 0, { min: 5, max: 10 }, [7], usual, 0).kind, "disabled");
  });

  it("leaves 0 by the ratio itself, without tolerance", () => {
    assert.equal(valueReplicas(0, 0, [20_000n], 15_000n, rules).replicas, 2);
    assert.equal(valueReplicas(0, 0, [15_000n], 15_000n, rules).replicas, 1);
  });

  it("does not shrink for one window after it starts", () => {
    const down = run(10, times(22, 2), usual);
    assert.deepEqual([down[19], down[20]], [10, 2]);
  });

  it("reads a policy's directions as the manifest has them", () => {
    assert.deepEqual(rulesOf(defaultBehavior.up), scaleUpRules({}));
    assert.deepEqual(rulesOf(defaultBehavior.down), scaleDownRules({}));
    assert.deepEqual(rulesOf({ limits: [{ kind: "percent", fraction: 0.07, periodSeconds: 60 }], select: "disabled", stabilizeSeconds: 0 }).policies[0]?.value, 7);
  });

  it("stays inside its bounds whatever is asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 40 }), fc.array(fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }), { minLength: 1, maxLength: 40 }),
        fc.constantFrom("Max", "Min", "Disabled"), fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 200 }), fc.boolean(),
        (min, more, desired, selectPolicy, window, value, shaped) => {
          const one: ScalingRules = { stabilizationWindowSeconds: window, selectPolicy: selectPolicy as ScalingRules["selectPolicy"], policies: [{ type: "Percent", value, periodSeconds: 60 }, { type: "Pods", value: 3, periodSeconds: 30 }] };
          const shaping: Shaping = shaped ? { kind: "behavior", up: one, down: one } : plainShaping;
          let memory: AutoscalerMemory = freshMemory;
          let replicas = min;
          desired.forEach((want, sync) => {
            const result = syncAutoscaler(memory, replicas, { min, max: min + more }, [want], shaping, sync * 15);
            ({ memory, replicas } = result);
            assert.ok(replicas >= min && replicas <= min + more);
          });
        },
      ),
      { numRuns: 1000 },
    );
  });
});

const none = { count: 0, usage: 0, request: 0 };
