/** From a name to where it is declared, to what determines it, and to what carries it out. */
import type { Analysis } from "../model/analysis.ts";
import { childOf } from "../model/statements.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Location, Range } from "../text/range.ts";
import { contains } from "../text/range.ts";
import { distinctSymbols, occurrencesOf, symbolsAt } from "./occurrences.ts";
import { symbolIndex } from "./symbol-index.ts";
import type { PolicySymbol, SymbolKind } from "./symbol-index.ts";

/** Where the name at a place is declared. Built-in names and unknown ones are declared nowhere. `others`: of the other open documents. */
export function definition(analysis: Analysis, offset: number, others: readonly Analysis[] = []): readonly Location[] {
  return (symbolsAt(analysis, offset, others)?.symbols ?? []).map(declarationOf);
}

/** Of a server its backend, of a backend its strategy, of a scenario its backend, of a threshold the metrics of one's own that it reads. */
export function typeDefinition(analysis: Analysis, offset: number, others: readonly Analysis[] = []): readonly Location[] {
  const analyses = [analysis, ...others];
  const found = (symbolsAt(analysis, offset, others)?.symbols ?? []).flatMap((symbol): readonly PolicySymbol[] => {
    switch (symbol.kind) {
      case "server": return containing(analyses, symbol.file, symbol.statement.range);
      case "backend": return namedIn(analyses, symbol, "strategy");
      case "scenario": return namedIn(analyses, symbol, "backend");
      case "threshold": return namedIn(analyses, symbol, "metric");
      default: return [];
    }
  });
  return distinctSymbols(found).map(declarationOf);
}

/** Of a backend its members, of a param the values that environments give it, of what shapes a pool the backends that it shapes. */
export function implementation(analysis: Analysis, offset: number, others: readonly Analysis[] = []): readonly Location[] {
  const analyses = [analysis, ...others];
  return (symbolsAt(analysis, offset, others)?.symbols ?? []).flatMap((symbol): readonly Location[] => {
    const uses = occurrencesOf([symbol], analyses).filter((use) => use.role === "reference");
    switch (symbol.kind) {
      case "backend": return membersOf(analyses, symbol);
      case "param": return uses.filter((use) => use.statement.spec.lead === "name" && fieldOf(use.statement.fields, "name")?.value?.range.start === use.range.start).map(({ file, range }) => ({ file, range }));
      case "strategy": case "threshold": case "schedule": case "traffic":
        return distinctSymbols(uses.filter((use) => use.inside.spec.keyword === "backend").flatMap((use) => containing(analyses, use.file, use.range))).map(declarationOf);
      default: return [];
    }
  });
}

/** The name, or of a server that has none its address. */
export function declarationOf({ file, nameRange, statement }: PolicySymbol): Location {
  return { file, range: nameRange ?? fieldOf(statement.fields, "address")?.value?.range ?? statement.keyword };
}

/** The declaration around a range. */
function containing(analyses: readonly Analysis[], file: string, range: Range): readonly PolicySymbol[] {
  return analyses.flatMap((analysis) => symbolIndex(analysis).symbols).filter((symbol) => symbol.kind !== "server" && symbol.file === file && contains(symbol.statement.range, range)).slice(0, 1);
}

function namedIn(analyses: readonly Analysis[], { file, statement }: PolicySymbol, kind: SymbolKind): readonly PolicySymbol[] {
  return analyses.flatMap((analysis) => symbolIndex(analysis).occurrences.get(file) ?? [])
    .filter((use) => use.role === "reference" && contains(statement.range, use.range))
    .flatMap((use) => use.symbols.filter((symbol) => symbol.kind === kind));
}

function membersOf(analyses: readonly Analysis[], { file, statement }: PolicySymbol): readonly Location[] {
  const elastic = childOf(statement, "replica") ?? childOf(statement, "workload");
  const servers = distinctSymbols(analyses.flatMap((analysis) => symbolIndex(analysis).symbols).filter((symbol) => symbol.kind === "server" && symbol.file === file && contains(statement.range, symbol.statement.range)));
  return [...servers.map(declarationOf), ...(elastic === undefined ? [] : [{ file, range: elastic.keyword }])];
}
