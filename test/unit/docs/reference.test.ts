/** docs/language.md: its examples are policies, its tables are those of the grammar, and nothing of the grammar is left out. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { analyze, applyEdits, format, readSettings, registry } from "../../../language/src/index.ts";
import { fileBlock } from "../../../language/src/syntax/constructs/index.ts";
import type { BlockSpec, Element, StatementSpec } from "../../../language/src/syntax/spec.ts";
import type { Statement } from "../../../language/src/syntax/tree.ts";
import { root } from "../../helpers/root.ts";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), "utf8");
const page = read("docs/language.md");
const examples = [...page.matchAll(/^```lbpolicy\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");

/** Every statement of the language; those that two blocks share stand once. */
function statementsOf(block: BlockSpec, found = new Set<StatementSpec>()): ReadonlySet<StatementSpec> {
  const visit = (element: Element): void => {
    if (element.type === "block") statementsOf(element.block, found);
    else if (element.type === "optional") element.elements.forEach(visit);
    else if (element.type === "choice") element.alternatives.flat().forEach(visit);
    else if (element.type === "options") element.options.flatMap((option) => option.elements).forEach(visit);
    else if (element.type === "list") element.item.forEach(visit);
  };
  for (const statement of block.statements) {
    if (found.has(statement)) continue;
    found.add(statement);
    statement.elements.forEach(visit);
  }
  return found;
}

/** The words of a statement beside its keyword, without those of the block that it holds. */
function wordsOf(statement: StatementSpec): readonly string[] {
  const words = (element: Element): readonly string[] => {
    switch (element.type) {
      case "word": return /^\w/u.test(element.word) ? [element.word] : [];
      case "enum": return element.words;
      case "optional": return element.elements.flatMap(words);
      case "choice": return element.alternatives.flat().flatMap(words);
      case "list": return element.item.flatMap(words);
      case "options": return element.options.flatMap((option) => [option.keyword, ...option.elements.flatMap(words)]);
      default: return [];
    }
  };
  return [...new Set(statement.elements.flatMap(words))];
}

function writtenIn(statements: readonly Statement[]): readonly StatementSpec[] {
  return statements.flatMap((statement) => [statement.spec, ...writtenIn(statement.block?.statements ?? [])]);
}

describe("the reference", () => {
  for (const [i, text] of examples.entries()) {
    it(`example ${i + 1} has no error: ${text.split("\n").find((line) => /^[a-z]/.test(line)) ?? ""}`, () => {
      const { diagnostics } = analyze({ file: "example.lbpolicy", text }, { targets: [] });
      assert.deepEqual(diagnostics.filter((diagnostic) => diagnostic.severity === "error" || diagnostic.code.startsWith("LBP10")).map((diagnostic) => `${diagnostic.code} ${diagnostic.message}`), [], text);
    });
  }

  it("shows every statement of the language in an example", () => {
    const shown = new Set(examples.flatMap((text) => writtenIn(analyze({ file: "a", text }).tree.declarations)));
    const elsewhere = new Set(["import"]);
    assert.deepEqual([...statementsOf(fileBlock)].filter((statement) => !shown.has(statement) && !elsewhere.has(statement.keyword)).map((statement) => statement.keyword), []);
  });

  it("shows every option and every word of a statement in an example of that statement", () => {
    const shown = new Map<StatementSpec, Set<string>>();
    const collect = (text: string, statements: readonly Statement[]): void => {
      for (const { spec, range, block } of statements) {
        const words = shown.get(spec) ?? new Set<string>();
        shown.set(spec, words);
        for (const [word] of text.slice(range.start, block?.range.start ?? range.end).matchAll(/[A-Za-z_][\w-]*/gu)) words.add(word);
        collect(text, block?.statements ?? []);
      }
    };
    for (const text of examples) collect(text, analyze({ file: "a", text }).tree.declarations);
    const missing = [...statementsOf(fileBlock)].flatMap((spec) => spec.keyword === "import" ? [] : wordsOf(spec).filter((word) => shown.get(spec)?.has(word) !== true).map((word) => `${spec.keyword} … ${word}`));
    assert.deepEqual(missing, []);
  });

  it("has a table of every block", () => {
    const tables = new Set([...page.matchAll(/<!-- table: ([^>]+) -->/g)].map((match) => match[1]));
    const blocks = new Set<string>();
    const visit = (block: BlockSpec): void => {
      if (blocks.has(block.name)) return;
      blocks.add(block.name);
      for (const statement of block.statements) for (const inner of blocksIn(statement.elements)) visit(inner);
    };
    visit(fileBlock);
    // Two statements of one line each, shown by their examples.
    for (const small of ["environment", "geo"]) blocks.delete(small);
    assert.deepEqual([...blocks].filter((name) => !tables.has(name)), []);
  });

  it("and its index and schema are as the sources say: else run npm run docs", async () => {
    const { generatedFiles } = await import(new URL("scripts/docs-content.mjs", root).href) as { generatedFiles: (read: (path: string) => string) => Promise<readonly (readonly [string, string])[]> };
    for (const [path, text] of await generatedFiles(read)) assert.equal(read(path), text, path);
  });

  it("formats as it says: an example that is formatted twice is the same", () => {
    for (const text of examples) {
      const once = applyEdits(text, format({ file: "a", text }));
      assert.equal(applyEdits(once, format({ file: "a", text: once })), once);
    }
  });

  it("names only diagnostics that there are", () => {
    const known = new Set(registry.map((kind) => kind.code));
    assert.deepEqual([...page.matchAll(/\bLBP\d{4}\b/g)].map((match) => match[0]).filter((code) => !known.has(code)), []);
  });
});

function blocksIn(elements: readonly Element[]): readonly BlockSpec[] {
  return elements.flatMap((element): readonly BlockSpec[] => {
    switch (element.type) {
      case "block": return [element.block];
      case "optional": return blocksIn(element.elements);
      case "choice": return element.alternatives.flatMap(blocksIn);
      case "options": return element.options.flatMap((option) => blocksIn(option.elements));
      case "list": return blocksIn(element.item);
      default: return [];
    }
  });
}

describe("the rows of the language and their tests", () => {
  it("name test files that there are, and tests in them", () => {
    const rows = read("docs/language-tests.md").split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));
    assert.ok(rows.length > 60, `${rows.length} rows`);
    for (const row of rows) {
      const tests = row.split(" | ").at(-1)?.replace(/ \|$/u, "") ?? "";
      const named = [...tests.matchAll(/`([\w./-]+\.test\.ts)`(?:: (.+?))?(?=(?:[;,] `[\w./-]+\.test\.ts`)|$)/gu)];
      assert.ok(named.length > 0, row);
      for (const [, file = "", title] of named) {
        const source = read(`test/unit/${file}`);
        assert.ok(title === undefined || source.includes(title), `${file} has no test "${title ?? ""}"`);
      }
    }
  });
});

describe("the schema of lbpolicy.json", () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(read("schemas/lbpolicy.schema.json")) as object);
  const shown = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");

  it("takes the example of the reference, as the reader does", () => {
    assert.equal(shown.length, 1);
    for (const text of shown) {
      assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
      assert.deepEqual(readSettings({ file: "lbpolicy.json", text }).diagnostics, []);
    }
  });

  for (const text of [
    "[]", "{ \"severity\": {} }", "{ \"severities\": [] }", "{ \"severities\": { \"LBP9999\": \"off\" } }", "{ \"severities\": { \"LBP2010\": \"warn\" } }", "{ \"targets\": [] }",
    "{ \"targets\": [\"caddy\"] }", "{ \"targets\": \"nginx\" }", "{ \"params\": { \"peak\": true } }", "{ \"params\": [] }", "{ \"$schema\": 5 }",
  ]) {
    it(`refuses what the reader refuses: ${text}`, () => {
      assert.ok(!validate(JSON.parse(text)));
      assert.ok(readSettings({ file: "lbpolicy.json", text }).diagnostics.length > 0);
    });
  }
});
