/** The requests of an editor about a document. A document that is not open has no answers. */
import { DocumentFormattingRequest, HoverRequest, InlayHintRequest, InlayHintResolveRequest } from "vscode-languageserver/node";
import type {
  Connection, DocumentFormattingParams, Hover, HoverParams, InitializeParams, InlayHint, InlayHintParams, TextEdit,
} from "vscode-languageserver/node";
import { format, hover, inlayHints } from "../../language/src/index.ts";
import type { InlayHint as Hint, LineMap, Range as Span } from "../../language/src/index.ts";
import { answerCompletion } from "./completion.ts";
import { protocolEdit, protocolHover, protocolInlayHint } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { documentParameters, field, hintParameters, positionParameters, rangeParameters } from "./parameters.ts";
import { fromPosition } from "./positions.ts";
import type { Runs } from "./runs.ts";
import type { Safe } from "./safe.ts";
import type { Workspace } from "./workspace.ts";

/** Of a client that asks for an inlay hint's tooltip when it is pointed at, hints come without. */
export interface HintWishes {
  tooltips: "at once" | "when asked";
}

export function resolvesTooltips({ capabilities }: InitializeParams): boolean {
  const properties = field(field(field(field(capabilities, "textDocument"), "inlayHint"), "resolveSupport"), "properties");
  return Array.isArray(properties) && properties.includes("tooltip");
}

export function answerRequests(connection: Connection, documents: Documents, workspace: Workspace, runs: Runs, wishes: HintWishes, safe: Safe): void {
  /** Of a long document from its pieces. */
  const hintsOf = (uri: string, range: InlayHintParams["range"]): { readonly hints: readonly Hint[]; readonly lines: LineMap; readonly version: number } | undefined => {
    const spanIn = (lines: LineMap): Span => ({ start: fromPosition(lines, range.start), end: fromPosition(lines, range.end) });
    const quick = documents.quick(uri);
    const lines = quick?.sources.get(uri)?.lines;
    if (quick !== undefined && lines !== undefined) return { hints: quick.hints(spanIn(lines), (backend, targets) => runs.ofBackend(uri, backend, targets)), lines, version: quick.version };
    const document = documents.get(uri);
    if (document === undefined) return undefined;
    const { analysis, text: { version } } = document;
    return { hints: inlayHints(analysis, spanIn(analysis.lines), runs.of(analysis).backend), lines: analysis.lines, version };
  };

  connection.onRequest(InlayHintRequest.type, safe.request(InlayHintRequest.method, rangeParameters, ({ textDocument, range }: InlayHintParams): InlayHint[] => {
    const { uri } = textDocument;
    const found = hintsOf(uri, range);
    return found === undefined ? [] : found.hints.map((hint) => {
      const { tooltip, ...bare } = protocolInlayHint(found.lines, hint);
      if (wishes.tooltips === "at once" || tooltip === undefined) return { ...bare, ...(tooltip === undefined ? {} : { tooltip }) };
      return { ...bare, data: { uri, version: found.version, offset: hint.offset } };
    });
  }));

  connection.onRequest(InlayHintResolveRequest.type, safe.request(InlayHintResolveRequest.method, hintParameters, (asked: InlayHint): InlayHint => {
    const { uri, version, offset } = (asked.data ?? {}) as { readonly uri?: unknown; readonly version?: unknown; readonly offset?: unknown };
    const document = typeof uri === "string" ? documents.get(uri) : undefined;
    // The text went on: the editor asks for new hints.
    if (document === undefined || typeof offset !== "number" || document.text.version !== version) return asked;
    const { analysis } = document;
    const hint = inlayHints(analysis, { start: offset, end: offset }, runs.of(analysis).backend).find((each) => each.offset === offset);
    return hint === undefined ? asked : { ...asked, ...protocolInlayHint(analysis.lines, hint) };
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
