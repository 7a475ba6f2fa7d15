/** Broken text is the normal case: what damage costs, and where it is told. */
import { strict as assert } from "node:assert";
import { analyze } from "../../../language/src/index.ts";
import type { Diagnostic } from "../../../language/src/index.ts";
import { parse } from "../../../language/src/syntax/parse.ts";
import type { Statement } from "../../../language/src/syntax/tree.ts";
import { nameOf } from "../../../language/src/syntax/tree.ts";
import { createLineMap, positionAt } from "../../../language/src/text/line-map.ts";
import { checkInvariants, checkParse } from "../../helpers/invariants.ts";
import { completeTexts } from "../../helpers/texts.ts";

function identity(statement: Statement): string {
  return `${statement.spec.keyword} ${nameOf(statement)?.name ?? statement.fields[0]?.label ?? ""}`;
}

function declared(text: string): readonly string[] {
  return parse("test.lbpolicy", text).tree.declarations.map(identity);
}

function isWhole(statement: Statement): boolean {
  return !statement.broken && (statement.block === undefined || (statement.block.closed && statement.block.statements.every(isWhole)));
}

/** Where the parser first tells of the damage. Another name is no damage to it: that is told where the old one is used. */
function firstPlace(text: string): number | undefined {
  return parse("test.lbpolicy", text).problems[0]?.range.start;
}

function errors(text: string): readonly Diagnostic[] {
  return analyze({ file: "test.lbpolicy", text }).diagnostics.filter(({ code, severity }) => /^LBP[123]/.test(code) && severity === "error");
}

/** Statements that are whole and hold no block, with the words of the blocks around them. */
function lines(text: string, statements: readonly Statement[], around = ""): readonly { readonly what: string; readonly start: number; readonly end: number }[] {
  return statements.flatMap((statement) => {
    const { block, range, spec, broken } = statement;
    if (block !== undefined) return lines(text, block.statements, `${around}${spec.keyword} `);
    return broken ? [] : [{ what: around + text.slice(range.start, range.end), ...range }];
  });
}

/** Declarations of `before` that are gone in `after`. */
function lost(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = [...after];
  return before.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

describe("recovery", () => {
  for (const [name, text] of completeTexts) {
    it(`every prefix of ${name} keeps all declarations finished before it`, function () {
      this.timeout(120_000);
      const finished = parse("test.lbpolicy", text).tree.declarations;
      for (let length = 0; length <= text.length; length++) {
        const prefix = text.slice(0, length);
        const kept = (length % 40 === 0 ? checkInvariants(prefix) : checkParse(prefix)).tree.declarations;
        for (const [index, declaration] of finished.entries()) {
          if (declaration.range.end > length) break;
          const same = kept[index];
          assert.ok(same !== undefined && identity(same) === identity(declaration) && isWhole(same), `${identity(declaration)} is lost in ${JSON.stringify(prefix.slice(-40))}`);
        }
      }
    });
  }

  it("one deleted token costs its own declaration at most, and is told once, where it was", function () {
    this.timeout(120_000);
    let near = 0;
    let told = 0;
    const counts: number[] = [];
    const far: string[] = [];
    for (const [, text] of completeTexts) {
      const before = declared(text);
      const map = createLineMap(text);
      for (const token of parse("test.lbpolicy", text).tokens) {
        const damaged = `${text.slice(0, token.startOffset)}${" ".repeat(token.image.length)}${text.slice(token.endOffset + 1)}`;
        checkParse(damaged);
        const found = errors(damaged);
        const where = `${JSON.stringify(token.image)} at line ${positionAt(map, token.startOffset).line + 1}: ${found.map((each) => `${each.code} ${each.message}`).join(" ")}`;
        assert.ok(found.length <= 3, `${found.length} problems for ${where}`);
        assert.ok(lost(before, declared(damaged)).length <= 1, `lost ${lost(before, declared(damaged)).join()} without ${where}`);
        if (found.length > 0) counts.push(found.length);
        const first = firstPlace(damaged);
        if (first === undefined) continue;
        told++;
        if (Math.abs(positionAt(map, first).line - positionAt(map, token.startOffset).line) <= 1) near++;
        else far.push(where);
      }
    }
    counts.sort((a, b) => a - b);
    assert.equal(counts[counts.length >> 1], 1);
    assert.ok(near / told >= 0.95, `${near} of ${told} at the damaged line, not\n${far.join("\n")}`);
  });

  it("one wrong token in the place of another is told once, where it is", function () {
    this.timeout(240_000);
    for (const wrong of ["frob", "7", '"text"', ")", "{", "}", "(", ",", ";", "="]) {
      const counts: number[] = [];
      const far: string[] = [];
      let near = 0;
      let told = 0;
      for (const [, text] of completeTexts) {
        const map = createLineMap(text);
        const before = declared(text);
        for (const token of parse("test.lbpolicy", text).tokens) {
          const damaged = `${text.slice(0, token.startOffset)}${wrong}${text.slice(token.endOffset + 1)}`;
          const found = errors(damaged);
          const where = `${wrong} for ${JSON.stringify(token.image)} at line ${positionAt(map, token.startOffset).line + 1}: ${found.map((each) => `${each.code} ${each.message}`).join(" ")}`;
          assert.ok(found.length <= 3, `${found.length} problems for ${where}`);
          assert.ok(lost(before, declared(damaged)).length <= 2, `lost ${lost(before, declared(damaged)).join()} with ${where}`);
          if (found.length > 0) counts.push(found.length);
          const first = firstPlace(damaged);
          if (first === undefined) continue;
          told++;
          if (Math.abs(positionAt(createLineMap(damaged), first).line - positionAt(map, token.startOffset).line) <= 1) near++;
          else far.push(where);
        }
      }
      counts.sort((a, b) => a - b);
      assert.equal(counts[counts.length >> 1], 1, `the median with ${wrong}`);
      assert.ok(near / told >= 0.95, `${near} of ${told} at the damaged line with ${wrong}, not\n${far.join("\n")}`);
    }
  });

  it("one wrong token costs its own statement, and no other for nine in ten", function () {
    this.timeout(120_000);
    for (const wrong of ["", "frob", "7", '"text"', ")", "{", "}", ",", ";"]) {
      let alone = 0;
      let cases = 0;
      for (const [, text] of completeTexts) {
        const { tree, tokens } = parse("test.lbpolicy", text);
        const before = lines(text, tree.declarations);
        for (const token of tokens) {
          const damaged = text.slice(0, token.startOffset) + wrong + text.slice(token.endOffset + 1);
          const left = lines(damaged, parse("test.lbpolicy", damaged).tree.declarations).map(({ what }) => what);
          const gone = before.filter(({ what, start, end }) => {
            const at = left.indexOf(what);
            if (at >= 0) left.splice(at, 1);
            return at < 0 && !(start <= token.startOffset && token.endOffset < end);
          });
          cases++;
          if (gone.length === 0) alone++;
          // Where the brace of a block is damaged it may be the block; where a second one opens, what is behind it is inside.
          assert.ok(gone.length <= (wrong === "{" ? 8 : 4), `${wrong} for ${token.image} at ${token.startOffset} costs ${gone.map(({ what }) => what).join(", ")}`);
        }
      }
      assert.ok(alone / cases >= (wrong === "{" ? 0.85 : 0.9), `${alone} of ${cases} with ${wrong}`);
    }
  });

  it("a declaration without its first word, or with another, is known by its statements", () => {
    for (const head of ["weekday {", "trafic weekday {", "7 weekday {", '"x" weekday {', "; weekday {", "= weekday {", "weekday traffic {", "} weekday {"]) {
      const text = `backend b { server 10.0.0.1:80 }\n${head}\n  timezone "UTC"\n  base 5rps\n}\nscenario s {\n  backend b\n  traffic weekday\n  duration 1h\n}\n`;
      checkInvariants(text);
      assert.deepEqual(declared(text), ["backend b", "traffic weekday", "scenario s"], head);
      assert.equal(errors(text).length, 1, `${head} ${errors(text).map(({ message }) => message).join()}`);
    }
    // A block that fits several, or none, is not guessed at.
    for (const block of ['timezone "UTC"', "frob 5"]) assert.deepEqual(declared(`weekday {\n  ${block}\n}\n`), [], block);
  });

  it("a block whose head is broken is read all the same", () => {
    for (const head of ["backend {", "backend 7 {", "backend a b {", "backend { {", "backend } {", "backend a }", "backend a (", "backend a"]) {
      const text = `${head}\n  server x 10.0.0.1:80\n  keepalive 5\n}\n`;
      checkInvariants(text);
      const [only, ...more] = parse("test.lbpolicy", text).tree.declarations;
      assert.deepEqual(more, []);
      assert.deepEqual(only?.block?.statements.map((statement) => [statement.spec.keyword, statement.broken]), [["server", false], ["keepalive", false]], head);
    }
  });

  it("one brace or quote more or less costs at most two declarations, and one on the average", function () {
    this.timeout(120_000);
    let total = 0;
    let cases = 0;
    for (const [, text] of completeTexts) {
      const before = declared(text);
      const damage = (damaged: string): void => {
        checkParse(damaged);
        const count = lost(before, declared(damaged)).length;
        assert.ok(count <= 2, `lost ${lost(before, declared(damaged)).join()} in ${damaged}`);
        total += count;
        cases++;
      };
      for (let i = 0; i < text.length; i++) {
        if (/[{}"]/.test(text[i] ?? "")) damage(text.slice(0, i) + text.slice(i + 1));
        if (/\s/.test(text[i] ?? "") && i % 3 === 0) for (const extra of ["{", "}", '"']) damage(`${text.slice(0, i)} ${extra} ${text.slice(i)}`);
      }
    }
    assert.ok(total / cases <= 1, `${total} lost in ${cases} cases`);
  });

  it("a run of stray } does not hide what follows, and is told once", () => {
    const text = `backend a { server 10.0.0.1:80 }\n${"}\n".repeat(20_000)}backend b { server 10.0.0.2:80 } ${"}".repeat(50)} backend c { server 10.0.0.3:80 }\n`;
    assert.deepEqual(declared(text), ["backend a", "backend b", "backend c"]);
    assert.deepEqual(errors(text).map(({ code }) => code), ["LBP1006", "LBP1006"]);
  });

  it("a declaration begins at its line, even inside an unclosed block", () => {
    const text = 'backend a {\n  workload {\n    image "x"\nbackend b {\n  server 10.0.0.1:80\n}\nparam x = 1\nimport "y"\ntarget nginx {\n';
    assert.deepEqual(declared(text), ["backend a", "backend b", "param x", "import path", "target nginx"]);
    // in a block the same words are its statements
    assert.deepEqual(declared("scenario s {\n  backend b\n  traffic t\n  replicas 3\n}\nthreshold t {\n  target cpu 70%\n}\n"), ["scenario s", "threshold t"]);
  });

  it("a statement word at the start of a line is never a value", () => {
    const { tree, problems } = parse("test.lbpolicy", "backend b {\n  server a 10.0.0.1:80 weight\n  keepalive 5\n  balance\n  stream on\n}");
    assert.deepEqual(tree.declarations[0]?.block?.statements.map((statement) => [statement.spec.keyword, statement.broken]), [["server", true], ["keepalive", false], ["balance", true], ["stream", false]]);
    assert.deepEqual(problems.map(({ code }) => code), ["LBP1001", "LBP1001"]);
    // unless it follows a comma, a parenthesis, `=`, `..` or an operator
    const { policy } = analyze({ file: "t", text: "param stream = 5\nbackend b {\n  server a 10.0.0.1:80\n  keepalive 1 +\n  stream\n  max_queue max(\n  stream, 2)\n}" });
    assert.equal(policy.backends[0]?.keepalive, 6);
    assert.equal(policy.backends[0]?.maxQueue, 5);
  });

  it("an unfinished statement keeps what was understood of it", () => {
    const { tree } = parse("test.lbpolicy", "backend b {\n  server a 10.0.0.1:80 weight 2 capacity\n");
    const server = tree.declarations[0]?.block?.statements[0];
    assert.deepEqual(server?.fields.map((field) => field.label), ["name", "address", "weight"]);
    assert.equal(server?.broken, true);
  });

  describe("limits", () => {
    const openers: readonly (readonly [string, string, string])[] = [["braces", "backend a { ", "} "], ["blocks", "x { ", "} "], ["parentheses", "param p = ", ""], ["brackets", "[", "]"], ["mixed", "x ( { ", "} ) "]];
    for (const [what, open, close] of openers) {
      it(`${what}, nested 10² to 10⁵ deep, end in a positioned error within a second`, function () {
        this.timeout(30_000);
        for (const depth of [100, 1000, 10_000, 100_000]) {
          for (const closed of [true, false]) {
            const text = what === "parentheses" ? `${open}${"(".repeat(depth)}1${closed ? ")".repeat(depth) : ""}` : `backend b {\n${open.repeat(depth)}${closed ? close.repeat(depth) : ""}\n}`;
            const started = performance.now();
            const { diagnostics } = analyze({ file: "test.lbpolicy", text });
            assert.ok(performance.now() - started <= 1000, `${depth} took ${performance.now() - started} ms`);
            assert.ok(what === "brackets" ? diagnostics.length > 0 : diagnostics.some((diagnostic) => diagnostic.code === "LBP1013"), `${depth} ${closed}`);
          }
        }
      });
    }

    it("64 levels are allowed, and a deep declaration costs no other", () => {
      const nested = (depth: number): string => `param p = ${"(".repeat(depth)}1${")".repeat(depth)}\nbackend b { server 10.0.0.1:80 keepalive p }`;
      assert.deepEqual(errors(nested(64)), []);
      assert.deepEqual(errors(nested(65)).map(({ code, range }) => [code, range])[0], ["LBP1013", { start: 74, end: 75 }]);
      assert.deepEqual(declared(nested(65)), ["backend b"]);
    });

    it("a file of more than 16 MiB is refused before it is read", () => {
      const started = performance.now();
      const text = "a".repeat(16 * 2 ** 20 + 1);
      assert.deepEqual(parse("test.lbpolicy", text).problems.map(({ code }) => code), ["LBP1014"]);
      assert.ok(performance.now() - started < 500);
    });

    it("20,000 errors take at most 2 s, and 200 of a file are shown", function () {
      this.timeout(30_000);
      for (const text of [
        `backend b {\n${"  frob x\n".repeat(20_000)}}`, `backend b {\n${"  server x\n".repeat(20_000)}}`, `backend b {\n${"  health x\n".repeat(20_000)}}`, "backend b { health x }\n".repeat(20_000), "x { }\n".repeat(20_000),
        `backend b {\n${"  server 10.0.0.1:80 weight = ;\n".repeat(10_000)}}`, `param x = ${'"a" '.repeat(20_000)}`, `backend b {\n${"  keepalive 5 5\n".repeat(20_000)}}`, `param x = "${"\\x".repeat(20_000)}"`,
        `service s {\n${'  limit 5/s by\n'.repeat(20_000)}}`, `threshold t {\n${"  when cpu\n".repeat(20_000)}}`, `strategy s {\n${"  algorithm x\n".repeat(20_000)}}`,
      ]) {
        const started = performance.now();
        const { diagnostics } = analyze({ file: "test.lbpolicy", text });
        assert.ok(performance.now() - started <= 2000, `${JSON.stringify(text.slice(0, 40))} took ${Math.round(performance.now() - started)} ms`);
        assert.ok(diagnostics.length <= 201);
      }
    });
  });
});
