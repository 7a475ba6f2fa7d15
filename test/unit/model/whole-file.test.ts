/** The files that the reference promises to accept. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { analyze } from "../../../language/src/index.ts";
import type { Policy } from "../../../language/src/index.ts";
import { sampleText } from "../../helpers/analyzed.ts";
import { checkInvariants } from "../../helpers/invariants.ts";
import { accepted } from "../../helpers/marked-source.ts";
import { root } from "../../helpers/root.ts";

const imports = { resolve: (path: string) => (path === "common.lbpolicy" ? { file: "common.lbpolicy", text: "" } : { problem: "there is no such file" }) };
const whole = readFileSync(new URL("test/fixtures/whole.lbpolicy", root), "utf8");

function wholePolicy(): Policy {
  return accepted(whole, { imports }).policy;
}

describe("the whole file of the reference", () => {
  it("holds neither an error nor a warning, in every line ending", () => {
    for (const text of [whole, whole.replaceAll("\n", "\r\n"), whole.replaceAll("\n", "\r"), `\uFEFF${whole}`]) accepted(text, { imports });
  });

  it("means the shop's fixed members", () => {
    const shop = wholePolicy().backends.find((backend) => backend.name === "shop") ?? assert.fail();
    assert.deepEqual(shop.servers.map(({ name, weight, capacityPerSecond, backup }) => [name, weight, capacityPerSecond, backup]), [
      ["a", 2, 600, false], ["b", 1, 300, false], ["c", 1, 300, false], ["d", 1, undefined, true],
    ]);
    assert.deepEqual(shop.servers.slice(0, 3).map((server) => [server.response?.points, server.concurrency]), [
      [[{ concurrency: 1, seconds: 2 }], 1200], [[{ concurrency: 1, seconds: 3 }], 900], [[{ concurrency: 1, seconds: 4 }], 1200],
    ]);
    assert.equal(shop.documentation, undefined);
    assert.deepEqual(shop.demand?.kind === "rate" ? shop.demand.ratePerSecond : undefined, 1000);
    const { origin: _, ...timeouts } = shop.timeouts;
    assert.deepEqual(timeouts, { connectSeconds: 1, readSeconds: 30, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 });
    assert.equal(shop.keepalive, 64);
    const health = shop.health ?? assert.fail();
    assert.deepEqual({ ...health, origin: undefined }, {
      kind: "http", path: "/healthz", method: "GET", expectFrom: 200, expectTo: 399, intervalSeconds: 5, timeoutSeconds: 1, rise: 2, fall: 3, verify: true, origin: undefined,
    });
    assert.deepEqual(shop.passiveHealth, { fall: 3, seconds: 10 });
    assert.deepEqual([shop.strategy.algorithm, shop.strategy.retry.count, shop.strategy.retry.on], [{ kind: "round_robin" }, 2, ["error", "timeout", 502, 503]]);
    assert.deepEqual(shop.strategy.affinity?.kind === "cookie" ? [shop.strategy.affinity.name, shop.strategy.affinity.ttlSeconds] : undefined, ["SHOPSRV", 3600]);
  });

  it("means the elastic pool", () => {
    const pool = wholePolicy().backends.find((backend) => backend.name === "inference") ?? assert.fail();
    assert.deepEqual(pool.servers, []);
    assert.deepEqual(pool.replica?.response?.points, [{ concurrency: 1, seconds: 0.65 }, { concurrency: 24, seconds: 1.6 }]);
    assert.deepEqual(pool.replica?.ttft?.points, [{ concurrency: 1, seconds: 0.09 }, { concurrency: 24, seconds: 0.4 }]);
    // the worked example of the formulas: 24 / 1.6 s
    assert.equal(pool.replica?.capacityPerSecond, 15);
    assert.equal(pool.replica?.concurrency, 24);
    assert.equal(pool.replica?.pricePerHour, 2.1);
    assert.deepEqual(pool.workload?.cpu, { request: 4, limit: 4 });
    assert.deepEqual(pool.workload?.memory, { request: 16 * 2 ** 30, limit: 24 * 2 ** 30 });
    assert.deepEqual([pool.workload?.startupSeconds, pool.workload?.shutdownSeconds, pool.workload?.disruption, pool.workload?.gpu, pool.workload?.port], [45, 30, { count: 1 }, 1, 8000]);
    assert.deepEqual([pool.scale?.min, pool.scale?.max], [2, 120]);
    assert.deepEqual(pool.scale?.thresholds.map((threshold) => [threshold.name, threshold.kind]), [["busy", "metric"], ["surge", "rules"]]);
    assert.deepEqual(pool.scale?.schedules.map((schedule) => schedule.name), ["office_hours"]);
    assert.deepEqual(pool.scale?.behavior, {
      toleranceUp: 0.1, toleranceDown: 0.1,
      up: { limits: [{ kind: "pods", count: 4, periodSeconds: 15 }, { kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 0 },
      down: { limits: [{ kind: "percent", fraction: 0.1, periodSeconds: 60 }], select: "max", stabilizeSeconds: 300 },
    });
    assert.equal(pool.stream, true);
    assert.equal(pool.timeouts.readSeconds, 600);
    assert.equal(pool.keepalive, 16);
  });

  it("means the service, the traffic, the scenario and the targets", () => {
    const policy = wholePolicy();
    const front = policy.services[0] ?? assert.fail();
    assert.deepEqual(front.listeners.map(({ port, tls, http2 }) => ({ port, tls, http2 })), [
      { port: 80, tls: undefined, http2: false }, { port: 443, tls: { kind: "files", certificate: "/etc/tls/shop.crt", key: "/etc/tls/shop.key" }, http2: true },
    ]);
    assert.deepEqual(front.hosts, ["shop.example.com"]);
    assert.deepEqual(front.redirect?.except, []);
    assert.deepEqual(front.limits.map((limit) => ({ ...limit, origin: undefined })), [{ kind: "rate", ratePerSecond: 50, burst: 100, nodelay: true, by: { kind: "client_ip" }, status: 429, origin: undefined }]);
    assert.deepEqual(front.routes.map((route) => [route.path, route.match, route.to.map((destination) => destination.backend.name)]), [["/v1/chat", "prefix", ["inference"]], ["/", "prefix", ["shop"]]]);
    const weekday = policy.traffics[0] ?? assert.fail();
    assert.equal(weekday.timezone, "Asia/Shanghai");
    assert.deepEqual(weekday.shape.kind === "daily" ? weekday.shape.points.map((point) => [point.secondOfDay / 3600, point.ratePerSecond]) : undefined, [[0, 60], [8, 300], [12, 700], [20, 1100], [23, 200]]);
    assert.deepEqual(weekday.bursts.map(({ factor, at, seconds }) => ({ factor, at, seconds })), [{ factor: 1.3, at: { kind: "time", secondOfDay: 45_000 }, seconds: 600 }]);
    assert.deepEqual([weekday.noise, weekday.clients], [{ fraction: 0.08, seed: 7 }, 1000]);
    const scenario = policy.scenarios[0] ?? assert.fail();
    assert.deepEqual([scenario.backend.name, scenario.traffic?.traffic.name, scenario.traffic?.factor, scenario.durationSeconds, scenario.start], ["inference", "weekday", 1, 86_400, { year: 2026, month: 1, day: 5, secondOfDay: 0 }]);
    assert.deepEqual(scenario.expectations.map(({ measure, operator, value }) => [measure, operator, value]), [["p95", "<", 3], ["availability", ">=", 0.999], ["flaps", "<=", 4]]);
    assert.deepEqual(policy.targets.map((target) => [target.kind, target.version, target.kind === "kubernetes" ? undefined : target.resolver]), [["nginx", "1.22", "10.96.0.10"], ["haproxy", "2.6", "10.96.0.10"]]);
  });

  it("says only that `peak` is declared and not used", () => {
    const found = analyze({ file: "whole.lbpolicy", text: whole }, { imports }).diagnostics;
    assert.deepEqual(found.filter(({ code }) => /^LBP[123]/.test(code)).map(({ code, severity, message }) => [code, severity, message]), [["LBP2010", "hint", "The param peak is used nowhere: remove it, or name it where it should apply."]]);
  });

  it("stands in its canonical form already, but for the columns of its servers", () => {
    checkInvariants(whole);
  });
});

describe("the shortest useful files and the samples", () => {
  it("mean what they say", () => {
    const web = accepted("backend web { server 10.0.0.11:80 server 10.0.0.12:80 } service s { listen 80 to web }").policy;
    assert.deepEqual(web.backends[0]?.servers.map(({ name, weight }) => [name, weight]), [["s1", 1], ["s2", 1]]);
    assert.deepEqual(web.backends[0]?.strategy.algorithm, { kind: "round_robin" });
    assert.deepEqual(web.services[0]?.to.map((destination) => destination.backend.name), ["web"]);
    const kubectl = accepted('backend php-apache { workload { existing "deployment/php-apache" cpu 200m } scale 1..10 { target cpu 50% } }').policy;
    assert.deepEqual(kubectl.backends[0]?.workload?.existing, { apiVersion: "apps/v1", kind: "Deployment", name: "php-apache" });
    assert.deepEqual(kubectl.backends[0]?.workload?.cpu, { request: 0.2 });
    const threshold = kubectl.backends[0]?.scale?.thresholds[0];
    assert.deepEqual(threshold?.kind === "metric" ? threshold.targets.map(({ metric, value }) => ({ metric, value })) : undefined, [{ metric: { kind: "builtin", name: "cpu" }, value: 0.5 }]);
  });

  for (const name of ["shop", "ai-gateway"] as const) it(`the sample ${name} holds neither an error nor a warning`, () => {
    accepted(sampleText(name));
  });
});
