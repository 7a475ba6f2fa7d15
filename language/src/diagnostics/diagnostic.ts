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

/** A kind of diagnostic, declared once. `P` are the parameters of its message. */
export interface Definition<P> {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly message: (parameters: P) => string;
}

/** Declares a kind of diagnostic. Each code and each name is declared once; a test holds that. */
export function define<P>(code: string, name: string, severity: Severity, message: (parameters: P) => string): Definition<P> {
  return { code, name, severity, message };
}

export interface Extras {
  readonly related?: readonly Related[];
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
    fixes: extras.fixes ?? [],
  };
}
