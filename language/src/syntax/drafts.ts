/** Statements and blocks while they are read, and what is wrong with them, as facts. */
import type { Range } from "../text/range.ts";
import type { BlockSpec, StatementSpec } from "./spec.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Block, Field, OptionUse } from "./tree.ts";

/** A statement while it is read. */
export interface StatementDraft {
  type: "statement";
  spec: StatementSpec;
  keyword: Range;
  fields: readonly Field[];
  options: readonly OptionUse[];
  block: Block | undefined;
  documentation: string | undefined;
  broken: boolean;
  range: Range;
}

export interface BlockDraft {
  spec: BlockSpec;
  range: Range;
  closed: boolean;
  damaged: boolean;
  statements: StatementDraft[];
}

/** What went wrong, as facts; problems.ts makes the message. */
export type ParseProblem =
  | { readonly kind: "expected"; readonly statement: StatementDraft; readonly option: string | undefined; readonly wanted: string; readonly found: PolicyToken; readonly previous: PolicyToken }
  | { readonly kind: "unknown-statement"; readonly block: BlockSpec; readonly after: StatementDraft | undefined; readonly found: PolicyToken; readonly previous: PolicyToken; readonly next: PolicyToken }
  | { readonly kind: "unclosed"; readonly statement: StatementDraft; readonly open: PolicyToken; readonly end: number }
  | { readonly kind: "minus"; readonly token: PolicyToken }
  | { readonly kind: "long-expression"; readonly token: PolicyToken };
