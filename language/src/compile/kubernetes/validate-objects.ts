/** Rules for Service, EndpointSlice, PodDisruptionBudget, CronJob and RoleBinding. */
import { readStrictCron } from "./cron.ts";
import { isLabelName, isObjectName, isPortName, isServiceName, longestCronJobName } from "./names.ts";
import { isObject } from "./object.ts";
import { validatePodTemplate } from "./validate-pods.ts";
import { isUsableIpv4, isUsableIpv6 } from "./reachable.ts";
import { check, countOrPercent, distinctTexts, itemsOf, oneOf, required, textAt, validateLabels, whole } from "./validate-values.ts";
import type { Findings, Place } from "./validate-values.ts";
import { isZoneName } from "./zone.ts";

export function validateService(found: Findings, object: Place): void {
  const name = textAt(object, "metadata", "name");
  check(found, object.at("metadata", "name"), name !== undefined && isServiceName(name), "must be a DNS label that begins with a letter");
  const spec = object.at("spec");
  oneOf(found, spec.at("type"), ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);
  validateLabels(found, spec.at("selector"));
  const ports = itemsOf(spec.at("ports"));
  if (spec.at("type").value === "ExternalName") {
    check(found, spec.at("externalName"), isObjectName(textAt(spec, "externalName") ?? ""), "must be a host name");
  } else check(found, spec.at("ports"), ports.length > 0, "must hold at least one port");
  for (const port of ports) {
    required(found, port.at("port"));
    whole(found, port.at("port"), 1, 65_535);
    oneOf(found, port.at("protocol"), ["TCP", "UDP", "SCTP"]);
    const portName = textAt(port, "name");
    if (portName === undefined) check(found, port.at("name"), ports.length === 1, "is required where there are several ports");
    else check(found, port.at("name"), isLabelName(portName), "must be a DNS label");
    const target = port.at("targetPort");
    if (typeof target.value === "string") check(found, target, isPortName(target.value), "must be a port or the name of one");
    else whole(found, target, 1, 65_535);
  }
  distinctTexts(found, ports, (port) => textAt(port, "name"));
  distinctTexts(found, ports, (port) => `${textAt(port, "protocol") ?? "TCP"} ${String(port.at("port").value)}`);
  oneOf(found, spec.at("sessionAffinity"), ["None", "ClientIP"]);
  whole(found, spec.at("sessionAffinityConfig", "clientIP", "timeoutSeconds"), 1, 86_400);
  const staysByAddress = spec.at("sessionAffinity").value === "ClientIP";
  check(found, spec.at("sessionAffinityConfig"), staysByAddress || spec.at("sessionAffinityConfig").value === undefined, "must stand beside sessionAffinity ClientIP");
}

export function validateEndpointSlice(found: Findings, object: Place): void {
  const type = object.at("addressType");
  required(found, type);
  oneOf(found, type, ["IPv4", "IPv6", "FQDN"]);
  const endpoints = itemsOf(object.at("endpoints"));
  check(found, object.at("endpoints"), endpoints.length <= 1000, "must hold at most 1000 endpoints");
  for (const endpoint of endpoints) {
    const addresses = itemsOf(endpoint.at("addresses"));
    check(found, endpoint.at("addresses"), addresses.length > 0 && addresses.length <= 100, "must hold 1 to 100 addresses");
    for (const address of addresses) {
      const text = typeof address.value === "string" ? address.value : "";
      check(found, address, type.value === "IPv6" ? isUsableIpv6(text) : type.value === "IPv4" ? isUsableIpv4(text) : isObjectName(text), "must be an address of this type that other machines can reach");
    }
  }
  const ports = itemsOf(object.at("ports"));
  for (const port of ports) {
    whole(found, port.at("port"), 1, 65_535);
    oneOf(found, port.at("protocol"), ["TCP", "UDP", "SCTP"]);
  }
  distinctTexts(found, ports, (port) => textAt(port, "name") ?? "");
}

export function validateDisruptionBudget(found: Findings, object: Place): void {
  const spec = object.at("spec");
  const isBoth = spec.at("minAvailable").value !== undefined && spec.at("maxUnavailable").value !== undefined;
  check(found, spec, !isBoth, "must hold minAvailable or maxUnavailable, not both");
  for (const field of ["minAvailable", "maxUnavailable"]) countOrPercent(found, spec.at(field));
  validateLabels(found, spec.at("selector", "matchLabels"));
  oneOf(found, spec.at("unhealthyPodEvictionPolicy"), ["IfHealthyBudget", "AlwaysAllow"]);
}

export function validateCronJob(found: Findings, object: Place): void {
  const name = textAt(object, "metadata", "name") ?? "";
  check(found, object.at("metadata", "name"), name.length <= longestCronJobName, `must have at most ${longestCronJobName} characters`);
  const spec = object.at("spec");
  const cron = readStrictCron(textAt(spec, "schedule") ?? "");
  check(found, spec.at("schedule"), typeof cron !== "string", `must be a five-field cron expression: it ${typeof cron === "string" ? cron : ""}`);
  const zone = spec.at("timeZone");
  if (zone.value !== undefined) check(found, zone, typeof zone.value === "string" && isZoneName(zone.value), "must be an IANA time zone");
  oneOf(found, spec.at("concurrencyPolicy"), ["Allow", "Forbid", "Replace"]);
  for (const field of ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"]) whole(found, spec.at(field), 0);
  const job = spec.at("jobTemplate", "spec");
  check(found, spec.at("jobTemplate"), isObject(job.value), "is required");
  if (!isObject(job.value)) return;
  for (const field of ["backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"]) whole(found, job.at(field), 0);
  validatePodTemplate(found, job.at("template"), ["OnFailure", "Never"]);
}

export function validateRoleBinding(found: Findings, object: Place): void {
  for (const field of ["apiGroup", "kind", "name"]) required(found, object.at("roleRef", field));
  for (const subject of itemsOf(object.at("subjects"))) {
    if (subject.at("kind").value === "ServiceAccount") check(found, subject.at("namespace"), isLabelName(textAt(subject, "namespace") ?? ""), "is required");
  }
}
