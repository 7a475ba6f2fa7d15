import assert from "node:assert/strict";
import { applyEdits, complete } from "../../../language/src/index.ts";
import type { CompletionItem } from "../../../language/src/index.ts";
import { atCursor, sampleText } from "../../helpers/analyzed.ts";

function itemsAt(marked: string): readonly CompletionItem[] {
  const { analysis, offset } = atCursor(marked);
  return complete(analysis, offset);
}

function labelsAt(marked: string): readonly string[] {
  return itemsAt(marked).map((item) => item.label);
}

/** The whole text after an item was accepted; placeholders as their default. */
function accepted(marked: string, label: string): string {
  const { text } = atCursor(marked);
  const item = itemsAt(marked).find((candidate) => candidate.label === label);
  assert.ok(item !== undefined, `${label} is not offered at ${marked}`);
  const insert = item.isSnippet ? item.insertText.replace(/\$\{\d+:([^}]*)\}/gu, "$1").replace(/\$\{\d+\|([^,|]*)[^}]*\}/gu, "$1").replace(/\$0/gu, "") : item.insertText;
  return applyEdits(text, [{ range: item.range, text: insert }]);
}

const kinds = ["import", "param", "environment", "backend", "strategy", "metric", "threshold", "schedule", "service", "traffic", "scenario", "target"];

describe("completion of keywords", () => {
  it("offers every kind of declaration at the top, before, between and behind others", () => {
    assert.deepEqual(labelsAt("┆"), kinds);
    assert.deepEqual(labelsAt("back┆"), kinds);
    assert.deepEqual(labelsAt("backend b {\n}\n┆\nstrategy s { }"), kinds);
  });

  it("offers the statements of the open block, without those that stand there and may not be repeated", () => {
    const labels = labelsAt("backend b {\n  balance first\n  server 10.0.0.1:80\n  ┆\n}\n");
    assert.ok(labels.includes("server") && labels.includes("health") && labels.includes("max_queue"));
    assert.ok(!labels.includes("balance") && !labels.includes("algorithm"));
    assert.deepEqual(labelsAt("target nginx { ┆ }"), ["version", "resolver", "emit"]);
    assert.deepEqual(labelsAt("threshold t {\n  up { ┆ }\n}"), ["by", "select", "stabilize", "tolerance"]);
  });

  it("offers the options that are left of a statement", () => {
    const labels = labelsAt("backend b {\n  server x 10.0.0.1:80 weight 2 ┆\n}\n");
    assert.ok(labels.includes("capacity") && labels.includes("backup") && !labels.includes("weight"));
    assert.deepEqual(labelsAt("backend b { health ┆ }"), ["http", "https", "tcp", "grpc", "passive"]);
    assert.deepEqual(labelsAt("backend b { timeout connect 1s ┆ }"), ["read", "send", "queue", "idle"]);
  });

  it("offers the next word of a rule, each in its place", () => {
    assert.deepEqual(labelsAt("threshold t { when cpu ┆ }"), ["<", "<=", ">", ">="]);
    assert.deepEqual(labelsAt("threshold t { when cpu > 70% ┆ }"), ["for", "add", "remove", "double", "halve", "set"]);
    assert.ok(!labelsAt("threshold t { when cpu > 70% for 30s ┆ }").includes("for"));
    assert.deepEqual(labelsAt("threshold t { cooldown up 1m ┆ }"), ["down"]);
  });

  it("works in unfinished text", () => {
    assert.ok(labelsAt("backend b {\n  ┆").includes("server"));
    assert.ok(labelsAt("backend b {\n  workload {\n    ┆\n\nstrategy s { algorithm first }\n").includes("image"));
    assert.ok(labelsAt("backend b {\n  server ???\n  bal┆\n}\n").includes("balance"));
    assert.ok(labelsAt("backend b {\n  timeout connect\n  ┆\n}\n").includes("balance"));
  });

  it("is right while a block is being written on one line, before its brace is closed", () => {
    assert.ok(labelsAt("backend b { ser┆").includes("server"));
    assert.ok(labelsAt("backend b { server a 10.0.0.1:80 we┆").includes("weight"));
    assert.ok(labelsAt("backend b { server a 10.0.0.1:80 weight 2 ca┆ }\nstrategy s { }").includes("capacity"));
    assert.equal(labelsAt("strategy even { algorithm first }\nbackend b { server 10.0.0.1:80 balance ┆")[0], "even");
    assert.deepEqual(labelsAt("threshold t { when cpu > 70% ┆"), ["for", "add", "remove", "double", "halve", "set"]);
    assert.ok(labelsAt("backend b { scale 1..2 { up { ┆").includes("by"));
    assert.deepEqual(labelsAt("threshold busy { target cpu 70% }\nbackend b { scale 1..2 { on ┆"), ["busy"]);
  });

  it("offers nothing in comments and strings", () => {
    for (const marked of ["// ┆", "backend b { # a ┆\n}", "/* ┆ */", "backend b {\n /* x\n ┆", 'service s { host "┆" }', 'service s { host "a┆', "/// ┆\nbackend b { }"]) assert.deepEqual(labelsAt(marked), [], marked);
    assert.notDeepEqual(labelsAt('service s { host "a" ┆ }'), []);
    assert.notDeepEqual(labelsAt("/* x */ ┆"), []);
  });
});

describe("completion of names", () => {
  it("offers what is in scope and of the kind that is due", () => {
    const rest = "\nstrategy even { algorithm first }\nthreshold busy { target cpu 70% }\nschedule day { every mon-fri 08:00-20:00 }\ntraffic week { base 1rps }\nbackend web { server 10.0.0.1:80 }\n";
    assert.deepEqual(labelsAt(`backend b { balance ┆ }${rest}`).slice(0, 2), ["even", "round_robin"]);
    assert.deepEqual(labelsAt(`backend b { scale 1..2 { on ┆ } }${rest}`), ["busy"]);
    assert.deepEqual(labelsAt(`backend b { scale 1..2 { during ┆ } }${rest}`), ["day"]);
    assert.deepEqual(labelsAt(`backend b { demand ┆ }${rest}`).slice(0, 1), ["week"]);
    assert.deepEqual(labelsAt(`service s { listen 80 to ┆ }${rest}`), ["web"]);
    assert.deepEqual(labelsAt(`backend b { scale 1..2 { on busy, ┆ } }${rest}`), ["busy"]);
  });

  it("offers params where a value is due, also inside an expression", () => {
    assert.ok(labelsAt("param peak = 1200rps\nbackend b { server 10.0.0.1:80 capacity ┆ }").includes("peak"));
    assert.ok(labelsAt("param peak = 1200rps\nbackend b { server 10.0.0.1:80 capacity (peak / ┆ }").includes("peak"));
  });

  it("offers metrics, built in and declared", () => {
    const labels = labelsAt("metric jobs { query \"q\" per pool }\nthreshold t { target ┆ }");
    assert.equal(labels[0], "jobs");
    assert.ok(labels.includes("load_factor") && labels.includes("external"));
  });
});

describe("completion of values", () => {
  it("offers values with their units, within the bounds of what is due", () => {
    assert.ok(labelsAt("threshold t { cooldown ┆ }").includes("5m"));
    assert.ok(labelsAt("backend b { server 10.0.0.1:80 capacity ┆ }").includes("100rps"));
    assert.ok(!labelsAt("backend b { scale 1..2 { up { by 4 every ┆ } } }").includes("1h"), "a period is 1800 s at most");
    assert.deepEqual(labelsAt("backend b { stream ┆ }"), ["on", "off"]);
    assert.deepEqual(labelsAt("schedule s { every ┆ }"), ["mon-fri", "sat, sun", "daily"]);
  });
});

describe("accepting a completion", () => {
  it("replaces the word around the cursor", () => {
    assert.equal(accepted("backend b {\n  bal┆nce\n}\n", "balance"), "backend b {\n  balance\n}\n");
    assert.equal(accepted("backend b { balance lea┆ }", "least_connections"), "backend b { balance least_connections }");
    assert.equal(accepted("threshold t { target cpu 7┆0% }", "95%"), "threshold t { target cpu 95% }");
    assert.equal(accepted("threshold t { when cpu ┆ }", ">="), "threshold t { when cpu >= }");
  });

  it("writes whole declarations that are free of syntax errors", () => {
    for (const kind of kinds) {
      const text = accepted("┆", kind);
      const { analysis } = atCursor(`${text}┆`);
      assert.deepEqual(analysis.diagnostics.filter((diagnostic) => diagnostic.code.startsWith("LBP1")).map((diagnostic) => diagnostic.message), [], text);
    }
  });
});

describe("completion anywhere", () => {
  it("fails at no place of the samples, whole or cut off there", () => {
    for (const name of ["shop", "ai-gateway"] as const) {
      const text = sampleText(name);
      const { analysis } = atCursor(`${text}┆`);
      for (let offset = 0; offset <= text.length; offset += 3) assert.doesNotThrow(() => complete(analysis, offset));
      for (let offset = 0; offset <= text.length; offset += 29) assert.doesNotThrow(() => itemsAt(`${text.slice(0, offset)}┆`));
    }
  });

  it("offers at the start of each word of the samples that word, if it is a keyword or a name", () => {
    for (const name of ["shop", "ai-gateway"] as const) {
      const text = sampleText(name);
      const { analysis } = atCursor(`${text}┆`);
      for (const found of text.replace(/"[^"]*"|\/\/.*/gu, (skipped) => " ".repeat(skipped.length)).matchAll(/(?<=^|[\s{,])[a-z][a-z0-9_]*(?=$|[\s{,}])/gmu)) {
        const declared = /(?:backend|strategy|threshold|schedule|service|traffic|scenario|server|namespace|image)\s+$/u.test(text.slice(0, found.index)) && !/^\s+(?:backend|traffic)/mu.test(text.slice(text.lastIndexOf("\n", found.index) + 1, found.index));
        if (declared) continue;
        const labels = complete(analysis, found.index).map((item) => item.label);
        assert.ok(labels.includes(found[0]), `${found[0]} at ${found.index} of ${name}: ${labels.join(" ")}`);
      }
    }
  });
});
