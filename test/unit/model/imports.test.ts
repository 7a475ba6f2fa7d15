/** `import`: cycles, missing files, double names, files reached twice. What lies outside the root is the host's to say. */
import { strict as assert } from "node:assert";
import { analyze, applyEdits } from "../../../language/src/index.ts";
import type { Analysis, ImportHost } from "../../../language/src/index.ts";

function hostOf(files: Readonly<Record<string, string>>): ImportHost {
  return {
    resolve: (path) => {
      // two spellings of one file
      const file = path.replace(/^\.\//, "");
      const text = Object.hasOwn(files, file) ? files[file] : undefined;
      return text === undefined ? { problem: "there is no such file" } : { file, text };
    },
  };
}

function analysisOf(text: string, files: Readonly<Record<string, string>>): Analysis {
  return analyze({ file: "main", text }, { imports: hostOf(files) });
}

function problems(analysis: Analysis): readonly string[] {
  return analysis.diagnostics.filter(({ severity, code }) => severity === "error" && /^LBP[123]/.test(code)).map(({ file, code, range, message }) => {
    const text = analysis.sources.get(file)?.source.text ?? "";
    return `${file} ${code} ${text.slice(range.start, range.end)} ${message}`;
  });
}

const backend = "backend b { server 10.0.0.1:80 balance fair }\n";
const fair = "strategy fair { algorithm random }\n";

describe("import", () => {
  it("takes in what other files declare, and what those import", () => {
    const analysis = analysisOf(`import "a"\n${backend}`, { a: 'import "b"', b: fair });
    assert.deepEqual(problems(analysis), []);
    assert.equal(analysis.policy.backends[0]?.strategy.name, "fair");
    assert.deepEqual([...analysis.sources.keys()], ["main", "a", "b"]);
    assert.equal(analysis.policy.strategies[0]?.origin?.file, "b");
  });

  it("a file reached twice counts once, by whatever spelling", () => {
    assert.deepEqual(problems(analysisOf(`import "a"\nimport "b"\nimport "./b"\n${backend}`, { a: 'import "b"', b: fair })), []);
  });

  it("cycles are errors at the import that closes them", () => {
    assert.deepEqual(problems(analysisOf(`import "a"\n${backend}${fair}`, { a: 'import "main"', main: "" })), ['a LBP2011 "main" `main` cannot be imported: the imports form a cycle, remove one of them.']);
    assert.deepEqual(problems(analysisOf(`import "main"\n${backend}${fair}`, { main: "" })), ['main LBP2011 "main" `main` cannot be imported: the imports form a cycle, remove one of them.']);
    assert.deepEqual(problems(analysisOf(`import "a"\n${backend}${fair}`, { a: 'import "b"', b: 'import "a"' })), ['b LBP2011 "a" `a` cannot be imported: the imports form a cycle, remove one of them.']);
  });

  it("a missing file is an error at the import; without a host every one is", () => {
    assert.deepEqual(problems(analysisOf(`import "nowhere"\n${backend}${fair}`, {})), ['main LBP2011 "nowhere" `nowhere` cannot be imported: there is no such file.']);
    assert.deepEqual(problems(analyze({ file: "main", text: `import "a"\n${backend}${fair}` })), ['main LBP2011 "a" `a` cannot be imported: files cannot be read here.']);
  });

  it("double names are errors at the import", () => {
    const analysis = analysisOf(`import "a"\n${backend}${fair}`, { a: fair });
    assert.deepEqual(problems(analysis), ['main LBP2002 "a" There is already a strategy called fair: choose another name.']);
    assert.deepEqual(analysis.diagnostics.find((diagnostic) => diagnostic.code === "LBP2002")?.related.map(({ location, message }) => [location.file, message]), [["main", "The first one."], ["a", "The second one."]]);
    assert.deepEqual(problems(analysisOf(`import "a"\n${backend}${fair}`, { a: 'import "b"', b: "strategy FAIR { retry 1 }" })), ['a LBP2002 "b" FAIR and fair differ only in case, which some targets do not tell apart: choose another name.']);
    // two in the imported file are its own mistake
    assert.deepEqual(problems(analysisOf(`import "a"\n${backend}`, { a: fair + fair })), ["a LBP2002 fair There is already a strategy called fair: choose another name."]);
  });

  it("mistakes of an imported file carry its name and its places", () => {
    const [only = "", ...rest] = problems(analysisOf(`import "a"\n${backend}`, { a: "strategy fair { retry 1.5 }" }));
    assert.deepEqual(rest, []);
    assert.match(only, /^a LBP3002 1\.5 /);
  });

  it("a chain of imports has an end", () => {
    const files = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, `import "f${i + 1}"`]));
    const found = problems(analysisOf(`import "f0"\n${backend}${fair}`, files));
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", /deeper than 32/);
  });

  it("a file without a backend is there to be imported: its unused names are no matter", () => {
    assert.deepEqual(analyze({ file: "common", text: `${fair}param x = 1\n` }).diagnostics, []);
  });

  it("targets stand in one block in all files", () => {
    const [only = ""] = problems(analysisOf('import "a"\ntarget nginx { }\nbackend b { server 10.0.0.1:80 }', { a: 'target nginx { version "1.22" }' }));
    assert.match(only, /^a LBP2013 nginx/);
  });
});

describe("names in Kubernetes", () => {
  it("two that become one are an error", () => {
    const found = problems(analysisOf("backend web_a { server 10.0.0.1:80 }\nbackend web-a { server 10.0.0.2:80 }", {}));
    assert.deepEqual(found, ["main LBP2013 web-a web-a and web_a have the same name in Kubernetes, web-a: choose another name."]);
    assert.deepEqual(problems(analysisOf("param a_b = 1 param a-b = 2 backend web_a { server 10.0.0.1:80 keepalive a_b max_queue 1 }".replace(" max_queue 1", ""), {})), []);
    assert.deepEqual(problems(analysisOf("backend a_b { server 10.0.0.1:80 }\nservice a-b { listen 80 to a_b }", {})), []);
  });

  it("a path with backslashes that is not found offers the one with slashes, which other systems read too", () => {
    const text = `import "sub\\\\a.lbpolicy"\nbackend b { server 10.0.0.1:80 }\n`;
    const host = { resolve: (path: string) => (path === "sub/a.lbpolicy" ? { file: "sub/a.lbpolicy", text: "" } : { problem: "does not exist" }) };
    const analysis = analyze({ file: "main", text }, { imports: host });
    const [told] = analysis.diagnostics.filter((diagnostic) => diagnostic.code === "LBP2011");
    assert.match(told?.message ?? "", /it does not exist, write its path from the folder of this file\.$/);
    const mended = applyEdits(text, told?.fixes[0]?.edits ?? []);
    assert.deepEqual(analyze({ file: "main", text: mended }, { imports: host }).diagnostics.filter((diagnostic) => diagnostic.code === "LBP2011"), []);
  });
});
