import type { Analysis } from "../model/analysis.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Location, Range } from "../text/range.ts";
import { declarationOf } from "./definition.ts";
import { occurrencesOf, symbolsAt } from "./occurrences.ts";
import type { Occurrence } from "./symbol-index.ts";

export interface Highlight {
  readonly range: Range;
  /** `write` where the name is declared, or an environment sets it. */
  readonly kind: "read" | "write";
}

/** Where the name at a place is used in all files that are known, and first where it is declared if that is asked for. */
export function references(analysis: Analysis, offset: number, declarations: "with declarations" | "uses only", others: readonly Analysis[] = []): readonly Location[] {
  const symbols = symbolsAt(analysis, offset, others)?.symbols ?? [];
  const uses = occurrencesOf(symbols, [analysis, ...others]).filter((each) => each.role === "reference").map(({ file, range }) => ({ file, range }));
  return declarations === "uses only" ? uses : [...symbols.map(declarationOf), ...uses];
}

/** The same name in this file. */
export function highlights(analysis: Analysis, offset: number): readonly Highlight[] {
  const symbols = symbolsAt(analysis, offset, [])?.symbols ?? [];
  return occurrencesOf(symbols, [analysis]).filter((each) => each.file === analysis.source.file).map((each) => ({ range: each.range, kind: each.role === "declaration" || isSetting(each) ? "write" : "read" }));
}

/** A line of an environment gives the param a value. */
function isSetting({ statement, range }: Occurrence): boolean {
  return statement.spec.lead === "name" && fieldOf(statement.fields, "name")?.value?.range.start === range.start;
}
