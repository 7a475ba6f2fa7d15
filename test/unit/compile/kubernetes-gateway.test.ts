/** The sample with an elastic pool, compiled for Kubernetes: what a careful operator would look for in it. */
import assert from "node:assert/strict";
import { compileKubernetes } from "../../../language/src/compile/kubernetes/compile.ts";
import { valueAt } from "../../../language/src/compile/kubernetes/object.ts";
import { busy, gatewayPolicy, gatewayWith, inference, surge } from "../../helpers/gateway-policy.ts";
import { codesOf, compiled, findOne, kindsOf, manifestsOf } from "../../helpers/kubernetes-output.ts";

const manifests = manifestsOf(gatewayPolicy);

describe("the ai-gateway on Kubernetes", () => {
  it("becomes these objects in this order", () => {
    assert.deepEqual(kindsOf(manifests), [
      "Deployment/inference", "Service/inference", "Service/inference-pods", "PodDisruptionBudget/inference", "HorizontalPodAutoscaler/inference",
      "ServiceAccount/inference-schedule", "Role/inference-schedule", "RoleBinding/inference-schedule",
      "CronJob/inference-office-hours-begin", "CronJob/inference-office-hours-end",
    ]);
    for (const manifest of manifests) assert.equal(valueAt(manifest, "metadata", "namespace"), "ai");
  });

  it("leaves the number of replicas to the autoscaler", () => {
    assert.equal(valueAt(findOne(manifests, "Deployment"), "spec", "replicas"), undefined);
  });

  it("asks for the resources of the workload, the device in requests and limits alike", () => {
    const resources = valueAt(findOne(manifests, "Deployment"), "spec", "template", "spec", "containers", 0, "resources");
    assert.deepEqual(resources, {
      requests: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" },
      limits: { cpu: "4", memory: "24Gi", "nvidia.com/gpu": "1" },
    });
  });

  it("keeps a member until the longest answer is over", () => {
    const pod = valueAt(findOne(manifests, "Deployment"), "spec", "template", "spec");
    const pause = Number(valueAt(pod, "containers", 0, "lifecycle", "preStop", "sleep", "seconds"));
    const grace = Number(valueAt(pod, "terminationGracePeriodSeconds"));
    assert.ok(pause > 0);
    assert.ok(grace - pause >= 600, `${grace} s with a pause of ${pause} s leave less than timeout read 10m`);
  });

  it("asks for readiness as the health check says, for liveness more patiently, and allows twice the start-up", () => {
    const container = valueAt(findOne(manifests, "Deployment"), "spec", "template", "spec", "containers", 0);
    assert.deepEqual(valueAt(container, "readinessProbe"), {
      httpGet: { path: "/healthz", port: "http" }, periodSeconds: 5, timeoutSeconds: 1, successThreshold: 2, failureThreshold: 3,
    });
    const patience = (probe: string): number => Number(valueAt(container, probe, "periodSeconds")) * Number(valueAt(container, probe, "failureThreshold"));
    assert.ok(patience("livenessProbe") > patience("readinessProbe"));
    assert.ok(patience("startupProbe") >= 2 * 45);
  });

  it("rolls out by adding members before it takes any away, and gives up no earlier than two starts take", () => {
    const spec = valueAt(findOne(manifests, "Deployment"), "spec");
    assert.deepEqual(valueAt(spec, "strategy"), { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } });
    assert.ok(Number(valueAt(spec, "progressDeadlineSeconds")) >= 2 * 45);
  });

  it("names secrets and config and never holds their values", () => {
    const { workload } = inference;
    assert.ok(workload !== undefined);
    const env = [{ name: "TOKEN", from: "secret", object: "llm", key: "token" }, { name: "MODE", from: "config", object: "settings", key: "mode" }, { name: "PLAIN", value: "on" }] as const;
    const more = manifestsOf(gatewayWith({ backend: { workload: { ...workload, env, serviceAccount: "llm-runner" } } }));
    const pod = valueAt(findOne(more, "Deployment"), "spec", "template", "spec");
    assert.deepEqual(valueAt(pod, "containers", 0, "env"), [
      { name: "TOKEN", valueFrom: { secretKeyRef: { name: "llm", key: "token" } } }, { name: "MODE", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } }, { name: "PLAIN", value: "on" },
    ]);
    assert.equal(valueAt(pod, "serviceAccountName"), "llm-runner");
    assert.ok(!kindsOf(more).some((kind) => kind.startsWith("Secret") || kind.startsWith("ConfigMap")));
  });

  it("gives the container no more rights than it needs", () => {
    const pod = valueAt(findOne(manifests, "Deployment"), "spec", "template", "spec");
    assert.equal(valueAt(pod, "automountServiceAccountToken"), false);
    assert.equal(valueAt(pod, "securityContext", "seccompProfile", "type"), "RuntimeDefault");
    assert.deepEqual(valueAt(pod, "containers", 0, "securityContext"), { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } });
  });

  it("lets clients reach the pool through one address and proxies through one per member", () => {
    assert.equal(valueAt(findOne(manifests, "Service", "inference"), "spec", "ports", 0, "port"), 8000);
    assert.equal(valueAt(findOne(manifests, "Service", "inference-pods"), "spec", "clusterIP"), "None");
    const labels = valueAt(findOne(manifests, "Deployment"), "spec", "template", "metadata", "labels");
    for (const name of ["inference", "inference-pods"]) assert.deepEqual(valueAt(findOne(manifests, "Service", name), "spec", "selector"), labels);
  });

  it("lets one member at a time be away", () => {
    assert.equal(valueAt(findOne(manifests, "PodDisruptionBudget"), "spec", "maxUnavailable"), 1);
  });

  it("targets 70 % of a member's 15 requests per second, counted in front", () => {
    const spec = valueAt(findOne(manifests, "HorizontalPodAutoscaler"), "spec");
    assert.deepEqual(valueAt(spec, "metrics"), [{
      type: "External",
      external: {
        metric: { name: "lbpolicy_arrivals_per_second", selector: { matchLabels: { backend: "inference" } } },
        target: { type: "AverageValue", averageValue: "10500m" },
      },
    }]);
    assert.deepEqual([valueAt(spec, "minReplicas"), valueAt(spec, "maxReplicas")], [2, 120]);
  });

  it("writes the behavior of threshold busy in full", () => {
    assert.deepEqual(valueAt(findOne(manifests, "HorizontalPodAutoscaler"), "spec", "behavior"), {
      scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: [{ type: "Pods", value: 4, periodSeconds: 15 }, { type: "Percent", value: 100, periodSeconds: 15 }] },
      scaleDown: { stabilizationWindowSeconds: 300, selectPolicy: "Max", policies: [{ type: "Percent", value: 10, periodSeconds: 60 }] },
    });
  });

  it("says that the rule of threshold surge is not the same there, at the rule and in the head of the file", () => {
    const result = compiled(gatewayPolicy);
    const found = result.diagnostics.find((diagnostic) => diagnostic.code === "LBP5537");
    assert.equal(found?.severity, "warning");
    assert.deepEqual(found?.range, surge.origin.range);
    assert.match(found?.message ?? "", /surge.*95 %.*70 % covers/);
    assert.ok(result.text.slice(0, result.text.indexOf("---")).includes(found?.message ?? "nothing"));
  });

  it("sets the floor of office_hours at both edges, in its zone, and may touch nothing but this autoscaler", () => {
    const edge = (name: string): readonly unknown[] => {
      const job = findOne(manifests, "CronJob", name);
      const args = valueAt(job, "spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "args");
      const patch = Array.isArray(args) ? String(args.find((argument) => String(argument).startsWith("--patch="))) : "";
      return [valueAt(job, "spec", "schedule"), valueAt(job, "spec", "timeZone"), valueAt(job, "spec", "concurrencyPolicy"), JSON.parse(patch.slice(8))];
    };
    assert.deepEqual(edge("inference-office-hours-begin"), ["0 8 * * 1-5", "Asia/Shanghai", "Forbid", { spec: { minReplicas: 20, maxReplicas: 120 } }]);
    assert.deepEqual(edge("inference-office-hours-end"), ["0 20 * * 1-5", "Asia/Shanghai", "Forbid", { spec: { minReplicas: 2, maxReplicas: 120 } }]);
    assert.deepEqual(valueAt(findOne(manifests, "Role"), "rules"), [
      { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], resourceNames: ["inference"], verbs: ["get", "patch"] },
    ]);
    const subject = valueAt(findOne(manifests, "RoleBinding"), "subjects", 0);
    assert.deepEqual(subject, { kind: "ServiceAccount", name: "inference-schedule", namespace: "ai" });
  });

  it("keeps the pods of a job out of the pool", () => {
    const selector = valueAt(findOne(manifests, "Service", "inference"), "spec", "selector", "app.kubernetes.io/name");
    for (const name of ["inference-office-hours-begin", "inference-office-hours-end"]) {
      assert.notEqual(valueAt(findOne(manifests, "CronJob", name), "spec", "jobTemplate", "spec", "template", "metadata", "labels", "app.kubernetes.io/name"), selector);
    }
  });
});

describe("the text of the manifests", () => {
  const result = compiled(gatewayPolicy);
  const lines = result.text.slice(0, -1).split("\n");

  it("is the same for the same policy, marked as generated, with LF, a final LF and no BOM", () => {
    assert.equal(compileKubernetes(gatewayPolicy).text, result.text);
    assert.equal(lines[0], "# lbpolicy-generated: v1");
    assert.ok(result.text.endsWith("\n") && !/\r|\ufeff/.test(result.text));
    assert.doesNotMatch(result.text, /\d{4}-\d{2}-\d{2}/);
  });

  it("names the declaration above every document", () => {
    const tops = lines.flatMap((line, i) => (line === "---" ? [lines[i + 1] ?? ""] : []));
    assert.equal(tops.length, 10);
    for (const top of tops) assert.match(top, /^# .*(backend inference|schedule office_hours)/);
  });

  it("knows for each line where it comes from", () => {
    assert.equal(result.lineOrigins.length, lines.length);
    const originOf = (text: string): unknown => result.lineOrigins[lines.findIndex((line) => line.includes(text))]?.range;
    assert.deepEqual(originOf("readinessProbe:"), inference.health?.origin.range);
    assert.deepEqual(originOf("terminationGracePeriodSeconds:"), inference.timeouts.origin?.range);
    assert.deepEqual(originOf("averageValue:"), busy.targets[0]?.origin.range);
    assert.deepEqual(originOf("image: \"registry.example.com/llm:1.4\""), inference.workload?.origin.range);
    assert.deepEqual(originOf("schedule: \"0 8 * * 1-5\""), gatewayPolicy.schedules[0]?.origin.range);
    const below = lines.indexOf("---");
    assert.ok(result.lineOrigins.slice(below).every((origin) => origin !== undefined));
  });

  it("is also a folder of one file per object with a kustomization that names them all", () => {
    const kustomization = result.files.find((file) => file.name === "kustomization.yaml");
    const others = result.files.filter((file) => file.name !== "kustomization.yaml");
    assert.equal(others.length, 10);
    for (const file of others) {
      assert.ok(kustomization?.text.includes(`- "${file.name}"`), file.name);
      assert.ok(file.text.startsWith("# lbpolicy-generated: v1\n"));
    }
  });
});

describe("a workload that Kubernetes cannot run as written", () => {
  const workload = inference.workload;
  assert.ok(workload !== undefined);

  it("needs an image", () => {
    const { image: _, ...rest } = workload;
    const result = compileKubernetes(gatewayWith({ backend: { workload: rest } }));
    assert.deepEqual(codesOf(result).filter((code) => code === "LBP5510"), ["LBP5510"]);
    assert.equal(result.text, "");
  });

  it("is refused where the request is above the limit, at the workload", () => {
    const result = compileKubernetes(gatewayWith({ backend: { workload: { ...workload, cpu: { request: 5, limit: 4 } } } }));
    const found = result.diagnostics.find((diagnostic) => diagnostic.code === "LBP5500");
    assert.match(found?.message ?? "", /Deployment "inference" in "ai".*limit/);
    assert.deepEqual(found?.range, workload.origin.range);
    assert.equal(result.text, "");
  });

  it("cannot share its name with another pool's objects", () => {
    const policy = { ...gatewayPolicy, backends: [inference, { ...inference, name: "Inference_pods" }] };
    const result = compileKubernetes(policy);
    assert.ok(codesOf(result).includes("LBP5501"));
    assert.equal(result.text, "");
  });
});
