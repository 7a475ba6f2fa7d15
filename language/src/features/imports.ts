/** The `import`s of a file: names that one would bring in, putting them in order, keeping them right when files move. */
import type { Analysis } from "../model/analysis.ts";
import type { ScopeKind } from "../model/scopes.ts";
import type { ValueElement } from "../syntax/spec.ts";
import type { FileNode, Statement } from "../syntax/tree.ts";
import { fieldOf, nameOf } from "../syntax/tree.ts";
import type { TextEdit } from "../text/range.ts";
import { escapeMarkdown } from "./markdown.ts";
import { lineBreakOf, standsAlone, wholeLines } from "./tree-walk.ts";

/** A file that could be imported: how the import would be written, and what it declares. */
export interface Exports {
  readonly path: string;
  readonly file: string;
  readonly tree: FileNode;
}

export interface ImportableName {
  readonly name: string;
  readonly kind: ScopeKind;
  readonly path: string;
  readonly documentation?: string;
  readonly edit: TextEdit;
}

const kindsByValue: Readonly<Partial<Record<ValueElement["kind"], readonly ScopeKind[]>>> = { demand: ["traffic", "param"], metric: ["metric"], "metric-expression": ["param"] };
const expressionKinds: ReadonlySet<ValueElement["kind"]> = new Set<ValueElement["kind"]>(["count", "number", "ratio", "duration", "rate", "size", "cpu", "price", "factor", "count-or-share", "quantity", "count-range", "cpu-range", "size-range", "curve", "text", "text-or-quantity"]);

type Importing = Pick<Analysis, "source" | "tree">;

/** Names of the kind that is due in files that are not imported yet and that are not taken here. */
export function importableNames(analysis: Importing & Pick<Analysis, "scopes"> & { readonly sources: Pick<ReadonlyMap<string, unknown>, "has"> }, element: ValueElement, elsewhere: readonly Exports[]): readonly ImportableName[] {
  const kinds = element.kind === "reference" ? (element.refersTo === undefined || element.refersTo === "server" ? [] : [element.refersTo]) : kindsByValue[element.kind] ?? (expressionKinds.has(element.kind) ? ["param" as const] : []);
  if (kinds.length === 0) return [];
  return elsewhere.filter(({ file }) => !analysis.sources.has(file)).flatMap(({ path, tree }) => tree.declarations.flatMap((declaration): readonly ImportableName[] => {
    const kind = kinds.find((each) => each === declaration.spec.keyword);
    const name = nameOf(declaration)?.name;
    if (kind === undefined || name === undefined || analysis.scopes[kind].byName.has(name)) return [];
    const { documentation } = declaration;
    return [{ name, kind, path, edit: importEdit(analysis, path), ...(documentation === undefined ? {} : { documentation: escapeMarkdown(documentation) }) }];
  }));
}

/** Writes an import behind the others, or at the top: below what stands above the first declaration and belongs to the file. */
export function importEdit(analysis: Importing, path: string): TextEdit {
  const { text } = analysis.source;
  const line = lineBreakOf(text);
  const last = importsOf(analysis.tree).at(-1);
  if (last !== undefined) return { range: { start: last.range.end, end: last.range.end }, text: `${line}import ${quoted(path)}` };
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  return { range: { start, end: start }, text: `import ${quoted(path)}${line}${text.slice(start).trim() === "" ? "" : line}` };
}

/** Sorted by path, each once, together at the place of the first; undefined where they are so already. Imports with comments beside them stay. */
export function organizeImports(analysis: Analysis): readonly TextEdit[] | undefined {
  const { text } = analysis.source;
  const all = importsOf(analysis.tree);
  const readable = all.filter((each) => pathOf(each) !== undefined);
  if (all.length === 0 || readable.length < all.length || all.some(({ range }) => !standsAlone(text, range))) return undefined;
  const line = lineBreakOf(text);
  const wanted = [...new Set(all.map((each) => pathOf(each) ?? ""))].sort().map((path) => `import ${quoted(path)}`);
  const [first, ...rest] = all;
  if (first === undefined) return undefined;
  const edits = [{ range: first.range, text: wanted.join(line) }, ...rest.map((each) => ({ range: wholeLines(text, each.range), text: "" }))];
  const isSorted = all.length === wanted.length && all.every((each, i) => text.slice(each.range.start, each.range.end) === wanted[i]) &&
    all.every((each, i) => i === 0 || text.slice(all[i - 1]?.range.end ?? 0, each.range.start).trim() === "");
  return isSorted ? undefined : edits;
}

/** Edits that follow the renaming of files: `moved` says of a written path what it must be now, undefined where it stays. */
export function importEdits(tree: FileNode, moved: (path: string) => string | undefined): readonly TextEdit[] {
  return importsOf(tree).flatMap((each) => {
    const value = fieldOf(each.fields, "path")?.value;
    const path = pathOf(each);
    const next = path === undefined ? undefined : moved(path);
    return value === undefined || next === undefined || next === path ? [] : [{ range: value.range, text: quoted(next) }];
  });
}

function importsOf(tree: FileNode): readonly Statement[] {
  return tree.declarations.filter((each) => each.spec.keyword === "import");
}

function pathOf(statement: Statement): string | undefined {
  const value = fieldOf(statement.fields, "path")?.value;
  return value?.type === "string" ? value.value : undefined;
}

function quoted(path: string): string {
  return `"${path.replace(/[\\"]/gu, "\\$&")}"`;
}
