/** Params of an lbpolicy.json that no policy of its root declares, as the command line's check tells them: at the file, once for all its policies. */
import { createLineMap, paramNamesIn, unknownParams } from "../../language/src/index.ts";
import type * as protocol from "vscode-languageserver/node";
import { protocolDiagnostic } from "./convert.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";

export interface UnknownParams {
  /** Of the lbpolicy.json beside a policy; undefined where there is none. */
  readonly beside: (uri: string) => { readonly uri: string; readonly diagnostics: readonly protocol.Diagnostic[] } | undefined;
  /** After files changed: they are read again. */
  readonly forgetAll: () => void;
}

export function createUnknownParams(host: ServerHost, documents: Documents): UnknownParams {
  const pathsBelow = new Map<string, readonly string[]>();
  const namesIn = new Map<string, readonly string[]>();

  const policiesBelow = (root: string): readonly string[] => {
    const known = pathsBelow.get(root) ?? host.policyFilesIn(root);
    pathsBelow.set(root, known);
    return known;
  };
  const namesOfClosed = (path: string): readonly string[] => {
    const known = namesIn.get(path);
    if (known !== undefined) return known;
    const read = host.readFile(path);
    const names = "text" in read ? paramNamesIn(read.text) : [];
    namesIn.set(path, names);
    return names;
  };
  return {
    beside(uri) {
      const found = documents.settingsBeside(uri);
      if (found === undefined) return undefined;
      const { root, settings, severities } = found;
      const { source } = settings;
      if (settings.parameters.length === 0) return { uri: source.file, diagnostics: [] };
      const declared = new Set<string>();
      for (const open of documents.uris()) if (documents.rootOfDocument(open) === root) for (const name of paramNamesIn(documents.textOf(open)?.getText() ?? "")) declared.add(name);
      for (const path of policiesBelow(root)) if (!documents.isOpenPath(path)) for (const name of namesOfClosed(path)) declared.add(name);
      const places = { uri: source.file, sources: new Map([[source.file, { lines: createLineMap(source.text) }]]) };
      return { uri: source.file, diagnostics: unknownParams(settings, declared, severities).map((diagnostic) => protocolDiagnostic(places, diagnostic)) };
    },
    forgetAll() {
      pathsBelow.clear();
      namesIn.clear();
    },
  };
}
