import assert from "node:assert/strict";
import { analyze, applyEdits, codeActions, fixAll } from "../../../language/src/index.ts";
import type { Analysis, CodeAction } from "../../../language/src/index.ts";
import { sampleText } from "../../helpers/analyzed.ts";
import { readMarks } from "../../helpers/marked-source.ts";

const file = "test.lbpolicy";

function actionsAt(marked: string): { readonly analysis: Analysis; readonly actions: readonly CodeAction[] } {
  const { text, ranges: [range], cursor = 0 } = readMarks(marked);
  const analysis = analyze({ file, text });
  return { analysis, actions: codeActions(analysis, analysis.diagnostics, range ?? { start: cursor, end: cursor }) };
}

function applied({ source: { text } }: Analysis, action: CodeAction | undefined): string {
  assert.ok(action !== undefined);
  assert.deepEqual(action.changes.map((change) => change.file), [file]);
  return applyEdits(text, action.changes.flatMap((change) => change.edits));
}

function titled(actions: readonly CodeAction[], title: RegExp): CodeAction | undefined {
  return actions.find((action) => title.test(action.title));
}

describe("code actions", () => {
  it("offer the remedy of the diagnostic under the cursor, as the preferred one", () => {
    const { analysis, actions } = actionsAt("backend web {\n  balance fi┆rts\n  server 10.0.0.1:80\n}\n");
    const [fix] = actions;
    assert.deepEqual([fix?.title, fix?.kind, fix?.isPreferred, fix?.diagnostics.length], ["Write first", "fix", true, 1]);
    assert.equal(applied(analysis, fix), "backend web {\n  balance first\n  server 10.0.0.1:80\n}\n");
  });

  it("offer nothing away from every diagnostic", () => {
    assert.deepEqual(actionsAt("back┆end web {\n  balance frist\n  server 10.0.0.1:80\n}\n").actions, []);
  });

  it("mend every diagnostic of one code, from any of them", () => {
    const { analysis, actions } = actionsAt("backend web {\n  balance frist;┆\n  server 10.0.0.1:80;\n}\n");
    const alike = actions.find((action) => action.kind === "fix-alike");
    assert.equal(alike?.diagnostics.length, 2);
    assert.equal(applied(analysis, alike), "backend web {\n  balance frist\n  server 10.0.0.1:80\n}\n");
  });

  it("fix all: what has one remedy is gone afterwards, what has several stays", () => {
    const text = "backend web {\n  balance frist;\n  demand 30\n  server 10.0.0.1:80;\n}\n";
    const analysis = analyze({ file, text });
    const mended = applied(analysis, fixAll(analysis, analysis.diagnostics));
    assert.ok(mended.includes("balance first\n") && mended.includes("server 10.0.0.1:80\n"));
    const left = analyze({ file, text: mended }).diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    assert.ok(left.every((diagnostic) => diagnostic.fixes.length !== 1), JSON.stringify(left.map((diagnostic) => diagnostic.message)));
  });

  it("fix all: nothing to do is no action, and no reason is made up", () => {
    const clean = analyze({ file, text: sampleText("shop") });
    assert.equal(fixAll(clean, clean.diagnostics), undefined);
    const unreasoned = analyze({ file, text: sampleText("ai-gateway").replace(/(lbpolicy-ignore LBP5519):.*/u, "$1") });
    assert.ok(unreasoned.diagnostics.some((diagnostic) => diagnostic.code === "LBP1020"));
    assert.equal(fixAll(unreasoned, unreasoned.diagnostics), undefined);
  });

  it("silence a warning: the comment goes above the documentation, with the indentation, and silences", () => {
    const text = sampleText("ai-gateway").replace(/^\/\/ lbpolicy-ignore LBP5537.*\n/mu, "");
    const analysis = analyze({ file, text });
    const told = analysis.diagnostics.find((diagnostic) => diagnostic.code === "LBP5537");
    assert.ok(told !== undefined);
    const action = titled(codeActions(analysis, analysis.diagnostics, told.range), /^Silence LBP5537/u);
    const silenced = applied(analysis, action);
    assert.match(silenced, /\n *\/\/ lbpolicy-ignore LBP5537: <reason>\n/u);
    const codes = (text: string): readonly string[] => analyze({ file, text }).diagnostics.map((diagnostic) => diagnostic.code).filter((code) => ["LBP5537", "LBP1020", "LBP1021", "LBP1023"].includes(code));
    assert.deepEqual(codes(silenced), ["LBP1020"], "the reason is still to be written");
    assert.deepEqual(codes(silenced.replace("<reason>", "a gateway in front of it checks that")), []);
  });

  it("silence a second code of a line in the comment that is there", () => {
    const text = sampleText("ai-gateway").replace("// lbpolicy-ignore LBP5537: busy", "// lbpolicy-ignore LBP9999: busy");
    const analysis = analyze({ file, text });
    const told = analysis.diagnostics.find((diagnostic) => diagnostic.code === "LBP5537");
    assert.ok(told !== undefined);
    assert.ok(applied(analysis, titled(codeActions(analysis, analysis.diagnostics, told.range), /^Silence/u)).includes("lbpolicy-ignore LBP9999, LBP5537: busy"));
  });

  it("never silence what leaves the policy without a meaning", () => {
    assert.equal(titled(actionsAt("backend web {\n  balance fr┆ist\n  server 10.0.0.1:80\n}\n").actions, /Silence/u), undefined);
  });

  it("keep the line ends of the text", () => {
    const text = sampleText("ai-gateway").replace(/^\/\/ lbpolicy-ignore LBP5537.*\n/mu, "").replaceAll("\n", "\r\n");
    const analysis = analyze({ file, text });
    const action = codeActions(analysis, analysis.diagnostics, { start: 0, end: text.length }).find((each) => each.kind === "silence");
    assert.doesNotMatch(applied(analysis, action), /[^\r]\n/u);
  });

  it("do not fail on any prefix of the samples, and their edits apply", () => {
    for (const name of ["shop", "ai-gateway"] as const) {
      const whole = sampleText(name);
      for (let end = 0; end <= whole.length; end += 23) {
        const analysis = analyze({ file, text: whole.slice(0, end) });
        for (const action of codeActions(analysis, analysis.policyDiagnostics, { start: 0, end })) applied(analysis, action);
      }
    }
  });
});
