/** `param`, `environment` and what overrides them. */
import { strict as assert } from "node:assert";
import { analyze } from "../../../language/src/index.ts";
import type { AnalyzeOptions } from "../../../language/src/index.ts";
import { accepted, problemsIn, refused } from "../../helpers/marked-source.ts";

const uses = "backend b { server 10.0.0.1:80 demand peak }\n";

function peak(text: string, options: AnalyzeOptions = {}): number | undefined {
  const { demand } = accepted(uses + text, options).policy.backends[0] ?? assert.fail();
  return demand?.kind === "rate" ? demand.ratePerSecond : undefined;
}

describe("param", () => {
  it("stands in any order and refers to others", () => {
    assert.equal(peak("param peak = base * 2\nparam base = other + 1rps\nparam other = 5rps"), 12);
  });

  it("a cycle is an error, told once", () => {
    refused("param ⟦a⟧ = b\nparam b = a\nbackend x { server 10.0.0.1:80 demand a }", "LBP2006", /a → b → a/);
    refused("param ⟦a⟧ = a + 1\nbackend x { server 10.0.0.1:80 keepalive a }", "LBP2006", /a → a/);
  });

  it("a long chain ends in an error, not in a crash", () => {
    const chain = Array.from({ length: 5000 }, (_, i) => `param p${i} = p${i + 1}`).join("\n");
    assert.ok(problemsIn(`${chain}\nparam p5000 = 1rps\nbackend b { server 10.0.0.1:80 demand p0 }`).some((problem) => problem.startsWith("LBP1013")));
  });

  it("an undefined one is an error that offers the nearest, an unused one a hint", () => {
    const found = refused("param peak = 5rps\nbackend b { server 10.0.0.1:80 demand (⟦peek⟧) capacity peak }".replace(" capacity peak", "") + "\nbackend c { server 10.0.0.2:80 demand peak }", "LBP2001", /did you mean `peak`/);
    assert.equal(found.fixes[0]?.edits[0]?.text, "peak");
    const hints = analyze({ file: "t", text: "param x = 1\nbackend b { server 10.0.0.1:80 }" }).diagnostics.filter((diagnostic) => diagnostic.code === "LBP2010");
    assert.deepEqual(hints.map(({ severity, message }) => [severity, message]), [["hint", "The param x is used nowhere: remove it, or name it where it should apply."]]);
  });

  it("a mistake in a param is told where it is, also when nobody uses it, and once", () => {
    refused("param x = ⟦1s + 1rps⟧\nbackend b { server 10.0.0.1:80 keepalive x demand (x) }", "LBP2004", /duration.*rate/i);
    refused("param x = ⟦1s + 1rps⟧\nbackend b { server 10.0.0.1:80 }", "LBP2004", /duration.*rate/i);
  });

  it("a string goes where a string is due", () => {
    const { policy } = accepted('param img = "a/b:1" param dir = "/x" backend b { workload { image img command "serve" (dir) } }');
    assert.deepEqual([policy.backends[0]?.workload?.image, policy.backends[0]?.workload?.command], ["a/b:1", ["serve", "/x"]]);
    refused("param n = 5 backend b { workload { image ⟦n⟧ } }", "LBP2003", /string/);
    refused('param n = "x" backend b { server 10.0.0.1:80 keepalive ⟦n⟧ }', "LBP2003", /string/i);
    const inParentheses = accepted('param from = "v"\nparam image = "web:1"\nbackend b { workload { image (image) env A (from) env B "b" } }').policy.backends[0]?.workload;
    assert.deepEqual([inParentheses?.image, inParentheses?.env], ["web:1", [{ name: "A", value: "v" }, { name: "B", value: "b" }]], "where a keyword is meant otherwise, in parentheses");
    const found = refused("backend b { workload { image ⟦nginx⟧ } }", "LBP2001", /string param called nginx/);
    assert.equal(found.fixes[0]?.edits[0]?.text, '"nginx"');
    refused('import ⟦file⟧', "LBP2011", /double quotes/);
    refused('backend b { replica capacity 1rps scale 1..2 { target custom ⟦jobs⟧ 3 } }', "LBP1001", /double quotes/);
  });
});

describe("environment", () => {
  const text = 'param peak = 5rps\nparam img = "a"\nenvironment prod { peak = 2 * 50rps  img = "b" }\nenvironment test {\n  peak = 1rps\n}\nbackend w { workload { image img } }';

  it("sets params together", () => {
    assert.equal(peak(text), 5);
    assert.equal(peak(text, { environment: "prod" }), 100);
    assert.equal(peak(text, { environment: "test" }), 1);
    assert.equal(accepted(uses + text, { environment: "prod" }).policy.backends[1]?.workload?.image, "b");
  });

  it("an item begins at NAME =, also behind an unfinished one", () => {
    assert.deepEqual(problemsIn(`${uses}param peak = 5rps param b = 1\nenvironment e {\n  peak =\n  b = 2\n}\nbackend c { server 10.0.0.1:80 keepalive b }`), ["LBP1001 "]);
    assert.deepEqual(problemsIn(`${uses}param peak = 5rps param b = 1\nenvironment e { peak = b = 2 }\nbackend c { server 10.0.0.1:80 keepalive b }`), ["LBP1001 b"]);
  });

  it("its params exist, once each, and keep their dimension, whether or not it is asked for", () => {
    const source = (line: string): string => `${uses}param peak = 5rps\nenvironment e { ${line} }`;
    refused(source("⟦peek⟧ = 5rps"), "LBP2001", /did you mean `peak`/);
    refused(source("peak = ⟦5s⟧"), "LBP2003", /duration.*rate/i);
    refused(source('peak = ⟦"5rps"⟧'), "LBP2003", /string/);
    refused(source("peak = 5rps ⟦peak⟧ = 6rps"), "LBP1015", /second time/);
    refused(source("peak = ⟦5s⟧"), "LBP2003", /duration.*rate/i, { environment: "e" });
    refused(source("⟦peak⟧ 5rps").replace("⟦peak⟧ 5rps", "peak ⟦5rps⟧"), "LBP1001", /`=`/);
  });

  it("one that does not exist is an error that offers the nearest", () => {
    const found = analyze({ file: "t", text: uses + text }, { environment: "prd" }).diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    assert.deepEqual(found.map(({ code, message }) => [code, message]), [["LBP2015", "There is no environment called prd: did you mean `prod`?"]]);
  });
});

describe("--set", () => {
  it("overrides the declared value and the environment", () => {
    const text = "param peak = 5rps\nenvironment e { peak = 6rps }";
    assert.equal(peak(text, { parameters: { peak: "7rps" } }), 7);
    assert.equal(peak(text, { parameters: { peak: "90/m" }, environment: "e" }), 1.5);
  });

  it("a string takes the text as it stands", () => {
    const text = 'param img = "a"\nbackend b { workload { image img label "k" img } }';
    for (const value of ["b", "x.y-z", "5rps"]) assert.equal(accepted(text, { parameters: { img: value } }).policy.backends[0]?.workload?.image, value);
  });

  it("refuses control characters in a string, and what is no literal elsewhere", () => {
    for (const value of ["a\nb", "a\u0000", "\u2028"]) {
      refused('param ⟦img⟧ = "a"\nbackend b { workload { image img } }', "LBP3016", /control character U\+/, { parameters: { img: value } });
    }
    for (const value of ["", "x", "5 rps", "1 + 1", "5rps\nparam other = 1", '"5rps"', "5rps // c\n"]) {
      assert.ok(problemsIn(`${uses}param peak = 5rps`, { parameters: { peak: value } }).some((problem) => problem.startsWith("LBP2003 peak")), JSON.stringify(value));
    }
    refused("param ⟦peak⟧ = 5rps\nbackend b { server 10.0.0.1:80 demand peak }", "LBP2003", /dimension/, { parameters: { peak: "5s" } });
  });

  it("a name that no param has is an error that offers the nearest", () => {
    for (const [name, words] of [["peek", /did you mean `peak`/], ["constructor", /no param called constructor/], ["__proto__", /no param called __proto__/]] as const) {
      const parameters = Object.fromEntries([[name, "1"]]);
      const found = analyze({ file: "t", text: `${uses}param peak = 5rps` }, { parameters }).diagnostics.filter((diagnostic) => diagnostic.severity === "error");
      assert.equal(found[0]?.code, "LBP2014");
      assert.match(found[0]?.message ?? "", words);
    }
  });
});
