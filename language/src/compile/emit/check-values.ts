/** Texts that would mean more to a balancer than they say: names that it looks up, paths in which it reads more than a path, expressions. */
import { expressionNotCommon, unsayableName, unsayablePath } from "../../diagnostics/targets-balancers.ts";
import type { Origin, Policy } from "../../model/policy.ts";
import { notInCommon } from "../../model/route-expression.ts";
import type { Parity } from "./parity.ts";

export function checkValues(policy: Policy, parity: Parity, program: string): void {
  const path = (text: string | undefined, origin: Origin): void => {
    const what = text === undefined ? undefined : notAPath(text);
    if (what !== undefined) parity.refuse(unsayablePath, origin, { program, what });
  };
  const name = (text: string | undefined, allowed: RegExp, origin: Origin): void => {
    if (text !== undefined && !allowed.test(text)) parity.refuse(unsayableName, origin, { program, name: text });
  };
  for (const backend of policy.backends) {
    const { tls, strategy, health, workload } = backend;
    const origin = tls?.origin ?? backend.origin;
    for (const text of [tls?.ca, tls?.certificate, tls?.key]) path(text, origin);
    name(tls?.name, hostName, origin);
    if (strategy.affinity?.kind === "cookie") name(strategy.affinity.name, token, strategy.affinity.origin);
    if (strategy.algorithm.kind === "hash" && "name" in strategy.algorithm.key) name(strategy.algorithm.key.name, token, strategy.origin ?? backend.origin);
    name(workload?.namespace, label, workload?.origin ?? backend.origin);
    if (health !== undefined && "path" in health && !/^[!-~]*$/.test(health.path)) parity.refuse(unsayablePath, health.origin, { program, what: "spaces and letters beyond ASCII (write them as %20)" });
    if (health !== undefined && "host" in health) name(health.host, /^[!-~]+$/, health.origin);
  }
  for (const service of policy.services) {
    for (const { tls, origin } of service.listeners) if (tls?.kind === "files") for (const text of [tls.certificate, tls.key]) path(text, origin);
    for (const { header, origin } of service.routes) name(header?.name, token, origin);
    for (const { by, origin } of service.limits) if (by.kind === "header") name(by.name, token, origin);
    for (const route of service.routes) {
      const what = route.match === "regex" ? notInCommon(route.path) : undefined;
      if (what !== undefined) parity.refuse(expressionNotCommon, route.origin, { what });
    }
  }
  for (const target of policy.targets) if (target.kind === "kubernetes" && target.origin !== undefined) name(target.namespace, label, target.origin);
}

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const hostName = /^[A-Za-z0-9_.-]+$/;

/** nginx reads variables in some paths and loads others from elsewhere; HAProxy has names that begin with `@`. */
function notAPath(text: string): string | undefined {
  if (text === "") return "no letter";
  if (text.includes("$")) return "$";
  if (/^[A-Za-z]+:/.test(text)) return "a scheme before its colon";
  if (/^[@-]/.test(text)) return `${text.slice(0, 1)} at its start`;
  return undefined;
}
