import assert from "node:assert/strict";
import { analyze } from "../../../language/src/index.ts";
import type { Analysis } from "../../../language/src/index.ts";
import { definition, implementation, typeDefinition } from "../../../language/src/features/definition.ts";
import { highlights, references } from "../../../language/src/features/references.ts";
import { readMarks } from "../../helpers/marked-source.ts";

function read(marked: string): { readonly analysis: Analysis; readonly offset: number; readonly ranges: readonly { readonly start: number; readonly end: number }[] } {
  const { text, cursor, ranges } = readMarks(marked);
  return { analysis: analyze({ file: "test.lbpolicy", text }), offset: cursor ?? assert.fail("no cursor"), ranges };
}

function leadsTo(marked: string, find: typeof definition = definition): void {
  const { analysis, offset, ranges } = read(marked);
  assert.deepEqual(find(analysis, offset).map(({ range }) => range), ranges, marked);
}

describe("the declaration of a name", () => {
  it("is found from every construct that names one", () => {
    leadsTo("strategy ⟦even⟧ { algorithm first }\nbackend b { balance ev┆en server 10.0.0.1:80 }");
    leadsTo("backend ⟦b⟧ { server 10.0.0.1:80 }\nservice s { listen 80 to ┆b }");
    leadsTo("backend ⟦b⟧ { server 10.0.0.1:80 }\nservice s { listen 80 route \"/\" to b┆ }");
    leadsTo("threshold ⟦t⟧ { target cpu 50% }\nbackend b { scale 1..3 { on ┆t } }");
    leadsTo("schedule ⟦d⟧ { every daily 08:00-20:00 replicas 2 }\nbackend b { scale 1..3 { during ┆d } }");
    leadsTo("metric ⟦m⟧ { per member }\nthreshold t { target ┆m 5 }");
    leadsTo("metric ⟦m⟧ { per member }\nthreshold t { when ┆m > 5 double }");
    leadsTo("traffic ⟦w⟧ { base 5rps }\nbackend b { demand ┆w server 10.0.0.1:80 }");
    leadsTo("traffic ⟦w⟧ { base 5rps }\nscenario s { traffic ┆w }");
    leadsTo("param ⟦p⟧ = 5rps\nbackend b { demand max(2rps, (┆p * 2)) server 10.0.0.1:80 }");
    leadsTo("param ⟦p⟧ = 2s\nbackend b { server 10.0.0.1:80 response 1s at 1, ┆p at 8 }");
    leadsTo("param ⟦h⟧ = \"a.example\"\nservice s { listen 80 host (┆h) }");
    leadsTo("param ⟦p⟧ = 5rps\nenvironment e { ┆p = 6rps }");
  });

  it("of a server is that of the scenario's backend, and of every backend whose strategy has the geo", () => {
    leadsTo("backend x { server a 10.0.0.1:80 }\nbackend y { server ⟦a⟧ 10.0.0.2:80 }\nscenario s { backend y fail server ┆a at +1m for 1m }");
    leadsTo("strategy g { algorithm geo { \"10.0.0.0/8\" to ┆a default to a } }\nbackend x { balance g server ⟦a⟧ 10.0.0.1:80 }\nbackend y { balance g server ⟦a⟧ 10.0.0.2:80 }\nbackend z { server a 10.0.0.3:80 }");
    leadsTo("backend x { server a 10.0.0.1:80 server ⟦10.0.0.2:80⟧ }\nscenario s { backend x fail server ┆s2 at +1m for 1m }");
  });

  it("is none for built-in names, unknown ones and words of the language", () => {
    for (const marked of ["backend b { balance round_┆robin }", "threshold t { target load_┆factor 70% }", "backend b { balance no┆ne }", "back┆end b { }"]) leadsTo(marked);
  });

  it("is found in unfinished text", () => {
    leadsTo("strategy ⟦even⟧ {\nbackend b {\n  balance ev┆en\n");
  });
});

describe("what stands behind a name", () => {
  it("is the backend of a server, the strategy of a backend", () => {
    leadsTo("backend ⟦b⟧ { server ┆a 10.0.0.1:80 }", typeDefinition);
    leadsTo("strategy ⟦even⟧ { algorithm first }\nbackend ┆b { balance even }", typeDefinition);
  });

  it("is carried out by members, by an environment's values, by the backends that a strategy shapes", () => {
    leadsTo("backend ┆b { server ⟦a⟧ 10.0.0.1:80 server ⟦10.0.0.2:80⟧ }", implementation);
    leadsTo("param ┆p = 5rps\nenvironment e { ⟦p⟧ = 6rps }", implementation);
    leadsTo("strategy ┆even { algorithm first }\nbackend ⟦b⟧ { balance even }\nbackend c { }", implementation);
  });
});

describe("the uses of a name", () => {
  it("are all of them and no others, with the declaration if asked", () => {
    const { analysis, offset, ranges } = read("param ⟦p⟧ = 5rps\nparam q = ⟦p┆⟧ + ⟦p⟧\nbackend p { demand ⟦p⟧ }\ntraffic t { base ⟦p⟧ }");
    assert.deepEqual(references(analysis, offset, "with declarations").map(({ range }) => range), ranges);
    assert.deepEqual(references(analysis, offset, "uses only").map(({ range }) => range), ranges.slice(1));
    assert.deepEqual(highlights(analysis, offset).map(({ kind }) => kind), ["write", "read", "read", "read", "read"]);
  });

  it("are found in the documents that import the file, from either side", () => {
    const common = { file: "common.lbpolicy", text: "strategy even { algorithm first }\n" };
    const main = analyze({ file: "main.lbpolicy", text: 'import "common.lbpolicy"\nbackend b { balance even }\n' }, { imports: { resolve: () => common } });
    const own = analyze(common);
    const all = [{ file: "common.lbpolicy", range: { start: 9, end: 13 } }, { file: "main.lbpolicy", range: { start: 45, end: 49 } }];
    assert.deepEqual(references(own, 10, "with declarations", [main]), all);
    assert.deepEqual(references(main, 46, "with declarations", [own]), all);
    assert.deepEqual(definition(main, 46), all.slice(0, 1));
  });
});
