/** What stands above declarations: figures, and what can be run from there. */
import type { Analysis } from "../model/analysis.ts";
import type { TargetName } from "../model/target.ts";
import { targetNames } from "../model/target.ts";
import { nameOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { backendFigures } from "./backend-figures.ts";
import { loadText, rateText, secondsText } from "./figures-text.ts";
import type { RunFigures } from "./run-figures.ts";
import { runLabel } from "./run-figures.ts";

export type CodeLens =
  | { readonly kind: "compile"; readonly range: Range; readonly target: TargetName }
  | { readonly kind: "figures" | "simulate"; readonly range: Range; readonly backend: string }
  | { readonly kind: "scenario"; readonly range: Range; readonly scenario: string };

/** How a scenario came out. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly expectations: readonly { readonly measure: string; readonly holds: boolean }[];
}

/** What is known from simulations that were run before; a title says so where something is not known yet. */
export interface KnownRuns {
  readonly backend: (name: string) => RunFigures | undefined;
  readonly scenario: (name: string) => ScenarioResult | undefined;
}

export const noRuns: KnownRuns = { backend: () => undefined, scenario: () => undefined };

const fileNames: Readonly<Record<TargetName, string>> = { nginx: "nginx.conf", haproxy: "haproxy.cfg", kubernetes: "Kubernetes manifests" };

/** Places and kinds; titles are worked out by `lensTitle`, for those that are seen. */
export function codeLenses(analysis: Analysis): readonly CodeLens[] {
  const { declarations } = analysis.tree;
  const own = analysis.policy.targets.filter((target) => target.origin?.file === analysis.source.file).map((target) => target.kind);
  const anchor = declarations.find((each) => each.spec.keyword === "service") ?? declarations.find((each) => each.spec.keyword === "backend");
  return declarations.flatMap((declaration): readonly CodeLens[] => {
    const range = nameOf(declaration)?.range ?? declaration.keyword;
    const name = nameOf(declaration)?.name;
    const compile = declaration !== anchor ? [] : (own.length > 0 ? own : targetNames).map((target): CodeLens => ({ kind: "compile", range, target }));
    if (declaration.spec.keyword === "backend" && name !== undefined) {
      const hasDemand = analysis.policy.backends.some((backend) => backend.name === name && backend.demand !== undefined);
      return [{ kind: "figures", range, backend: name }, ...(hasDemand ? [{ kind: "simulate" as const, range, backend: name }] : []), ...compile];
    }
    return declaration.spec.keyword === "scenario" && name !== undefined ? [{ kind: "scenario", range, scenario: name }] : compile;
  });
}

export function lensTitle(analysis: Analysis, lens: CodeLens, runs: KnownRuns = noRuns): string {
  switch (lens.kind) {
    case "compile": return `Compile to ${fileNames[lens.target]}`;
    case "simulate": return "Simulate";
    case "scenario": return scenarioTitle(runs.scenario(lens.scenario));
    case "figures": return [staticFigures(analysis, lens.backend), runOf(runs, lens.backend)].filter((part) => part !== "").join(" · ") || "No figures without a demand";
  }
}

function staticFigures(analysis: Analysis, name: string): string {
  const backend = analysis.policy.backends.find((each) => each.name === name);
  if (backend === undefined) return "";
  const { peak, state: { pool }, needed } = backendFigures(backend);
  if (peak === undefined) return "";
  const parts = [`at ${rateText(peak.ratePerSecond)}`];
  if (needed !== undefined) parts.push(`${needed.count} ${needed.count === 1 ? "member" : "members"}`);
  if (pool.loadFactor !== undefined) parts.push(`load ${loadText(pool.loadFactor)}`);
  if (pool.response.kind === "steady") parts.push(secondsText(pool.response.responseSeconds));
  if (pool.response.kind === "saturated") parts.push(`saturated, queue +${rateText(pool.response.queueGrowthPerSecond)}`);
  return parts.join(" · ");
}

function runOf(runs: KnownRuns, backend: string): string {
  const run = runs.backend(backend);
  return run === undefined ? "" : runLabel(run);
}

function scenarioTitle(result: ScenarioResult | undefined): string {
  if (result === undefined) return "Run scenario";
  const failed = result.expectations.filter((each) => !each.holds);
  if (result.expectations.length === 0) return "Ran; nothing is expected";
  return failed.length === 0 ? `✓ ${result.expectations.length} of ${result.expectations.length} hold` : `✗ ${failed.map((each) => each.measure).join(", ")}: ${failed.length} of ${result.expectations.length} fail`;
}
