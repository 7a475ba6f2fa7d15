/** How statements are read and found, made from the recorded grammar. */
import type { ParserMethod } from "chevrotain";
import type { BlockSpec, StatementSpec } from "./spec.ts";

/** How a statement is read, once the grammar is known. */
export interface StatementRule {
  readonly spec: StatementSpec;
  /** Chevrotain's rule: it keeps count of rules, which its own decisions need. */
  readonly rule: ParserMethod<[], void>;
  /** What the rule does behind the statement's first word, where no decision needs Chevrotain's. */
  direct: (() => void) | undefined;
  /** What may follow that word; undefined where it may stand alone. */
  follows: ReadonlySet<number> | undefined;
  /** Words inside the statement. */
  readonly inner: ReadonlySet<string>;
}

export interface BlockRules {
  /** By the type of the first token. */
  readonly byType: readonly (StatementRule | undefined)[];
  readonly nameLead: StatementRule | undefined;
  /** Blocks of its statements, by the word before the brace or the statement's own. */
  readonly nested: ReadonlyMap<string, BlockSpec>;
}
