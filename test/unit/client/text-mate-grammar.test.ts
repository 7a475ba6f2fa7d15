/** The TextMate grammar, run by the engine of VS Code: every construct of the language gets the scope that themes colour. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { IGrammar } from "vscode-textmate";
import type { BlockSpec, Element } from "../../../language/src/syntax/spec.ts";
import { fileBlock } from "../../../language/src/syntax/constructs/index.ts";
import { root } from "../../helpers/root.ts";

const require = createRequire(import.meta.url);
const textmate = require("vscode-textmate") as typeof import("vscode-textmate");
const oniguruma = require("vscode-oniguruma") as typeof import("vscode-oniguruma");

interface Token { readonly text: string; readonly scope: string }

async function loadGrammar(): Promise<IGrammar> {
  await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
  const path = new URL("syntaxes/lbpolicy.tmLanguage.json", root);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns), createOnigString: (text) => new oniguruma.OnigString(text) }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(path, "utf8"), path.pathname),
  });
  const grammar = await registry.loadGrammar("source.lbpolicy");
  assert.ok(grammar);
  return grammar;
}

/** Tokens without white space, each with its innermost scope (the language's name cut off). */
function tokenize(grammar: IGrammar, text: string): readonly Token[] {
  let state = textmate.INITIAL;
  return text.split("\n").flatMap((line) => {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    return result.tokens
      .map((token) => ({ text: line.slice(token.startIndex, token.endIndex), scope: (token.scopes.at(-1) ?? "").replace(/\.lbpolicy$/, "") }))
      .filter((token) => token.text.trim() !== "");
  });
}

function wordsOf(element: Element): readonly string[] {
  switch (element.type) {
    case "word": return [element.word];
    case "enum": return element.words;
    case "value": return [];
    case "optional": return element.elements.flatMap(wordsOf);
    case "choice": return element.alternatives.flat().flatMap(wordsOf);
    case "list": return element.item.flatMap(wordsOf);
    case "options": return element.options.flatMap((option) => [option.keyword, ...option.elements.flatMap(wordsOf)]);
    case "block": return [];
  }
}

/** Every block of the language, by name, without repeats. */
function blocksOf(block: BlockSpec, seen = new Map<string, BlockSpec>()): ReadonlyMap<string, BlockSpec> {
  if (seen.has(block.name)) return seen;
  seen.set(block.name, block);
  const visit = (element: Element): void => {
    if (element.type === "block") blocksOf(element.block, seen);
    else if (element.type === "optional") element.elements.forEach(visit);
    else if (element.type === "choice") element.alternatives.flat().forEach(visit);
    else if (element.type === "list") element.item.forEach(visit);
    else if (element.type === "options") element.options.flatMap((option) => option.elements).forEach(visit);
  };
  for (const statement of block.statements) statement.elements.forEach(visit);
  return seen;
}

describe("the TextMate grammar", () => {
  let grammar: IGrammar;
  before(async () => { grammar = await loadGrammar(); });

  const scopeOf = (line: string, word: string): string | undefined => tokenize(grammar, line).find((token) => token.text.trim() === word)?.scope;

  for (const [line, word, scope] of [
    ["backend shop {", "backend", "storage.type.declaration"],
    ["backend shop {", "shop", "entity.name.type"],
    ["target kubernetes {", "kubernetes", "entity.name.type"],
    ["  target cpu 70%", "target", "keyword.other.statement"],
    ["  target cpu 70%", "cpu", "support.variable.metric"],
    ['import "common.lbpolicy"', "import", "keyword.control.import"],
    ["param peak = 1200rps", "peak", "variable.other.constant"],
    ["param peak = 1200rps", "rps", "keyword.other.unit"],
    ["  server weight 10.0.0.11:5000 weight 2", "10.0.0.11:5000", "constant.other.address"],
    ["  server [2001:db8::1]:80", "[2001:db8::1]:80", "constant.other.address"],
    ["  server api.internal:443", "api.internal:443", "constant.other.address"],
    ["  server unix:/run/app.sock", "unix:/run/app.sock", "constant.other.address"],
    ["  server weight 10.0.0.11:5000 down", "down", "variable.parameter.option"],
    ["  demand 200/s", "/s", "keyword.other.unit"],
    ["  startup 1h30m", "h", "keyword.other.unit"],
    ["  startup 250ms", "ms", "keyword.other.unit"],
    ["  memory 16Gi..24Gi", "..", "keyword.operator.range"],
    ["  memory 16Gi..24Gi", "Gi", "keyword.other.unit"],
    ["  scale 2..120 {", "120", "constant.numeric"],
    ["  body_limit 10MB", "MB", "keyword.other.unit"],
    ["  replica cost $2.10/h", "2.10", "constant.numeric"],
    ["  traffic weekday 2x", "weekday", "variable.other.reference"],
    ["  traffic weekday 2x", "x", "keyword.other.unit"],
    ["  every mon-fri 08:00-20:00", "mon-fri", "constant.language.days"],
    ["  every mon-fri 08:00-20:00", "08:00", "constant.other.time"],
    ["  from 2026-11-27 20:00", "2026-11-27 20:00", "constant.other.date"],
    ["  health http \"/\" expect 200-399", "200-399", "constant.numeric.status"],
    ["  retry 2 on error, timeout, 5xx, 502", "5xx", "constant.numeric.status"],
    ["  when load_factor > 95% for 30s double", ">", "keyword.operator.comparison"],
    ["  when load_factor > 95% for 30s double", "double", "variable.parameter.option"],
    ["  tolerance ceil(peak / 3)", "ceil", "support.function"],
    ["  tolerance peak - low", "-", "keyword.operator.arithmetic"],
    ["/// A tier.", " A tier.", "comment.line.documentation"],
    ["//// not a document", "// not a document", "comment.line.double-slash"],
    ["# a comment", " a comment", "comment.line.number-sign"],
    ["// lbpolicy-ignore LBP4001: known", "LBP4001", "constant.other.code"],
    ['  image "a\\u{1F600}b"', "\\u{1F600}", "constant.character.escape"],
    ['  image "a\\nb"', "\\n", "invalid.illegal.escape"],
    ["  startup 5x9", "5x9", "invalid.illegal.number"],
  ] as const) {
    it(`reads ${word.trim()} in \`${line.trim()}\` as ${scope}`, () => {
      const token = tokenize(grammar, line).find((each) => each.text === word || each.text.trim() === word);
      assert.equal(token?.scope, scope, JSON.stringify(tokenize(grammar, line)));
    });
  }

  it("reads what a statement refers to as a reference, whatever its name", () => {
    assert.equal(scopeOf("  balance weight", "weight"), "variable.other.reference");
    assert.equal(scopeOf('  route "/" to backup', "backup"), "variable.other.reference");
    assert.equal(scopeOf("  balance ip_hash", "ip_hash"), "constant.language");
  });

  it("reads a server that is named as an option as a name", () => {
    assert.equal(scopeOf("  server weight 10.0.0.11:5000 backup", "weight"), "entity.name.function.member");
  });

  it("ends a string at the end of its line", () => {
    assert.equal(tokenize(grammar, '  image "open\nbackend b {').find((token) => token.text === "backend")?.scope, "storage.type.declaration");
  });

  it("keeps a block comment open over lines", () => {
    const tokens = tokenize(grammar, "/* a\nbackend b {\n*/ backend c {");
    assert.equal(tokens.find((token) => token.text === "backend b {")?.scope, "comment.block");
    assert.equal(tokens.find((token) => token.text === "c")?.scope, "entity.name.type");
  });

  for (const [name, block] of blocksOf(fileBlock)) {
    it(`colours every statement and word of ${name}`, () => {
      const plain: string[] = [];
      for (const statement of block.statements) {
        if (statement.lead !== undefined) continue;
        const line = name === "file" ? `${statement.keyword} ${statement.keyword === "import" ? '"x"' : statement.keyword === "param" ? "x = 1" : statement.keyword === "target" ? "nginx {" : "x {"}` : `  ${statement.keyword} 1`;
        if (!/^(?:keyword|storage)/.test(scopeOf(line, statement.keyword) ?? "")) plain.push(statement.keyword);
        for (const word of statement.elements.flatMap(wordsOf)) {
          const text = `  ${statement.keyword} 1 ${word} 2`;
          const token = tokenize(grammar, text).filter((each) => each.text.trim() === word).at(-1);
          if (/^[A-Za-z]/.test(word) && !/^(?:keyword|constant|support|variable\.parameter)/.test(token?.scope ?? "")) plain.push(`${statement.keyword} … ${word}`);
        }
      }
      assert.deepEqual(plain, []);
    });
  }

  for (const sample of ["shop", "ai-gateway"]) {
    it(`finds nothing illegal in the sample ${sample}`, () => {
      const text = readFileSync(new URL(`samples/${sample}/policy.lbpolicy`, root), "utf8");
      assert.deepEqual(tokenize(grammar, text).filter((token) => token.scope.startsWith("invalid")), []);
    });
  }
});
