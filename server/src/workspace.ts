/** The policies that are known: the open documents, then the other .lbpolicy files of the folders, read when they are first asked for. */
import type { Analysis, Check } from "../../language/src/index.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import { pathOfUri, uriOfPath } from "./uri.ts";

export interface Workspace {
  readonly analyses: () => readonly Analysis[];
  /** The policies' files that are not open. */
  readonly closedUris: () => readonly string[];
  /** Undefined where the file cannot be read. */
  readonly closedCheck: (uri: string) => Check | undefined;
  /** Every policy but one. */
  readonly others: (uri: string) => readonly Analysis[];
  /** After a text changed, was opened or closed: what read it is read again. */
  readonly forgetReadersOf: (uri: string) => void;
  readonly forgetAll: () => void;
}

export function createWorkspace(host: ServerHost, documents: Documents): Workspace {
  const checks = new Map<string, Check>();
  let paths: readonly string[] | undefined;

  const closedUris = (): readonly string[] => {
    paths ??= documents.folders().flatMap((folder) => host.policyFilesIn(folder));
    return paths.filter((path) => !documents.isOpenPath(path)).map((path) => uriOfPath(path));
  };
  const closedCheck = (uri: string): Check | undefined => {
    const known = checks.get(uri);
    if (known !== undefined) return known;
    const file = host.readFile(pathOfUri(uri) ?? "");
    if ("problem" in file) return undefined;
    const check = documents.checkText(uri, file.text);
    checks.set(uri, check);
    return check;
  };
  const analysesBut = (left: string | undefined): readonly Analysis[] => [
    ...documents.uris().flatMap((uri) => (uri === left ? [] : (documents.get(uri)?.analysis ?? []))),
    ...closedUris().flatMap((uri) => (uri === left ? [] : (closedCheck(uri)?.analysis ?? []))),
  ];
  return {
    analyses: () => analysesBut(undefined),
    closedUris,
    closedCheck,
    others: analysesBut,
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
