/** `lbpolicy-ignore CODE[, CODE]: reason`: comments that silence diagnostics of the line below them. */
import type { LineMap } from "../text/line-map.ts";
import { positionAt } from "../text/line-map.ts";
import type { Range, TextEdit } from "../text/range.ts";
import type { Diagnostic, Extras } from "./diagnostic.ts";
import { report } from "./diagnostic.ts";
import * as problems from "./ignore-comments.ts";
import { isFundamental, kindOf } from "./registry.ts";

/** Stands in a comment where the author is to say why; left as it is, it is no reason. */
export const reasonPlaceholder = "<reason>";

/** A text and where its comments are. */
export interface CommentedText {
  readonly file: string;
  readonly text: string;
  readonly lines: LineMap;
  readonly comments: readonly { readonly range: Range }[];
}

export interface Suppressed {
  /** What no comment silences, in the order given. */
  readonly kept: readonly Diagnostic[];
  /** About the comments themselves; they cannot be silenced. */
  readonly complaints: readonly Diagnostic[];
}

export interface SuppressOptions {
  /** False for a code that could not be looked for this time; such a code is not called unused. */
  readonly wasLookedFor: (code: string, file: string) => boolean;
}

/**
 * Takes out what comments silence. A comment stands on its own line and speaks for the first line below it that is not a comment; what begins
 * on that line is silenced. Errors that leave the policy without a meaning stay (`isFundamental`).
 */
export function suppress(found: readonly Diagnostic[], files: readonly CommentedText[], options: SuppressOptions): Suppressed {
  const comments = files.flatMap(ignoreCommentsOf);
  if (comments.length === 0) return { kept: found, complaints: [] };
  const linesOf = new Map(files.map((each) => [each.file, each.lines]));
  const used = new Set<NamedCode>();
  const kept = found.filter((diagnostic) => {
    const lines = linesOf.get(diagnostic.file);
    if (lines === undefined || !isSilenceable(diagnostic.code)) return true;
    const line = positionAt(lines, diagnostic.range.start).line;
    const naming = comments.filter((comment) => comment.file === diagnostic.file && comment.targetLine === line).flatMap((comment) => comment.codes.filter(({ code }) => code === diagnostic.code));
    for (const named of naming.slice(0, 1)) used.add(named);
    return naming.length === 0;
  });
  return { kept, complaints: comments.flatMap((comment) => complaintsAbout(comment, used, options)) };
}

interface NamedCode {
  readonly code: string;
  readonly range: Range;
}

interface IgnoreComment {
  readonly file: string;
  readonly range: Range;
  readonly codes: readonly NamedCode[];
  /** Where the words behind the colon are; undefined without any. A placeholder that nobody replaced is not taken for a reason. */
  readonly reason: Range | undefined;
  readonly isPlaceholder: boolean;
  /** The line that it speaks for; undefined where something else stands on the comment's own line. */
  readonly targetLine: number | undefined;
  /** Takes the comment out, with its line where it stands alone. */
  readonly removal: TextEdit;
  /** Moves it to a line of its own above. */
  readonly move: readonly TextEdit[];
}

/** False for what leaves the policy without a meaning, and for what is wrong with such comments themselves. */
export function isSilenceable(code: string): boolean {
  return !isFundamental(code) && !/^LBP10(?:19|2\d)$/.test(code);
}

function complaintsAbout(comment: IgnoreComment, used: ReadonlySet<NamedCode>, { wasLookedFor }: SuppressOptions): readonly Diagnostic[] {
  const { file, range, codes } = comment;
  if (comment.targetLine === undefined) {
    return [report(problems.misplacedIgnore, { file, range }, {}, { fixes: [{ title: "Move the comment above", file, edits: comment.move }] })];
  }
  const withoutCode = (named: NamedCode): Extras => ({ fixes: [{ title: codes.length === 1 ? "Remove the comment" : `Remove ${named.code}`, file, edits: [removalOf(comment, named)] }] });
  const found: Diagnostic[] = codes.flatMap((named) => {
    const { code } = named;
    const at = { file, range: named.range };
    if (kindOf(code) === undefined) return [report(problems.unknownIgnoreCode, at, { code }, withoutCode(named))];
    if (!isSilenceable(code)) return [report(problems.unsilenceable, at, { code }, withoutCode(named))];
    return used.has(named) || !wasLookedFor(code, file) ? [] : [report(problems.unusedIgnore, at, { code }, withoutCode(named))];
  });
  if (codes.length === 0) return [report(problems.unknownIgnoreCode, { file, range }, { code: "" }, { fixes: [{ title: "Remove the comment", file, edits: [comment.removal] }] })];
  const { reason, isPlaceholder } = comment;
  if (reason === undefined) return [...found, report(problems.ignoreWithoutReason, { file, range: { start: range.start, end: codes.at(-1)?.range.end ?? range.end } }, { placeholder: "" })];
  return isPlaceholder ? [...found, report(problems.ignoreWithoutReason, { file, range: reason }, { placeholder: reasonPlaceholder })] : found;
}

/** The code with its comma; the whole comment where it is the only one. */
function removalOf(comment: IgnoreComment, named: NamedCode): TextEdit {
  const index = comment.codes.indexOf(named);
  const next = comment.codes[index + 1];
  const previous = comment.codes[index - 1];
  if (next !== undefined) return { range: { start: named.range.start, end: next.range.start }, text: "" };
  if (previous !== undefined) return { range: { start: previous.range.end, end: named.range.end }, text: "" };
  return comment.removal;
}

const marker = /^(?:\/\/|#|\/\*)[ \t]*lbpolicy-ignore(?![\w-])/;

function ignoreCommentsOf(commented: CommentedText): readonly IgnoreComment[] {
  if (!commented.text.includes("lbpolicy-ignore")) return [];
  const { file, text, lines, comments } = commented;
  const commentLines = new Set<number>();
  const own = comments.map(({ range }) => {
    const from = positionAt(lines, range.start).line;
    const to = positionAt(lines, range.end).line;
    const lineStart = lines.starts[from] ?? 0;
    const lineEnd = lines.starts[to + 1] ?? text.length;
    const isAlone = text.slice(lineStart, range.start).trim() === "" && text.slice(range.end, lineEnd).trim() === "";
    if (isAlone) for (let line = from; line <= to; line++) commentLines.add(line);
    return { range, to, lineStart, lineEnd, isAlone };
  });
  return own.flatMap(({ range, to, lineStart, lineEnd, isAlone }) => {
    const written = text.slice(range.start, range.end);
    const head = marker.exec(written);
    if (head === null) return [];
    let target = to + 1;
    while (commentLines.has(target)) target++;
    const removal = isAlone ? { range: { start: lineStart, end: lineEnd }, text: "" } : { range, text: "" };
    const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
    const lineBreak = /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
    return [{
      file, range, ...codesOf(written, head[0].length, range.start), targetLine: isAlone ? target : undefined, removal,
      move: [{ range: { start: lineStart, end: lineStart }, text: `${indent}${written}${lineBreak}` }, { range: spaceBefore(text, range), text: "" }],
    }];
  });
}

function spaceBefore(text: string, range: Range): Range {
  let { start } = range;
  while (text[start - 1] === " " || text[start - 1] === "\t") start--;
  return { start, end: range.end };
}

/** The codes up to the colon, and the words that follow it. */
function codesOf(written: string, from: number, offset: number): Pick<IgnoreComment, "codes" | "reason" | "isPlaceholder"> {
  const body = written.replace(/\*\/$/, "");
  const colon = body.indexOf(":", from);
  // Without a colon the codes end where the commas do; what follows may be meant as a reason.
  const end = colon < 0 ? from + (/^\s*[^\s,]+(?:\s*,\s*[^\s,]+)*/.exec(body.slice(from))?.[0].length ?? 0) : colon;
  const codes = [...body.slice(from, end).matchAll(/[^\s,]+/g)].map((match) => {
    const start = offset + from + match.index;
    return { code: match[0], range: { start, end: start + match[0].length } };
  });
  const words = colon < 0 ? "" : body.slice(colon + 1).trim();
  const start = offset + body.indexOf(words, colon + 1);
  return { codes, reason: words === "" ? undefined : { start, end: start + words.length }, isPlaceholder: words === reasonPlaceholder };
}
