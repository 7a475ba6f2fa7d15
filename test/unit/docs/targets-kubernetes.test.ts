/** docs/targets-kubernetes.md shows what the compiler makes of the policy on it. To write its tables anew: ACCEPT=1 npx mocha on this file. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { analyze, compile } from "../../../language/src/index.ts";
import { schemasJson } from "../../../language/src/compile/kubernetes/schemas.ts";
import { isList, valueAt } from "../../../language/src/text/json.ts";
import type { Json } from "../../../language/src/text/json.ts";
import { builtinMetrics } from "../../../language/src/text/vocabulary.ts";
import { root } from "../../helpers/root.ts";

const file = new URL("docs/targets-kubernetes.md", root);
const page = readFileSync(file, "utf8");
const policy = /```lbpolicy\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

describe("docs/targets-kubernetes.md", () => {
  it("shows a policy without a problem of its own", () => {
    assert.deepEqual(analyze({ file: "policy.lbpolicy", text: policy }).diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message), []);
  });

  it("says what that policy yields, and how every metric is asked for", () => {
    const written = withBlock(withBlock(page, "objects", objects()), "metrics", metrics());
    if (process.env["ACCEPT"] === "1") writeFileSync(file, written);
    else assert.equal(page, written);
  });

  it("gives the size of the schemas that is true", () => {
    assert.match(page, new RegExp(`data of about ${Math.round(schemasJson.length / 1000 / 10) * 10} kB`));
  });

  it("names the image and the users that are written", () => {
    const text = compiled(policy).map((document) => JSON.stringify(document.value)).join("\n");
    assert.match(text, /"image":"registry\.k8s\.io\/kubectl:v1\.33\.0"/);
    assert.match(text, /"runAsUser":65532/);
    for (const [balancer, user] of [["nginx", 101], ["haproxy", 99]] as const) {
      const more = compiled(policy.replace('expose gateway "edge"', `balancer ${balancer}`).replace("target kubernetes", `target ${balancer} { resolver "10.96.0.10" }\ntarget kubernetes`));
      assert.ok(more.some(({ value }) => valueAt(value, "spec", "template", "spec", "securityContext", "runAsUser") === user), balancer);
    }
  });
});

function compiled(text: string): readonly { readonly value: Json }[] {
  const result = compile(analyze({ file: "policy.lbpolicy", text }), "kubernetes");
  assert.notEqual(result.text, "", result.diagnostics.map(({ message }) => message).join("\n"));
  return parseAllDocuments(result.text).map((document) => ({ value: document.toJS() as Json }));
}

function objects(): string {
  const documents = compiled(policy);
  const rows = documents.map(({ value }) => {
    const [kind, name] = [valueAt(value, "kind"), valueAt(value, "metadata", "name")];
    return `| ${String(kind)} | \`${String(name)}\` | ${commentOf(String(kind), String(name))} |`;
  });
  return ["| kind | name | from |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The first line of the comment above a document of the stream. */
function commentOf(kind: string, name: string): string {
  const { text } = compile(analyze({ file: "policy.lbpolicy", text: policy }), "kubernetes");
  const document = text.split("---\n").find((one) => one.includes(`kind: "${kind}"`) && one.includes(`\n  name: "${name}"`)) ?? "";
  return /^# (.*)$/m.exec(document)?.[1] ?? "";
}

const values: Readonly<Record<string, string>> = { arrivals: "10rps", rps: "10rps", response_time: "500ms", p95: "500ms", p99: "500ms", ttft_p95: "500ms", in_flight: "10", queue: "10", connections: "10" };

function metrics(): string {
  const rows = builtinMetrics.map((name) => {
    const value = values[name] ?? "70%";
    const source = `backend pool { replica capacity 15rps workload { image "a:1" cpu 1 memory 1Gi gpu 1 } scale 1..9 { target ${name} ${value} } }`;
    const autoscaler = compiled(source).find(({ value: manifest }) => valueAt(manifest, "kind") === "HorizontalPodAutoscaler")?.value;
    const list = valueAt(autoscaler, "spec", "metrics");
    const metric = isList(list) ? list[0] : undefined;
    const type = String(valueAt(metric, "type"));
    const held = valueAt(metric, type.toLowerCase());
    const target = valueAt(held, "target");
    const amount = ["averageUtilization", "averageValue", "value"].flatMap((field) => (valueAt(target, field) === undefined ? [] : [`${field} ${String(valueAt(target, field))}`]))[0] ?? "";
    return `| \`target ${name} ${value}\` | ${type} \`${String(valueAt(held, "metric", "name") ?? valueAt(held, "name"))}\` | ${amount} |`;
  });
  return ["| policy | metric | target |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The page with a block between its marks. */
function withBlock(text: string, name: string, block: string): string {
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  assert.ok(from >= 0 && to > from, `no block ${name}`);
  return `${text.slice(0, from + open.length)}${block}\n${text.slice(to)}`;
}
