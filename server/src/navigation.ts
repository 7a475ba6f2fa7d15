/** Answers about names: where they are declared and used, and what they are called. */
import {
  DeclarationRequest, DefinitionRequest, DocumentHighlightKind, DocumentHighlightRequest, DocumentLinkRequest, DocumentSymbolRequest, ErrorCodes, ImplementationRequest, LinkedEditingRangeRequest,
  PrepareRenameRequest, ReferencesRequest, RenameRequest, ResponseError, TypeDefinitionRequest, WillRenameFilesRequest, WorkspaceSymbolRequest,
} from "vscode-languageserver/node";
import type {
  CancellationToken, Connection, DocumentHighlight, DocumentLink, DocumentLinkParams, DocumentSymbol, DocumentSymbolParams, LinkedEditingRanges, Location, Range as ProtocolRange, ReferenceParams, RenameFilesParams, RenameParams,
  ServerCapabilities, SymbolInformation, TextDocumentPositionParams, WorkspaceEdit, WorkspaceSymbolParams,
} from "vscode-languageserver/node";
import {
  declarationOf, definition, documentLinks, documentSymbols, highlights, implementation, linkedRanges, prepareRename, references, rename, typeDefinition, workspaceSymbols,
} from "../../language/src/index.ts";
import type { Analysis, OutlineItem } from "../../language/src/index.ts";
import { changesIn, locationIn, symbolKind } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { renamedImports } from "./file-renames.ts";
import { linkTarget } from "./link-target.ts";
import { documentParameters, positionParameters, queryParameters, referenceParameters, renamedFilesParameters, renameParameters } from "./parameters.ts";
import { protocolRange } from "./ranges.ts";
import type { Safe } from "./safe.ts";
import type { Workspace } from "./workspace.ts";

export const navigationCapabilities: ServerCapabilities = {
  callHierarchyProvider: true,
  declarationProvider: true,
  definitionProvider: true,
  documentHighlightProvider: true,
  documentLinkProvider: {},
  documentSymbolProvider: true,
  implementationProvider: true,
  linkedEditingRangeProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  typeDefinitionProvider: true,
  workspaceSymbolProvider: true,
};

export function answerNavigation(connection: Connection, documents: Documents, workspace: Workspace, safe: Safe): void {

  /** The place asked about, and every policy that may read the same files. Undefined where the document is not open. */
  const placeOf = ({ textDocument: { uri }, position }: TextDocumentPositionParams): Place | undefined => {
    const document = documents.get(uri);
    return document === undefined ? undefined : { analysis: document.analysis, offset: document.offsetAt(position), others: workspace.others(uri) };
  };
  const located = ({ analysis, others }: Place, found: readonly { readonly file: string; readonly range: { readonly start: number; readonly end: number } }[]): Location[] =>
    found.map((each) => locationIn([analysis, ...others], each));
  const locations = (method: string, find: (analysis: Analysis, offset: number, others: readonly Analysis[]) => Parameters<typeof located>[1]): (params: TextDocumentPositionParams, token: CancellationToken) => Location[] | ResponseError<void> =>
    safe.request(method, positionParameters, (params: TextDocumentPositionParams) => {
      const place = placeOf(params);
      if (place === undefined) return [];
      const { analysis, offset, others } = place;
      const link = documentLinks(analysis).find(({ kind, range }) => kind === "import" && range.start - 1 <= offset && offset <= range.end + 1);
      const target = link === undefined ? undefined : linkTarget(link, analysis.source.file, documents);
      return target === undefined ? located(place, find(analysis, offset, others)) : [{ uri: target, range: firstPlace }];
    });

  connection.onRequest(DefinitionRequest.type, locations(DefinitionRequest.method, definition));
  connection.onRequest(DeclarationRequest.type, locations(DeclarationRequest.method, definition));
  connection.onRequest(TypeDefinitionRequest.type, locations(TypeDefinitionRequest.method, typeDefinition));
  connection.onRequest(ImplementationRequest.type, locations(ImplementationRequest.method, implementation));

  connection.onRequest(ReferencesRequest.type, safe.request(ReferencesRequest.method, referenceParameters, (params: ReferenceParams): Location[] => {
    const place = placeOf(params);
    if (place === undefined) return [];
    return located(place, references(place.analysis, place.offset, params.context.includeDeclaration ? "with declarations" : "uses only", place.others));
  }));

  connection.onRequest(DocumentHighlightRequest.type, safe.request(DocumentHighlightRequest.method, positionParameters, (params: TextDocumentPositionParams): DocumentHighlight[] => {
    const place = placeOf(params);
    if (place === undefined) return [];
    return highlights(place.analysis, place.offset).map(({ range, kind }) => ({ range: protocolRange(place.analysis.lines, range), kind: kind === "write" ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }));
  }));

  connection.onRequest(LinkedEditingRangeRequest.type, safe.request(LinkedEditingRangeRequest.method, positionParameters, (params: TextDocumentPositionParams): LinkedEditingRanges | null => {
    const place = placeOf(params);
    const ranges = place === undefined ? [] : linkedRanges(place.analysis, place.offset, place.others);
    return place === undefined || ranges.length === 0 ? null : { ranges: ranges.map((range) => protocolRange(place.analysis.lines, range)), wordPattern: "[A-Za-z][A-Za-z0-9_-]*" };
  }));

  connection.onRequest(PrepareRenameRequest.type, safe.request(PrepareRenameRequest.method, positionParameters, (params: TextDocumentPositionParams): { range: ProtocolRange; placeholder: string } | null => {
    const place = placeOf(params);
    if (place === undefined) return null;
    const prepared = prepareRename(place.analysis, place.offset, place.others);
    if ("refusal" in prepared) throw refused(prepared.refusal);
    return { range: protocolRange(place.analysis.lines, prepared.range), placeholder: prepared.name };
  }));

  connection.onRequest(RenameRequest.type, safe.request(RenameRequest.method, renameParameters, (params: RenameParams): WorkspaceEdit | null => {
    const place = placeOf(params);
    if (place === undefined) return null;
    const result = rename(place.analysis, place.offset, params.newName, place.others);
    if ("refusal" in result) throw refused(result.refusal);
    return { changes: changesIn([place.analysis, ...place.others], result) };
  }));

  connection.onRequest(DocumentSymbolRequest.type, safe.request(DocumentSymbolRequest.method, documentParameters, ({ textDocument: { uri } }: DocumentSymbolParams): DocumentSymbol[] => {
    const analysis = documents.get(uri)?.analysis;
    if (analysis === undefined) return [];
    const outline = ({ name, keyword, detail, range, selection, children }: OutlineItem): DocumentSymbol => ({
      name, detail: detail === "" ? keyword : detail, kind: symbolKind(keyword), range: protocolRange(analysis.lines, range), selectionRange: protocolRange(analysis.lines, selection), children: children.map(outline),
    });
    return documentSymbols(analysis).map(outline);
  }));

  connection.onRequest(WorkspaceSymbolRequest.type, safe.request(WorkspaceSymbolRequest.method, queryParameters, ({ query }: WorkspaceSymbolParams): SymbolInformation[] => {
    const analyses = workspace.analyses();
    return workspaceSymbols(analyses, query).map((symbol) => ({
      name: symbol.name, kind: symbolKind(symbol.kind), location: locationIn(analyses, declarationOf(symbol)), ...(symbol.container === undefined ? {} : { containerName: symbol.container }),
    }));
  }));

  connection.onRequest(WillRenameFilesRequest.type, safe.request(WillRenameFilesRequest.method, renamedFilesParameters, ({ files }: RenameFilesParams): WorkspaceEdit | null => {
    const analyses = workspace.analyses();
    const edits = renamedImports(analyses, files);
    return edits.size === 0 ? null : { changes: changesIn(analyses, edits) };
  }));

  connection.onRequest(DocumentLinkRequest.type, safe.request(DocumentLinkRequest.method, documentParameters, ({ textDocument: { uri } }: DocumentLinkParams): DocumentLink[] => {
    const analysis = documents.get(uri)?.analysis;
    return analysis === undefined ? [] : documentLinks(analysis).flatMap((link) => {
      const target = linkTarget(link, uri, documents);
      return target === undefined ? [] : [{ range: protocolRange(analysis.lines, link.range), target }];
    });
  }));
}

interface Place {
  readonly analysis: Analysis;
  readonly offset: number;
  readonly others: readonly Analysis[];
}

const firstPlace: ProtocolRange = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function refused(reason: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidParams, reason);
}
