/** A text read piece by piece, and read again around each edit, gives what the whole text gives. */
import { strict as assert } from "node:assert";
import type { Diagnostic } from "../../../language/src/diagnostics/diagnostic.ts";
import { parse } from "../../../language/src/syntax/parse.ts";
import { combined, piecesAfter, piecesOf } from "../../../language/src/syntax/pieces.ts";
import type { Pieces } from "../../../language/src/syntax/pieces.ts";
import type { Statement } from "../../../language/src/syntax/tree.ts";
import { changeOf, edited, randomEdit, randomFrom } from "../../helpers/random-edits.ts";
import { shapeOf } from "../../helpers/invariants.ts";
import { completeTexts, wholeText } from "../../helpers/texts.ts";

const seed = Number(process.env["LBPOLICY_SEED"] ?? 20261120);
const edits = Number(process.env["LBPOLICY_EDITS"] ?? 1500);

describe("pieces of a text", () => {
  it("cuts before each declaration and the comments above it", () => {
    const { pieces, starts } = piecesOf("p", "// of nothing\nbackend a { } // at the end /* and\n/// of b\nbackend b { }\n\n/* long\n*/ param x = 1\nbackend c {\n");
    assert.deepEqual(pieces.map((piece) => piece.text), ["// of nothing\nbackend a { } // at the end /* and\n", "/// of b\nbackend b { }\n", "\n/* long\n*/ param x = 1\n", "backend c {\n"]);
    assert.deepEqual(starts, [0, 49, 72, 96]);
  });

  it("keeps the pieces that an edit does not touch", () => {
    const text = Array.from({ length: 9 }, (_, index) => `backend b${index} { server 10.0.0.${index}:80 }\n`).join("");
    const before = piecesOf("p", text);
    const at = text.indexOf("10.0.0.4");
    const after = piecesAfter(before, { start: at, end: at + 2, length: 3 }, `${text.slice(0, at)}192${text.slice(at + 2)}`);
    assert.deepEqual(after.pieces.map((piece, index) => piece === before.pieces[index]), [true, true, true, true, false, true, true, true, true]);
  });

  it("reads everything behind a comment that is opened and not closed, and all of it again when it is closed", () => {
    const text = "backend a { server 10.0.0.1:80 }\nbackend b { server 10.0.0.2:80 }\nbackend c { server 10.0.0.3:80 }\nbackend d { server 10.0.0.4:80 }\nbackend e { }\n";
    const opened = `/*${text}`;
    const before = piecesAfter(piecesOf("p", text), { start: 0, end: 0, length: 2 }, opened);
    assert.equal(before.pieces.length, 1);
    assert.deepEqual(textsOf(piecesAfter(before, { start: 0, end: 2, length: 0 }, text)), textsOf(piecesOf("p", text)));
  });

  it("gives a comment that stands behind something to nobody", () => {
    const text = "backend a { } /// of a?\nbackend b { }\n";
    assert.deepEqual(documentation(parse("p", text).tree.declarations), [undefined, undefined]);
  });

  it("takes several edits for one", () => {
    const random = randomFrom(seed);
    for (let round = 0; round < 300; round++) {
      const text = wholeText.slice(0, 900);
      let current = text;
      const changes = [];
      for (let i = 0; i < 3; i++) {
        const edit = randomEdit(current, random);
        changes.push(changeOf(edit));
        current = edited(current, edit);
      }
      const whole = combined(changes);
      assert.ok(whole !== undefined);
      assert.equal(text.slice(0, whole.start) + current.slice(whole.start, whole.start + whole.length) + text.slice(whole.end), current);
    }
  });

  for (const [name, text] of completeTexts) {
    it(`reads what the whole gives after each of ${edits} random edits of ${name} (seed ${seed})`, function () {
      this.timeout(120_000);
      const random = randomFrom(seed);
      let current = text;
      let pieces = piecesOf("p", current);
      for (let round = 0; round < edits; round++) {
        // From time to time the text is whole again, else it ends as rubble.
        const edit = round % 25 === 24 ? { start: 0, end: current.length, text } : randomEdit(current, random);
        const next = edited(current, edit);
        pieces = piecesAfter(pieces, changeOf(edit), next);
        current = next;
        assert.equal(textsOf(pieces).join(""), current);
        assert.deepEqual(textsOf(pieces), textsOf(piecesOf("p", current)), "as if cut anew");
        const whole = parse("p", current);
        assert.deepEqual(problemsIn(pieces), whole.problems.map(described).sort(), current);
        assert.deepEqual(shapeOf(pieces.pieces.flatMap((piece) => piece.parsed.tree.declarations)), shapeOf(whole.tree.declarations), current);
        assert.deepEqual(documentation(pieces.pieces.flatMap((piece) => piece.parsed.tree.declarations)), documentation(whole.tree.declarations), current);
      }
    });
  }
});

function textsOf({ pieces }: Pieces): readonly string[] {
  return pieces.map((piece) => piece.text);
}

function documentation(declarations: readonly Statement[]): readonly (string | undefined)[] {
  return declarations.map((declaration) => declaration.documentation);
}

function described({ code, message, range }: Diagnostic): string {
  return `${range.start}-${range.end} ${code} ${message}`;
}

function problemsIn({ pieces, starts }: Pieces): readonly string[] {
  return pieces.flatMap((piece, index) => piece.parsed.problems.map((problem) => described({
    ...problem, range: { start: problem.range.start + (starts[index] ?? 0), end: problem.range.end + (starts[index] ?? 0) },
  }))).sort();
}
