import assert from "node:assert/strict";
import { analyze, codeLenses, foldingRanges, lensTitle, selectionRanges, semanticTokens, signatureHelp } from "../../../language/src/index.ts";
import { sampleText } from "../../helpers/analyzed.ts";

describe("features of a text that is being written", () => {
  it("hold for every seventh prefix of the samples: tokens apart and inside, selections growing, folds inside, titles and signatures answered", () => {
    for (const name of ["shop", "ai-gateway"] as const) {
      const whole = sampleText(name);
      for (let end = 0; end <= whole.length; end += 7) {
        const analysis = analyze({ file: "test.lbpolicy", text: whole.slice(0, end) });
        let last = 0;
        for (const { range } of semanticTokens(analysis)) {
          assert.ok(range.start >= last && range.end > range.start && range.end <= end, `token at ${range.start} of ${end}`);
          last = range.end;
        }
        const chain = selectionRanges(analysis, end);
        assert.deepEqual(chain.at(-1), { start: 0, end });
        chain.forEach((range, i) => {
          const outer = chain[i + 1];
          assert.ok(outer === undefined || (outer.start <= range.start && range.end <= outer.end && outer.end - outer.start > range.end - range.start), `selection at ${end}`);
        });
        for (const fold of foldingRanges(analysis)) assert.ok(fold.startLine < fold.endLine && fold.endLine < analysis.lines.starts.length, `fold of ${end}`);
        for (const lens of codeLenses(analysis)) assert.notEqual(lensTitle(analysis, lens), "");
        const help = signatureHelp(analysis, end);
        assert.ok(help === undefined || help.parts.every((part) => part.start < part.end && part.end <= help.label.length));
      }
    }
  });
});
