/** Files that a policy names. */
import type { Analysis } from "../model/analysis.ts";
import type { Range } from "../text/range.ts";
import { allFields, eachStatement } from "./tree-walk.ts";

export interface FileLink {
  /** Of the path, without its quotes. */
  readonly range: Range;
  /** As it is written. */
  readonly path: string;
  /** An import and a trace are relative to their file; a certificate is a path on the balancer's machine. */
  readonly kind: "import" | "trace" | "certificate";
}

const certificateLabels: ReadonlySet<string> = new Set(["certificate", "key", "ca"]);

export function documentLinks(analysis: Analysis): readonly FileLink[] {
  const found: FileLink[] = [];
  eachStatement(analysis.tree.declarations, ({ spec: { keyword }, fields }) => {
    for (const { label, value } of allFields(fields)) {
      if (value?.type !== "string" || value.value === undefined || value.value === "") continue;
      const kind = keyword === "import" ? "import" : keyword === "trace" && label === "trace" ? "trace" : certificateLabels.has(label) ? "certificate" : undefined;
      if (kind !== undefined) found.push({ range: { start: value.range.start + 1, end: value.range.end - 1 }, path: value.value, kind });
    }
  });
  return found;
}
