/** The occurrences of a name in every file that is known, whichever policy they are read from. */
import type { Analysis } from "../model/analysis.ts";
import { occurrenceAt, symbolIndex } from "./symbol-index.ts";
import type { Occurrence, PolicySymbol } from "./symbol-index.ts";

/** What stands under a place of the first analysis; where nothing in it declares the name, what another policy that reads the file says. */
export function symbolsAt(analysis: Analysis, offset: number, others: readonly Analysis[]): { readonly occurrence: Occurrence; readonly symbols: readonly PolicySymbol[] } | undefined {
  const { file } = analysis.source;
  const own = occurrenceAt(symbolIndex(analysis), file, offset);
  if (own === undefined) return undefined;
  if (own.symbols.length > 0) return { occurrence: own, symbols: own.symbols };
  const elsewhere = others.filter((other) => other.sources.has(file)).flatMap((other) => occurrenceAt(symbolIndex(other), file, offset)?.symbols ?? []);
  return { occurrence: own, symbols: distinctSymbols(elsewhere) };
}

/** Every occurrence of any of the symbols, each place once, by file in the order of the analyses, in the order of the text. */
export function occurrencesOf(symbols: readonly PolicySymbol[], analyses: readonly Analysis[]): readonly Occurrence[] {
  const keys = new Set(symbols.map((symbol) => symbol.key));
  const byPlace = new Map<string, Occurrence>();
  for (const analysis of new Set(analyses)) {
    for (const list of symbolIndex(analysis).occurrences.values()) {
      for (const occurrence of list) {
        const place = `${occurrence.range.start} ${occurrence.file}`;
        if (!byPlace.has(place) && occurrence.symbols.some((symbol) => keys.has(symbol.key))) byPlace.set(place, occurrence);
      }
    }
  }
  const files = [...new Set([...byPlace.values()].map((occurrence) => occurrence.file))];
  return files.flatMap((file) => [...byPlace.values()].filter((occurrence) => occurrence.file === file).sort((a, b) => a.range.start - b.range.start));
}

export function distinctSymbols(symbols: readonly PolicySymbol[]): readonly PolicySymbol[] {
  return [...new Map(symbols.map((symbol) => [symbol.key, symbol])).values()];
}
