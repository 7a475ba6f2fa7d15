/** The requests of an editor about a document. A document that is not open has no answers. */
import { DocumentFormattingRequest, HoverRequest, InlayHintRequest, RequestType } from "vscode-languageserver/node";
import type {
  Connection, DocumentFormattingParams, Hover, HoverParams, InlayHint, InlayHintParams, TextEdit,
} from "vscode-languageserver/node";
import { format, hover, inlayHints } from "../../language/src/index.ts";
import { answerCompletion } from "./completion.ts";
import { protocolEdit, protocolHover, protocolInlayHint } from "./convert.ts";
import { answerCompile, answerSimulate } from "./custom-requests.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import { compileParameters, documentParameters, positionParameters, rangeParameters, simulateParameters } from "./parameters.ts";
import { compileMethod, simulateMethod } from "./protocol.ts";
import type { CompileParams, CompileResponse, SimulateParams, SimulateResponse } from "./protocol.ts";
import type { Runs } from "./runs.ts";
import type { Safe } from "./safe.ts";
import type { Workspace } from "./workspace.ts";

export function answerRequests(connection: Connection, documents: Documents, workspace: Workspace, runs: Runs, host: ServerHost, safe: Safe): void {
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

  connection.onRequest(new RequestType<CompileParams, CompileResponse, void>(compileMethod), safe.request(
    compileMethod, compileParameters, (params: CompileParams): CompileResponse => answerCompile(params, documents, host)));

  connection.onRequest(new RequestType<SimulateParams, SimulateResponse, void>(simulateMethod), safe.request(
    simulateMethod, simulateParameters, (params: SimulateParams): SimulateResponse => answerSimulate(params, documents, host)));
}
