import type { Severity } from "./diagnostics/diagnostic.ts";
import { present } from "./diagnostics/present.ts";
import type { Analysis } from "./model/analysis.ts";
import { loadFiles } from "./model/imports.ts";
import type { ImportHost, Source } from "./model/imports.ts";
import type { Overrides } from "./model/params.ts";
import { resolvePolicy } from "./model/resolve.ts";
import type { TargetName } from "./model/target.ts";
import { parse } from "./syntax/parse.ts";
import { createLineMap } from "./text/line-map.ts";

export interface AnalyzeOptions extends Overrides {
  /** How imported files are read; without it every import is diagnosed. */
  readonly imports?: ImportHost;
  /** The targets to check for; those the policy declares, else all. */
  readonly targets?: readonly TargetName[];
  /** Severities by code. */
  readonly severities?: Readonly<Record<string, Severity | "off">>;
}

/** Reads a policy and everything it imports. Never throws: what is wrong is in `diagnostics`, and the policy holds what was understood. */
export function analyze(source: Source, options: AnalyzeOptions = {}): Analysis {
  const loaded = loadFiles(source, options.imports, ({ file, text }) => parse(file, text));
  const resolution = resolvePolicy(loaded.files.map(({ source: { file }, parsed }) => ({ file, tree: parsed.tree })), options);
  const found = [...loaded.files.flatMap(({ parsed }) => parsed.problems), ...loaded.diagnostics, ...resolution.diagnostics];
  const sources = new Map(loaded.files.map(({ source: each, parsed }) => [each.file, { source: each, lines: createLineMap(each.text), tree: parsed.tree }] as const));
  const own = sources.get(source.file);
  return {
    source,
    lines: own?.lines ?? createLineMap(source.text),
    tree: own?.tree ?? { declarations: [], comments: [], range: { start: 0, end: source.text.length } },
    policy: resolution.policy,
    scopes: resolution.scopes,
    sources,
    diagnostics: present(found, options.severities),
  };
}
