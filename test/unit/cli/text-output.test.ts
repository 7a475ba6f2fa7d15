import assert from "node:assert/strict";
import { durationSeconds } from "../../../cli/src/duration.ts";
import { sixDigits } from "../../../cli/src/figures.ts";
import { figure, secondsText, shareText } from "../../../language/src/index.ts";
import { plot } from "../../../cli/src/plot.ts";
import { table } from "../../../cli/src/table.ts";

describe("figures for people", () => {
  it("have three significant digits and no exponent", () => {
    assert.deepEqual([0, 0.8333333, 12.345, 1234.5, 2.75, 100, 1e7, 0.000123].map(figure), ["0", "0.833", "12.3", "1235", "2.75", "100", "10000000", "0.000123"]);
  });

  it("choose the unit of a time by its size", () => {
    assert.deepEqual([0, 0.24, 2.75, 300, 9000, null].map(secondsText), ["0 s", "240 ms", "2.75 s", "5 min", "2.5 h", "–"]);
  });

  it("have the digit that tells a share from all, and never round up to it", () => {
    assert.equal(shareText(0.99999), "99.999 %");
    assert.equal(shareText(1), "100 %");
  });

  it("are cut to six significant digits in JSON, whole numbers apart", () => {
    assert.equal(JSON.stringify({ a: 0.123456789, t: 12345675, n: null }, sixDigits), '{"a":0.123457,"t":12345675,"n":null}');
  });
});

describe("a plot of block characters", () => {
  it("draws 0 at the bottom and the top at full height", () => {
    assert.deepEqual(plot([0, 4, 8], 3, 1, 8), [" ▄█"]);
    assert.deepEqual(plot([0, 8, 12, 16], 4, 2, 16), ["  ▄█", " ███"]);
  });

  it("leaves out what has no value and always shows what is above 0", () => {
    assert.deepEqual(plot([null, 0.001, 1], 3, 1, 1), [" ▁█"]);
  });

  it("keeps the largest value of what shares a column", () => {
    assert.deepEqual(plot([0, 0, 9, 0, 0, 0], 3, 1, 9), [" █ "]);
  });

  it("is empty for a series of zeros", () => {
    assert.deepEqual(plot([0, 0], 2, 1, 0), ["  "]);
  });
});

describe("a table", () => {
  it("aligns by the columns of a terminal and leaves no spaces at line ends", () => {
    assert.equal(table(["name", "n"], [["a", "10"], ["漢字", "5"]], ["left", "right"]), "name   n\n────  ──\na     10\n漢字   5\n");
    assert.equal(table(["a", "b"], [["long", ""]], ["left", "left"]), "a     b\n────  ─\nlong\n");
  });
});

describe("--duration", () => {
  it("takes the language's durations", () => {
    assert.deepEqual(["90s", "24h", "1h30m", "1w", "1d"].map((text) => durationSeconds("duration", text)), [90, 86_400, 5400, 604_800, 86_400]);
  });

  for (const wrong of ["", "24", "h", "30m1h", "1h 30m", "0s", "1h1h", "-1h", "1e3s", "1.5h"]) {
    it(`refuses "${wrong}"`, () => assert.throws(() => durationSeconds("duration", wrong), /takes a duration/u));
  }
});
