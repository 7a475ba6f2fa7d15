/** Diagnostics for editors that ask for them; nothing is sent again where nothing changed. */
import { DocumentDiagnosticRequest, RequestType } from "vscode-languageserver/node";
import type { Connection, DocumentDiagnosticParams, DocumentDiagnosticReport, InitializeParams, ServerCapabilities } from "vscode-languageserver/node";
import { protocolDiagnostic } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { documentParameters, field } from "./parameters.ts";
import type { Safe } from "./safe.ts";

/** True for an editor that can ask, unless its initialization options say `diagnostics: "push"`: it would show pushed ones a second time. */
export function pullsDiagnostics({ capabilities, initializationOptions }: InitializeParams): boolean {
  return field(field(capabilities, "textDocument"), "diagnostic") !== undefined && field(initializationOptions, "diagnostics") !== "push";
}

export const pullCapabilities: ServerCapabilities = { diagnosticProvider: { identifier: "lbpolicy", interFileDependencies: true, workspaceDiagnostics: false } };

export function answerPulledDiagnostics(connection: Connection, documents: Documents, safe: Safe): void {
  const answered = new Map<string, { readonly resultId: string; readonly items: string }>();
  let count = 0;

  connection.onRequest(new RequestType<DocumentDiagnosticParams, DocumentDiagnosticReport, void>(DocumentDiagnosticRequest.method), safe.request(
    DocumentDiagnosticRequest.method, documentParameters, ({ textDocument: { uri }, previousResultId }: DocumentDiagnosticParams): DocumentDiagnosticReport => {
      for (const known of answered.keys()) if (documents.get(known) === undefined) answered.delete(known);
      const document = documents.get(uri);
      if (document === undefined) return { kind: "full", items: [] };
      const items = document.check.diagnostics.filter((diagnostic) => diagnostic.file === uri).map((diagnostic) => protocolDiagnostic(document.analysis, diagnostic));
      const text = JSON.stringify(items);
      const before = answered.get(uri);
      const resultId = before?.items === text ? before.resultId : String(++count);
      answered.set(uri, { resultId, items: text });
      return previousResultId === resultId ? { kind: "unchanged", resultId } : { kind: "full", resultId, items };
    }));
}
