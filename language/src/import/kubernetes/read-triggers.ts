/** Reads the triggers of a ScaledObject: what sizes the pool, what wakes it, and windows of time. */
import type { Scale } from "../../model/policy.ts";
import type { Metric, MetricReference, MetricTarget } from "../../model/scaling.ts";
import type { CronTrigger } from "../../simulate/keda-cron.ts";
import { isList, isObject, valueAt } from "../../text/json.ts";
import type { Json } from "../../text/json.ts";
import type { Known } from "./read-autoscaler.ts";

export interface ReadTriggers {
  readonly targets: readonly MetricTarget[];
  readonly active: Scale["active"];
  readonly cronTriggers: readonly CronTrigger[];
}

/** A target that no pool reaches stands for none: such a trigger only wakes the pool. */
const neverReached = 1e9;

export function readTriggers(spec: Json | undefined, known: Known, notes: string[]): ReadTriggers {
  const triggers = valueAt(spec, "triggers");
  const targets: MetricTarget[] = [];
  const cronTriggers: CronTrigger[] = [];
  let active: Scale["active"];
  for (const trigger of isList(triggers) ? triggers : []) {
    const type = valueAt(trigger, "type");
    const metadata = valueAt(trigger, "metadata");
    if (type === "cron") {
      cronTriggers.push({ timezone: textAt(metadata, "timezone"), start: textAt(metadata, "start"), end: textAt(metadata, "end"), desiredReplicas: Number(textAt(metadata, "desiredReplicas")) });
    } else if (type === "cpu" || type === "memory") {
      targets.push({ metric: { kind: "builtin", name: type }, value: Number(textAt(metadata, "value")) / 100, dimension: "number", origin: known.origin });
    } else if (type === "prometheus" && isObject(metadata)) {
      const value = Number(textAt(metadata, "threshold"));
      const metric = metricOf(trigger, metadata, known);
      if (value < neverReached) targets.push({ metric, value, dimension: "number", origin: known.origin });
      const activation = metadata["activationThreshold"];
      if (typeof activation === "string") active = { metric, operator: ">", value: Number(activation), dimension: "number", origin: known.origin };
    } else notes.push(`A trigger of type ${String(type)} is left out: the language has no equal.`);
  }
  return { targets, active, cronTriggers };
}

/** The declared metric that asks the same, else one that asks what the trigger asks. */
function metricOf(trigger: Json, metadata: Json, known: Known): MetricReference {
  const [url, query] = [textAt(metadata, "serverAddress"), textAt(metadata, "query")];
  const undivided = valueAt(trigger, "metricType") === "Value";
  const declared = known.metrics.find((metric) => metric.query === query && metric.prometheus?.url === url && isCompared(metric, undivided));
  if (declared !== undefined) return { kind: "declared", metric: declared };
  return { kind: "declared", metric: { name: String(valueAt(trigger, "name") ?? "metric"), prometheus: { url }, query, per: "pool", undivided, origin: known.origin } };
}

/** A query about members gives their average already and is compared as it is, as an undivided figure of the pool is. */
function isCompared(metric: Metric, undivided: boolean): boolean {
  return undivided === (metric.per === "member" || metric.undivided);
}

function textAt(metadata: Json | undefined, field: string): string {
  const value = valueAt(metadata, field);
  return typeof value === "string" ? value : "";
}
