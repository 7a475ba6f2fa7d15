/** Refactorings at a place: give a name to what is written in place, write in place what has a name, say it in another form. */
import type { Analysis } from "../model/analysis.ts";
import type { Range, TextEdit } from "../text/range.ts";
import { extractions } from "./extract.ts";
import { organizeImports } from "./imports.ts";
import { inlinings } from "./inline.ts";
import { rewrites } from "./rewrite.ts";

export type RefactoringKind = "extract" | "inline" | "rewrite" | "organize imports";

export interface Refactoring {
  /** What it does, in the imperative. */
  readonly title: string;
  readonly kind: RefactoringKind;
  /** Of the analysed file. */
  readonly edits: readonly TextEdit[];
}

/** Those that apply at the range; kinds that `wanted` refuses are not worked out. */
export function refactorings(analysis: Analysis, range: Range, wanted: (kind: RefactoringKind) => boolean = () => true): readonly Refactoring[] {
  const imports = wanted("organize imports") ? organizeImports(analysis) : undefined;
  return [
    ...(wanted("extract") ? extractions(analysis, range) : []),
    ...(wanted("inline") ? inlinings(analysis, range) : []),
    ...(wanted("rewrite") ? rewrites(analysis, range) : []),
    ...(imports === undefined ? [] : [{ title: "Organise imports", kind: "organize imports" as const, edits: imports }]),
  ];
}
