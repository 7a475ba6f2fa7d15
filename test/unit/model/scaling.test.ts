/** `scale`, `threshold` and `metric` in the reference. */
import { strict as assert } from "node:assert";
import type { Scale } from "../../../language/src/model/policy.ts";
import type { Metric, Threshold } from "../../../language/src/model/scaling.ts";
import { applyEdits } from "../../../language/src/index.ts";
import { accepted, readMarks, refused } from "../../helpers/marked-source.ts";

function scale(lines: string, rest = ""): Scale {
  return accepted(`backend b {\n  replica capacity 10rps\n  scale 1..10 {\n    ${lines}\n  }\n}\n${rest}`).policy.backends[0]?.scale ?? assert.fail();
}

function threshold(lines: string, rest = ""): Threshold {
  return scale("on t", `threshold t {\n  ${lines}\n}\n${rest}`).thresholds[0] ?? assert.fail();
}

const pool = "backend b { replica capacity 10rps scale 1..10 { on t } }";
const bad = (lines: string, code: string, words: RegExp): ReturnType<typeof refused> => refused(`${pool}\nthreshold t {\n  ${lines}\n}`, code, words);
const badScale = (text: string, code: string, words: RegExp): unknown => refused(`backend b {\n  replica capacity 10rps\n  scale ${text}\n}`, code, words);

describe("scale", () => {
  it("has both bounds, the smaller first, and at least one member at most", () => {
    assert.deepEqual([scale("idle 1m").min, scale("idle 1m").max], [1, 10]);
    assert.equal(scale("idle 1m").idleSeconds, 60);
    assert.equal(scale("fallback 3 after 5 failures").idleSeconds, 300);
    badScale("⟦3⟧", "LBP2012", /both bounds/);
    badScale("⟦5..2⟧", "LBP3006", /smaller value first/);
    badScale("⟦0..0⟧", "LBP3001", /upper bound/);
    badScale("1..⟦100_001⟧", "LBP3001", /100000/);
    badScale("1..⟦2.5⟧", "LBP3002", /whole/);
    badScale("⟦50%⟧..3", "LBP2003", /share/i);
    badScale("⟦{⟧ on t }", "LBP1001", /bounds such as 2\.\.10/);
    const { policy } = accepted("param n = 4 backend b { replica capacity 1rps scale max(2, 1)..n * 2 }");
    assert.deepEqual([policy.backends[0]?.scale?.min, policy.backends[0]?.scale?.max], [2, 8]);
  });

  it("holds a threshold's own lines instead of `on`, not beside it", () => {
    const inline = scale("target cpu 50%\n    tolerance 5%\n    down { stabilize 1m }");
    assert.deepEqual([inline.thresholds.length, inline.thresholds[0]?.kind, inline.thresholds[0]?.name], [1, "metric", undefined]);
    assert.deepEqual([inline.behavior.toleranceUp, inline.behavior.toleranceDown, inline.behavior.down.stabilizeSeconds, inline.behavior.up.stabilizeSeconds], [0.05, 0.05, 60, 0]);
    refused("backend b { replica capacity 1rps scale 1..2 { on t ⟦target⟧ cpu 50% } }\nthreshold t { target cpu 50% }", "LBP2013", /not both/);
    badScale("1..10 {\n    ⟦up⟧ { stabilize 1m }\n  }", "LBP2012", /`target`/);
  });

  it("without a threshold it moves by its schedules only", () => {
    assert.deepEqual(scale("during n", "schedule n { every daily 08:00-20:00 replicas 5 }").thresholds, []);
    assert.deepEqual(accepted("backend b { replica capacity 1rps }").policy.backends[0]?.scale, undefined);
  });

  it("writes out what is left out", () => {
    assert.deepEqual(threshold("target cpu 50%") && scale("on t", "threshold t { target cpu 50% }").behavior, {
      toleranceUp: 0.1, toleranceDown: 0.1,
      up: { limits: [{ kind: "pods", count: 4, periodSeconds: 15 }, { kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 0 },
      down: { limits: [{ kind: "percent", fraction: 1, periodSeconds: 15 }], select: "max", stabilizeSeconds: 300 },
    });
  });

  it("takes up, down and tolerance from one of its thresholds each", () => {
    const behavior = scale("on t, u", "threshold t { target cpu 50% up { by 1 every 1m } }\nthreshold u { target memory 50% tolerance 20% down { select disabled } }").behavior;
    assert.deepEqual(behavior.up.limits, [{ kind: "pods", count: 1, periodSeconds: 60 }]);
    assert.deepEqual([behavior.down.select, behavior.toleranceUp], ["disabled", 0.2]);
    refused("backend b { replica capacity 1rps scale 1..2 { on t, u } }\nthreshold t { target cpu 50% tolerance 5% }\nthreshold ⟦u⟧ { target cpu 50% tolerance 6% }", "LBP2013", /`tolerance` belongs to the pool.*t holds it already/);
  });

  it("active, idle, fallback", () => {
    const { active, fallback } = scale("target cpu 50%\n    active queue > 0\n    idle 10m\n    fallback 6 after 3 failures");
    assert.deepEqual([active?.metric, active?.operator, active?.value, fallback], [{ kind: "builtin", name: "queue" }, ">", 0, { replicas: 6, afterFailures: 3 }]);
    badScale("1..10 {\n    fallback 3⟦⟧\n  }", "LBP1001", /`after`/);
    badScale("1..10 {\n    idle ⟦0s⟧\n  }", "LBP3001", /idle/);
  });

  it("names what does not exist and what is named twice", () => {
    badScale("1..10 {\n    on ⟦bussy⟧\n  }", "LBP2001", /no threshold called bussy/);
    badScale("1..10 {\n    during ⟦x⟧\n  }", "LBP2001", /no schedule called x/);
    refused("backend b { replica capacity 1rps scale 1..2 { on t, ⟦t⟧ } }\nthreshold t { target cpu 50% }", "LBP2013", /twice/);
  });

  it("cuts a schedule outside its bounds, with a warning", () => {
    const found = refused("backend b { replica capacity 1rps scale ⟦2..10⟧ { during n } }\nschedule n { every daily 08:00-20:00 replicas 20 }", "LBP3015", /asks for 20, outside the pool's 2\.\.10/);
    assert.equal(found.severity, "warning");
    refused("backend b { replica capacity 1rps scale ⟦2..10⟧ { during n } }\nschedule n { every daily 08:00-20:00 replicas 1..5 }", "LBP3015", /1\.\.5/);
    accepted("backend b { replica capacity 1rps scale 2..10 { during n } }\nschedule n { every daily 08:00-20:00 replicas 2..10 }");
  });
});

describe("threshold", () => {
  it("metric-based: several targets", () => {
    const found = threshold('target cpu 50%\n  target rps 100rps\n  target p95 300ms\n  target queue 3\n  target external "sqs" 30\n  target custom "jobs" 5');
    assert.deepEqual(found.kind === "metric" ? found.targets.map(({ metric, value, dimension }) => [metric.kind === "declared" ? "" : metric.name, value, dimension]) : undefined, [
      ["cpu", 0.5, "ratio"], ["rps", 100, "rate"], ["p95", 0.3, "duration"], ["queue", 3, "number"], ["sqs", 30, "number"], ["jobs", 5, "number"],
    ]);
  });

  it("holds each built-in metric against its own dimension", () => {
    for (const metric of ["cpu", "memory", "gpu", "load_factor"]) bad(`target ${metric} ⟦5s⟧`, "LBP2003", /duration/i);
    for (const metric of ["arrivals", "rps"]) bad(`target ${metric} ⟦50⟧`, "LBP2003", /`50rps`/);
    for (const metric of ["in_flight", "queue", "connections"]) bad(`target ${metric} ⟦50%⟧`, "LBP2003", /share/i);
    for (const metric of ["response_time", "p95", "p99", "ttft_p95"]) bad(`target ${metric} ⟦3⟧`, "LBP2003", /`3s`/);
    bad("target ⟦cpuu⟧ 50%", "LBP2001", /did you mean `cpu`/);
    bad("target cpu ⟦0%⟧", "LBP3001", /target/);
    bad("target queue ⟦0⟧", "LBP3001", /target/);
  });

  it("on-demand: rules and what they do", () => {
    const found = threshold("when cpu > 90% for 30s add 2\n  when cpu < 20% remove 10%\n  when queue >= 5 double\n  when queue <= 0 halve\n  when p95 > 2s set 8\n  when rps > 5rps add 50%\n  cooldown up 1m down 10m");
    assert.deepEqual(found.kind === "rules" ? found.rules.map(({ operator, value, forSeconds, action }) => [operator, value, forSeconds, action]) : undefined, [
      [">", 0.9, 30, { kind: "add", count: 2 }], ["<", 0.2, 0, { kind: "remove", fraction: 0.1 }], [">=", 5, 0, { kind: "double" }], ["<=", 0, 0, { kind: "halve" }],
      [">", 2, 0, { kind: "set", replicas: 8 }], [">", 5, 0, { kind: "add", fraction: 0.5 }],
    ]);
    assert.deepEqual(found.kind === "rules" ? [found.cooldownUpSeconds, found.cooldownDownSeconds] : undefined, [60, 600]);
    const standard = threshold("when cpu > 90% double");
    assert.deepEqual(standard.kind === "rules" ? [standard.cooldownUpSeconds, standard.cooldownDownSeconds] : undefined, [300, 300]);
    const one = threshold("when cpu > 90% double\n  cooldown 3m");
    assert.deepEqual(one.kind === "rules" ? [one.cooldownUpSeconds, one.cooldownDownSeconds] : undefined, [180, 180]);
  });

  it("a share in a rule is a ratio and nothing else", () => {
    bad("when cpu > 90% add ⟦0.5⟧", "LBP3002", /whole/);
    bad("when cpu > 90% add ⟦0⟧", "LBP3001", /add/);
    bad("when cpu > 90% add ⟦0%⟧", "LBP3001", /add/);
    bad("when cpu > 90% remove ⟦150%⟧", "LBP3001", /remove/);
    bad("when cpu > 90% set ⟦50%⟧", "LBP2003", /share/i);
    bad("when cpu > 90%⟦⟧", "LBP1001", /`add`, `remove`, `double`, `halve`, `set`/);
    bad("when cpu ⟦=⟧ 90% double", "LBP1001", /one of <, <=, >, >=, not `=`/);
    bad("when cpu ⟦90%⟧ double", "LBP1001", /one of <, <=, >, >=/);
  });

  it("is of one kind", () => {
    bad("target cpu 50%\n  ⟦when⟧ cpu > 90% double", "LBP2013", /one kind/);
    refused(`${pool}\nthreshold ⟦t⟧ { tolerance 5% }`, "LBP2012", /a `target` or a `when`/);
  });

  it("cooldown is for rules; stabilize is offered elsewhere", () => {
    const marked = `${pool}\nthreshold t {\n  target cpu 50%\n  ⟦cooldown⟧ 3m\n}`;
    const found = refused(marked, "LBP2013", /`down \{ stabilize 3m \}`/);
    const { policy } = accepted(applyEdits(readMarks(marked).text, found.fixes[0]?.edits ?? []));
    assert.equal(policy.backends[0]?.scale?.behavior.down.stabilizeSeconds, 180);
  });

  it("predictive: a metric-based one that looks ahead", () => {
    const found = threshold("target arrivals 100rps\n  predict linear window 10m ahead 3m");
    assert.deepEqual(found.kind === "metric" ? found.predict : undefined, { windowSeconds: 600, aheadSeconds: 180 });
    bad("target cpu 50%\n  ⟦predict⟧ linear window 10m", "LBP2012", /`ahead`/);
    bad("⟦predict⟧ linear window 10m ahead 1m", "LBP2012", /a `target` to predict/);
    bad("target cpu 50%\n  predict⟦⟧", "LBP1001", /`linear`/);
    bad("target cpu 50%\n  predict linear window ⟦10s⟧ ahead 1m", "LBP3001", /window/);
  });

  it("up and down", () => {
    const found = threshold("target cpu 50%\n  up { by 2 every 1m  by 50% every 30s  select min  stabilize 0s  tolerance 5% }\n  down { stabilize 1h }");
    assert.deepEqual({ ...found.up, origin: undefined }, { limits: [{ kind: "pods", count: 2, periodSeconds: 60 }, { kind: "percent", fraction: 0.5, periodSeconds: 30 }], select: "min", stabilizeSeconds: 0, tolerance: 0.05, origin: undefined });
    bad("target cpu 50%\n  up { by ⟦0⟧ every 15s }", "LBP3001", /by/);
    bad("target cpu 50%\n  up { by ⟦0%⟧ every 15s }", "LBP3001", /by/);
    bad("target cpu 50%\n  up { by 1 every ⟦31m⟧ }", "LBP3001", /1s to 30m/);
    bad("target cpu 50%\n  up { stabilize ⟦61m⟧ }", "LBP3001", /0s to 1h/);
    bad("target cpu 50%\n  up { by 1⟦⟧ }", "LBP1001", /`every`/);
    bad("target cpu 50%\n  tolerance ⟦2⟧", "LBP3001", /tolerance/);
    bad("target cpu 50%\n  up { stabilize 0s }\n  ⟦up⟧ { stabilize 1s }", "LBP1015", /`up`/);
  });
});

describe("metric", () => {
  const metric = (lines: string, use = "30"): Metric => accepted(`metric m {\n  ${lines}\n}\nbackend b { replica capacity 1rps scale 1..2 { target m ${use} } }`).policy.metrics[0] ?? assert.fail();
  const badMetric = (lines: string, code: string, words: RegExp, use = "30"): unknown => refused(`metric m {\n  ${lines}\n}\nbackend b { replica capacity 1rps scale 1..2 { target m ${use} } }`, code, words);

  it("keeps what it is asked with", () => {
    const { origin: _, ...all } = metric('prometheus "http://prometheus.monitoring:9090" auth "prom"\n  query "sum(rate(x[1m]))"\n  per pool value\n  as p95 * 2', "5s");
    assert.deepEqual(all, {
      name: "m", prometheus: { url: "http://prometheus.monitoring:9090", auth: "prom" }, query: "sum(rate(x[1m]))", per: "pool", undivided: true,
      as: { kind: "binary", operator: "*", left: { kind: "metric", name: "p95" }, right: { kind: "value", value: 2 } }, dimension: "duration",
    });
    assert.deepEqual([metric("per member").per, metric("per pool").undivided, metric("per member").as], ["member", false, undefined]);
  });

  it("asks for `per`, and for an address that can be asked", () => {
    refused("metric ⟦m⟧ { query \"x\" }\nbackend b { replica capacity 1rps scale 1..2 { target m 30 } }", "LBP2012", /`per member` or `per pool`/);
    badMetric("per⟦⟧", "LBP1001", /`member` or `pool`/);
    badMetric('per pool\n  prometheus ⟦"prometheus:9090"⟧', "LBP3016", /http/);
    badMetric('per pool\n  query ⟦""⟧', "LBP3016", /query/);
  });

  it("`as` is arithmetic of built-in metrics whose dimensions fit", () => {
    assert.deepEqual(metric("per pool\n  as arrivals", "5rps").dimension, "rate");
    assert.deepEqual(metric("per pool\n  as max(queue, in_flight) + 1").dimension, "number");
    assert.deepEqual(metric("per pool value\n  as (arrivals * response_time)").dimension, "number");
    badMetric("per pool\n  as ⟦queue + arrivals⟧", "LBP2004", /number.*rate/);
    badMetric("per pool\n  as ⟦quue⟧", "LBP2001", /did you mean `queue`/);
    badMetric("per pool\n  as ⟦mix⟧(queue, 1)", "LBP2005", /m[ia][nx]/);
    refused("metric m { per pool as arrivals }\nbackend b { replica capacity 1rps scale 1..2 { target m ⟦30⟧ } }", "LBP2003", /`30rps`/);
  });

  it("a time or a percentile of a pool is undivided", () => {
    badMetric("per pool\n  as ⟦p95⟧", "LBP2013", /`per pool value`/, "5s");
    metric("per pool value\n  as p95", "5s");
    metric("per member\n  as response_time", "5s");
  });
});
