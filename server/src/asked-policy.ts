/** The policy that a request names: the open document, else the file. Used by both threads. */
import { isAbsolute } from "node:path";
import type { Analysis, Diagnostic } from "../../language/src/index.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import { pathOfUri } from "./uri.ts";

/** A request whose parameters mean nothing: answered with `-32602` and this reason. */
export class BadParameters extends Error {}

/** Throws `BadParameters` for what is neither open nor a policy that can be read. */
export function analysisFor(uri: string, documents: Documents, host: Pick<ServerHost, "readFile">): { readonly analysis: Analysis; readonly version: number | null } {
  const open = documents.get(uri);
  if (open !== undefined) return { analysis: open.analysis, version: open.text.version };
  const path = pathOfUri(uri);
  if (path === undefined || !path.endsWith(".lbpolicy")) throw new BadParameters(`${uri} is neither open nor a .lbpolicy file`);
  const file = host.readFile(path);
  if ("problem" in file) throw new BadParameters(`${uri} ${file.problem}`);
  return { analysis: documents.analyzeText(uri, file.text), version: null };
}

/** Traces inside the root only, as imports. */
export function traceReader(documents: Documents, host: Pick<ServerHost, "readFile">): (path: string, fromFile: string) => string | undefined {
  return (path, fromFile) => {
    const uri = path.includes("\0") || isAbsolute(path) ? undefined : documents.fileNamed(path, fromFile);
    const real = uri === undefined ? undefined : pathOfUri(uri);
    const file = real === undefined ? undefined : host.readFile(real);
    return file === undefined || "problem" in file ? undefined : file.text;
  };
}

/** Each once, otherwise in the order given. */
export function errorsFirst(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  const unique = diagnostics.filter((diagnostic) => {
    const key = JSON.stringify([diagnostic.code, diagnostic.file, diagnostic.range.start, diagnostic.range.end, diagnostic.message]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  return [...unique.filter((each) => each.severity === "error"), ...unique.filter((each) => each.severity !== "error")];
}
