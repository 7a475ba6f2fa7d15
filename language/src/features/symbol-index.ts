/**
 * Every name of a document and its imports: where it is declared, where it is used, and which declaration a use means. Read from the trees
 * and the constructs alone, so that it answers for unfinished text too.
 */
import type { Analysis } from "../model/analysis.ts";
import type { ScopeKind } from "../model/scopes.ts";
import { childOf, childrenOf } from "../model/statements.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf, nameOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { touches } from "../text/range.ts";
import { builtinMetrics } from "../text/vocabulary.ts";
import { nameUsesOf } from "./name-uses.ts";
import type { UsedName } from "./name-uses.ts";

export type SymbolKind = ScopeKind | "server";

const scopeKinds: readonly ScopeKind[] = ["backend", "strategy", "metric", "threshold", "schedule", "service", "traffic", "scenario", "param", "environment"];

/** A declaration, or a server of a backend. */
export interface PolicySymbol {
  /** The same in every analysis that reads the file. */
  readonly key: string;
  readonly kind: SymbolKind;
  readonly name: string;
  readonly file: string;
  /** Undefined for a server that is called by its place. */
  readonly nameRange: Range | undefined;
  readonly statement: Statement;
  /** The backend of a server. */
  readonly container: string | undefined;
}

/** A place where a name is written. */
export interface Occurrence {
  readonly file: string;
  readonly range: Range;
  readonly role: "declaration" | "reference";
  /** What the name may be here. */
  readonly kinds: readonly SymbolKind[];
  /** What it means: nothing where it is unknown or built in, several servers where a strategy with `geo` is used by several backends. */
  readonly symbols: readonly PolicySymbol[];
  /** The statement that it stands in; of a declaration the statement that is declared. */
  readonly statement: Statement;
  /** The declaration of the file that it stands in. */
  readonly inside: Statement;
}

export interface SymbolIndex {
  /** In the order of the files and of their text. */
  readonly symbols: readonly PolicySymbol[];
  /** By file, in the order of the text. */
  readonly occurrences: ReadonlyMap<string, readonly Occurrence[]>;
}

const known = new WeakMap<Analysis, SymbolIndex>();

/** Made once per analysis. Of names that are declared twice the first is meant. */
export function symbolIndex(analysis: Analysis): SymbolIndex {
  let index = known.get(analysis);
  if (index === undefined) {
    index = makeIndex(analysis);
    known.set(analysis, index);
  }
  return index;
}

/** The name under a place or directly before it. */
export function occurrenceAt({ occurrences }: SymbolIndex, file: string, offset: number): Occurrence | undefined {
  const found = occurrences.get(file) ?? [];
  let low = 0;
  let high = found.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((found[middle]?.range.end ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  const here = found.slice(low, low + 2).filter((each) => touches(each.range, offset));
  return here.find((each) => offset < each.range.end) ?? here[0];
}

/** What names mean in these files. */
interface Names {
  readonly symbols: PolicySymbol[];
  readonly byName: Map<string, PolicySymbol>;
  readonly servers: Map<string, PolicySymbol[]>;
  /** Backends by the strategy that their `balance` names. */
  readonly balanced: Map<string, string[]>;
}

function makeIndex({ sources }: Analysis): SymbolIndex {
  const names: Names = { symbols: [], byName: new Map(), servers: new Map(), balanced: new Map() };
  const occurrences = new Map<string, Occurrence[]>();
  for (const { source: { file }, tree } of sources.values()) {
    const declared: Occurrence[] = [];
    for (const declaration of tree.declarations) declare(file, declaration, names, declared);
    occurrences.set(file, declared);
  }
  for (const { source: { file }, tree } of sources.values()) {
    const list = occurrences.get(file) ?? [];
    for (const declaration of tree.declarations) addReferences(file, declaration, declaration, names, list);
    list.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  }
  return { symbols: names.symbols, occurrences };
}

function declare(file: string, statement: Statement, names: Names, found: Occurrence[]): void {
  const kind = scopeKinds.find((candidate) => candidate === statement.spec.keyword);
  const use = nameOf(statement);
  if (kind === undefined) return;
  let isFirst = false;
  if (use !== undefined) {
    const symbol = symbolOf({ kind, name: use.name, file, nameRange: use.range, statement, container: undefined });
    isFirst = !names.byName.has(`${kind} ${use.name}`);
    if (isFirst) names.byName.set(`${kind} ${use.name}`, symbol);
    names.symbols.push(symbol);
    found.push({ file, range: use.range, role: "declaration", kinds: [kind], symbols: [symbol], statement, inside: statement });
  }
  if (kind !== "backend") return;
  const strategy = fieldOf(childOf(statement, "balance")?.fields ?? [], "balance")?.value;
  if (isFirst && use !== undefined && strategy?.type === "name") append(names.balanced, strategy.name, use.name);
  for (const [i, line] of childrenOf(statement, "server").entries()) {
    const written = nameOf(line);
    const symbol = symbolOf({ kind: "server", name: written?.name ?? `s${i + 1}`, file, nameRange: written?.range, statement: line, container: use?.name });
    names.symbols.push(symbol);
    if (isFirst && use !== undefined) append(names.servers, use.name, symbol);
    if (written !== undefined) found.push({ file, range: written.range, role: "declaration", kinds: ["server"], symbols: [symbol], statement: line, inside: statement });
  }
}

function symbolOf(symbol: Omit<PolicySymbol, "key">): PolicySymbol {
  return { ...symbol, key: `${symbol.kind} ${symbol.name} ${symbol.statement.range.start} ${symbol.file}` };
}

function addReferences(file: string, statement: Statement, inside: Statement, names: Names, found: Occurrence[]): void {
  for (const use of nameUsesOf(statement)) {
    const kinds = kindsOf(use);
    found.push({ file, range: use.range, role: "reference", kinds, symbols: meant(use, kinds, inside, names), statement, inside });
  }
  for (const inner of statement.block?.statements ?? []) addReferences(file, inner, inside, names, found);
}

/** The likeliest first. */
function kindsOf({ kind }: UsedName): readonly SymbolKind[] {
  switch (kind) {
    case "environment item": return ["param"];
    case "demand": return ["param", "traffic"];
    case "metric or param": return ["metric", "param"];
    default: return [kind];
  }
}

function meant(use: UsedName, kinds: readonly SymbolKind[], inside: Statement, names: Names): readonly PolicySymbol[] {
  if (use.kind === "server") return serversMeant(use.name, inside, names);
  if ((use.kind === "metric" || use.kind === "metric or param") && builtinMetrics.some((metric) => metric === use.name)) return [];
  // Arithmetic of metrics takes built-in ones and params; a declared metric has no place in it.
  const possible = use.kind === "metric or param" ? ["param"] as const : kinds;
  return possible.flatMap((kind) => names.byName.get(`${kind} ${use.name}`) ?? []).slice(0, 1);
}

/** A fault means a server of the scenario's backend; `geo` those of every backend with that strategy. */
function serversMeant(server: string, inside: Statement, names: Names): readonly PolicySymbol[] {
  const line = fieldOf(childOf(inside, "backend")?.fields ?? [], "backend")?.value;
  const ofScenario = line?.type === "name" ? [line.name] : [];
  const backends = inside.spec.keyword === "scenario" ? ofScenario : names.balanced.get(nameOf(inside)?.name ?? "") ?? [];
  return backends.flatMap((backend) => names.servers.get(backend)?.find((symbol) => symbol.name === server) ?? []);
}

function append<T>(to: Map<string, T[]>, key: string, item: T): void {
  const list = to.get(key);
  if (list === undefined) to.set(key, [item]);
  else list.push(item);
}
