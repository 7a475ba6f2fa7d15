/** What may stand once and stands twice: statements of a block, options of a statement. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import { repeated } from "../diagnostics/syntax.ts";
import type { Range } from "../text/range.ts";
import type { Field, Statement } from "./tree.ts";
import { fieldOf } from "./tree.ts";

export function repeatedParts(file: string, statement: Statement): Diagnostic[] {
  const found: Diagnostic[] = [];
  const complain = (what: string, range: Range, first: Range): void => {
    found.push(report(repeated, { file, range }, { what }, { related: [{ location: { file, range: first }, message: "The first one." }] }));
  };
  repeatedFields(statement.fields, complain);
  const seen = new Map<string, Statement>();
  for (const inner of statement.block?.statements ?? []) {
    found.push(...repeatedParts(file, inner));
    const key = inner.spec.keyword === "health" ? `health ${fieldOf(inner.fields, "passive") === undefined ? "active" : "passive"}` : inner.spec.keyword;
    if (inner.spec.repeatable && inner.spec.keyword !== "health") continue;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, inner);
    else complain(`\`${inner.spec.keyword}\``, inner.keyword, first.keyword);
  }
  return found;
}

function repeatedFields(fields: readonly Field[], complain: (what: string, range: Range, first: Range) => void): void {
  const seen = new Map<string, Field>();
  for (const field of fields) {
    const range = field.word ?? field.value?.range;
    if (range === undefined) continue;
    const first = seen.get(field.label);
    if (first === undefined) seen.set(field.label, field);
    else complain(`\`${field.label}\``, range, first.word ?? first.value?.range ?? range);
    if (field.value?.type === "list") for (const item of field.value.items) if (item.type === "group") repeatedFields(item.fields, complain);
  }
}
