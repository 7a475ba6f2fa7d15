/** The manifests mean the same to readers of YAML 1.1, of YAML 1.2, and to the Go reader of the real tools. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { valueAt } from "../../../language/src/compile/kubernetes/object.ts";
import type { Json } from "../../../language/src/compile/kubernetes/object.ts";
import { analyze } from "../../../language/src/index.ts";
import type { EnvironmentVariable, Policy } from "../../../language/src/model/policy.ts";
import { defaultKubernetes } from "../../../language/src/model/target.ts";
import { gatewayPolicy, gatewayWith, inference } from "../../helpers/gateway-policy.ts";
import { compiled, findOne, readManifests } from "../../helpers/kubernetes-output.ts";
import { root } from "../../helpers/root.ts";
import { destination, listener, service } from "../../helpers/policy-parts.ts";

/** Texts that some reader takes for something else when they are not quoted, or that end a quoted one early. */
const tricky = [
  "yes", "no", "on", "off", "y", "n", "true", "null", "~", "", " ", "1_000", "0o17", "017", "0x10", "1e3", ".5", "12:30:00", "2026-01-01", "<<", "=", "-", "- a", "a: b", "a #b",
  "*a", "&a", "!a", "%a", "@a", "`a", "{a}", "[a]", "'", "\"", "\\", "\\n", "\"; drop", "${HOME}", "%{x}", "#", "é", "日本", "😀", "trailing ", "NaN", ".inf", "1.5", "-0",
];

const env: readonly EnvironmentVariable[] = tricky.map((value, i) => ({ name: `V${i}`, value }));
const workload = inference.workload;
assert.ok(workload !== undefined);
const folder = new URL("samples/", root);
const samples = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/policy.lbpolicy`, folder)));
const policies = {
  ...Object.fromEntries(samples.map((name) => [`sample ${name}`, analyze({ file: "policy.lbpolicy", text: readFileSync(new URL(`${name}/policy.lbpolicy`, folder), "utf8") }).policy])),
  "a balancer and its configuration": {
    ...gatewayPolicy,
    services: [service("front", [listener(80)], { hosts: ["shop.example.com"], to: [destination(inference)], headers: [{ on: "response", action: "set", name: "X-Odd", value: "yes: #1 \\ ' \" $x %", origin: inference.origin }] })],
    targets: [{ ...defaultKubernetes, namespace: "ai", balancer: "haproxy" }, { kind: "haproxy", version: "2.6", resolver: "10.96.0.10", emit: "all" }],
  } satisfies Policy,
  "a workload full of tricky texts": gatewayWith({
    backend: { workload: { ...workload, env, command: tricky.filter((text) => text !== ""), labels: [["y", "on"], ["no", "1.0"], ["a", "null"]], annotations: [["off", "yes"], ["e", tricky.join(" ")]] } },
  }),
};

describe("readers of the manifests", () => {
  for (const [name, policy] of Object.entries(policies)) {
    const text = compiled(policy).text;

    it(`of YAML 1.1 and 1.2 agree on ${name}`, () => {
      const older = parseAllDocuments(text, { version: "1.1" }).map((document) => document.toJS() as Json);
      assert.deepEqual(older, readManifests(text));
    });
  }

  it("get every tricky text back as it was", () => {
    const deployment = findOne(readManifests(compiled(policies["a workload full of tricky texts"]).text), "Deployment");
    const container = valueAt(deployment, "spec", "template", "spec", "containers", 0);
    assert.deepEqual(valueAt(container, "env"), env);
    assert.equal(valueAt(deployment, "spec", "template", "metadata", "labels", "y"), "on");
    assert.equal(valueAt(deployment, "spec", "template", "metadata", "annotations", "e"), tricky.join(" "));
  });

  const kubectl = spawnSync("kubectl", ["version", "--client"], { encoding: "utf8" });
  if (kubectl.error !== undefined) {
    it("in Go are not asked, for kubectl is not installed: YAML 1.1 and 1.2 above stand in for it", () => {
      assert.equal("code" in (kubectl.error ?? {}) ? (kubectl.error as NodeJS.ErrnoException).code : "", "ENOENT");
    });
    return;
  }
  for (const [name, policy] of Object.entries(policies)) {
    it(`in Go (kubectl kustomize) agree on ${name}`, function () {
      this.timeout(60_000);
      const result = compiled(policy);
      const folder = mkdtempSync(join(tmpdir(), "lbpolicy-kustomize-"));
      try {
        for (const file of result.files) writeFileSync(join(folder, file.name), file.text);
        const { status, stdout, stderr } = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
        assert.equal(status, 0, stderr);
        assert.deepEqual(byName(readManifests(stdout)), byName(readManifests(result.text)));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

function byName(manifests: readonly Json[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(manifests.map((manifest) => [`${String(valueAt(manifest, "kind"))}/${String(valueAt(manifest, "metadata", "name"))}`, manifest]));
}
