/** The TextMate grammar against the language's own lexer: every token of real policies has the scope of its kind. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { IGrammar } from "vscode-textmate";
import { parse } from "../../../language/src/syntax/parse.ts";
import type { Statement } from "../../../language/src/syntax/tree.ts";
import { root } from "../../helpers/root.ts";

const require = createRequire(import.meta.url);
const textmate = require("vscode-textmate") as typeof import("vscode-textmate");
const oniguruma = require("vscode-oniguruma") as typeof import("vscode-oniguruma");
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), "utf8");

async function loadGrammar(): Promise<IGrammar> {
  await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
  const path = "syntaxes/lbpolicy.tmLanguage.json";
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns), createOnigString: (text) => new oniguruma.OnigString(text) }),
    loadGrammar: async () => textmate.parseRawGrammar(read(path), path),
  });
  const grammar = await registry.loadGrammar("source.lbpolicy");
  assert.ok(grammar);
  return grammar;
}

/** The scopes at each offset, innermost last. */
function scopesOf(grammar: IGrammar, text: string): readonly (readonly string[])[] {
  const scopes: (readonly string[])[] = [];
  let state = textmate.INITIAL;
  for (const line of text.split("\n")) {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const token of result.tokens) for (let i = token.startIndex; i < Math.min(token.endIndex, line.length); i++) scopes.push(token.scopes);
    scopes.push([]);
  }
  return scopes;
}

/** By the lexer's kind of token: one of these scopes stands at each of its characters. */
const expected: Readonly<Record<string, RegExp>> = {
  NumberLiteral: /^constant\.numeric/, RatioLiteral: /^(?:constant\.numeric|keyword\.other\.unit)/, DurationLiteral: /^(?:constant\.numeric|keyword\.other\.unit)/,
  RateLiteral: /^(?:constant\.numeric|keyword\.other\.unit)/, SizeLiteral: /^(?:constant\.numeric|keyword\.other\.unit)/, MoneyLiteral: /^(?:constant\.numeric|keyword\.other\.unit)/,
  PriceLiteral: /^(?:constant\.numeric|keyword\.other\.unit)/, FactorLiteral: /^(?:constant\.numeric|keyword\.other\.unit)/, StringLiteral: /^string\./,
  Address: /^constant\.other\.address/, Time: /^constant\.other\.time/, TimeRange: /^(?:constant\.other\.time|punctuation\.separator\.range)/, Date: /^constant\.other\.date/,
  DayRange: /^constant\.language\.days/, StatusRange: /^constant\.numeric\.status/, StatusClass: /^constant\.numeric\.status/,
  LBrace: /^punctuation/, RBrace: /^punctuation/, LParen: /^punctuation/, RParen: /^punctuation/, Comma: /^punctuation/,
  Plus: /^keyword\.operator/, Minus: /^keyword\.operator/, Star: /^keyword\.operator/, Slash: /^keyword\.operator/, DotDot: /^keyword\.operator/, Comparison: /^keyword\.operator/,
};
const keywordScope = /^(?:keyword|storage|constant\.language|support|variable\.parameter|entity\.name\.type)/;
const nameScope = /^(?:entity|variable|support|constant\.language)/;
const wordScope = /^(?:keyword|storage|constant\.language|support|variable|entity)/;

/** Offsets of the words that the tree reads as keywords of statements. */
function keywordOffsets(statements: readonly Statement[], found = new Set<number>()): ReadonlySet<number> {
  for (const statement of statements) {
    if (statement.spec.lead === undefined) found.add(statement.keyword.start);
    keywordOffsets(statement.block?.statements ?? [], found);
  }
  return found;
}

const texts: readonly (readonly [string, string])[] = [
  ["the whole file", read("test/fixtures/whole.lbpolicy")],
  ...["shop", "ai-gateway"].map((name) => [`the sample ${name}`, read(`samples/${name}/policy.lbpolicy`)] as const),
  ...[...read("docs/language.md").matchAll(/^```lbpolicy\n([\s\S]*?)^```$/gm)].map((match, i) => [`example ${i + 1} of the reference`, match[1] ?? ""] as const),
  ["every kind of literal", `param n = 1_000.5
param r = 70%
param d = 1h30m
param q = 90/m + 200rps - 5/s
param s = 512Ki
param m = $12
param f = 2x
backend b {
  replica cost $2.10/h capacity min(q, 5rps) * 2 / 3
  demand (q)
  address [2001:db8::1]:80
  workload {
    cpu 500m..2
    memory 512Mi..1GB
  }
  health http "/a\\"b\\\\c\\u{1F600}" expect 200-399
}
backend c {
  server unix:/run/app.sock
  server api.internal:443
}
strategy t { retry 1 on error, 5xx, 502 }
schedule w {
  every sat, sun 23:59:30-24:00
  every daily 08:00-20:00
  from 2026-11-27
  replicas 2..4
}
scenario z {
  backend c
  start 2026-11-27 20:00
  fail 1 replicas at +5m for 1m
  expect p95 <= 3s
}
`],
];

describe("the TextMate grammar and the lexer", () => {
  let grammar: IGrammar;
  before(async () => { grammar = await loadGrammar(); });

  for (const [name, text] of texts) {
    it(`agree on ${name}`, () => {
      const parsed = parse("a", text);
      assert.deepEqual(parsed.problems.map((problem) => problem.message), []);
      const scopes = scopesOf(grammar, text);
      const keywords = keywordOffsets(parsed.tree.declarations);
      const wrong = parsed.tokens.flatMap((token) => {
        const kind = token.tokenType.name;
        const wanted = expected[kind] ?? (/^'.*'$/.test(kind) || keywords.has(token.startOffset) ? keywordScope : kind === "Name" ? nameScope : wordScope);
        const at = scopes.slice(token.startOffset, token.endOffset + 1);
        const inner = at.map((each) => each.at(-1) ?? "");
        const fits = kind === "StringLiteral" ? at.every((each) => each.some((scope) => wanted.test(scope))) : inner.every((scope) => wanted.test(scope));
        return fits ? [] : [`${kind} ${token.image}: ${[...new Set(inner)].join(", ")}`];
      });
      assert.deepEqual(wrong, []);
    });

    it(`agree on the comments of ${name}`, () => {
      const scopes = scopesOf(grammar, text);
      for (const { kind, range } of parse("a", text).tree.comments) {
        const wanted = { line: "comment.line.double-slash", hash: "comment.line.number-sign", doc: "comment.line.documentation", block: "comment.block" }[kind];
        for (let i = range.start; i < range.end; i++) if (text[i] !== "\n") assert.ok(scopes[i]?.some((scope) => scope.startsWith(wanted)), `${kind} at ${i}: ${scopes[i]?.join(" ")}`);
      }
    });
  }
});
