/** Sends diagnostics: of a document, of those that import it, and of the closed files that it reads: imports and lbpolicy.json. */
import { CodeLensRefreshRequest, DiagnosticRefreshRequest, InlayHintRefreshRequest } from "vscode-languageserver/node";
import type { Connection } from "vscode-languageserver/node";
import type * as protocol from "vscode-languageserver/node";
import { settingsFileName } from "../../language/src/index.ts";
import type { Diagnostic } from "../../language/src/index.ts";
import type { Background } from "./background/background.ts";
import { protocolDiagnostic } from "./convert.ts";
import type { Places } from "./ranges.ts";
import type { Documents, OpenDocument } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import { createUnknownParams } from "./unknown-params.ts";

export interface Publisher {
  /** Whether the client can be asked to fetch inlay hints again. */
  hints: "refreshed" | "left alone";
  /** Where the editor asks for a policy's diagnostics none are sent; `refreshed` where it can be told to ask again. */
  diagnostics: "sent" | "asked for" | "asked for, refreshed";
  /** The document's diagnostics, and those of the open documents that import it, whose hints the editor does not know to be stale. Answers these. */
  readonly publish: (uri: string) => readonly string[];
  readonly publishAll: () => void;
  readonly clear: (uri: string) => void;
  /** Whether the client can be asked to fetch code lenses again. */
  lenses: "refreshed" | "left alone";
  /** Hints and lenses have figures that they had not. */
  readonly refreshFigures: () => void;
}

export function createPublisher(connection: Connection, documents: Documents, background: Pick<Background, "check">, host: ServerHost): Publisher {
  const tellOthers = createTeller((uri, diagnostics) => {
    if (!documents.isOpen(uri)) connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] }).catch(ignore);
  });
  const unknownParams = createUnknownParams(host, documents);
  /** The lbpolicy.json of which each open policy's params were looked for. */
  const settingsOf = new Map<string, string>();
  const forgetSettings = (uri: string): void => {
    const file = settingsOf.get(uri);
    settingsOf.delete(uri);
    if (file !== undefined && ![...settingsOf.values()].includes(file)) tellOthers(`params of ${file}`, []);
  };
  const send = (uri: string): void => {
    // A newer text of it is waiting: its diagnostics follow at once.
    if (host.queuedChanges.has(uri)) return;
    const quick = documents.quick(uri);
    if (quick !== undefined) {
      sendFound(quick, quick.diagnostics);
      host.whenQuiet(uri, () => void completeLong(uri, quick.version));
      return;
    }
    const document = documents.get(uri);
    if (document === undefined) return;
    sendAll(document);
  };
  const sendAll = (document: OpenDocument): void => {
    const startedMs = host.nowMs();
    const { diagnostics } = document.check;
    documents.checkTook(document.uri, host.nowMs() - startedMs, diagnostics);
    sendFound(placesOf(document), diagnostics);
  };
  /** What the compilers find in a long document, and what its environments bring, is worked out in the background when the typing pauses. */
  const completeLong = async (uri: string, version: number): Promise<void> => {
    const findings = await background.check(uri);
    const before = documents.quick(uri);
    if (findings?.version !== version || before?.version !== version) return;
    before.remember(findings.diagnostics);
    const after = documents.quick(uri);
    if (after === undefined || isSame(before.diagnostics, after.diagnostics)) return;
    sendFound(after, after.diagnostics);
    refreshDiagnostics();
  };
  const sendFound = (document: Told, found: readonly Diagnostic[]): void => {
    const { uri, version, sources } = document;
    const of = (file: string): protocol.Diagnostic[] => found.filter((diagnostic) => diagnostic.file === file).map((diagnostic) => protocolDiagnostic(document, diagnostic));
    if (publisher.diagnostics === "sent") connection.sendDiagnostics({ uri, version, diagnostics: of(uri) }).catch(ignore);
    // An open file tells its own, and an editor that asks, asks for imported files too.
    const isTold = (file: string): boolean => file !== uri && !documents.isOpen(file) && (publisher.diagnostics === "sent" || file.endsWith(`/${settingsFileName}`));
    tellOthers(uri, [...sources.keys()].filter(isTold).map((file) => ({ uri: file, diagnostics: of(file) })));
    host.whenQuiet(`params ${uri}`, () => tellUnknownParams(uri));
  };
  /** All texts of the folder are asked, so not for every keystroke. */
  const tellUnknownParams = (uri: string): void => {
    if (!documents.isOpen(uri)) return;
    const unknown = unknownParams.beside(uri);
    if (unknown?.uri !== settingsOf.get(uri)) forgetSettings(uri);
    if (unknown === undefined) return;
    settingsOf.set(uri, unknown.uri);
    tellOthers(`params of ${unknown.uri}`, [unknown]);
  };
  const refreshDiagnostics = (): void => {
    if (publisher.diagnostics === "asked for, refreshed") connection.sendRequest(DiagnosticRefreshRequest.type).catch(ignore);
  };
  const refreshHints = (): void => {
    if (publisher.hints === "refreshed") connection.sendRequest(InlayHintRefreshRequest.type).catch(ignore);
    refreshDiagnostics();
  };
  const publisher: Publisher = {
    hints: "left alone",
    lenses: "left alone",
    refreshFigures() {
      if (publisher.hints === "refreshed") connection.sendRequest(InlayHintRefreshRequest.type).catch(ignore);
      if (publisher.lenses === "refreshed") connection.sendRequest(CodeLensRefreshRequest.type).catch(ignore);
    },
    diagnostics: "sent",
    publish(uri) {
      send(uri);
      const readers = documents.forgetReadersOf(uri);
      for (const reader of readers) send(reader);
      if (readers.length > 0) refreshHints();
      return readers;
    },
    publishAll() {
      unknownParams.forgetAll();
      documents.forgetAll();
      for (const uri of documents.uris()) send(uri);
      refreshHints();
    },
    clear(uri) {
      connection.sendDiagnostics({ uri, diagnostics: [] }).catch(ignore);
      forgetSettings(uri);
      tellOthers(uri, []);
    },
  };
  return publisher;
}

/** A document of which something is told. */
interface Told extends Places {
  readonly uri: string;
  readonly version: number;
}

function placesOf({ uri, text, analysis }: OpenDocument): Told {
  return { uri, version: text.version, sources: analysis.sources };
}

function isSame(a: readonly Diagnostic[], b: readonly Diagnostic[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A client that is gone ends the process by the closed stream; nothing is left to tell it. */
function ignore(): void {}

interface FileProblems {
  readonly uri: string;
  readonly diagnostics: readonly protocol.Diagnostic[];
}

/** Mistakes in lbpolicy.json and in imported files are told at those files: what any open policy shows, each once, and again only when it changes. */
function createTeller(send: (uri: string, diagnostics: readonly protocol.Diagnostic[]) => void): (policyUri: string, problems: readonly FileProblems[]) => void {
  const byPolicy = new Map<string, readonly FileProblems[]>();
  let told: ReadonlyMap<string, string> = new Map();
  return (policyUri, problems) => {
    if (problems.length === 0) byPolicy.delete(policyUri);
    else byPolicy.set(policyUri, problems);
    const due = new Map<string, Map<string, protocol.Diagnostic>>();
    for (const { uri, diagnostics } of [...byPolicy.values()].flat()) {
      const all = due.get(uri) ?? new Map<string, protocol.Diagnostic>();
      due.set(uri, all);
      for (const diagnostic of diagnostics) all.set(JSON.stringify(diagnostic), diagnostic);
    }
    const next = new Map([...due].map(([uri, all]) => [uri, [...all.keys()].join()]));
    for (const uri of new Set([...told.keys(), ...next.keys()])) {
      if ((told.get(uri) ?? "") !== (next.get(uri) ?? "")) send(uri, [...(due.get(uri)?.values() ?? [])]);
    }
    told = next;
  };
}
