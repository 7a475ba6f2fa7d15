import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { assertPicks } from "./pick-cases.ts";
import type { PickOracle } from "./pick-cases.ts";

const oracle = JSON.parse(readFileSync(new URL("../../../../test/oracles/pick-sequences.json", import.meta.url), "utf8")) as PickOracle;

describe("balancers pick as nginx 1.22 and HAProxy 2.6 were seen to", () => {
  it("in 42 recordings", () => {
    assert.equal(oracle.cases.length, oracle.count);
    assert.equal(oracle.count, 42);
  });
  for (const recorded of oracle.cases) it(recorded.id, () => assertPicks(recorded, oracle.ports));
});
