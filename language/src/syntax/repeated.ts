/** What may stand once and stands twice: statements of a block, options of a statement, params of an environment. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import { repeated } from "../diagnostics/syntax.ts";
import type { Range } from "../text/range.ts";
import type { Statement } from "./tree.ts";
import { fieldOf, nameOf } from "./tree.ts";

/** Adds to `found` what stands a second time in the statement and in those inside it. */
export function repeatedParts(file: string, statement: Statement, found: Diagnostic[]): void {
  const complain = (what: string, range: Range, first: Range): void => {
    found.push(report(repeated, { file, range }, { what }, { related: [{ location: { file, range: first }, message: "The first one." }] }));
  };
  if (statement.options.length > 1) {
    const seen = new Map<string, Range>();
    for (const { keyword, range } of statement.options) {
      const first = seen.get(keyword);
      if (first === undefined) seen.set(keyword, range);
      else complain(`\`${keyword}\``, range, first);
    }
  }
  const inner = statement.block?.statements;
  if (inner === undefined || inner.length === 0) return;
  const seen = new Map<string, Statement>();
  for (const child of inner) {
    repeatedParts(file, child, found);
    const key = identityOf(child);
    if (key === undefined) continue;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, child);
    else complain(`\`${key}\``, child.keyword, first.keyword);
  }
}

/** What makes two statements of a block the same; undefined where any number may stand. */
function identityOf(statement: Statement): string | undefined {
  const { keyword, repeatable, lead } = statement.spec;
  if (keyword === "health") return fieldOf(statement.fields, "passive") === undefined ? "health" : "health passive";
  if (lead === "name") return nameOf(statement)?.name;
  return repeatable ? undefined : keyword;
}
