/** Refactorings that say the same, or the nearest, in another form: kinds of thresholds, the order of servers. */
import type { Analysis } from "../model/analysis.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf, nameOf } from "../syntax/tree.ts";
import type { Range, TextEdit } from "../text/range.ts";
import type { Refactoring } from "./refactorings.ts";
import { indentAt, lineBreakOf, lineStartAt, nextLineAt, pathTo, standsAlone, wholeLines } from "./tree-walk.ts";

export function rewrites(analysis: Analysis, range: Range): readonly Refactoring[] {
  const path = pathTo(analysis.tree.declarations, range.start);
  const holder = path.findLast((each) => each.spec.keyword === "threshold" || each.spec.keyword === "scale");
  return [...(holder === undefined ? [] : convertThreshold(analysis, holder)), ...sortServers(analysis, path[0])];
}

function action(title: string, edits: readonly TextEdit[]): Refactoring {
  return { title, kind: "rewrite", edits };
}

/** Between metric-based, predictive and on-demand; what the new kind may not hold goes. */
function convertThreshold(analysis: Analysis, holder: Statement): readonly Refactoring[] {
  const { text } = analysis.source;
  const lines = (holder.block?.statements ?? []).filter((each) => !each.broken);
  const of = (...keywords: readonly string[]): readonly Statement[] => lines.filter((each) => keywords.includes(each.spec.keyword));
  const targets = of("target");
  const rules = of("when");
  const drop = (statements: readonly Statement[]): readonly TextEdit[] => statements.map((each) => ({ range: standsAlone(text, each.range) ? wholeLines(text, each.range) : each.range, text: "" }));
  const newlineAt = (statement: Statement): string => `${lineBreakOf(text)}${indentAt(text, statement.range.start)}`;
  if (targets.length > 0 && rules.length === 0) {
    const last = targets.at(-1) ?? holder;
    const predict = of("predict");
    const toRules = targets.map((each): TextEdit => ({ range: each.range, text: rulesFor(text, each, newlineAt(each)) }));
    return [
      predict.length === 0
        ? action("Convert to a predictive threshold", [{ range: { start: last.range.end, end: last.range.end }, text: `${newlineAt(last)}predict linear window 10m ahead 2m` }])
        : action("Convert to a metric-based threshold", drop(predict)),
      action("Convert to an on-demand threshold", [...toRules, ...drop(of("predict", "tolerance", "up", "down"))]),
    ];
  }
  const growing = rules.filter((each) => (atomOf(each, "operator") ?? "").startsWith(">"));
  if (growing.length > 0 && targets.length === 0) {
    const edits = growing.map((each): TextEdit => ({ range: each.range, text: `target ${part(text, each, "metric")} ${part(text, each, "value")}` }));
    return [action("Convert to a metric-based threshold", [...edits, ...drop([...rules.filter((each) => !growing.includes(each)), ...of("cooldown")])])];
  }
  return [];
}

/** One rule that grows above the target and one that shrinks well below it. */
function rulesFor(text: string, target: Statement, newline: string): string {
  const metric = part(text, target, "metric");
  const value = part(text, target, "value");
  return `when ${metric} > ${value} for 1m add 10%${newline}when ${metric} < (${value}) * 0.5 for 5m remove 10%`;
}

function part(text: string, statement: Statement, label: string): string {
  const value = fieldOf(statement.fields, label)?.value;
  return value === undefined ? "" : text.slice(value.range.start, value.range.end);
}

function atomOf(statement: Statement, label: string): string | undefined {
  const value = fieldOf(statement.fields, label)?.value;
  return value?.type === "atom" ? value.text : undefined;
}

/**
 * By name, `a2` before `a10`. Only servers that follow each other, each on lines of its own, all named; not where the order has a meaning
 * (`first`, and the hashes, whose picks it changes).
 */
function sortServers(analysis: Analysis, backend: Statement | undefined): readonly Refactoring[] {
  if (backend?.spec.keyword !== "backend") return [];
  const { text } = analysis.source;
  const statements = backend.block?.statements ?? [];
  const servers = statements.filter((each) => each.spec.keyword === "server");
  const first = statements.findIndex((each) => each.spec.keyword === "server");
  const followEachOther = statements.slice(first, first + servers.length).every((each) => each.spec.keyword === "server");
  if (servers.length < 2 || !followEachOther || servers.some((each) => each.broken || nameOf(each) === undefined || !hasItsLines(text, each.range))) return [];
  if (orderMatters(analysis, backend)) return [];
  const pieces = piecesOf(analysis, servers);
  const sorted = pieces.toSorted((a, b) => compareNames(a.name, b.name));
  if (sorted.every((piece, i) => piece === pieces[i])) return [];
  const newline = lineBreakOf(text);
  const texts = sorted.map((piece) => piece.text.replace(/(?:\r\n|\r|\n)$/u, ""));
  const range = { start: pieces[0]?.range.start ?? 0, end: pieces.at(-1)?.range.end ?? 0 };
  const ending = /(?:\r\n|\r|\n)$/u.test(text.slice(range.start, range.end)) ? newline : "";
  return [action("Sort servers by name", [{ range, text: texts.join(newline) + ending }])];
}

function orderMatters(analysis: Analysis, statement: Statement): boolean {
  const backend = analysis.policy.backends.find((each) => each.origin.file === analysis.source.file && each.origin.range.start === statement.range.start);
  const kind = backend?.strategy.algorithm.kind;
  return kind === undefined || kind === "first" || kind === "hash" || kind === "ip_hash";
}

interface Piece {
  readonly name: string;
  readonly range: Range;
  readonly text: string;
}

/** Nothing beside it but a comment at the end of the line. */
function hasItsLines(text: string, range: Range): boolean {
  return text.slice(lineStartAt(text, range.start), range.start).trim() === "" && /^[ \t]*(?:\/\/|#|$)/u.test(text.slice(range.end, nextLineAt(text, range.end)).trimEnd());
}

/** Each server with the comments above it. */
function piecesOf({ source: { text }, tree }: Analysis, servers: readonly Statement[]): readonly Piece[] {
  let from = lineStartAt(text, servers[0]?.range.start ?? 0);
  for (const comment of tree.comments.toReversed()) {
    if (comment.range.end > from || !standsAlone(text, comment.range) || text.slice(comment.range.end, from).trim() !== "" || text.slice(comment.range.end, from).split(/\r\n|\r|\n/u).length > 2) continue;
    from = lineStartAt(text, comment.range.start);
  }
  return servers.map((server) => {
    const end = nextLineAt(text, server.range.end);
    const piece = { name: nameOf(server)?.name ?? "", range: { start: from, end }, text: text.slice(from, end) };
    from = end;
    return piece;
  });
}

/** Digits count as numbers. */
function compareNames(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.toLowerCase().split(/(\d+)/u)) as [string[], string[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? "", right[i] ?? ""];
    if (x === y) continue;
    const isNumber = i % 2 === 1;
    return isNumber && x !== "" && y !== "" ? Number(x) - Number(y) || (x < y ? -1 : 1) : x < y ? -1 : 1;
  }
  return 0;
}
