/** `lbpolicy-ignore`: what it silences, what not, and what is said of the comment itself. */
import assert from "node:assert/strict";
import { analyze, applyEdits, check, codeActions, compile, readSettings } from "../../../language/src/index.ts";
import type { AnalyzeOptions, Diagnostic } from "../../../language/src/index.ts";

const found = (text: string, options: AnalyzeOptions = {}): readonly Diagnostic[] => analyze({ file: "a.lbpolicy", text }, options).diagnostics;
/** Codes of all diagnostics but those of targets that the policy does not name. */
const codes = (text: string, options: AnalyzeOptions = {}): readonly string[] => found(text, options).filter((each) => !each.code.startsWith("LBP5")).map((each) => each.code);

const server = "backend b { server 10.0.0.1:80 }\n";
/** `spare` is used nowhere: LBP2010, a hint. */
const spare = "param spare = 1\n";

/** The text after the first fix of the first diagnostic with that code. */
function fixed(text: string, code: string): string {
  const fix = found(text).find((each) => each.code === code)?.fixes[0];
  assert.ok(fix, `${code} has no fix in ${text}`);
  return applyEdits(text, fix.edits);
}

describe("a comment that silences", () => {
  for (const comment of ["// lbpolicy-ignore LBP2010: read by another tool", "# lbpolicy-ignore LBP2010: read by another tool", "/* lbpolicy-ignore LBP2010: read by another tool */", "//lbpolicy-ignore LBP2010 : x"]) {
    it(`silences the line below: ${comment}`, () => assert.deepEqual(codes(`${comment}\n${spare}${server}`), []));
  }

  for (const end of ["\n", "\r\n", "\r"]) {
    it(`counts lines that end with ${JSON.stringify(end)}`, () => assert.deepEqual(codes(`// lbpolicy-ignore LBP2010: x\n${spare}${server}`.replaceAll("\n", end)), []));
  }

  it("works inside blocks", () => {
    assert.deepEqual(codes("backend b {\n  server 10.0.0.1:80\n}\nschedule s {\n  # lbpolicy-ignore LBP3010: on purpose\n  cron \"0 0 31 2 *\" for 1h\n  replicas 2\n}\n").filter((code) => code !== "LBP2010"), []);
  });

  it("reaches over the comments that follow it, so that several may be stacked", () => {
    assert.deepEqual(codes(`// lbpolicy-ignore LBP2010: a\n// a remark\n/// A spare one.\n${spare}${server}`), []);
  });

  it("does not reach over a blank line or to the second line", () => {
    assert.deepEqual(codes(`// lbpolicy-ignore LBP2010: a\n\n${spare}${server}`), ["LBP1021", "LBP2010"]);
    assert.deepEqual(codes(`// lbpolicy-ignore LBP2010: a\nparam one = 1 param two = 2\nparam three = 3\n${server}`), ["LBP2010"]);
  });

  it("silences several codes", () => {
    const text = "backend b {\n  server 10.0.0.1:80\n}\n// lbpolicy-ignore LBP2010, LBP3010: both are known\nschedule s { cron \"0 0 31 2 *\" for 1h replicas 2 }\n";
    assert.deepEqual(codes(text), []);
    assert.deepEqual(codes(text.replace(", LBP3010", "")), ["LBP3010"]);
  });

  it("is itself reported without a reason, and still silences", () => {
    for (const comment of ["// lbpolicy-ignore LBP2010", "// lbpolicy-ignore LBP2010:", "# lbpolicy-ignore LBP2010:  "]) {
      assert.deepEqual(codes(`${comment}\n${spare}${server}`), ["LBP1020"], comment);
      assert.deepEqual(codes(fixed(`${comment}\n${spare}${server}`, "LBP1020")), [], comment);
    }
  });

  it("is itself reported while the placeholder for the reason stands in it", () => {
    for (const comment of ["// lbpolicy-ignore LBP2010: <reason>", "/* lbpolicy-ignore LBP2010 :  <reason> */"]) {
      const text = `${comment}\n${spare}${server}`;
      assert.deepEqual(codes(text), ["LBP1020"], comment);
      const [complaint] = found(text).filter((each) => each.code === "LBP1020");
      assert.equal(text.slice(complaint?.range.start, complaint?.range.end), "<reason>");
      assert.deepEqual(codes(fixed(text, "LBP1020")), [], comment);
      assert.ok(!fixed(text, "LBP1020").includes("<reason>"));
    }
    assert.deepEqual(codes(`// lbpolicy-ignore LBP2010: the <reason> element is read elsewhere\n${spare}${server}`), []);
  });

  it("written by the editor is reported until its reason is filled in", () => {
    const analysis = analyze({ file: "a.lbpolicy", text: `${spare}${server}` });
    const unused = analysis.diagnostics.find((each) => each.code === "LBP2010");
    assert.ok(unused);
    const silence = codeActions(analysis, analysis.diagnostics, unused.range).find((action) => action.kind === "silence");
    assert.ok(silence);
    const text = applyEdits(`${spare}${server}`, silence.changes.flatMap((change) => change.edits));
    assert.deepEqual(codes(text), ["LBP1020"]);
    assert.deepEqual(codes(text.replace("<reason>", "read by another tool")), []);
  });

  it("is itself reported where it silences nothing; the fix takes out the code, the last one with its line", () => {
    const text = `// lbpolicy-ignore LBP2010: x\n${server}`;
    assert.deepEqual(codes(text), ["LBP1021"]);
    assert.equal(fixed(text, "LBP1021"), server);
    assert.equal(fixed(`// lbpolicy-ignore LBP3010, LBP2010: x\n${spare}${server}`, "LBP1021"), `// lbpolicy-ignore LBP2010: x\n${spare}${server}`);
    assert.equal(fixed(`// lbpolicy-ignore LBP2010, LBP3010: x\n${spare}${server}`, "LBP1021"), `// lbpolicy-ignore LBP2010: x\n${spare}${server}`);
  });

  it("is reported where it names a code that does not exist, or none", () => {
    assert.deepEqual(codes(`// lbpolicy-ignore LBP4999: x\n${server}`), ["LBP1022"]);
    assert.deepEqual(codes(`// lbpolicy-ignore: x\n${server}`), ["LBP1022"]);
    assert.deepEqual(codes(`// lbpolicy-ignore\n${server}`), ["LBP1022"]);
    assert.equal(fixed(`// lbpolicy-ignore: x\n${server}`, "LBP1022"), server);
  });

  it("behind something on its line silences nothing; the fix moves it above", () => {
    const text = `${server}${spare.trimEnd()} // lbpolicy-ignore LBP2010: x\n`;
    assert.deepEqual(codes(text), ["LBP2010", "LBP1023"]);
    assert.equal(fixed(text, "LBP1023"), `${server}// lbpolicy-ignore LBP2010: x\n${spare}`);
    assert.deepEqual(codes(fixed(text, "LBP1023")), []);
  });

  it("is another word where the marker goes on", () => assert.deepEqual(codes(`// lbpolicy-ignored LBP2010\n${server}`), []));

  it("does not silence what leaves the policy without a meaning, and says so", () => {
    const text = "// lbpolicy-ignore LBP2001: later\nbackend b { balance fare server 10.0.0.1:80 }\n";
    assert.deepEqual(codes(text), ["LBP1024", "LBP2001"]);
    assert.equal(compile(analyze({ file: "a", text }), "nginx").text, "");
    assert.deepEqual(codes(`// lbpolicy-ignore LBP1021: x\n// lbpolicy-ignore LBP2010: x\n${server}`), ["LBP1024", "LBP1021"]);
  });

  it("is not called unused where the policy has errors, for then not everything was looked at", () => {
    assert.deepEqual(codes("// lbpolicy-ignore LBP2010: x\nbackend b { balance fare server 10.0.0.1:80 }\n"), ["LBP2001"]);
  });

  it("is not called unused in a file without a backend, which is there to be imported", () => {
    assert.deepEqual(codes(`// lbpolicy-ignore LBP5017: nginx is only the fallback\nstrategy s {\n  slow_start 10s\n}\n`), []);
  });

  const slow = (comment: string): string => `backend b {\n  balance s\n  server 10.0.0.1:80\n}\n${comment}strategy s {\n  slow_start 10s\n}\n`;
  const targetCodes = (text: string, options: AnalyzeOptions): readonly string[] => found(text, options).map((each) => each.code).filter((code) => code === "LBP5017" || code.startsWith("LBP1"));

  it("silences what a target cannot carry, in a check and in a compilation", () => {
    const text = slow("");
    const analysis = analyze({ file: "a", text }, { targets: ["nginx"] });
    const at = analysis.diagnostics.find((each) => each.code === "LBP5017");
    assert.ok(at, "nginx has no slow start");
    const before = text.slice(0, at.range.start).lastIndexOf("\n") + 1;
    const silenced = `${text.slice(0, before)}  // lbpolicy-ignore LBP5017: nginx is only the fallback\n${text.slice(before)}`;
    assert.deepEqual(targetCodes(silenced, { targets: ["nginx"] }), []);
    const compiled = compile(analyze({ file: "a", text: silenced }), "nginx");
    assert.ok(compiled.text.includes("upstream b"));
    assert.deepEqual(compiled.diagnostics.filter((each) => each.code === "LBP5017"), []);
  });

  it("of a target limit is not called unused where only some targets are looked at", () => {
    const text = `// lbpolicy-ignore LBP5017: nginx\n${server}`;
    assert.deepEqual(targetCodes(text, { targets: ["haproxy"] }), []);
    assert.deepEqual(targetCodes(text, {}), ["LBP1021"]);
  });

  it("that is used in one environment only is used", () => {
    const text = "param bound = 5\nenvironment small {\n  bound = 2\n}\nbackend b {\n  workload { image \"x\" port 80 cpu 1 }\n  // lbpolicy-ignore LBP3015: the small environment cuts it\n  scale 1..bound {\n    target cpu 50%\n    during s\n  }\n}\nschedule s {\n  every daily 08:00-20:00\n  replicas 4\n}\n";
    const all = check({ file: "a.lbpolicy", text }, { targets: ["nginx"] }).diagnostics;
    const silenced = all.filter((each) => each.code === "LBP3015" || each.code === "LBP1021");
    const without = check({ file: "a.lbpolicy", text: text.replace(/ *\/\/ lbpolicy.*\n/, "") }, { targets: ["nginx"] }).diagnostics.filter((each) => each.code === "LBP3015");
    assert.deepEqual(without.map((each) => each.environment), ["small"], "the fixture has the problem in one environment");
    assert.deepEqual(silenced, []);
  });
});

describe("severities by code", () => {
  it("change what is shown, and take it away", () => {
    assert.deepEqual(found(`${spare}${server}`, { severities: { LBP2010: "warning" } }).filter((each) => each.code === "LBP2010").map((each) => each.severity), ["warning"]);
    assert.deepEqual(codes(`${spare}${server}`, { severities: { LBP2010: "off" } }), []);
  });

  it("of options win over those of lbpolicy.json", () => {
    const settings = readSettings({ file: "lbpolicy.json", text: '{ "severities": { "LBP2010": "error" } }' });
    assert.deepEqual(found(`${spare}${server}`, { settings }).filter((each) => each.code === "LBP2010").map((each) => each.severity), ["error"]);
    assert.deepEqual(codes(`${spare}${server}`, { settings, severities: { LBP2010: "off" } }), []);
  });

  it("do not make a policy without a meaning compile", () => {
    const analysis = analyze({ file: "a", text: "backend b { balance fare server 10.0.0.1:80 }" }, { severities: { LBP2001: "off" } });
    assert.equal(compile(analysis, "nginx").text, "");
    assert.deepEqual(analysis.refusals.map((each) => [each.code, each.severity]), [["LBP2001", "error"]]);
  });

  it("raised to an error refuse a policy", () => {
    assert.equal(compile(analyze({ file: "a", text: `${spare}${server}` }, { severities: { LBP2010: "error" } }), "nginx").text, "");
  });
});
