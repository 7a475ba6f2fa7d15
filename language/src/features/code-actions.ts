/** What may be done about diagnostics: their own remedies, all of them at once, or a comment that silences with a reason to fill in. */
import type { Diagnostic, QuickFix } from "../diagnostics/diagnostic.ts";
import { isSilenceable } from "../diagnostics/suppression.ts";
import { kindOf } from "../diagnostics/registry.ts";
import type { Analysis } from "../model/analysis.ts";
import type { Range, TextEdit } from "../text/range.ts";
import { silencingEdit } from "./silence.ts";
import { quickFixes } from "./target-fixes.ts";
import { standsAlone, wholeLines } from "./tree-walk.ts";

export interface FileEdits {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

export interface CodeAction {
  readonly title: string;
  /** `fix-alike` mends every diagnostic of one code, `fix-all` whatever has one remedy only. */
  readonly kind: "fix" | "fix-alike" | "fix-all" | "silence";
  /** What it answers. */
  readonly diagnostics: readonly Diagnostic[];
  readonly changes: readonly FileEdits[];
  /** The only remedy of its diagnostic. */
  readonly isPreferred: boolean;
}

/**
 * The actions for the diagnostics of `found` that touch the range, in their order; `found` are those of the analysis or of a check of the same
 * text. Fixes come first, then those that mend several at once, then silencing.
 */
export function codeActions(analysis: Analysis, found: readonly Diagnostic[], range: Range): readonly CodeAction[] {
  const { file } = analysis.source;
  const mendedBy = found.map((diagnostic): Diagnostic => tidied(analysis, { ...diagnostic, fixes: quickFixes(analysis, diagnostic) }));
  const here = mendedBy.filter((diagnostic) => diagnostic.file === file && diagnostic.range.start <= range.end && range.start <= diagnostic.range.end);
  const fixes = here.flatMap((diagnostic) => diagnostic.fixes.map((fix): CodeAction => ({
    title: fix.title, kind: "fix", diagnostics: [diagnostic], changes: [{ file: fix.file, edits: fix.edits }], isPreferred: diagnostic.fixes.length === 1,
  })));
  const alike = [...new Set(here.map((diagnostic) => diagnostic.code))].flatMap((code) => {
    const mended = mendable(mendedBy, file).filter((diagnostic) => diagnostic.code === code);
    return mended.length < 2 ? [] : [together(`Fix all ${mended.length} of ${code} ${kindOf(code)?.name ?? ""}`.trimEnd(), "fix-alike", mended)];
  });
  const silenced = [...new Map(here.filter((diagnostic) => isSilenceable(diagnostic.code)).map((diagnostic) => [diagnostic.code, diagnostic])).values()];
  const silencing = silenced.flatMap((diagnostic): readonly CodeAction[] => {
    const edit = silencingEdit(analysis, diagnostic);
    return edit === undefined ? [] : [{ title: `Silence ${diagnostic.code} with a reason`, kind: "silence", diagnostics: [diagnostic], changes: [{ file, edits: [edit] }], isPreferred: false }];
  });
  return [...distinct(fixes), ...alike, ...silencing];
}

/** One action for everything in the document that has exactly one remedy; undefined where there is nothing of the kind. */
export function fixAll(analysis: Analysis, found: readonly Diagnostic[]): CodeAction | undefined {
  const mended = mendable(found.map((diagnostic) => tidied(analysis, { ...diagnostic, fixes: quickFixes(analysis, diagnostic) })), analysis.source.file);
  return mended.length === 0 ? undefined : together("Fix everything that has one remedy", "fix-all", mended);
}

/** What is taken out goes with its lines where nothing else stands on them. */
function tidied({ source: { file, text } }: Analysis, diagnostic: Diagnostic): Diagnostic {
  const whole = (edit: TextEdit): TextEdit => (edit.text === "" && edit.range.end > edit.range.start && standsAlone(text, edit.range) ? { range: wholeLines(text, edit.range), text: "" } : edit);
  return { ...diagnostic, fixes: diagnostic.fixes.map((fix) => (fix.file === file ? { ...fix, edits: fix.edits.map(whole) } : fix)) };
}

/** Without those whose remedy writes words for the author: a reason is to be thought of. */
function mendable(found: readonly Diagnostic[], file: string): readonly Diagnostic[] {
  return found.filter((diagnostic) => diagnostic.file === file && diagnostic.fixes.length === 1 && diagnostic.fixes[0]?.file === file && diagnostic.name !== "ignore-without-reason");
}

/** Of remedies that meet the first is taken; the next run finds the others again. */
function together(title: string, kind: CodeAction["kind"], diagnostics: readonly Diagnostic[]): CodeAction {
  const taken: TextEdit[] = [];
  const mended = diagnostics.filter((diagnostic) => {
    const { edits } = diagnostic.fixes[0] as QuickFix;
    if (edits.every((edit) => taken.some((other) => isSame(edit, other)))) return true;
    if (edits.some((edit) => taken.some((other) => meet(edit.range, other.range)))) return false;
    taken.push(...edits);
    return true;
  });
  const edits = [...taken].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  return { title, kind, diagnostics: mended, changes: [{ file: diagnostics[0]?.fixes[0]?.file ?? "", edits }], isPreferred: false };
}

/** An insertion meets what it touches: which text comes first would be a guess. */
function meet(a: Range, b: Range): boolean {
  const touches = a.start <= b.end && b.start <= a.end;
  return touches && (a.start === a.end || b.start === b.end || (a.start < b.end && b.start < a.end));
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.text === b.text && a.range.start === b.range.start && a.range.end === b.range.end;
}

/** The same remedy of two diagnostics (of two environments, for one) is one action. */
function distinct(actions: readonly CodeAction[]): readonly CodeAction[] {
  const byChange = new Map<string, CodeAction>();
  for (const action of actions) {
    const key = JSON.stringify([action.title, action.changes]);
    const known = byChange.get(key);
    byChange.set(key, known === undefined ? action : { ...known, diagnostics: [...known.diagnostics, ...action.diagnostics] });
  }
  return [...byChange.values()];
}
