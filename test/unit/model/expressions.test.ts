/** Expressions of the reference's lexical rules: dimensions, functions, precedence, limits. */
import { strict as assert } from "node:assert";
import type { Dimension } from "../../../language/src/model/dimension.ts";
import { accepted, readMarks, refused } from "../../helpers/marked-source.ts";
import { analyze, applyEdits } from "../../../language/src/index.ts";
import { checkInvariants } from "../../helpers/invariants.ts";

/** A place that takes nothing but the dimension, and how its value is read back. */
const places: Readonly<Record<Dimension, { readonly text: (expression: string) => string; readonly label: string }>> = {
  number: { label: "variation", text: (x) => `backend b { replica capacity 1rps variation ${x} }` },
  ratio: { label: "noise", text: (x) => `traffic t { base 1rps noise ${x} }` },
  duration: { label: "timeout", text: (x) => `backend b { server 10.0.0.1:80 timeout read ${x} }` },
  rate: { label: "base", text: (x) => `traffic t { base ${x} }` },
  size: { label: "body_limit", text: (x) => `backend b { server 10.0.0.1:80 } service s { listen 80 to b body_limit ${x} }` },
  money: { label: "cost", text: (x) => `backend b { replica capacity 1rps } traffic t { base 1rps } scenario s { backend b traffic t expect cost < ${x} }` },
  price: { label: "cost", text: (x) => `backend b { replica capacity 1rps cost ${x} }` },
  factor: { label: "burst", text: (x) => `traffic t { base 1rps burst ${x} at 12:00 for 1m }` },
};

function valueOf(dimension: Dimension, expression: string): number | undefined {
  const { policy } = accepted(places[dimension].text(expression));
  switch (dimension) {
    case "number": return policy.backends[0]?.replica?.variation;
    case "ratio": return policy.traffics[0]?.noise?.fraction;
    case "duration": return policy.backends[0]?.timeouts.readSeconds;
    case "rate": return policy.traffics[0]?.shape.kind === "base" ? policy.traffics[0].shape.ratePerSecond : undefined;
    case "size": return policy.services[0]?.bodyLimitBytes;
    case "money": return policy.scenarios[0]?.expectations[0]?.value;
    case "price": return policy.backends[0]?.replica?.pricePerHour;
    case "factor": return policy.traffics[0]?.bursts[0]?.factor;
  }
}

/** expression, dimension of the result, value in the canonical unit */
const results: readonly (readonly [string, Dimension, number])[] = [
  ["1 + 2 * 3", "number", 7], ["(1 + 2) * 3", "number", 9], ["8 - 3 - 2", "number", 3], ["24 / 4 / 2", "number", 3], ["7 - (2 - 1)", "number", 6],
  ["min(3, 1, 2)", "number", 1], ["max(3, 1, 2)", "number", 3], ["ceil(2.1)", "number", 3], ["floor(2.9)", "number", 2], ["round(2.5)", "number", 3], ["ceil(0.1 * 30)", "number", 3],
  // number, ratio and factor mix
  ["10 * 70%", "number", 7], ["50% * 10", "number", 5], ["10 / 50%", "number", 20], ["2x * 3", "number", 6], ["2x + 1", "number", 3], ["50% + 1", "number", 1.5], ["min(50%, 2)", "number", 0.5],
  // a ratio stays one only for ratio ± ratio and ratio times or over a number
  ["70% + 5%", "ratio", 0.75], ["70% - 5%", "ratio", 0.65], ["10% * 3", "ratio", 0.3], ["3 * 10%", "ratio", 0.3], ["70% / 2", "ratio", 0.35], ["max(10%, 20%)", "ratio", 0.2], ["0.7", "ratio", 0.7], ["2 - 1.5", "ratio", 0.5],
  ["1m + 30s", "duration", 90], ["1m - 30s", "duration", 30], ["2 * 30s", "duration", 60], ["30s * 50%", "duration", 15], ["1m / 2", "duration", 30], ["30s * 2x", "duration", 60], ["max(1s, 500ms)", "duration", 1], ["ceil(1.5s)", "duration", 2],
  ["100rps + 20rps", "rate", 120], ["100rps * 2", "rate", 200], ["1.5x * 100rps", "rate", 150], ["100rps / 4", "rate", 25], ["120 / 1m", "rate", 2], ["round(99.6rps)", "rate", 100],
  ["1Gi + 512Mi", "size", 1.5 * 2 ** 30], ["2 * 10MB", "size", 20e6], ["1Gi / 2", "size", 2 ** 29], ["50% * 1Gi", "size", 2 ** 29],
  ["$2 + $3", "money", 5], ["$2/h * 3h", "money", 6], ["3h * $2/h", "money", 6], ["$2 * 3", "money", 6],
  ["$2/h + $1/h", "price", 3], ["$2/h * 2", "price", 4], ["$6 / 3h", "price", 2],
  ["2x", "factor", 2], ["1.5", "factor", 1.5], ["3 / 2", "factor", 1.5], ["150%", "factor", 1.5],
  // products and quotients that follow the units
  ["10rps * 3s", "number", 30], ["3s * 10rps", "number", 30], ["6rps / 2rps", "number", 3], ["1m / 20s", "number", 3], ["1Gi / 512Mi", "number", 2], ["$6 / $2", "number", 3], ["$6/h / $2/h", "number", 3],
  ["30 / 10rps", "duration", 3], ["$6 / $2/h", "duration", 10_800],
  ["200/s", "rate", 200], ["200 / 1s", "rate", 200],
];

/** expression, the words of both dimensions in the message */
const meaningless: readonly (readonly [string, RegExp])[] = [
  ["⟦1s + 1rps⟧", /duration.*rate/], ["⟦1s + 1⟧", /duration.*number/], ["⟦70% - 1s⟧", /share.*duration/], ["⟦1s * 1s⟧", /duration.*duration/], ["⟦1rps * 1rps⟧", /rate.*rate/], ["⟦1Gi * 1Gi⟧", /size.*size/],
  ["⟦1Gi / 1s⟧", /size.*duration/], ["⟦1rps / 1s⟧", /rate.*duration/], ["⟦1s / 1rps⟧", /duration.*rate/], ["⟦$1 * 1s⟧", /money.*duration/], ["⟦$1/h * $1/h⟧", /price.*price/], ["⟦1 / 1Gi⟧", /number.*size/],
  ["⟦1 / $1⟧", /number.*money/], ["⟦min(1s, 1rps)⟧", /duration.*rate/], ["⟦max(1, 1s)⟧", /number.*duration/], ["2 * (⟦1s + 1rps⟧)", /duration.*rate/],
];

describe("expressions", () => {
  for (const [expression, dimension, value] of results) {
    it(`${expression} is a ${dimension} of ${value}`, () => {
      assert.equal(Number(valueOf(dimension, `(${expression})`)?.toPrecision(12)), value);
    });
  }

  it("a result goes where its dimension is due and nowhere else", () => {
    // a product of ratios, or a sum with a number, is no share any more
    refused("backend b { replica capacity 1rps scale 1..2 { when queue > 1 add ⟦(50% * 50%)⟧ } }", "LBP3002", /0.25/);
    refused("backend b { replica capacity 1rps scale 1..2 { when queue > 1 add ⟦(50% + 1)⟧ } }", "LBP3002", /1.5/);
    const { policy } = accepted("backend b { replica capacity 1rps scale 1..2 { when queue > 1 add (25% * 2) } }");
    const threshold = policy.backends[0]?.scale?.thresholds[0];
    assert.deepEqual(threshold?.kind === "rules" ? threshold.rules[0]?.action : undefined, { kind: "add", fraction: 0.5 });
  });

  for (const [marked, words] of meaningless) {
    it(`${readMarks(marked).text} has no meaning, and both dimensions are named`, () => {
      refused(`param x = ${marked}\nbackend b { server 10.0.0.1:80 keepalive x }`, "LBP2004", words);
    });
  }

  it("a value of another dimension is refused where it stands", () => {
    const due: readonly (readonly [Dimension, string, RegExp])[] = [
      ["number", "5s", /duration.*number/i], ["number", "50%", /./], ["ratio", "5s", /share/], ["duration", "5rps", /rate.*duration/i], ["rate", "5s", /duration.*rate/i], ["size", "5s", /size/], ["price", "$5", /price/], ["factor", "5s", /factor/],
    ];
    for (const [dimension, value, words] of due) {
      if (dimension === "number" && value === "50%") {
        assert.equal(valueOf("number", value), 0.5);
        continue;
      }
      refused(places[dimension].text(`⟦${value}⟧`), "LBP2003", words);
    }
  });

  it("refuses a division by zero, an overflow and a difference below a bound", () => {
    refused("param x = 5 / ⟦0⟧ backend b { server 10.0.0.1:80 keepalive x }", "LBP3003", /zero/);
    refused("param x = 5 / ⟦(3 - 3)⟧ backend b { server 10.0.0.1:80 keepalive x }", "LBP3003", /zero/);
    refused("param x = ⟦9007199254740991 * 2⟧ backend b { server 10.0.0.1:80 keepalive x }", "LBP3004", /large/);
    refused("param x = ⟦9007199254740991 + 9007199254740991⟧ backend b { server 10.0.0.1:80 keepalive x }", "LBP3004", /large/);
    refused("backend b { server 10.0.0.1:80 timeout read ⟦1s - 2s⟧ }", "LBP3001", /`read`/);
  });

  it("counts are whole; the error offers ceil()", () => {
    const marked = "backend b { server 10.0.0.1:80 keepalive ⟦5 / 2⟧ }";
    const found = refused(marked, "LBP3002", /whole number, not 2\.5.*ceil\(\)/);
    const fixed = applyEdits(readMarks(marked).text, found.fixes[0]?.edits ?? []);
    assert.equal(fixed, "backend b { server 10.0.0.1:80 keepalive ceil(5 / 2) }");
    assert.equal(accepted(fixed).policy.backends[0]?.keepalive, 3);
  });

  it("knows five functions and their arguments", () => {
    refused("param x = ⟦mix⟧(1, 2) backend b { server 10.0.0.1:80 keepalive x }", "LBP2005", /did you mean `m[ia][nx]`/);
    refused("param x = ⟦ceil(1, 2)⟧ backend b { server 10.0.0.1:80 keepalive x }", "LBP2007", /one argument, not 2/);
    refused("param x = ⟦min(1)⟧ backend b { server 10.0.0.1:80 keepalive x }", "LBP2007", /two arguments or more, not 1/);
    // `min` behind white space is a call too; alone it is a name
    assert.equal(valueOf("number", "min (1, 2)"), 1);
    assert.equal(accepted("param min = 3 backend b { server 10.0.0.1:80 keepalive min }").policy.backends[0]?.keepalive, 3);
  });

  it("a binary minus stands between spaces, and there is no unary one", () => {
    for (const expression of ["5⟦-⟧3", "5 ⟦-⟧3", "5⟦-⟧ 3"]) {
      const marked = `param x = ${expression}\nbackend b { server 10.0.0.1:80 keepalive x }`;
      const found = refused(marked, "LBP1016", /space on both sides/);
      assert.equal(accepted(applyEdits(readMarks(marked).text, found.fixes[0]?.edits ?? [])).policy.backends[0]?.keepalive, 2);
    }
    refused("param x = ⟦-⟧5 backend b { server 10.0.0.1:80 keepalive 5 }", "LBP1001", /needs a value/);
    refused("backend b { server 10.0.0.1:80 keepalive ⟦-⟧5 }", "LBP1001", /whole number/);
  });

  it("a number directly followed by /s is a rate, the next words an expression", () => {
    assert.equal(valueOf("rate", "200/s"), 200);
    refused("param x = 5GB/⟦s⟧ backend b { server 10.0.0.1:80 keepalive 5 }", "LBP2001", /no param called s/);
  });

  it("500m is half a core as the whole of a cpu value only", () => {
    const cpu = (text: string): unknown => accepted(`backend b { workload { ${text} } }`).policy.backends[0]?.workload?.cpu;
    assert.deepEqual(cpu("cpu 500m"), { request: 0.5 });
    assert.deepEqual(cpu("cpu 250m..1500m full 750m"), { request: 0.25, limit: 1.5, full: 0.75 });
    assert.deepEqual(cpu("cpu 0.5..1"), { request: 0.5, limit: 1 });
    for (const [text, within] of [["2 * ⟦500m⟧", "2 * 500m"], ["(⟦500m⟧)", "(500m)"], ["1..⟦1500m⟧ + 1", "1..1500m + 1"]] as const) {
      const { fixes } = refused(`backend b { workload { cpu ${text} } }`, "LBP2003", /write `(?:0\.5|1\.5)`/);
      const whole = `backend b { workload { cpu ${within} } }`;
      accepted(applyEdits(whole, fixes[0]?.edits ?? []));
    }
    const inTarget = refused("backend b { workload { cpu 1 } scale 1..2 { target cpu ⟦500m⟧ } }", "LBP2003", /`0\.5`/);
    assert.equal(inTarget.fixes[0]?.edits[0]?.text, "0.5");
    refused("param half = 500m backend b { workload { cpu ⟦half⟧ } }", "LBP2003", /`0\.5`/);
  });

  it("values without a keyword are a literal or stand in parentheses", () => {
    const { policy } = accepted("param part = 20% backend a { server 10.0.0.1:80 } backend b { server 10.0.0.2:80 } service s { listen 80 to a (part), b (100% - part) }");
    assert.deepEqual(policy.services[0]?.to.map((destination) => destination.share), [0.2, 0.8]);
    const text = "param half = 0.5 backend a { server 10.0.0.1:80 } traffic t { base 1rps } scenario s { backend a traffic t (half * 3) }";
    assert.equal(accepted(text).policy.scenarios[0]?.traffic?.factor, 1.5);
  });

  it("chains of operators and nested parentheses end in a positioned error, never in a crash", () => {
    for (const text of [`param x = ${"1 + ".repeat(100_000)}1`, `param x = ${"2 * ".repeat(100_000)}1`, `param x = ${"(".repeat(100_000)}1${")".repeat(100_000)}`, `param x = ${"(".repeat(100_000)}`]) {
      const { diagnostics } = analyze({ file: "test.lbpolicy", text });
      assert.deepEqual(diagnostics.filter((diagnostic) => diagnostic.code === "LBP1013").length, 1, text.slice(0, 20));
    }
    checkInvariants(`param x = ${"1 + ".repeat(900)}1`);
    assert.equal(valueOf("rate", `${"1rps + ".repeat(900)}1rps`), 901);
  });

  it("a share without a % that is many times the whole is taken for a slip, and a % is offered", () => {
    const pool = (line: string): string => `backend b { replica capacity 1rps workload { image "x" cpu 1 } scale 1..2 { ${line} } }`;
    const shares = [pool("target cpu ⟦70⟧"), pool("when load_factor > ⟦95⟧ double"), "backend b { server 10.0.0.1:80 }\ntraffic t { base 1rps noise ⟦8⟧ }\nbackend c { demand t server 10.0.0.1:80 }"];
    for (const marked of shares) {
      const { severity, fixes } = refused(marked, "LBP3018", /without a %/);
      assert.equal(severity, "warning");
      accepted(applyEdits(marked.replaceAll(/[⟦⟧]/g, ""), fixes[0]?.edits ?? []));
    }
    assert.deepEqual(refused(`param goal = 70\n${pool("target cpu ⟦goal⟧")}`, "LBP3018", /^70 without a % is 7000%/).fixes, [], "the param may be used as a number elsewhere");
    for (const line of ["target load_factor 1.2", "target cpu 0.7", "target load_factor 120%"]) accepted(pool(line));
    const outside = refused(pool("target cpu 70% tolerance ⟦10⟧"), "LBP3001", /0% to 100%/);
    assert.deepEqual(outside.fixes[0]?.edits.map((edit) => edit.text), ["10%"]);
    const expectation = refused("backend b { demand 1rps server 10.0.0.1:80 }\nscenario s { backend b expect availability >= ⟦99.9⟧ }", "LBP3001", /0% to 100%/);
    assert.deepEqual(expectation.fixes[0]?.edits.map((edit) => edit.text), ["99.9%"]);
  });

  it("messages give quantities as people write them", () => {
    refused("backend b { server 10.0.0.1:80 demand ⟦500rps - 600rps⟧ }", "LBP3001", /of -100rps is/);
    refused("backend b { server 10.0.0.1:80 max_connections ⟦1000001⟧ }", "LBP3001", /of 1000001 is out of range: write 1 to 1000000/);
    refused("backend b { server 10.0.0.1:80 }\nservice s { listen 80 to b limit ⟦0.5/d⟧ by client_ip }", "LBP3001", /A rate of 0\.5\/d is out of range: write 1\/d to 1000000rps/);
    refused("backend b { server 10.0.0.1:80 demand ⟦max(1rps, 2s)⟧ }", "LBP2004", /^max\(\) of a rate and a duration has no meaning/);
    refused("param n = 4\nbackend b { server 10.0.0.1:80 demand ⟦n⟧ }", "LBP2003", /^A number stands where a rate .* is due: write one\.$/);
  });

  it("arithmetic in a metric is held to the same rules", () => {
    const metric = (as: string): string => `backend b { replica capacity 1rps scale 1..2 { target m 5 } }\nmetric m { per pool as ${as} }`;
    refused(metric("queue / ⟦0⟧"), "LBP3003", /divides by zero/);
    refused(metric("queue / ⟦(3 - 3)⟧"), "LBP3003", /divides by zero/);
    refused(metric("queue + ⟦9007199254740991 * 2⟧"), "LBP3004", /too large/);
    accepted(metric("(queue + in_flight) / 2"));
  });
});
