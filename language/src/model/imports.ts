/** The files of a policy: one, and what it imports, each once. Reading is the caller's. */
import type { Diagnostic, Extras } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import { importProblem } from "../diagnostics/names.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { FileNode, Statement } from "../syntax/tree.ts";
import type { Location } from "../text/range.ts";

export interface Source {
  /** A path or a URI, as the caller names it. The same file has the same name. */
  readonly file: string;
  readonly text: string;
}

export interface ImportHost {
  /** The source that `path`, written in `fromFile`, means, or why it cannot be had. */
  resolve(path: string, fromFile: string): Source | { readonly problem: string };
}

/** A file that was read, or a piece of one, which ranges count in. */
export interface Part {
  readonly file: string;
  readonly tree: FileNode;
}

export interface LoadedFile<P extends Part> {
  readonly source: Source;
  readonly parts: readonly P[];
  /** The import that brought it; undefined for the file itself. */
  readonly importedAt: Location | undefined;
}

const maxDepth = 32;

/** The file itself first, then its imports in the order in which they are met. */
export function loadFiles<P extends Part>(source: Source, host: ImportHost | undefined, read: (source: Source) => readonly P[]): { readonly files: readonly LoadedFile<P>[]; readonly diagnostics: readonly Diagnostic[] } {
  const files: LoadedFile<P>[] = [];
  const found: Diagnostic[] = [];
  const byFile = new Set<string>();
  const load = (current: Source, path: readonly string[], importedAt: Location | undefined): void => {
    byFile.add(current.file);
    const parts = read(current);
    files.push({ source: current, parts, importedAt });
    for (const { file, tree } of parts) {
      for (const statement of tree.declarations) if (statement.spec.keyword === "import") follow(current, path, file, statement);
    }
  };
  const follow = (current: Source, path: readonly string[], file: string, statement: Statement): void => {
    const value = fieldOf(statement.fields, "path")?.value;
    if (value === undefined) return;
    const refuse = (shown: string, problem: string, extras: Extras = {}): void => {
      found.push(report(importProblem, { file, range: value.range }, { path: shown, problem }, extras));
    };
    if (value.type !== "string") {
      refuse(value.type === "name" ? value.name : "this", "its path is written in double quotes");
      return;
    }
    if (value.value === undefined) return;
    if (host === undefined) {
      refuse(value.value, "files cannot be read here");
      return;
    }
    const result = host.resolve(value.value, current.file);
    if ("problem" in result) refuse(value.value, adviceOn(result.problem), withSlashes(value.value, { file, range: value.range }));
    else if (path.includes(result.file) || result.file === current.file) refuse(value.value, "the imports form a cycle, remove one of them");
    else if (path.length >= maxDepth) refuse(value.value, `imports go deeper than ${maxDepth} files, import it nearer to the first`);
    else if (!byFile.has(result.file)) load(result, [...path, current.file], { file, range: value.range });
  };
  load(source, [], undefined);
  return { files, diagnostics: found };
}

/** What to do where a file cannot be had. */
function adviceOn(problem: string): string {
  if (problem.startsWith("does not exist")) return `it ${problem}, write its path from the folder of this file`;
  if (problem.startsWith("lies outside")) return `it ${problem}, move it below the root or name a wider one`;
  return problem;
}

/** Folders are separated by `/` on every system. */
function withSlashes(path: string, at: Location): Extras {
  if (!path.includes("\\") || /["\p{C}]/u.test(path)) return {};
  const text = `"${path.replaceAll("\\", "/")}"`;
  return { fixes: [{ title: `Write ${text}`, file: at.file, edits: [{ range: at.range, text }] }] };
}
