/** `target` in the reference. */
import { strict as assert } from "node:assert";
import type { Target } from "../../../language/src/model/target.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

const backend = "backend b { server 10.0.0.1:80 }\n";
const target = (text: string): Target => {
  const { origin: _, ...rest } = accepted(`${backend}target ${text}`).policy.targets[0] ?? assert.fail();
  return rest as Target;
};
const bad = (text: string, code: string, words: RegExp): unknown => refused(`${backend}target ${text}`, code, words);

describe("target", () => {
  it("nginx and haproxy", () => {
    assert.deepEqual(target("nginx { }"), { kind: "nginx", version: "1.22", emit: "all" });
    assert.deepEqual(target('nginx { version "1.27.3" resolver "10.96.0.10:53" emit upstreams }'), { kind: "nginx", version: "1.27.3", resolver: "10.96.0.10:53", emit: "upstreams" });
    assert.deepEqual(target('haproxy { version "2.6" resolver "[2001:db8::53]:53" emit backends }'), { kind: "haproxy", version: "2.6", resolver: "[2001:db8::53]:53", emit: "backends" });
    bad("nginx { emit ⟦backends⟧ }", "LBP1001", /`all`, `http`, `upstreams`/);
    for (const text of ["", "1.22 ", "v1.22", "1.x", "1.22.1.1", "latest"]) bad(`nginx { version ⟦"${text}"⟧ }`, "LBP3016", /version/);
    for (const text of ["", "dns.internal", "10.96.0.10:", "10.96.0.10:0", "10.96.0", "2001:db8::53", "10.96.0.10 10.96.0.11"]) bad(`haproxy { resolver ⟦"${text}"⟧ }`, "LBP3016", /resolver/);
  });

  it("kubernetes", () => {
    assert.deepEqual(target("kubernetes { }"), {
      kind: "kubernetes", version: "1.33", emit: "all", schedules: "cronjob", autoscaler: "hpa", expose: { kind: "none" }, balancer: "none", monitoring: false, metricNames: [], labels: [], annotations: [],
    });
    assert.deepEqual(target('kubernetes { namespace "shop" version "1.36" emit autoscaling schedules keda poll 30s expose gateway "infra/public" balancer nginx monitoring on metric rps "http_rps" metric arrivals "arr" label "team" "shop" annotation "a/b" "c d" }'), {
      kind: "kubernetes", namespace: "shop", version: "1.36", emit: "autoscaling", schedules: "keda", autoscaler: "keda", pollSeconds: 30, expose: { kind: "gateway", name: "infra/public" }, balancer: "nginx", monitoring: true,
      metricNames: [{ metric: "rps", name: "http_rps" }, { metric: "arrivals", name: "arr" }], labels: [["team", "shop"]], annotations: [["a/b", "c d"]],
    });
    assert.deepEqual(target('kubernetes { expose ingress "nginx" }').kind === "kubernetes" && target('kubernetes { expose ingress "nginx" }'), { ...target("kubernetes { }"), expose: { kind: "ingress", className: "nginx" } });
    bad('kubernetes { namespace ⟦"Shop"⟧ }', "LBP3016", /namespace/i);
    bad('kubernetes { expose gateway ⟦"a/b/c"⟧ }', "LBP3016", /Gateway/);
    bad('kubernetes { expose ingress ⟦"Nginx Class"⟧ }', "LBP3016", /class/);
    bad('kubernetes { label ⟦"a b"⟧ "c" }', "LBP3016", /label/);
    bad('kubernetes { metric rps "a" metric ⟦rps⟧ "b" }', "LBP2013", /already/);
    bad('kubernetes { metric ⟦rpss⟧ "a" }', "LBP1001", /`rps`/);
    bad('kubernetes { metric rps ⟦""⟧ }', "LBP3016", /metric/);
    bad("kubernetes { poll ⟦0s⟧ }", "LBP3001", /poll/);
    bad("kubernetes { ⟦replicas⟧ 3 }", "LBP1002", /no statement of a target kubernetes/);
  });

  it("is one block for each", () => {
    accepted(`${backend}target nginx { }\ntarget haproxy { }\ntarget kubernetes { }`);
    refused(`${backend}target nginx { }\ntarget ⟦nginx⟧ { version "1.22" }`, "LBP2013", /`target nginx` already/);
    refused(`${backend}target ⟦traefik⟧ { }`, "LBP1001", /`nginx`, `haproxy`, `kubernetes`/);
  });
});
