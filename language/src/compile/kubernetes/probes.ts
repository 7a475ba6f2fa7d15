/** Probes from a backend's active health check. */
import type { ActiveHealth, Backend } from "../../model/policy.ts";
import { probeDiffers, probeRounded, probeUnverified, readinessMissing } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ } from "./context.ts";
import type { Context } from "./context.ts";
import { present } from "./object.ts";
import type { JsonObject } from "./object.ts";
import { portName } from "./port.ts";

/**
 * Readiness is the policy's check. Liveness asks the same question far more patiently, for a restart under load makes the
 * load worse; it begins only after the start-up probe, which allows twice the declared `startup`.
 */
export function probesOf(context: Context, backend: Backend): JsonObject {
  const startupSeconds = backend.workload?.startupSeconds ?? 0;
  const health = backend.health;
  if (health === undefined) {
    if (startupSeconds > 0 && backend.workload?.port !== undefined) {
      differ(context, readinessMissing, "dropped", `${callBackend(backend)}: startup`, backend.workload.origin, { name: callBackend(backend), startupSeconds });
    }
    return {};
  }
  const port = health.port ?? backend.workload?.port;
  if (port === undefined) {
    differ(context, probeDiffers, "dropped", `${callBackend(backend)}: health`, health.origin, { what: "no port", instead: "it is left out; give the workload or the check a port" });
    return {};
  }
  const handler = handlerOf(context, backend, health, port);
  const every = wholeSeconds(context, backend, health, "every", health.intervalSeconds);
  const timeout = wholeSeconds(context, backend, health, "timeout", health.timeoutSeconds);
  const startupEvery = Math.min(every, 5);
  return present({
    startupProbe: startupSeconds > 0
      ? { ...handler, periodSeconds: startupEvery, timeoutSeconds: timeout, failureThreshold: Math.max(3, Math.ceil((2 * startupSeconds) / startupEvery)) }
      : undefined,
    readinessProbe: { ...handler, periodSeconds: every, timeoutSeconds: timeout, successThreshold: health.rise, failureThreshold: health.fall },
    livenessProbe: { ...handler, periodSeconds: Math.max(10, every), timeoutSeconds: Math.max(5, timeout), failureThreshold: Math.max(6, 2 * health.fall) },
  });
}

function handlerOf(context: Context, backend: Backend, health: ActiveHealth, port: number): JsonObject {
  // A named port follows the container; a gRPC probe takes only numbers.
  const named = health.port === undefined ? portName(backend.protocol) : port;
  if (health.kind !== "http" && health.kind !== "https") return health.kind === "tcp" ? { tcpSocket: { port: named } } : { grpc: { port } };
  const construct = `${callBackend(backend)}: health`;
  if (health.method !== "GET") {
    differ(context, probeDiffers, "nearest", construct, health.origin, { what: `method ${health.method}`, instead: "it sends GET" });
  }
  if (health.expectFrom !== 200 || health.expectTo !== 399) {
    differ(context, probeDiffers, "nearest", construct, health.origin, { what: `expect ${health.expectFrom}-${health.expectTo}`, instead: "every status from 200 to 399 counts as healthy" });
  }
  if (health.kind === "https" && health.verify) differ(context, probeUnverified, "information", construct, health.origin, { name: callBackend(backend) });
  return {
    httpGet: present({
      path: health.path,
      port: named,
      scheme: health.kind === "https" ? "HTTPS" : undefined,
      httpHeaders: health.host === undefined ? undefined : [{ name: "Host", value: health.host }],
    }),
  };
}

function wholeSeconds(context: Context, backend: Backend, health: ActiveHealth, what: string, seconds: number): number {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole !== seconds) differ(context, probeRounded, "nearest", `${callBackend(backend)}: health ${what}`, health.origin, { what, seconds, wholeSeconds: whole });
  return whole;
}
