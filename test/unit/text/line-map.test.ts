import { strict as assert } from "node:assert";
import { createLineMap, linesAfter } from "../../../language/src/text/line-map.ts";
import { changeOf, edited, randomFrom } from "../../helpers/random-edits.ts";

describe("the lines of a text", () => {
  it("end with LF, CRLF or a lone CR", () => {
    assert.deepEqual([...createLineMap("a\nb\r\nc\rd\n\r\n").starts], [0, 2, 5, 7, 9, 11]);
  });

  it("are the same after an edit as if they were counted anew", () => {
    const random = randomFrom(7);
    const units = ["\n", "\r", "\r\n", "a", "bc", ""];
    let text = "one\r\ntwo\nthree\rfour";
    let lines = createLineMap(text);
    for (let round = 0; round < 20_000; round++) {
      const start = Math.floor(random() * (text.length + 1));
      const end = Math.min(text.length, start + Math.floor(random() * 4));
      const by = Array.from({ length: Math.floor(random() * 3) }, () => units[Math.floor(random() * units.length)]).join("");
      const edit = text.length > 60 ? { start: 10, end: text.length, text: "\r" } : { start, end, text: by };
      text = edited(text, edit);
      lines = linesAfter(lines, changeOf(edit), text);
      assert.deepEqual(lines, createLineMap(text), JSON.stringify(text));
    }
  });
});
