import assert from "node:assert/strict";
import { excerpt } from "../../../cli/src/excerpt.ts";
import { textColumns, visibleText } from "../../../cli/src/plain-text.ts";
import { createLineMap } from "../../../language/src/text/line-map.ts";

/** The excerpt of a text in which `⟦` and `⟧` stand around the range. */
function drawn(marked: string): string {
  const start = marked.indexOf("⟦");
  const end = marked.indexOf("⟧") - 1;
  const text = marked.replace("⟦", "").replace("⟧", "");
  return excerpt(text, createLineMap(text), { start, end });
}

describe("source excerpt", () => {
  it("marks the range under its line, with the line's number", () => {
    assert.equal(drawn("backend web {\n  balance ⟦fare⟧\n}\n"), "  2 |   balance fare\n    |           ^^^^\n");
  });

  it("shows a tab as spaces to the next fourth column", () => {
    assert.equal(drawn("\tweight\t⟦0⟧"), "  1 |     weight  0\n    |             ^\n");
  });

  it("counts characters that take two columns on a terminal", () => {
    assert.equal(drawn("// 負荷 ⟦分散⟧ x"), "  1 | // 負荷 分散 x\n    |         ^^^^\n");
    assert.equal(drawn('host "😀" ⟦x⟧'), '  1 | host "😀" x\n    |           ^\n');
  });

  it("counts combining marks as no column", () => {
    assert.equal(drawn("e\u0301 ⟦x⟧"), "  1 | e\u0301 x\n    |   ^\n");
  });

  it("marks one place for an empty range, also at the end of the line and of the text", () => {
    assert.equal(drawn("a ⟦⟧b"), "  1 | a b\n    |   ^\n");
    assert.equal(drawn("ab⟦⟧\ncd"), "  1 | ab\n    |   ^\n");
    assert.equal(drawn("⟦⟧"), "  1 | \n    | ^\n");
  });

  it("marks a range over several lines to the end of its first", () => {
    assert.equal(drawn("server ⟦{\r\n}⟧\r\n"), "  1 | server {\n    |        ^\n");
  });

  it("shows of a very long line the part around the range", () => {
    const text = drawn(`${"x".repeat(5000)}⟦bad⟧${"y".repeat(5000)}`);
    const [source = "", carets = ""] = text.split("\n");
    assert.ok(source.length < 120, source);
    assert.equal(source.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1), "bad");
  });

  it("writes out what a terminal would act on", () => {
    assert.equal(drawn("a\u001b[31m ⟦b⟧"), "  1 | a\\u{1B}[31m b\n    |             ^\n");
    assert.equal(visibleText("x\u202Ey\n"), "x\\u{202E}y\\u{A}");
  });

  it("measures text in columns of a terminal", () => {
    assert.equal(textColumns("añ漢😀"), 6);
  });
});
