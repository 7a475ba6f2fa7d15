/** What the cluster does otherwise, in figures: by hand-made runs, and by pools for which the difference can be worked out. */
import assert from "node:assert/strict";
import { analyze, compile } from "../../../language/src/index.ts";
import { compileKubernetes } from "../../../language/src/compile/kubernetes/compile.ts";
import { describeDifference, spanText } from "../../../language/src/compile/kubernetes/difference-text.ts";
import type { Backend, Scale } from "../../../language/src/model/policy.ts";
import type { RuleThreshold, Schedule } from "../../../language/src/model/scaling.ts";
import { defaultKubernetes } from "../../../language/src/model/target.ts";
import type { KubernetesTarget } from "../../../language/src/model/target.ts";
import type { SimulationReport } from "../../../language/src/simulate/report.ts";
import { backendWith, defaultBehavior, metricThreshold, origin, policyWith, rateDemand, replicaOf, scaleWith, trafficWith, workloadWith } from "../../helpers/policies.ts";

/** A report of one size per minute. */
function reportOf(sizes: readonly number[], dropped = 0): SimulationReport {
  const points = sizes.map((replicas, i) => ({ t: i * 60, replicas }));
  return { points, summary: { dropped, asked: 100_000 } } as unknown as SimulationReport;
}

describe("a difference in words", () => {
  const cases: readonly (readonly [string, SimulationReport, SimulationReport, string])[] = [
    ["none", reportOf([2, 5, 2]), reportOf([2, 5, 2]), ""],
    ["later", reportOf([2, 12, 12, 12]), reportOf([2, 6, 12, 16]), "reaches 12 members 1 min later, grows to 16 members instead of 12 and takes 5 % less member time"],
    ["earlier", reportOf([100, 100, 101]), reportOf([100, 101, 101]), "reaches 101 members 1 min earlier"],
    ["never", reportOf([2, 4, 8]), reportOf([2, 4, 6]), "reaches 6 members instead of 8 and takes 14 % less member time"],
    ["at the same peak", reportOf([200, 200, 199, 199]), reportOf([200, 200, 200, 199]), "has 200 members instead of 199 after 2 min"],
    ["from the start", reportOf([300, 300]), reportOf([299, 300]), "reaches 300 members 1 min later"],
    ["with losses", reportOf([300, 301]), reportOf([300, 300], 12_345), "reaches 300 members instead of 301 and fails 12,345 requests more"],
  ];
  for (const [name, policy, compiled, words] of cases) it(name, () => assert.equal(describeDifference(policy, compiled), words));

  it("has times in two units at most", () => {
    assert.deepEqual([45, 135, 3600, 12_000, 3661, 0].map(spanText), ["45 s", "2 min 15 s", "1 h", "3 h 20 min", "1 h 1 min", "0 s"]);
  });
});

/** 100 rps a member; 1000 rps from the start, 3000 rps from minute 20 on for 20 minutes. */
const step = trafficWith({ shape: { kind: "base", ratePerSecond: 1000 }, bursts: [{ factor: 3, at: { kind: "time", secondOfDay: 1200 }, seconds: 1200, origin }] });

function pool(scale: Partial<Scale>, more: Partial<Backend> = {}): Backend {
  return backendWith({
    demand: { kind: "traffic", traffic: step, origin }, replica: replicaOf(100), workload: workloadWith({ image: "a:1", port: 80, cpu: { request: 1 } }), scale: scaleWith(1, 100, scale), ...more,
  });
}

function messageOf(code: string, backend: Backend, target: Partial<KubernetesTarget> = {}): string {
  const result = compileKubernetes(policyWith({ backends: [backend], targets: [{ ...defaultKubernetes, ...target }] }));
  return result.diagnostics.find((diagnostic) => diagnostic.code === code)?.message ?? assert.fail(`no ${code} in ${result.diagnostics.map((each) => each.message).join("\n")}`);
}

const rules = (action: RuleThreshold["rules"][number]["action"]): RuleThreshold => ({
  kind: "rules", name: "full", cooldownUpSeconds: 60, cooldownDownSeconds: 60, origin,
  rules: [{ metric: { kind: "builtin", name: "load_factor" }, operator: ">", value: 0.8, dimension: "ratio", forSeconds: 0, action, origin }],
});

describe("diagnostics with the simulated difference", () => {
  it("of rules: a jump to a size against growth in proportion", () => {
    // The HPA aims at 80 %, which 3000 rps pass with 38 members.
    const doubled = messageOf("LBP5537", pool({ thresholds: [rules({ kind: "set", replicas: 90 })] }));
    assert.match(doubled, /the compiled autoscaler reaches 38 members instead of 90\b/);
  });

  it("of a prediction: the same size, later", () => {
    const ramp = trafficWith({ shape: { kind: "ramp", fromPerSecond: 500, toPerSecond: 3000, overSeconds: 1800 } });
    const backend = pool({ thresholds: [metricThreshold("load_factor", 0.7, { predict: { windowSeconds: 300, aheadSeconds: 300 } })] }, { demand: { kind: "traffic", traffic: ramp, origin } });
    assert.match(messageOf("LBP5539", backend), /is compiled without its prediction.*; with its demand load over 24 h the compiled autoscaler reaches \d+ members .*(instead of|later)/);
  });

  it("of a tolerance that the version has not", () => {
    // 20 % over the target of 50 %: inside a tolerance of 30 %, outside the cluster's 10 %.
    const behavior = { ...defaultBehavior, toleranceUp: 0.3, toleranceDown: 0.3 };
    const twelve = trafficWith({ shape: { kind: "base", ratePerSecond: 1000 }, bursts: [{ factor: 1.2, at: { kind: "time", secondOfDay: 1200 }, seconds: 1200, origin }] });
    const backend = pool({ behavior, thresholds: [metricThreshold("load_factor", 0.5)] }, { demand: { kind: "traffic", traffic: twelve, origin } });
    assert.match(messageOf("LBP5536", backend, { version: "1.32" }), /; with its demand load over 24 h the compiled autoscaler grows to 24 members instead of 20\b/);
  });

  it("of dates: on a day that shows it", () => {
    const office: Schedule = {
      name: "office", timezone: "UTC", replicas: { min: 40 }, origin, except: [{ year: 2026, month: 5, day: 1 }],
      windows: [{ kind: "every", days: [1, 2, 3, 4, 5], startSecond: 8 * 3600, endSecond: 20 * 3600, origin }],
    };
    const thresholds = [metricThreshold("cpu", 0.7)];
    const backend = pool({ thresholds, schedules: [office] });
    // 1 May 2027 is a Saturday, so the exception repeats on a day without office hours and nothing differs.
    assert.match(messageOf("LBP5550", backend), /; with its demand load on 2027-05-01 over 24 h the compiled autoscaler decides the same\.$/);
    const daily = pool({ thresholds, schedules: [{ ...office, windows: [{ kind: "every", days: [1, 2, 3, 4, 5, 6, 7], startSecond: 8 * 3600, endSecond: 20 * 3600, origin }] }] });
    assert.match(messageOf("LBP5550", daily), /on 2027-05-01 over 24 h the compiled autoscaler has 1\d members instead of 40 after 8 h /);
    const keda = { autoscaler: "keda", schedules: "keda" } as const;
    // A trigger is a metric, so the limits of the pool hold for it too: at most 100 % in 15 s.
    assert.match(messageOf("LBP5552", backend, keda), /has no except.*; with its demand load on 2026-05-01 over 24 h the compiled autoscaler has 28 members instead of 14 after 8 h /);
  });

  it("is left out where nothing says what would come, or what a member can do", () => {
    const { demand: _, ...silent } = pool({ thresholds: [rules({ kind: "double" })] });
    assert.match(messageOf("LBP5537", silent), /instead of by steps\.$/);
  });

  it("of a rate is that of an hour", () => {
    const backend = pool({ thresholds: [rules({ kind: "double" })] }, { demand: rateDemand(1000) });
    assert.match(messageOf("LBP5537", backend), /; with its demand of 1000 rps over 1 h the compiled autoscaler /);
  });

  it("is told of the first sixteen pools", () => {
    const text = Array.from({ length: 18 }, (_, index) => `backend b${index} { demand 1000rps replica capacity 100rps workload { image "a:1" port 80 cpu 1 } scale 1..100 { when load_factor > 90% double } }\n`).join("");
    const { diagnostics } = compile(analyze({ file: "p", text }), "kubernetes");
    const told = diagnostics.filter((diagnostic) => diagnostic.code === "LBP5537").map((diagnostic) => `${diagnostic.message.includes("over 1 h") ? "with" : "without"} figures`);
    assert.deepEqual([told.filter((each) => each === "with figures").length, told.at(-1), told.length], [16, "without figures", 18]);
  });
});
