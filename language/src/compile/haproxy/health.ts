/** Health checks: active ones as they are, passive ones by watching the traffic. compile.md, "Passive health". */
import { grpcCheckAsTcp } from "../../diagnostics/targets-balancers.ts";
import type { Backend } from "../../model/policy.ts";
import { durationText } from "../emit/quantities.ts";
import { layerOfBackend } from "../emit/services.ts";
import type { HaproxyContext } from "./context.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import type { HaproxyWord } from "./words.ts";
import { logFormat, word, words } from "./words.ts";

/** Lines of the backend: what a check asks and which answer it wants. */
export function checkLines(context: HaproxyContext, backend: Backend): readonly Line[] {
  const { health } = backend;
  if (health === undefined) return [];
  if (health.kind === "grpc") {
    context.parity.differs(grpcCheckAsTcp, health.origin, { program: context.program }, `backend ${backend.name}: health grpc`, "nearest");
    return [];
  }
  if (!("path" in health)) return [];
  const host = health.host ?? backend.tls?.name ?? backend.name;
  const status = health.expectFrom === health.expectTo ? String(health.expectFrom) : `${health.expectFrom}-${health.expectTo}`;
  return [
    line(words("option httpchk"), health.origin),
    line([...words("http-check send meth"), word(health.method), word("uri"), word(health.path), ...words("ver HTTP/1.1 hdr Host"), logFormat(host)], health.origin),
    line(words(`http-check expect status ${status}`), health.origin),
  ];
}

/** Words that hold for every server of the backend. */
export function checkWords(backend: Backend): readonly HaproxyWord[] {
  const { health, passiveHealth: passive } = backend;
  if (health === undefined && passive === undefined) return [];
  const check = health === undefined
    ? `check inter ${durationText(passive?.seconds ?? 1)} rise 1`
    : `check inter ${durationText(health.intervalSeconds)} rise ${health.rise} fall ${health.fall}`;
  const port = health?.port === undefined ? "" : ` port ${health.port}`;
  const watch = passive === undefined ? "" : ` observe ${watchedLayer(backend)} error-limit ${passive.fall} on-error mark-down`;
  return words(check + port + tlsOfCheck(backend) + watch);
}

/** Answers count as errors only where a retry on them was asked for. */
function watchedLayer(backend: Backend): "layer4" | "layer7" {
  const counts = layerOfBackend(backend) === "http" && backend.strategy.retry.on.some((condition) => condition === "5xx" || (typeof condition === "number" && condition >= 500));
  return counts ? "layer7" : "layer4";
}

function tlsOfCheck(backend: Backend): string {
  const isSecure = backend.protocol === "https" || backend.protocol === "grpcs";
  if (backend.health?.kind === "https") return isSecure ? " check-ssl" : ` check-ssl verify ${backend.health.verify ? "required ca-file @system-ca" : "none"}`;
  return isSecure && backend.health?.kind === "http" ? " no-check-ssl" : "";
}
