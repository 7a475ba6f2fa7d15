/** What validates every manifest before it is written, schema and rules together, takes what Kubernetes takes and refuses what it refuses. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { Json } from "../../../language/src/compile/kubernetes/object.ts";
import { validateManifest, validateRules } from "../../../language/src/compile/kubernetes/validate.ts";
import { root } from "../../helpers/root.ts";

interface Case {
  readonly label: string;
  readonly kind: string;
  readonly manifest: Json;
  readonly legal?: boolean;
}

const cases = JSON.parse(readFileSync(new URL("test/kubernetes/bad-cases.json", root), "utf8")) as readonly Case[];
const good = parseAllDocuments(readFileSync(new URL("test/kubernetes/good.yaml", root), "utf8")).map((document) => document.toJS() as Json);

/** What only the schema can know: that a field has another name, or another type. */
const schemaOnly = new Set(["typo maxReplica", "extra unknown field spec.foo", "readinessprobe typo", "SO unknown field"]);

describe("validation of Kubernetes manifests", () => {
  it("has 9 good manifests, 1 legal one and 77 bad ones to judge", () => {
    assert.equal(good.length, 9);
    assert.equal(cases.filter((one) => one.legal === true).length, 1);
    assert.equal(cases.filter((one) => one.legal !== true).length, 77);
  });

  for (const manifest of good) {
    it(`takes the good ${kindOf(manifest)}`, () => {
      assert.deepEqual(validateManifest(manifest), []);
    });
  }

  for (const [i, one] of cases.entries()) {
    if (one.legal === true) {
      it(`takes case ${i}, ${one.kind}: ${one.label}`, () => {
        assert.deepEqual(validateManifest(one.manifest), []);
      });
      continue;
    }
    it(`refuses case ${i}, ${one.kind}: ${one.label}`, () => {
      assert.notDeepEqual(validateManifest(one.manifest), []);
    });
  }

  it("refuses by our own rules everything but a field that only the schema knows", () => {
    const missed = cases.filter((one) => one.legal !== true && validateRules(one.manifest).length === 0).map((one) => one.label);
    assert.deepEqual(missed.filter((label) => !schemaOnly.has(label)), []);
  });

  it("names the place of a refusal and says what is wanted there", () => {
    const autoscaler = cases.find((one) => one.label === "stabilization 3601");
    const refusals = validateManifest(autoscaler?.manifest ?? {});
    assert.deepEqual(refusals, [{ path: "/spec/behavior/scaleDown/stabilizationWindowSeconds", problem: "must be a whole number from 0 to 3600" }]);
  });
});

function kindOf(manifest: Json): string {
  return typeof manifest === "object" && manifest !== null && "kind" in manifest ? String(manifest["kind"]) : "nothing";
}
