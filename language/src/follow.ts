/** A document that is being edited: what is wrong with it, found again only around each edit. What it finds is what `analyze` finds. */
import type { AnalyzeOptions } from "./analyze.ts";
import { severitiesOf } from "./analyze.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { moreProblems } from "./diagnostics/more-problems.ts";
import { present, withoutRepeats } from "./diagnostics/present.ts";
import type { CommentedText } from "./diagnostics/suppression.ts";
import { suppress } from "./diagnostics/suppression.ts";
import type { CompletionScene } from "./features/completion.ts";
import { inlayHints } from "./features/inlay-hints.ts";
import type { InlayHint } from "./features/inlay-hints.ts";
import type { LastDeclaration } from "./features/place.ts";
import { lastDeclarationIn } from "./features/place.ts";
import type { Analysis } from "./model/analysis.ts";
import type { Backend } from "./model/policy.ts";
import type { RunFigures } from "./features/run-figures.ts";
import type { Target } from "./model/target.ts";
import { followPolicy } from "./model/follow-policy.ts";
import { loadFiles } from "./model/imports.ts";
import type { LoadedFile, Source } from "./model/imports.ts";
import type { ParsedFile } from "./model/resolve.ts";
import { combined, pieceAt, pieceMark, piecesAfter, piecesOf } from "./syntax/pieces.ts";
import type { Change, Piece, Pieces } from "./syntax/pieces.ts";
import { createLineMap, linesAfter } from "./text/line-map.ts";
import type { LineMap } from "./text/line-map.ts";
import type { Location, Range } from "./text/range.ts";

export interface FollowedDocument {
  /** The text after edits that were made one after the other; without them the text is compared with the one before. Imports are read again. */
  readonly update: (text: string, changes?: readonly Change[]) => void;
  /**
   * What `policyDiagnostics` of an analysis of the same text holds, without the fixes, and what `remember` was told of that stands in a part of
   * the text that has not changed since.
   */
  readonly diagnostics: () => readonly Diagnostic[];
  /** What was found besides in the present text: by the compilers, or in an environment. */
  readonly remember: (found: readonly Diagnostic[]) => void;
  /** The document, what it imports and lbpolicy.json, by file. */
  readonly sources: () => ReadonlyMap<string, { readonly lines: LineMap }>;
  /** For completion. `whole` analyses the present text; it is asked for little. */
  readonly scene: (whole: () => Analysis) => CompletionScene;
  /** The document's own backends, those of imports left out, and the targets that are declared; ranges in them mean nothing. */
  readonly backends: () => { readonly backends: readonly Backend[]; readonly targets: readonly Target[] };
  /** What `inlayHints` gives of an analysis. `runs`: the simulation that is known of a backend, given the targets that are declared. */
  readonly hints: (range: Range, runs: (backend: Backend, targets: readonly Target[]) => RunFigures | undefined) => readonly InlayHint[];
}

/** Options hold for as long as the document is followed. */
export function follow(source: Source, options: AnalyzeOptions = {}): FollowedDocument {
  const { settings, imports } = options;
  const policy = followPolicy(settings === undefined ? options : { ...options, defaults: settings.parameters });
  let files = new Map<string, FollowedFile>();
  let loaded: readonly LoadedFile<ParsedFile>[] = [];
  let found: readonly Diagnostic[] = [];
  let remembered: readonly Diagnostic[] = [];
  let shown: readonly Diagnostic[] | undefined;
  const units = new WeakMap<Piece, ParsedFile>();

  /** The same object for a piece as long as it comes by the same import. */
  const unitOf = (piece: Piece, wholeFile: string, importedAt: Location | undefined): ParsedFile => {
    const known = units.get(piece);
    if (known !== undefined && isSamePlace(known.importedAt, importedAt)) return known;
    const unit: ParsedFile = { file: piece.id, wholeFile, tree: piece.parsed.tree, importedAt };
    units.set(piece, unit);
    return unit;
  };

  const update = (text: string, changes?: readonly Change[]): void => {
    const known = files;
    files = new Map();
    const read = ({ file, text: whole }: Source): readonly ParsedFile[] => {
      const before = known.get(file);
      const next = before === undefined ? fileOf(file, whole) : before.lines.text === whole ? before : fileAfter(before, changeBetween(before.lines.text, whole, file === source.file ? changes : undefined), whole);
      files.set(file, next);
      const { pieces } = next;
      return pieces.pieces.map((piece) => ({ file: piece.id, tree: piece.parsed.tree }));
    };
    const { files: filesRead, diagnostics } = loadFiles({ file: source.file, text }, imports, read);
    loaded = filesRead.map((file) => ({ ...file, parts: (files.get(file.source.file)?.pieces.pieces ?? []).map((piece) => unitOf(piece, file.source.file, file.importedAt)) }));
    const ofParse = [...files.values()].flatMap(({ pieces }) => pieces.pieces.flatMap((piece) => piece.parsed.problems));
    found = [...ofParse, ...diagnostics, ...policy.update(loaded.flatMap((file) => file.parts))];
    shown = undefined;
  };

  const presented = (besides: readonly Diagnostic[]): readonly Diagnostic[] => {
    const placed = placesIn(files, [...found, ...besides]);
    const own = withoutRepeats([...found.flatMap((each) => placed(each) ?? []), ...(settings?.diagnostics ?? [])]);
    const kept = suppress(own, commented(files), { wasLookedFor: () => false }).kept;
    return present(withoutRepeats([...kept, ...besides.flatMap((each) => placed(each) ?? [])]), severitiesOf(options));
  };

  const scene = (whole: () => Analysis): CompletionScene => {
    const { lines, pieces } = files.get(source.file) ?? fileOf(source.file, "");
    return {
      source: { file: source.file, text: lines.text }, lines, scopes: policy.scopes(), sources: files,
      get policy() { return whole().policy; },
      get tree() { return whole().tree; },
      lastDeclaration: (offset) => lastDeclarationOf(pieces, offset),
    };
  };

  const backendsIn = (piece: Piece): readonly Backend[] => piece.parsed.tree.declarations.flatMap((statement) => (statement.spec.keyword === "backend" ? (policy.backendOf(statement) ?? []) : []));
  const backends: FollowedDocument["backends"] = () => ({ backends: (files.get(source.file)?.pieces.pieces ?? []).flatMap(backendsIn), targets: policy.targets() });

  const hints: FollowedDocument["hints"] = (range, runs) => {
    const { pieces, starts } = files.get(source.file)?.pieces ?? { pieces: [], starts: [] };
    const found: InlayHint[] = [];
    for (let index = pieceAt({ starts }, range.start); index < pieces.length && (starts[index] ?? 0) <= range.end; index++) {
      const piece = pieces[index] as Piece;
      const start = starts[index] ?? 0;
      const own = backendsIn(piece);
      if (own.length === 0) continue;
      const ofPiece = { source: { file: piece.id }, policy: { backends: own }, tree: piece.parsed.tree };
      const beside = inlayHints(ofPiece, moved(range, -start), (name) => runs(own.find((each) => each.name === name) as Backend, policy.targets()));
      for (const hint of beside) found.push({ ...hint, offset: hint.offset + start });
    }
    return found;
  };

  update(source.text);
  return {
    scene,
    backends,
    hints,
    update,
    diagnostics: () => (shown ??= presented(remembered)),
    remember(more) {
      const own = new Set(presented([]).map(keyOf));
      remembered = more.flatMap((diagnostic) => (diagnostic.code === moreProblems.code || own.has(keyOf(diagnostic)) ? [] : (inPieces(files, diagnostic) ?? [])));
      shown = undefined;
    },
    sources: () => new Map([...[...files].map(([file, { lines }]) => [file, { lines }] as const), ...(settings === undefined ? [] : [[settings.source.file, { lines: createLineMap(settings.source.text) }] as const])]),
  };
}

function keyOf({ file, range, code, message }: Diagnostic): string {
  return `${file} ${range.start} ${range.end} ${code} ${message}`;
}

function isSamePlace(a: Location | undefined, b: Location | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.file === b.file && a.range.start === b.range.start && a.range.end === b.range.end);
}

/** What differs: as it is told, else what lies between the common beginning and the common end. */
function changeBetween(before: string, after: string, changes: readonly Change[] | undefined): Change {
  const told = changes === undefined ? undefined : combined(changes);
  if (told !== undefined && before.length + told.length - (told.end - told.start) === after.length) return told;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (same < shorter - start && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)) same++;
  return { start, end: before.length - same, length: after.length - same - start };
}

interface FollowedFile {
  readonly lines: LineMap;
  readonly pieces: Pieces;
}

type Files = ReadonlyMap<string, FollowedFile>;

function fileOf(file: string, text: string): FollowedFile {
  return { lines: createLineMap(text), pieces: piecesOf(file, text) };
}

function fileAfter({ lines, pieces }: FollowedFile, change: Change, text: string): FollowedFile {
  return { lines: linesAfter(lines, change, text), pieces: piecesAfter(pieces, change, text) };
}

/** From pieces to files. Nothing comes of a diagnostic whose piece is gone. */
function placesIn(files: Files, found: readonly Diagnostic[]): (diagnostic: Diagnostic) => Diagnostic | undefined {
  const needed = new Set(found.flatMap(({ file, related }) => [file, ...related.map(({ location }) => location.file)]));
  const places = new Map<string, { readonly file: string; readonly start: number }>();
  if (needed.size > 0) {
    for (const [file, { pieces: { pieces, starts } }] of files) {
      for (const [index, { id }] of pieces.entries()) if (needed.has(id)) places.set(id, { file, start: starts[index] ?? 0 });
    }
  }
  const placed = ({ file, range }: Location): Location | undefined => {
    const place = places.get(file);
    if (place !== undefined) return { file: place.file, range: moved(range, place.start) };
    return file.includes(pieceMark) ? undefined : { file, range };
  };
  return (diagnostic) => {
    const at = placed(diagnostic);
    if (at === undefined) return undefined;
    const related = diagnostic.related.flatMap(({ location, message }) => {
      const there = placed(location);
      return there === undefined ? [] : [{ location: there, message }];
    });
    return { ...diagnostic, ...at, related, fixes: [] };
  };
}

/** From files to pieces; undefined for what lies in no single piece. */
function inPieces(files: Files, diagnostic: Diagnostic): Diagnostic | undefined {
  const within = ({ file, range }: Location): Location | undefined => {
    const pieces = files.get(file)?.pieces;
    if (pieces === undefined) return undefined;
    const index = pieceAt(pieces, range.start);
    const piece = pieces.pieces[index];
    const start = pieces.starts[index] ?? 0;
    return piece === undefined || range.end > start + piece.text.length ? undefined : { file: piece.id, range: moved(range, -start) };
  };
  const at = within(diagnostic);
  if (at === undefined) return undefined;
  return { ...diagnostic, ...at, related: diagnostic.related.flatMap(({ location, message }) => {
    const there = within(location);
    return there === undefined ? [] : [{ location: there, message }];
  }) };
}

function moved({ start, end }: Range, by: number): Range {
  return { start: start + by, end: end + by };
}

function lastDeclarationOf(pieces: Pieces, offset: number): LastDeclaration | undefined {
  for (let index = pieceAt(pieces, offset); index >= 0; index--) {
    const start = pieces.starts[index] ?? 0;
    const last = lastDeclarationIn(pieces.pieces[index]?.parsed.tree.declarations ?? [], offset - start);
    if (last !== undefined) return { start: last.start + start, closedAt: last.closedAt === undefined ? undefined : last.closedAt + start };
  }
  return undefined;
}

/** The comments of the files in which one may silence something. */
function commented(files: Files): readonly CommentedText[] {
  return [...files].flatMap(([file, { lines, pieces: { pieces, starts } }]) => {
    if (!pieces.some((piece) => piece.maySilence)) return [];
    const comments = pieces.flatMap((piece, index) => piece.parsed.tree.comments.map(({ range }) => ({ range: moved(range, starts[index] ?? 0) })));
    return [{ file, text: lines.text, lines, comments }];
  });
}
