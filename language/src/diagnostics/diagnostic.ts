import type { Location, Range, TextEdit } from "../text/range.ts";

export type Severity = "error" | "warning" | "information" | "hint";

/** A place that explains the diagnostic, with a word on how. */
export interface Related {
  readonly location: Location;
  readonly message: string;
}

/** One likely remedy: `title` says what it does, in the imperative. */
export interface QuickFix {
  readonly title: string;
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

export interface Diagnostic {
  /** Stable: `LBP1xxx` syntax, `2xxx` names and types, `3xxx` values, `4xxx` behaviour, `5xxx` target limits. */
  readonly code: string;
  /** The registry's name of it, such as `unknown-name`. */
  readonly name: string;
  readonly severity: Severity;
  /** One sentence that says what to do. */
  readonly message: string;
  readonly file: string;
  readonly range: Range;
  readonly related: readonly Related[];
  readonly fixes: readonly QuickFix[];
  /** Set where it arises only under that environment. */
  readonly environment?: string;
}

/** What mends it, seen from the diagnostic's own range: a text in its place, or texts before and behind it. */
export type Remedy =
  | { readonly title: string; readonly replacement: string }
  | { readonly title: string; readonly before?: string; readonly behind?: string };

/** A kind of diagnostic, declared once. `P` are the parameters of its message. */
export interface Definition<P> {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly message: (parameters: P) => string;
  /** The one likely fix, where the parameters tell it. */
  readonly remedy?: (parameters: P) => Remedy | undefined;
}

/** Declares a kind of diagnostic. Each code and each name is declared once, and listed in registry.ts; tests hold that. */
export function define<P>(
  code: string, name: string, severity: Severity, message: (parameters: P) => string, remedy?: (parameters: P) => Remedy | undefined,
): Definition<P> {
  return { code, name, severity, message, ...(remedy === undefined ? {} : { remedy }) };
}

/** Writes `name` in the place of what stands there, where there is one near enough to be meant. */
export function writeInstead(name: string | undefined): Remedy | undefined {
  return name === undefined ? undefined : { title: `Write ${name}`, replacement: name };
}

export interface Extras {
  readonly related?: readonly Related[];
  /** In the place of the definition's own remedy. */
  readonly fixes?: readonly QuickFix[];
}

/** An occurrence of a declared diagnostic at a place. */
export function report<P>(definition: Definition<P>, at: Location, parameters: P, extras: Extras = {}): Diagnostic {
  return {
    code: definition.code,
    name: definition.name,
    severity: definition.severity,
    message: definition.message(parameters),
    file: at.file,
    range: at.range,
    related: extras.related ?? [],
    fixes: extras.fixes ?? fixesOf(definition.remedy?.(parameters), at),
  };
}

function fixesOf(remedy: Remedy | undefined, { file, range }: Location): readonly QuickFix[] {
  if (remedy === undefined) return [];
  if ("replacement" in remedy) return [{ title: remedy.title, file, edits: [{ range, text: remedy.replacement }] }];
  const { before = "", behind = "" } = remedy;
  const edits = [
    ...(before === "" ? [] : [{ range: { start: range.start, end: range.start }, text: before }]),
    ...(behind === "" ? [] : [{ range: { start: range.end, end: range.end }, text: behind }]),
  ];
  return [{ title: remedy.title, file, edits }];
}
