/** The language server: the protocol's requests answered by the façade. Files and time come in through the host. */
import {
  DidChangeConfigurationNotification, DidChangeTextDocumentNotification, DidChangeWatchedFilesNotification, DidChangeWorkspaceFoldersNotification, DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification, TextDocumentSyncKind,
} from "vscode-languageserver/node";
import type {
  Connection, DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, InitializeParams,
  InitializeResult, ServerCapabilities, WorkspaceFolder,
} from "vscode-languageserver/node";
import { createLineMap, version } from "../../language/src/index.ts";
import { createBackground } from "./background/background.ts";
import type { Background } from "./background/background.ts";
import { answerCommands, commandCapabilities } from "./commands.ts";
import { createDocuments } from "./documents.ts";
import type { Documents } from "./documents.ts";
import { editorSettings } from "./editor-settings.ts";
import type { ServerHost } from "./host.ts";
import { changeParameters, documentParameters, field, foldersParameters, openParameters } from "./parameters.ts";
import { agreeOnEncoding } from "./positions.ts";
import { createPublisher } from "./publisher.ts";
import type { Publisher } from "./publisher.ts";
import { answerRequests, resolvesTooltips } from "./requests.ts";
import type { HintWishes } from "./requests.ts";
import { createRuns } from "./runs.ts";
import type { Runs } from "./runs.ts";
import { createSafe } from "./safe.ts";
import type { Safe } from "./safe.ts";
import { answerEditing, editingCapabilities } from "./editing.ts";
import { answerPulledDiagnostics, pullCapabilities, pullsDiagnostics } from "./pull-diagnostics.ts";
import { answerHierarchy } from "./hierarchy.ts";
import { answerNavigation, navigationCapabilities } from "./navigation.ts";
import { createSimulations } from "./simulations.ts";
import { pathOfUri } from "./uri.ts";
import { createWorkspace } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

/** Registers every handler and listens. */
export function startServer(connection: Connection, host: ServerHost): void {
  const safe = createSafe((message) => connection.console.error(message));
  const documents = createDocuments(host);
  const workspace = createWorkspace(host, documents);
  const background = createBackground(documents, host.startThread);
  const publisher = createPublisher(connection, documents, background, host);
  const runs = createRuns(host, documents, background, () => publisher.refreshFigures());
  /** After files, folders or settings may have changed. */
  const readAgain = (): void => {
    workspace.forgetAll();
    background.forgetFiles();
    publisher.publishAll();
    for (const uri of documents.uris()) runs.follow(uri);
  };
  const wishes: HintWishes = { tooltips: "at once" };
  let folders: readonly WorkspaceFolder[] = [];
  const setFolders = (next: readonly WorkspaceFolder[]): void => {
    folders = next;
    documents.setFolders(folders.flatMap((folder) => pathOfUri(folder.uri) ?? []));
  };

  connection.onInitialize((params) => {
    publisher.hints = params.capabilities.workspace?.inlayHint?.refreshSupport === true ? "refreshed" : "left alone";
    publisher.lenses = params.capabilities.workspace?.codeLens?.refreshSupport === true ? "refreshed" : "left alone";
    wishes.tooltips = resolvesTooltips(params) ? "when asked" : "at once";
    setFolders(initialFolders(params));
    followSettings(connection, params, safe, (settings) => {
      documents.setEditorSettings(editorSettings(settings));
      readAgain();
    });
    const positionEncoding = agreeOnEncoding(params.capabilities.general?.positionEncodings);
    const capabilities: ServerCapabilities = { ...initializeResult.capabilities, positionEncoding };
    if (!pullsDiagnostics(params)) return { ...initializeResult, capabilities };
    publisher.diagnostics = params.capabilities.workspace?.diagnostics?.refreshSupport === true ? "asked for, refreshed" : "asked for";
    return { ...initializeResult, capabilities: { ...capabilities, ...pullCapabilities } };
  });
  connection.onShutdown(() => undefined);
  syncDocuments(connection, { documents, workspace, publisher, runs, background, host }, safe);
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, safe.notification(
    "workspace/didChangeWorkspaceFolders", foldersParameters, ({ event }: DidChangeWorkspaceFoldersParams) => {
      const removed = new Set(event.removed.map((folder) => folder.uri));
      setFolders([...folders.filter((folder) => !removed.has(folder.uri)), ...event.added]);
      readAgain();
    }));
  connection.onNotification(DidChangeWatchedFilesNotification.type, safe.notification("workspace/didChangeWatchedFiles", () => undefined, readAgain));
  answerRequests(connection, documents, workspace, runs, wishes, safe);
  answerEditing(connection, documents, runs, background, safe);
  answerNavigation(connection, documents, workspace, safe);
  answerHierarchy(connection, documents, workspace, safe);
  answerCommands(connection, documents, createSimulations(connection, documents, background, host), host, safe);
  answerPulledDiagnostics(connection, documents, workspace, publisher, host, safe);
  connection.listen();
}

/** The editor's settings: asked for where the client answers, else as it sends them. Files are watched where the editor does not do so by itself. */
function followSettings(connection: Connection, { capabilities, initializationOptions }: InitializeParams, safe: Safe, take: (settings: unknown) => void): void {
  const isAsked = capabilities.workspace?.configuration === true;
  const ask = safe.notification("workspace/configuration", () => undefined, (): void => {
    connection.workspace.getConfiguration("lbpolicy").then(take, () => undefined);
  });
  const isWatching = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true && field(initializationOptions, "watchesFiles") !== true;
  connection.onInitialized(() => {
    // Packed, the language is read when it is first called (scripts/language-bundle.mjs): now, while the editor opens its documents.
    createLineMap("");
    if (isWatching) connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: "**/{*.lbpolicy,lbpolicy.json}" }] }).catch(() => undefined);
    if (isAsked) {
      if (capabilities.workspace?.didChangeConfiguration?.dynamicRegistration === true) {
        connection.client.register(DidChangeConfigurationNotification.type, { section: "lbpolicy" }).catch(() => undefined);
      }
      ask(undefined);
    }
  });
  connection.onNotification(DidChangeConfigurationNotification.type, safe.notification("workspace/didChangeConfiguration", () => undefined, (params: unknown) => {
    if (isAsked) ask(undefined);
    else take(field(field(params, "settings"), "lbpolicy"));
  }));
}

interface Kept {
  readonly documents: Documents;
  readonly workspace: Workspace;
  readonly publisher: Publisher;
  readonly runs: Runs;
  readonly background: Background;
  readonly host: ServerHost;
}

function syncDocuments(connection: Connection, { documents, workspace, publisher, runs, background, host }: Kept, safe: Safe): void {
  const publish = safe.notification("textDocument/publishDiagnostics", () => undefined, (uri: string) => {
    background.edited(uri);
    workspace.forgetReadersOf(uri);
    const readers = publisher.publish(uri);
    runs.follow(uri);
    for (const reader of readers) {
      background.edited(reader);
      runs.follow(reader);
    }
  });
  connection.onNotification(DidOpenTextDocumentNotification.type, safe.notification("textDocument/didOpen", openParameters, ({ textDocument }: DidOpenTextDocumentParams) => {
    documents.open(textDocument.uri, textDocument.languageId, textDocument.version, textDocument.text);
    publish(textDocument.uri);
  }));
  const change = safe.notification("textDocument/didChange", changeParameters, ({ textDocument, contentChanges }: DidChangeTextDocumentParams) => {
    documents.change(textDocument.uri, textDocument.version, contentChanges);
  });
  connection.onNotification(DidChangeTextDocumentNotification.type, (params) => {
    change(params);
    const uri = field(field(params, "textDocument"), "uri");
    if (typeof uri !== "string") return;
    host.queuedChanges.handled(uri);
    publish(uri);
  });
  connection.onNotification(DidCloseTextDocumentNotification.type, safe.notification("textDocument/didClose", documentParameters, ({ textDocument: { uri } }: DidCloseTextDocumentParams) => {
    documents.close(uri);
    publisher.clear(uri);
    runs.forget(uri);
    // Those that import it read the file on disk again.
    publish(uri);
  }));
}

const initializeResult: InitializeResult = {
  serverInfo: { name: "lbpolicy", version },
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    inlayHintProvider: { resolveProvider: true },
    hoverProvider: true,
    completionProvider: { resolveProvider: true },
    documentFormattingProvider: true,
    ...editingCapabilities,
    ...navigationCapabilities,
    ...commandCapabilities,
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      fileOperations: { willRename: { filters: [{ scheme: "file", pattern: { glob: "**/*.lbpolicy", matches: "file" } }, { scheme: "file", pattern: { glob: "**", matches: "folder" } }] } },
    },
  },
};

function initialFolders(params: InitializeParams): readonly WorkspaceFolder[] {
  const folders: unknown = params.workspaceFolders;
  const given: readonly unknown[] = Array.isArray(folders) ? folders : [{ uri: params.rootUri }];
  return given.flatMap((folder) => {
    const uri = field(folder, "uri");
    return typeof uri === "string" ? [{ uri, name: uri }] : [];
  });
}
