/** Diagnostics for editors that ask for them; nothing is sent again where nothing changed. */
import { DocumentDiagnosticRequest, RequestType, WorkspaceDiagnosticRequest } from "vscode-languageserver/node";
import type {
  Connection, DocumentDiagnosticParams, DocumentDiagnosticReport, InitializeParams, ServerCapabilities, WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver/node";
import type { Diagnostic } from "../../language/src/index.ts";
import { protocolDiagnostic } from "./convert.ts";
import type { Places } from "./ranges.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import { documentParameters, field } from "./parameters.ts";
import type { ParameterCheck } from "./parameters.ts";
import type { Publisher } from "./publisher.ts";
import type { Safe } from "./safe.ts";
import type { Workspace } from "./workspace.ts";

/** True for an editor that can ask, unless its initialization options say `diagnostics: "push"`: it would show pushed ones a second time. */
export function pullsDiagnostics({ capabilities, initializationOptions }: InitializeParams): boolean {
  return field(field(capabilities, "textDocument"), "diagnostic") !== undefined && field(initializationOptions, "diagnostics") !== "push";
}

export const pullCapabilities: ServerCapabilities = { diagnosticProvider: { identifier: "lbpolicy", interFileDependencies: true, workspaceDiagnostics: true } };

export function answerPulledDiagnostics(connection: Connection, documents: Documents, workspace: Workspace, publisher: Pick<Publisher, "diagnostics">, host: ServerHost, safe: Safe): void {
  const answered = new Map<string, { readonly resultId: string; readonly items: string }>();
  let count = 0;

  /** The file's own diagnostics; `unchanged` where the client has them. */
  const reportOf = (places: Places, diagnostics: readonly Diagnostic[], uri: string, previousResultId: string | undefined): DocumentDiagnosticReport => {
    const items = diagnostics.filter((diagnostic) => diagnostic.file === uri).map((diagnostic) => protocolDiagnostic(places, diagnostic));
    const text = JSON.stringify(items);
    const before = answered.get(uri);
    const resultId = before?.items === text ? before.resultId : String(++count);
    answered.set(uri, { resultId, items: text });
    return previousResultId === resultId ? { kind: "unchanged", resultId } : { kind: "full", resultId, items };
  };

  connection.onRequest(new RequestType<DocumentDiagnosticParams, DocumentDiagnosticReport, void>(DocumentDiagnosticRequest.method), safe.request(
    DocumentDiagnosticRequest.method, documentParameters, ({ textDocument: { uri }, previousResultId }: DocumentDiagnosticParams): DocumentDiagnosticReport => {
      // An editor that can be told to ask again has the rest of a long document's when the typing pauses.
      const quick = publisher.diagnostics === "asked for, refreshed" ? documents.quick(uri) : undefined;
      if (quick !== undefined) return reportOf(quick, quick.diagnostics, uri, previousResultId);
      const document = documents.get(uri);
      if (document === undefined) return { kind: "full", items: [] };
      const startedMs = host.nowMs();
      const { diagnostics } = document.check;
      documents.checkTook(uri, host.nowMs() - startedMs, diagnostics);
      return reportOf(document.analysis, diagnostics, uri, previousResultId);
    }));

  connection.onRequest(new RequestType<WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, void>(WorkspaceDiagnosticRequest.method), safe.longRequest(
    WorkspaceDiagnosticRequest.method, workspaceParameters, async ({ previousResultIds, workDoneToken }: WorkspaceDiagnosticParams, token): Promise<WorkspaceDiagnosticReport> => {
      const previous = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
      const tell = (value: object): void => {
        if (workDoneToken !== undefined) connection.sendNotification("$/progress", { token: workDoneToken, value }).catch(() => undefined);
      };
      const uris = [...documents.uris(), ...workspace.closedUris()];
      const items: WorkspaceDocumentDiagnosticReport[] = [];
      tell({ kind: "begin", title: "Checking policies", cancellable: true, percentage: 0 });
      for (const [i, uri] of uris.entries()) {
        // A turn for each file: what is typed meanwhile goes first, and a cancellation is seen.
        await new Promise<void>((resolve) => host.soon(resolve));
        if (token.isCancellationRequested) break;
        const open = documents.get(uri);
        const check = open?.check ?? workspace.closedCheck(uri);
        if (check !== undefined) items.push({ ...reportOf(check.analysis, check.diagnostics, uri, previous.get(uri)), uri, version: open?.text.version ?? null });
        tell({ kind: "report", percentage: Math.round((100 * (i + 1)) / uris.length) });
      }
      tell({ kind: "end" });
      // A file that is gone has no problems any more.
      const gone = [...previous.keys()].filter((uri) => !uris.includes(uri));
      for (const uri of answered.keys()) if (!uris.includes(uri)) answered.delete(uri);
      return { items: [...items, ...gone.map((uri): WorkspaceDocumentDiagnosticReport => ({ kind: "full", uri, version: null, items: [] }))] };
    }));
}

const workspaceParameters: ParameterCheck = (params) => {
  const ids = field(params, "previousResultIds");
  if (!Array.isArray(ids)) return "previousResultIds is not an array";
  return ids.every((each) => typeof field(each, "uri") === "string" && typeof field(each, "value") === "string") ? undefined : "previousResultIds[] has no uri and value";
};
