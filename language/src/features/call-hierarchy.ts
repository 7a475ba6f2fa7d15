/** Who uses a declaration, and what it uses: the call hierarchy of a language without calls. */
import type { Analysis } from "../model/analysis.ts";
import type { Range } from "../text/range.ts";
import { distinctSymbols, occurrencesOf } from "./occurrences.ts";
import { occurrenceAt, symbolIndex } from "./symbol-index.ts";
import type { PolicySymbol } from "./symbol-index.ts";

export interface HierarchyUse {
  /** The user, or what is used. */
  readonly symbol: PolicySymbol;
  /** Where the name stands: in the user, or in what was asked about. */
  readonly places: readonly Range[];
  readonly file: string;
}

/** What the name at a place of a file stands for, as the policies that read the file understand it. */
export function hierarchyIn(analyses: readonly Analysis[], file: string, offset: number): readonly PolicySymbol[] {
  return distinctSymbols(analyses.flatMap((analysis) => occurrenceAt(symbolIndex(analysis), file, offset)?.symbols ?? []));
}

/** The declarations in which the symbol is named. */
export function usersOf(symbol: PolicySymbol, analyses: readonly Analysis[]): readonly HierarchyUse[] {
  const uses = occurrencesOf([symbol], analyses).filter((use) => use.role === "reference");
  return grouped(uses.flatMap((use) => {
    const user = analyses.flatMap((analysis) => symbolIndex(analysis).symbols).find((other) => other.file === use.file && other.statement.range.start === use.inside.range.start);
    return user === undefined ? [] : [{ symbol: user, place: use.range, file: use.file }];
  }));
}

/** The declarations that are named in the symbol's own. */
export function usedBy(symbol: PolicySymbol, analyses: readonly Analysis[]): readonly HierarchyUse[] {
  const { range } = symbol.statement;
  const seen = new Set<string>();
  return grouped(analyses.flatMap((analysis) => symbolIndex(analysis).occurrences.get(symbol.file) ?? [])
    .filter((use) => use.role === "reference" && range.start <= use.range.start && use.range.end <= range.end)
    .flatMap((use) => use.symbols.filter((used) => {
      const key = `${used.key} ${use.range.start}`;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    }).map((used) => ({ symbol: used, place: use.range, file: use.file }))));
}

function grouped(uses: readonly { readonly symbol: PolicySymbol; readonly place: Range; readonly file: string }[]): readonly HierarchyUse[] {
  const groups = new Map<string, { symbol: PolicySymbol; file: string; places: Range[] }>();
  for (const { symbol, place, file } of uses) {
    const group = groups.get(symbol.key) ?? { symbol, file, places: [] };
    groups.set(symbol.key, group);
    group.places.push(place);
  }
  return [...groups.values()];
}
