/** What may stand once and stands twice: statements of a block, options of a statement, params of an environment. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import { repeated } from "../diagnostics/syntax.ts";
import type { Range } from "../text/range.ts";
import type { OptionUse, Statement } from "./tree.ts";
import { fieldOf, nameOf } from "./tree.ts";

/** Adds to `found` what stands a second time in the statement and in those inside it. */
export function repeatedParts(file: string, statement: Statement, found: Diagnostic[]): void {
  const { options, block } = statement;
  for (let index = 1; index < options.length; index++) {
    const { keyword, range } = options[index] as OptionUse;
    const first = options.findIndex((option) => option.keyword === keyword);
    if (first < index) complain(file, `\`${keyword}\``, range, (options[first] as OptionUse).range, found);
  }
  if (block === undefined) return;
  /** What may stand once and has been met; a block has few kinds of it, so a look through them is quicker than a map. */
  const seen: Statement[] = [];
  let names: Map<string, Statement> | undefined;
  for (const child of block.statements) {
    const { spec } = child;
    // What is broken may have been meant as something else.
    if (child.block !== undefined || child.options.length > 1) repeatedParts(file, child, found);
    if (child.broken) continue;
    if (spec.lead === "name") {
      const name = nameOf(child)?.name;
      if (name === undefined) continue;
      const first = (names ??= new Map<string, Statement>()).get(name);
      if (first === undefined) names.set(name, child);
      else complain(file, `\`${name}\``, child.keyword, first.keyword, found);
    } else if (!spec.repeatable || spec.keyword === "health") {
      const first = seen.find((each) => isSame(each, child));
      if (first === undefined) seen.push(child);
      else complain(file, `\`${spec.keyword === "health" ? identityOfHealth(child) : spec.keyword}\``, child.keyword, first.keyword, found);
    }
  }
}

function complain(file: string, what: string, range: Range, first: Range, found: Diagnostic[]): void {
  found.push(report(repeated, { file, range }, { what }, { related: [{ location: { file, range: first }, message: "The first one." }] }));
}

/** One active check and one passive one may stand beside each other. */
function identityOfHealth(statement: Statement): string {
  return fieldOf(statement.fields, "passive") === undefined ? "health" : "health passive";
}

function isSame(one: Statement, other: Statement): boolean {
  return one.spec === other.spec && (one.spec.keyword !== "health" || identityOfHealth(one) === identityOfHealth(other));
}
