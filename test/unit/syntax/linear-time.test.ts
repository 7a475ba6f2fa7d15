/** Lexing and parsing grow with the text: twice as much takes about twice as long, for every kind of long input. */
import { strict as assert } from "node:assert";
import { parse } from "../../../language/src/syntax/parse.ts";

const mebibyte = 2 ** 20;

const kinds: readonly (readonly [string, (length: number) => string])[] = [
  ["one long line", (length) => `backend b { ${"server 10.0.0.1:80 weight 2 ".repeat(length / 28)}}`],
  ["one string", (length) => `param x = "${"a ".repeat(length / 2)}"`],
  ["one string of escapes", (length) => `param x = "${"\\\\".repeat(length / 2)}"`],
  ["an unclosed string", (length) => `param x = "${"a".repeat(length)}`],
  ["many strings on one line", (length) => `param x = ${'"a" '.repeat(length / 4)}`],
  ["one comment", (length) => `/*${"* ".repeat(length / 2)}*/`],
  ["many line comments", (length) => "// a comment\n".repeat(length / 13)],
  ["many doc comments above one declaration", (length) => `${"/// a line\n".repeat(length / 11)}param x = 1`],
  ["unclosed comments", (length) => "/* ".repeat(length / 3)],
  ["one list", (length) => `service s { listen 80 to ${"a, ".repeat(length / 3)}a }`],
  ["one list of strings", (length) => `service s { host ${'"a.example" '.repeat(length / 12)} }`],
  ["many declarations", (length) => Array.from({ length: length / 40 }, (_, i) => `backend b${i} { server 10.0.0.1:80 }\n`).join("")],
  ["many unknown declarations", (length) => "bakend b { server 10.0.0.1:80 }\n".repeat(length / 32)],
  ["one name", (length) => "a".repeat(length)],
  ["one number", (length) => `param x = ${"1".repeat(length)}`],
  ["digits and minus", (length) => "1-".repeat(length / 2)],
  ["letters and dots", (length) => "a.".repeat(length / 2)],
  ["letters and colons", (length) => "a:".repeat(length / 2)],
  ["digits, letters and minus", (length) => "1a-".repeat(length / 3)],
  ["dots", (length) => ".".repeat(length)],
  ["compound durations", (length) => `param x = ${"1s".repeat(length / 2)}`],
  ["brackets", (length) => "[".repeat(length)],
  ["brackets and letters", (length) => "[a".repeat(length / 2)],
  ["braces", (length) => "{".repeat(length)],
  ["closing braces", (length) => "}".repeat(length)],
  ["parentheses", (length) => `param x = ${"(".repeat(length)}`],
  ["arguments", (length) => `param x = min(${"1, ".repeat(length / 3)}1)`],
  ["operators", (length) => `param x = ${"1 + ".repeat(length / 4)}1`],
  ["white space", (length) => " \n".repeat(length / 2)],
  ["stray characters", (length) => "\u00e9 ; ' ".repeat(length / 6)],
  ["broken statements on one line", (length) => `backend b { ${"server x ".repeat(length / 9)}}`],
  ["unknown words and stray characters on one line", (length) => `backend b { ${"; frob ".repeat(length / 7)}}`],
  ["unknown declarations on one line", (length) => "x { } ".repeat(length / 6)],
  ["declarations without their kind on one line", (length) => "x { daily 5 } ".repeat(length / 14)],
  ["one declaration without its kind", (length) => `x { ${"frob 5 ".repeat(length / 7)}}`],
  ["blocks without their word", (length) => `backend b { ${'x { image "a" } '.repeat(length / 16)}}`],
  ["heads that are never opened", (length) => "backend x\n".repeat(length / 10)],
  ["declarations that are never closed", (length) => "backend x {\n".repeat(length / 12)],
  ["a curve", (length) => `backend b { replica response ${"1s at 1, ".repeat(length / 9)}1s at 2 }`],
];

function milliseconds(text: string): number {
  const started = performance.now();
  parse("test.lbpolicy", text);
  return performance.now() - started;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe("linear time", () => {
  for (const [what, make] of kinds) {
    it(what, function () {
      this.timeout(60_000);
      // Other programs run beside this one, and collecting garbage falls on some rounds and not on others: what counts is the best of the pairs,
      // of the least times and of all times together.
      const [small, large] = [make(mebibyte / 2), make(mebibyte)];
      milliseconds(small);
      const [shorts, longs]: [number[], number[]] = [[], []];
      let ratio = Infinity;
      for (let i = 0; i < 12 && ratio > 2.5; i++) {
        const short = Math.max(milliseconds(small), 5);
        const long = milliseconds(large);
        shorts.push(short);
        longs.push(long);
        ratio = Math.min(ratio, long / short, Math.min(...longs) / Math.min(...shorts), sum(longs) / sum(shorts));
      }
      assert.ok(ratio <= 3.5, `t(1 MiB) / t(0.5 MiB) = ${ratio.toFixed(2)}`);
    });
  }
});
