import { strict as assert } from "node:assert";
import { analyze } from "../../../language/src/index.ts";

describe("many diagnostics of one file", () => {
  it("are cut to the gravest two hundred, in their order, and how many more there are", () => {
    const unused = Array.from({ length: 250 }, (_, index) => `param p${index} = 1\n`).join("");
    const { diagnostics } = analyze({ file: "p", text: `${unused}backend a { balance frist server 10.0.0.1:80 }\nbackend b { balance frist server 10.0.0.1:80 }\n` });
    const own = diagnostics.slice(0, 200);
    assert.deepEqual([diagnostics.length, own.filter((each) => each.severity === "error").length], [201, 2]);
    assert.deepEqual(own.map((each) => each.range.start), own.map((each) => each.range.start).sort((a, b) => a - b));
    assert.match(diagnostics.at(-1)?.message ?? "", /52 more/);
  });
});
