/** lbpolicy.json: what it may say, where its mistakes are shown, and what overrides it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { analyze, compile, createLineMap, paramNamesIn, positionAt, readSettings } from "../../../language/src/index.ts";
import type { AnalyzeOptions } from "../../../language/src/index.ts";
import { makeFolder, runInFolder } from "../../helpers/run-cli.ts";

const read = (text: string): ReturnType<typeof readSettings> => readSettings({ file: "lbpolicy.json", text });

/** `line:column CODE` of every mistake, from 1. */
function mistakes(text: string): readonly string[] {
  const lines = createLineMap(text);
  return read(text).diagnostics.map(({ code, range }) => {
    const { line, character } = positionAt(lines, range.start);
    return `${line + 1}:${character + 1} ${code}`;
  });
}

describe("lbpolicy.json", () => {
  it("holds severities, targets and params", () => {
    const settings = read('{ "$schema": "./lbpolicy.schema.json", "severities": { "LBP2010": "off" }, "targets": ["nginx", "kubernetes"], "params": { "peak": "200rps", "members": 3 } }');
    assert.deepEqual(settings.diagnostics, []);
    assert.deepEqual(settings.severities, { LBP2010: "off" });
    assert.deepEqual(settings.targets, ["nginx", "kubernetes"]);
    assert.deepEqual(settings.parameters.map(({ name, text }) => [name, text]), [["peak", "200rps"], ["members", "3"]]);
  });

  it("may be empty, begin with a byte order mark, and have any white space of JSON", () => {
    for (const text of ["{}", "\uFEFF{}", " \t\r\n{\r\n}\r\n"]) assert.deepEqual(mistakes(text), [], JSON.stringify(text));
  });

  for (const [text, found] of [
    ["", ["1:1 LBP1030"]],
    ["{", ["1:2 LBP1030"]],
    ["{\n  \"targets\": [\"nginx\",]\n}", ["2:23 LBP1030"]],
    ["{\n  // a remark\n}", ["2:3 LBP1030"]],
    ["{ 'targets': [] }", ["1:3 LBP1030"]],
    ["{ \"targets\" [] }", ["1:13 LBP1030"]],
    ["{} {}", ["1:4 LBP1030"]],
    ["{ \"params\": { \"a\": 01 } }", ["1:20 LBP1030"]],
    ["{ \"params\": { \"a\": \"\\x\" } }", ["1:20 LBP1030"]],
    ["{ \"params\": { \"a\": \"\u0007\" } }", ["1:20 LBP1030"]],
    ["{ \"params\": { \"a\": nul } }", ["1:20 LBP1030"]],
    ["[]", ["1:1 LBP2031"]],
    ["{\n  \"target\": []\n}", ["2:3 LBP2030"]],
    ["{ \"targets\": [] }", ["1:14 LBP2031"]],
    ["{ \"targets\": [\"nginx\", 5] }", ["1:24 LBP2031"]],
    ["{ \"targets\": [\"nginxx\"] }", ["1:15 LBP2035"]],
    ["{ \"severities\": { \"LBP2010\": \"warn\" } }", ["1:30 LBP2035"]],
    ["{ \"severities\": { \"lbp2010\": \"off\" } }", ["1:19 LBP2032"]],
    ["{ \"params\": { \"a\": [1] } }", ["1:20 LBP2031"]],
    ["{ \"params\": {}, \"params\": {} }", ["1:17 LBP2033"]],
    ["{ \"$schema\": 1 }", ["1:14 LBP2031"]],
  ] as const) {
    it(`shows the mistake in ${JSON.stringify(text)} where it is`, () => assert.deepEqual(mistakes(text), found));
  }

  it("keeps what is right beside a mistake", () => {
    const settings = read('{ "targets": ["nginx", "caddy"], "severities": { "LBP2010": "off", "LBP9": "off" } }');
    assert.deepEqual(settings.targets, ["nginx"]);
    assert.deepEqual(settings.severities, { LBP2010: "off" });
  });

  it("that nests without end is refused and not followed", () => {
    assert.deepEqual(read("[".repeat(100_000)).diagnostics.map((each) => each.code), ["LBP1030"]);
  });

  it("reads what JSON.parse reads, and refuses what it refuses", () => {
    fc.assert(fc.property(fc.json(), fc.nat(), fc.constantFrom("", "}", ",", "\"", "x", "0"), (json, at, extra) => {
      for (const text of [json, `${json.slice(0, at % (json.length + 1))}${extra}${json.slice(at % (json.length + 1))}`]) {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        assert.equal(!read(text).diagnostics.some((each) => each.code === "LBP1030" && !/levels/.test(each.message)), valid || read(text).diagnostics.some((each) => /levels/.test(each.message)), text);
      }
    }), { numRuns: 1000 });
  });

  it("never throws, whatever it holds", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => void read(text)), { numRuns: 1000 });
  });
});

describe("params that no policy declares", () => {
  const settings = '{\n  "params": { "peak": "200rps", "peek": "1rps", "image": "b" }\n}\n';
  const a = "param peak = 1rps\nbackend a {\n  demand peak\n  server 10.0.0.1:80\n}\n";
  const b = 'import "c.lbpolicy"\nbackend b {\n  demand low\n  server 10.0.0.1:80\n}\n';
  const c = 'param low = 1rps\nparam image = "x"\n';
  const told = async (folder: string, ...paths: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await runInFolder(folder, ["check", ...paths, "--format", "json"]);
    const { files } = JSON.parse(stdout) as { files: { path: string; diagnostics: { code: string; severity: string; message: string; range: { start: { line: number; character: number } } }[] }[] };
    return files.flatMap(({ path, diagnostics }) => diagnostics.filter(({ code }) => code === "LBP2036").map(({ severity, message, range: { start } }) => `${path}:${start.line + 1}:${start.character + 1} ${severity} ${message}`));
  };

  it("are told once, at their names in lbpolicy.json, with the nearest; what any policy of the root declares is not", async () => {
    const folder = makeFolder({ "lbpolicy.json": settings, "a.lbpolicy": a, "sub/b.lbpolicy": b, "sub/c.lbpolicy": c });
    try {
      const once = ["lbpolicy.json:2:33 warning No policy below this folder declares the param peek: did you mean `peak`?"];
      for (const paths of [["."], ["a.lbpolicy"], ["sub/b.lbpolicy"], ["a.lbpolicy", "sub"], ["sub/c.lbpolicy"]]) assert.deepEqual(await told(folder.path, ...paths), once, paths.join());
    } finally {
      folder.remove();
    }
  });

  it("are silenced by a severity, and nothing is told where there are none", async () => {
    const folder = makeFolder({ "lbpolicy.json": '{ "severities": { "LBP2036": "off" }, "params": { "peek": "1rps" } }', "a.lbpolicy": a });
    try {
      assert.deepEqual(await told(folder.path, "."), []);
    } finally {
      folder.remove();
    }
    const none = makeFolder({ "lbpolicy.json": '{ "params": { "peak": "1rps" } }', "a.lbpolicy": a });
    try {
      assert.deepEqual(await told(none.path, "."), []);
    } finally {
      none.remove();
    }
  });

  it("are found from the words of a text, wherever a declaration may stand", () => {
    assert.deepEqual(paramNamesIn("param a = 1 param b-c = 2\n  param\tD_1=3\nbackend param { server param 10.0.0.1:80 }\nimport \"param.lbpolicy\"\n"), ["a", "b-c", "D_1"]);
  });
});

describe("params of lbpolicy.json", () => {
  const text = "param peak = 100rps\nparam image = \"a\"\nenvironment staging {\n  peak = 300rps\n}\nbackend b {\n  demand peak\n  replica capacity 10rps\n  workload { image image port 80 }\n  scale 1..5 { target load_factor 70% }\n}\n";
  const peak = (options: AnalyzeOptions): number | undefined => {
    const demand = analyze({ file: "a", text }, options).policy.backends[0]?.demand;
    return demand !== undefined && "ratePerSecond" in demand ? demand.ratePerSecond : undefined;
  };
  const settings = read('{ "params": { "peak": "200rps", "image": "b", "not_here": 5 } }');

  it("override the file, and are overridden by the environment and by --set", () => {
    assert.equal(peak({}), 100);
    assert.equal(peak({ settings }), 200);
    assert.equal(peak({ settings, environment: "staging" }), 300);
    assert.equal(peak({ settings, environment: "staging", parameters: { peak: "400rps" } }), 400);
  });

  it("of strings take the text as it stands; those that a policy does not declare are passed over", () => {
    const analysis = analyze({ file: "a", text }, { settings, targets: [] });
    assert.equal(analysis.policy.backends[0]?.workload?.image, "b");
    assert.deepEqual(analysis.diagnostics.filter((each) => each.severity === "error"), []);
  });

  it("of another dimension or none are told at their place in lbpolicy.json, and nothing is compiled", () => {
    for (const [given, column] of [['"5s"', 23], ['"fast"', 23], ["5", 23]] as const) {
      const wrong = read(`{ "params": { "peak": ${given} } }`);
      const analysis = analyze({ file: "a", text }, { settings: wrong });
      const found = analysis.diagnostics.filter((each) => each.file === "lbpolicy.json");
      assert.deepEqual(found.map((each) => [each.code, each.range.start + 1]), [["LBP2003", column]], given);
      assert.equal(compile(analysis, "kubernetes").text, "");
    }
  });
});

describe("targets that a check looks at", () => {
  const text = (target: string): string => `${target}strategy s {\n  slow_start 10s\n}\nbackend b {\n  balance s\n  server 10.0.0.1:80\n  server 10.0.0.2:80\n}\n`;
  const severity = (target: string, options: AnalyzeOptions): string | undefined => analyze({ file: "a", text: text(target) }, options).diagnostics.find((each) => each.code === "LBP5017")?.severity;
  const settings = read('{ "targets": ["nginx"] }');
  const other = read('{ "targets": ["haproxy"] }');

  it("are those the policy declares", () => {
    assert.equal(severity("target nginx { }\n", {}), "warning");
    assert.equal(severity("target haproxy { }\n", {}), undefined);
    assert.equal(severity("target haproxy { }\n", { settings }), undefined);
  });

  it("else those of lbpolicy.json", () => {
    assert.equal(severity("", { settings }), "warning");
    assert.equal(severity("", { settings: other }), undefined);
  });

  it("else all, as information", () => assert.equal(severity("", {}), "information"));

  it("or those that are asked for", () => {
    assert.equal(severity("target haproxy { }\n", { targets: ["nginx"] }), "warning");
    assert.equal(severity("target nginx { }\n", { targets: ["haproxy"], settings }), undefined);
  });

  it("refuse no other target: what one cannot do does not keep the others from being compiled", () => {
    const udp = analyze({ file: "a", text: "target nginx { }\ntarget haproxy { }\nbackend b {\n  protocol udp\n  server 10.0.0.1:53\n}\nservice s {\n  listen 53\n  to b\n}\n" });
    assert.ok(udp.diagnostics.some((each) => each.code === "LBP5031" && each.severity === "error"));
    assert.notEqual(compile(udp, "nginx").text, "");
    assert.equal(compile(udp, "haproxy").text, "");
  });
});

describe("lbpolicy.json and the command line", () => {
  let folder: ReturnType<typeof makeFolder>;
  afterEach(() => folder.remove());
  const slow = "strategy s {\n  slow_start 10s\n}\nbackend b {\n  balance s\n  server 10.0.0.1:80\n  server 10.0.0.2:80\n}\n";
  const run = (...words: string[]): ReturnType<typeof runInFolder> => runInFolder(folder.path, words);

  it("is read from the root: the working directory where the file lies below it, else the file's folder, or --root", async () => {
    folder = makeFolder({ "lbpolicy.json": '{ "targets": ["nginx"] }', "sub/a.lbpolicy": slow, "sub/lbpolicy.json": '{ "targets": ["haproxy"] }' });
    assert.match((await run("check", "sub/a.lbpolicy")).stdout, /warning LBP5017/u);
    assert.doesNotMatch((await run("check", "sub/a.lbpolicy", "--root", "sub")).stdout, /LBP5017/u);
    const elsewhere = makeFolder();
    try {
      const result = await runInFolder(elsewhere.path, ["check", `${folder.path}/sub/a.lbpolicy`]);
      assert.doesNotMatch(result.stdout, /LBP5017/u);
    } finally {
      elsewhere.remove();
    }
  });

  it("is overridden by --target and --severity", async () => {
    folder = makeFolder({ "lbpolicy.json": '{ "targets": ["nginx"], "severities": { "LBP5017": "error" } }', "a.lbpolicy": slow });
    assert.equal((await run("check", "a.lbpolicy")).status, 1);
    assert.equal((await run("check", "a.lbpolicy", "--severity", "LBP5017=hint")).status, 0);
    assert.equal((await run("check", "a.lbpolicy", "--target", "haproxy")).status, 0);
  });

  it("with a mistake fails a check at its own file, line and column, once for all policies", async () => {
    folder = makeFolder({ "lbpolicy.json": '{\n  "targets": ["nginxx"]\n}\n', "a.lbpolicy": slow, "b.lbpolicy": slow });
    const { status, stdout } = await run("check", ".");
    assert.equal(status, 1);
    assert.deepEqual(stdout.match(/^lbpolicy\.json:.*$/gmu), ["lbpolicy.json:2:15: error LBP2035: A target cannot be `nginxx`: did you mean `nginx`?"]);
    assert.equal((await run("compile", "a.lbpolicy", "--target", "nginx")).status, 1);
  });

  it("that cannot be read is a mistake too", async () => {
    folder = makeFolder({ "lbpolicy.json/x": "", "a.lbpolicy": slow });
    const { status, stdout } = await run("check", "a.lbpolicy");
    assert.equal(status, 1);
    assert.match(stdout, /^lbpolicy\.json:1:1: error LBP2034: lbpolicy\.json is a folder/mu);
  });

  it("gives params to compile and simulate, below --env and --set", async () => {
    folder = makeFolder({ "lbpolicy.json": '{ "params": { "w": 5 } }', "a.lbpolicy": "param w = 2\nenvironment e {\n  w = 7\n}\nbackend b {\n  server 10.0.0.1:80 weight w\n  server 10.0.0.2:80\n}\n" });
    const weight = async (...words: string[]): Promise<string | undefined> => /weight=(\d+)/u.exec((await run("compile", "a.lbpolicy", "--target", "nginx", ...words)).stdout)?.[1];
    assert.equal(await weight(), "5");
    assert.equal(await weight("--env", "e"), "7");
    assert.equal(await weight("--env", "e", "--set", "w=9"), "9");
  });
});
