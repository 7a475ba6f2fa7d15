import assert from "node:assert/strict";
import { analyze, applyEdits, format, formatOnType, formatRange } from "../../../language/src/index.ts";
import { sampleText } from "../../helpers/analyzed.ts";
import { readMarks } from "../../helpers/marked-source.ts";

const file = "test.lbpolicy";

function formatted(marked: string, typed?: string): string {
  const { text, cursor = 0, ranges: [range] } = readMarks(marked);
  const analysis = analyze({ file, text });
  return applyEdits(text, typed === undefined ? formatRange(analysis, range ?? { start: cursor, end: cursor }) : formatOnType(analysis, cursor, typed));
}

describe("formatting of a part", () => {
  it("changes the lines of the range and no other", () => {
    assert.equal(formatted("backend  web {\nbalance ⟦  first\n   demand   1⟧rps\nkeepalive   4\n}\n"), "backend  web {\n  balance first\n  demand 1rps\nkeepalive   4\n}\n");
  });

  it("of the whole text is what formatting does", () => {
    for (const name of ["shop", "ai-gateway"] as const) {
      const text = sampleText(name).replaceAll(/^ +/gmu, "      ").replaceAll("{\n", "{\n\n\n");
      const whole = applyEdits(text, format({ file, text }));
      assert.notEqual(whole, text);
      assert.equal(formatted(`⟦${text}⟧`), whole);
    }
  });

  it("keeps CRLF whole", () => {
    assert.equal(formatted("backend web {\r\n⟦balance   first⟧\r\n\r\n\r\n}\r\n"), "backend web {\r\n  balance first\r\n\r\n\r\n}\r\n");
  });

  it("behind a line end sets the line above right and keeps the new one", () => {
    assert.equal(formatted("backend web {\nbalance   first\n┆\nkeepalive   4\n}\n", "\n"), "backend web {\n  balance first\n\nkeepalive   4\n}\n");
  });

  it("behind a closing brace sets its block right and nothing below", () => {
    assert.equal(formatted("backend  web {\nbalance   first\n    }┆\nservice   x {\n}\n", "}"), "backend web {\n  balance first\n}\nservice   x {\n}\n");
  });

  it("does on broken texts what formatting does, and does not fail on any prefix", () => {
    const text = sampleText("ai-gateway");
    for (let end = 0; end <= text.length; end += 31) {
      const part = text.slice(0, end);
      assert.doesNotThrow(() => [formatted(`${part}┆`, "\n"), formatted(`${part}┆`, "}")]);
      assert.equal(formatted(`⟦${part}⟧`), applyEdits(part, format({ file, text: part })));
    }
  });
});
