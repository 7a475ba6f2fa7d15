import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { FileNode } from "../syntax/tree.ts";
import type { LineMap } from "../text/line-map.ts";
import type { Source } from "./imports.ts";
import type { Policy } from "./policy.ts";
import type { Scopes } from "./scopes.ts";

/** A document understood: what every feature, compiler and simulation starts from. Immutable. */
export interface Analysis {
  readonly source: Source;
  readonly lines: LineMap;
  readonly tree: FileNode;
  readonly policy: Policy;
  /** Names declared in this file and its imports. */
  readonly scopes: Scopes;
  /** This file, its imports, and lbpolicy.json where there is one, by file. */
  readonly sources: ReadonlyMap<string, { readonly source: Source; readonly lines: LineMap; readonly tree: FileNode }>;
  /** Of all files, sorted by file and place, capped per file; with what the targets cannot carry. Made when it is first asked for: compilers run for it. */
  readonly diagnostics: readonly Diagnostic[];
  /** The same without what the targets cannot carry, and without what is wrong with comments that silence. */
  readonly policyDiagnostics: readonly Diagnostic[];
  /** Errors for which nothing is compiled or simulated, whatever severities are asked for. */
  readonly refusals: readonly Diagnostic[];
  /** What a compiler found, with the severities and silences that hold. Errors stay errors: nothing was compiled then. */
  readonly shownOfTarget: (found: readonly Diagnostic[]) => readonly Diagnostic[];
}
