/** The pages of docs/diagnostics: one for each kind, and what they show is run. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { analyze, applyEdits, compile, registry, simulate, simulateRequests, unreadableSettings } from "../../../language/src/index.ts";
import type { Diagnostic } from "../../../language/src/index.ts";
import type { Example, Page } from "../../helpers/diagnostic-pages.ts";
import { diagnosticsOf, pageNames, pagesFolder, readPage } from "../../helpers/diagnostic-pages.ts";

const pages = new Map(pageNames().map((name) => [name.replace(".md", ""), readPage(name.replace(".md", ""))]));

const codesOf = (found: readonly Diagnostic[]): readonly string[] => [...new Set(found.map((diagnostic) => diagnostic.code))].sort();

/** Errors and warnings; information and hints are no reason to call an example broken. */
const grave = (found: readonly Diagnostic[]): readonly Diagnostic[] => found.filter((diagnostic) => diagnostic.severity === "error" || diagnostic.severity === "warning");

/** What cannot be written down in a page; each is made here. */
const made: Readonly<Record<string, () => readonly Diagnostic[]>> = {
  LBP1014: () => analyze({ file: "a", text: " ".repeat(16 * 2 ** 20 + 1) }).diagnostics,
  LBP1019: () => analyze({ file: "a", text: "nonsense\nbackend b { }\n".repeat(201) }).diagnostics,
  LBP1009: () => analyze({ file: "a", text: 'service s { host "a\u0007b" }' }).diagnostics,
  LBP3809: () => {
    const servers = Array.from({ length: 1_001 }, (_, i) => `server 10.0.${i >> 8}.${i & 255}:80 capacity 1rps`).join("\n");
    const outcome = simulate(analyze({ file: "a", text: `backend b {\ndemand 1rps\n${servers}\n}` }));
    return outcome.kind === "refused" ? outcome.diagnostics : [];
  },
  LBP3817: () => {
    const text = `backend b {
  demand 100rps
  replica response 100ms concurrency 100
  workload { image "a/b:1" }
  scale 1..4 { on flapping }
}
threshold flapping {
  when load_factor > 8% add 1
  when load_factor < 8% remove 1
  cooldown 0s
}`;
    const outcome = simulate(analyze({ file: "a", text }), { durationSeconds: 18 * 86_400 });
    return outcome.kind === "refused" ? outcome.diagnostics : [];
  },
  LBP3818: () => {
    const servers = Array.from({ length: 100 }, (_, i) => `server 10.0.0.${i + 1}:80 weight 200 response 20ms concurrency 4`).join("\n");
    const outcome = simulateRequests(analyze({ file: "a", text: `backend b {\ndemand 1rps\nbalance keys\n${servers}\n}\nstrategy keys {\nalgorithm hash uri consistent\n}` }));
    return outcome.kind === "refused" ? outcome.diagnostics : [];
  },
  LBP5075: () => {
    const services = Array.from({ length: 80 }, (_, i) => `service s${i} { listen 443 tls certificate "/c${i}.crt" key "/c${i}.key" host "h${i}.example.com" to b }`).join("\n");
    return compile(analyze({ file: "a", text: `backend b { server 10.0.0.1:80 }\n${services}` }), "haproxy").diagnostics;
  },
  LBP2034: () => unreadableSettings("lbpolicy.json", "is a folder").diagnostics,
};

/** Reported by the simulator or a compiler of what the checks before them refuse already: a page, and no example that could run. */
const behindOthers = new Set(["LBP3811", "LBP3812", "LBP5000", "LBP5003", "LBP5012", "LBP5070", "LBP5071", "LBP5072", "LBP5073", "LBP5074", "LBP5503"]);

describe("the pages of the diagnostics", () => {
  it("are there for every kind, and for nothing else", () => {
    assert.deepEqual([...pages.keys()], registry.map((kind) => kind.code));
  });

  it("are listed in the index", () => {
    const index = readFileSync(`${pagesFolder}README.md`, "utf8");
    for (const { code, name, severity } of registry) assert.ok(index.includes(`| [${code}](${code}.md) | \`${name}\` | ${severity} |`), `${code} is not in the index: run npm run docs`);
  });

  for (const kind of registry) {
    const page = pages.get(kind.code);
    if (page === undefined) continue;
    it(`${kind.code} says what it is, why it matters and how to fix it`, () => {
      assert.equal(page.title, `${kind.code} ${kind.name}`);
      assert.equal(page.kindLine.split(" · ")[0], kind.severity);
      assert.ok(page.why.length > 40, "why it matters");
      assert.ok((page.sections.get("How to fix") ?? "").length > 12, "how to fix");
      if (kind.code.startsWith("LBP5")) assert.match(page.kindLine, /· (?:nginx|HAProxy|Kubernetes)/);
    });

    const make = made[kind.code];
    if (make !== undefined) {
      it(`${kind.code} is reported where it should be`, () => assert.ok(codesOf(make()).includes(kind.code)));
      continue;
    }
    if (behindOthers.has(kind.code)) continue;
    it(`${kind.code}: the bad examples show it and nothing else`, () => {
      assert.ok(page.bad.length > 0, "no bad example");
      for (const example of page.bad) badExample(page, example);
    });
    it(`${kind.code}: the good examples do not, and have no error`, () => {
      assert.ok(page.good.length > 0, "no good example");
      for (const example of page.good) {
        const found = diagnosticsOf(example);
        assert.ok(!codesOf(found).includes(kind.code), describe_(found));
        assert.deepEqual(found.filter((diagnostic) => diagnostic.severity === "error"), [], describe_(found));
      }
    });
    it(`${kind.code}: ${page.fix === undefined ? "there is no quick fix" : `the quick fix mends the bad examples`}`, () => {
      for (const example of page.bad) quickFixes(page, example);
    });
  }
});

function describe_(found: readonly Diagnostic[]): string {
  return found.map((diagnostic) => `${diagnostic.code} ${diagnostic.message}`).join("\n");
}

function badExample(page: Page, example: Example): void {
  const found = diagnosticsOf(example);
  const others = codesOf(grave(found)).filter((code) => code !== page.code && !page.alsoReports.includes(code));
  assert.ok(codesOf(found).includes(page.code), `not reported:\n${example.text}\n${describe_(found)}`);
  assert.deepEqual(others, [], describe_(found));
}

function quickFixes(page: Page, example: Example): void {
  const found = diagnosticsOf(example).filter((diagnostic) => diagnostic.code === page.code);
  const fixes = found.flatMap((diagnostic) => diagnostic.fixes);
  if (page.fix === undefined) {
    assert.deepEqual(fixes.map((fix) => fix.title), [], "the page says nothing of a quick fix");
    return;
  }
  assert.ok(fixes.length > 0, `no quick fix for\n${example.text}`);
  for (const fix of fixes) {
    assert.match(fix.title, titlePattern(page.fix));
    const text = applyEdits(example.text, fix.edits);
    const before = found.length;
    const after = diagnosticsOf(example, text);
    assert.ok(after.filter((diagnostic) => diagnostic.code === page.code).length < before, `still there after ${fix.title}:\n${text}`);
    assert.ok(grave(after).length <= grave(diagnosticsOf(example)).length, `the fix brings something new:\n${text}\n${describe_(after)}`);
  }
}

/** A title in a page may have NAME for what depends on the example. */
function titlePattern(title: string): RegExp {
  return new RegExp(`^${title.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("NAME", ".+")}$`);
}
