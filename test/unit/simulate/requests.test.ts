import assert from "node:assert/strict";
import { finiteQueue } from "../../../language/src/simulate/queueing/central-queue.ts";
import { memberResponse } from "../../../language/src/simulate/queueing/member.ts";
import { constantServiceWaitPercentileSeconds, singleServerWaitSeconds } from "../../../language/src/simulate/queueing/single-server.ts";
import { responsePercentileSeconds } from "../../../language/src/simulate/queueing/response-law.ts";
import type { RequestFigures, RequestModel } from "../../../language/src/simulate/requests/model.ts";
import { runRequests } from "../../../language/src/simulate/requests/run-requests.ts";
import { curve } from "./policy-parts.ts";
import { figuresOf, haproxyBefore, members, nginxBefore, steadily } from "./request-models.ts";
import { queue } from "./queueing-cases.ts";

const roundRobin = { kind: "round_robin" } as const;

describe("single requests agree with the closed forms", () => {
  it("M/M/8 at 0.75: mean, share that waits, percentiles", () => {
    const expected = queue(8, 60, 10);
    const figures = figuresOf(nginxBefore(roundRobin, members(1, 8, 0.1)), steadily(60, 2_000_000));
    near("mean", figures.response?.mean, expected.responseSeconds, 0.01);
    near("waited", figures.waited, expected.waitProbability, 0.01);
    near("waiting", figures.meanWaiting, expected.waiting, 0.03);
    for (const [name, p] of [["p50", 0.5], ["p95", 0.95], ["p99", 0.99]] as const) near(name, figures.response?.[name], responsePercentileSeconds(expected.law, p), 0.01);
  });

  it("M/D/1 at 0.8: mean and percentiles of the wait", () => {
    const figures = figuresOf(nginxBefore(roundRobin, members(1, 1, 1, 0)), steadily(0.8, 1_000_000));
    near("mean", figures.wait?.mean, singleServerWaitSeconds(0.8, 1, 0), 0.03);
    for (const [name, p] of [["p90", 0.9], ["p99", 0.99]] as const) near(name, figures.wait?.[name], constantServiceWaitPercentileSeconds(0.8, 1, p), 0.04);
  });

  for (const variation of [0.5, 1.5]) {
    it(`M/G/1 at 0.7 with a variation of ${variation}`, () => {
      const figures = figuresOf(nginxBefore(roundRobin, members(1, 1, 0.01, variation)), steadily(70, 2_000_000));
      near("wait", figures.wait?.mean, singleServerWaitSeconds(70, 0.01, variation), 0.03);
    });
  }

  it("processor sharing, as a member whose time grows in proportion: 1/(1 − ρ) whatever the variation", () => {
    for (const variation of [0, 1, 2]) {
      const shared = members(1, 400, 1, variation, { response: curve([1, 1], [400, 400]) });
      near(`variation ${variation}`, figuresOf(nginxBefore(roundRobin, shared), steadily(0.7, 400_000)).response?.mean, 1 / 0.3, 0.04);
    }
  });

  it("a member that batches: 6.417 s at 1, 12.550 s at 48, 3 rps (simulation.md)", () => {
    const batching = members(1, 48, 1, 1, { response: curve([1, 6.417], [48, 12.55]) });
    const figures = figuresOf(nginxBefore(roundRobin, batching), steadily(3, 600_000));
    near("response", figures.response?.mean, 10.56845, 0.01);
    near("wait", figures.wait?.mean, 0.028275, 0.25);
  });

  it("a share of a slot: 2.5 slots serve as much as 2.5 slots can", () => {
    const figures = figuresOf(nginxBefore(roundRobin, members(1, 2.5, 1)), steadily(10, 50_000, 0));
    assert.ok(figures.queueGrowthPerSecond !== undefined && Math.abs(figures.queueGrowthPerSecond - 7.5) < 0.1);
    const response = memberResponse({ response: curve([1, 1]), concurrency: 2.5, variation: 1 }, 1.8);
    assert.ok(response.kind === "steady");
    near("response", figuresOf(nginxBefore(roundRobin, members(1, 2.5, 1)), steadily(1.8, 500_000)).response?.mean, response.responseSeconds, 0.05);
  });

  it("M/M/3/10 as connections and a queue with room: blocked, wait", () => {
    const expected = finiteQueue(3, 10, 30, 10);
    const list = members(1, 3, 0.1, 1, { maxConnections: 3 });
    const figures = figuresOf(haproxyBefore({ kind: "roundrobin" }, list, { waitingRoom: 7 }), steadily(30, 1_000_000));
    near("blocked", figures.failed.queue_full / figures.asked, expected.blocking, 0.02);
    near("response", figures.response?.mean, expected.responseSeconds, 0.02);
  });

  it("regular arrivals (D/M/1): σ = e^(−(1 − σ)/ρ)", () => {
    let sigma = 0.5;
    for (let round = 0; round < 200; round++) sigma = Math.exp(-(1 - sigma) / 0.8);
    const figures = figuresOf(nginxBefore(roundRobin, members(1, 1, 1)), { ...steadily(0.8, 1_000_000), variation: 0 });
    near("response", figures.response?.mean, 1 / (1 - sigma), 0.02);
    near("waited", figures.waited, sigma, 0.01);
  });

  it("one central queue of HAProxy's is M/M/n: connections as many as slots, and all the others wait", () => {
    const list = members(4, 2, 0.1, 1, { maxConnections: 2 });
    const figures = figuresOf(haproxyBefore({ kind: "roundrobin" }, list, { waitingRoom: 1e6 }), steadily(70, 1_000_000));
    near("response", figures.response?.mean, queue(8, 70, 10).responseSeconds, 0.02);
  });
});

describe("the recursion and the simulation of events", () => {
  for (const [title, model, rate] of [
    ["ten servers in turn", nginxBefore(roundRobin, members(10, 1, 0.1)), 90],
    ["at random, four slots each, a variation of 2", nginxBefore({ kind: "random" }, members(3, 4, 0.1, 2)), 100],
    ["by client", nginxBefore({ kind: "hash", key: "text", consistent: true }, members(5, 2, 0.1), { clients: 300 }), 60],
    ["HAProxy's turns", haproxyBefore({ kind: "roundrobin" }, members(3, 2, 0.1, 0), { picksBlindly: true }), 50],
  ] as const) {
    it(`are one: ${title}`, () => {
      const [events, recursion] = (["events", "fastest"] as const).map((engine) => comparable(figuresOf(model, steadily(rate, 50_000), 7, engine)));
      assert.deepEqual(recursion, events);
    });
  }
});

describe("a run of single requests", () => {
  const model = nginxBefore({ kind: "least_conn" }, members(3, 2, 0.1));

  it("gives the same figures for the same seed, and others for another", () => {
    assert.deepEqual(figuresOf(model, steadily(50, 20_000), 3), figuresOf(model, steadily(50, 20_000), 3));
    assert.notDeepEqual(figuresOf(model, steadily(50, 20_000), 3), figuresOf(model, steadily(50, 20_000), 4));
  });

  it("follows rates that change: nothing comes where the rate is 0", () => {
    const figures = figuresOf(model, { rates: Float64Array.of(30, 0, 30), stepSeconds: 100, variation: 1, requests: 6000, warmUp: 0 });
    // 6,000 requests take 200 s at 30 per second, and 100 s of silence between.
    assert.ok(Math.abs(figures.seconds - 300) < 15, `${figures.seconds}`);
  });

  it("ends where no more requests come", () => {
    assert.equal(figuresOf(model, { rates: Float64Array.of(30, 0), stepSeconds: 10, variation: 1, requests: 1e6, warmUp: 0 }).asked < 500, true);
  });

  it("says that it is saturated, and by how much the queue grows", () => {
    const figures = figuresOf(nginxBefore(roundRobin, members(2, 1, 0.1)), steadily(25, 20_000, 0));
    near("growth", figures.queueGrowthPerSecond, 5, 0.1);
    assert.equal(figuresOf(nginxBefore(roundRobin, members(2, 1, 0.1)), steadily(15, 20_000, 0)).queueGrowthPerSecond, undefined);
  });

  for (const engine of ["thorough", "events", "fastest"] as const) {
    for (const [title, stopped] of [
      ["in quiet", nginxBefore(roundRobin, members(3, 2, 0.1))],
      ["with faults, limits and retries", haproxyBefore({ kind: "leastconn" }, members(3, 2, 0.1, 1, { maxConnections: 3 }), { waitingRoom: 100, readSeconds: 0.3, retryOn: { refused: true, timeout: true }, faults: [{ kind: "fail", member: 0, factor: 1, from: 100, to: 1e6 }] })],
    ] as const) {
      it(`stops soon after it is told to, ${title}, ${engine}`, () => {
        let picks = 0;
        const counted: RequestModel = { ...stopped, balancer: (random) => {
          const balancer = stopped.balancer(random);
          return { ...balancer, pick: (request, now) => {
            picks += 1;
            return balancer.pick(request, now);
          } };
        } };
        let since = 0;
        const outcome = runRequests(counted, steadily(50, 5_000_000), { seed: 1, engine }, { isCancelled: () => {
          assert.ok(picks - since <= 2 * 2048, `${picks - since} picks without a look`);
          since = picks;
          return picks > 50_000;
        } });
        assert.equal(outcome.kind, "cancelled");
        assert.ok(picks <= 50_000 + 2 * 2048, `${picks}`);
      });
    }
  }

  it("reports how far it is, from the start to the end", () => {
    for (const engine of ["thorough", "events", "fastest"] as const) {
      const fractions: number[] = [];
      runRequests(nginxBefore(roundRobin, members(3, 2, 0.1)), steadily(50, 200_000), { seed: 1, engine }, { onProgress: (fraction) => fractions.push(fraction) });
      assert.ok(fractions[0] === 0 && fractions.at(-1) === 1 && fractions.every((fraction, index) => fraction >= (fractions[index - 1] ?? 0)), fractions.join(" "));
      assert.ok(fractions.length > 50 && fractions.length <= 101, `${engine}: ${fractions.length} times, often enough and no more than a bar can show`);
    }
  });
});

/** The most that were in the system at once is counted in events only. */
function comparable(figures: RequestFigures): unknown {
  return JSON.parse(JSON.stringify({ ...figures, mostInSystem: 0 }, (_, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(9)) : value)));
}

function near(name: string, actual: number | undefined, expected: number | undefined, tolerance: number): void {
  assert.ok(actual !== undefined && expected !== undefined && Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${name}: ${actual} instead of ${expected}`);
}

