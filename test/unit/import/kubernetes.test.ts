/** Autoscalers that people wrote, read back to what the simulator scales by. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse, parseAllDocuments } from "yaml";
import { readAutoscaler, usualBehavior } from "../../../language/src/import/kubernetes/read-autoscaler.ts";
import type { ReadAutoscaler } from "../../../language/src/import/kubernetes/read-autoscaler.ts";
import { readCronTrigger, readScheduleJobs } from "../../../language/src/import/kubernetes/read-schedules.ts";
import type { Schedule } from "../../../language/src/model/scaling.ts";
import { defaultKubernetes } from "../../../language/src/model/target.ts";
import { scheduleSpans } from "../../../language/src/simulate/schedules.ts";
import { cronTriggerReplicas } from "../../../language/src/simulate/keda-cron.ts";
import type { Json } from "../../../language/src/text/json.ts";
import { origin } from "../../helpers/policies.ts";
import { root } from "../../helpers/root.ts";

const known = { target: defaultKubernetes, metrics: [], origin };
const read = (yaml: string): ReadAutoscaler => readAutoscaler(parse(yaml) as Json, known) ?? assert.fail("no autoscaler");
const hpa = (spec: string): ReadAutoscaler => read(`{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: a, namespace: b }, spec: ${spec} }`);
const targetsOf = ({ scale }: ReadAutoscaler): readonly unknown[] => scale.thresholds.flatMap((one) => (one.kind === "metric" ? one.targets.map(({ metric, value }) => [metric.kind === "declared" ? metric.metric : metric, value]) : []));

describe("an autoscaler that is read", () => {
  it("is what kubectl autoscale makes: cpu 50 %, 1 to 10", () => {
    const found = hpa("{ minReplicas: 1, maxReplicas: 10, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }] }");
    assert.deepEqual([found.name, found.namespace, found.scale.min, found.scale.max, found.scale.idleSeconds], ["a", "b", 1, 10, 300]);
    assert.deepEqual(targetsOf(found), [[{ kind: "builtin", name: "cpu" }, 0.5]]);
    assert.deepEqual(found.scale.behavior, usualBehavior);
    assert.deepEqual(found.notes, ["Without `behavior` the controller takes another path; it is read as the defaults of `behavior`."]);
  });

  it("keeps limits, windows, selection and a tolerance of either direction; what is not written is the API's default", () => {
    const { scale } = hpa(`{ maxReplicas: 5, behavior: {
      scaleUp: { stabilizationWindowSeconds: 30, selectPolicy: Min, tolerance: 50m, policies: [{ type: Pods, value: 3, periodSeconds: 60 }, { type: Percent, value: 50, periodSeconds: 90 }] },
      scaleDown: { selectPolicy: Disabled } } }`);
    assert.equal(scale.min, 1);
    assert.deepEqual(scale.behavior.up, { limits: [{ kind: "pods", count: 3, periodSeconds: 60 }, { kind: "percent", fraction: 0.5, periodSeconds: 90 }], select: "min", stabilizeSeconds: 30 });
    assert.deepEqual(scale.behavior.down, { ...usualBehavior.down, select: "disabled" });
    assert.deepEqual([scale.behavior.toleranceUp, scale.behavior.toleranceDown], [0.05, 0.1]);
  });

  it("knows the names under which built-in metrics are served, and takes others for metrics of one's own", () => {
    const found = hpa(`{ maxReplicas: 5, behavior: {}, metrics: [
      { type: External, external: { metric: { name: lbpolicy_arrivals_per_second }, target: { type: AverageValue, averageValue: 10500m } } },
      { type: Pods, pods: { metric: { name: packets }, target: { type: AverageValue, averageValue: 1k } } },
      { type: External, external: { metric: { name: sqs }, target: { type: Value, value: 30 } } },
      { type: Object, object: { metric: { name: requests }, describedObject: { apiVersion: networking.k8s.io/v1, kind: Ingress, name: main }, target: { type: AverageValue, averageValue: 100 } } },
      { type: ContainerResource, containerResource: { name: cpu, container: app, target: { type: Utilization, averageUtilization: 60 } } }] }`);
    assert.deepEqual(targetsOf(found), [
      [{ kind: "builtin", name: "arrivals" }, 10.5], [{ kind: "custom", name: "packets" }, 1000], [{ kind: "external", name: "sqs" }, 30],
      [{ name: "requests", per: "pool", undivided: false, origin }, 100],
    ]);
    assert.deepEqual(found.notes, ["A metric of type ContainerResource is left out: it has no equal."]);
  });

  it("is a ScaledObject with what wakes it, how long it idles, and what holds when Prometheus is silent", () => {
    const { scale, cronTriggers, notes } = read(`{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: a }, spec: { cooldownPeriod: 240, maxReplicaCount: 9, fallback: { failureThreshold: 3, replicas: 5 }, triggers: [
      { type: prometheus, metricType: AverageValue, metadata: { serverAddress: "http://p", query: "sum(depth)", threshold: "30", activationThreshold: "2" } },
      { type: cron, metadata: { timezone: UTC, start: "0 8 * * 1-5", end: "0 20 * * 1-5", desiredReplicas: "6" } }, { type: kafka, metadata: { topic: a } }] } }`);
    assert.deepEqual([scale.min, scale.max, scale.idleSeconds, scale.fallback, scale.active?.value], [0, 9, 240, { replicas: 5, afterFailures: 3 }, 2]);
    assert.deepEqual(cronTriggers, [{ timezone: "UTC", start: "0 8 * * 1-5", end: "0 20 * * 1-5", desiredReplicas: 6 }]);
    assert.ok(notes.some((note) => note.startsWith("A trigger of type kafka is left out")));
  });

  it("is found among the good manifests, and nothing else is", () => {
    const manifests = parseAllDocuments(readFileSync(new URL("test/kubernetes/good.yaml", root), "utf8")).map((document) => document.toJS() as { readonly kind: string });
    const found = manifests.filter((manifest) => readAutoscaler(manifest as unknown as Json, known) !== undefined).map(({ kind }) => kind);
    assert.deepEqual(new Set(found), new Set(["HorizontalPodAutoscaler", "ScaledObject"]));
  });
});

const hour = 3600;
const monday = Date.UTC(2026, 2, 23) / 1000;
/** A week and a day, over the change of the clocks in Europe. */
const stretch = { from: monday, to: monday + 8 * 24 * hour };

function floorAt(schedules: readonly Schedule[], instant: number): number {
  return Math.max(0, ...schedules.filter((one) => scheduleSpans(one, stretch.from, stretch.to)?.some((span) => span.from <= instant && instant < span.to)).map((one) => one.replicas?.min ?? 0));
}

describe("windows that are read", () => {
  it("of a cron trigger are those in which KEDA's own scaler is inside", () => {
    for (const trigger of [
      { timezone: "Europe/Berlin", start: "0 8 * * 1-5", end: "30 19 * * 1-5", desiredReplicas: 6 },
      { timezone: "America/New_York", start: "0 22 * * *", end: "0 6 * * *", desiredReplicas: 4 },
      { timezone: "Europe/Berlin", start: "30 2 * * 0", end: "0 5 * * 0", desiredReplicas: 3 },
    ]) {
      const schedules = readCronTrigger(trigger, stretch, origin);
      for (let instant = stretch.from; instant < stretch.to; instant += 1800) assert.equal(floorAt(schedules, instant), cronTriggerReplicas(trigger, instant), new Date(instant * 1000).toISOString());
    }
  });

  it("of CronJobs hold from each firing to the next, of whichever job", () => {
    const job = (cron: string, spec: string): Json => parse(`{ kind: CronJob, spec: { schedule: "${cron}", timeZone: Etc/UTC, jobTemplate: { spec: { template: { spec: { containers: [{ args: [patch, horizontalpodautoscalers.autoscaling/a, '--patch={"spec":${spec}}'] }] } } } } } }`) as Json;
    const manifests = [job("0 8 * * 1-5", '{"minReplicas":20,"maxReplicas":50}'), job("0 20 * * 1-5", '{"minReplicas":2,"maxReplicas":120}')];
    const schedules = readScheduleJobs(manifests, "a", stretch, origin);
    assert.deepEqual([7, 8, 19, 20, 24 * 5 + 12].map((hours) => floorAt(schedules, monday + hours * hour)), [2, 20, 20, 2, 2]);
    assert.deepEqual(readScheduleJobs(manifests, "another", stretch, origin), []);
  });
});
