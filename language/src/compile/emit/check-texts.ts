/** Looks at every string of the policy that an output could carry before anything is compiled: none may hold what a target cannot say. */
import { unsayableText } from "../../diagnostics/targets-balancers.ts";
import type { Origin, Policy } from "../../model/policy.ts";
import type { Parity } from "./parity.ts";
import { unsayable } from "./text-safety.ts";

/** Parts that never reach a balancer's configuration; prose may have several lines. */
const elsewhere = new Set(["documentation", "origin", "demand", "env", "command", "labels", "annotations", "image", "scale", "serviceAccount", "existing"]);

export function checkTexts(policy: Policy, parity: Parity): void {
  const seen = new Set<object>();
  const walk = (value: unknown, origin: Origin): void => {
    if (typeof value === "string") {
      const what = unsayable(value);
      if (what !== undefined) parity.refuse(unsayableText, origin, { what, target: parity.target });
      return;
    }
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) {
      for (const item of value) walk(item, origin);
      return;
    }
    const own = originOf(value) ?? origin;
    for (const [key, part] of Object.entries(value)) if (!elsewhere.has(key)) walk(part, own);
  };
  for (const backend of policy.backends) walk(backend, backend.origin);
  for (const service of policy.services) walk(service, service.origin);
}

function originOf(value: object): Origin | undefined {
  return "origin" in value && isOrigin(value.origin) ? value.origin : undefined;
}

function isOrigin(value: unknown): value is Origin {
  return typeof value === "object" && value !== null && "file" in value && "range" in value;
}
