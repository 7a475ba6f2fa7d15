/** The samples as they stand in samples/, through the façade, judged by those who will read the output. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { analyze, compile, simulate } from "../../language/src/index.ts";
import type { Analysis, TargetName } from "../../language/src/index.ts";
import type { Member } from "../helpers/backend-server.ts";
import { startMember } from "../helpers/backend-server.ts";
import { readManifests } from "../helpers/kubernetes-output.ts";
import { schemaComplaints } from "../helpers/kubernetes-schemas.ts";
import type { Running } from "../helpers/live-balancer.ts";
import { freePort, judge, run } from "../helpers/live-balancer.ts";
import { askMany, tally } from "../helpers/live-client.ts";
import { root } from "../helpers/root.ts";

function sample(name: string, change: (text: string) => string = (text) => text): Analysis {
  const text = change(readFileSync(fileURLToPath(new URL(`samples/${name}/policy.lbpolicy`, root)), "utf8"));
  const analysis = analyze({ file: `samples/${name}/policy.lbpolicy`, text });
  assert.deepEqual(analysis.diagnostics.filter((diagnostic) => diagnostic.severity === "error" || diagnostic.severity === "warning"), []);
  return analysis;
}

function expected(name: string, file: string): string {
  return readFileSync(fileURLToPath(new URL(`samples/${name}/expected/${file}`, root)), "utf8");
}

const outputs: readonly (readonly [string, TargetName, string])[] = [
  ["shop", "nginx", "policy.nginx.conf"],
  ["shop", "haproxy", "policy.haproxy.cfg"],
  ["ai-gateway", "kubernetes", "policy.k8s.yaml"],
];

describe("the samples", () => {
  for (const [name, target, file] of outputs) {
    it(`${name} compiles to its expected ${file}, byte for byte`, () => {
      assert.equal(compile(sample(name), target).text, expected(name, file));
    });
  }

  for (const target of ["nginx", "haproxy"] as const) {
    it(`${target} accepts the shop without a warning`, () => {
      const verdict = judge(target, compile(sample("shop"), target).text);
      assert.ok(verdict.ok, verdict.words);
    });
  }

  it("the manifests of the ai-gateway are what the schemas allow", () => {
    const manifests = readManifests(compile(sample("ai-gateway"), "kubernetes").text);
    const kinds = manifests.map((manifest) => (manifest as { readonly kind: string }).kind);
    for (const kind of ["Deployment", "Service", "HorizontalPodAutoscaler", "CronJob"]) assert.ok(kinds.includes(kind), `${kind} is not among ${kinds.join(", ")}`);
    for (const manifest of manifests) assert.deepEqual(schemaComplaints(manifest), []);
  });

  it("the day of the ai-gateway is the same at every run", () => {
    const day = (): string => JSON.stringify(simulate(sample("ai-gateway"), { scenario: "busy_day" }));
    const first = day();
    assert.equal(day(), first);
    const outcome = JSON.parse(first) as { readonly kind: string; readonly report: { readonly stepSeconds: number; readonly points: readonly unknown[] } };
    assert.equal(outcome.kind, "report");
    assert.equal(outcome.report.stepSeconds, 15);
    assert.ok(outcome.report.points.length >= 24 * 240);
  });
});

for (const target of ["nginx", "haproxy"] as const) {
  describe(`the shop's policy as written, on ${target}`, () => {
    let members: readonly Member[];
    let balancer: Running;
    let port: number;

    before(async () => {
      members = await Promise.all(["a", "b", "c"].map((name) => startMember(name)));
      port = await freePort();
      const addresses = members.map((member) => member.address);
      const analysis = sample("shop", (text) => ["10.0.0.11:5000", "10.0.0.12:5000", "10.0.0.13:5000"]
        .reduce((changed, from, index) => changed.replace(from, addresses[index] ?? from), text).replace("listen 8080", `listen 127.0.0.1:${port}`));
      balancer = await run(target, compile(analysis, target).text, [port]);
    });
    after(async () => {
      await balancer?.stop();
      await Promise.all(members.map((member) => member.stop()));
    });

    it("shares 400 requests 200/100/100", async () => {
      assert.deepEqual(tally(await askMany(400, () => ({ port, headers: { host: "shop.example.com" } }))), { a: 200, b: 100, c: 100 });
    });
  });
}
