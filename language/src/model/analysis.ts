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
  /** This file and its imports, by file. */
  readonly sources: ReadonlyMap<string, { readonly source: Source; readonly lines: LineMap; readonly tree: FileNode }>;
  /** Of all files, sorted by file and place, capped per file. */
  readonly diagnostics: readonly Diagnostic[];
}
