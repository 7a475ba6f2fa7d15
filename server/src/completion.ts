/** Completion: the list at once, the documentation of an item when it is looked at. */
import { CompletionRequest, CompletionResolveRequest } from "vscode-languageserver/node";
import type { CompletionItem, CompletionParams, Connection } from "vscode-languageserver/node";
import { complete } from "../../language/src/index.ts";
import type { Exports } from "../../language/src/index.ts";
import { protocolCompletion } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { field, positionParameters } from "./parameters.ts";
import type { Safe } from "./safe.ts";
import { relativeUri } from "./uri.ts";
import type { Workspace } from "./workspace.ts";

export function answerCompletion(connection: Connection, documents: Documents, workspace: Workspace, safe: Safe): void {
  /** The last list; an editor shows one at a time. */
  let offered: readonly CompletionItem[] = [];
  let list = 0;

  connection.onRequest(CompletionRequest.type, safe.request(CompletionRequest.method, positionParameters, ({ textDocument, position }: CompletionParams): CompletionItem[] => {
    const document = documents.scene(textDocument.uri);
    if (document === undefined) return [];
    offered = complete(document.scene, document.offsetAt(position), exportsFor(textDocument.uri, documents, workspace)).map((item) => protocolCompletion(document.scene.lines, item));
    list++;
    return offered.map(({ documentation: _, ...item }, index) => ({ ...item, data: { list, index } }));
  }));

  connection.onRequest(CompletionResolveRequest.type, safe.request(
    CompletionResolveRequest.method, (item) => (typeof field(item, "label") === "string" ? undefined : "label is not a string"), (item: CompletionItem): CompletionItem => {
      const index = field(item.data, "list") === list ? field(item.data, "index") : undefined;
      const documentation = typeof index === "number" ? offered[index]?.documentation : undefined;
      return documentation === undefined ? item : { ...item, documentation };
    }));
}

/** The policies of the workspace, as an import of the document would name them. */
function exportsFor(uri: string, documents: Documents, workspace: Workspace): readonly Exports[] {
  return workspace.others(uri).flatMap((analysis) => {
    const path = relativeUri(uri, analysis.source.file);
    return path === undefined || documents.fileNamed(path, uri) === undefined ? [] : [{ path, file: analysis.source.file, tree: analysis.tree }];
  });
}
