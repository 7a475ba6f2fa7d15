import assert from "node:assert/strict";
import { answers, readCases } from "./autoscaler-cases.ts";

const cases = readCases(new URL("../../../../test/oracles/hpa-cases.json", import.meta.url));

describe("the autoscaler answers as Kubernetes' controller does", () => {
  it("has all recorded cases", () => {
    assert.equal(cases.length, 113);
  });

  for (const each of cases) {
    it(`${each.id}: ${each.source.test}${each.source.case === undefined ? "" : `, ${each.source.case}`}`, () => {
      const answer = answers[each.kind];
      assert.ok(answer !== undefined, `nothing answers ${each.kind}`);
      assert.deepEqual(answer(each.input, each.expected), each.expected);
    });
  }
});
