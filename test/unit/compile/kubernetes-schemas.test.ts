/** The schemas inside the product judge as the published ones do under Ajv, and they are those that the script makes of them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { compileKubernetes } from "../../../language/src/compile/kubernetes/compile.ts";
import { schemasJson } from "../../../language/src/compile/kubernetes/schemas.ts";
import { validateSchema } from "../../../language/src/compile/kubernetes/validate-schema.ts";
import { isList, isObject } from "../../../language/src/text/json.ts";
import type { Json } from "../../../language/src/text/json.ts";
import { defaultKubernetes } from "../../../language/src/model/target.ts";
import { gatewayPolicy, gatewayWith, inference } from "../../helpers/gateway-policy.ts";
import { manifestsOf } from "../../helpers/kubernetes-output.ts";
import { schemaComplaints } from "../../helpers/kubernetes-schemas.ts";
import { backend, destination, listener, policy, route, server, service } from "../../helpers/policy-parts.ts";
import { root } from "../../helpers/root.ts";

const cases = JSON.parse(readFileSync(new URL("test/kubernetes/bad-cases.json", root), "utf8")) as readonly { readonly manifest: Json }[];
const good = parseAllDocuments(readFileSync(new URL("test/kubernetes/good.yaml", root), "utf8")).map((document) => document.toJS() as Json);
const stable = backend("stable", [server("a", "10.0.0.1:80")]);
const front = service("front", [listener(80)], { hosts: ["shop.example.com"], routes: [route("/", [destination(stable)])] });
const on = (more: object) => [{ ...defaultKubernetes, ...more }];
const metric = { name: "depth", prometheus: { url: "http://prometheus:9090" }, query: "sum(depth)", per: "pool", undivided: false, origin: inference.origin } as const;
const threshold = { kind: "metric", origin: inference.origin, targets: [{ metric: { kind: "declared", metric }, value: 30, dimension: "number", origin: inference.origin }] } as const;

/** One of each kind that is written. */
const written = [
  ...manifestsOf(gatewayWith({ target: { monitoring: true } })),
  ...manifestsOf(gatewayWith({ backend: { scale: { ...(inference.scale ?? assert.fail()), thresholds: [threshold] } }, target: { autoscaler: "keda", schedules: "keda" } })),
  ...manifestsOf(policy([stable], [front], on({ expose: { kind: "gateway", name: "edge" } }))),
  ...manifestsOf(policy([stable], [front], on({ expose: { kind: "ingress", className: "nginx" } }))),
  ...manifestsOf(policy([{ ...stable, protocol: "grpc" }], [{ ...front, routes: [], to: [destination({ ...stable, protocol: "grpc" })] }], on({ expose: { kind: "gateway", name: "edge" } }))),
  ...manifestsOf(policy([stable], [front], on({ balancer: "nginx" }))),
];

describe("schemas in the product", () => {
  it("are those that scripts/kubernetes-schemas.mjs makes of test/kubernetes", async () => {
    const { schemasModule } = await import("#scripts/kubernetes-schemas.mjs");
    assert.equal(readFileSync(new URL("language/src/compile/kubernetes/schemas.ts", root), "utf8"), schemasModule());
    assert.ok(schemasJson.length < 50_000, `${schemasJson.length} bytes in every bundle`);
  });

  it("judge as Ajv does: the good, the bad, and one of each kind that is written", () => {
    for (const manifest of [...good, ...cases.map((one) => one.manifest), ...written]) compare(manifest);
    assert.ok(new Set(written.map((manifest) => (isObject(manifest) ? manifest["kind"] : ""))).size >= 14);
  });

  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  it(`judge as Ajv does: 1500 manifests with a change at random (SEED=${seed})`, () => {
    let refused = 0;
    fc.assert(fc.property(fc.constantFrom(...good, ...written), fc.nat(), fc.constantFrom<Json>(null, "x", "", "80%", -1, 0, 70_000, 1.5, 2 ** 31, true, [], {}, [""], { spec: 1 }), fc.constantFrom("replace", "remove", "add"), (manifest, where, value, how) => {
      if (compare(changed(manifest, where, value, how))) refused += 1;
    }), { numRuns: 1500, seed });
    assert.ok(refused > 300 && refused < 1500, `${refused} of 1500 refused`);
  });

  it("stop a manifest before it is written, with a diagnostic at the policy", () => {
    const odd = { ...gatewayPolicy, backends: [{ ...inference, workload: { ...(inference.workload ?? assert.fail()), port: 80.5 } }] };
    const result = compileKubernetes(odd);
    assert.equal(result.text, "");
    const refusal = result.diagnostics.find(({ code }) => code === "LBP5500");
    assert.match(refusal?.message ?? "", /must be (a whole number|a string or a whole number)/);
    assert.equal(refusal?.file, "policy.lbpolicy");
  });
});

/** True where both refuse. */
function compare(manifest: Json): boolean {
  const [ours, published] = [validateSchema(manifest), schemaComplaints(manifest)];
  assert.equal(ours.length > 0, published.length > 0, `${JSON.stringify(manifest)}\nours: ${JSON.stringify(ours)}\npublished: ${published.join("; ")}`);
  return ours.length > 0;
}

/** The manifest with something else at one of its places, outside its metadata, which Ajv's side leaves to the server for custom resources. */
function changed(manifest: Json, where: number, value: Json, how: string): Json {
  const paths = pathsOf(manifest).filter(([first, ...rest]) => first !== "metadata" && (rest.length > 0 || (first !== "apiVersion" && first !== "kind")));
  const path = paths[where % Math.max(1, paths.length)];
  return path === undefined ? manifest : changedAt(manifest, path, value, how);
}

function changedAt(at: Json, [step, ...rest]: readonly string[], value: Json, how: string): Json {
  if (step === undefined) return how === "add" && isObject(at) ? { ...at, unheard: value } : value;
  const isLast = rest.length === 0 && how === "remove";
  if (isList(at)) return at.flatMap((item, i) => (String(i) !== step ? [item] : isLast ? [] : [changedAt(item, rest, value, how)]));
  if (!isObject(at)) return at;
  return Object.fromEntries(Object.entries(at).flatMap(([key, item]) => (key !== step ? [[key, item]] : isLast ? [] : [[key, changedAt(item, rest, value, how)]])));
}

function pathsOf(value: Json): readonly (readonly string[])[] {
  const children = isList(value) ? value.map((item, i) => [String(i), item] as const) : isObject(value) ? Object.entries(value) : [];
  return children.flatMap(([key, item]) => [[key], ...pathsOf(item).map((path) => [key, ...path])]);
}
