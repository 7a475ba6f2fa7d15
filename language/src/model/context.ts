/** What the readers of the tree share: where they are, which params hold, and where problems go. */
import type { Definition, Diagnostic, Extras } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import { missing } from "../diagnostics/names.ts";
import type { Range } from "../text/range.ts";
import type { Statement } from "../syntax/tree.ts";
import { nameOf } from "../syntax/tree.ts";
import type { Origin } from "./policy.ts";
import type { Quantity } from "./quantity.ts";

/** The value of a param: a quantity, a string, or nothing where it was refused. */
export type ParamValue = { readonly kind: "quantity"; readonly quantity: Quantity } | { readonly kind: "text"; readonly text: string } | { readonly kind: "refused" };

export interface Params {
  /** Undefined where there is no param of that name. Marks it as used. */
  find(name: string): ParamValue | undefined;
  /** Without marking it as used. */
  has(name: string): boolean;
  names(): Iterable<string>;
}

export interface Context {
  /** The file, or the piece of one, that ranges count in. */
  readonly file: string;
  /** The file where `file` is a piece of one. */
  readonly wholeFile?: string;
  readonly params: Params;
  readonly found: Diagnostic[];
  /** Told of each declaration that is named, with its kind. */
  readonly onUse?: (kind: string, name: string) => void;
}

/** True where both stand in one file, be it in two pieces of it. */
export function isSameFile(a: Context, b: Context): boolean {
  return (a.wholeFile ?? a.file) === (b.wholeFile ?? b.file);
}

export function complain<P>(context: Context, definition: Definition<P>, range: Range, parameters: P, extras: Extras = {}): undefined {
  context.found.push(report(definition, { file: context.file, range }, parameters, extras));
  return undefined;
}

/** Complains of what a declaration lacks, unless a syntax error hides what it has. */
export function complainOfMissing(context: Context, statement: Statement, range: Range, parameters: { readonly subject: string; readonly what: string }): undefined {
  return isHidden(statement) ? undefined : complain(context, missing, range, parameters);
}

/** A fix that takes out what stands at `range`. */
export function removed(context: Context, range: Range, what = "it"): Extras {
  return { fixes: [{ title: `Remove ${what}`, file: context.file, edits: [{ range, text: "" }] }] };
}

/** A fix that takes an item that is not the first out of a list, with the comma before it. */
export function withoutRepeated(context: Context, items: readonly { readonly range: Range }[], item: { readonly range: Range }): Extras {
  const before = items[items.indexOf(item) - 1];
  return before === undefined ? {} : removed(context, { start: before.range.end, end: item.range.end }, "the second one");
}

/** A fix that writes `text` in the place of what stands at `range`. */
export function written(context: Context, range: Range, text: string): Extras {
  return { fixes: [{ title: `Write ${text}`, file: context.file, edits: [{ range, text }] }] };
}

/** True where a syntax error may hide what a declaration has. */
export function isHidden({ broken, block }: Statement): boolean {
  return broken || block === undefined || !block.closed || block.damaged || block.statements.some((child) => child.broken);
}

export function originOf(context: Context, statement: Statement): Origin {
  const name = nameOf(statement);
  return { file: context.file, range: statement.range, ...(name === undefined ? {} : { nameRange: name.range }) };
}

/** The object without its undefined parts: `exactOptionalPropertyTypes` wants absence. */
export function compact<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  const result: Record<string, unknown> = {};
  for (const key in value) {
    const part = value[key];
    if (part !== undefined) result[key] = part;
  }
  return result as T;
}
