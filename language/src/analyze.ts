/** From texts to an analysis: one reading, then a run with the declared values and, for a check, one for each environment. */
import { compilePolicy } from "./compile/compile-policy.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { present, withoutRepeats, withSeverities } from "./diagnostics/present.ts";
import type { Severities } from "./diagnostics/present.ts";
import { isTargetLimit } from "./diagnostics/registry.ts";
import type { CommentedText } from "./diagnostics/suppression.ts";
import { suppress } from "./diagnostics/suppression.ts";
import type { Analysis } from "./model/analysis.ts";
import { loadFiles } from "./model/imports.ts";
import type { ImportHost, Part, Source } from "./model/imports.ts";
import type { Overrides } from "./model/params.ts";
import { environmentOf } from "./model/params.ts";
import type { Resolution } from "./model/resolve.ts";
import { resolvePolicy } from "./model/resolve.ts";
import { targetNames } from "./model/target.ts";
import type { TargetName } from "./model/target.ts";
import type { Settings } from "./settings/settings.ts";
import { parse } from "./syntax/parse.ts";
import type { ParseResult } from "./syntax/parse.ts";
import type { FileNode } from "./syntax/tree.ts";
import { createLineMap } from "./text/line-map.ts";
import type { LineMap } from "./text/line-map.ts";

export interface AnalyzeOptions extends Omit<Overrides, "defaults"> {
  /** How imported files are read; without it every import is diagnosed. */
  readonly imports?: ImportHost;
  /** The targets to check for; else those the policy declares, else those of `settings`, else all, with what they cannot carry as information. */
  readonly targets?: readonly TargetName[];
  /** Severities by code; they override those of `settings`. */
  readonly severities?: Severities;
  /** The lbpolicy.json of the root. */
  readonly settings?: Settings;
}

/** What `check` finds. */
export interface Check {
  /** With the declared values, or those of the environment that is asked for. */
  readonly analysis: Analysis;
  /**
   * Of the declared values and of every environment, each once; what arises in an environment only says which. Made when it is first asked
   * for. Where an environment is asked for it is the only one.
   */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a policy and everything it imports. Never throws: what is wrong is in `diagnostics`, and the policy holds what was understood. */
export function analyze(source: Source, options: AnalyzeOptions = {}): Analysis {
  const files = readFiles(source, options);
  return analysisOf(files, runOf(files, options), options);
}

/** As `analyze`, and for every environment that the policy declares. */
export function check(source: Source, options: AnalyzeOptions = {}): Check {
  const files = readFiles(source, options);
  const declared = runOf(files, options);
  const diagnostics = once(() => {
    const { scopes } = declared.resolution;
    const environments = environmentOf(scopes, options) === undefined ? [...scopes.environment.byName.keys()] : [];
    const runs = environments.map((environment) => {
      const run = runOf(files, { ...options, environment });
      const mark = (found: readonly Diagnostic[]): readonly Diagnostic[] => found.map((diagnostic) => ({ ...diagnostic, environment }));
      return { ...run, ofPolicy: mark(run.ofPolicy), ofTargets: () => mark(run.ofTargets()) };
    });
    return shown(files, [declared, ...runs], options);
  });
  return { analysis: analysisOf(files, declared, options), get diagnostics() { return diagnostics(); } };
}

interface Files {
  readonly source: Source;
  readonly loaded: ReturnType<typeof loadFiles<Part & Pick<ParseResult, "tree" | "problems">>>;
  readonly sources: Analysis["sources"];
  readonly tree: FileNode;
}

function readFiles(source: Source, { imports, settings }: AnalyzeOptions): Files {
  const loaded = loadFiles(source, imports, ({ file, text }) => {
    const { tree, problems } = parse(file, text);
    return [{ file, tree, problems }];
  });
  const sources = new Map<string, ReturnType<typeof sourceOf>>();
  for (const { source: each, parts } of loaded.files) sources.set(each.file, sourceOf(each, parts[0]?.tree ?? emptyTree(each)));
  const tree = sources.get(source.file)?.tree ?? emptyTree(source);
  if (settings !== undefined) sources.set(settings.source.file, sourceOf(settings.source, emptyTree(settings.source)));
  return { source, loaded, sources, tree };
}

/** The lines are counted when a place is first asked for. */
function sourceOf(source: Source, tree: FileNode): { readonly source: Source; readonly lines: LineMap; readonly tree: FileNode } {
  const lines = once(() => createLineMap(source.text));
  return { source, tree, get lines() { return lines(); } };
}

function emptyTree({ text }: Source): FileNode {
  return { declarations: [], comments: [], range: { start: 0, end: text.length } };
}

/** The policy with one set of values. */
interface Run {
  readonly resolution: Resolution;
  readonly ofPolicy: readonly Diagnostic[];
  /** What the targets cannot carry; nothing where the policy has errors. */
  readonly ofTargets: () => readonly Diagnostic[];
  readonly targets: "some" | "all";
}

function runOf(files: Files, options: AnalyzeOptions): Run {
  const { loaded, sources } = files;
  const { settings } = options;
  const overrides = settings === undefined ? options : { ...options, defaults: settings.parameters };
  const resolution = resolvePolicy(loaded.files.flatMap(({ parts, importedAt }) => parts.map(({ file, tree }) => ({ file, tree, importedAt }))), overrides);
  const ofPolicy = [...loaded.files.flatMap(({ parts }) => parts.flatMap((part) => part.problems)), ...loaded.diagnostics, ...resolution.diagnostics, ...(settings?.diagnostics ?? [])];
  const { policy } = resolution;
  const chosen = options.targets ?? (policy.targets.length > 0 ? policy.targets.map((target) => target.kind) : settings?.targets);
  const ofTargets = once((): readonly Diagnostic[] => {
    if (ofPolicy.some((diagnostic) => diagnostic.severity === "error")) return [];
    const found = (chosen ?? targetNames).flatMap((target) => compilePolicy(policy, target, sources).diagnostics);
    return chosen === undefined ? found.map((diagnostic) => ({ ...diagnostic, severity: "information" })) : found;
  });
  return { resolution, ofPolicy, ofTargets, targets: options.targets === undefined ? "all" : "some" };
}

/** Everything that the runs found, each once, with what comments silence taken out. */
function shown(files: Files, runs: readonly Run[], options: AnalyzeOptions): readonly Diagnostic[] {
  const found = withoutRepeats(runs.flatMap((run) => [...run.ofPolicy, ...run.ofTargets()]));
  const hasErrors = found.some((diagnostic) => diagnostic.severity === "error" && !isTargetLimit(diagnostic.code));
  // A file without a backend is there to be imported: what it says is seen where it is used.
  const isWhole = runs.every((run) => run.resolution.scopes.backend.byName.size > 0) && !hasErrors;
  const { kept, complaints } = suppress(found, commentedTexts(files), {
    wasLookedFor: (code, file) => isWhole && file === files.source.file && (!isTargetLimit(code) || runs.every((run) => run.targets === "all")),
  });
  return present([...kept, ...complaints], severitiesOf(options));
}

function analysisOf(files: Files, run: Run, options: AnalyzeOptions): Analysis {
  const { resolution } = run;
  const severities = severitiesOf(options);
  const silenced = (found: readonly Diagnostic[]): readonly Diagnostic[] => suppress(found, commentedTexts(files), { wasLookedFor: () => false }).kept;
  const ofPolicy = silenced(withoutRepeats(run.ofPolicy));
  const policyDiagnostics = present(ofPolicy, severities);
  const diagnostics = once(() => shown(files, [run], options));
  return {
    source: files.source,
    get lines() { return files.sources.get(files.source.file)?.lines ?? createLineMap(files.source.text); },
    tree: files.tree,
    policy: resolution.policy,
    scopes: resolution.scopes,
    sources: files.sources,
    get diagnostics() { return diagnostics(); },
    policyDiagnostics,
    refusals: ofPolicy.filter((diagnostic) => diagnostic.severity === "error" || severities[diagnostic.code] === "error").map((diagnostic) => ({ ...diagnostic, severity: "error" })),
    shownOfTarget: (found) => [
      ...found.filter((diagnostic) => diagnostic.severity === "error"),
      ...withSeverities(silenced(found.filter((diagnostic) => diagnostic.severity !== "error")), severities),
    ],
  };
}

function commentedTexts({ sources }: Pick<Files, "sources">): readonly CommentedText[] {
  return [...sources.values()].map((each) => ({ file: each.source.file, text: each.source.text, get lines() { return each.lines; }, comments: each.tree.comments }));
}

export function severitiesOf({ settings, severities }: AnalyzeOptions): Severities {
  return { ...settings?.severities, ...severities };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
