import assert from "node:assert/strict";
import { analyze, applyEdits, refactorings, simulate } from "../../../language/src/index.ts";
import { parse } from "../../../language/src/syntax/parse.ts";
import { readMarks } from "../../helpers/marked-source.ts";
import { sampleText } from "../../helpers/analyzed.ts";

function offered(marked: string): ReadonlyMap<string, string> {
  const { text, cursor } = readMarks(marked);
  const analysis = analyze({ file: "t.lbpolicy", text });
  const at = cursor ?? assert.fail("no cursor");
  return new Map(refactorings(analysis, { start: at, end: at }).map(({ title, edits }) => [title, applyEdits(text, edits)]));
}

/** The whole text after the action, which has no error that was not there before. */
function after(marked: string, title: string | RegExp): string {
  const all = offered(marked);
  const key = [...all.keys()].find((each) => (typeof title === "string" ? each === title : title.test(each)));
  assert.ok(key !== undefined, `${String(title)} is not among: ${[...all.keys()].join(", ")}`);
  const text = all.get(key) ?? "";
  const errors = (of: string): readonly string[] => analyze({ file: "t.lbpolicy", text: of }).diagnostics.filter((each) => each.severity === "error").map((each) => each.message);
  assert.ok(errors(text).length <= errors(readMarks(marked).text).length, `${errors(text).join("\n")}\nin\n${text}`);
  return text;
}

const titles = (marked: string): readonly string[] => [...offered(marked).keys()];
const server = "server 10.0.0.1:80";

describe("extracting", () => {
  it("makes a param of a literal, behind the other params or the imports", () => {
    assert.equal(after(`backend b {\n  ${server} capacity 20┆0rps\n}\n`, "Extract 200rps to a param"), `param b_capacity = 200rps\n\nbackend b {\n  ${server} capacity b_capacity\n}\n`);
    assert.equal(after(`param x = 1\nbackend b { ${server} weight ┆2 }\n`, "Extract 2 to a param"), `param x = 1\nparam b_weight = 2\nbackend b { ${server} weight b_weight }\n`);
  });

  it("gives it a name that is free", () => {
    assert.match(after(`traffic B_weight { base 1rps }\nbackend b { ${server} weight ┆2 demand B_weight }\n`, /^Extract 2/u), /^param b_weight_2 = 2\n/u);
  });

  it("puts the name into parentheses where no keyword introduces the value, and in lists of strings", () => {
    assert.match(after(`backend a { ${server} }\nbackend b { ${server} }\nservice s {\n  listen 80\n  to a 9┆0%, b 10%\n}\n`, /^Extract 90%/u), /to a \(s_share\), b 10%/u);
    assert.match(after(`backend a { ${server} }\nservice s {\n  listen 80\n  host "a.exam┆ple"\n  to a\n}\n`, /^Extract "a\.example"/u), /host \(s_host\)/u);
  });

  it("does not where a name may not stand, or would mean something else", () => {
    for (const marked of ['import "a┆.lbpolicy"\n', "backend b { workload { existing \"deployment/a\" cpu 20┆0m } scale 1..2 { target cpu 50% } }", 'threshold t { target external "q┆" 5 }', "param a = ┆1\n", "environment e { a = ┆1 }\nparam a = 2\n", `service s { listen 8┆0 }`, "schedule s { from 2026-01-┆05 }"]) {
      assert.deepEqual(titles(marked).filter((title) => title.includes("to a param")), [], marked);
    }
  });

  it("makes a strategy of an algorithm", () => {
    assert.equal(after(`backend b {\n  balance ┆first\n  ${server}\n}\n`, "Extract first to a strategy"), `backend b {\n  balance b_balance\n  ${server}\n}\n\nstrategy b_balance {\n  algorithm first\n}\n`);
  });

  it("makes a threshold of the lines inside a scale, and nothing of the simulation changes", () => {
    const pool = 'backend b {\n  demand 300rps\n  replica capacity 50rps response 20ms\n  workload {\n    image "a:1"\n    port 80\n    cpu 1\n    memory 1Gi\n  }\n  scale 1..9 {\n    ┆target load_factor 70%\n    up {\n      by 1 every 1m\n    }\n    idle 3m\n  }\n}\n';
    const text = after(pool, "Extract these lines to a threshold");
    assert.match(text, /scale 1\.\.9 \{\n {4}on b_load\n {4}idle 3m\n {2}\}\n\}\n\nthreshold b_load \{\n {2}target load_factor 70%\n {2}up \{\n {4}by 1 every 1m\n {2}\}\n\}\n$/u);
    const points = (of: string): unknown => {
      const outcome = simulate(analyze({ file: "t", text: of }));
      return outcome.kind === "report" ? outcome.report.points : outcome;
    };
    assert.deepEqual(points(text), points(readMarks(pool).text));
    assert.equal(after(text.replace("on b_load", "on ┆b_load"), "Inline threshold b_load").trim(), readMarks(pool).text.trim(), "inlining takes it back");
  });
});

describe("inlining", () => {
  it("writes a param's value in its place, in parentheses where it is arithmetic; at the declaration everywhere", () => {
    const text = `param p = 100rps * 2\nbackend a {\n  ${server} capacity p\n}\nbackend b {\n  ${server} capacity p\n}\n`;
    assert.match(after(text.replace("capacity p", "capacity ┆p"), "Inline param p"), /^param p = 100rps \* 2\nbackend a \{\n {2}server 10\.0\.0\.1:80 capacity \(100rps \* 2\)/u);
    assert.equal(after(text.replace("param p", "param ┆p"), "Inline param p in all 2 places"), text.replace("param p = 100rps * 2\n", "").replaceAll("capacity p", "capacity (100rps * 2)"));
  });

  it("does not inline what has several values", () => {
    assert.deepEqual(titles(`param ┆p = 2\nenvironment e { p = 3 }\nbackend a { ${server} weight p }\n`).filter((title) => title.startsWith("Inline")), []);
  });

  it("takes a strategy away that a word says, with its documentation, and leaves others", () => {
    const text = `backend b {\n  balance s\n  ${server}\n}\n\n/// Even.\nstrategy s {\n  algorithm random\n}\n\nstrategy t {\n  algorithm first\n}\n`;
    assert.equal(after(text.replace("balance s", "balance ┆s"), "Inline strategy s"), `backend b {\n  balance random\n  ${server}\n}\n\nstrategy t {\n  algorithm first\n}\n`);
    assert.deepEqual(titles(`backend b { balance ┆s ${server} }\nstrategy s { algorithm random retry 2 on error }\n`), ["Extract 10.0.0.1:80"].slice(1));
  });
});

describe("rewriting", () => {
  const threshold = "threshold t {\n  ┆target load_factor 70%\n  up {\n    by 4 every 15s\n  }\n}\n";

  it("converts a metric-based threshold to a predictive one and back", () => {
    const predictive = after(threshold, "Convert to a predictive threshold");
    assert.match(predictive, /target load_factor 70%\n {2}predict linear window 10m ahead 2m\n {2}up/u);
    assert.equal(after(predictive.replace("target", "┆target"), "Convert to a metric-based threshold"), readMarks(threshold).text);
  });

  it("converts to rules and back", () => {
    const rules = after(threshold, "Convert to an on-demand threshold");
    assert.equal(rules, "threshold t {\n  when load_factor > 70% for 1m add 10%\n  when load_factor < (70%) * 0.5 for 5m remove 10%\n}\n");
    assert.equal(after(rules.replace("when", "┆when"), "Convert to a metric-based threshold"), "threshold t {\n  target load_factor 70%\n}\n");
  });

  it("sorts servers by name, numbers as numbers, comments with them", () => {
    const text = "backend b {\n  // the tenth\n  server a10 10.0.0.10:80\n  server ┆a2 10.0.0.2:80 weight 2 // two\n  /// First.\n  server a1 10.0.0.1:80\n  balance random\n}\n";
    assert.equal(after(text, "Sort servers by name"), "backend b {\n  /// First.\n  server a1 10.0.0.1:80\n  server a2 10.0.0.2:80 weight 2 // two\n  // the tenth\n  server a10 10.0.0.10:80\n  balance random\n}\n");
  });

  it("does not where the order has a meaning, or a server is named by its place", () => {
    for (const text of ["backend b { ┆\n server b 10.0.0.1:80\n server a 10.0.0.2:80\n balance first\n}\n", "backend b { ┆\n server 10.0.0.1:80\n server a 10.0.0.2:80\n}\n"]) assert.ok(!titles(text).includes("Sort servers by name"), text);
  });

  it("puts imports in order, each once", () => {
    assert.equal(after('import "b.lbpolicy"\n\nimport "a.lbpolicy"\nimport "b.lbpolicy"\n┆\nparam x = 1\n', "Organise imports"), 'import "a.lbpolicy"\nimport "b.lbpolicy"\n\n\nparam x = 1\n');
    assert.deepEqual(titles('import "a.lbpolicy"\nimport "b.lbpolicy"\n┆'), []);
    assert.deepEqual(titles('import "b.lbpolicy" // needed\nimport "a.lbpolicy"\n┆'), [], "comments stay where they are");
  });
});

describe("refactorings anywhere", () => {
  it("are whole edits inside the text and break no syntax, at every seventh place of the samples and of their beginnings", () => {
    let count = 0;
    for (const name of ["shop", "ai-gateway"] as const) {
      const whole = sampleText(name);
      for (const end of [whole.length, Math.floor(whole.length / 2), Math.floor(whole.length / 3)]) {
        const text = whole.slice(0, end);
        const analysis = analyze({ file: "t", text });
        const syntax = (of: string): number => parse("t", of).problems.length;
        const before = syntax(text);
        for (let at = 0; at <= end; at += 7) {
          for (const { title, edits } of refactorings(analysis, { start: at, end: at })) {
            count++;
            for (const { range } of edits) assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length, title);
            assert.ok(syntax(applyEdits(text, edits)) <= before, `${title} at ${at} of ${name}:\n${applyEdits(text, edits)}`);
          }
        }
      }
    }
    assert.ok(count > 100, String(count));
  });
});
