import assert from "node:assert/strict";
import type { Backend } from "../../../language/src/model/policy.ts";
import { simulateRequests } from "../../../language/src/simulate/requests/simulate-requests.ts";
import type { RequestSimulationRequest } from "../../../language/src/simulate/requests/simulate-requests.ts";
import type { RequestFigures } from "../../../language/src/simulate/requests/model.ts";
import { backendWith, curve, origin, policyWith, rateDemand, replicaOf, scenarioWith, serverOf, trafficWith } from "../../helpers/policies.ts";
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

  it("on what is blocked at the connection limit", () => {
    const backend = backendWith({ demand: rateDemand(90), servers: [serverOf("a", 100, 0.1, { maxConnections: 10 })] });
    const report = reportOf(policyWith({ backends: [backend] }));
    near("dropped", 1 - figuresOf(backend, { requests: 500_000 }).availability, 1 - report.summary.availability, 0.03);
  });

  it("on how fast the queue of a saturated server grows", () => {
    const backend = backendWith({ demand: rateDemand(120), servers: [serverOf("a", 100, 0.1)], timeouts: { connectSeconds: 5, readSeconds: 1e6, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 } });
    near("growth", figuresOf(backend, { requests: 100_000 }).queueGrowthPerSecond, 20, 0.1);
    const points = reportOf(policyWith({ backends: [backend] })).points;
    near("backlog", (points.at(-1)?.queue ?? 0) / 3600, 20, 0.02);
  });
});

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
