/** What holds for every text, however broken. Each parse in a test goes through here. */
import { strict as assert } from "node:assert";
import { analyze, applyEdits, format } from "../../language/src/index.ts";
import { parse } from "../../language/src/syntax/parse.ts";
import type { ParseResult } from "../../language/src/syntax/parse.ts";
import type { Field, Statement, Value } from "../../language/src/syntax/tree.ts";
import type { Range } from "../../language/src/text/range.ts";
import { contains } from "../../language/src/text/range.ts";

/** Throws where the text breaks an invariant; gives the parse of it. */
export function checkInvariants(text: string): ParseResult {
  const parsed = checkParse(text);
  const analysis = analyze({ file: "test.lbpolicy", text });
  for (const { range, message, fixes } of analysis.diagnostics) {
    assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length, `${message} lies outside the text`);
    assert.match(message, /\S[.?]$/, "a message is a sentence");
    assert.doesNotMatch(message, /token of type|undefined|NaN|\[object|-->/, "a message is in the words of the language");
    for (const { edits } of fixes) for (const edit of edits) assert.ok(edit.range.start >= 0 && edit.range.start <= edit.range.end && edit.range.end <= text.length, "a fix lies in the text");
  }
  checkFormat(text, parsed);
  return parsed;
}

/** Tokens, comments and tree of a text, without resolving it. */
export function checkParse(text: string): ParseResult {
  const parsed = parse("test.lbpolicy", text);
  checkPieces(text, parsed);
  const whole = { start: 0, end: text.length };
  assert.deepEqual(parsed.tree.range, whole);
  checkStatements(parsed.tree.declarations, whole);
  return parsed;
}

/** The tree as plain data without places: what formatting may not change. */
export function shapeOf(statements: readonly Statement[]): unknown {
  return statements.map((statement) => ({
    keyword: statement.spec.keyword, broken: statement.broken, documentation: statement.documentation, fields: statement.fields.map(fieldShape),
    block: statement.block === undefined ? undefined : { closed: statement.block.closed, statements: shapeOf(statement.block.statements) },
  }));
}

const places = new Set(["range", "functionRange", "keyword", "word", "element", "spec"]);

function fieldShape(field: Field): unknown {
  return { label: field.label, word: field.word !== undefined, value: field.value === undefined ? undefined : plain(field.value) };
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("label" in value) return fieldShape(value as Field);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !places.has(key)).map(([key, part]) => [key, plain(part)]));
}

function checkPieces(text: string, parsed: ParseResult): void {
  const pieces = [
    ...parsed.tokens.map((token) => ({ start: token.startOffset, end: token.endOffset + 1, image: token.image })),
    ...parsed.tree.comments.map(({ range }) => ({ ...range, image: text.slice(range.start, range.end) })),
  ].sort((a, b) => a.start - b.start);
  const leftOut = parsed.problems.filter((problem) => problem.range.end > problem.range.start).map((problem) => problem.range);
  let at = 0;
  let rebuilt = "";
  for (const piece of [...pieces, { start: text.length, end: text.length, image: "" }]) {
    assert.ok(piece.start >= at, `pieces overlap at ${piece.start}`);
    const gap = text.slice(at, piece.start);
    const begin = at;
    if (/[^\s\uFEFF]/.test(gap)) {
      const covered = leftOut.some((range) => range.start <= begin + gap.search(/[^\s\uFEFF]/) && range.end > begin);
      assert.ok(covered || parsed.tokens.length === 0, `${JSON.stringify(gap)} at ${begin} is neither token nor comment, and nobody says so`);
    }
    rebuilt += gap + piece.image;
    at = piece.end;
  }
  assert.equal(rebuilt, text, "tokens, comments and gaps rebuild the text");
}

function checkStatements(statements: readonly Statement[], parent: Range): void {
  let at = parent.start;
  for (const statement of statements) {
    const { range } = statement;
    assert.ok(range.start >= at && range.end >= range.start && range.end <= parent.end, `${statement.spec.keyword} at ${range.start} lies inside its parent, behind its neighbour`);
    assert.ok(contains(range, statement.keyword), "a keyword lies in its statement");
    checkFields(statement.fields, range);
    if (statement.block !== undefined) {
      assert.ok(contains(range, statement.block.range), "a block lies in its statement");
      checkStatements(statement.block.statements, statement.block.range);
    }
    at = range.end;
  }
}

function checkFields(fields: readonly Field[], parent: Range): void {
  for (const { value, word, label } of fields) {
    if (word !== undefined) assert.ok(contains(parent, word), `the word of ${label} lies in its statement`);
    if (value !== undefined) checkValue(value, parent);
  }
}

function checkValue(value: Value, parent: Range): void {
  assert.ok(contains(parent, value.range), `${value.type} ${value.range.start}-${value.range.end} lies in ${parent.start}-${parent.end}`);
  if (value.type === "group") checkFields(value.fields, value.range);
  const children: readonly Value[] = value.type === "list" ? value.items
    : value.type === "binary" ? [value.left, value.right]
      : value.type === "call" ? value.arguments
        : value.type === "parenthesized" ? [value.inner]
          : value.type === "range" ? [value.low, ...(value.high === undefined ? [] : [value.high])]
            : value.type === "curve" ? value.points.flatMap((point) => [point.seconds, ...(point.at === undefined ? [] : [point.at])])
              : value.type === "offset" ? [value.after] : value.type === "named-metric" ? [value.name] : [];
  let at = value.range.start;
  for (const child of children) {
    assert.ok(child.range.start >= at, `the parts of a ${value.type} stand in order`);
    checkValue(child, value.range);
    at = child.range.end;
  }
}

function checkFormat(text: string, parsed: ParseResult): void {
  const formatted = applyEdits(text, format({ file: "test.lbpolicy", text }));
  const again = checkParse(formatted);
  assert.deepEqual(again.tokens.map((token) => token.image), parsed.tokens.map((token) => token.image), "formatting keeps every token");
  const comments = (source: string, result: ParseResult): readonly string[] => result.tree.comments.map(({ range }) => source.slice(range.start, range.end).trimEnd());
  assert.deepEqual(comments(formatted, again), comments(text, parsed), "formatting keeps every comment");
  assert.deepEqual(shapeOf(again.tree.declarations), shapeOf(parsed.tree.declarations), `formatting keeps the tree of ${JSON.stringify(text)}`);
  // A minus without its spaces gets them: that is white space, and the one error that white space can be.
  const codes = (result: ParseResult): readonly string[] => result.problems.map((problem) => problem.code).filter((code) => code !== "LBP1016");
  assert.deepEqual(codes(again), codes(parsed), "formatting keeps the problems");
  assert.equal(applyEdits(formatted, format({ file: "test.lbpolicy", text: formatted })), formatted, "formatting again changes nothing");
}
