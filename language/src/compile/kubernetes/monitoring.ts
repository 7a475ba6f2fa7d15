/** Alerts from what the policy expects: a PrometheusRule. */
import type { Backend } from "../../model/policy.ts";
import { servedName } from "../../model/served-metrics.ts";
import type { ServedMetric } from "../../model/served-metrics.ts";
import type { Expectation, Measure, Scenario } from "../../model/traffic.ts";
import { measureUnwatched } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ, metadataOf, namespaceOf, selectorOf } from "./context.ts";
import type { Context } from "./context.ts";
import { plain } from "./metrics.ts";
import { kubernetesName } from "./names.ts";
import type { Emission, JsonObject, Manifest } from "./object.ts";
import { workloadReference } from "./workload-reference.ts";

/** Changes of the wanted size within half an hour that no load explains. */
const manyChanges = 10;

/** The measures for which the metrics adapter's figures exist in Prometheus. */
const watched: Partial<Record<Measure, ServedMetric>> = {
  response_time: "response_time", p95: "p95", p99: "p99", ttft_p95: "ttft_p95", queue: "queue",
};

/** Saturation, at the maximum, flapping, and (for as long as 5 minutes) the reverse of the expectations of the backend's scenarios. */
export function alertsOf(context: Context, backend: Backend, autoscaler: Manifest | undefined): Emission | undefined {
  const scale = backend.scale;
  if (!context.target.monitoring || scale === undefined || backend.workload === undefined) return undefined;
  const rules = [...poolAlerts(context, backend, autoscaler), ...context.policy.scenarios.filter((scenario) => scenario.backend.name === backend.name).flatMap((scenario) => scenarioAlerts(context, backend, scenario, autoscaler))];
  const name = kubernetesName(backend.name);
  return {
    manifest: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: metadataOf(context.target, name, namespaceOf(context.target, backend), selectorOf(backend)),
      spec: { groups: [{ name: `lbpolicy-${name}`, interval: "15s", rules }] },
    },
    comment: [`${callBackend(backend)}: alerts from its bounds, its capacity and what its scenarios expect`],
    origin: scale.origin,
    parts: [],
  };
}

function poolAlerts(context: Context, backend: Backend, autoscaler: Manifest | undefined): readonly JsonObject[] {
  const alerts: JsonObject[] = [];
  const capacity = backend.replica?.capacityPerSecond;
  const ready = readyMembers(context, backend);
  if (capacity !== undefined && ready !== undefined) {
    alerts.push(alert(backend, "Saturated", `sum(${series(context, backend, "arrivals")}) > ${plain(capacity)} * sum(${ready})`, "2m", "critical", `More arrives than ${plain(capacity)} requests per second and ready member: the backlog grows.`));
  }
  if (autoscaler === undefined) return alerts;
  const labels = autoscalerLabels(context, backend, autoscaler);
  return [
    ...alerts,
    alert(backend, "AtMaximum", `kube_horizontalpodautoscaler_status_current_replicas${labels} >= kube_horizontalpodautoscaler_spec_max_replicas${labels}`, "15m", "warning", "The pool cannot grow any further."),
    alert(backend, "Flapping", `changes(kube_horizontalpodautoscaler_status_desired_replicas${labels}[30m]) > ${manyChanges}`, "0s", "warning", `The wanted size changed more than ${manyChanges} times in 30 minutes.`),
  ];
}

function scenarioAlerts(context: Context, backend: Backend, scenario: Scenario, autoscaler: Manifest | undefined): readonly JsonObject[] {
  return scenario.expectations.flatMap((expectation) => {
    const figure = measured(context, backend, expectation.measure, autoscaler);
    if (figure === undefined) {
      differ(context, measureUnwatched, "information", `scenario ${scenario.name}: expect ${expectation.measure}`, expectation.origin, { measure: expectation.measure, scenario: scenario.name });
      return [];
    }
    return [alert(backend, alertName(expectation.measure), `${figure} ${opposite[expectation.operator]} ${plain(expectation.value)}`, "5m", "warning", `scenario ${scenario.name} expects ${expectationText(expectation)}.`)];
  });
}

const opposite: Readonly<Record<Expectation["operator"], string>> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

/** An expectation's figure in Prometheus, where one exists. */
function measured(context: Context, backend: Backend, measure: Measure, autoscaler: Manifest | undefined): string | undefined {
  const metric = watched[measure];
  if (metric !== undefined) return `${metric === "queue" ? "avg" : "max"}(${series(context, backend, metric)})`;
  if (measure === "replicas" && autoscaler !== undefined) return `kube_horizontalpodautoscaler_status_current_replicas${autoscalerLabels(context, backend, autoscaler)}`;
  const capacity = backend.replica?.capacityPerSecond;
  const ready = readyMembers(context, backend);
  return measure !== "load_factor" || capacity === undefined || ready === undefined ? undefined : `sum(${series(context, backend, "arrivals")}) / (${plain(capacity)} * sum(${ready}))`;
}

/** KEDA makes an HPA of its own, which it names after the ScaledObject. */
function autoscalerLabels(context: Context, backend: Backend, autoscaler: Manifest): string {
  const name = `${autoscaler.kind === "ScaledObject" ? "keda-hpa-" : ""}${autoscaler.metadata.name}`;
  return `{namespace="${namespaceOf(context.target, backend)}",horizontalpodautoscaler="${name}"}`;
}

/** From kube-state-metrics, which knows Deployments and StatefulSets. */
function readyMembers(context: Context, backend: Backend): string | undefined {
  const namespace = namespaceOf(context.target, backend);
  const { kind, name } = workloadReference(backend);
  if (kind === "Deployment") return `kube_deployment_status_replicas_ready{namespace="${namespace}",deployment="${name}"}`;
  return kind === "StatefulSet" ? `kube_statefulset_status_replicas_ready{namespace="${namespace}",statefulset="${name}"}` : undefined;
}

function alert(backend: Backend, name: string, expr: string, holds: string, severity: string, summary: string): JsonObject {
  return {
    alert: `LbPolicy${name}`, expr, for: holds, labels: { severity, backend: kubernetesName(backend.name) }, annotations: { summary: `${callBackend(backend)}: ${summary}` },
  };
}

function series(context: Context, backend: Backend, metric: ServedMetric): string {
  const name = servedName(context.target, metric);
  // Names with other characters than an identifier's are written as a label.
  const label = `backend="${kubernetesName(backend.name)}"`;
  return /^[a-zA-Z_:][\w:]*$/.test(name) ? `${name}{${label}}` : `{__name__=${JSON.stringify(name)},${label}}`;
}

function alertName(measure: Measure): string {
  return measure.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function expectationText(expectation: Expectation): string {
  return `${expectation.measure} ${expectation.operator} ${plain(expectation.value)}${expectation.measure === "queue" || expectation.measure === "replicas" || expectation.measure === "load_factor" ? "" : " s"}`;
}
