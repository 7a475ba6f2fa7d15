// The floor of the transport: a server that reads every message and knows nothing. It keeps no text and finds no problems.
import { ProposedFeatures, TextDocumentSyncKind, createConnection } from "vscode-languageserver/node";

const connection = createConnection(ProposedFeatures.all);
connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: false },
    completionProvider: {}, inlayHintProvider: true,
  },
}));
connection.onDidOpenTextDocument(() => undefined);
connection.onDidChangeTextDocument(() => undefined);
connection.onCompletion(() => []);
connection.languages.inlayHint.on(() => []);
connection.languages.diagnostics.on(() => ({ kind: "full", items: [] }));
connection.listen();
