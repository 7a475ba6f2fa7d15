/**
 * Every code has a quick fix wherever one is the likely one. Fixes that a page promises are applied to its bad examples by the test of the pages;
 * those of other occurrences are applied here, and a code without any says why.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { analyze, applyEdits, check, compile, quickFixes, readSettings, registry, targetNames } from "../../../language/src/index.ts";
import type { Analysis, Diagnostic, TargetName } from "../../../language/src/index.ts";
import { readPage } from "../../helpers/diagnostic-pages.ts";
import { root } from "../../helpers/root.ts";

const server = "backend b { server a 10.0.0.1:80 }\n";
const pool = (line: string): string => `backend b { replica capacity 9rps workload { image "x" port 80 cpu 1 } scale 1..5 { ${line} } }\n`;
const service = (lines: string): string => `${server}service s { listen 80 ${lines} }\n`;
const schedule = (lines: string): string => `${pool("target cpu 50% during s")}schedule s { ${lines} replicas 2 }\n`;

/** code, a text that shows it once, the fix that is applied, what the fix writes (nothing where it takes away) */
const occurrences: readonly (readonly [string, string, string, string])[] = [
  ["LBP1001", "backend b { server a 10.0.0.1:80 }\nparam p 3\n", "Write =", "= "],
  ["LBP1001", `${server}service s { listen 80 route /a to b }\n`, 'Write "/a"', '"/a"'],
  ["LBP1009", service('to b header set "A" "b\\u{0}"'), "Remove the character", '"b"'],
  ["LBP1025", service('to b header set "A" "b\u202E"'), "Remove U+202E", '"b"'],
  ["LBP2001", service('to b header set "A" x'), 'Write "x"', '"x"'],
  ["LBP2001", "backend b { balance leastconn server a 10.0.0.1:80 }", "Write least_connections", "least_connections"],
  ["LBP2003", "backend b { workload { image \"x\" cpu 2 * 500m } }", "Write 0.5", "2 * 0.5"],
  ["LBP2003", pool("target cpu 500m"), "Write 0.5", "cpu 0.5"],
  ["LBP2009", "backend b { balance least_predicted_load server a 10.0.0.1:80 }", "Declare the strategy predicted", "balance predicted"],
  ["LBP2013", 'backend b { workload { existing "deployment/b" image "x" cpu 1 } }', "Remove it", '"deployment/b"  cpu'],
  ["LBP2013", "backend b { server a 10.0.0.1:80 address p.internal:80 }", "Remove it", "10.0.0.1:80  }"],
  ["LBP2013", `${server}service s { listen 80 to b route "/a" to b }\n`, 'Write route "/" to', 'route "/" to b'],
  ["LBP2013", `${pool("target m 2s")}metric m { per pool as p95 }\n`, "Write per pool value", "per pool value"],
  ["LBP2013", `${pool("on t, t")}threshold t { target cpu 50% }\n`, "Remove the second one", "on t }"],
  ["LBP2013", `strategy r { retry 2 on error, 503, error }\nbackend b { balance r server a 10.0.0.1:80 }`, "Remove the second one", "error, 503 }"],
  ["LBP2013", service("listen 80 to b"), "Remove it", "listen 80  to"],
  ["LBP2013", service('host "a.example" "a.example" to b'), "Remove it", '"a.example"  to'],
  ["LBP2013", service('host "a.example" host "A.example" to b'), "Remove it", '"a.example"  to'],
  ["LBP2013", pool("target cpu 50% cooldown 3m"), "Write down { stabilize 3m }", "down { stabilize 3m }"],
  ["LBP3001", pool("target cpu 50% tolerance 10"), "Write 10%", "10%"],
  ["LBP3001", "backend b { demand 1rps server a 10.0.0.1:80 }\nscenario s { backend b expect availability >= 99.9 }", "Write 99.9%", "99.9%"],
  ["LBP3005", "backend b { server a 10.0.0.1:080 }", "Write 10.0.0.1:80", "10.0.0.1:80"],
  ["LBP3005", "backend b { server a api.internal }", "Write api.internal:80", "api.internal:80"],
  ["LBP3007", schedule("every daily 24:00-06:00"), "Write 00:00", "00:00-06:00"],
  ["LBP3007", schedule("every daily 08:00-08:00"), "Write 00:00-24:00", "00:00-24:00"],
  ["LBP3007", schedule("every daily 08:00-20:00 except 2026-12-25 10:00"), "Write 2026-12-25", "2026-12-25 replicas"],
  ["LBP3009", schedule('cron "@daily" for 1h'), 'Write "0 0 * * *"', '"0 0 * * *"'],
  ["LBP3009", schedule('cron "0 8 * * 5,7" for 1h'), 'Write "0 8 * * 5,0"', '"0 8 * * 5,0"'],
  ["LBP3009", schedule('cron "0 30 8 ? * MON-FRI" for 1h'), 'Write "30 8 * * MON-FRI"', '"30 8 * * MON-FRI"'],
  ["LBP3012", "backend b { replica response 1s at 1, 2s at 8 concurrency 9 }", "Write 8", "concurrency 8"],
  ["LBP3016", service('to b trust_proxy "10.0.0.1/8"'), 'Write "10.0.0.0/8"', '"10.0.0.0/8"'],
  ["LBP3016", service('host "https://a.example/" to b'), 'Write "a.example"', '"a.example"'],
  ["LBP3016", service('host "a.example:8080" to b'), 'Write "a.example"', '"a.example"'],
  ["LBP3016", 'backend b { server a 10.0.0.1:80 health http "healthz" }', 'Write "/healthz"', '"/healthz"'],
  ["LBP3016", `${server}service s { listen 80 route "api" to b }\n`, 'Write "/api"', '"/api"'],
  ["LBP3016", 'backend b { workload { image "x" namespace "Shop" } }', 'Write "shop"', '"shop"'],
  ["LBP3016", 'backend b { workload { existing "Deployment/Web" cpu 1 } }', 'Write "deployment/web"', '"deployment/web"'],
  ["LBP3016", `${pool("target m 5")}metric m { prometheus "prom:9090" query "x" per pool }\n`, 'Write "http://prom:9090"', '"http://prom:9090"'],
  ["LBP3016", 'backend b { server a 10.0.0.1:80 health http "/" method head }', "Write HEAD", "HEAD"],
];

const reasons: Readonly<Record<string, readonly string[]>> = {
  "what stands outside of every text is wrong: an option of the command line, a setting, a file, or what a run was asked for": [
    "LBP2014", "LBP2015", "LBP2034", "LBP3800", "LBP3801", "LBP3802", "LBP3806", "LBP3807", "LBP3808", "LBP3810", "LBP3811", "LBP3812", "LBP3813", "LBP3814", "LBP3816", "LBP3817", "LBP3818",
  ],
  "it counts others, and says nothing of its own": ["LBP1019"],
  "something has to go or to be split, and only the author knows what": ["LBP1013", "LBP1014", "LBP1015", "LBP1017", "LBP2006", "LBP2010", "LBP3012", "LBP3809", "LBP5004", "LBP5053", "LBP5075", "LBP5570"],
  "another name has to be thought of, at every place where it stands": ["LBP2002", "LBP2008", "LBP5001", "LBP5501", "LBP5502", "LBP5503"],
  "a value has to be thought of: a number, a name, a path or an address that the policy does not hold": [
    "LBP1030", "LBP2004", "LBP2007", "LBP2011", "LBP2012", "LBP3003", "LBP3004", "LBP3010", "LBP3011", "LBP3013", "LBP3015", "LBP3017", "LBP3020", "LBP3023", "LBP3803", "LBP3804", "LBP3805", "LBP3815",
    "LBP5000", "LBP5002", "LBP5003", "LBP5019", "LBP5032", "LBP5033", "LBP5040", "LBP5041", "LBP5042", "LBP5500", "LBP5510", "LBP5511", "LBP5512", "LBP5513", "LBP5522", "LBP5530", "LBP5531", "LBP5534", "LBP5542", "LBP5543", "LBP5555", "LBP5562", "LBP5566",
  ],
  "two ways are as likely: the message names them": ["LBP3021", "LBP3022", "LBP3025", "LBP5031", "LBP5070", "LBP5071", "LBP5072", "LBP5073", "LBP5074", "LBP5532", "LBP5564", "LBP5568"],
  "it tells what a target makes of the policy: there is nothing wrong with the text, and another version or target is not chosen in passing": [
    "LBP5010", "LBP5011", "LBP5012", "LBP5013", "LBP5014", "LBP5015", "LBP5016", "LBP5017", "LBP5018", "LBP5020", "LBP5021", "LBP5022", "LBP5023", "LBP5024", "LBP5025", "LBP5026", "LBP5027", "LBP5030", "LBP5034",
    "LBP5035", "LBP5043", "LBP5044", "LBP5050", "LBP5051", "LBP5052", "LBP5054", "LBP5055", "LBP5056", "LBP5057", "LBP5058", "LBP5059", "LBP5060", "LBP5062", "LBP5063", "LBP5064", "LBP5065", "LBP5066", "LBP5068",
    "LBP5069", "LBP5076", "LBP5514", "LBP5515", "LBP5516", "LBP5517", "LBP5518", "LBP5519", "LBP5520", "LBP5521", "LBP5536", "LBP5537", "LBP5538", "LBP5539", "LBP5540", "LBP5541", "LBP5550", "LBP5551", "LBP5553",
    "LBP5560", "LBP5561", "LBP5563", "LBP5565", "LBP5567", "LBP5569",
  ],
};

const onPages = new Set(registry.filter(({ code }) => readPage(code).fix !== undefined).map(({ code }) => code));
const here = new Set(occurrences.map(([code]) => code));
const unfixed = new Map(Object.entries(reasons).flatMap(([reason, codes]) => codes.map((code) => [code, reason] as const)));

function found(text: string): { readonly analysis: Analysis; readonly diagnostics: readonly Diagnostic[] } {
  const analysis = analyze({ file: "a.lbpolicy", text });
  return { analysis, diagnostics: analysis.diagnostics };
}

const errors = (diagnostics: readonly Diagnostic[]): readonly string[] => diagnostics.filter((each) => each.severity === "error").map((each) => `${each.code} ${each.message}`);

describe("quick fixes", () => {
  it("are there for every code, or a reason why there is none", () => {
    const told = registry.filter(({ code }) => !onPages.has(code) && !here.has(code) && !unfixed.has(code)).map(({ code, name }) => `${code} ${name}`);
    assert.deepEqual(told, [], "neither a quick fix nor a reason");
    assert.equal(unfixed.size, Object.values(reasons).flat().length, "a code stands there twice");
    for (const code of unfixed.keys()) {
      assert.ok(registry.some((kind) => kind.code === code), `${code} is no code`);
      assert.ok(!onPages.has(code), `${code} has a quick fix on its page`);
    }
  });

  for (const [code, text, title, written] of occurrences) {
    it(`${code}: ${title} in ${text.replaceAll(/\s+/gu, " ").slice(0, 90)}`, () => {
      const { analysis, diagnostics } = found(text);
      const told = diagnostics.filter((each) => each.code === code);
      const fixes = told.flatMap((each) => quickFixes(analysis, each));
      const fix = fixes.find((each) => each.title === title);
      assert.ok(fix, `${title} is not among ${JSON.stringify(fixes.map((each) => each.title))} of ${JSON.stringify(diagnostics.map((each) => each.message))}`);
      const mended = applyEdits(text, fix.edits);
      assert.ok(mended.includes(written), mended);
      const after = found(mended).diagnostics;
      assert.equal(after.filter((each) => each.code === code && each.severity !== "hint").length, told.length - 1, mended);
      assert.ok(errors(after).length <= errors(diagnostics).length, `${mended}\n${errors(after).join("\n")}`);
    });
  }

  it("write `autoscaler keda` into the block that is there, with its lines, or into a new one", () => {
    const backend = `backend b {\n  workload { image "x" port 80 cpu 1 }\n  health http "/"\n  scale 1..5 {\n    target cpu 50%\n    fallback 3 after 5 failures\n  }\n}\n`;
    const mended = (text: string): string => {
      const { diagnostics } = check({ file: "a.lbpolicy", text }, { targets: ["kubernetes"] satisfies readonly TargetName[] });
      const analysis = analyze({ file: "a.lbpolicy", text }, { targets: ["kubernetes"] });
      const told = diagnostics.find((each) => each.code === "LBP5533") ?? assert.fail("LBP5533 is not reported");
      return applyEdits(text, quickFixes(analysis, told)[0]?.edits ?? []);
    };
    for (const [block, written] of [
      ["", "\ntarget kubernetes {\n  autoscaler keda\n}\n"], ["target kubernetes { }\n", "target kubernetes { autoscaler keda  }\n"], ['target kubernetes { namespace "a" }\n', 'target kubernetes { namespace "a" autoscaler keda }\n'],
      ['target kubernetes {\n  namespace "a"\n}\n', 'target kubernetes {\n  namespace "a"\n  autoscaler keda\n}\n'], ["target kubernetes { autoscaler hpa }\n", "target kubernetes { autoscaler keda }\n"],
    ] as const) {
      const text = mended(backend + block);
      assert.equal(text, backend + written);
      assert.ok(!compile(analyze({ file: "a", text }), "kubernetes").diagnostics.some((each) => each.code === "LBP5533"));
    }
  });

  it("of lbpolicy.json leave JSON that is read without that mistake", () => {
    for (const [text, title, written] of [
      ['{ "targets": "nginx" }', 'Write ["nginx"]', '{ "targets": ["nginx"] }'],
      ['{ "targets": ["k8s"] }', 'Write "kubernetes"', '{ "targets": ["kubernetes"] }'],
      ['{ "severities": { "LBP2010": "warn" } }', 'Write "warning"', '{ "severities": { "LBP2010": "warning" } }'],
      ['{ "params": { "a": "x, y", "a": "2" } }', "Remove the second one", '{ "params": { "a": "x, y" } }'],
      ['{ "target": ["nginx"] }', 'Write "targets"', '{ "targets": ["nginx"] }'],
      ['{ "severities": { "LBP201": "off" } }', 'Write "LBP2010"', undefined],
    ] as const) {
      const settings = readSettings({ file: "lbpolicy.json", text });
      const fix = settings.diagnostics.flatMap((each) => each.fixes)[0] ?? assert.fail(text);
      const mended = applyEdits(text, fix.edits);
      if (written !== undefined) assert.deepEqual([fix.title, mended], [title, written]);
      assert.deepEqual(readSettings({ file: "lbpolicy.json", text: mended }).diagnostics, []);
    }
  });

  it("of damaged policies are edits inside of the file, apart from each other, and mend without a crash", () => {
    const examples = [...readFileSync(fileURLToPath(new URL("docs/language.md", root)), "utf8").matchAll(/^```lbpolicy\n([\s\S]*?)^```$/gmu)].map((match) => match[1] ?? "");
    const slips = ["0", "2.5", "70", "30", "500m", "8G", '"A b"', "foo", "=", ";", "25:00", "10.0.0.1", "{", "}", "5rps", "50%", "/a", '"http://a.b/"', '"@daily"', "hash", "3..1", "1 / 0", "("];
    let fixes = 0;
    fc.assert(fc.property(fc.constantFrom(...examples), fc.nat(), fc.constantFrom(...slips), (example, at, slip) => {
      const tokens = [...example.matchAll(/"[^"]*"|[^\s{}]+|[{}]/gu)];
      const token = tokens[at % tokens.length] ?? assert.fail();
      const text = example.slice(0, token.index) + slip + example.slice(token.index + token[0].length);
      const { analysis, diagnostics } = found(text);
      for (const fix of diagnostics.flatMap((each) => quickFixes(analysis, each))) {
        fixes++;
        const edits = fix.edits.toSorted((a, b) => a.range.start - b.range.start);
        assert.ok(edits.every(({ range }, i) => range.start >= (edits[i - 1]?.range.end ?? 0) && range.start <= range.end && range.end <= text.length), `${fix.title} in\n${text}`);
        assert.notEqual(applyEdits(text, fix.edits), text, fix.title);
        found(applyEdits(text, fix.edits));
      }
    }), { numRuns: 1000 });
    assert.ok(fixes > 200, `${fixes} fixes were tried`);
  });

  it("are the same from every target's point of view: no fix changes a file twice", () => {
    const text = `${server}service s { listen 443 tls secret "web" to b }\n`;
    const analysis = analyze({ file: "a.lbpolicy", text }, { targets: targetNames });
    for (const told of analysis.diagnostics) for (const fix of quickFixes(analysis, told)) assert.ok(errors(found(applyEdits(text, fix.edits)).diagnostics).length === 0, fix.title);
  });
});
