/** The table of dimensions and the rules of numbers in the reference's lexical rules. */
import { strict as assert } from "node:assert";
import { lex } from "../../../language/src/syntax/lexer.ts";
import { parse } from "../../../language/src/syntax/parse.ts";
import { fieldOf } from "../../../language/src/syntax/tree.ts";
import { applyEdits } from "../../../language/src/text/range.ts";
import { checkInvariants } from "../../helpers/invariants.ts";

function literal(text: string): { readonly kind: string; readonly value: number | undefined } {
  const source = `param x = ${text}`;
  checkInvariants(source);
  const { tree, problems } = parse("test.lbpolicy", source);
  assert.deepEqual(problems.map((problem) => problem.message), [], text);
  const value = fieldOf(tree.declarations[0]?.fields ?? [], "value")?.value;
  return value?.type === "literal" ? { kind: value.kind, value: value.value } : assert.fail(`${text} is no literal`);
}

const literals: readonly (readonly [string, string, number])[] = [
  ["3", "number", 3], ["0.25", "number", 0.25], ["1_000", "number", 1000], ["0", "number", 0], ["1_000_000.5", "number", 1_000_000.5], ["9007199254740991", "number", 9_007_199_254_740_991],
  ["70%", "ratio", 0.7], ["0.5%", "ratio", 0.005], ["99.9%", "ratio", 0.999],
  ["250ms", "duration", 0.25], ["2s", "duration", 2], ["5m", "duration", 300], ["1h", "duration", 3600], ["1d", "duration", 86_400], ["1w", "duration", 604_800],
  ["1h30m", "duration", 5400], ["1w2d3h4m5s6ms", "duration", 604_800 + 2 * 86_400 + 3 * 3600 + 4 * 60 + 5.006], ["1.5s", "duration", 1.5],
  ["200rps", "rate", 200], ["200/s", "rate", 200], ["90/m", "rate", 1.5], ["50/h", "rate", 50 / 3600], ["200/d", "rate", 200 / 86_400],
  ["512Ki", "size", 524_288], ["8Gi", "size", 8_589_934_592], ["1Ti", "size", 1_099_511_627_776], ["64Mi", "size", 67_108_864],
  ["1KB", "size", 1000], ["10MB", "size", 10_000_000], ["1GB", "size", 1e9], ["2TB", "size", 2e12], ["100B", "size", 100],
  ["$12", "money", 12], ["$2.10/h", "price", 2.1], ["$0/h", "price", 0], ["$1_000", "money", 1000],
  ["2x", "factor", 2], ["1.3x", "factor", 1.3],
];

/** What is no number, and what is offered instead. */
const wrong: readonly (readonly [string, readonly string[]])[] = [
  ["8G", ["8GB", "8Gi"]], ["512M", ["512MB", "512Mi"]], ["5sec", ["5s"]], ["10min", ["10m"]], ["100qps", ["100rps"]], ["2X", ["2x"]], ["3mS", ["3ms"]], ["10mb", ["10MB"]], ["200/sec", ["200/s"]], ["200/min", ["200/m"]],
  ["1e5", []], ["0x10", []], ["007", ["7"]], ["1__0", ["1_0"]], ["1_", ["1"]], ["30m1h", []], ["1h1h", []], ["1.5h30m", []], ["1.2.3", []], ["1a", []], ["5constructor", []], ["5__proto__", []],
  ["8:00", ["08:00"]], ["$2.10/d", ["$0.0875/h"]], ["$0.05/m", ["$3/h"]], ["$5m", []], ["9007199254740993", []], ["1e309", []], ["99999999999999999999999", []], ["10000Ti", []], [".5", ["0.5"]], ["1_.5", ["1.5"]], ["1._5", ["1.5"]],
];

describe("quantities", () => {
  for (const [text, kind, value] of literals) {
    it(`${text} is a ${kind} of ${value}`, () => {
      assert.deepEqual(literal(text), { kind, value });
    });
  }

  for (const [text, offered] of wrong) {
    it(`${text} is one token and one error${offered.length > 0 ? ` that offers ${offered.join(" or ")}` : ""}`, () => {
      const source = `param x = ${text}`;
      checkInvariants(source);
      const { problems, tokens } = parse("test.lbpolicy", source);
      assert.deepEqual(problems.map((problem) => [problem.code, problem.range]), [["LBP1011", { start: 10, end: source.length }]], problems.map((problem) => problem.message).join("\n"));
      assert.equal(tokens.length, 4);
      assert.deepEqual(problems[0]?.fixes.map((fix) => applyEdits(source, fix.edits)), offered.map((fix) => `param x = ${fix}`));
      for (const fix of problems[0]?.fixes ?? []) assert.ok(parse("test.lbpolicy", applyEdits(source, fix.edits)).problems.every((problem) => problem.code !== "LBP1011"));
    });
  }

  it("tells times, dates, ranges and addresses from numbers by their shape", () => {
    const types = (text: string): readonly string[] => lex("test.lbpolicy", text).tokens.map((token) => `${token.tokenType.name} ${token.image}`);
    assert.deepEqual(types("08:00 23:59:30 24:00 25:00"), ["Time 08:00", "Time 23:59:30", "Time 24:00", "Time 25:00"]);
    assert.deepEqual(types("08:00-20:00 22:00-06:00:30"), ["TimeRange 08:00-20:00", "TimeRange 22:00-06:00:30"]);
    assert.deepEqual(types("2026-11-27 2026-11-27 20:00 2026-13-45"), ["Date 2026-11-27", "Date 2026-11-27 20:00", "Date 2026-13-45"]);
    assert.deepEqual(types("3..10 0.5..1 512Mi..1Gi a..b"), [
      "NumberLiteral 3", "DotDot ..", "NumberLiteral 10", "NumberLiteral 0.5", "DotDot ..", "NumberLiteral 1", "SizeLiteral 512Mi", "DotDot ..", "SizeLiteral 1Gi", "Name a", "DotDot ..", "Name b",
    ]);
    assert.deepEqual(types("200-399 5xx 5-3"), ["StatusRange 200-399", "StatusClass 5xx", "NumberLiteral 5", "Minus -", "NumberLiteral 3"]);
    assert.deepEqual(types("10.0.0.1:80 [2001:db8::1]:80 api.internal:443 unix:/run/app.sock localhost:1 server:80 3com.example:80 999.999.0.1:99999"), [
      "Address 10.0.0.1:80", "Address [2001:db8::1]:80", "Address api.internal:443", "Address unix:/run/app.sock", "Address localhost:1", "Address server:80", "Address 3com.example:80", "Address 999.999.0.1:99999",
    ]);
    assert.deepEqual(types("200//s"), ["NumberLiteral 200"]);
    assert.deepEqual(types("mon-fri fri-mon mon-friday open-close"), ["DayRange mon-fri", "DayRange fri-mon", "Name mon-friday", "Name open-close"]);
  });
});
