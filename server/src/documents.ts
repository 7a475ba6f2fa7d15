/** The open documents with their analyses: one per version, made when it is first asked for. */
import { dirname, join, resolve } from "node:path";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Position, Range, TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import { check, createLineMap, follow, positionAt, readSettings, settingsFileName, unreadableSettings } from "../../language/src/index.ts";
import type { Analysis, AnalyzeOptions, Change, Check, CompletionScene, Diagnostic, FollowedDocument, ImportHost, Settings, Severities } from "../../language/src/index.ts";
import type { Places } from "./ranges.ts";
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

/** What is wrong with a long document as far as can be told at once, and where the lines of its files begin. */
export interface QuickCheck extends Places, Pick<FollowedDocument, "backends" | "hints"> {
  readonly uri: string;
  readonly version: number;
  readonly diagnostics: readonly Diagnostic[];
  /** What a full check of this version found. */
  readonly remember: (found: readonly Diagnostic[]) => void;
}

export interface Documents {
  /** What completion looks at, and the offset of a position as the protocol has it. */
  readonly scene: (uri: string) => { readonly scene: CompletionScene; readonly offsetAt: (position: Position) => number } | undefined;
  /** Of a long document, and of one that turned out to take long: others are checked whole. */
  readonly quick: (uri: string) => QuickCheck | undefined;
  /** A full check of the document took so long: where that is too long for a keystroke, it has a quick one from now on. */
  readonly checkTook: (uri: string, ms: number, found: readonly Diagnostic[]) => void;
  readonly open: (uri: string, languageId: string, version: number, text: string) => void;
  /** Answers false where the document is not open. */
  readonly change: (uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]) => boolean;
  readonly close: (uri: string) => void;
  readonly get: (uri: string) => OpenDocument | undefined;
  /** The text alone, without an analysis. */
  readonly textOf: (uri: string) => TextDocument | undefined;
  readonly uris: () => readonly string[];
  /** Forgets the analyses of the other open documents that read this one, and answers their URIs. */
  readonly forgetReadersOf: (uri: string) => readonly string[];
  readonly forgetAll: () => void;
  /** Analyses a text as if it were the document's, or a file that is not open. */
  readonly analyzeText: (uri: string, text: string) => Analysis;
  /** The same with every environment. */
  readonly checkText: (uri: string, text: string) => Check;
  readonly isOpen: (uri: string) => boolean;
  /** True of an open document that is too long to be looked at whole at every keystroke. */
  readonly isLong: (uri: string) => boolean;
  /** True where the file is open, under whatever URI. */
  readonly isOpenPath: (path: string) => boolean;
  /** The URI as it is given, and as a file that is read from disk is called. */
  readonly namesOf: (uri: string) => ReadonlySet<string>;
  /** The file that a path written in a document means, inside the root of the document; undefined where there is none. */
  readonly fileNamed: (path: string, inUri: string) => string | undefined;
  /** The folder that the imports of an open document may not leave. */
  readonly rootOfDocument: (uri: string) => string | undefined;
  /** The root of a document, with what its lbpolicy.json says and the editor's severities; undefined where there is no such file. */
  readonly settingsBeside: (uri: string) => { readonly root: string; readonly settings: Settings; readonly severities: Severities } | undefined;
  /** Real paths of the workspace's folders. */
  readonly folders: () => readonly string[];
  /** Absolute paths of the workspace's folders, which imports may not leave. */
  readonly setFolders: (paths: readonly string[]) => void;
  readonly setEditorSettings: (settings: EditorSettings) => void;
  readonly editorSettings: () => EditorSettings;
}

interface Entry {
  text: TextDocument;
  check: Check | undefined;
  /** Made when a long text is first asked about. */
  followed: FollowedDocument | undefined;
  /** Edits that `followed` has not seen; "unknown" where it has to look for itself. */
  changes: Change[] | "unknown";
  isSlow: boolean;
  /** Undefined for what is no file. */
  readonly path: string | undefined;
}

function isAt({ path: own }: Entry, path: string): boolean {
  return own !== undefined && isSamePath(own, path);
}

export function createDocuments(host: Pick<ServerHost, "readFile" | "readImport" | "realPath">): Documents {
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
    const path = entries.get(uri)?.path ?? realPathOfUri(uri);
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

  const checkText = (uri: string, text: string): Check => check({ file: uri, text }, optionsFor(uri));

  const checkOf = (uri: string, entry: Entry): Check => (entry.check ??= checkText(uri, entry.text.getText()));

  /** Of a long document, with its edits. */
  const followedOf = (uri: string, entry: Entry): FollowedDocument | undefined => {
    const text = entry.text.getText();
    if ((text.length <= longText && !entry.isSlow) || text.length > longestFollowed) return undefined;
    if (entry.followed === undefined) entry.followed = follow({ file: uri, text }, optionsFor(uri));
    else if (entry.changes === "unknown" || entry.changes.length > 0) entry.followed.update(text, entry.changes === "unknown" ? undefined : entry.changes);
    entry.changes = [];
    return entry.followed;
  };

  return {
    open(uri, languageId, version, text) {
      entries.set(uri, { text: TextDocument.create(uri, languageId, version, text), check: undefined, followed: undefined, changes: "unknown", isSlow: false, path: realPathOfUri(uri) });
    },
    change(uri, version, changes) {
      const entry = entries.get(uri);
      if (entry === undefined) return false;
      const followed = applied(entry.text, changes, version);
      entry.text = followed.text;
      if (entry.changes !== "unknown") for (const each of followed.changes) entry.changes.push(each);
      entry.check = undefined;
      return true;
    },
    close: (uri) => void entries.delete(uri),
    get(uri) {
      const entry = entries.get(uri);
      if (entry === undefined) return undefined;
      const check = checkOf(uri, entry);
      const { analysis } = check;
      return { uri, text: entry.text, analysis, check, offsetAt: (position) => fromPosition(analysis.lines, position) };
    },
    scene(uri) {
      const entry = entries.get(uri);
      if (entry === undefined) return undefined;
      const whole = (): Analysis => checkOf(uri, entry).analysis;
      const scene = followedOf(uri, entry)?.scene(whole) ?? whole();
      return { scene, offsetAt: (position) => fromPosition(scene.lines, position) };
    },
    checkTook(uri, ms, found) {
      const entry = entries.get(uri);
      if (entry === undefined || entry.isSlow || ms <= shortCheckMs) return;
      entry.isSlow = true;
      followedOf(uri, entry)?.remember(found);
    },
    quick(uri) {
      const entry = entries.get(uri);
      const followed = entry === undefined ? undefined : followedOf(uri, entry);
      if (entry === undefined || followed === undefined) return undefined;
      return { uri, version: entry.text.version, diagnostics: followed.diagnostics(), sources: followed.sources(), remember: followed.remember, backends: followed.backends, hints: followed.hints };
    },
    textOf: (uri) => entries.get(uri)?.text,
    uris: () => [...entries.keys()],
    forgetReadersOf(uri) {
      if ([...entries.keys()].every((other) => other === uri)) return [];
      const names = namesOf(uri);
      const reads = (entry: Entry): boolean => [...(entry.check?.analysis.sources.keys() ?? []), ...(entry.followed?.sources().keys() ?? [])].some((file) => names.has(file));
      const readers = [...entries].filter(([other, entry]) => other !== uri && reads(entry));
      for (const [, entry] of readers) {
        entry.check = undefined;
        entry.changes = "unknown";
      }
      return readers.map(([other]) => other);
    },
    forgetAll() {
      for (const entry of entries.values()) {
        entry.check = undefined;
        entry.followed = undefined;
      }
    },
    analyzeText: (uri, text) => checkText(uri, text).analysis,
    checkText,
    isOpen: (uri) => entries.has(uri),
    isLong: (uri) => (entries.get(uri)?.text.getText().length ?? 0) > longText,
    isOpenPath: (path) => [...entries.values()].some((entry) => isAt(entry, path)),
    namesOf,
    fileNamed(path, inUri) {
      const from = pathOfUri(inUri);
      if (from === undefined) return undefined;
      const real = host.realPath(resolve(dirname(from), path));
      const root = rootOf(host.realPath(from) ?? from);
      return real !== undefined && isInside(root, real) ? uriOfOpen(real) : undefined;
    },
    rootOfDocument(uri) {
      const path = entries.get(uri)?.path;
      return path === undefined ? undefined : rootOf(path);
    },
    settingsBeside(uri) {
      const path = entries.get(uri)?.path ?? realPathOfUri(uri);
      const settings = settingsFor(uri);
      return path === undefined || settings === undefined ? undefined : { root: rootOf(path), settings, severities: editor.severities ?? {} };
    },
    folders: () => folders,
    editorSettings: () => editor,
    setEditorSettings: (settings) => {
      editor = settings;
    },
    setFolders: (paths) => {
      folders = paths.map((path) => host.realPath(path) ?? path);
    },
  };
}

/** In UTF-16 units. A longer text is told at once what its own words say; what the compilers find follows when the typing pauses. */
const longText = 20_000;
/** A full check that takes longer would be felt while typing. */
const shortCheckMs = 30;
/** What is longer is refused as a whole. */
const longestFollowed = 16 * 2 ** 20;

interface Applied {
  readonly text: TextDocument;
  readonly changes: readonly Change[];
}

/** The library counts in UTF-16 units: where another unit was agreed on each change is brought into them, against the text that it changes. */
function applied(document: TextDocument, changes: readonly TextDocumentContentChangeEvent[], version: number): Applied {
  let current = document;
  const made: Change[] = [];
  for (const change of changes) {
    if (!("range" in change)) {
      made.push({ start: 0, end: current.getText().length, length: change.text.length });
      current = TextDocument.update(current, [change], version);
      continue;
    }
    const range = agreedEncoding() === "utf-16" ? change.range : rangeInUnits(current.getText(), change.range);
    const [from, to] = [current.offsetAt(range.start), current.offsetAt(range.end)];
    const before = current.getText().length;
    current = TextDocument.update(current, [{ text: change.text, range }], version);
    const [start, end] = [Math.min(from, to), Math.max(from, to)];
    made.push({ start, end, length: current.getText().length - before + end - start });
  }
  return { text: current, changes: made };
}

function rangeInUnits(text: string, { start, end }: Range): Range {
  const lines = createLineMap(text);
  const inUnits = (position: Position): Position => positionAt(lines, fromPosition(lines, position));
  return { start: inUnits(start), end: inUnits(end) };
}
