/** The open documents with their analyses: one per version, made when it is first asked for. */
import { dirname, join, resolve } from "node:path";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Position, TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import { check, createLineMap, positionAt, readSettings, settingsFileName, unreadableSettings } from "../../language/src/index.ts";
import type { Analysis, AnalyzeOptions, Check, ImportHost, Settings } from "../../language/src/index.ts";
import type { EditorSettings } from "./editor-settings.ts";
import type { ServerHost } from "./host.ts";
import { agreedEncoding, fromPosition } from "./positions.ts";
import { isInside, isSamePath, pathOfUri, uriOfPath } from "./uri.ts";

export interface OpenDocument {
  readonly uri: string;
  readonly text: TextDocument;
  readonly analysis: Analysis;
  /** With every environment of the policy, as the command line's `check`. */
  readonly check: Check;
  /** Of a position as the protocol has it. */
  readonly offsetAt: (position: Position) => number;
}

export interface Documents {
  readonly open: (uri: string, languageId: string, version: number, text: string) => void;
  /** Answers false where the document is not open. */
  readonly change: (uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]) => boolean;
  readonly close: (uri: string) => void;
  readonly get: (uri: string) => OpenDocument | undefined;
  readonly uris: () => readonly string[];
  /** Forgets the analyses of the other open documents that read this one, and answers their URIs. */
  readonly forgetReadersOf: (uri: string) => readonly string[];
  readonly forgetAll: () => void;
  /** Analyses a text as if it were the document's, or a file that is not open. */
  readonly analyzeText: (uri: string, text: string) => Analysis;
  /** The same with every environment. */
  readonly checkText: (uri: string, text: string) => Check;
  readonly isOpen: (uri: string) => boolean;
  /** True where the file is open, under whatever URI. */
  readonly isOpenPath: (path: string) => boolean;
  /** The URI as it is given, and as a file that is read from disk is called. */
  readonly namesOf: (uri: string) => ReadonlySet<string>;
  /** The file that a path written in a document means, inside the root of the document; undefined where there is none. */
  readonly fileNamed: (path: string, inUri: string) => string | undefined;
  /** Real paths of the workspace's folders. */
  readonly folders: () => readonly string[];
  /** Absolute paths of the workspace's folders, which imports may not leave. */
  readonly setFolders: (paths: readonly string[]) => void;
  readonly setEditorSettings: (settings: EditorSettings) => void;
}

interface Entry {
  text: TextDocument;
  check: Check | undefined;
  /** Undefined for what is no file. */
  readonly path: string | undefined;
}

function isAt({ path: own }: Entry, path: string): boolean {
  return own !== undefined && isSamePath(own, path);
}

export function createDocuments(host: ServerHost): Documents {
  const entries = new Map<string, Entry>();
  let folders: readonly string[] = [];
  let editor: EditorSettings = {};

  const rootOf = (path: string): string => folders.find((folder) => isInside(folder, path)) ?? dirname(path);

  const importsOf = (entryUri: string): ImportHost => ({
    resolve(path, fromFile) {
      const fromPath = pathOfUri(fromFile);
      const entryPath = pathOfUri(entryUri);
      if (fromPath === undefined || entryPath === undefined) return { problem: "can be read from a saved file only" };
      const file = host.readImport(path, fromPath, rootOf(entryPath));
      if ("problem" in file) return file;
      for (const [uri, entry] of entries) {
        if (isAt(entry, file.path)) return { file: uri, text: entry.text.getText() };
      }
      const real = realPathOfUri(entryUri);
      return { file: real !== undefined && isSamePath(file.path, real) ? entryUri : uriOfPath(file.path), text: file.text };
    },
  });

  const realPathOfUri = (uri: string): string | undefined => {
    const path = pathOfUri(uri);
    return path === undefined ? undefined : (host.realPath(path) ?? path);
  };

  const namesOf = (uri: string): ReadonlySet<string> => {
    const path = realPathOfUri(uri);
    return new Set([uri, ...(path === undefined ? [] : [uriOfPath(path)])]);
  };

  /** What a file is called: by the document that is open, else by its path. */
  const uriOfOpen = (path: string): string => [...entries].find(([, entry]) => isAt(entry, path))?.[0] ?? uriOfPath(path);

  /** The lbpolicy.json of the folder that a policy's imports may not leave. */
  const settingsFor = (uri: string): Settings | undefined => {
    const path = realPathOfUri(uri);
    if (path === undefined) return undefined;
    const settingsPath = join(rootOf(path), settingsFileName);
    if (host.realPath(settingsPath) === undefined) return undefined;
    const file = uriOfPath(settingsPath);
    const read = host.readFile(settingsPath);
    return "problem" in read ? unreadableSettings(file, read.problem) : readSettings({ file, text: read.text });
  };

  const optionsFor = (uri: string): AnalyzeOptions => {
    const settings = settingsFor(uri);
    return { ...editor, imports: importsOf(uri), ...(settings === undefined ? {} : { settings }) };
  };

  /** The editor's environment holds for the policies that declare it. */
  const checkText = (uri: string, text: string): Check => {
    const options = optionsFor(uri);
    const { environment, ...others } = options;
    const checked = check({ file: uri, text }, options);
    const isDeclared = environment === undefined || checked.analysis.scopes.environment.byName.has(environment);
    return isDeclared ? checked : check({ file: uri, text }, others);
  };

  return {
    open(uri, languageId, version, text) {
      entries.set(uri, { text: TextDocument.create(uri, languageId, version, text), check: undefined, path: realPathOfUri(uri) });
    },
    change(uri, version, changes) {
      const entry = entries.get(uri);
      if (entry === undefined) return false;
      entry.text = applied(entry.text, changes, version);
      entry.check = undefined;
      return true;
    },
    close: (uri) => void entries.delete(uri),
    get(uri) {
      const entry = entries.get(uri);
      if (entry === undefined) return undefined;
      entry.check ??= checkText(uri, entry.text.getText());
      const { analysis } = entry.check;
      return { uri, text: entry.text, analysis, check: entry.check, offsetAt: (position) => fromPosition(analysis.lines, position) };
    },
    uris: () => [...entries.keys()],
    forgetReadersOf(uri) {
      const names = namesOf(uri);
      const readers = [...entries].filter(([other, entry]) => other !== uri && [...(entry.check?.analysis.sources.keys() ?? [])].some((file) => names.has(file)));
      for (const [, entry] of readers) entry.check = undefined;
      return readers.map(([other]) => other);
    },
    forgetAll() {
      for (const entry of entries.values()) entry.check = undefined;
    },
    analyzeText: (uri, text) => checkText(uri, text).analysis,
    checkText,
    isOpen: (uri) => entries.has(uri),
    isOpenPath: (path) => [...entries.values()].some((entry) => isAt(entry, path)),
    namesOf,
    fileNamed(path, inUri) {
      const from = pathOfUri(inUri);
      if (from === undefined) return undefined;
      const real = host.realPath(resolve(dirname(from), path));
      const root = rootOf(host.realPath(from) ?? from);
      return real !== undefined && isInside(root, real) ? uriOfOpen(real) : undefined;
    },
    folders: () => folders,
    setEditorSettings: (settings) => {
      editor = settings;
    },
    setFolders: (paths) => {
      folders = paths.map((path) => host.realPath(path) ?? path);
    },
  };
}

/** The library counts in UTF-16 units: where another unit was agreed on each change is brought into them, against the text that it changes. */
function applied(document: TextDocument, changes: readonly TextDocumentContentChangeEvent[], version: number): TextDocument {
  if (agreedEncoding() === "utf-16") return TextDocument.update(document, [...changes], version);
  let current = document;
  for (const change of changes) {
    if (!("range" in change)) {
      current = TextDocument.update(current, [change], version);
      continue;
    }
    const lines = createLineMap(current.getText());
    const inUnits = (position: Position): Position => positionAt(lines, fromPosition(lines, position));
    current = TextDocument.update(current, [{ text: change.text, range: { start: inUnits(change.range.start), end: inUnits(change.range.end) } }], version);
  }
  return current;
}
