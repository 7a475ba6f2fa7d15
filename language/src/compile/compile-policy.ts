/** A policy for any of the targets. */
import type { Policy } from "../model/policy.ts";
import type { TargetName } from "../model/target.ts";
import type { CompileOptions } from "./emit/place.ts";
import { compileHaproxy } from "./haproxy/compile-haproxy.ts";
import { compileKubernetes } from "./kubernetes/compile.ts";
import { compileNginx } from "./nginx/compile-nginx.ts";
import type { CompileResult } from "./result.ts";

const made = new WeakMap<Policy, Map<TargetName, CompileResult>>();

/** Compiles a policy without errors. The same policy is compiled once for each target. */
export function compilePolicy(policy: Policy, target: TargetName, sources: NonNullable<CompileOptions["sources"]>): CompileResult {
  const results = made.get(policy) ?? new Map<TargetName, CompileResult>();
  made.set(policy, results);
  const known = results.get(target);
  if (known !== undefined) return known;
  const result = compileFor(policy, target, { sources });
  results.set(target, result);
  return result;
}

function compileFor(policy: Policy, target: TargetName, options: CompileOptions): CompileResult {
  switch (target) {
    case "nginx": return compileNginx(policy, options);
    case "haproxy": return compileHaproxy(policy, options);
    case "kubernetes": return compileKubernetes(policy);
  }
}
