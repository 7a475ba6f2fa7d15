import assert from "node:assert/strict";
import type { Algorithm, Backend, Server } from "../../../language/src/model/policy.ts";
import { simulateRequests } from "../../../language/src/simulate/requests/simulate-requests.ts";
import type { RequestSimulationRequest } from "../../../language/src/simulate/requests/simulate-requests.ts";
import type { RequestFigures } from "../../../language/src/simulate/requests/model.ts";
import { steadyState } from "../../../language/src/simulate/steady/steady-state.ts";
import { backendWith, curve, origin, policyWith, rateDemand, replicaOf, scaleWith, scenarioWith, serverOf, trafficWith } from "../../helpers/policies.ts";
import { reportOf } from "./runs.ts";

function figuresOf(backend: Backend, request: RequestSimulationRequest = {}): RequestFigures {
  const outcome = simulateRequests(policyWith({ backends: [backend] }), request);
  return outcome.kind === "figures" ? outcome.figures : assert.fail(JSON.stringify(outcome));
}

describe("single requests and the simulation over time agree", () => {
  for (const [title, backend] of [
    ["one server of 20 slots at 0.9", backendWith({ demand: rateDemand(180), servers: [serverOf("a", 200, 0.1)] })],
    ["two servers at random, weights 2 and 1", backendWith({ demand: rateDemand(250), strategy: { algorithm: { kind: "random" }, retry: { count: 1, on: ["error"], unsafe: false } }, servers: [serverOf("a", 200, 0.1, { weight: 2 }), serverOf("b", 100, 0.2)] })],
    ["a member that batches", backendWith({ demand: rateDemand(12), replica: replicaOf(15, { response: curve([[1, 0.65], [24, 1.6]]), concurrency: 24 }) })],
    ["constant service", backendWith({ demand: rateDemand(170), servers: [serverOf("a", 200, 0.1, { variation: 0 })] })],
  ] as const) {
    it(title, () => {
      const point = reportOf(policyWith({ backends: [backend] })).points.at(-1);
      const figures = figuresOf(backend, { requests: 1_000_000 });
      near("mean", figures.response?.mean, point?.responseTime, 0.02);
      near("p50", figures.response?.p50, point?.p50, 0.03);
      near("p95", figures.response?.p95, point?.p95, 0.03);
      near("p99", figures.response?.p99, point?.p99, 0.05);
    });
  }

  const four = (parts: Partial<Server> = {}) => ["a", "b", "c", "d"].map((name, index) => serverOf(name, 100, 0.1, { address: { kind: "ipv4", host: `10.0.0.${index + 1}`, port: 80 }, ...parts }));
  const by = (algorithm: Algorithm) => ({ algorithm, retry: { count: 1, on: ["error"] as const, unsafe: false } });
  // The relative error of a mean of 300,000 correlated requests is below 3 % up to a load of 0.9.
  for (const [algorithm, loads] of [
    // Turns are more even than chance, which the steady state takes them for: they agree while nothing waits (docs/simulation.md).
    [{ kind: "round_robin" }, [0.3, 0.6]],
    [{ kind: "random" }, [0.3, 0.6, 0.8, 0.9]],
    [{ kind: "least_connections" }, [0.3, 0.6, 0.8, 0.9, 0.95]],
    [{ kind: "least_response_time" }, [0.3, 0.8, 0.95]],
    [{ kind: "power_of_two" }, [0.3, 0.6, 0.8, 0.9, 0.95]],
    [{ kind: "hash", key: { kind: "uri" }, consistent: false }, [0.3, 0.6, 0.8]],
    [{ kind: "ip_hash" }, [0.3, 0.6]],
  ] as const satisfies readonly (readonly [Algorithm, readonly number[]])[]) {
    for (const load of loads) {
      it(`${algorithm.kind} over four servers at ${load}`, () => {
        agree(backendWith({ demand: rateDemand(400 * load), strategy: by(algorithm), servers: four() }));
      });
    }
  }

  for (const kind of ["least_connections", "power_of_two", "random"] as const) {
    for (const load of [0.5, 0.8, 0.95]) {
      if (kind === "random" && load === 0.95) continue;
      it(`${kind} over ten members that batch at ${load}`, () => {
        agree(backendWith({
          demand: rateDemand(150 * load), strategy: by({ kind }), replica: replicaOf(15, { response: curve([[1, 0.65], [24, 1.6]]), concurrency: 24 }), scale: scaleWith(10, 10),
        }));
      });
    }
  }

  it("unlike servers by least connections", () => {
    for (const load of [0.3, 0.6, 0.8, 0.9]) {
      agree(backendWith({ demand: rateDemand(1200 * load), strategy: by({ kind: "least_connections" }), servers: [serverOf("a", 600, 0.02, { weight: 2 }), serverOf("b", 300, 0.03), serverOf("c", 300, 0.04)] }), 0.06);
    }
  });

  // Slots, seconds and weight of each server.
  const pools: readonly (readonly [string, readonly (readonly [number, number, number])[]])[] = [
    ["one twice as fast, the same weight", [[1, 1, 1], [1, 0.5, 1]]],
    ["one four times as fast, the same weight", [[1, 1, 1], [1, 0.25, 1]]],
    ["one four times as fast and as heavy", [[1, 1, 1], [1, 0.25, 4]]],
    ["one of three three times as fast", [[1, 1, 1], [1, 1, 1], [1, 1 / 3, 1]]],
    ["2, 3 and 4 s, weights 2, 1 and 1", [[1, 2, 2], [1, 3, 1], [1, 4, 1]]],
    ["the same with four slots each", [[4, 2, 2], [4, 3, 1], [4, 4, 1]]],
    ["four of three kinds", [[1, 1, 1], [1, 1, 1], [1, 1 / 2, 2], [1, 1 / 3, 3]]],
  ];
  for (const target of ["nginx", "haproxy"] as const) {
    for (const [title, servers] of pools) {
      it(`a few unlike servers by least connections on ${target}: ${title}`, () => {
        for (const [load, requests] of [[0.5, 200_000], [0.8, 400_000], [0.95, 1_000_000]] as const) {
          const capacity = servers.reduce((sum, [slots, seconds]) => sum + slots / seconds, 0);
          const backend = backendWith({
            demand: rateDemand(load * capacity), strategy: by({ kind: "least_connections" }), servers: servers.map(([slots, seconds, weight], index) => serverOf("abcd"[index] ?? "", slots / seconds, seconds, { weight })),
            timeouts: { connectSeconds: 5, readSeconds: 1e6, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 },
          });
          const report = reportOf(policyWith({ backends: [backend] }), { target });
          const figures = figuresOf(backend, { requests, target });
          const point = report.points.at(-1);
          // Near saturation a mean of n requests has a relative deviation of about 2/(√n(1 − ρ)), as that of a queue M/M/1; two of them, and 1.5 % of the chain's own.
          const tolerance = 0.015 + 4 / (Math.sqrt(requests) * (1 - load));
          near(`mean at ${load}`, figures.response?.mean, point?.responseTime, tolerance);
          near(`p95 at ${load}`, figures.response?.p95, point?.p95, 1.2 * tolerance);
          const steady = steadyState(backend, load * capacity, { target });
          figures.members.forEach(({ share, response }, index) => {
            const member = steady.members[index];
            assert.ok(Math.abs(share - (member?.share ?? 0)) < 0.012, `share of ${index} at ${load}: ${share} instead of ${member?.share}`);
            near(`mean of ${index} at ${load}`, response?.mean, member?.response.kind === "steady" ? member.response.responseSeconds : undefined, 1.5 * tolerance);
          });
        }
      });
    }
  }

  it("two like servers of which HAProxy draws two", () => {
    for (const [slots, load, requests] of [[1, 0.5, 200_000], [1, 0.8, 1_000_000], [4, 0.8, 400_000], [1, 0.9, 2_000_000]] as const) {
      const backend = backendWith({ demand: rateDemand(2 * slots * load), strategy: by({ kind: "power_of_two" }), servers: [serverOf("a", slots, 1), serverOf("b", slots, 1)] });
      const point = reportOf(policyWith({ backends: [backend] }), { target: "haproxy" }).points.at(-1);
      const { response } = figuresOf(backend, { requests, target: "haproxy" });
      const tolerance = 0.01 + 4 / (Math.sqrt(requests) * (1 - load));
      near(`mean at ${load}`, response?.mean, point?.responseTime, tolerance);
      near(`p95 at ${load}`, response?.p95, point?.p95, 1.2 * tolerance);
    }
  });

  it("on what is blocked at the connection limit", () => {
    const backend = backendWith({ demand: rateDemand(90), servers: [serverOf("a", 100, 0.1, { maxConnections: 10 })] });
    const report = reportOf(policyWith({ backends: [backend] }));
    near("dropped", 1 - figuresOf(backend, { requests: 500_000 }).availability, 1 - report.summary.availability, 0.03);
  });

  for (const target of ["nginx", "haproxy"] as const) {
    for (const [kind, maxQueue] of [["round_robin", undefined], ["round_robin", 5], ["least_connections", undefined], ["least_connections", 20], ["random", 5]] as const) {
      it(`on what four servers of ten connections each turn away by ${kind} on ${target}, ${maxQueue ?? "no"} places to wait`, () => {
        for (const load of [0.7, 0.9, 1.1]) {
          const backend = backendWith({ demand: rateDemand(400 * load), strategy: by({ kind }), servers: four({ maxConnections: 10 }), ...(maxQueue === undefined ? {} : { maxQueue }) });
          const report = reportOf(policyWith({ backends: [backend] }), { target });
          const figures = figuresOf(backend, { requests: 300_000, target });
          const point = report.points.at(-1);
          assert.ok(Math.abs(figures.availability - report.summary.availability) < 0.004, `availability at ${load}: ${figures.availability} instead of ${report.summary.availability}`);
          if (load > 1) continue;
          near("mean", figures.response?.mean, point?.responseTime, 0.02);
          near("p95", figures.response?.p95, point?.p95, 0.02);
        }
      });
    }
  }

  it("on how fast the queue of a saturated server grows", () => {
    const backend = backendWith({ demand: rateDemand(120), servers: [serverOf("a", 100, 0.1)], timeouts: { connectSeconds: 5, readSeconds: 1e6, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 } });
    near("growth", figuresOf(backend, { requests: 100_000 }).queueGrowthPerSecond, 20, 0.1);
    const points = reportOf(policyWith({ backends: [backend] })).points;
    near("backlog", (points.at(-1)?.queue ?? 0) / 3600, 20, 0.02);
  });
});

/** Mean and percentiles of both ways to simulate the backend's demand. */
function agree(backend: Backend, tolerance = 0.035): void {
  const policy = policyWith({ backends: [backend] });
  const point = reportOf(policy).points.at(-1);
  const response = figuresOf(backend, { requests: 300_000 }).response;
  near("mean", response?.mean, point?.responseTime, tolerance);
  near("p50", response?.p50, point?.p50, tolerance);
  near("p95", response?.p95, point?.p95, 1.2 * tolerance);
  near("p99", response?.p99, point?.p99, 1.5 * tolerance);
}

describe("single requests of a policy", () => {
  it("follow a scenario's traffic and faults to its end", () => {
    const backend = backendWith({ servers: [serverOf("a", 100, 0.1), serverOf("b", 100, 0.1)], demand: rateDemand(40) });
    const traffic = trafficWith({ shape: { kind: "ramp", fromPerSecond: 10, toPerSecond: 30, overSeconds: 600 } });
    const fault = { kind: "fail", subject: { kind: "server", name: "a" }, factor: 1, at: { kind: "offset", seconds: 100 }, seconds: 300, origin } as const;
    const scenario = scenarioWith(backend, { traffic: { traffic, factor: 1 }, durationSeconds: 600, faults: [fault] });
    const outcome = simulateRequests(policyWith({ backends: [backend], traffics: [traffic], scenarios: [scenario] }), { scenario: "case" });
    assert.ok(outcome.kind === "figures");
    const { figures } = outcome;
    // 600 s at 20 per second on average; a takes half of them outside its 300 s.
    assert.ok(Math.abs(figures.asked - 12_000) < 450, `${figures.asked}`);
    near("share of a", figures.members[0]?.share, (0.5 * (1166.7 + 5333.3)) / 12_000, 0.08);
    assert.ok(figures.retried > 0 && figures.failed.no_member === 0);
  });

  it("of a hash come from as many keys as the traffic has clients", () => {
    const backend = backendWith({
      demand: { kind: "traffic", traffic: trafficWith({ clients: 1 }), origin }, servers: [serverOf("a", 200, 0.1), serverOf("b", 200, 0.1, { address: { kind: "ipv4", host: "10.0.0.2", port: 80 } })],
      strategy: { algorithm: { kind: "hash", key: { kind: "uri" }, consistent: true }, retry: { count: 1, on: ["error"], unsafe: false } },
    });
    assert.deepEqual(figuresOf(backend, { requests: 10_000 }).members.map((member) => member.answered).sort((a, b) => a - b), [0, 9000]);
  });

  it("are refused where a response time is missing, or there are too many", () => {
    const { response: _response, concurrency: _concurrency, ...silent } = serverOf("a", 100, 0.1);
    const refusal = (backend: Backend, request: RequestSimulationRequest): string | undefined => {
      const outcome = simulateRequests(policyWith({ backends: [backend] }), request);
      return outcome.kind === "refused" ? outcome.diagnostics[0]?.code : outcome.kind;
    };
    assert.equal(refusal(backendWith({ demand: rateDemand(10), servers: [silent] }), {}), "LBP3815");
    assert.equal(refusal(backendWith({ demand: rateDemand(10), servers: [serverOf("a", 100, 0.1)] }), { requests: 1e9 }), "LBP3814");
  });
});

function near(name: string, actual: number | null | undefined, expected: number | null | undefined, tolerance: number): void {
  assert.ok(typeof actual === "number" && typeof expected === "number" && Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${name}: ${actual} instead of ${expected}`);
}
