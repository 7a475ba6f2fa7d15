/** Every sample, from its text to manifests that pass the published schemas and the semantic rules. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { validateManifest } from "../../../language/src/compile/kubernetes/validate.ts";
import { analyze, compile } from "../../../language/src/index.ts";
import { gatewayPolicy } from "../../helpers/gateway-policy.ts";
import { compiled, kindsOf, readManifests } from "../../helpers/kubernetes-output.ts";
import { schemaComplaints } from "../../helpers/kubernetes-schemas.ts";
import { root } from "../../helpers/root.ts";

const folder = new URL("samples/", root);
const names = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/policy.lbpolicy`, folder)));

function compileSample(name: string): ReturnType<typeof compile> {
  return compile(analyze({ file: "policy.lbpolicy", text: readFileSync(new URL(`${name}/policy.lbpolicy`, folder), "utf8") }), "kubernetes");
}

describe("samples on Kubernetes", () => {
  for (const name of names) {
    it(`${name} compiles to valid manifests`, () => {
      const result = compileSample(name);
      assert.deepEqual(result.diagnostics.filter((diagnostic) => diagnostic.severity === "error").map((diagnostic) => diagnostic.message), []);
      const manifests = readManifests(result.text);
      assert.ok(manifests.length > 0);
      for (const manifest of manifests) assert.deepEqual([...schemaComplaints(manifest), ...validateManifest(manifest)], []);
    });
  }

  it("ai-gateway means what was written by hand for it", () => {
    assert.deepEqual(readManifests(compileSample("ai-gateway").text), readManifests(compiled(gatewayPolicy).text));
  });

  it("shop becomes a Service and the addresses of its three servers", () => {
    assert.deepEqual(kindsOf(readManifests(compileSample("shop").text)), ["Service/shop", "EndpointSlice/shop-ipv4-5000"]);
  });
});
