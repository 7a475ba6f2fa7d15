import assert from "node:assert/strict";
import { interpolated, literal, mapPattern, mapSource, patternOf, variable } from "../../../language/src/compile/nginx/arguments.ts";
import { zoneSize } from "../../../language/src/compile/nginx/servers.ts";

describe("nginx arguments", () => {
  it("leave plain words as they are and quote the rest", () => {
    assert.deepEqual(["10.0.0.1:80", "weight=2", "[2001:db8::1]:80", "/api/v1"].map(literal), ["10.0.0.1:80", "weight=2", "[2001:db8::1]:80", "/api/v1"]);
    assert.deepEqual(["", "a b", "x;", "{", "#", "a'b"].map(literal), ['""', '"a b"', '"x;"', '"{"', '"#"', "\"a'b\""]);
  });

  it("escape backslashes and quotes", () => {
    assert.equal(literal('\\.css$'), '"\\\\.css$"');
    assert.equal(literal('x"; return 200 "pwned'), '"x\\"; return 200 \\"pwned"');
  });

  it("write a dollar by way of a variable where nginx reads variables", () => {
    assert.equal(interpolated("$host"), '"${lb_dollar}host"');
    assert.equal(interpolated("a", variable("host"), "b"), '"a${host}b"');
    assert.equal(interpolated(variable("host"), "/x"), "$host/x");
  });

  it("keep map sources from meaning something", () => {
    assert.deepEqual(["default", "~x", "\\x", "plain"].map(mapSource), ['"\\\\default"', '"\\\\~x"', '"\\\\\\\\x"', "plain"]);
    assert.equal(mapPattern("^a$"), '"~^a$"');
  });

  it("make a pattern that matches just a text", () => {
    const text = "a.b*(c)[d]{e}|^$?+\\/-";
    assert.match(text, new RegExp(`^${patternOf(text)}$`));
  });

  it("refuse what is no variable name", () => {
    assert.throws(() => variable("a b"), RangeError);
  });
});

describe("zone sizes", () => {
  // compile.md finding 6: the most servers that each size held
  for (const [size, most] of [["64k", 63], ["128k", 144], ["256k", 312], ["512k", 648], ["1m", 1311], ["2m", 2639]] as const) {
    it(`never give ${size} more than its ${most} servers`, () => {
      for (let servers = 1; servers <= 3000; servers++) if (zoneSize(servers) === size) assert.ok(servers <= most, String(servers));
    });
  }

  it("stay at 64k for 40 servers", () => assert.equal(zoneSize(40), "64k"));
});
