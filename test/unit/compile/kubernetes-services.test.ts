/** Fixed members, routes, the balancer in the cluster, and alerts. */
import assert from "node:assert/strict";
import { compileKubernetes } from "../../../language/src/compile/kubernetes/compile.ts";
import { valueAt } from "../../../language/src/compile/kubernetes/object.ts";
import type { Json } from "../../../language/src/compile/kubernetes/object.ts";
import type { Service } from "../../../language/src/model/service.ts";
import { defaultKubernetes } from "../../../language/src/model/target.ts";
import type { KubernetesTarget } from "../../../language/src/model/target.ts";
import type { Expectation } from "../../../language/src/model/traffic.ts";
import { gatewayPolicy, inference, originAt } from "../../helpers/gateway-policy.ts";
import { codesOf, compiled, findOne, kindsOf, manifestsOf, readManifests } from "../../helpers/kubernetes-output.ts";
import { backend, destination, listener, policy, route, server, service } from "../../helpers/policy-parts.ts";

const on = (more: Partial<KubernetesTarget>): readonly KubernetesTarget[] => [{ ...defaultKubernetes, namespace: "shop", ...more }];
const spec = (manifest: Json, ...path: readonly (string | number)[]): Json => valueAt(manifest, "spec", ...path) ?? null;

describe("fixed members on Kubernetes", () => {
  it("become a Service without selector and a slice per address family and port under one port name", () => {
    const shop = backend("shop", [server("a", "10.0.0.11:5000"), server("b", "10.0.0.12:5000"), server("c", "10.0.0.13:6000"), server("d", "[2001:db8::1]:5000")]);
    const manifests = manifestsOf(policy([shop], [], on({})));
    assert.deepEqual(kindsOf(manifests), ["Service/shop", "EndpointSlice/shop-ipv4-5000", "EndpointSlice/shop-ipv4-6000", "EndpointSlice/shop-ipv6-5000"]);
    assert.equal(valueAt(findOne(manifests, "Service"), "spec", "selector"), undefined);
    const slices = manifests.slice(1);
    assert.deepEqual(slices.map((slice) => [valueAt(slice, "addressType"), valueAt(slice, "ports", 0, "port"), valueAt(slice, "endpoints")]), [
      ["IPv4", 5000, [{ addresses: ["10.0.0.11"], conditions: { ready: true } }, { addresses: ["10.0.0.12"], conditions: { ready: true } }]],
      ["IPv4", 6000, [{ addresses: ["10.0.0.13"], conditions: { ready: true } }]],
      ["IPv6", 5000, [{ addresses: ["2001:db8::1"], conditions: { ready: true } }]],
    ]);
    for (const slice of slices) {
      assert.equal(valueAt(slice, "ports", 0, "name"), spec(findOne(manifests, "Service"), "ports", 0, "name"));
      assert.equal(valueAt(slice, "metadata", "labels", "kubernetes.io/service-name"), "shop");
    }
  });

  it("that Kubernetes must not send to are left out, each with a warning at its server", () => {
    const left = [
      server("b", "10.0.0.2:80", { backup: true }), server("c", "10.0.0.3:80", { down: true }), server("d", "10.0.0.4:80", { drain: true }),
      server("e", "127.0.0.1:80"), server("f", "[::1]:80"), server("g", "unix:/run/app.sock"), server("h", "localhost:80"), server("i", "169.254.0.1:80"),
    ];
    const result = compiled(policy([backend("shop", [server("a", "10.0.0.1:80"), ...left])], [], on({})));
    const warnings = result.diagnostics.filter((diagnostic) => diagnostic.code === "LBP5560");
    assert.deepEqual(warnings.map((diagnostic) => diagnostic.range), left.map((one) => one.origin.range));
    assert.deepEqual(valueAt(readManifests(result.text)[1], "endpoints"), [{ addresses: ["10.0.0.1"], conditions: { ready: true } }]);
  });

  it("of one host name become an alias, of several a warning", () => {
    const [alias] = manifestsOf(policy([backend("api", [server("a", "api.example.com:443")])], [], on({})));
    assert.deepEqual([valueAt(alias, "spec", "type"), valueAt(alias, "spec", "externalName")], ["ExternalName", "api.example.com"]);
    const several = compileKubernetes(policy([backend("api", [server("a", "one.example.com:443"), server("b", "two.example.com:443")])], [], on({})));
    assert.deepEqual([codesOf(several), several.text], [["LBP5562"], ""]);
  });

  it("lose their weights and algorithm, which is said", () => {
    const shop = backend("shop", [server("a", "10.0.0.1:80", { weight: 2 }), server("b", "10.0.0.2:80")], { strategy: { algorithm: { kind: "least_connections" }, retry: { count: 1, on: ["error"], unsafe: false } } });
    assert.deepEqual(codesOf(compiled(policy([shop], [], on({})))), ["LBP5519", "LBP5561"]);
  });
});

const stable = backend("stable", [server("a", "10.0.0.1:80")]);
const canary = backend("canary", [server("a", "10.0.0.2:81")]);
const shopFront = (more: Partial<Service>): Service => service("front", [listener(80)], { hosts: ["Shop.example.com"], ...more });

describe("services through a gateway", () => {
  const routes = (front: Service): readonly Json[] => manifestsOf(policy([stable, canary], [front], on({ expose: { kind: "gateway", name: "infra/public" } }))).filter((manifest) => String(valueAt(manifest, "kind")).endsWith("Route"));

  it("become an HTTPRoute with hosts, matches, and whole weights that keep the shares", () => {
    const [found] = routes(shopFront({
      routes: [
        route("/exact", [destination(stable)], { match: "exact", method: "POST" }),
        route("/", [destination(stable, 0.975), destination(canary, 0.025)], { header: { name: "X-Beta", value: "1" } }),
      ],
    }));
    assert.ok(found !== undefined);
    assert.deepEqual(spec(found, "parentRefs"), [{ name: "public", namespace: "infra" }]);
    assert.deepEqual(spec(found, "hostnames"), ["shop.example.com"]);
    assert.deepEqual(spec(found, "rules"), [
      { matches: [{ path: { type: "Exact", value: "/exact" }, method: "POST" }], backendRefs: [{ name: "stable", port: 80 }] },
      { matches: [{ path: { type: "PathPrefix", value: "/" }, headers: [{ type: "Exact", name: "X-Beta", value: "1" }] }], backendRefs: [{ name: "stable", port: 80, weight: 39 }, { name: "canary", port: 81, weight: 1 }] },
    ]);
  });

  it("keep header changes and say what the gateway has to do itself", () => {
    const front = shopFront({
      to: [destination(stable)], compress: true, headers: [{ on: "response", action: "set", name: "X-A", value: "1", origin: originAt(1) }, { on: "request", action: "remove", name: "X-B", origin: originAt(2) }],
      limits: [{ kind: "rate", ratePerSecond: 5, burst: 0, nodelay: false, by: { kind: "client_ip" }, status: 429, origin: originAt(3) }],
    });
    const result = compiled(policy([stable], [front], on({ expose: { kind: "gateway", name: "public" } })));
    assert.deepEqual(codesOf(result), ["LBP5565", "LBP5565"]);
    assert.deepEqual(spec(findOne(readManifests(result.text), "HTTPRoute"), "rules", 0, "filters"), [
      { type: "RequestHeaderModifier", requestHeaderModifier: { remove: ["X-B"] } },
      { type: "ResponseHeaderModifier", responseHeaderModifier: { set: [{ name: "X-A", value: "1" }] } },
    ]);
  });

  it("with more than 16 rules become several routes", () => {
    const many = Array.from({ length: 20 }, (_, i) => route(`/p${i}/`, [destination(stable)]));
    assert.deepEqual(routes(shopFront({ routes: many })).map((one) => (spec(one, "rules") as readonly Json[]).length), [16, 4]);
  });

  it("of gRPC become a GRPCRoute, of tcp a TCPRoute", () => {
    const grpc = backend("echo", [server("a", "10.0.0.1:50051")], { protocol: "grpc" });
    const front = service("front", [listener(443)], { routes: [route("/pkg.Echo/Say", [destination(grpc)], { match: "exact" }), route("/pkg.Echo/", [destination(grpc)])] });
    const [found] = manifestsOf(policy([grpc], [front], on({ expose: { kind: "gateway", name: "public" } }))).filter((manifest) => valueAt(manifest, "kind") === "GRPCRoute");
    assert.deepEqual((spec(found ?? null, "rules") as readonly Json[]).map((rule) => valueAt(rule, "matches", 0, "method")), [{ type: "Exact", service: "pkg.Echo", method: "Say" }, { type: "Exact", service: "pkg.Echo" }]);
    const db = backend("db", [server("a", "10.0.0.1:5432")], { protocol: "tcp" });
    const tcp = manifestsOf(policy([db], [service("front", [listener(5432)], { to: [destination(db)] })], on({ expose: { kind: "gateway", name: "public" } })));
    assert.deepEqual(spec(findOne(tcp, "TCPRoute"), "rules"), [{ backendRefs: [{ name: "db", port: 5432 }] }]);
  });

  it("cannot lead to what has no Service", () => {
    assert.ok(inference.workload !== undefined);
    const { port: _, ...workload } = inference.workload;
    const closed = { ...inference, workload };
    const result = compileKubernetes({ ...gatewayPolicy, backends: [closed], services: [service("front", [listener(80)], { to: [destination(closed)] })], targets: on({ expose: { kind: "gateway", name: "public" } }) });
    assert.ok(codesOf(result).includes("LBP5566"));
    assert.equal(result.text, "");
  });

  it("not exposed at all are said to be reachable only inside", () => {
    assert.deepEqual(codesOf(compiled(policy([stable], [shopFront({ to: [destination(stable)] })], on({})))), ["LBP5564"]);
  });
});

describe("services through an Ingress", () => {
  it("keep host, paths, class and secret, and send a split to its largest part", () => {
    const front = service("front", [listener(443, { tls: { kind: "secret", name: "shop-tls" } })], {
      hosts: ["shop.example.com"], routes: [route("/v1/", [destination(stable)], { match: "prefix" }), route("/", [destination(stable, 0.1), destination(canary, 0.9)])],
    });
    const result = compiled(policy([stable, canary], [front], on({ expose: { kind: "ingress", className: "nginx" } })));
    assert.deepEqual(codesOf(result), ["LBP5568"]);
    assert.deepEqual(spec(findOne(readManifests(result.text), "Ingress")), {
      ingressClassName: "nginx",
      tls: [{ hosts: ["shop.example.com"], secretName: "shop-tls" }],
      rules: [{
        host: "shop.example.com",
        http: {
          paths: [
            { path: "/v1/", pathType: "Prefix", backend: { service: { name: "stable", port: { number: 80 } } } },
            { path: "/", pathType: "Prefix", backend: { service: { name: "canary", port: { number: 81 } } } },
          ],
        },
      }],
    });
  });
});

describe("the balancer in the cluster", () => {
  for (const program of ["nginx", "haproxy"] as const) {
    it(`${program} gets its compiled configuration, its ports, and the secrets of its listeners as files`, () => {
      const front = service("front", [listener(80), listener(443, { tls: { kind: "secret", name: "shop-tls" } })], { to: [destination(stable)] });
      const manifests = manifestsOf(policy([stable], [front], on({ balancer: program })));
      const name = `lb-${program}`;
      const file = program === "nginx" ? "nginx.conf" : "haproxy.cfg";
      const text = String(valueAt(findOne(manifests, "ConfigMap", name), "data", file));
      assert.ok(text.startsWith("# lbpolicy-generated: v1\n") && text.includes("10.0.0.1:80") && text.includes("/etc/lbpolicy/tls/shop-tls/tls.crt"));
      const pod = spec(findOne(manifests, "Deployment", name), "template", "spec");
      const mounts = valueAt(pod, "containers", 0, "volumeMounts");
      assert.ok(Array.isArray(mounts) && mounts.some((mount: Json) => valueAt(mount, "mountPath") === "/etc/lbpolicy/tls/shop-tls"));
      assert.equal(valueAt(pod, "securityContext", "runAsNonRoot"), true);
      assert.ok(Number(valueAt(pod, "terminationGracePeriodSeconds")) > 60);
      const ports = spec(findOne(manifests, "Service", name), "ports");
      assert.ok(Array.isArray(ports));
      assert.deepEqual(ports.map((port: Json) => valueAt(port, "port")), [80, 443]);
    });
  }

  it("rolls out when its configuration changes", () => {
    const hashOf = (readSeconds: number): unknown => {
      const slow = { ...stable, timeouts: { ...stable.timeouts, readSeconds } };
      const manifests = manifestsOf(policy([slow], [service("front", [listener(80)], { to: [destination(slow)] })], on({ balancer: "nginx" })));
      return spec(findOne(manifests, "Deployment", "lb-nginx"), "template", "metadata", "annotations", "lbpolicy/configuration");
    };
    assert.equal(hashOf(30), hashOf(30));
    assert.notEqual(hashOf(30), hashOf(31));
  });

  it("looks for a pool of a long name under the very name that its Service got", () => {
    const long = { ...inference, name: `A_${"pool_".repeat(12)}x` };
    for (const [resolver, kind] of [["10.96.0.10", "members"], [undefined, "service"]] as const) {
      const targets = [...on({ balancer: "haproxy" }), { kind: "haproxy", version: "2.6", emit: "all", ...(resolver === undefined ? {} : { resolver }) } as const];
      const result = compileKubernetes({ ...gatewayPolicy, backends: [long], services: [service("front", [listener(80)], { to: [destination(long)] })], targets });
      const manifests = readManifests(result.text);
      const services = manifests.filter((manifest) => valueAt(manifest, "kind") === "Service").filter((one) => (valueAt(one, "spec", "clusterIP") === "None") === (kind === "members"));
      const names = services.map((one) => `${String(valueAt(one, "metadata", "name"))}.shop.svc.cluster.local:8000`);
      const text = manifests.map((manifest) => String(valueAt(manifest, "data", "haproxy.cfg") ?? "")).join("");
      if (text !== "") assert.ok(names.some((name) => text.includes(name)), `${kind}: none of ${names.join(", ")}`);
      else assert.equal(kind, "service", "HAProxy needs a resolver for members");
    }
  });

  it("finds the members of a pool through the headless Service", () => {
    const front = service("front", [listener(80)], { to: [destination(inference)] });
    const manifests = manifestsOf({ ...gatewayPolicy, services: [front], targets: [...on({ balancer: "haproxy" }), { kind: "haproxy", version: "2.6", resolver: "10.96.0.10", emit: "all" }] });
    const text = String(valueAt(findOne(manifests, "ConfigMap"), "data", "haproxy.cfg"));
    const headless = String(valueAt(findOne(manifests, "Service", "inference-pods"), "metadata", "name"));
    assert.ok(text.includes(`${headless}.shop.svc.cluster.local:8000`));
  });

  it("that cannot be compiled says so in its own words", () => {
    const front = service("front", [listener(80)], { to: [destination(inference)] });
    const result = compileKubernetes({ ...gatewayPolicy, services: [front], targets: on({ balancer: "nginx" }) });
    assert.ok(result.diagnostics.some((diagnostic) => diagnostic.severity === "error" && /resolver/.test(diagnostic.message)));
    assert.equal(result.text, "");
  });
});

describe("alerts", () => {
  it("come from the capacity, the bounds and what the scenarios expect", () => {
    const expectation = { operator: "<", value: 3, asShare: false, origin: originAt(5) } as const;
    const scenario = {
      name: "busy_day", backend: inference, durationSeconds: 86_400, start: { year: 2026, month: 1, day: 5, secondOfDay: 0 }, faults: [], origin: originAt(6),
      expectations: [{ ...expectation, measure: "p95" }, { ...expectation, measure: "availability", operator: ">=", value: 0.999 }],
    } as const;
    const result = compiled({ ...gatewayPolicy, scenarios: [scenario], targets: on({ namespace: "ai", monitoring: true }) });
    const rules = spec(findOne(readManifests(result.text), "PrometheusRule"), "groups", 0, "rules");
    assert.ok(Array.isArray(rules));
    assert.deepEqual(rules.map((rule: Json) => [valueAt(rule, "alert"), valueAt(rule, "expr")]), [
      ["LbPolicySaturated", "sum(lbpolicy_arrivals_per_second{backend=\"inference\"}) > 15 * sum(kube_deployment_status_replicas_ready{namespace=\"ai\",deployment=\"inference\"})"],
      ["LbPolicyAtMaximum", "kube_horizontalpodautoscaler_status_current_replicas{namespace=\"ai\",horizontalpodautoscaler=\"inference\"} >= kube_horizontalpodautoscaler_spec_max_replicas{namespace=\"ai\",horizontalpodautoscaler=\"inference\"}"],
      ["LbPolicyFlapping", "changes(kube_horizontalpodautoscaler_status_desired_replicas{namespace=\"ai\",horizontalpodautoscaler=\"inference\"}[30m]) > 10"],
      ["LbPolicyP95", "max(lbpolicy_response_time_p95_seconds{backend=\"inference\"}) >= 3"],
    ]);
    assert.deepEqual(rules.map((rule: Json) => [valueAt(rule, "labels", "severity"), valueAt(rule, "for")]), [["critical", "2m"], ["warning", "15m"], ["warning", "0s"], ["warning", "5m"]]);
    assert.deepEqual(result.diagnostics.filter(({ code }) => code === "LBP5569").map(({ message }) => message), ["No alert is made from expect availability of scenario busy_day: the compiled objects have no metric for it."]);
  });

  it("turn every expectation round that Prometheus has a figure for, under the HPA's name that KEDA gives", () => {
    const expect = (measure: Expectation["measure"], operator: Expectation["operator"], value: number): Expectation => ({ measure, operator, value, asShare: false, origin: originAt(5) });
    const depth = { name: "depth", prometheus: { url: "http://prometheus:9090" }, query: "sum(depth)", per: "pool", undivided: false, origin: originAt(7) } as const;
    const pool = { ...inference, scale: { ...(inference.scale ?? assert.fail()), thresholds: [{ kind: "metric", origin: originAt(8), targets: [{ metric: { kind: "declared", metric: depth }, value: 3, dimension: "number", origin: originAt(9) }] } as const] } };
    const scenario = {
      name: "busy_day", backend: pool, durationSeconds: 86_400, start: { year: 2026, month: 1, day: 5, secondOfDay: 0 }, faults: [], origin: originAt(6),
      expectations: [expect("load_factor", "<=", 0.9), expect("replicas", ">=", 3), expect("queue", "<", 50), expect("ttft_p95", "<", 1)],
    } as const;
    const result = compiled({ ...gatewayPolicy, backends: [pool], scenarios: [scenario], targets: on({ namespace: "ai", monitoring: true, autoscaler: "keda" }) });
    const rules = spec(findOne(readManifests(result.text), "PrometheusRule"), "groups", 0, "rules");
    assert.ok(Array.isArray(rules));
    assert.deepEqual(rules.slice(3).map((rule: Json) => valueAt(rule, "expr")), [
      "sum(lbpolicy_arrivals_per_second{backend=\"inference\"}) / (15 * sum(kube_deployment_status_replicas_ready{namespace=\"ai\",deployment=\"inference\"})) > 0.9",
      "kube_horizontalpodautoscaler_status_current_replicas{namespace=\"ai\",horizontalpodautoscaler=\"keda-hpa-inference\"} < 3",
      "avg(lbpolicy_requests_queued{backend=\"inference\"}) >= 50",
      "max(lbpolicy_first_token_time_p95_seconds{backend=\"inference\"}) >= 1",
    ]);
    assert.ok(!codesOf(result).includes("LBP5569"));
  });
});
