import assert from "node:assert/strict";
import { choicesResponseSeconds } from "../../../language/src/simulate/queueing/load-sharing.ts";
import { steadyResponse } from "../../../language/src/simulate/queueing/member.ts";
import type { MemberService } from "../../../language/src/simulate/queueing/member.ts";
import { responsePercentileSeconds } from "../../../language/src/simulate/queueing/response-law.ts";
import { sharedResponse } from "../../../language/src/simulate/queueing/sharing.ts";
import { shortestQueueResponseSeconds } from "../../../language/src/simulate/queueing/shortest-queue.ts";
import { pooledResponse } from "../../../language/src/simulate/flow/pooled-response.ts";
import { curve } from "./policy-parts.ts";
import { queue } from "./queueing-cases.ts";

function constant(slots: number, seconds: number, variation = 1): MemberService {
  return { slots, response: curve([1, seconds]), variation, capacityPerSecond: slots / seconds };
}

const batching: MemberService = { slots: 24, response: curve([1, 0.65], [24, 1.6]), ttft: curve([1, 0.09], [24, 0.4]), variation: 1, capacityPerSecond: 15 };
const services = [constant(1, 1), constant(4, 0.2), constant(2.5, 1), constant(8, 0.1, 0), constant(8, 0.1, 2), batching];
const loads = [0.05, 0.5, 0.8, 0.95, 0.995];

describe("a member among others whose balancer looks at the load", () => {
  it("is a member alone where it has no others, or nothing comes", () => {
    for (const service of services) {
      for (const sharing of ["least_busy", "two_choices", "one_queue"] as const) {
        for (const load of loads) assert.deepEqual(sharedResponse(service, load * service.capacityPerSecond, sharing, 1), steadyResponse(service, load * service.capacityPerSecond));
        assert.deepEqual(sharedResponse(service, 0, sharing, 10), steadyResponse(service, 0));
      }
    }
  });

  it("joins the shortest queue: the exact chain of two and three servers", () => {
    for (const [servers, load] of [[2, 0.3], [2, 0.5], [2, 0.8], [2, 0.9], [2, 0.97], [3, 0.3], [3, 0.5], [3, 0.8], [3, 0.9], [3, 0.97]] as const) {
      const exact = shortestQueueResponseSeconds(servers, load, 1, servers === 2 ? 40 : 14);
      near(`${servers} at ${load}`, sharedResponse(constant(1, 1), load, "least_busy", servers).responseSeconds, exact, 0.015);
    }
  });

  it("waits in one queue as in M/M/nk", () => {
    for (const [members, slots, load] of [[2, 1, 0.9], [4, 2, 0.7], [10, 8, 0.95]] as const) {
      const exact = queue(members * slots, members * slots * load, 1);
      const response = sharedResponse(constant(slots, 1), slots * load, "one_queue", members);
      near("wait", response.waitSeconds, exact.waitSeconds, 1e-12);
      near("p99", responsePercentileSeconds(response.law, 0.99), responsePercentileSeconds(exact.law, 0.99), 1e-9);
    }
  });

  it("is the published limit of two choices where there are very many members of one slot", () => {
    // simulation.md §4: 1.2657, 1.6145, 1.9474, 2.6141, 3.3830, 5.4320.
    for (const [load, published] of [[0.5, 1.2657], [0.7, 1.6145], [0.8, 1.9474], [0.9, 2.6141], [0.95, 3.383], [0.99, 5.432]] as const) {
      const response = sharedResponse(constant(1, 1), load, "two_choices", 1e12).responseSeconds;
      near(`at ${load}`, response, published, 5e-5);
      near(`at ${load}`, response, choicesResponseSeconds(load, 2, 1), 1e-8);
    }
  });

  it("waits less by two choices than by chance, less where the least busy is known, and least in one queue", () => {
    for (const service of services) {
      for (const load of loads) {
        for (const members of [2, 3, 10, 50]) {
          const waits = (["chance", "two_choices", "least_busy", "one_queue"] as const).map((sharing) => sharedResponse(service, load * service.capacityPerSecond, sharing, members).waitSeconds);
          waits.forEach((wait, index) => assert.ok(index === 0 || wait <= (waits[index - 1] ?? 0) * (1 + 1e-9) + 1e-12, `${service.slots} slots, ${members} at ${load}: ${waits.join(" ≥ ")}`));
        }
      }
    }
  });

  it("has sound figures: shares of time from 0 to 1, a law whose mean wait is the wait, more wait at more load, less with more members", () => {
    for (const service of services) {
      for (const sharing of ["least_busy", "two_choices", "one_queue"] as const) {
        for (const members of [1.4, 2, 5, 60]) {
          let last = 0;
          for (const load of loads) {
            const response = sharedResponse(service, load * service.capacityPerSecond, sharing, members);
            assert.ok(response.waitProbability >= 0 && response.waitProbability <= 1);
            assert.ok(response.waitSeconds >= last);
            last = response.waitSeconds;
            if (response.waitProbability > 0) near("law", response.law.waitProbability / response.law.waitDecayPerSecond, response.waitSeconds, 1e-12);
            assert.ok(sharedResponse(service, load * service.capacityPerSecond, sharing, members * 1.5).waitSeconds <= response.waitSeconds * (1 + 1e-9) + 1e-12, `${sharing} of ${members} at ${load}`);
          }
        }
      }
    }
  });

  it("has figures as close to its capacity as numbers can be", () => {
    for (const service of [...services, { slots: 1, response: curve([1, 4.999999999999998]), variation: 0, capacityPerSecond: 0.20000000000000007 }]) {
      for (const sharing of ["least_busy", "two_choices", "one_queue"] as const) {
        for (const members of [1, 1.5, 2, 3, 7]) {
          for (const below of [1, 2, 4]) {
            const { responseSeconds, waitProbability, law } = sharedResponse(service, service.capacityPerSecond * (1 - below * Number.EPSILON), sharing, members);
            assert.ok(responseSeconds > 0 && waitProbability >= 0 && law.waitDecayPerSecond >= 0, `${sharing} of ${members}: ${responseSeconds}`);
          }
        }
      }
    }
  });

  it("gives the first token after the wait: where its curve is that of the answer, the answer itself", () => {
    const service = { ...batching, ttft: batching.response };
    for (const load of [0.3, 0.8]) {
      const response = sharedResponse(service, load * 15, "least_busy", 10);
      near(`at ${load}`, response.ttftSeconds ?? NaN, response.responseSeconds, 0.02);
    }
  });

  it("is read from a table over time as from the formula", () => {
    const model = { capacityPerSecond: 15, service: batching, waitingRoom: Infinity, waitsInProxy: false, fullServiceSeconds: 1.6, sharing: "least_busy" } as const;
    for (const load of [0.013, 0.31, 0.777, 0.93, 0.9923]) {
      const [table, formula] = [pooledResponse(model, batching, load * 15, 12), sharedResponse(batching, load * 15, "least_busy", 12)];
      near("response", table.responseSeconds, formula.responseSeconds, 1e-3);
      near("first token", table.ttftSeconds ?? NaN, formula.ttftSeconds ?? NaN, 1e-3);
      near("p99", responsePercentileSeconds(table.law, 0.99), responsePercentileSeconds(formula.law, 0.99), 1e-3);
    }
  });
});

function near(name: string, actual: number, expected: number, relativeTolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= relativeTolerance * expected, `${name}: ${actual} instead of ${expected}`);
}
