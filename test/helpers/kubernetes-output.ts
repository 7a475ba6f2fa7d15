/** Compiled Kubernetes output as a cluster reads it. */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { compileKubernetes } from "../../language/src/compile/kubernetes/compile.ts";
import type { Json } from "../../language/src/compile/kubernetes/object.ts";
import { valueAt } from "../../language/src/compile/kubernetes/object.ts";
import { validateManifest } from "../../language/src/compile/kubernetes/validate.ts";
import type { CompileResult } from "../../language/src/compile/result.ts";
import type { Policy } from "../../language/src/model/policy.ts";
import { schemaComplaints } from "./kubernetes-schemas.ts";

/** All manifests of a policy that compiles; each has passed the published schema and the semantic rules. */
export function manifestsOf(policy: Policy): readonly Json[] {
  return readManifests(compiled(policy).text);
}

export function compiled(policy: Policy): CompileResult {
  const result = compileKubernetes(policy);
  assert.deepEqual(result.diagnostics.filter((diagnostic) => diagnostic.severity === "error").map((diagnostic) => diagnostic.message), []);
  for (const manifest of readManifests(result.text)) {
    assert.deepEqual([...schemaComplaints(manifest), ...validateManifest(manifest)], [], `${String(valueAt(manifest, "kind"))} ${String(valueAt(manifest, "metadata", "name"))}`);
  }
  return result;
}

export function readManifests(text: string): readonly Json[] {
  return parseAllDocuments(text).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS() as Json;
  });
}

/** The only manifest of a kind, or of a kind and a name. */
export function findOne(manifests: readonly Json[], kind: string, name?: string): Json {
  const found = manifests.filter((manifest) => valueAt(manifest, "kind") === kind && (name === undefined || valueAt(manifest, "metadata", "name") === name));
  assert.equal(found.length, 1, `${found.length} of ${kind} ${name ?? ""}`);
  return found[0] ?? null;
}

export function kindsOf(manifests: readonly Json[]): readonly string[] {
  return manifests.map((manifest) => `${String(valueAt(manifest, "kind"))}/${String(valueAt(manifest, "metadata", "name"))}`);
}

export function codesOf(result: CompileResult): readonly string[] {
  return result.diagnostics.map((diagnostic) => diagnostic.code);
}
