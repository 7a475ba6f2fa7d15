/** The policies that are known: the open documents, then the other .lbpolicy files of the folders, read when they are first asked for. */
import type { Analysis, Check } from "../../language/src/index.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import { uriOfPath } from "./uri.ts";

export interface Workspace {
  readonly analyses: () => readonly Analysis[];
  /** The policies of files that are not open, by URI. */
  readonly closed: () => ReadonlyMap<string, Check>;
  /** Every policy but one. */
  readonly others: (uri: string) => readonly Analysis[];
  /** After a text changed, was opened or closed: what read it is read again. */
  readonly forgetReadersOf: (uri: string) => void;
  readonly forgetAll: () => void;
}

export function createWorkspace(host: ServerHost, documents: Documents): Workspace {
  const checks = new Map<string, Check>();
  let paths: readonly string[] | undefined;

  const closed = (): ReadonlyMap<string, Check> => {
    paths ??= documents.folders().flatMap((folder) => host.policyFilesIn(folder));
    const found = new Map<string, Check>();
    for (const path of paths) {
      if (documents.isOpenPath(path)) continue;
      const uri = uriOfPath(path);
      const known = checks.get(uri) ?? read(path, uri);
      if (known !== undefined) found.set(uri, known);
    }
    return found;
  };
  const read = (path: string, uri: string): Check | undefined => {
    const file = host.readFile(path);
    if ("problem" in file) return undefined;
    const check = documents.checkText(uri, file.text);
    checks.set(uri, check);
    return check;
  };
  const openAnalyses = (): readonly Analysis[] => documents.uris().flatMap((uri) => documents.get(uri)?.analysis ?? []);
  const analyses = (): readonly Analysis[] => [...openAnalyses(), ...[...closed().values()].map((check) => check.analysis)];
  return {
    analyses,
    closed,
    others: (uri) => analyses().filter((analysis) => analysis.source.file !== uri),
    forgetReadersOf(uri) {
      const names = documents.namesOf(uri);
      for (const [file, check] of checks) if (names.has(file) || [...check.analysis.sources.keys()].some((each) => names.has(each))) checks.delete(file);
    },
    forgetAll() {
      checks.clear();
      paths = undefined;
    },
  };
}
