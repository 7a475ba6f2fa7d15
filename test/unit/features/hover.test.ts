import assert from "node:assert/strict";
import { analyze, hover } from "../../../language/src/index.ts";
import { atCursor, referencePool, sampleText } from "../../helpers/analyzed.ts";

function hoverOn(text: string, word: string): string {
  return hover(analyze({ file: "test.lbpolicy", text }), text.indexOf(word) + 1)?.markdown ?? "";
}

describe("hover", () => {
  it("fills the formulas of the shop's pool in: load factor 0.833, unloaded average 2.75 s, shares 50/25/25 %", () => {
    const markdown = hoverOn(sampleText("shop"), "backend shop");
    assert.match(markdown, /The shop\\'s web tier/u);
    assert.match(markdown, /ρ = λ \/ Σ cᵢ = 1000 \/ 1200 = \*\*0\.833\*\*/u);
    assert.match(markdown, /t̄ = Σ pᵢ·sᵢ\(1\) = 0\.5·2 \+ 0\.25·3 \+ 0\.25·4 = \*\*2\.75 s\*\*/u);
    assert.match(markdown, /`a` 50 %, `b` 25 %, `c` 25 %/u);
  });

  it("says of a server its share, load factor and response time", () => {
    const markdown = hoverOn(sampleText("shop"), "server b");
    assert.match(markdown, /1 \/ 4 = \*\*25 %\*\*/u);
    assert.match(markdown, /0\.25·1000 \/ 300 = \*\*0\.833\*\*/u);
    assert.match(markdown, /= \*\*3 s\*\*/u);
  });

  it("says how the members needed are counted", () => {
    assert.match(hoverOn(referencePool, "scale 2..120"), /⌈1100 \/ \(15 · 0\.7\)⌉ = \*\*105\*\* \(target of `busy`\)/u);
  });

  it("says what a keyword means and what holds without it", () => {
    assert.match(hoverOn(sampleText("shop"), "balance"), /Default: `round_robin`/u);
    assert.match(hoverOn(sampleText("shop"), "weight"), /relative to the other members\. Default: `1`/u);
  });

  it("shows of a name what it stands for", () => {
    assert.match(hoverOn(referencePool, "busy, surge"), /^`threshold busy`\n\nKeeps members at 70 % of their capacity\\\.\n\n```lbpolicy\nthreshold busy \{/u);
    assert.match(hoverOn(referencePool, "weekday\n\n  replica"), /^`traffic weekday`[\s\S]*peak of 1100\/s/u);
  });

  it("resolves params and expressions", () => {
    const text = "param peak = 1200rps\nbackend b {\n  demand peak * 50%\n  server 10.0.0.1:80 capacity 90/m * 2\n}\n";
    assert.equal(hoverOn(text, "peak * 50%"), "`param peak` = **1200rps**");
    assert.equal(hover(analyze({ file: "f", text }), text.indexOf("* 50%"))?.markdown, "`peak * 50%` = **600rps**");
    assert.match(hoverOn(text, "90/m * 2"), /= \*\*3rps\*\*/u);
  });

  it("covers exactly the word", () => {
    const { analysis, offset, text } = atCursor("backend b {\n  bal┆ance first\n  server 10.0.0.1:80\n}\n");
    const found = hover(analysis, offset);
    assert.equal(text.slice(found?.range.start, found?.range.end), "balance");
  });

  it("is silent between statements, in comments and outside the text", () => {
    for (const marked of ["┆\n\nbackend b { server 10.0.0.1:80 }", "// a┆b\nbackend b { server 10.0.0.1:80 }"]) {
      const { analysis, offset } = atCursor(marked);
      assert.equal(hover(analysis, offset), undefined);
    }
    const { analysis } = atCursor("backend b { server 10.0.0.1:80 }┆");
    assert.equal(hover(analysis, 99_999), undefined);
  });

  it("never lets what users write become markup, a link or HTML", () => {
    const payloads = ["[x](command:workbench.action.quit)", "![i](http://evil.example/i.png)", "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "**b** `c` ```d", "https://evil.example", "$(gear)"];
    for (const payload of payloads) {
      const text = `/// ${payload}\nbackend b {\n  balance s\n  server 10.0.0.1:80\n}\n/// ${payload}\nstrategy s {\n  // ${payload}\n  algorithm round_robin\n}\nparam p = "${payload}"\n`;
      for (const word of ["backend", "s\n  server", "strategy", "param"]) {
        const outsideCode = hoverOn(text, word).replace(/^(`{3,})lbpolicy\n[\s\S]*?\n\1$/gmu, "").replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/gu, "");
        assert.doesNotMatch(outsideCode, /(?<!\\)[[\]<]|(?<!\\)!(?=\[)|https:|(?<!\\)\$\(/u, `${word}: ${outsideCode}`);
      }
    }
  });
});
