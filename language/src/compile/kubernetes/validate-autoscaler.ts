/** Rules for HorizontalPodAutoscaler and ScaledObject. */
import { readStrictCron } from "./cron.ts";
import { isLabelName, isPathSegment } from "./names.ts";
import { isObject } from "./object.ts";
import { check, itemsOf, numberAt, oneOf, positiveQuantity, quantity, required, textAt, whole } from "./validate-values.ts";
import type { Findings, Place } from "./validate-values.ts";
import { isZoneName } from "./zone.ts";

/** The field in which each type of metric holds its source. */
const sources: Readonly<Record<string, string>> = {
  Resource: "resource", ContainerResource: "containerResource", Pods: "pods", Object: "object", External: "external",
};

export function validateAutoscaler(found: Findings, object: Place): void {
  const spec = object.at("spec");
  validateTargetReference(found, spec.at("scaleTargetRef"));
  required(found, spec.at("maxReplicas"));
  whole(found, spec.at("maxReplicas"), 1);
  const metrics = itemsOf(spec.at("metrics"));
  const sleeps = metrics.some((metric) => metric.at("type").value === "External" || metric.at("type").value === "Object");
  whole(found, spec.at("minReplicas"), sleeps ? 0 : 1);
  const min = numberAt(spec, "minReplicas") ?? 1;
  check(found, spec.at("maxReplicas"), (numberAt(spec, "maxReplicas") ?? min) >= min, "must not be below minReplicas");
  for (const metric of metrics) validateMetric(found, metric);
  validateBehavior(found, spec.at("behavior"));
}

function validateTargetReference(found: Findings, reference: Place): void {
  for (const field of ["kind", "name"]) {
    const text = textAt(reference, field);
    check(found, reference.at(field), text !== undefined && isPathSegment(text), "must be a name without '/' or '%'");
  }
}

function validateMetric(found: Findings, metric: Place): void {
  const type = textAt(metric, "type");
  const field = type === undefined ? undefined : sources[type];
  check(found, metric.at("type"), field !== undefined, `must be ${Object.keys(sources).join(" or ")}`);
  for (const [other, name] of Object.entries(sources)) {
    const isThere = metric.at(name).value !== undefined;
    if (other === type) required(found, metric.at(name));
    else check(found, metric.at(name), !isThere, `must not stand in a metric of type ${type ?? "that is missing"}`);
  }
  if (field === undefined || type === undefined) return;
  const source = metric.at(field);
  const name = type === "Resource" || type === "ContainerResource" ? source.at("name") : source.at("metric", "name");
  check(found, name, typeof name.value === "string" && isPathSegment(name.value), "must be a name without '/' or '%'");
  if (type === "ContainerResource") {
    const container = textAt(source, "container");
    check(found, source.at("container"), container !== undefined && isLabelName(container), "must be the name of a container");
  }
  if (type === "Object") validateTargetReference(found, source.at("describedObject"));
  validateTarget(found, source.at("target"), type);
}

function validateTarget(found: Findings, target: Place, type: string): void {
  oneOf(found, target.at("type"), ["Utilization", "Value", "AverageValue"]);
  required(found, target.at("type"));
  for (const field of ["value", "averageValue"]) positiveQuantity(found, target.at(field));
  whole(found, target.at("averageUtilization"), 1);
  const given = ["value", "averageValue", "averageUtilization"].filter((field) => target.at(field).value !== undefined);
  const allowed = type === "Resource" || type === "ContainerResource" ? ["averageUtilization", "averageValue"] : type === "Pods" ? ["averageValue"] : ["value", "averageValue"];
  check(found, target, given.length === 1 && given.every((field) => allowed.includes(field)), `must hold exactly one of ${allowed.join(", ")}`);
}

function validateBehavior(found: Findings, behavior: Place): void {
  for (const field of ["scaleUp", "scaleDown"]) {
    const rules = behavior.at(field);
    if (!isObject(rules.value)) continue;
    whole(found, rules.at("stabilizationWindowSeconds"), 0, 3600);
    oneOf(found, rules.at("selectPolicy"), ["Max", "Min", "Disabled"]);
    const tolerance = quantity(found, rules.at("tolerance"));
    check(found, rules.at("tolerance"), (tolerance ?? 0) >= 0, "must not be below 0");
    const policies = rules.at("policies");
    const isToleranceOnly = policies.value === undefined && rules.at("tolerance").value !== undefined;
    check(found, policies, isToleranceOnly || itemsOf(policies).length > 0, "must hold at least one policy");
    for (const policy of itemsOf(policies)) {
      required(found, policy.at("type"));
      oneOf(found, policy.at("type"), ["Pods", "Percent"]);
      for (const field of ["value", "periodSeconds"]) required(found, policy.at(field));
      whole(found, policy.at("value"), 1);
      whole(found, policy.at("periodSeconds"), 1, 1800);
    }
  }
}

/** The triggers that the compiler writes, and the ones KEDA has beside them most often. */
const triggerTypes = new Set([
  "cron", "cpu", "memory", "prometheus", "external", "external-push", "kafka", "rabbitmq", "redis", "redis-streams", "aws-sqs-queue", "aws-cloudwatch",
  "azure-servicebus", "gcp-pubsub", "kubernetes-workload", "metrics-api", "mysql", "nats-jetstream", "postgresql",
]);

export function validateScaledObject(found: Findings, object: Place): void {
  const spec = object.at("spec");
  const name = textAt(spec, "scaleTargetRef", "name");
  check(found, spec.at("scaleTargetRef", "name"), name !== undefined && isPathSegment(name), "must be a name without '/' or '%'");
  whole(found, spec.at("minReplicaCount"), 0);
  whole(found, spec.at("maxReplicaCount"), 1);
  for (const field of ["pollingInterval", "cooldownPeriod", "initialCooldownPeriod", "idleReplicaCount"]) whole(found, spec.at(field), field === "pollingInterval" ? 1 : 0);
  const min = numberAt(spec, "minReplicaCount") ?? 0;
  check(found, spec.at("maxReplicaCount"), (numberAt(spec, "maxReplicaCount") ?? 100) >= min, "must not be below minReplicaCount");
  const triggers = itemsOf(spec.at("triggers"));
  check(found, spec.at("triggers"), triggers.length > 0, "must hold at least one trigger");
  for (const trigger of triggers) validateTrigger(found, trigger);
  const isResourceOnly = triggers.every((trigger) => ["cpu", "memory"].includes(textAt(trigger, "type") ?? ""));
  const declaresSleep = numberAt(spec, "minReplicaCount") === 0;
  check(found, spec.at("minReplicaCount"), !(declaresSleep && isResourceOnly), "must be at least 1 with cpu and memory triggers only");
  validateBehavior(found, spec.at("advanced", "horizontalPodAutoscalerConfig", "behavior"));
}

function validateTrigger(found: Findings, trigger: Place): void {
  const type = textAt(trigger, "type");
  check(found, trigger.at("type"), type !== undefined && triggerTypes.has(type), "must be a trigger of KEDA");
  oneOf(found, trigger.at("metricType"), ["AverageValue", "Value", "Utilization"]);
  const metadata = trigger.at("metadata");
  check(found, metadata, isObject(metadata.value), "is required");
  if (!isObject(metadata.value)) return;
  for (const [key, value] of Object.entries(metadata.value)) check(found, metadata.at(key), typeof value === "string", "must be a string");
  if (type === "cron") validateCronTrigger(found, metadata);
  const wanted: Readonly<Record<string, readonly string[]>> = { cpu: ["value"], memory: ["value"], prometheus: ["serverAddress", "query", "threshold"] };
  for (const field of wanted[type ?? ""] ?? []) check(found, metadata.at(field), (textAt(metadata, field) ?? "") !== "", "is required");
  const isResource = type === "cpu" || type === "memory";
  check(found, trigger.at("metricType"), isResource || trigger.at("metricType").value !== "Utilization", "must be AverageValue or Value for this trigger");
}

function validateCronTrigger(found: Findings, metadata: Place): void {
  for (const field of ["start", "end"]) {
    const cron = readStrictCron(textAt(metadata, field) ?? "");
    check(found, metadata.at(field), typeof cron !== "string", `must be a five-field cron expression: it ${typeof cron === "string" ? cron : ""}`);
  }
  check(found, metadata.at("end"), textAt(metadata, "start") !== textAt(metadata, "end"), "must differ from start");
  check(found, metadata.at("timezone"), isZoneName(textAt(metadata, "timezone") ?? ""), "must be an IANA time zone");
  const desired = textAt(metadata, "desiredReplicas") ?? "";
  check(found, metadata.at("desiredReplicas"), /^[1-9]\d*$/.test(desired), "must be a whole number from 1, as a string");
}
