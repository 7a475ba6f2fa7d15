/** Everything that is asked of a document while it is typed: on every beginning of the complete policies, and with each of their tokens left out. */
import { strict as assert } from "node:assert";
import { analyze, codeActions, complete, documentSymbols, foldingRanges, hover, inlayHints, semanticTokens } from "../../../language/src/index.ts";
import type { OutlineItem } from "../../../language/src/index.ts";
import { parse } from "../../../language/src/syntax/parse.ts";
import type { Range } from "../../../language/src/text/range.ts";
import { completeTexts } from "../../helpers/texts.ts";

/** Analyses a text and asks for all that an editor shows around an offset; what is answered lies in the text. */
function checkAnswers(text: string, offset: number): void {
  const analysis = analyze({ file: "test.lbpolicy", text });
  const inside = ({ start, end }: Range): void => assert.ok(start >= 0 && start <= end && end <= text.length);
  for (const { range, fixes, related } of analysis.diagnostics) {
    inside(range);
    for (const { location } of related) inside(location.range);
    for (const { edits } of fixes) for (const edit of edits) inside(edit.range);
  }
  for (const hint of inlayHints(analysis, { start: 0, end: text.length })) assert.ok(hint.offset >= 0 && hint.offset <= text.length);
  const outline = (items: readonly OutlineItem[]): void => {
    for (const { range, children } of items) {
      inside(range);
      outline(children);
    }
  };
  outline(documentSymbols(analysis));
  for (const { range } of semanticTokens(analysis)) inside(range);
  for (const { startLine, endLine } of foldingRanges(analysis)) assert.ok(startLine < endLine);
  for (const at of [offset, Math.max(0, offset - 1), Math.min(text.length, offset + 1)]) {
    const found = hover(analysis, at);
    if (found !== undefined) inside(found.range);
  }
  complete(analysis, offset);
  codeActions(analysis, analysis.diagnostics, { start: offset, end: offset });
}

describe("the whole analysis of a text that is being written", () => {
  for (const [name, text] of completeTexts) {
    it(`answers on every beginning of ${name}`, function () {
      this.timeout(120_000);
      for (let length = 0; length <= text.length; length++) checkAnswers(text.slice(0, length), length);
    });

    it(`answers with each token of ${name} left out`, function () {
      this.timeout(120_000);
      for (const { startOffset, endOffset } of parse("test.lbpolicy", text).tokens) checkAnswers(text.slice(0, startOffset) + text.slice(endOffset + 1), startOffset);
    });
  }
});
