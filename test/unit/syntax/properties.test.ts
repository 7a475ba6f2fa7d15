/** Properties over generated and random texts. The seed is in each title; `LBPOLICY_SEED` sets it. */
import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { analyze, applyEdits, format } from "../../../language/src/index.ts";
import { parse } from "../../../language/src/syntax/parse.ts";
import { refusedCharacterIn } from "../../../language/src/syntax/strings.ts";
import { generatedPolicy } from "../../helpers/generate-policy.ts";
import { checkInvariants, checkParse, shapeOf } from "../../helpers/invariants.ts";
import { completeTexts, wholeText } from "../../helpers/texts.ts";

const seed = Number(process.env["LBPOLICY_SEED"] ?? 20261120);
const numRuns = Number(process.env["LBPOLICY_RUNS"] ?? 1000);

function property<T>(what: string, arbitrary: fc.Arbitrary<T>, holds: (value: T) => void): void {
  it(`${what} (seed ${seed}, ${numRuns} runs)`, function () {
    this.timeout(300_000);
    fc.assert(fc.property(arbitrary, holds), { seed, numRuns });
  });
}

const tokens = parse("test.lbpolicy", wholeText).tokens.map((token) => token.image);
const someTokens = [...new Set([...tokens, "__proto__", "constructor", "hasOwnProperty", "import", "environment", "metric", "=", ";", ":", "'x'", "/*", "*/", "#", "///", "\\", "$", "5xx", "1e5", "..", "-", "(", ")", "[", "]", "\u2028", "\u0000", "min"])];

function alive(text: string): void {
  checkParse(text);
  const { diagnostics } = analyze({ file: "test.lbpolicy", text });
  for (const { range } of diagnostics) assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
  const once = applyEdits(text, format({ file: "test.lbpolicy", text }));
  assert.equal(applyEdits(once, format({ file: "test.lbpolicy", text: once })), once, "formatting again changes nothing");
}

describe("properties of the syntax", () => {
  property("a generated policy parses to the tree that was printed", generatedPolicy, ({ text, shape }) => {
    const { tree, problems } = checkParse(text);
    assert.deepEqual(problems.map(({ code, message }) => `${code} ${message}`), [], text);
    assert.deepEqual(shapeOf(tree.declarations), shape, text);
  });

  property("a generated policy keeps its tree when it is formatted, and formatting it again changes nothing", generatedPolicy, ({ text }) => {
    checkInvariants(text);
  });

  property("every line ending gives the same tree", generatedPolicy, ({ text }) => {
    const shape = shapeOf(parse("test.lbpolicy", text).tree.declarations);
    for (const newline of ["\r\n", "\r"]) assert.deepEqual(shapeOf(parse("test.lbpolicy", text.replaceAll(/\r\n|\n/g, newline)).tree.declarations), shape);
  });

  property("no text throws: characters", fc.string({ unit: "binary", maxLength: 300 }), alive);

  property("no text throws: characters of the language", fc.string({ unit: fc.constantFrom(...'abcdefsmhx0123456789 \n\t"{}()[],.:;=+-*/<>%$_\\#\'\r'), maxLength: 300 }), alive);

  property("no text throws: tokens", fc.array(fc.tuple(fc.constantFrom(...someTokens), fc.constantFrom(" ", "\n", "", "  ")), { maxLength: 80 }), (parts) => {
    alive(parts.map(([token, space]) => token + space).join(""));
  });

  const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(12), by: fc.oneof(fc.constant(""), fc.constantFrom(...someTokens), fc.string({ maxLength: 4 })) });
  property("no text throws: mutations of complete policies", fc.tuple(fc.constantFrom(...completeTexts.map(([, text]) => text)), fc.array(change, { minLength: 1, maxLength: 6 })), ([text, changes]) => {
    alive(changes.reduce((current, { at, length, by }) => {
      const start = Math.floor(at * current.length);
      return current.slice(0, start) + by + current.slice(start + length);
    }, text));
  });

  property("no text throws: mutations of generated policies", fc.tuple(generatedPolicy, fc.array(change, { minLength: 1, maxLength: 4 })), ([{ text }, changes]) => {
    alive(changes.reduce((current, { at, length, by }) => {
      const start = Math.floor(at * current.length);
      return current.slice(0, start) + by + current.slice(start + length);
    }, text));
  });

  const trap = fc.constantFrom("constructor", "toString", "hasOwnProperty", "valueOf", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "__proto__", "__defineGetter__", "prototype");
  property("names of JavaScript's own are names like others, everywhere", fc.tuple(trap, fc.nat(tokens.length - 1), generatedPolicy), ([name, index, { text }]) => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    alive([...tokens.slice(0, index), name, ...tokens.slice(index + 1)].join(" "));
    alive(text.replaceAll(/\b(?:alpha|beta_2|Z|n1)\b/g, name));
    assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), before);
  });

  property("values set from outside never throw", fc.tuple(fc.dictionary(fc.oneof(fc.constantFrom("peak", "img", "constructor", "__proto__"), fc.string({ maxLength: 8 })), fc.oneof(fc.constantFrom("5rps", "", "\n", "5s", '"x"', "1e309"), fc.string({ unit: "binary", maxLength: 12 }))), fc.string({ maxLength: 12 })), ([parameters, environment]) => {
    const text = 'param peak = 5rps param img = "a" environment e { peak = 6rps } backend b { server 10.0.0.1:80 demand peak } backend w { workload { image img } }';
    const { diagnostics, policy } = analyze({ file: "t", text }, { parameters, environment });
    assert.ok(diagnostics.length > 0);
    assert.equal(refusedCharacterIn(policy.backends.find((backend) => backend.name === "w")?.workload?.image ?? ""), undefined);
  });
});
