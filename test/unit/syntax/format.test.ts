/** The canonical form: what the formatter makes of a text, and what it leaves alone. */
import { strict as assert } from "node:assert";
import { applyEdits, format } from "../../../language/src/index.ts";
import { checkInvariants } from "../../helpers/invariants.ts";
import { completeTexts } from "../../helpers/texts.ts";

function formatted(text: string): string {
  checkInvariants(text);
  return applyEdits(text, format({ file: "test.lbpolicy", text }));
}

const cases: readonly (readonly [string, string, string])[] = [
  ["indents by two and puts each statement on its line", "backend b {\nserver 10.0.0.1:80\n      balance   random\n}", "backend b {\n  server 10.0.0.1:80\n  balance random\n}\n"],
  ["keeps a block on one line where it was and fits", "target nginx{version \"1.22\" resolver \"10.96.0.10\"}", "target nginx { version \"1.22\"  resolver \"10.96.0.10\" }\n"],
  ["opens a block that is too wide", `backend b { ${"server 10.0.0.1:80 ".repeat(6)}}`, `backend b {\n${"  server 10.0.0.1:80\n".repeat(6)}}\n`],
  ["keeps one blank line of several", "param a = 1\n\n\n\nparam b = 2\nparam c = 3", "param a = 1\n\nparam b = 2\nparam c = 3\n"],
  ["has no blank lines at the ends of a block", "backend b {\n\n  server 10.0.0.1:80\n\n}\n", "backend b {\n  server 10.0.0.1:80\n}\n"],
  ["ends with one line end", "param a = 1\n\n\n", "param a = 1\n"],
  ["aligns the columns of neighbouring servers", "backend b {\n  server a 10.0.0.1:80 weight 10 backup\n  server long 10.0.0.100:80 weight 2 backup\n}", "backend b {\n  server a    10.0.0.1:80   weight 10 backup\n  server long 10.0.0.100:80 weight 2  backup\n}\n"],
  ["does not align over a blank line or a comment", "backend b {\n  server a 10.0.0.1:80\n\n  server long 10.0.0.2:80\n  // the spare\n  server longer 10.0.0.3:80\n}", "backend b {\n  server a 10.0.0.1:80\n\n  server long 10.0.0.2:80\n  // the spare\n  server longer 10.0.0.3:80\n}\n"],
  ["keeps comments where they belong", "// head\nbackend b { // opens\n// above\nserver 10.0.0.1:80 // behind\n/* between */ balance random\n// last\n}\n// tail", "// head\nbackend b { // opens\n  // above\n  server 10.0.0.1:80 // behind\n  /* between */\n  balance random\n  // last\n}\n// tail\n"],
  ["keeps what documents a server with it", "backend b {\n/// The fast one.\nserver a 10.0.0.1:80\n}", "backend b {\n  /// The fast one.\n  server a 10.0.0.1:80\n}\n"],
  ["puts spaces around operators and after commas, none inside parentheses and around ..", "param x=( 1+2 ) *min( 3,4 )\nbackend b { replica capacity 1rps scale 1 .. 5 }", "param x = (1 + 2) * min(3, 4)\nbackend b { replica capacity 1rps  scale 1..5 }\n"],
  ["indents the lines of a statement after its first", "backend b {\n  replica capacity 1rps\n  scale 1..9 {\n  on a,\n  b\n  }\n}", "backend b {\n  replica capacity 1rps\n  scale 1..9 {\n    on a,\n        b\n  }\n}\n"],
  ["leaves a broken statement alone and formats the rest", "backend b {\nserver   x   y\n   balance    random\n}", "backend b {\n  server   x   y\n  balance random\n}\n"],
  ["leaves what belongs to no declaration alone", "frob   {  x }\nparam   a=1", "frob   {  x }\nparam a = 1\n"],
  ["keeps a sign at its value", "traffic t { base 1rps } backend b { server a 10.0.0.1:80 demand t } scenario s { backend b fail server a at  +10m for 1m }", "traffic t { base 1rps }\nbackend b { server a 10.0.0.1:80  demand t }\nscenario s { backend b  fail server a at +10m for 1m }\n"],
  ["gives a minus its spaces", "param x = 5-3", "param x = 5 - 3\n"],
  ["an empty block is {}", "target nginx {\n\n}", "target nginx {}\n"],
];

describe("formatter", () => {
  for (const [what, text, expected] of cases) {
    it(what, () => {
      assert.equal(formatted(text), expected);
    });
  }

  it("keeps the line ends of the file, and its BOM", () => {
    assert.equal(formatted("backend b {\r\nserver 10.0.0.1:80\r\n}"), "backend b {\r\n  server 10.0.0.1:80\r\n}\r\n");
    assert.equal(formatted("backend b {\rserver 10.0.0.1:80\r}"), "backend b {\r  server 10.0.0.1:80\r}\r");
    assert.equal(formatted("\uFEFFparam  a = 1"), "\uFEFFparam a = 1\n");
  });

  it("changes nothing of a text without a token", () => {
    for (const text of ["", " ", "\n\n"]) assert.equal(applyEdits(text, format({ file: "t", text })), text);
  });

  it("formats a line and a whole file of 100,000 servers in time that grows with it", function () {
    this.timeout(60_000);
    const milliseconds = (count: number): number => {
      const text = `backend b {\n${Array.from({ length: count }, (_, i) => `server s${i} 10.0.0.1:${1 + (i % 60_000)}\n`).join("")}}`;
      const started = performance.now();
      format({ file: "t", text });
      return performance.now() - started;
    };
    milliseconds(10_000);
    let ratio = Infinity;
    for (let i = 0; i < 4 && ratio > 14; i++) {
      const short = Math.max(milliseconds(10_000), 5);
      ratio = Math.min(ratio, milliseconds(100_000) / short);
    }
    assert.ok(ratio <= 25, `ten times as much took ${ratio.toFixed(1)} times as long`);
  });

  it("complete policies are formatted without losing anything", () => {
    for (const [, text] of completeTexts) formatted(text);
  });
});
