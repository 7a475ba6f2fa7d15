/** A policy for any of the targets. */
import type { Policy } from "../model/policy.ts";
import type { TargetName } from "../model/target.ts";
import type { LineMap } from "../text/line-map.ts";
import { offsetAt, positionAt } from "../text/line-map.ts";
import type { Range } from "../text/range.ts";
import { compileHaproxy } from "./haproxy/compile-haproxy.ts";
import { compileKubernetes } from "./kubernetes/compile.ts";
import { compileNginx } from "./nginx/compile-nginx.ts";
import type { CompileResult } from "./result.ts";

type Sources = ReadonlyMap<string, { readonly source: { readonly text: string }; readonly lines: LineMap }>;

const made = new WeakMap<Policy, Map<TargetName, CompileResult>>();

/** Compiles a policy without errors. The same policy is compiled once for each target. */
export function compilePolicy(policy: Policy, target: TargetName, sources: Sources): CompileResult {
  const results = made.get(policy) ?? new Map<TargetName, CompileResult>();
  made.set(policy, results);
  const known = results.get(target);
  if (known !== undefined) return known;
  const whole = compileFor(policy, target, sources);
  const diagnostics = whole.diagnostics.map((diagnostic) => ({ ...diagnostic, range: headOf(diagnostic.range, sources.get(diagnostic.file)) }));
  // A check asks for the diagnostics alone: a compiler may print when its text is first read.
  const result: CompileResult = {
    target, notes: whole.notes, diagnostics,
    get text() { return whole.text; },
    get lineOrigins() { return whole.lineOrigins; },
    get files() { return whole.files; },
  };
  results.set(target, result);
  return result;
}

/** Of a declaration over several lines only its head: a whole block underlined says less and hides what is wrong inside. */
function headOf(range: Range, file: { readonly source: { readonly text: string }; readonly lines: LineMap } | undefined): Range {
  if (file === undefined) return range;
  const { line } = positionAt(file.lines, range.start);
  if (positionAt(file.lines, range.end).line === line) return range;
  const head = file.source.text.slice(range.start, offsetAt(file.lines, { line: line + 1, character: 0 })).replace(/\s*\{?\s*$/, "");
  return { start: range.start, end: range.start + head.length };
}

function compileFor(policy: Policy, target: TargetName, sources: Sources): CompileResult {
  switch (target) {
    case "nginx": return compileNginx(policy, { sources });
    case "haproxy": return compileHaproxy(policy, { sources });
    case "kubernetes": return compileKubernetes(policy);
  }
}
