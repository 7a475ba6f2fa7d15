/** The requests of an editor about a document. A document that is not open has no answers. */
import { DocumentFormattingRequest, HoverRequest, InlayHintRequest } from "vscode-languageserver/node";
import type {
  Connection, DocumentFormattingParams, Hover, HoverParams, InlayHint, InlayHintParams, TextEdit,
} from "vscode-languageserver/node";
import { format, hover, inlayHints } from "../../language/src/index.ts";
import { answerCompletion } from "./completion.ts";
import { protocolEdit, protocolHover, protocolInlayHint } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { documentParameters, positionParameters, rangeParameters } from "./parameters.ts";
import type { Runs } from "./runs.ts";
import type { Safe } from "./safe.ts";
import type { Workspace } from "./workspace.ts";

export function answerRequests(connection: Connection, documents: Documents, workspace: Workspace, runs: Runs, safe: Safe): void {
  connection.onRequest(InlayHintRequest.type, safe.request(InlayHintRequest.method, rangeParameters, ({ textDocument, range }: InlayHintParams): InlayHint[] => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return [];
    const { analysis } = document;
    const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
    return inlayHints(analysis, span, runs.of(analysis).backend).map((hint) => protocolInlayHint(analysis.lines, hint));
  }));

  connection.onRequest(HoverRequest.type, safe.request(HoverRequest.method, positionParameters, ({ textDocument, position }: HoverParams): Hover | null => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return null;
    const found = hover(document.analysis, document.offsetAt(position), runs.of(document.analysis).backend);
    return found === undefined ? null : protocolHover(document.analysis.lines, found);
  }));

  answerCompletion(connection, documents, workspace, safe);

  connection.onRequest(DocumentFormattingRequest.type, safe.request(
    DocumentFormattingRequest.method, documentParameters, ({ textDocument }: DocumentFormattingParams): TextEdit[] => {
      const document = documents.get(textDocument.uri);
      if (document === undefined) return [];
      return format(document.analysis.source).map((edit) => protocolEdit(document.analysis.lines, edit));
    }));
}
