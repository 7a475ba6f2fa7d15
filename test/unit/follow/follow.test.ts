/** A followed document knows after each edit what an analysis of the whole text finds, and completes and hints as it does. */
import { strict as assert } from "node:assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { analyze, check, complete, follow, inlayHints, runFigures, simulate } from "../../../language/src/index.ts";
import type { AnalyzeOptions, Diagnostic, ImportHost, RunFigures } from "../../../language/src/index.ts";
import { changeOf, edited, randomEdit, randomFrom } from "../../helpers/random-edits.ts";
import { completeTexts } from "../../helpers/texts.ts";

const seed = Number(process.env["LBPOLICY_SEED"] ?? 20261120);
const edits = Number(process.env["LBPOLICY_EDITS"] ?? 1000);
const file = "policy.lbpolicy";

/** Much that reads much: params in chains and circles, environments, doubles, imports, what silences. */
const tangled = `import "common.lbpolicy"
param base = 100rps
param peak = base * factor
param factor = 3
param loop = knot + 1
param knot = loop + 1
environment prod {
  base = 200rps
  factor = 4
}
/// The first.
backend web {
  balance fair
  demand peak
  server a 10.0.0.1:80 capacity base
  server b 10.0.0.2:80 weight factor
}
// lbpolicy-ignore LBP2004: a spare
threshold spare { target cpu 50% }
backend pool {
  balance missing
  demand weekday
  replica capacity 10rps response 100ms
  scale 1..10 {
    on busy, queue_length
    during office
  }
}
strategy fair { algorithm hash cookie "c" }
threshold busy { target deep 70% up { by 4 every 15s } }
threshold queue_length { when queue > 5 add 1 cooldown 1m }
metric deep { query "x" per pool as queue / 2 }
schedule office { every mon-fri 08:00-20:00 replicas 20 }
traffic weekday { base 50rps }
service front { listen 80 route "/a" to web route "/" to pool 40%, web 60% }
service back { listen 80 to web }
scenario day { backend pool traffic weekday fail 2 replicas at 10:00 for 1h expect p95 < 1s }
scenario other { backend web }
target nginx { version "1.22" }
target nginx { resolver "1.2.3.4" }
`;

const common = { file: "common.lbpolicy", text: "param common = 5\nstrategy fair { algorithm first }\nthreshold shared { target load_factor 70% }\n" };
const imports: ImportHost = { resolve: (path) => (path === common.file ? common : { problem: "is not there" }) };

/** Of every second backend a run is known. */
const figures = (backend: string): RunFigures | undefined => (backend.length % 2 === 0 ? undefined : runOfPool);
const runOfPool = ((): RunFigures => {
  const outcome = simulate(analyze({ file, text: "backend pool { demand 50rps replica capacity 10rps scale 1..10 { target load_factor 70% } }" }), {});
  return outcome.kind === "report" ? runFigures(outcome.report, true) : assert.fail(outcome.kind);
})();

const other = analyze({ file: "other.lbpolicy", text: "/// Of another file.\nstrategy distant { algorithm first }\ntraffic far { base 1rps }\nparam elsewhere = 5rps\n" });

describe("following a document", () => {
  for (const [name, text] of [...completeTexts, ["tangled", tangled]] as const) {
    for (const [how, options] of [["as declared", { imports }], ["in an environment, with a value set", { imports, environment: "prod", parameters: { peak: "7rps" } }]] as const) {
      it(`finds what the whole gives after each of ${edits} edits of ${name}, ${how} (seed ${seed})`, function () {
        this.timeout(180_000);
        hold(text, options, edits, seed);
      });
    }
  }

  it("keeps no earlier text alive", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const block = (index: number): string => `backend b${index} {\n  server ${"a".repeat(40)} 10.0.0.1:80 weight 2\n${"  // a comment that takes room\n".repeat(60)}}\n`;
    let text = Array.from({ length: 200 }, (_, index) => block(index)).join("");
    const followed = follow({ file, text }, {});
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 200; index++) {
      const at = text.indexOf("weight", text.indexOf(`backend b${index} {`));
      text = `${text.slice(0, at)} ${text.slice(at)}`;
      followed.update(text, [{ start: at, end: at, length: 1 }]);
      followed.diagnostics();
    }
    collect();
    // Two hundred documents of 400 kB would be 80 MB.
    assert.ok(process.memoryUsage().heapUsed - before < 15e6, `${Math.round((process.memoryUsage().heapUsed - before) / 1e6)} MB more than before`);
  });

  it("keeps what it is told to remember where the text stays", () => {
    const text = "backend a { server 10.0.0.1:80 }\nservice s { listen 80 to a }\n";
    const followed = follow({ file, text }, {});
    const [found] = check({ file, text: text.replace("10.0.0.1:80", "10.0.0.1:0") }, {}).diagnostics;
    assert.ok(found !== undefined);
    const at = text.indexOf("listen");
    followed.remember([{ ...found, range: { start: at, end: at + 6 } }]);
    const longer = `param x = 1\n${text}`;
    followed.update(longer);
    assert.deepEqual(followed.diagnostics().map(({ range }) => longer.slice(range.start, range.end)), ["x", "listen"]);
    followed.update(longer.replace("listen 80", "listen 81"));
    assert.deepEqual(followed.diagnostics().map(({ range }) => longer.slice(range.start, range.end)), ["x"]);
  });
});

function hold(text: string, options: AnalyzeOptions, rounds: number, from: number): void {
  const random = randomFrom(from);
  let current = text;
  const followed = follow({ file, text }, options);
  const history: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const edit = round % 12 === 11 ? { start: 0, end: current.length, text } : randomEdit(current, random);
    const next = edited(current, edit);
    history.push(JSON.stringify(edit));
    followed.update(next, round % 3 === 0 ? undefined : [changeOf(edit)]);
    current = next;
    if (round % 5 === 0) {
      const analysis = analyze({ file, text: current }, options);
      const elsewhere = [{ path: "other.lbpolicy", file: "other.lbpolicy", tree: other.tree }];
      const span = { start: Math.min(current.length, edit.start), end: Math.min(current.length, edit.start + 200) };
      for (const range of [span, { start: 0, end: current.length }]) {
        assert.deepEqual(followed.hints(range, ({ name: backend }) => figures(backend)), inlayHints(analysis, range, figures), `hints of\n${current}`);
      }
      for (const offset of [edit.start, edit.start + edit.text.length, Math.floor(random() * current.length)]) {
        assert.deepEqual(complete(followed.scene(() => analysis), offset, elsewhere), complete(analysis, offset, elsewhere), `completion at ${offset} of\n${current}`);
      }
    }
    assert.deepEqual(followed.diagnostics().map(plain), analyze({ file, text: current }, options).policyDiagnostics.map(plain), `after edit ${round}, ${history.slice(-2).join(", ")}, of\n${current}`);
  }
}

function plain({ code, message, file: where, range, severity, related }: Diagnostic): string {
  return JSON.stringify([range.start, range.end, code, severity, message, where, related]);
}
