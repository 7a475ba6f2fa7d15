/** Remedies of what a target cannot carry: what is mended stands elsewhere than what is told, so they are found in the tree. */
import type { Diagnostic, QuickFix } from "../diagnostics/diagnostic.ts";
import type { Analysis } from "../model/analysis.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { TextEdit } from "../text/range.ts";
import { eachStatement, indentAt, lineBreakOf, pathTo, standsAlone, wholeLines } from "./tree-walk.ts";

/** The diagnostic's own remedies, and those that the rest of the document tells. */
export function quickFixes(analysis: Analysis, diagnostic: Diagnostic): readonly QuickFix[] {
  const find = diagnostic.file === analysis.source.file ? byCode[diagnostic.code] : undefined;
  return find === undefined ? diagnostic.fixes : [...diagnostic.fixes, ...find(analysis, diagnostic)];
}

const byCode: Readonly<Record<string, (analysis: Analysis, diagnostic: Diagnostic) => readonly QuickFix[]>> = {
  LBP5061: listenBy("secret", (name) => `certificate "/etc/tls/${name}.crt" key "/etc/tls/${name}.key"`),
  LBP5504: withoutReservedLabel,
  LBP5533: (analysis) => setting(analysis, "autoscaler", "keda"),
  LBP5535: (analysis) => setting(analysis, "autoscaler", "keda"),
  LBP5552: (analysis) => setting(analysis, "schedules", "cronjob"),
  LBP5554: (analysis) => setting(analysis, "schedules", "cronjob"),
  LBP5571: listenBy("certificate", (path) => `secret "${secretName(path)}"`),
};

function secretName(path: string): string {
  const stem = (path.split("/").at(-1) ?? "").replace(/\.[^.]*$/u, "").toLowerCase().replaceAll(/[^a-z0-9-]+/gu, "-").replaceAll(/^-+|-+$/gu, "");
  return stem === "" ? "tls" : stem;
}

/** What follows `tls` of a listener, said in the other way. */
function listenBy(label: "secret" | "certificate", instead: (text: string) => string) {
  return (analysis: Analysis, { range }: Diagnostic): readonly QuickFix[] => {
    const line = pathTo(analysis.tree.declarations, range.start).findLast((each) => each.spec.keyword === "listen");
    const first = line === undefined ? undefined : fieldOf(line.fields, label);
    const last = line === undefined ? undefined : label === "secret" ? first : fieldOf(line.fields, "key");
    if (first?.word === undefined || first.value?.type !== "string" || last?.value === undefined || first.value.value === undefined) return [];
    const text = instead(first.value.value);
    return [fix(analysis, `Write tls ${text}`, [{ range: { start: first.word.start, end: last.value.range.end }, text }])];
  };
}

/** A word of `target kubernetes`, in the block that is there or in one of its own. Nothing where the block is in another file. */
function setting(analysis: Analysis, keyword: string, word: string): readonly QuickFix[] {
  const { tree, policy, source: { file, text } } = analysis;
  const block = tree.declarations.find((each) => each.spec.keyword === "target" && fieldOf(each.fields, "kubernetes") !== undefined)?.block;
  const line = block?.statements.find((each) => each.spec.keyword === keyword);
  const title = `Write ${keyword} ${word}`;
  if (line !== undefined) return [fix(analysis, title, [{ range: line.range, text: `${keyword} ${word}` }])];
  const newline = lineBreakOf(text);
  if (block !== undefined) {
    const last = block.statements.at(-1);
    const at = last?.range.end ?? block.range.start + 1;
    const isInLine = last === undefined || !text.slice(block.range.start, last.range.start).includes("\n");
    const before = isInLine ? " " : `${newline}${indentAt(text, last.range.start)}`;
    return [fix(analysis, title, [{ range: { start: at, end: at }, text: `${before}${keyword} ${word}${last === undefined ? " " : ""}` }])];
  }
  const elsewhere = policy.targets.find((target) => target.kind === "kubernetes")?.origin?.file;
  if (elsewhere !== undefined && elsewhere !== file) return [];
  return [fix(analysis, title, [{ range: { start: text.length, end: text.length }, text: `${newline}target kubernetes {${newline}  ${keyword} ${word}${newline}}${newline}` }])];
}

function withoutReservedLabel(analysis: Analysis, { message }: Diagnostic): readonly QuickFix[] {
  const found: Statement[] = [];
  eachStatement(analysis.tree.declarations, (statement) => {
    const key = statement.spec.keyword === "label" ? fieldOf(statement.fields, "key")?.value : undefined;
    if (key?.type === "string" && key.value !== undefined && message.includes(` ${key.value}:`)) found.push(statement);
  });
  const { text } = analysis.source;
  return found.slice(0, 1).map(({ range }) => fix(analysis, "Remove the label", [{ range: standsAlone(text, range) ? wholeLines(text, range) : range, text: "" }]));
}

function fix({ source: { file } }: Analysis, title: string, edits: readonly TextEdit[]): QuickFix {
  return { title, file, edits };
}
