/** The outline of a file, and finding declarations by name over many files. */
import type { Analysis } from "../model/analysis.ts";
import type { Statement } from "../syntax/tree.ts";
import { nameOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { symbolIndex } from "./symbol-index.ts";
import type { PolicySymbol } from "./symbol-index.ts";

export interface OutlineItem {
  readonly name: string;
  /** The keyword that begins it. */
  readonly keyword: string;
  readonly detail: string;
  readonly range: Range;
  readonly selection: Range;
  readonly children: readonly OutlineItem[];
}

/** Statements that are worth a line of the outline; those with a block are in any case. */
const listed: ReadonlySet<string> = new Set(["server", "replica", "listen", "route", "target", "when", "every", "cron", "expect", "fail", "slow", "burst", "value", "network"]);

export function documentSymbols(analysis: Analysis): readonly OutlineItem[] {
  const { text } = analysis.source;
  return analysis.tree.declarations.map((declaration) => outline(declaration, text));
}

function outline(statement: Statement, text: string): OutlineItem {
  const name = nameOf(statement);
  const last = statement.block === undefined ? statement.range.end : statement.block.range.start;
  const rest = text.slice(name?.range.end ?? statement.keyword.end, last).replace(/\s+/gu, " ").trim();
  const title = name?.name ?? (statement.spec.lead === undefined ? statement.spec.keyword : text.slice(statement.keyword.start, statement.keyword.end));
  return {
    name: title === "" ? statement.spec.keyword : title,
    keyword: statement.spec.keyword,
    detail: rest.length > maxDetail ? `${rest.slice(0, maxDetail - 1)}…` : rest,
    range: statement.range,
    selection: name?.range ?? statement.keyword,
    children: (statement.block?.statements ?? []).filter((child) => child.block !== undefined || listed.has(child.spec.keyword)).map((child) => outline(child, text)),
  };
}

const maxDetail = 60;

/** Declarations and servers whose name holds the letters of the query in their order, best first; at most `limit`. */
export function workspaceSymbols(analyses: readonly Analysis[], query: string, limit = 500): readonly PolicySymbol[] {
  const wanted = query.toLowerCase();
  const found = new Map<string, { readonly symbol: PolicySymbol; readonly rank: number }>();
  for (const analysis of analyses) {
    for (const symbol of symbolIndex(analysis).symbols) {
      const rank = rankOf(symbol.name.toLowerCase(), wanted);
      if (rank !== undefined && !found.has(symbol.key)) found.set(symbol.key, { symbol, rank });
    }
  }
  return [...found.values()].sort((a, b) => a.rank - b.rank || (a.symbol.name < b.symbol.name ? -1 : a.symbol.name > b.symbol.name ? 1 : 0)).slice(0, limit).map(({ symbol }) => symbol);
}

/** 0 the name itself, 1 its beginning, 2 a part of it, 3 its letters in order; undefined for none. */
function rankOf(name: string, wanted: string): number | undefined {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  let at = 0;
  for (const letter of wanted) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return undefined;
  }
  return 3;
}
