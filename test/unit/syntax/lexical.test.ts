/** Lexical rules of the reference other than numbers: white space, line ends, comments, names, strings. */
import { strict as assert } from "node:assert";
import { applyEdits } from "../../../language/src/text/range.ts";
import { parse } from "../../../language/src/syntax/parse.ts";
import { fieldOf, nameOf } from "../../../language/src/syntax/tree.ts";
import type { Statement } from "../../../language/src/syntax/tree.ts";
import { checkInvariants, shapeOf } from "../../helpers/invariants.ts";
import { accepted, problemsIn, refused } from "../../helpers/marked-source.ts";

const shop = `backend shop {
  server a 10.0.0.1:80 weight 2 // fast
  server b 10.0.0.2:80
}
`;

function codes(text: string): readonly string[] {
  checkInvariants(text);
  return parse("test.lbpolicy", text).problems.map((problem) => `${problem.code} ${text.slice(problem.range.start, problem.range.end)}`);
}

function first(text: string): Statement {
  checkInvariants(text);
  return parse("test.lbpolicy", text).tree.declarations[0] ?? assert.fail("no declaration");
}

function stringIn(literal: string): string | undefined {
  const value = fieldOf(first(`param x = ${literal}`).fields, "value")?.value;
  return value?.type === "string" ? value.value : assert.fail("no string");
}

describe("white space and line ends", () => {
  it("reads LF, CRLF, CR, tabs and a BOM alike", () => {
    const expected = shapeOf(parse("test.lbpolicy", shop).tree.declarations);
    for (const text of [shop.replaceAll("\n", "\r\n"), shop.replaceAll("\n", "\r"), `\uFEFF${shop}`, shop.replaceAll("  ", "\t")]) {
      assert.deepEqual(codes(text), []);
      assert.deepEqual(shapeOf(parse("test.lbpolicy", text).tree.declarations), expected);
    }
  });

  it("a BOM elsewhere, a NUL and a no-break space are named once each", () => {
    assert.deepEqual(codes("backend b { server 10.0.0.1:80 \uFEFF }").length, 1);
    assert.deepEqual(codes("backend b { \u0000 server 10.0.0.1:80 }").length, 1);
    assert.deepEqual(codes("backend b { server\u00A010.0.0.1:80 }").length, 1);
  });

  it("needs no separators: a whole policy stands on one line", () => {
    accepted("backend web { server 10.0.0.11:80 server 10.0.0.12:80 } service s { listen 80 to web }");
    accepted("backend php-apache { workload { existing \"deployment/php-apache\" cpu 200m } scale 1..10 { target cpu 50% } }");
  });

  it("knows no `;`, and no `,` but in lists", () => {
    assert.deepEqual(codes("backend b { server 10.0.0.1:80; server 10.0.0.2:80; }"), ["LBP1012 ;", "LBP1012 ;"]);
    assert.deepEqual(codes("backend b { server 10.0.0.1:80, server 10.0.0.2:80 }"), ["LBP1012 ,"]);
  });
});

describe("comments", () => {
  it("are //, # and /* */, none of them nested, and documents are ///", () => {
    const { tree, problems } = parse("test.lbpolicy", "// a\n# b\n/* c // d /* e */ /// f\n//// g\nparam x = 1 /* h */ // i\n");
    assert.deepEqual(problems, []);
    assert.deepEqual(tree.comments.map((comment) => comment.kind), ["line", "hash", "block", "doc", "line", "block", "line"]);
  });

  it("an unclosed one is an error at its start", () => {
    assert.deepEqual(codes("param x = 1\n/* never closed\nparam y = 2\n"), ["LBP1010 /*"]);
  });

  it("/// above a declaration or a server documents it, over several lines, not over a blank one", () => {
    const policy = accepted("/// The web tier.\n/// Two machines.\nbackend b {\n  /// The fast one.\n  server a 10.0.0.1:80\n  /// lost\n\n  server c 10.0.0.2:80\n  // no\n  server d 10.0.0.3:80\n}\n").policy;
    assert.equal(policy.backends[0]?.documentation, "The web tier.\nTwo machines.");
    assert.deepEqual(policy.backends[0]?.servers.map((server) => server.documentation), ["The fast one.", undefined, undefined]);
  });
});

describe("names", () => {
  it("are a letter, then letters, digits, _ and -, at most 63", () => {
    for (const name of ["a", "Web_1-b", "a".repeat(63)]) accepted(`backend ${name} { server 10.0.0.1:80 }`);
    assert.deepEqual(codes(`backend ${"a".repeat(64)} { server 10.0.0.1:80 }`), [`LBP1017 ${"a".repeat(64)}`]);
    assert.ok(codes("backend _a { server 10.0.0.1:80 }").length > 0);
    assert.ok(codes("backend 1a { server 10.0.0.1:80 }").length > 0);
    assert.ok(codes("backend é { server 10.0.0.1:80 }").length > 0);
  });

  it("keywords may name servers, backends and everything else", () => {
    for (const word of ["weight", "backend", "cpu", "server", "scale", "mon", "mon-fri", "on", "to", "target", "daily", "error", "down", "param", "import", "constructor", "toString", "hasOwnProperty"]) {
      const { policy } = accepted(`backend ${word} {\n  server ${word} 10.0.0.1:80\n  balance ${word}\n  demand (${word === "param" ? "q" : word})\n}\nstrategy ${word} {\n  retry 2 on timeout\n}\nparam ${word === "param" ? "q" : word} = 5rps\n`);
      assert.equal(policy.backends[0]?.name, word);
      assert.equal(policy.backends[0]?.servers[0]?.name, word);
      assert.equal(policy.backends[0]?.strategy.name, word);
    }
  });

  it("prototype names of JavaScript are unknown names like any other", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf", "isPrototypeOf"]) {
      refused(`backend b { server 10.0.0.1:80 balance ⟦${name}⟧ }`, "LBP2001", /no strategy called/);
      refused(`backend b { server 10.0.0.1:80 demand ⟦${name}⟧ }`, "LBP2001", /no traffic called/);
      refused(`backend b { server 10.0.0.1:80 keepalive ⟦${name}⟧ }`, "LBP2001", /no param called/);
      refused(`backend b { server 10.0.0.1:80 keepalive ⟦${name}⟧(2) }`, "LBP2005", /no function/);
      refused(`backend b { replica capacity 5rps scale 1..2 { target ⟦${name}⟧ 5 } }`, "LBP2001", /no metric called/);
      refused(`backend b { workload { existing ⟦"${name}/x"⟧ } }`, "LBP3016", /deployment\/NAME/);
    }
  });

  it("where a keyword and a name are both possible the keyword is meant", () => {
    // `tolerance` after the rule begins a statement; a param of that name stands in parentheses
    const text = "param tolerance = 3\nthreshold t {\n  when queue > 2 add (tolerance)\n  cooldown 1m\n}\nbackend b { replica capacity 1rps scale 1..2 { on t } }\n";
    const { policy } = accepted(text);
    const threshold = policy.thresholds[0];
    assert.deepEqual(threshold?.kind === "rules" ? threshold.rules[0]?.action : undefined, { kind: "add", count: 3 });
  });

  it("references are case-sensitive; declarations that differ in case only are an error", () => {
    refused("backend b { server 10.0.0.1:80 } service s { listen 80 to ⟦B⟧ }", "LBP2001", /did you mean `b`/);
    refused("backend b { server 10.0.0.1:80 }\nbackend ⟦B⟧ { server 10.0.0.1:80 }", "LBP2002", /differ only in case/);
    refused("backend b { server Web 10.0.0.1:80 server ⟦web⟧ 10.0.0.2:80 }", "LBP2002", /differ only in case/);
    refused("backend b { server s2 10.0.0.1:80 server ⟦10.0.0.2:80⟧ }", "LBP2002", /s2/);
  });

  it("a param and a traffic share no name, a strategy is no algorithm, a metric no built-in", () => {
    refused("param p = 1rps traffic ⟦p⟧ { base 1rps } backend b { server 10.0.0.1:80 demand p }", "LBP2002", /p/);
    refused("strategy ⟦random⟧ { retry 2 } backend b { server 10.0.0.1:80 balance random }", "LBP2008", /algorithm/);
    refused("metric ⟦cpu⟧ { per pool } backend b { replica capacity 1rps scale 1..2 { target cpu 50% } }", "LBP2008", /built-in/);
    for (const name of ["external", "custom"]) assert.ok(problemsIn(`metric ${name} { per pool }`).includes(`LBP2008 ${name}`));
  });
});

describe("strings", () => {
  it("decode their escapes", () => {
    assert.equal(stringIn(String.raw`"a \" \\ \u{1F600} \u{e9} é"`), 'a " \\ \u{1F600} é é');
    assert.equal(stringIn('""'), "");
    assert.equal(stringIn('"// no comment { } /*"'), "// no comment { } /*");
  });

  it("offer \\\\ for every other backslash", () => {
    for (const escape of ["\\n", "\\t", "\\x41", "\\u0041", "\\u{}", "\\u{110000}", "\\u{1234567}"]) {
      const text = `param x = "a${escape}"`;
      checkInvariants(text);
      const { problems } = parse("test.lbpolicy", text);
      assert.deepEqual(problems.map((problem) => [problem.code, problem.range.start]), [["LBP1008", 12]], escape);
      assert.deepEqual(codes(applyEdits(text, problems[0]?.fixes[0]?.edits ?? [])), [], escape);
    }
  });

  it("refuse control characters, written or escaped, separators and lone surrogates", () => {
    for (const bad of ["\u0000", "\u0001", "\t", "\u007F", "\u0085", "\u2028", "\u2029", "\uFEFF", "\uD800", "\\u{0}", "\\u{a}", "\\u{7f}", "\\u{2028}", "\\u{d800}"]) {
      assert.deepEqual(codes(`param x = "a${bad}b"`), [`LBP1009 ${bad}`]);
    }
  });

  it("end on their line; what follows is read", () => {
    for (const end of ["\n", "\r", "\r\n"]) {
      const text = `param x = "a b${end}param y = 2${end}`;
      assert.deepEqual(codes(text), ['LBP1007 "a b']);
      assert.deepEqual(parse("test.lbpolicy", text).tree.declarations.map((declaration) => nameOf(declaration)?.name), ["x", "y"]);
    }
    assert.deepEqual(codes('param x = "a \\" b'), ['LBP1007 "a \\" b']);
  });
});
