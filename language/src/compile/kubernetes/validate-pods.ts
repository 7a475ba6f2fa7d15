/** Rules for Deployments and for the pods in them. */
import { isLabelName, isPathSegment, isPortName } from "./names.ts";
import { isObject } from "./object.ts";
import { check, countOrPercent, distinctTexts, isNone, itemsOf, numberAt, oneOf, quantity, required, textAt, validateLabels, whole } from "./validate-values.ts";
import type { Findings, Place } from "./validate-values.ts";

/** A Deployment or a StatefulSet. */
export function validateWorkload(found: Findings, object: Place): void {
  const spec = object.at("spec");
  whole(found, spec.at("replicas"), 0);
  whole(found, spec.at("minReadySeconds"), 0);
  whole(found, spec.at("revisionHistoryLimit"), 0);
  whole(found, spec.at("progressDeadlineSeconds"), 0);
  if (object.at("kind").value === "Deployment") {
    check(found, spec.at("progressDeadlineSeconds"), (numberAt(spec, "progressDeadlineSeconds") ?? 600) > (numberAt(spec, "minReadySeconds") ?? 0), "must be longer than minReadySeconds");
    validateStrategy(found, spec.at("strategy"));
  }
  validateSelector(found, spec);
  validatePodTemplate(found, spec.at("template"), ["Always"]);
}

/** The template of a workload or a job; `restarts` are the restart policies that it may have. */
export function validatePodTemplate(found: Findings, template: Place, restarts: readonly string[]): void {
  validateLabels(found, template.at("metadata", "labels"));
  const pod = template.at("spec");
  const restart = pod.at("restartPolicy");
  check(found, restart, typeof restart.value === "string" ? restarts.includes(restart.value) : restart.value === undefined && restarts.includes("Always"), `must be ${restarts.join(" or ")}`);
  whole(found, pod.at("terminationGracePeriodSeconds"), 0);
  const containers = itemsOf(pod.at("containers"));
  check(found, pod.at("containers"), containers.length > 0, "must hold at least one container");
  const initial = itemsOf(pod.at("initContainers"));
  for (const container of [...initial, ...containers]) validateContainer(found, container);
  distinctTexts(found, [...initial, ...containers], (container) => textAt(container, "name"));
  validateVolumes(found, pod, containers);
  for (const constraint of itemsOf(pod.at("topologySpreadConstraints"))) {
    whole(found, constraint.at("maxSkew"), 1);
    oneOf(found, constraint.at("whenUnsatisfiable"), ["DoNotSchedule", "ScheduleAnyway"]);
  }
}

function validateStrategy(found: Findings, strategy: Place): void {
  oneOf(found, strategy.at("type"), ["RollingUpdate", "Recreate"]);
  const rolling = strategy.at("rollingUpdate");
  if (!isObject(rolling.value)) return;
  check(found, rolling, strategy.at("type").value !== "Recreate", "must not stand beside Recreate");
  for (const field of ["maxSurge", "maxUnavailable"]) countOrPercent(found, rolling.at(field));
  check(found, rolling, !(isNone(rolling.at("maxSurge")) && isNone(rolling.at("maxUnavailable"))), "must let something change: maxSurge and maxUnavailable are both 0");
}

function validateSelector(found: Findings, spec: Place): void {
  const selector = spec.at("selector", "matchLabels");
  const labels = spec.at("template", "metadata", "labels");
  validateLabels(found, selector);
  const wanted = isObject(selector.value) ? Object.entries(selector.value) : [];
  check(found, spec.at("selector"), wanted.length > 0, "must name at least one label");
  for (const [key, value] of wanted) check(found, selector.at(key), labels.at(key).value === value, "must match the labels of the template");
}

function validateContainer(found: Findings, container: Place): void {
  const name = textAt(container, "name");
  check(found, container.at("name"), name !== undefined && isLabelName(name), "must be a DNS label");
  const image = textAt(container, "image");
  check(found, container.at("image"), image !== undefined && image !== "" && image.trim() === image, "must name an image");
  for (const port of itemsOf(container.at("ports"))) validatePort(found, port);
  distinctTexts(found, itemsOf(container.at("ports")), (port) => textAt(port, "name"));
  for (const variable of itemsOf(container.at("env"))) {
    check(found, variable.at("name"), /^[ -<>-~]+$/.test(textAt(variable, "name") ?? ""), "must be printable ASCII without '='");
    const value = variable.at("value").value;
    check(found, variable.at("value"), value === undefined || typeof value === "string", "must be a string");
    const isBoth = value !== undefined && value !== "" && variable.at("valueFrom").value !== undefined;
    check(found, variable, !isBoth, "must hold value or valueFrom, not both");
  }
  validateResources(found, container.at("resources"));
  for (const probe of ["readinessProbe", "livenessProbe", "startupProbe"]) validateProbe(found, container, probe);
  const handler = container.at("lifecycle", "preStop");
  if (isObject(handler.value)) check(found, handler, Object.keys(handler.value).length === 1, "must hold exactly one handler");
  whole(found, handler.at("sleep", "seconds"), 0);
}

function validatePort(found: Findings, port: Place): void {
  required(found, port.at("containerPort"));
  whole(found, port.at("containerPort"), 1, 65_535);
  oneOf(found, port.at("protocol"), ["TCP", "UDP", "SCTP"]);
  const name = textAt(port, "name");
  if (name !== undefined) check(found, port.at("name"), isPortName(name), "must be at most 15 lower-case letters, digits or '-', with a letter");
}

function validateResources(found: Findings, resources: Place): void {
  const requests = resources.at("requests");
  const limits = resources.at("limits");
  const names = new Set([requests, limits].flatMap((amounts) => (isObject(amounts.value) ? Object.keys(amounts.value) : [])));
  for (const name of names) {
    const request = quantity(found, requests.at(name));
    const limit = quantity(found, limits.at(name));
    check(found, requests.at(name), (request ?? 0) >= 0, "must not be below 0");
    check(found, limits.at(name), (limit ?? 0) >= 0, "must not be below 0");
    if (request !== undefined && limit !== undefined) check(found, requests.at(name), request <= limit, "must not be above its limit");
    const isDevice = name.includes("/");
    if (isDevice && request !== undefined) check(found, requests.at(name), request === limit && Number.isInteger(request), "must be whole and equal its limit");
  }
}

const handlers = ["exec", "grpc", "httpGet", "tcpSocket"] as const;

function validateProbe(found: Findings, container: Place, name: string): void {
  const probe = container.at(name);
  if (!isObject(probe.value)) return;
  const given = handlers.filter((handler) => probe.at(handler).value !== undefined);
  check(found, probe, given.length === 1, "must hold exactly one handler");
  for (const field of ["timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]) whole(found, probe.at(field), 1);
  whole(found, probe.at("initialDelaySeconds"), 0);
  if (name !== "readinessProbe") check(found, probe.at("successThreshold"), (numberAt(probe, "successThreshold") ?? 1) === 1, "must be 1");
  const names = itemsOf(container.at("ports")).map((port) => port.at("name").value);
  for (const handler of ["httpGet", "tcpSocket"]) {
    const port = probe.at(handler, "port");
    if (typeof port.value === "string") check(found, port, names.includes(port.value), "must be the name of a port of the container");
    else whole(found, port, 1, 65_535);
  }
  whole(found, probe.at("grpc", "port"), 1, 65_535);
  oneOf(found, probe.at("httpGet", "scheme"), ["HTTP", "HTTPS"]);
}

function validateVolumes(found: Findings, pod: Place, containers: readonly Place[]): void {
  const volumes = itemsOf(pod.at("volumes"));
  const names = volumes.map((volume) => textAt(volume, "name"));
  for (const volume of volumes) check(found, volume.at("name"), isLabelName(textAt(volume, "name") ?? ""), "must be a DNS label");
  distinctTexts(found, volumes, (volume) => textAt(volume, "name"));
  for (const container of containers) {
    const mounts = itemsOf(container.at("volumeMounts"));
    for (const mount of mounts) {
      check(found, mount.at("name"), names.includes(textAt(mount, "name")), "must be the name of a volume of the pod");
      check(found, mount.at("mountPath"), isPathSegment((textAt(mount, "mountPath") ?? "").replaceAll("/", "x")), "must be a path");
    }
    distinctTexts(found, mounts, (mount) => textAt(mount, "mountPath"));
  }
}
