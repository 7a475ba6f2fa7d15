import assert from "node:assert/strict";
import {
  analyze, codeLenses, definition, documentLinks, documentSymbols, foldingRanges, formatOnType, formatRange, hierarchyIn, highlights, hover, implementation, inlayHints, lensTitle, linkedRanges, prepareRename,
  references, rename, selectionRanges, semanticTokens, signatureHelp, typeDefinition, usedBy, usersOf, workspaceSymbols,
} from "../../../language/src/index.ts";
import type { OutlineItem, Range } from "../../../language/src/index.ts";
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

  it("hold for prefixes of the samples: names, outlines, links, hints, hovers and the formatting of parts lie inside the text", () => {
    for (const name of ["shop", "ai-gateway"] as const) {
      const whole = sampleText(name);
      for (let end = 3; end <= whole.length; end += 29) {
        const text = whole.slice(0, end);
        const analysis = analyze({ file: "test.lbpolicy", text });
        const inside = ({ start, end: last }: Range, what: string): void => assert.ok(start >= 0 && start <= last && last <= end, `${what} of ${JSON.stringify(text.slice(-40))}: ${start}-${last} of ${end}`);
        const outline = (items: readonly OutlineItem[], parent: Range): void => {
          for (const item of items) {
            inside(item.range, "outline");
            assert.ok(parent.start <= item.range.start && item.range.end <= parent.end, "a child inside its parent");
            assert.ok(item.range.start <= item.selection.start && item.selection.end <= item.range.end, "the name inside its declaration");
            outline(item.children, item.range);
          }
        };
        outline(documentSymbols(analysis), { start: 0, end });
        for (const link of documentLinks(analysis)) inside(link.range, "link");
        for (const hint of inlayHints(analysis, { start: 0, end })) inside({ start: hint.offset, end: hint.offset }, "hint");
        for (const symbol of workspaceSymbols([analysis], "")) assert.notEqual(symbol.name, "");
        for (const offset of [end, end - 1, Math.floor(end / 2)]) {
          for (const find of [definition, typeDefinition, implementation]) for (const place of find(analysis, offset, [])) inside(place.range, "place");
          for (const place of references(analysis, offset, "with declarations", [])) inside(place.range, "reference");
          for (const place of highlights(analysis, offset)) inside(place.range, "highlight");
          for (const range of linkedRanges(analysis, offset, [])) inside(range, "linked range");
          const prepared = prepareRename(analysis, offset, []);
          if (!("refusal" in prepared)) inside(prepared.range, "renameable");
          const renamed = rename(analysis, offset, "another", []);
          if (!("refusal" in renamed)) for (const edit of [...renamed.values()].flat()) inside(edit.range, "rename");
          for (const symbol of hierarchyIn([analysis], "test.lbpolicy", offset)) for (const use of [...usersOf(symbol, [analysis]), ...usedBy(symbol, [analysis])]) for (const range of use.places) inside(range, "use");
          const found = hover(analysis, offset);
          if (found !== undefined) inside(found.range, "hover");
          for (const edit of [...formatOnType(analysis, offset, "\n"), ...formatOnType(analysis, offset, "}"), ...formatRange(analysis, { start: offset, end })]) inside(edit.range, "edit");
        }
      }
    }
  });
});
