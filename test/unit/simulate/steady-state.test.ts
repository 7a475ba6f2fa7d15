import assert from "node:assert/strict";
import fc from "fast-check";
import { membersNeeded, poolPercentileSeconds, steadyState } from "../../../language/src/simulate/steady/steady-state.ts";
import type { Algorithm, Backend } from "../../../language/src/model/policy.ts";
import type { Traffic } from "../../../language/src/model/traffic.ts";
import { peakDemand } from "../../../language/src/simulate/steady/demand.ts";
import { memberCapacity } from "../../../language/src/simulate/queueing/member.ts";
import { requestModel } from "../../../language/src/simulate/requests/policy-model.ts";
import { runRequests } from "../../../language/src/simulate/requests/run-requests.ts";
import { ringShares } from "../../../language/src/simulate/steady/exact-shares.ts";
import { backendOf, constantMember, curve, elasticBackend, server } from "./policy-parts.ts";

const shopServers = [server("a", 2, constantMember(600, 2)), server("b", 1, constantMember(300, 3)), server("c", 1, constantMember(300, 4))];
const shop = backendOf(shopServers);
const placed = shopServers.map((each, index) => ({ ...each, address: { kind: "ipv4", host: `10.0.0.${11 + index}`, port: 5000 } as const }));
const inference = elasticBackend({ response: curve([1, 0.65], [24, 1.6]), ttft: curve([1, 0.09], [24, 0.4]), concurrency: 24, capacityPerSecond: 15, variation: 1 });

describe("steady state of a backend", () => {
  it("gives the shop 50/25/25 %, a load factor of 0.833 and an unloaded average of 2.75 s at 1000 rps", () => {
    const state = steadyState(shop, 1000);
    assert.deepEqual(state.members.map(({ name, share, ratePerSecond }) => [name, share, ratePerSecond]), [["a", 0.5, 500], ["b", 0.25, 250], ["c", 0.25, 250]]);
    for (const member of state.members) near(member.loadFactor, 0.8333, 1e-4);
    near(state.pool.loadFactor, 0.8333, 1e-4);
    near(state.pool.capacityPerSecond, 1200, 1e-12);
    near(state.pool.unloadedAverageSeconds, 2.75, 1e-12);
    assert.equal(state.pool.response.kind, "steady");
    assert.deepEqual(state.notes, []);
  });
  it("reports what is above the capacity as saturated, with the growth of the queue", () => {
    assert.deepEqual(steadyState(shop, 1300).pool.response, { kind: "saturated", queueGrowthPerSecond: 100 });
    const lopsided = steadyState(backendOf([server("a", 1, constantMember(600, 2)), server("b", 1, constantMember(300, 3))]), 800);
    assert.deepEqual(lopsided.members.map((member) => member.response.kind), ["steady", "saturated"]);
    assert.deepEqual(lopsided.pool.response, { kind: "saturated", queueGrowthPerSecond: 100 });
    assert.equal(poolPercentileSeconds(lopsided, 0.95), undefined);
  });
  it("leaves out servers that are backup, drained or down", () => {
    const state = steadyState(backendOf([...shopServers, server("d", 4, { backup: true }), server("e", 4, { drain: true }), server("f", 4, { down: true })]), 1000);
    assert.deepEqual(state.members.map((member) => member.share), [0.5, 0.25, 0.25]);
  });
  it("leaves out what the policy does not say", () => {
    const state = steadyState(backendOf([server("a", 1, {}), server("b", 1, constantMember(300, 3))]), 100);
    assert.equal(state.pool.capacityPerSecond, undefined);
    assert.equal(state.pool.unloadedAverageSeconds, undefined);
    assert.deepEqual(state.pool.response, { kind: "unknown" });
    near(state.members[1]?.loadFactor, 50 / 300, 1e-12);
  });
  it("shares an elastic pool equally among its ready members", () => {
    const state = steadyState(inference, 100, { readyReplicas: 10 });
    assert.equal(state.members.length, 1);
    assert.equal(state.pool.memberCount, 10);
    near(state.members[0]?.ratePerSecond, 10, 1e-12);
    near(state.pool.loadFactor, 100 / 150, 1e-12);
    const response = state.pool.response;
    assert.ok(response.kind === "steady" && response.ttftSeconds !== undefined && response.ttftSeconds < response.responseSeconds);
    assert.equal(steadyState(inference, 151, { readyReplicas: 10 }).pool.response.kind, "saturated");
    assert.deepEqual(steadyState(inference, 1, { readyReplicas: 0 }).members, []);
  });
  it("needs ⌈λ / (c · target)⌉ members", () => {
    assert.equal(membersNeeded(inference, 1100, 0.7), 105);
    assert.equal(membersNeeded(shop, 1000, 0.8), 4);
    assert.equal(membersNeeded(backendOf([server("a", 1, {})]), 1000, 0.8), undefined);
  });
  it("has percentiles over all requests of the pool", () => {
    const alone = backendOf([server("a", 1, constantMember(100, 1))]);
    const twice = backendOf([server("a", 1, constantMember(100, 1)), server("b", 1, constantMember(100, 1))]);
    near(poolPercentileSeconds(steadyState(twice, 160), 0.95), poolPercentileSeconds(steadyState(alone, 80), 0.95), 1e-9);
    const mixed = poolPercentileSeconds(steadyState(shop, 1000), 0.5);
    assert.ok(mixed !== undefined && mixed > 2 * Math.LN2 && mixed < 4 * Math.LN2);
  });
});

describe("shares by algorithm", () => {
  it("keep requests in flight per weight equal for least connections", () => {
    const state = steadyState(backendOf(shopServers, { kind: "least_connections" }), 1100);
    const perWeight = state.members.map(({ response }, index) => (response.kind === "steady" ? (response.inService + response.waiting) / (shopServers[index]?.weight ?? 1) : NaN));
    // The fastest is full but for a tenth of a percent: the small part that is shared as among idle servers shows in its queue.
    for (const value of perWeight) near(value, perWeight[0] ?? NaN, 0.03);
    near(sum(state.members.map((member) => member.share)), 1, 1e-9);
    assert.ok(state.members.every((member) => member.response.kind === "steady"), "the faster one relieves the others");
  });
  it("keep response times equal for least response time, and leave the slow out while the fast is free", () => {
    const algorithm = { kind: "least_response_time" } as const;
    const idle = steadyState(backendOf(shopServers, algorithm), 100).members.map((member) => member.share);
    near(idle[0], 1, 1e-6);
    const busy = steadyState(backendOf(shopServers, algorithm), 1190);
    const seconds = busy.members.map(({ response }) => (response.kind === "steady" ? response.responseSeconds : NaN));
    for (const value of seconds) near(value, seconds[0] ?? NaN, 1e-4);
    near(sum(busy.members.map((member) => member.share)), 1, 1e-9);
  });
  it("grow all queues by weight when a balanced pool is over its capacity", () => {
    const state = steadyState(backendOf(shopServers, { kind: "least_connections" }), 1300);
    assert.deepEqual(state.members.map(({ response }) => (response.kind === "saturated" ? Math.round(response.queueGrowthPerSecond * 1e6) / 1e6 : NaN)), [50, 25, 25]);
  });
  it("fill one member after the other for first", () => {
    const limited = shopServers.map((member) => ({ ...member, maxConnections: Math.round(member.concurrency ?? 0) }));
    const state = steadyState(backendOf(limited, { kind: "first" }), 700);
    const [a, b, c] = state.members.map((member) => member.ratePerSecond);
    // Erlang's loss of 1400 erlangs on 1200 slots is 1 − 1200/1400 and a little.
    assert.ok(a !== undefined && a > 590 && a < 600, String(a));
    near((a ?? 0) + (b ?? 0) + (c ?? 0), 700, 1e-9);
    assert.ok((c ?? 1) < 1e-6);
    assert.deepEqual(steadyState(backendOf(shopServers, { kind: "first" }), 500).members.map((member) => member.share), [1, 0, 0]);
  });
  it("are those of the clients' keys for hashes and affinity, by the target's own picks", () => {
    const cookie = { kind: "cookie", name: "S", ttlSeconds: 3600, origin: shop.origin } as const;
    const hashed = [{ kind: "ip_hash" }, { kind: "hash", key: { kind: "uri" }, consistent: true }, { kind: "hash", key: { kind: "uri" }, consistent: false }] as const;
    for (const target of ["nginx", "haproxy"] as const) {
      const backends = [
        ...hashed.map((algorithm) => backendOf(placed, algorithm)),
        ...([{ kind: "round_robin" }, { kind: "least_connections" }] as const).map((algorithm) => ({ ...backendOf(placed), strategy: { ...backendOf(placed, algorithm).strategy, affinity: cookie } })),
      ];
      for (const backend of backends) {
        const state = steadyState(backend, 100, { target, clients: 200 });
        const seen = simulatedShares(backend, target, 100, 200);
        // 40,000 requests of 200 clients: a share of 0.5 has a standard deviation of 0.0025, and each client of its own.
        state.members.forEach(({ share }, index) => assert.ok(Math.abs(share - (seen[index] ?? 0)) < 0.02, `${target} ${JSON.stringify(backend.strategy)}: ${share} instead of ${seen.join()}`));
        near(sum(state.members.map((member) => member.share)), 1, 1e-9);
        assert.equal(state.notes.length, 1);
      }
    }
  });
  it("of one client are all on one server", () => {
    assert.deepEqual(steadyState(backendOf(placed, { kind: "ip_hash" }), 100, { clients: 1 }).members.map((member) => member.share).sort(), [0, 0, 1]);
  });
  it("go by what is up: without a server its clients go to the others, and nobody else moves on a ring", () => {
    const shares = (servers: typeof placed) => new Map(steadyState(backendOf(servers, { kind: "ip_hash" }), 100).members.map(({ name, share }) => [name, share]));
    const all = shares(placed);
    const without = shares(placed.map((each) => (each.name === "b" ? { ...each, down: true } : each)));
    assert.ok((without.get("a") ?? 0) >= (all.get("a") ?? 1) && (without.get("c") ?? 0) >= (all.get("c") ?? 1));
    near((without.get("a") ?? 0) + (without.get("c") ?? 0), 1, 1e-9);
  });
  it("of HAProxy's draws are the arcs of its ring", () => {
    // simulation.md §3: 1,1,1 at 16 points each was seen as 35.1/29.5/35.4 %; weights near 100 even it out.
    const seen = simulatedShares(backendOf(placed, { kind: "random" }), "haproxy", 100, 1);
    steadyState(backendOf(placed, { kind: "random" }), 100, { target: "haproxy" }).members.forEach(({ share }, index) => assert.ok(Math.abs(share - (seen[index] ?? 0)) < 0.008, `${share} instead of ${seen[index]}`));
    const arcs = ringShares([1, 1, 1].map((weight, index) => ({ name: `s${index}`, address: `127.0.0.1:${21001 + index}`, weight })));
    near(sum(arcs ?? assert.fail()), 1, 1e-6);
  });
  it("are those of the weights where a ring would have more than two million points", () => {
    const heavy = Array.from({ length: 1000 }, (_, index) => server(`s${index}`, index < 500 ? 200 : 100, { ...constantMember(100, 0.1), address: { kind: "ipv4", host: `10.0.${index >> 8}.${index & 255}`, port: 80 } }));
    for (const [target, algorithm] of [["nginx", { kind: "hash", key: { kind: "uri" }, consistent: true }], ["haproxy", { kind: "random" }]] as const) {
      const found = steadyState(backendOf(heavy, algorithm), 100, { target });
      near(found.members[0]?.share ?? 0, 200 / 150_000, 1e-12);
      assert.ok(found.notes.some((note) => note.includes("too many points")), found.notes.join(" "));
    }
  });
  it("do not depend on how often or in which order they are asked for", () => {
    const ask = (target: "nginx" | "haproxy") => steadyState(backendOf(placed, { kind: "ip_hash" }), 100, { target }).members.map((member) => member.share);
    const [first, other, again] = [ask("nginx"), ask("haproxy"), ask("nginx")];
    assert.deepEqual(again, first);
    assert.notDeepEqual(other, first);
  });
});

describe("any backend", () => {
  const algorithms: readonly Algorithm[] = [
    { kind: "round_robin" }, { kind: "least_connections" }, { kind: "random" }, { kind: "power_of_two" }, { kind: "ip_hash" }, { kind: "first" }, { kind: "least_response_time" },
    { kind: "hash", key: { kind: "uri" }, consistent: false }, { kind: "hash", key: { kind: "uri" }, consistent: true }, { kind: "least_predicted_load", windowSeconds: 60, aheadSeconds: 60 },
    { kind: "geo", networks: [], fallback: ["s0"] },
  ];
  const figure = fc.oneof(fc.double({ min: 0.01, max: 50, noNaN: true }), fc.constant(undefined));
  const shapes = fc.array(fc.record({
    weight: fc.integer({ min: 1, max: 9 }), slots: fc.oneof(fc.double({ min: 0.1, max: 60, noNaN: true }), fc.constant(undefined)), seconds: figure, variation: fc.constantFrom(0, 1, 2),
    state: fc.constantFrom("up", "up", "up", "down", "backup", "drain"), slope: fc.double({ min: 1, max: 3, noNaN: true }),
  }), { minLength: 1, maxLength: 6 });

  it("has shares that add up to 1, figures that are numbers, and saturation only where a member is asked for more than it can", () => {
    fc.assert(fc.property(shapes, fc.constantFrom(...algorithms), fc.constantFrom("nginx", "haproxy", "kubernetes"), fc.constantFrom(undefined, "cookie", "ip"), fc.double({ min: 0, max: 2, noNaN: true }), fc.integer({ min: 1, max: 50 }), (list, algorithm, target, affinity, load, clients) => {
      const servers = list.map(({ weight, slots, seconds, variation, state, slope }, index) => server(`s${index}`, weight, {
        variation, address: { kind: "ipv4", host: `10.0.0.${index + 1}`, port: 80 },
        ...(seconds === undefined ? {} : { response: slots === undefined || slots < 2 ? curve([1, seconds]) : curve([1, seconds], [Math.floor(slots), seconds * slope]) }),
        ...(slots === undefined ? {} : { concurrency: slots }), ...(state === "up" ? {} : { [state]: true }),
      }));
      const plain = backendOf(servers, algorithm);
      const backend: Backend = affinity === undefined ? plain
        : { ...plain, strategy: { ...plain.strategy, affinity: affinity === "ip" ? { kind: "ip", origin: plain.origin } : { kind: "cookie", name: "S", ttlSeconds: 60, origin: plain.origin } } };
      const capacity = servers.reduce((total, each) => total + (memberCapacity(each) ?? 1), 0);
      const state = steadyState(backend, load * capacity, { target, clients });
      if (state.members.length > 0) assert.ok(Math.abs(sum(state.members.map(({ share, count }) => share * count)) - 1) < 1e-6, JSON.stringify(state.members.map((member) => member.share)));
      for (const member of state.members) {
        assert.ok(member.share >= 0 && member.share <= 1 + 1e-9);
        const { response } = member;
        if (response.kind === "steady") assert.ok(response.responseSeconds > 0 && Number.isFinite(response.responseSeconds) && response.waiting >= 0 && response.waitProbability <= 1 + 1e-9);
        if (response.kind === "saturated") assert.ok(response.queueGrowthPerSecond >= 0 && (member.loadFactor ?? 0) >= 1 - 1e-9);
      }
      const { response } = state.pool;
      if (response.kind === "steady") assert.ok(response.responseSeconds > 0 && Number.isFinite(response.responseSeconds));
      assert.deepEqual(steadyState(backend, load * capacity, { target, clients }), state);
    }), { numRuns: 200 });
  });
});

describe("demand of the inline figures", () => {
  it("is the rate as written, and nothing without one", () => {
    const origin = shop.origin;
    const withRate: Backend = { ...shop, demand: { kind: "rate", ratePerSecond: 1000, origin } };
    assert.deepEqual(peakDemand(withRate), { ratePerSecond: 1000 });
    assert.equal(peakDemand(shop), undefined);
  });
  it("is the peak of a traffic with its time, bursts in and noise out", () => {
    const { origin } = shop;
    const weekday: Traffic = {
      name: "weekday", timezone: "Asia/Shanghai", weekly: [], clients: 1000, origin, noise: { fraction: 0.08, seed: 7 },
      shape: { kind: "daily", points: [[0, 60], [8, 300], [12, 700], [20, 1100], [23, 200]].map(([hour = 0, rate = 0]) => ({ secondOfDay: hour * 3600, ratePerSecond: rate })) },
      bursts: [{ factor: 1.3, at: { kind: "time", secondOfDay: 12.5 * 3600 }, seconds: 600, origin }],
    };
    assert.deepEqual(peakDemand({ ...shop, demand: { kind: "traffic", traffic: weekday, origin } }), {
      ratePerSecond: 1100,
      at: { secondOfDay: 20 * 3600, description: "2026-01-05 20:00" },
    });
  });
});

/** Of 40,000 single requests. */
function simulatedShares(backend: Backend, target: "nginx" | "haproxy", ratePerSecond: number, clients: number): readonly number[] {
  const model = requestModel(backend, { target, clients });
  assert.ok(model !== undefined);
  const outcome = runRequests(model, { rates: Float64Array.of(ratePerSecond), stepSeconds: 1, variation: 1, requests: 44_000, warmUp: 4_000 }, { seed: 5 });
  return outcome.kind === "figures" ? outcome.figures.members.map((member) => member.share) : assert.fail(outcome.kind);
}

function near(actual: number | undefined, expected: number | undefined, relativeTolerance: number): void {
  assert.ok(actual !== undefined && expected !== undefined && Math.abs(actual - expected) <= relativeTolerance * Math.abs(expected), `${actual} instead of ${expected}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
