/** The call hierarchy, read as "who uses this and what does it use". */
import { CallHierarchyIncomingCallsRequest, CallHierarchyOutgoingCallsRequest, CallHierarchyPrepareRequest } from "vscode-languageserver/node";
import type { CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem, CallHierarchyOutgoingCall, Connection, TextDocumentPositionParams } from "vscode-languageserver/node";
import { declarationOf, hierarchyIn, usedBy, usersOf } from "../../language/src/index.ts";
import type { Analysis, PolicySymbol } from "../../language/src/index.ts";
import { symbolKind } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { fromPosition } from "./positions.ts";
import { hierarchyParameters, positionParameters } from "./parameters.ts";
import { rangeInAny } from "./ranges.ts";
import type { Safe } from "./safe.ts";
import type { Workspace } from "./workspace.ts";

export function answerHierarchy(connection: Connection, documents: Documents, workspace: Workspace, safe: Safe): void {
  const itemOf = (analyses: readonly Analysis[], symbol: PolicySymbol): CallHierarchyItem => {
    return {
      name: symbol.name, kind: symbolKind(symbol.kind), detail: symbol.kind, uri: symbol.file,
      range: rangeInAny(analyses, symbol.file, symbol.statement.range), selectionRange: rangeInAny(analyses, symbol.file, declarationOf(symbol).range),
    };
  };
  /** What an item stands for now; its file may be one that is not open. */
  const symbolsOf = ({ uri, selectionRange }: CallHierarchyItem, analyses: readonly Analysis[]): readonly PolicySymbol[] => {
    const source = analyses.flatMap((analysis) => analysis.sources.get(uri) ?? [])[0];
    if (source === undefined) return [];
    return hierarchyIn(analyses, uri, fromPosition(source.lines, selectionRange.start));
  };

  connection.onRequest(CallHierarchyPrepareRequest.type, safe.request(CallHierarchyPrepareRequest.method, positionParameters, ({ textDocument: { uri }, position }: TextDocumentPositionParams): CallHierarchyItem[] | null => {
    const document = documents.get(uri);
    if (document === undefined) return null;
    const analyses = [document.analysis, ...workspace.others(uri)];
    const found = hierarchyIn(analyses, uri, document.offsetAt(position));
    return found.length === 0 ? null : found.map((symbol) => itemOf(analyses, symbol));
  }));
  connection.onRequest(CallHierarchyIncomingCallsRequest.type, safe.request(CallHierarchyIncomingCallsRequest.method, hierarchyParameters, ({ item }: CallHierarchyIncomingCallsParams): CallHierarchyIncomingCall[] => {
    const analyses = workspace.analyses();
    return symbolsOf(item, analyses).flatMap((symbol) => usersOf(symbol, analyses)).map((user) => ({
      from: itemOf(analyses, user.symbol), fromRanges: user.places.map((range) => rangeInAny(analyses, user.file, range)),
    }));
  }));
  connection.onRequest(CallHierarchyOutgoingCallsRequest.type, safe.request(CallHierarchyOutgoingCallsRequest.method, hierarchyParameters, ({ item }: CallHierarchyIncomingCallsParams): CallHierarchyOutgoingCall[] => {
    const analyses = workspace.analyses();
    return symbolsOf(item, analyses).flatMap((symbol) => usedBy(symbol, analyses)).map((used) => ({
      to: itemOf(analyses, used.symbol), fromRanges: used.places.map((range) => rangeInAny(analyses, used.file, range)),
    }));
  }));
}
