/** `workload` in the reference. */
import { strict as assert } from "node:assert";
import type { Workload } from "../../../language/src/model/policy.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

function workload(lines: string, rest = ""): Workload {
  return accepted(`backend b {\n  workload {\n    ${lines}\n  }\n}\n${rest}`).policy.backends[0]?.workload ?? assert.fail();
}

const bad = (lines: string, code: string, words: RegExp): ReturnType<typeof refused> => refused(`backend b {\n  workload {\n    ${lines}\n  }\n}`, code, words);

describe("workload", () => {
  it("keeps everything that is said, and the defaults of the rest", () => {
    const { origin: _, ...all } = workload(`image "registry.example.com/llm:1.4"
    port 8000
    command "serve" "--port" (port) "--x"
    env MODE "fast"
    env TOKEN from secret "api" "token"
    env URL from config "settings" "url"
    cpu 500m..2 full 1.5
    memory 1Gi..2Gi full 1536Mi
    gpu 2
    namespace "ml"
    startup 45s
    shutdown 1m
    disruption 20%
    label "team" "search"
    label "example.com/tier" "gpu"
    annotation "example.com/note" "any text: 100 %"
    service_account "runner"`, 'param port = "8000"');
    assert.deepEqual(all, {
      image: "registry.example.com/llm:1.4", port: 8000, command: ["serve", "--port", "8000", "--x"],
      env: [{ name: "MODE", value: "fast" }, { name: "TOKEN", from: "secret", object: "api", key: "token" }, { name: "URL", from: "config", object: "settings", key: "url" }],
      cpu: { request: 0.5, limit: 2, full: 1.5 }, memory: { request: 2 ** 30, limit: 2 ** 31, full: 1.5 * 2 ** 30 }, gpu: 2, namespace: "ml",
      startupSeconds: 45, shutdownSeconds: 60, disruption: { fraction: 0.2 }, disruptionGiven: true,
      labels: [["team", "search"], ["example.com/tier", "gpu"]], annotations: [["example.com/note", "any text: 100 %"]], serviceAccount: "runner",
    });
    const least = workload('image "x"');
    assert.deepEqual([least.startupSeconds, least.shutdownSeconds, least.disruption, least.disruptionGiven, least.cpu, least.memory], [0, 30, { count: 1 }, false, undefined, undefined]);
  });

  it("cpu and memory go from request to limit", () => {
    bad("cpu ⟦2..1⟧", "LBP3006", /smaller value first/);
    bad("memory ⟦2Gi..1Gi⟧", "LBP3006", /1Gi/);
    bad("cpu ⟦0⟧", "LBP3001", /cpu/);
    assert.equal(bad("cpu 1..2 full ⟦3⟧", "LBP3025", /use 3 is held at its limit of 2 from a load factor of 66\.6667% on/).severity, "warning");
    bad("cpu ⟦5s⟧", "LBP2003", /cores/);
    bad("memory ⟦512⟧", "LBP2003", /`512Mi`/);
    bad("memory ⟦500m⟧", "LBP2003", /`500Mi`/);
    bad("memory ⟦8G⟧", "LBP1011", /`8GB` or `8Gi`/);
    assert.deepEqual(workload("memory 16Gi .. 24Gi").memory, { request: 2 ** 34, limit: 24 * 2 ** 30 });
    assert.deepEqual(workload("cpu low..low * 2", "param low = 1").cpu, { request: 1, limit: 2 });
    assert.deepEqual(workload("cpu min(low, 4)..(low + 1)", "param low = 1").cpu, { request: 1, limit: 2 });
  });

  it("existing names somebody else's object", () => {
    assert.deepEqual(workload('existing "deployment/web"').existing, { apiVersion: "apps/v1", kind: "Deployment", name: "web" });
    assert.deepEqual(workload('existing "statefulset/db"').existing, { apiVersion: "apps/v1", kind: "StatefulSet", name: "db" });
    assert.deepEqual(workload('existing "argoproj.io/v1alpha1/Rollout/web"').existing, { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "web" });
    for (const text of ["web", "deployment/", "deployment/Web", "a/b/c", "a/b/c/d/e", "//x/y", "pod/x", "argoproj.io/v1alpha1/Rollout/", "argoproj io/v1/Rollout/web", "argoproj.io/v1/Roll out/web"]) bad(`existing ⟦"${text}"⟧`, "LBP3016", /existing object/);
    for (const line of ['image "x"', 'command "x"', 'env A "x"']) {
      const [word = "", ...rest] = line.split(" ");
      bad(`existing "deployment/web"\n    ⟦${word}⟧ ${rest.join(" ")}`, "LBP2013", /whoever makes the existing object/);
    }
    assert.equal(workload('existing "deployment/web"\n    disruption 2').disruptionGiven, true);
  });

  it("names are what Kubernetes takes", () => {
    for (const text of ["", "Shop", "shop_1", "-a", "a-", "a".repeat(64), "a.b"]) bad(`namespace ⟦"${text}"⟧`, "LBP3016", /namespace/i);
    for (const text of ["", "Run", "a_b", "a..b", ".a", "a".repeat(254)]) bad(`service_account ⟦"${text}"⟧`, "LBP3016", /service account/i);
    for (const text of ["", "a b", " x", "x\\\"y"]) bad(`image ⟦"${text}"⟧`, "LBP3016", /image/);
    for (const text of ["", "a b", "-a", "a/b/c", "Example.com/a", "a".repeat(64), "/a", "a/"]) bad(`label ⟦"${text}"⟧ "v"`, "LBP3016", /label/);
    for (const text of ["a b", "-a", "a".repeat(64), "é"]) bad(`label "k" ⟦"${text}"⟧`, "LBP3016", /label/);
    accepted('backend b { workload { label "k" "" } }');
    for (const text of ["", "a b", "a/b/c"]) bad(`annotation ⟦"${text}"⟧ "any: text"`, "LBP3016", /annotation/);
    bad('env A from secret ⟦"Api"⟧ "k"', "LBP3016", /secret/);
    bad('env A from config "api" ⟦"a b"⟧', "LBP3016", /key/);
    bad('label "k" "1"\n    label ⟦"k"⟧ "2"', "LBP2013", /second time|already/);
    bad('env A "1"\n    env ⟦A⟧ "2"', "LBP2013", /second time|already/);
    accepted('backend b { workload { env A "1" env a "2" } }');
  });

  it("ranges of the rest", () => {
    bad("port ⟦0⟧", "LBP3001", /1 to 65535/);
    bad("gpu ⟦1.5⟧", "LBP3002", /whole/);
    bad("disruption ⟦1.5⟧", "LBP3002", /whole/);
    bad("disruption ⟦150%⟧", "LBP3001", /disruption/);
    bad("startup ⟦5⟧", "LBP2003", /`5s`/);
    bad("command⟦⟧", "LBP1001", /strings in double quotes/);
    bad('image "a"\n    ⟦image⟧ "b"', "LBP1015", /`image`/);
    bad("⟦restart⟧ always", "LBP1002", /no statement of a workload/);
  });
});
