/** Each kind of threshold as a HorizontalPodAutoscaler or as a ScaledObject of KEDA. */
import assert from "node:assert/strict";
import { compileKubernetes } from "../../../language/src/compile/kubernetes/compile.ts";
import { valueAt } from "../../../language/src/compile/kubernetes/object.ts";
import type { Json } from "../../../language/src/compile/kubernetes/object.ts";
import { analyze, compile } from "../../../language/src/index.ts";
import type { Backend, Scale } from "../../../language/src/model/policy.ts";
import type { BuiltinMetric, Metric, MetricReference, MetricThreshold, Rule, RuleThreshold, Threshold } from "../../../language/src/model/scaling.ts";
import type { KubernetesTarget } from "../../../language/src/model/target.ts";
import { gatewayWith, inference, originAt } from "../../helpers/gateway-policy.ts";
import { codesOf, compiled, findOne, kindsOf, manifestsOf, readManifests } from "../../helpers/kubernetes-output.ts";

type Target = Partial<KubernetesTarget>;

const builtin = (name: BuiltinMetric): MetricReference => ({ kind: "builtin", name });
const targets = (...pairs: readonly (readonly [MetricReference, number])[]): MetricThreshold => ({
  kind: "metric", origin: originAt(10), targets: pairs.map(([metric, value], i) => ({ metric, value, dimension: "number", origin: originAt(20 + i * 10) })),
});
const rule = (metric: BuiltinMetric, operator: Rule["operator"], value: number, action: Rule["action"], forSeconds = 0): Rule => ({
  metric: builtin(metric), operator, value, dimension: "number", forSeconds, action, origin: originAt(50),
});
const rules = (...list: readonly Rule[]): RuleThreshold => ({ kind: "rules", rules: list, cooldownUpSeconds: 120, cooldownDownSeconds: 600, origin: originAt(60) });

function pool(thresholds: readonly Threshold[], target: Target = {}, scale: Partial<Scale> = {}, backend: Partial<Backend> = {}): ReturnType<typeof gatewayWith> {
  assert.ok(inference.scale !== undefined);
  return gatewayWith({ backend: { ...backend, scale: { ...inference.scale, schedules: [], ...scale, thresholds } }, target });
}

const autoscaler = (thresholds: readonly Threshold[], target: Target = {}, scale: Partial<Scale> = {}, backend: Partial<Backend> = {}): Json =>
  valueAt(findOne(manifestsOf(pool(thresholds, target, scale, backend)), "HorizontalPodAutoscaler"), "spec") ?? null;

const codes = (thresholds: readonly Threshold[], target: Target = {}, scale: Partial<Scale> = {}, backend: Partial<Backend> = {}): readonly string[] =>
  codesOf(compileKubernetes(pool(thresholds, target, scale, backend)));

describe("metric-based thresholds as an HPA", () => {
  const selector = { matchLabels: { backend: "inference" } };
  const external = (name: string, target: Json): Json => ({ type: "External", external: { metric: { name, selector }, target } });
  const pods = (name: string, averageValue: string): Json => ({ type: "Pods", pods: { metric: { name }, target: { type: "AverageValue", averageValue } } });
  const cases: readonly (readonly [BuiltinMetric, number, Json])[] = [
    ["cpu", 0.7, { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }],
    ["memory", 0.8, { type: "Resource", resource: { name: "memory", target: { type: "Utilization", averageUtilization: 80 } } }],
    ["load_factor", 0.8, external("lbpolicy_arrivals_per_second", { type: "AverageValue", averageValue: "12" })],
    ["arrivals", 9.5, external("lbpolicy_arrivals_per_second", { type: "AverageValue", averageValue: "9500m" })],
    ["rps", 100, pods("lbpolicy_requests_per_second", "100")],
    ["in_flight", 20, pods("lbpolicy_requests_in_flight", "20")],
    ["queue", 3, pods("lbpolicy_requests_queued", "3")],
    ["connections", 2000, pods("lbpolicy_connections", "2k")],
    ["gpu", 0.6, pods("lbpolicy_gpu_busy_ratio", "600m")],
    ["response_time", 1.5, external("lbpolicy_response_time_seconds", { type: "Value", value: "1500m" })],
    ["p95", 3, external("lbpolicy_response_time_p95_seconds", { type: "Value", value: "3" })],
    ["p99", 0.25, external("lbpolicy_response_time_p99_seconds", { type: "Value", value: "250m" })],
    ["ttft_p95", 0.4, external("lbpolicy_first_token_time_p95_seconds", { type: "Value", value: "400m" })],
  ];
  for (const [name, value, expected] of cases) {
    it(`of ${name}`, () => assert.deepEqual(valueAt(autoscaler([targets([builtin(name), value])]), "metrics"), [expected]));
  }

  it("take names that the target says", () => {
    const metrics = valueAt(autoscaler([targets([builtin("load_factor"), 0.7])], { metricNames: [{ metric: "arrivals", name: "gateway_rps" }] }), "metrics");
    assert.equal(valueAt(metrics, 0, "external", "metric", "name"), "gateway_rps");
  });

  it("of metrics without a declaration", () => {
    const metrics = valueAt(autoscaler([targets([{ kind: "external", name: "sqs" }, 30], [{ kind: "custom", name: "jobs" }, 4])]), "metrics");
    assert.deepEqual(metrics, [
      { type: "External", external: { metric: { name: "sqs" }, target: { type: "Value", value: "30" } } },
      { type: "Pods", pods: { metric: { name: "jobs" }, target: { type: "AverageValue", averageValue: "4" } } },
    ]);
  });

  it("of declared metrics: per member, per pool, and per pool undivided", () => {
    const declared = (name: string, per: Metric["per"], undivided: boolean): MetricReference => ({ kind: "declared", metric: { name, per, undivided, query: "q", origin: originAt(70) } });
    const metrics = valueAt(autoscaler([targets([declared("a", "member", false), 1], [declared("b", "pool", false), 2], [declared("c", "pool", true), 3])]), "metrics");
    assert.deepEqual(metrics, [
      { type: "Pods", pods: { metric: { name: "a" }, target: { type: "AverageValue", averageValue: "1" } } },
      { type: "External", external: { metric: { name: "b" }, target: { type: "AverageValue", averageValue: "2" } } },
      { type: "External", external: { metric: { name: "c" }, target: { type: "Value", value: "3" } } },
    ]);
  });

  it("say that an adapter has to serve a metric, and from which query", () => {
    const metric: Metric = { name: "depth", per: "pool", undivided: false, query: "sum(queue_depth)", origin: originAt(70) };
    const result = compiled(pool([targets([{ kind: "declared", metric }, 30], [builtin("rps"), 5], [builtin("cpu"), 0.7])]));
    assert.deepEqual(result.diagnostics.filter(({ code }) => code === "LBP5541").map(({ severity, message }) => [severity, message]), [
      ["information", "The autoscaler asks the external metrics API for \"depth\": a metrics adapter has to serve it, from sum(queue_depth)."],
      ["information", "The autoscaler asks the custom metrics API for \"lbpolicy_requests_per_second\": a metrics adapter has to serve it."],
    ]);
  });

  it("keep memory before cpu before the rest, as the API server hands them back, and the stricter of two equal ones", () => {
    const metrics = valueAt(autoscaler([targets([builtin("rps"), 50], [builtin("cpu"), 0.8], [builtin("memory"), 0.9]), targets([builtin("cpu"), 0.6])]), "metrics");
    const named = Array.isArray(metrics) ? metrics.map((metric: Json) => [valueAt(metric, "type"), valueAt(metric, "resource", "name") ?? null, valueAt(metric, "resource", "target", "averageUtilization") ?? null]) : [];
    assert.deepEqual(named, [["Resource", "memory", 90], ["Resource", "cpu", 60], ["Pods", null, null]]);
  });

  it("need a capacity for load_factor and a request for cpu", () => {
    const { replica: _, ...poolOnly } = inference;
    const { capacityPerSecond: __, ...without } = inference.replica ?? { variation: 1, origin: originAt(1) };
    assert.ok(poolOnly.workload !== undefined);
    assert.deepEqual(codes([targets([builtin("load_factor"), 0.7])], {}, {}, { replica: without }), ["LBP5530", "LBP5519"]);
    const { cpu: ___, ...workload } = poolOnly.workload;
    assert.ok(codes([targets([builtin("cpu"), 0.7])], {}, {}, { workload }).includes("LBP5531"));
  });

  it("say that a prediction is left out", () => {
    assert.ok(codes([{ ...targets([builtin("cpu"), 0.7]), predict: { windowSeconds: 600, aheadSeconds: 300 } }]).includes("LBP5539"));
  });

  it("write tolerance only where it differs and the version has it", () => {
    assert.ok(inference.scale !== undefined);
    const behavior = { ...inference.scale.behavior, toleranceUp: 0.05 };
    const spec = autoscaler([targets([builtin("cpu"), 0.7])], { version: "1.33" }, { behavior });
    assert.equal(valueAt(spec, "behavior", "scaleUp", "tolerance"), "50m");
    assert.equal(valueAt(spec, "behavior", "scaleDown", "tolerance"), undefined);
    const older = compiled(pool([targets([builtin("cpu"), 0.7])], { version: "1.32" }, { behavior }));
    assert.ok(codesOf(older).includes("LBP5536"));
    assert.doesNotMatch(older.text, /tolerance: /);
  });
});

describe("rules as an HPA", () => {
  it("become the lowest upper threshold, steps per cooldown, and the lower threshold's window", () => {
    const spec = autoscaler([rules(
      rule("cpu", ">", 0.8, { kind: "add", count: 3 }, 30), rule("cpu", ">=", 0.95, { kind: "double" }, 60), rule("cpu", "<", 0.3, { kind: "halve" }, 900), rule("cpu", "<", 0.2, { kind: "remove", fraction: 0.9 }, 1200),
    )]);
    assert.equal(valueAt(spec, "metrics", 0, "resource", "target", "averageUtilization"), 80);
    assert.deepEqual(valueAt(spec, "behavior"), {
      scaleUp: { stabilizationWindowSeconds: 30, selectPolicy: "Max", policies: [{ type: "Pods", value: 3, periodSeconds: 120 }, { type: "Percent", value: 100, periodSeconds: 120 }] },
      scaleDown: { stabilizationWindowSeconds: 900, selectPolicy: "Max", policies: [{ type: "Percent", value: 50, periodSeconds: 600 }, { type: "Percent", value: 90, periodSeconds: 600 }] },
    });
  });

  it("that never shrink leave the way down shut", () => {
    assert.equal(valueAt(autoscaler([rules(rule("cpu", ">", 0.8, { kind: "add", count: 1 }))]), "behavior", "scaleDown", "selectPolicy"), "Disabled");
  });

  it("against the metric's direction are left out with a warning, and without one that grows there is no autoscaler", () => {
    const result = compiled(pool([rules(rule("queue", "<", 1, { kind: "add", count: 1 }), rule("queue", "<", 1, { kind: "remove", count: 1 }))]));
    assert.deepEqual(codesOf(result).filter((code) => code === "LBP5538"), ["LBP5538", "LBP5538"]);
    assert.ok(!kindsOf(readManifests(result.text)).some((kind) => kind.startsWith("HorizontalPodAutoscaler")));
  });

  it("beside a metric-based threshold widen its limits and never narrow them", () => {
    const spec = autoscaler([targets([builtin("cpu"), 0.7]), rules(rule("queue", ">", 5, { kind: "add", count: 30 }))]);
    const policies = valueAt(spec, "behavior", "scaleUp", "policies");
    assert.deepEqual(policies, [{ type: "Pods", value: 4, periodSeconds: 15 }, { type: "Percent", value: 100, periodSeconds: 15 }, { type: "Pods", value: 30, periodSeconds: 120 }]);
    assert.equal(valueAt(spec, "behavior", "scaleUp", "stabilizationWindowSeconds"), 0);
  });
});

describe("pools without an autoscaler of their own", () => {
  it("without a threshold have no HPA: the number stands in the Deployment, or the schedule sets it", () => {
    const alone = manifestsOf(pool([]));
    assert.ok(!kindsOf(alone).includes("HorizontalPodAutoscaler/inference"));
    assert.equal(valueAt(findOne(alone, "Deployment"), "spec", "replicas"), 2);
    const scheduled = manifestsOf(pool([], {}, { schedules: inference.scale?.schedules ?? [] }));
    assert.equal(valueAt(findOne(scheduled, "Deployment"), "spec", "replicas"), undefined);
    assert.deepEqual(valueAt(findOne(scheduled, "Role"), "rules"), [{ apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["inference"], verbs: ["get", "patch"] }]);
    const args = valueAt(findOne(scheduled, "CronJob", "inference-office-hours-begin"), "spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "args");
    assert.ok(Array.isArray(args) && args.includes("--patch={\"spec\":{\"replicas\":20}}"));
    assert.deepEqual(kindsOf(scheduled).filter((kind) => kind.startsWith("CronJob")), ["CronJob/inference-office-hours-begin"]);
    assert.ok(codes([], {}, { schedules: inference.scale?.schedules ?? [] }).includes("LBP5555"));
  });

  it("whose rules all fall away keep their size in the Deployment, or have it set by the schedule, and nobody patches an HPA that is not there", () => {
    const backwards = [rules(rule("queue", "<", 1, { kind: "add", count: 1 }))];
    const alone = manifestsOf(pool(backwards));
    assert.equal(valueAt(findOne(alone, "Deployment"), "spec", "replicas"), 2);
    const scheduled = manifestsOf(pool(backwards, {}, { schedules: inference.scale?.schedules ?? [] }));
    assert.deepEqual(valueAt(findOne(scheduled, "Role"), "rules", 0, "resources"), ["deployments"]);
    const useless = manifestsOf(pool([], {}, { schedules: [{ ...(inference.scale?.schedules[0] ?? assert.fail()), replicas: { min: 1 } }] }));
    assert.equal(valueAt(findOne(useless, "Deployment"), "spec", "replicas"), 2);
    assert.ok(!kindsOf(useless).some((kind) => kind.startsWith("CronJob")));
  });

  it("without scale have one member", () => {
    const { scale: _, ...fixed } = inference;
    const manifests = manifestsOf({ ...gatewayWith({}), backends: [fixed] });
    assert.equal(valueAt(findOne(manifests, "Deployment"), "spec", "replicas"), 1);
    assert.ok(!kindsOf(manifests).some((kind) => kind.startsWith("HorizontalPodAutoscaler")));
  });

  it("that somebody else runs get their autoscaler only, and a budget where disruption is given", () => {
    assert.ok(inference.workload !== undefined);
    const { image: _, ...rest } = inference.workload;
    const workload = { ...rest, existing: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "php-apache" } };
    const manifests = manifestsOf(pool([targets([builtin("cpu"), 0.5])], {}, {}, { workload }));
    assert.deepEqual(kindsOf(manifests), ["HorizontalPodAutoscaler/inference"]);
    assert.deepEqual(valueAt(manifests[0], "spec", "scaleTargetRef"), { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "php-apache" });
    const budgeted = { ...workload, disruptionGiven: true, labels: [["app", "php"]] as const };
    const withBudget = manifestsOf(pool([targets([builtin("cpu"), 0.5])], {}, {}, { workload: budgeted }));
    assert.deepEqual(valueAt(findOne(withBudget, "PodDisruptionBudget"), "spec", "selector"), { matchLabels: { app: "php" } });
  });

  it("emit autoscaling is the autoscaler and the schedules alone", () => {
    assert.deepEqual(kindsOf(manifestsOf(gatewayWith({ target: { emit: "autoscaling" } }))).map((kind) => kind.split("/")[0]), [
      "HorizontalPodAutoscaler", "ServiceAccount", "Role", "RoleBinding", "CronJob", "CronJob",
    ]);
  });
});

describe("scaling to zero", () => {
  const cpuOnly = [targets([builtin("cpu"), 0.7])];
  const arriving = [targets([builtin("arrivals"), 5])];

  it("by an HPA needs a version that has it and an external metric", () => {
    assert.ok(codes(arriving, { version: "1.36" }, { min: 0 }).includes("LBP5532"));
    assert.ok(codes(cpuOnly, { version: "1.37" }, { min: 0 }).includes("LBP5532"));
    assert.equal(valueAt(autoscaler(arriving, { version: "1.37" }, { min: 0 }), "minReplicas"), 0);
  });

  it("with active, idle or fallback needs KEDA", () => {
    const active = { metric: builtin("arrivals"), operator: ">", value: 0, dimension: "number", origin: originAt(80) } as const;
    assert.ok(codes(arriving, {}, { active }).includes("LBP5533"));
    assert.ok(codes(arriving, {}, { fallback: { replicas: 3, afterFailures: 2 } }).includes("LBP5533"));
    assert.ok(codes(arriving, {}, { idleSeconds: 120 }).includes("LBP5533"));
    assert.ok(!codes(arriving, {}, { idleSeconds: 300 }).includes("LBP5533"));
  });
});

describe("the target block", () => {
  const source = (lines: string): string => `backend pool { workload { image "a:1" cpu 1 } scale 1..5 { target cpu 50%  during office } }
schedule office { every mon-fri 08:00-20:00 replicas 3 }
target kubernetes { ${lines} }`;
  const kinds = (lines: string): readonly string[] => {
    const result = compile(analyze({ file: "policy.lbpolicy", text: source(lines) }), "kubernetes");
    return result.text === "" ? codesOf(result) : kindsOf(readManifests(result.text)).map((kind) => kind.split("/")[0] ?? "").filter((kind) => /Auto|Scaled|Cron/.test(kind));
  };

  it("has an HPA and CronJobs where nothing is said, and never both kinds of autoscaler", () => {
    assert.deepEqual(kinds(""), ["HorizontalPodAutoscaler", "CronJob", "CronJob"]);
    assert.deepEqual(kinds("autoscaler keda"), ["ScaledObject", "CronJob", "CronJob"]);
    assert.deepEqual(kinds("schedules keda"), ["ScaledObject"]);
    assert.ok(kinds("schedules keda autoscaler hpa").includes("LBP5535"));
  });
});

describe("thresholds as a ScaledObject", () => {
  const depth: Metric = { name: "queue_depth", prometheus: { url: "http://prometheus:9090", auth: "prom" }, query: "sum(depth)", per: "pool", undivided: false, origin: originAt(90) };
  const mean: Metric = { ...depth, name: "mean", per: "member", prometheus: { url: "http://prometheus:9090" } };
  const declared = (metric: Metric): MetricReference => ({ kind: "declared", metric });
  const keda: Target = { autoscaler: "keda" };
  const scaledObject = (thresholds: readonly Threshold[], target: Target = {}, scale: Partial<Scale> = {}): Json => {
    const manifests = manifestsOf(pool(thresholds, { ...keda, ...target }, scale));
    assert.ok(!kindsOf(manifests).some((kind) => kind.startsWith("HorizontalPodAutoscaler")), "an HPA beside a ScaledObject");
    return valueAt(findOne(manifests, "ScaledObject"), "spec") ?? null;
  };

  it("asks Prometheus for declared metrics and the metrics server for cpu", () => {
    const spec = scaledObject([targets([builtin("cpu"), 0.7], [declared(depth), 30], [declared(mean), 4])], { pollSeconds: 10 });
    assert.deepEqual(valueAt(spec, "triggers"), [
      { type: "cpu", metricType: "Utilization", metadata: { value: "70" } },
      { type: "prometheus", name: "queue-depth", metricType: "AverageValue", metadata: { serverAddress: "http://prometheus:9090", query: "sum(depth)", threshold: "30" }, authenticationRef: { name: "prom" } },
      { type: "prometheus", name: "mean", metricType: "Value", metadata: { serverAddress: "http://prometheus:9090", query: "sum(depth)", threshold: "4" } },
    ]);
    assert.equal(valueAt(scaledObject([targets([declared({ ...depth, undivided: true }), 30])]), "triggers", 0, "metricType"), "Value");
    assert.deepEqual([valueAt(spec, "pollingInterval"), valueAt(spec, "minReplicaCount"), valueAt(spec, "maxReplicaCount")], [10, 2, 120]);
    assert.equal(valueAt(spec, "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown", "stabilizationWindowSeconds"), 300);
  });

  it("wakes at active, sleeps after idle and falls back", () => {
    const active = { metric: declared(depth), operator: ">", value: 2, dimension: "number", origin: originAt(80) } as const;
    const spec = scaledObject([targets([declared(depth), 30])], {}, { min: 0, idleSeconds: 240, active, fallback: { replicas: 5, afterFailures: 3 } });
    assert.equal(valueAt(spec, "triggers", 0, "metadata", "activationThreshold"), "2");
    assert.deepEqual([valueAt(spec, "cooldownPeriod"), valueAt(spec, "minReplicaCount"), valueAt(spec, "fallback")], [240, 0, { failureThreshold: 3, replicas: 5 }]);
  });

  it("refuses what KEDA cannot be asked for", () => {
    const odd = { metric: declared(depth), operator: "<", value: 2, dimension: "number", origin: originAt(80) } as const;
    const unasked: Metric = { name: "unasked", per: "pool", undivided: false, origin: originAt(91) };
    for (const metric of [builtin("load_factor"), builtin("rps"), { kind: "external", name: "sqs" } as const, { kind: "custom", name: "jobs" } as const, declared(unasked)]) {
      assert.ok(codes([targets([metric, 1])], keda).includes("LBP5534"));
    }
    assert.ok(codes([targets([declared(depth), 30])], keda, { active: odd }).includes("LBP5542"));
    assert.ok(codes([targets([builtin("cpu"), 0.7])], keda, { min: 0 }).includes("LBP5543"));
    assert.ok(codes([targets([builtin("cpu"), 0.7])], { schedules: "keda", autoscaler: "hpa" }).includes("LBP5535"));
  });

  it("holds the floors of schedules as cron triggers, or lets CronJobs set its bounds", () => {
    const schedules = inference.scale?.schedules ?? [];
    const triggers = valueAt(scaledObject([targets([builtin("cpu"), 0.7])], { schedules: "keda" }, { schedules }), "triggers");
    assert.deepEqual(valueAt(triggers, 1), { type: "cron", metadata: { timezone: "Asia/Shanghai", start: "0 8 * * 1-5", end: "0 20 * * 1-5", desiredReplicas: "20" } });
    const jobs = manifestsOf(pool([targets([builtin("cpu"), 0.7])], keda, { schedules }));
    const args = valueAt(findOne(jobs, "CronJob", "inference-office-hours-begin"), "spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "args");
    assert.ok(Array.isArray(args) && args.includes("scaledobjects.keda.sh/inference") && args.includes("--patch={\"spec\":{\"minReplicaCount\":20,\"maxReplicaCount\":120}}"));
  });

  it("says that a trigger keeps no maximum and no dates", () => {
    const [office] = inference.scale?.schedules ?? [];
    assert.ok(office !== undefined);
    const schedules = [{ ...office, replicas: { min: 20, max: 30 }, except: [{ year: 2026, month: 5, day: 1 }], from: { year: 2026, month: 1, day: 1, secondOfDay: 0 }, until: { year: 2026, month: 9, day: 1, secondOfDay: 86_400 } }];
    assert.equal(codes([targets([builtin("cpu"), 0.7])], { ...keda, schedules: "keda" }, { schedules }).filter((code) => code === "LBP5552").length, 4);
  });
});
